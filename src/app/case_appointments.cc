#include "app/case_appointments.h"

#include <algorithm>
#include <cstdlib>

#include "app/calendars/events.h"
#include "app/cases.h"
#include "app/columns.h"
#include "app/record.h"
#include "base/crypto.h"

namespace onward::app {

using conversations::Appointment;

namespace {

constexpr size_t kTokenLength = 32;  // hexadecimal digits: 128 bits

std::map<std::string, std::string> texts_of(const Json& by_language) {
  std::map<std::string, std::string> out;
  if (const json::object* texts = by_language.if_object())
    for (const auto& [language, text] : *texts)
      if (text.is_string() && !text.as_string().empty()) out[language] = text.as_string();
  return out;
}

}  // namespace

Appointment read_case_appointment(const Services& services, const ports::Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  Appointment a;
  a.id = c.id<AppointmentId>();
  a.meeting_type = c.text();
  a.names = texts_of(c.json());
  Json told = stored_json(c.text(), json::object{});
  if (const Json* ready = find(told, "ready")) a.ready = texts_of(*ready);
  Json reminders = c.json();
  for (const Json& minutes : reminders.as_array()) a.reminders.emplace_back(minutes.to_number<int64_t>());
  a.start = c.instant();
  a.end = c.instant();
  a.zone = c.text();
  a.channel = c.text();
  a.place = c.text();
  a.state = c.text();
  a.cause = c.text();
  a.reason = c.text();
  a.late_cancellation = c.integer() != 0;
  a.running_late_min = static_cast<int>(c.integer());
  a.sequence = c.integer();
  a.booked_at = c.instant();
  a.updated_at = c.instant();
  a.with = c.text();
  a.earlier_no_shows = static_cast<int>(c.integer());
  a.first_visit = c.integer() == 0;
  a.follows = c.integer() > 0;
  std::string others = c.text();
  for (std::string_view rest = others; !rest.empty();) {
    size_t end = std::min(rest.find(','), rest.size());
    a.others.push_back(from_ms(std::strtoll(std::string(rest.substr(0, end)).c_str(), nullptr, 10)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::ranges::sort(a.others);
  a.link = services.base_url + "/a/" + link_token(services, a.id);
  return a;
}

Result<Appointment> case_appointment(Step& step, ConversationId conversation, AppointmentId id) {
  Rows rows = step.run("case_appointments", {ids_json({conversation}), id.value, to_ms(step.now)});
  for (size_t r = 0; r < rows.size(); ++r)
    if (rows.integer(r, 1) == id.value) return read_case_appointment(step.services, rows, r);
  return not_found("appointment");
}

std::string link_token(const Services& services, AppointmentId id) {
  return hmac_sha256_hex(services.secret, "appointment link " + id.text()).substr(0, kTokenLength);
}

ical::Event customer_event(const Services& services, const Appointment& a, CalendarText text) {
  ical::Event e{.uid = calendars::event_uid(services, a.id),
                .sequence = static_cast<int>(a.sequence),
                .stamp = a.updated_at,
                .start = a.start,
                .end = a.end,
                .zone = find_zone(a.zone).value_or(utc())};
  e.summary = std::move(text.summary);
  e.description = std::move(text.description);
  e.location = std::move(text.location);
  e.url = a.link;
  if (a.state == "requested") e.status = ical::EventStatus::tentative;
  if (a.state == "cancelled" || a.state == "declined") e.status = ical::EventStatus::cancelled;
  return e;
}

}  // namespace onward::app
