// What booking and the later life of an appointment share. Internal to app/booking.
#pragma once
#include "app/booking/appointments.h"

namespace onward::app::booking {

Result<Json> book_one(Step&, const Json& body);
Result<Json> cancel_one(Step&, AppointmentId, const Json& body);

// Decides and saves, by the system's eyes: whoever may see the appointment may change it.
Status move_conversation(Step&, ConversationId, const Event&);
// What a booking, or its move to another time or host, does to the conversation.
Status booked(Step&, ConversationId, AppointmentId);
// The next appointment ahead of a conversation, if `besides` is not it.
std::optional<Instant> next_appointment(Step&, ConversationId, AppointmentId besides);
Result<json::object> get_appointment_as_system(Step&, AppointmentId);

}  // namespace onward::app::booking
