#include "base/zone.h"

#include <gtest/gtest.h>

namespace onward {
namespace {

using namespace std::chrono_literals;

LocalTime local(std::string_view text) { return *parse_local_time(text); }

TEST(Zone, finds_only_named_zones) {
  EXPECT_EQ(find_zone("Europe/Paris")->name(), "Europe/Paris");
  EXPECT_EQ(*find_zone("Europe/Paris"), *find_zone("Europe/Paris"));
  EXPECT_FALSE(*find_zone("Europe/Paris") == *find_zone("Europe/Berlin"));
  EXPECT_EQ(utc().name(), "UTC");
  // The machine's own zone, and those that count leap seconds, are no names of places.
  for (const char* bad : {"", "Europe", "Europe/Nowhere", "/etc/localtime", "../etc/localtime", "localtime",
                          "posixrules", "right/Europe/Paris", ":Europe/Paris", "Fixed/UTC+01:00:00", "europe paris"})
    EXPECT_FALSE(find_zone(bad)) << bad;
  EXPECT_EQ(find_zone("x").error().code, Code::invalid);
}

TEST(Zone, local_time_and_back) {
  Zone paris = *find_zone("Europe/Paris");
  Instant t = *parse_rfc3339("2026-07-01T10:00:00.250Z");
  LocalTime l = paris.local(t);
  EXPECT_EQ(to_string(l), "2026-07-01T12:00:00");
  EXPECT_EQ(l.time, 12h + 250ms);
  EXPECT_EQ(paris.at(l), t);
  EXPECT_EQ(paris.date(*parse_rfc3339("2026-06-30T22:30:00Z")), (Date{2026, 7, 1}));
  EXPECT_EQ(paris.offset_s(t), 7200);
  EXPECT_EQ(format_rfc3339(paris.midnight({2026, 7, 1})), "2026-06-30T22:00:00Z");
  EXPECT_EQ(to_string(find_zone("Asia/Kathmandu")->local(t)), "2026-07-01T15:45:00");
}

TEST(Zone, says_which_times_are_skipped_or_repeated) {
  Zone paris = *find_zone("Europe/Paris");
  Located gap = paris.locate(local("2026-03-29T02:30:00"));
  EXPECT_EQ(gap.kind, LocalKind::skipped);
  EXPECT_EQ(format_rfc3339(gap.instant), "2026-03-29T01:30:00Z");
  Located fold = paris.locate(local("2026-10-25T02:30:00"));
  EXPECT_EQ(fold.kind, LocalKind::repeated);
  EXPECT_EQ(format_rfc3339(fold.instant), "2026-10-25T00:30:00Z");
  EXPECT_EQ(paris.locate(local("2026-10-25T03:00:00")).kind, LocalKind::unique);
  EXPECT_EQ(paris.locate(local("2026-03-29T03:00:00")).kind, LocalKind::unique);
}

TEST(Zone, midnight_may_not_exist) {
  Zone havana = *find_zone("America/Havana");
  EXPECT_EQ(havana.locate({{2026, 3, 8}, 0ms}).kind, LocalKind::skipped);
  EXPECT_EQ(havana.date(havana.midnight({2026, 3, 8})), (Date{2026, 3, 8}));
  Zone apia = *find_zone("Pacific/Apia");  // 2011-12-30 never was
  EXPECT_EQ(apia.locate({{2011, 12, 30}, 12h}).kind, LocalKind::skipped);
}

TEST(Zone, every_hour_of_a_year_goes_there_and_back) {
  for (const char* name : {"Europe/Paris", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca"}) {
    Zone z = *find_zone(name);
    int repeated = 0;
    for (Instant t = *parse_rfc3339("2025-01-01T00:00:00Z"), end = t + 365 * 24h; t < end; t += 30min) {
      Located l = z.locate(z.local(t));
      bool same = l.instant == t;
      repeated += !same;
      ASSERT_TRUE(same ? l.kind != LocalKind::skipped : l.kind == LocalKind::repeated);
    }
    EXPECT_EQ(repeated, std::string_view(name) == "Australia/Lord_Howe" ? 1 : 2) << name;
  }
}

TEST(Date, arithmetic) {
  EXPECT_EQ(add_days({2024, 2, 28}, 1), (Date{2024, 2, 29}));
  EXPECT_EQ(add_days({2026, 1, 1}, -1), (Date{2025, 12, 31}));
  EXPECT_EQ(days_between({2026, 1, 1}, {2027, 1, 1}), 365);
  EXPECT_EQ(weekday_of({2026, 3, 30}), std::chrono::Monday);
  EXPECT_LT((Date{2026, 3, 30}), (Date{2026, 4, 1}));
}

TEST(Date, text) {
  EXPECT_EQ(*parse_date("2024-02-29"), (Date{2024, 2, 29}));
  EXPECT_EQ(to_string(Date{2026, 3, 5}), "2026-03-05");
  for (const char* bad : {"", "2026-02-29", "2026-13-01", "2026-3-5", "26-03-05", "2026-03-05 ", "2026/03/05"})
    EXPECT_FALSE(parse_date(bad)) << bad;
  EXPECT_EQ(*parse_time_of_day("24:00"), 24h);
  EXPECT_EQ(*parse_time_of_day("09:05"), 9h + 5min);
  EXPECT_EQ(format_time_of_day(9h + 5min), "09:05");
  for (const char* bad : {"", "9:05", "24:01", "09:60", "0905", "-1:00"}) EXPECT_FALSE(parse_time_of_day(bad)) << bad;
  EXPECT_EQ(*parse_weekday("sun"), std::chrono::Sunday);
  EXPECT_EQ(to_string(std::chrono::Saturday), "sat");
  EXPECT_FALSE(parse_weekday("Sunday"));
  EXPECT_EQ(to_string(local("2026-03-30T09:00:00")), "2026-03-30T09:00:00");
  for (const char* bad : {"2026-03-30", "2026-03-30T09:00:00Z", "2026-03-30T09:00:00+01:00"})
    EXPECT_FALSE(parse_local_time(bad)) << bad;
}

}  // namespace
}  // namespace onward
