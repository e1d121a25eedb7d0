#include "ical/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/schema.h"
#include "ical/lines.h"
#include "ical/vtimezone.h"

namespace onward::ical {
namespace {

constexpr std::string_view kProduct = "-//Onward//Onward 1//EN";
constexpr auto kMaxSpan = std::chrono::days{366 * 50};

struct Span {
  Zone zone;
  Instant from, to;
};
using Zones = std::map<std::string, Span>;

bool is_uid(std::string_view s) {
  return !s.empty() && s.size() <= 255 && std::all_of(s.begin(), s.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

bool is_web_address(std::string_view s) {
  return s.size() <= 2000 && (s.starts_with("https://") || s.starts_with("http://")) &&
         std::all_of(s.begin(), s.end(),
                     [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>'; });
}

Status check_person(const Person& p, const std::string& at) {
  if (!is_email(p.email)) return fail_field(at + "/email", "format", "must be one email address");
  return {};
}

Status check_event(const Event& e, Method method, const std::string& at) {
  if (!is_uid(e.uid)) return fail_field(at + "/uid", "format", "must be 1 to 255 printable characters without blanks");
  if (e.end < e.start) return fail_field(at + "/end", "format", "must not be before the start");
  if (e.sequence < 0) return fail_field(at + "/sequence", "range", "must not be negative");
  if (!e.url.empty() && !is_web_address(e.url)) return fail_field(at + "/url", "format", "must be a web address");
  // RFC 5546 3.2.2, 3.2.5: a message about an appointment has an organizer.
  bool asks = method == Method::request || method == Method::cancel;
  if (asks && !e.organizer) return fail_field(at + "/organizer", "required", "is required");
  if (method == Method::request && e.attendees.empty())
    return fail_field(at + "/attendees", "required", "an invitation has somebody to invite");
  if (e.attendees.size() > kMaxAttendees) return fail_field(at + "/attendees", "too_long", "has too many entries");
  if (e.organizer) TRY_VOID(check_person(*e.organizer, at + "/organizer"));
  for (size_t i = 0; i < e.attendees.size(); ++i)
    TRY_VOID(check_person(e.attendees[i].person, fmt::format("{}/attendees/{}/person", at, i)));
  return {};
}

// Both ends of an event are of one form (RFC 5545 3.8.2.2).
bool in_utc(const Event& e) {
  return e.zone == utc() || !is_unique_by_the_wall(e.zone, e.start) || !is_unique_by_the_wall(e.zone, e.end);
}

Status collect_zone(Zones& zones, const Event& e, const std::string& at) {
  if (in_utc(e)) return {};
  auto [it, fresh] = zones.try_emplace(e.zone.name(), Span{e.zone, e.start, e.end});
  Span& span = it->second;
  span.from = std::min(span.from, e.start);
  span.to = std::max(span.to, e.end);
  if (span.to - span.from > kMaxSpan) return fail_field(at + "/start", "range", "is too far from the other events");
  return {};
}

std::string_view partstat(Partstat p) {
  switch (p) {
    case Partstat::needs_action: return "NEEDS-ACTION";
    case Partstat::accepted: return "ACCEPTED";
    case Partstat::declined: return "DECLINED";
    case Partstat::tentative: return "TENTATIVE";
  }
  return "";
}
std::string_view status_word(EventStatus s) {
  switch (s) {
    case EventStatus::confirmed: return "CONFIRMED";
    case EventStatus::tentative: return "TENTATIVE";
    case EventStatus::cancelled: return "CANCELLED";
  }
  return "";
}

std::string common_name(const Person& p) { return p.name.empty() ? "" : param("CN", p.name); }

void write_time(Lines& out, std::string_view name, Instant t, const Event& e) {
  if (in_utc(e)) return out.raw(name, utc_stamp(t));
  out.raw(fmt::format("{};TZID={}", name, e.zone.name()), local_stamp(e.zone.local(t)));
}

void write_people(Lines& out, const Event& e) {
  if (e.organizer) out.raw("ORGANIZER" + common_name(*e.organizer), mailto(e.organizer->email));
  for (const Attendee& a : e.attendees)
    out.raw(fmt::format("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE={};PARTSTAT={};RSVP={}{}",
                        a.required ? "REQ-PARTICIPANT" : "OPT-PARTICIPANT", partstat(a.partstat),
                        a.rsvp ? "TRUE" : "FALSE", common_name(a.person)),
            mailto(a.person.email));
}

void write_event(Lines& out, const Event& e, Method method) {
  out.begin("VEVENT");
  out.raw("UID", e.uid);
  out.raw("SEQUENCE", std::to_string(e.sequence));
  out.raw("DTSTAMP", utc_stamp(e.stamp));
  write_time(out, "DTSTART", e.start, e);
  write_time(out, "DTEND", e.end, e);
  write_people(out, e);
  out.text("SUMMARY", e.summary);
  if (!e.description.empty()) out.text("DESCRIPTION", e.description);
  if (!e.location.empty()) out.text("LOCATION", e.location);
  if (!e.url.empty()) out.raw("URL", e.url);
  std::string categories;
  for (const std::string& c : e.categories) categories += (categories.empty() ? "" : ",") + escape_text(c);
  if (!categories.empty()) out.raw("CATEGORIES", categories);
  // A cancelled event is no longer busy, whatever it was (RFC 5546 3.2.5).
  bool cancelled = method == Method::cancel || e.status == EventStatus::cancelled;
  out.raw("STATUS", cancelled ? "CANCELLED" : status_word(e.status));
  out.raw("TRANSP", e.busy && !cancelled ? "OPAQUE" : "TRANSPARENT");
  out.end("VEVENT");
}

void write_feed(Lines& out, const Calendar& c) {
  if (!c.name.empty()) {
    out.text("NAME", c.name);          // RFC 7986
    out.text("X-WR-CALNAME", c.name);  // what readers before it understand
  }
  if (!c.refresh_every) return;
  std::string every = fmt::format("PT{}M", std::max<int64_t>(1, *c.refresh_every / Minutes{1}));
  out.raw("REFRESH-INTERVAL;VALUE=DURATION", every);
  out.raw("X-PUBLISHED-TTL", every);
}

}  // namespace

std::string_view to_string(Method m) {
  switch (m) {
    case Method::publish: return "PUBLISH";
    case Method::request: return "REQUEST";
    case Method::cancel: return "CANCEL";
    case Method::stored: return "";
  }
  return "";
}

std::string local_stamp(LocalTime t) {
  auto s = std::chrono::duration_cast<std::chrono::seconds>(t.time).count();
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}", t.date.year, t.date.month, t.date.day, s / 3600, s / 60 % 60,
                     s % 60);
}
std::string utc_stamp(Instant t) { return local_stamp(utc().local(t)) + "Z"; }

bool is_unique_by_the_wall(const Zone& zone, Instant t) { return zone.locate(zone.local(t)).kind == LocalKind::unique; }

Result<std::string> write_calendar(const Calendar& c) {
  if (c.events.size() > kMaxEvents) return fail_field("/events", "too_long", "has too many events for one calendar");
  Zones zones;
  for (size_t i = 0; i < c.events.size(); ++i) {
    std::string at = fmt::format("/events/{}", i);
    TRY_VOID(check_event(c.events[i], c.method, at));
    TRY_VOID(collect_zone(zones, c.events[i], at));
  }
  Lines out;
  out.begin("VCALENDAR");
  out.raw("VERSION", "2.0");
  out.raw("PRODID", kProduct);
  out.raw("CALSCALE", "GREGORIAN");
  if (c.method != Method::stored) out.raw("METHOD", to_string(c.method));
  write_feed(out, c);
  for (const auto& [name, span] : zones) out.append(write_vtimezone(span.zone, span.from, span.to));
  for (const Event& e : c.events) write_event(out, e, c.method);
  out.end("VCALENDAR");
  return out.str();
}

}  // namespace onward::ical
