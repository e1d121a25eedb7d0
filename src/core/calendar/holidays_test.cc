#include "core/calendar/holidays.h"

#include <gtest/gtest.h>

namespace onward::calendar {
namespace {

std::string name(std::string_view country, std::string_view region, Date date) {
  return std::string(public_holidays().find(country, region, date).value_or("-"));
}

TEST(PublicHolidays, france) {
  EXPECT_NE(name("FR", "", {2026, 7, 14}), "-");
  EXPECT_EQ(name("FR", "", {2026, 4, 6}), "Easter Monday");
  EXPECT_EQ(name("FR", "", {2026, 7, 15}), "-");
  EXPECT_NE(name("FR", "", {2024, 1, 1}), "-");
  EXPECT_NE(name("FR", "", {2035, 12, 25}), "-");
}

TEST(PublicHolidays, bavaria_has_more_than_germany) {
  EXPECT_EQ(name("DE", "", {2026, 8, 15}), "-");
  EXPECT_EQ(name("DE", "DE-BE", {2026, 8, 15}), "-");
  EXPECT_EQ(name("DE", "DE-BY", {2026, 8, 15}), "Assumption");
  EXPECT_EQ(name("DE", "BY", {2026, 8, 15}), "Assumption");
  EXPECT_NE(name("DE", "DE-BY", {2026, 10, 3}), "-");
}

TEST(PublicHolidays, united_states_and_kingdom) {
  EXPECT_EQ(name("US", "", {2026, 11, 26}), "Thanksgiving Day");
  EXPECT_NE(name("US", "", {2026, 7, 3}), "-");  // the 4th is a Saturday
  EXPECT_NE(name("GB", "", {2026, 12, 28}), "-");
  EXPECT_NE(name("GB", "GB-ENG", {2026, 4, 6}), "-");
  EXPECT_EQ(name("GB", "GB-SCT", {2026, 4, 6}), "-");
  EXPECT_NE(name("GB", "GB-SCT", {2026, 11, 30}), "-");
}

TEST(PublicHolidays, islamic_feasts_of_several_days) {
  EXPECT_NE(name("EG", "", {2026, 3, 20}), "-");
  EXPECT_NE(name("EG", "", {2026, 3, 22}), "-");
  EXPECT_NE(name("MA", "", {2026, 5, 27}), "-");
}

TEST(PublicHolidays, unknown_places_and_dates_have_none) {
  EXPECT_EQ(name("ZZ", "", {2026, 12, 25}), "-");
  EXPECT_EQ(name("", "", {2026, 12, 25}), "-");
  EXPECT_EQ(name("FRANCE", "", {2026, 12, 25}), "-");
  EXPECT_EQ(name("FR", "", {2019, 12, 25}), "-");
  EXPECT_EQ(name("FR", "", {1970, 1, 1}), "-");
  EXPECT_EQ(name("FR", "", {2300, 12, 25}), "-");
  EXPECT_NE(name("FR", "FR-NOSUCHREGION", {2026, 12, 25}), "-");
}

TEST(PublicHolidays, cover_the_world) { EXPECT_GT(public_holidays().place_count(), 400u); }

TEST(HolidayTable, from_a_list) {
  HolidayTable table({{"AA", "", {2026, 5, 2}, "B"}, {"AA", "", {2026, 5, 1}, "A"}, {"AA", "AA-X", {2026, 5, 3}, "C"}});
  HolidayTable moved = std::move(table);
  EXPECT_EQ(moved.find("AA", "", {2026, 5, 1}), "A");
  EXPECT_EQ(moved.find("AA", "AA-X", {2026, 5, 2}), "B");
  EXPECT_EQ(moved.find("AA", "AA-X", {2026, 5, 3}), "C");
  EXPECT_EQ(moved.find("AA", "", {2026, 5, 3}), std::nullopt);
  EXPECT_EQ(HolidayTable().find("AA", "", {2026, 5, 1}), std::nullopt);
}

}  // namespace
}  // namespace onward::calendar
