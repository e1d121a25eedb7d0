// What is to be written into calendars elsewhere: a row for each appointment and calendar, made in the transaction that
// changes the appointment, so that neither a crash nor a calendar that does not answer loses one. What is to be written
// is found out when it is written: the appointment as it stands then, or nothing when it has no place there any more.
#pragma once
#include "app/record.h"

namespace onward::app::calendars {

// To be called whenever an appointment was booked, moved, given to others or cancelled. `hosts`: numbers as JSON.
void appointment_changed(Step&, AppointmentId, const std::string& hosts);

// A calendar that is written from now on gets what lies ahead of its advisor.
void write_what_lies_ahead(Step&, CalendarId, AdvisorId);

}  // namespace onward::app::calendars
