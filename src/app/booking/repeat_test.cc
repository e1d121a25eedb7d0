#include "app/booking/repeat.h"

#include <gtest/gtest.h>

namespace onward::app::booking {
namespace {

std::vector<std::string> walls(const std::string& first, const std::string& zone_name, const Repeat& repeat) {
  Zone zone = *find_zone(zone_name);
  std::vector<std::string> out;
  for (Instant t : repeated(*parse_rfc3339(first), zone, repeat)) out.push_back(to_string(zone.local(t)));
  return out;
}

TEST(Repeat, TheWallClockStaysWhenTheClocksChange) {
  Zone paris = *find_zone("Europe/Paris");
  auto times = repeated(*parse_rfc3339("2026-03-24T09:00:00Z"), paris, {Every::week, 2});
  EXPECT_EQ(format_rfc3339(times.at(1)), "2026-03-31T08:00:00Z");
  EXPECT_EQ(walls("2026-10-20T08:00:00Z", "Europe/Paris", {Every::two_weeks, 2}),
            (std::vector<std::string>{"2026-10-20T10:00:00", "2026-11-03T10:00:00"}));
}

TEST(Repeat, AMonthWithoutTheDayHasItsLastOne) {
  EXPECT_EQ(walls("2026-01-31T09:00:00Z", "UTC", {Every::month, 4}),
            (std::vector<std::string>{"2026-01-31T09:00:00", "2026-02-28T09:00:00", "2026-03-31T09:00:00",
                                      "2026-04-30T09:00:00"}));
  EXPECT_EQ(walls("2026-11-30T09:00:00Z", "UTC", {Every::month, 4}).back(), "2027-02-28T09:00:00");
}

TEST(Repeat, ASkippedTimeTakesTheOffsetBefore) {
  EXPECT_EQ(walls("2026-03-22T01:30:00Z", "Europe/Paris", {Every::week, 2}).back(), "2026-03-29T03:30:00");
}

}  // namespace
}  // namespace onward::app::booking
