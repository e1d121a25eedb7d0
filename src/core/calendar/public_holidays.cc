#include "core/calendar/holidays.h"

namespace onward::calendar {
namespace {
#include "holidays.inc"
}  // namespace

const HolidayTable& public_holidays() {
  static const HolidayTable table(HolidayTable::Packed{kPlaces, kRows, kNameStarts, {kNames, sizeof kNames - 1}});
  return table;
}

}  // namespace onward::calendar
