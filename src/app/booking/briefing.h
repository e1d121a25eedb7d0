// What a host reads before an appointment: who comes, when, where and how; what was answered; what happened before;
// what was read; what stood against it; why this host. Who sees the appointment reads it; of other conversations only
// those that the reader sees are told, the others are counted.
#pragma once
#include "app/booking/appointments.h"

namespace onward::app::booking {

// {appointment, meeting_type, contact, conversation, answers, history: {conversations, appointments, talks, elsewhere},
//  read, objections, notes, attribution}. `language`: of questions, answers and the meeting type's name.
Result<Json> briefing(Step&, AppointmentId, const std::string& language);
Shape briefing_shape();

}  // namespace onward::app::booking
