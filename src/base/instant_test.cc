#include "base/instant.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/rng.h"

namespace onward {
namespace {

TEST(Instant, rfc3339_there_and_back) {
  for (const char* text :
       {"1970-01-01T00:00:00Z", "2026-03-30T08:00:00Z", "2024-02-29T23:59:59.123Z", "9999-12-31T23:59:59Z"})
    EXPECT_EQ(format_rfc3339(*parse_rfc3339(text)), text);
  Rng rng(3);
  for (int i = 0; i < 1000; ++i) {
    Instant t = from_ms(static_cast<int64_t>(rng.below(253'402'300'799'000)));
    ASSERT_EQ(*parse_rfc3339(format_rfc3339(t)), t);
  }
}

TEST(Instant, rfc3339_offsets_and_fractions) {
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-03-30T10:00:00+02:00")), "2026-03-30T08:00:00Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-03-30t08:00:00.5z")), "2026-03-30T08:00:00.500Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-03-30T08:00:00.1239999Z")), "2026-03-30T08:00:00.123Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-03-30T00:15:00-05:45")), "2026-03-30T06:00:00Z");
}

TEST(Instant, refuses_what_is_no_time) {
  for (const char* bad :
       {"", "2026-03-30", "2026-03-30T08:00:00", "2026-02-30T08:00:00Z", "2026-03-30T24:00:00Z", "2026-03-30T08:60:00Z",
        "2026-03-30 08:00:00Z", "2026-03-30T08:00:00+2:00", "2026-03-30T08:00:00Zx", "1969-12-31T23:59:59Z",
        "2026-3-30T08:00:00Z", "-026-03-30T08:00:00Z", "2026-03-30T08:00:00+24:00"})
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

TEST(Duration, fixed_lengths) {
  EXPECT_EQ(*parse_duration("P3D"), 72h);
  EXPECT_EQ(*parse_duration("PT2H30M"), 150min);
  EXPECT_EQ(*parse_duration("P1W"), 168h);
  EXPECT_EQ(*parse_duration("P1DT12H"), 36h);
  EXPECT_EQ(*parse_duration("PT0S"), 0ms);
  for (const char* bad : {"", "P", "PT", "P1DT", "3D", "P1Y", "P1M", "P-1D", "-P1D", "P1.5D", "PT1D", "P1H", "P99999D",
                          "P1", "P9999999999999999999D"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(ManualClock, moves_only_when_told_and_never_back) {
  ManualClock clock(from_ms(1000));
  EXPECT_EQ(to_ms(clock.now()), 1000);
  clock.set(from_ms(2000));
  EXPECT_EQ(to_ms(clock.now()), 2000);
  EXPECT_THROW(clock.set(from_ms(1999)), Bug);
}

TEST(RealClock, is_of_this_century) {
  Instant now = RealClock().now();
  EXPECT_GT(now, *parse_rfc3339("2025-01-01T00:00:00Z"));
  EXPECT_LT(now, *parse_rfc3339("2100-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace onward
