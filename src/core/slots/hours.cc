#include "core/slots/hours.h"

#include <algorithm>

namespace onward::slots {
namespace {

constexpr Minutes kMidnight{24 * 60};
constexpr Minutes kLastMinute{24 * 60 - 1};
// A window that starts late on a date can end nearly two dates later, wall clocks may be a day from UTC.
constexpr int64_t kDaysBefore = 4;
constexpr int64_t kDaysAfter = 2;

Span at_walls(const Zone& zone, Date date, Minutes from, Minutes to) {
  if (to == kLastMinute) to = kMidnight;
  Date last = date;
  if (to < from || to == kMidnight) last = add_days(date, 1);
  if (to == kMidnight) to = Minutes{0};
  return {to_ms(zone.at({date, from})), to_ms(zone.at({last, to}))};
}

const Zone& zone_on(Date date, const Zone& home, const std::vector<Travel>& travel) {
  for (const Travel& t : travel)
    if (t.from <= date && date <= t.to) return t.zone;
  return home;
}

class Dates {
 public:
  explicit Dates(const Schedule& s) : schedule_(s), exceptions_(s.exceptions), holidays_(s.holidays) {
    std::stable_sort(exceptions_.begin(), exceptions_.end(),
                     [](const Exception& a, const Exception& b) { return a.date < b.date; });
    std::sort(holidays_.begin(), holidays_.end());
  }

  void add(Date date, const Zone& zone, Take take, std::vector<OpenOn>& out) {
    auto add = [&](Minutes from, Minutes to) {
      Span span = at_walls(zone, date, from, to);
      if (!span.empty()) out.push_back({date, span});
    };
    if (take == Take::real) {
      auto by_date = [](const Exception& e, Date d) { return e.date < d; };
      auto e = std::lower_bound(exceptions_.begin(), exceptions_.end(), date, by_date);
      if (e != exceptions_.end() && e->date == date) {
        for (; e != exceptions_.end() && e->date == date; ++e)
          if (!e->closed) add(e->from, e->to);
        return;
      }
      if (std::binary_search(holidays_.begin(), holidays_.end(), date)) return;
    }
    Weekday weekday = weekday_of(date);
    for (const Opening& o : schedule_.hours)
      if (o.day == weekday) add(o.from, o.to);
  }

 private:
  const Schedule& schedule_;
  std::vector<Exception> exceptions_;
  std::vector<Date> holidays_;
};

int64_t floor_days(int64_t ms) { return (ms >= 0 ? ms : ms - (kDay - 1)) / kDay; }

}  // namespace

int64_t wall_day(const Zone& zone, int64_t ms) { return floor_days(ms + zone.offset_s(from_ms(ms)) * int64_t{1000}); }

Date date_of_day(int64_t day) { return add_days(Date{}, static_cast<int>(day)); }
int64_t day_of_date(Date date) { return days_between(Date{}, date); }

std::vector<OpenOn> windows(const Schedule& schedule, const Zone& zone, const std::vector<Travel>& travel, Span bounds,
                            Take take) {
  Dates dates(schedule);
  std::vector<OpenOn> out;
  int64_t first = floor_days(bounds.from) - kDaysBefore, last = floor_days(bounds.to) + kDaysAfter;
  out.reserve(static_cast<size_t>(last - first + 1));
  Date date = date_of_day(first);
  for (int64_t day = first; day <= last; ++day, date = add_days(date, 1))
    dates.add(date, zone_on(date, zone, travel), take, out);
  return out;
}

Spans open_spans(const Schedule& schedule, const Zone& zone, const std::vector<Travel>& travel, Span bounds) {
  Spans out;
  for (const OpenOn& w : windows(schedule, zone, travel, bounds, Take::real)) out.push_back(w.span);
  merge(out);
  return out;
}

}  // namespace onward::slots
