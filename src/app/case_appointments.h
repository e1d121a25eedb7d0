// Appointments as decisions look at them, and as calendars show them.
#pragma once
#include "app/step.h"
#include "core/conversations/case.h"
#include "ical/calendar.h"

namespace onward::app {

// In the columns of case_appointments.
conversations::Appointment read_case_appointment(const Services&, const ports::Rows&, size_t row);
// As it stands now, whatever its state. Errors: not_found.
Result<conversations::Appointment> case_appointment(Step&, ConversationId, AppointmentId);

// The customer's own link: 128 bits made of the installation's key, so that every message can carry it.
std::string link_token(const Services&, AppointmentId);

struct CalendarText {
  std::string summary, description, location;
};
// The same event wherever a customer meets it: in the invitation, in the file, behind the add-to-calendar links.
ical::Event customer_event(const Services&, const conversations::Appointment&, CalendarText);

}  // namespace onward::app
