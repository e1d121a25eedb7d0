#include "ical/vtimezone.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "ical/calendar.h"
#include "ical/lines.h"

namespace onward::ical {
namespace {

using std::chrono::days;

constexpr int kProofYears = 12;  // in so many years every weekday rule shows all its dates
constexpr std::string_view kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

// The wall clock that is stopped by a change: RFC 5545 gives onsets in the offset before them.
LocalTime wall(const Transition& t) { return utc().local(t.at + std::chrono::seconds{t.before_s}); }

std::string offset(int s) {
  int size = std::abs(s);
  std::string out = fmt::format("{}{:02}{:02}", s < 0 ? '-' : '+', size / 3600, size / 60 % 60);
  return size % 60 == 0 ? out : out + fmt::format("{:02}", size % 60);
}

int days_in(Date d) {
  Date next = d.month == 12 ? Date{d.year + 1, 1, 1} : Date{d.year, d.month + 1, 1};
  return days_between({d.year, d.month, 1}, next);
}

// "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" for dates of consecutive years, when one rule gives them all.
std::optional<std::string> yearly_rule(const std::vector<Date>& dates) {
  Weekday weekday = weekday_of(dates[0]);
  bool last = true;
  int least = 31, most = 1;
  for (size_t i = 0; i < dates.size(); ++i) {
    const Date& d = dates[i];
    if (d.month != dates[0].month || d.year != dates[0].year + static_cast<int>(i) || weekday_of(d) != weekday)
      return std::nullopt;
    last = last && d.day + 7 > days_in(d);
    least = std::min(least, d.day), most = std::max(most, d.day);
  }
  std::string rule = fmt::format("FREQ=YEARLY;BYMONTH={};", dates[0].month);
  std::string_view day = kDays[weekday.c_encoding()];
  if (last) return rule + fmt::format("BYDAY=-1{}", day);
  if (most - least > 6) return std::nullopt;
  if ((least - 1) / 7 == (most - 1) / 7) return rule + fmt::format("BYDAY={}{}", (least - 1) / 7 + 1, day);
  if (most - least < 6) return std::nullopt;  // the week's edges are not known
  rule += fmt::format("BYDAY={};BYMONTHDAY={}", day, least);
  for (int d = least + 1; d <= most; ++d) rule += fmt::format(",{}", d);
  return rule;
}

struct Observance {
  bool daylight = false;
  LocalTime start;
  int before_s = 0, after_s = 0;
  std::string rule;
  std::vector<LocalTime> further;
};

void write(Lines& out, const Observance& o) {
  std::string_view name = o.daylight ? "DAYLIGHT" : "STANDARD";
  out.begin(name);
  out.raw("DTSTART", local_stamp(o.start));
  out.raw("TZOFFSETFROM", offset(o.before_s));
  out.raw("TZOFFSETTO", offset(o.after_s));
  if (!o.rule.empty()) out.raw("RRULE", o.rule);
  // Some readers take the first onset from the list alone once there is one.
  if (!o.further.empty()) out.raw("RDATE", local_stamp(o.start));
  for (LocalTime t : o.further) out.raw("RDATE", local_stamp(t));
  out.end(name);
}

// Two changes a year, there and back, by the same two rules in all of these years.
std::optional<std::vector<Observance>> repeating(const std::vector<Transition>& all) {
  std::vector<Observance> out;
  if (all.size() < 2 * kProofYears || all.size() % 2 != 0) return std::nullopt;
  for (size_t first : {size_t{0}, size_t{1}}) {
    std::vector<Date> dates;
    Observance o{.daylight = all[first].after_s > all[first].before_s,
                 .start = wall(all[first]),
                 .before_s = all[first].before_s,
                 .after_s = all[first].after_s};
    for (size_t i = first; i < all.size(); i += 2) {
      if (all[i].before_s != o.before_s || all[i].after_s != o.after_s || wall(all[i]).time != o.start.time)
        return std::nullopt;
      dates.push_back(wall(all[i]).date);
    }
    auto rule = yearly_rule(dates);
    if (!rule) return std::nullopt;
    o.rule = *rule;
    out.push_back(std::move(o));
  }
  return out;
}

// Each change by its date. Clocks that go forward are summer time only if they come back within a year.
std::vector<Observance> listed(const std::vector<Transition>& all, int offset_before) {
  std::vector<Observance> out;
  out.push_back({.start = {{1970, 1, 1}, Millis{0}}, .before_s = offset_before, .after_s = offset_before});
  for (size_t i = 0; i < all.size(); ++i) {
    const Transition& t = all[i];
    bool back = i + 1 < all.size() && all[i + 1].after_s < t.after_s && all[i + 1].at - t.at < days{366};
    bool daylight = t.after_s > t.before_s && back;
    auto same = std::find_if(out.begin() + 1, out.end(), [&](const Observance& o) {
      return o.daylight == daylight && o.before_s == t.before_s && o.after_s == t.after_s;
    });
    if (same != out.end())
      same->further.push_back(wall(t));
    else
      out.push_back({daylight, wall(t), t.before_s, t.after_s, {}, {}});
  }
  return out;
}

}  // namespace

std::vector<Transition> transitions(const Zone& zone, Instant from, Instant to) {
  std::vector<Transition> out;
  int before = zone.offset_s(from);
  for (Instant t = from; t < to;) {
    Instant next = std::min(t + days{1}, to);
    int after = zone.offset_s(next);
    if (after != before) {
      auto low = std::chrono::floor<std::chrono::seconds>(t), high = std::chrono::ceil<std::chrono::seconds>(next);
      while (high - low > std::chrono::seconds{1}) {
        auto middle = low + (high - low) / 2;
        (zone.offset_s(middle) == before ? low : high) = middle;
      }
      next = high;
      after = zone.offset_s(next);
      out.push_back({next, before, after});
      before = after;
    }
    t = next;
  }
  return out;
}

std::string write_vtimezone(const Zone& zone, Instant from, Instant to) {
  check(from <= to && to - from <= days{366 * 50}, "a calendar spans at most 50 years");
  int first_year = zone.date(from).year - 1;
  int last_year = std::max(zone.date(to).year + 2, first_year + kProofYears);
  Instant begin = zone.midnight({first_year, 1, 1});
  auto found = repeating(transitions(zone, begin, zone.midnight({last_year, 1, 1})));
  Lines out;
  out.begin("VTIMEZONE");
  out.raw("TZID", zone.name());
  if (!found) {
    Instant end = zone.midnight({zone.date(to).year + 2, 1, 1});
    found = listed(transitions(zone, begin, end), zone.offset_s(begin));
  }
  for (const Observance& o : *found) write(out, o);
  out.end("VTIMEZONE");
  return out.str();
}

}  // namespace onward::ical
