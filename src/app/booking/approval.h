// Bookings that a host approves. Until then a booking is a request: it occupies its time, its conversation has a task
// to decide, and nothing of the preparation has begun. Undecided at its deadline it is declined, kindly and with other
// times.
#pragma once
#include "app/booking/life.h"
#include "app/booking/meetings.h"

namespace onward::app::booking {

const Shape& decline_shape();  // {reason}: told to the customer

// What a booking does to its conversation: booked at once, or asks its host first. Whoever hosts it needs no approval.
Status enter_booked(Step&, ConversationId, AppointmentId, const Reserved&);

Result<Json> approve(Step&, AppointmentId);                    // conflict unless it is requested
Result<Json> decline(Step&, AppointmentId, const Json& body);  // frees the time

// The task to decide is done with; for whatever ends a request.
Status end_request(Step&, const Appointment&, const std::string& note);

// Declines what nobody decided in time. Returns how many.
Result<int64_t> decline_undecided(Step&, int limit);

}  // namespace onward::app::booking
