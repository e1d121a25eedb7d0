#include "ical/event_times.h"

#include <algorithm>

namespace onward::ical {
namespace {

constexpr int kMaxDays = 4'000'000;  // all the years there are

Moment later(Moment m, int days) {
  m.local.date = add_days(m.local.date, days);
  return m;
}

}  // namespace

Result<Times> read_times(const Component& event) {
  const Property* start = event.find("DTSTART");
  if (!start) return fail(Code::invalid, "an event without DTSTART");
  Times out;
  out.start = TRY(read_moment(start->value, start->param("TZID")));
  if (const Property* end = event.find("DTEND")) {
    out.end = TRY(read_moment(end->value, end->param("TZID")));
    if (out.end->is_date != out.start.is_date) return fail(Code::invalid, "DTSTART and DTEND are not of one kind");
  } else if (const Property* duration = event.find("DURATION")) {
    out.duration = TRY(read_duration(duration->value));
  }
  return out;
}

int Length::at_most_days() const {
  return std::min(kMaxDays, days + static_cast<int>(rest / std::chrono::days{1}) + 1);
}

Length length_of(const Times& t, WallClocks& clocks) {
  if (t.duration) return {t.duration->days, t.duration->rest};
  if (!t.end) return {t.start.is_date ? 1 : 0, Millis{0}};
  if (t.start.is_date) return {std::max(1, days_between(t.start.local.date, t.end->local.date)), Millis{0}};
  return {0, std::max(Millis{0}, clocks.at(*t.end) - clocks.at(t.start))};
}

Instant end_of(const Moment& start, const Length& length, WallClocks& clocks) {
  return clocks.at(length.days == 0 ? start : later(start, std::min(length.days, kMaxDays))) + length.rest;
}

Result<std::pair<Instant, Instant>> read_period(std::string_view value, std::string_view tzid, WallClocks& clocks) {
  size_t slash = value.find('/');
  if (slash == value.npos) return fail(Code::invalid, "no period");
  Moment start = TRY(read_moment(value.substr(0, slash), tzid));
  std::string_view rest = value.substr(slash + 1);
  if (rest.starts_with('P') || rest.starts_with('+')) {
    Duration d = TRY(read_duration(rest));
    return std::pair{clocks.at(start), end_of(start, {d.days, d.rest}, clocks)};
  }
  return std::pair{clocks.at(start), clocks.at(TRY(read_moment(rest, tzid)))};
}

void each_part(std::string_view list, const std::function<void(std::string_view)>& each) {
  for (size_t at = 0; at < list.size();) {
    size_t end = std::min(list.find(',', at), list.size());
    each(list.substr(at, end - at));
    at = end + 1;
  }
}

void each_value(const Component& c, std::string_view name,
                const std::function<void(std::string_view, const Property&)>& each) {
  for (const Property& p : c.properties)
    if (p.name == name) each_part(p.value, [&](std::string_view value) { each(value, p); });
}

}  // namespace onward::ical
