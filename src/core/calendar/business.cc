#include <algorithm>

#include "base/check.h"
#include "core/calendar/calendar.h"
#include "core/calendar/wall.h"

namespace onward::calendar {
namespace {

constexpr int kMaxBusinessDays = 100'000;

bool is_working(Date date, const Place& place, const HolidayTable& table, const HolidayTable::Days& days) {
  Weekday day = weekday_of(date);
  if (day == std::chrono::Saturday || day == std::chrono::Sunday) return false;
  const auto& extra = place.extra_closed;
  return std::find(extra.begin(), extra.end(), date) == extra.end() && !table.name_on(days, date);
}

// The instants of one date at which an opening holds, in order. On a date on which the clocks change, each side of the
// change has its own offset: hours in a gap vanish, repeated ones count twice.
std::vector<Interval> openings_on(Date date, const std::vector<Opening>& hours, const Zone& zone) {
  Instant begin = first_showing(zone, {date, Millis{0}}) - Millis{1};
  Instant end = first_showing(zone, {add_days(date, 1), Millis{0}});
  Millis before = std::chrono::seconds{zone.offset_s(begin)}, after = std::chrono::seconds{zone.offset_s(end)};
  Instant change = before == after ? Instant::max() : change_between(zone, begin, end);
  Instant wall_midnight = utc().at({date, Millis{0}});
  std::vector<Interval> out;
  for (const Opening& o : hours) {
    if (o.day != weekday_of(date)) continue;
    Instant from = wall_midnight + o.from, to = wall_midnight + o.to;
    out.push_back({from - before, std::min(to - before, change)});
    if (before != after) out.push_back({std::max(from - after, change), to - after});
  }
  std::sort(out.begin(), out.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
  return out;
}

}  // namespace

bool is_business_day(Date date, const Place& place, const HolidayTable& table) {
  return is_working(date, place, table, table.days_of(place.country, place.region));
}

Date add_business_days(Date date, int n, const Place& place, const HolidayTable& table) {
  check(std::abs(n) <= kMaxBusinessDays, "a number of business days");
  auto days = table.days_of(place.country, place.region);
  auto working = [&](Date d) { return is_working(d, place, table, days); };
  if (n == 0)
    while (!working(date)) date = add_days(date, 1);
  int step = n < 0 ? -1 : 1;
  for (int left = std::abs(n); left > 0;) {
    date = add_days(date, step);
    if (working(date)) --left;
  }
  return date;
}

const std::vector<Opening>& default_hours() {
  static const std::vector<Opening> hours = [] {
    std::vector<Opening> out;
    for (unsigned day = 1; day <= 5; ++day) out.push_back({Weekday{day}, Minutes{9 * 60}, Minutes{17 * 60 + 30}});
    return out;
  }();
  return hours;
}

Instant add_business_hours(Instant t, Minutes amount, const std::vector<Opening>& hours, const Zone& zone,
                           const std::function<bool(Date)>& is_closed) {
  Millis left = std::max(amount, Minutes{0});
  Instant cursor = t;
  Date date = zone.date(t);
  for (int idle = 0; idle < kSearchDays; ++idle, date = add_days(date, 1)) {
    if (is_closed && is_closed(date)) continue;
    for (const Interval& open : openings_on(date, hours, zone)) {
      Instant from = std::max(cursor, open.from), to = open.to;
      if (to <= from) continue;
      if (to - from >= left) return from + left;
      left -= to - from;
      cursor = to;
      idle = 0;
    }
  }
  return t + amount;
}

}  // namespace onward::calendar
