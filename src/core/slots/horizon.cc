#include "core/slots/horizon.h"

#include <algorithm>

#include "core/calendar/calendar.h"
#include "core/slots/hours.h"

namespace onward::slots {
namespace {

int64_t last_day(const Input& in) {
  int64_t today = wall_day(in.viewer, to_ms(in.now));
  if (in.type.horizon.count != Horizon::Count::business || in.type.horizon.days == 0)
    return today + in.type.horizon.days;
  static const calendar::HolidayTable kNoHolidays;
  return day_of_date(calendar::add_business_days(date_of_day(today), in.type.horizon.days, {}, kNoHolidays));
}

}  // namespace

DateRange::DateRange(const Zone& zone, int64_t first_day, int64_t last_day)
    : zone_(zone),
      first_(first_day),
      last_(last_day),
      surely_{around_day(first_day).from + 2 * kMostOffset, around_day(last_day).to - 2 * kMostOffset},
      maybe_{around_day(first_day).from, around_day(last_day).to} {}

bool DateRange::has(int64_t ms) const {
  if (surely_.from <= ms && ms < surely_.to) return true;
  if (ms < maybe_.from || ms >= maybe_.to) return false;
  int64_t day = wall_day(zone_, ms);
  return first_ <= day && day <= last_;
}

// Nothing lies before today: starts are after `now`. A date before it is still let in, for a wall clock that goes back
// over midnight.
DaysAhead::DaysAhead(const Input& in, std::vector<int64_t> available)
    : zone_(in.viewer),
      horizon_(in.type.horizon),
      available_(std::move(available)),
      dates_(in.viewer, wall_day(in.viewer, to_ms(in.now)) - 2, last_day(in)) {}

bool DaysAhead::has(int64_t ms) const {
  if (horizon_.kind != Horizon::Kind::days) return true;
  if (horizon_.count != Horizon::Count::available) return dates_.has(ms);
  auto before = std::lower_bound(available_.begin(), available_.end(), wall_day(zone_, ms)) - available_.begin();
  return before < horizon_.days;
}

}  // namespace onward::slots
