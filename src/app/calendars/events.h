// An appointment as it stands in the calendar of an advisor: when, with whom, where and how. Nothing that the customer
// answered or wrote.
#pragma once
#include "app/record.h"
#include "ical/calendar.h"

namespace onward::app::calendars {

struct Shown {
  AppointmentId id;
  Instant start, end, updated_at;
  std::string zone, channel, place, state, customer;
  Json type_name;  // text per language
  int64_t sequence = 0;
  std::string hosts;  // numbers as JSON

  bool is_hosted_by(AdvisorId) const;
};
Shown read_shown(const Rows&, size_t row);  // in the columns of calendar_appointment

// The same for every calendar and mail that an appointment is in.
std::string event_uid(const Services&, AppointmentId);
// Whether a UID is one that event_uid makes.
bool is_event_uid(const Services&, std::string_view uid);

// In the words of `language`.
ical::Event event_of(const Services&, const Shown&, const std::string& language);

}  // namespace onward::app::calendars
