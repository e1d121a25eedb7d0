#include "app/calendars/outbox.h"

#include "app/calendars/events.h"

namespace onward::app::calendars {
namespace {

constexpr int64_t kMost = 10'000;                   // appointments ahead of one advisor
constexpr Millis kLongest = std::chrono::days{31};  // of what an appointment occupies
constexpr Millis kFarAhead = std::chrono::days{3660};

}  // namespace

void appointment_changed(Step& step, AppointmentId id, const std::string& hosts) {
  int64_t now = to_ms(step.now);
  step.run("calendar_event_touch", {id.value, now});
  step.run("calendar_event_add", {id.value, event_uid(step.services, id), now, hosts});
}

void write_what_lies_ahead(Step& step, CalendarId calendar, AdvisorId advisor) {
  int64_t now = to_ms(step.now);
  step.run("calendar_event_touch_all", {calendar.value, now});
  Rows rows = step.run("calendar_appointments_of",
                       {advisor.value, to_ms(step.now - kLongest), now, to_ms(step.now + kFarAhead), kMost});
  std::vector<ports::Params> added;
  for (size_t r = 0; r < rows.size(); ++r) {
    AppointmentId id{rows.integer(r, 0)};
    added.push_back({calendar.value, id.value, event_uid(step.services, id), now});
  }
  if (!added.empty()) step.tx.run_many("calendar_event_add_to", added);
}

}  // namespace onward::app::calendars
