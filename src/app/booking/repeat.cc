#include "app/booking/repeat.h"

#include <chrono>

namespace onward::app::booking {
namespace {

Date months_later(Date d, int months) {
  using namespace std::chrono;
  year_month month =
      year_month{year{d.year}, std::chrono::month{static_cast<unsigned>(d.month)}} + std::chrono::months{months};
  unsigned last = static_cast<unsigned>(year_month_day_last{month.year(), month_day_last{month.month()}}.day());
  return {static_cast<int>(month.year()), static_cast<int>(static_cast<unsigned>(month.month())),
          std::min(d.day, static_cast<int>(last))};
}

}  // namespace

const Shape& repeat_shape() {
  static const Shape s =
      shape::object({{"every", shape::one_of({"week", "2weeks", "month"}), shape::required, "How often"},
                     {"count", shape::integer(1, kMostRepeats), shape::required, "How many in all"}});
  return s;
}

Repeat read_repeat(const Json& given) {
  std::string every = get_string(given, "every");
  return {every == "month"    ? Every::month
          : every == "2weeks" ? Every::two_weeks
                              : Every::week,
          static_cast<int>(get_int(given, "count", 1))};
}

std::vector<Instant> repeated(Instant first, const Zone& zone, const Repeat& repeat) {
  LocalTime local = zone.local(first);
  std::vector<Instant> out{first};
  for (int i = 1; i < repeat.count; ++i) {
    Date date = repeat.every == Every::month ? months_later(local.date, i)
                                             : add_days(local.date, (repeat.every == Every::week ? 7 : 14) * i);
    out.push_back(zone.at({date, local.time}));
  }
  return out;
}

}  // namespace onward::app::booking
