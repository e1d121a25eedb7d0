// Contested bookings on both engines, and that each rule is looked at. Longer runs: onward-sim bookings.
#include "sim/bookings.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "tests/store/throwaway_postgres.h"

namespace onward::sim {
namespace {

// What was counted under this name; 0 when it never happened.
int64_t counted(const std::string& report, const std::string& what) {
  size_t at = report.find("  " + what + " ");
  return at == std::string::npos ? 0 : std::stoll(report.substr(at + 2 + what.size()));
}

class ContestedBookings : public ::testing::Test {
 protected:
  void SetUp() override { set_log_level(static_cast<LogLevel>(static_cast<int>(LogLevel::error) + 1)); }
  void TearDown() override { set_log_level(LogLevel::info); }
};

TEST_F(ContestedBookings, OnSqliteNoneIsSoldTwiceAndNoneIsLost) {
  std::string report;
  ASSERT_NO_THROW(report = bookings({.seed = 1, .count = 20'000}));
  for (const char* what :
       {"done: book", "done: book with one host", "done: hold", "done: book a hold", "done: book a hold that ran out",
        "done: reschedule", "done: cancel", "done: reassign", "refused: book", "refused: hold", "refused: reschedule",
        "crashes", "crashes between statements", "statements failed", "nearest starts checked", "nearest starts tried",
        "types, single", "types, pool", "types, collective", "types, groups", "types, seats"})
    EXPECT_GT(counted(report, what), 10) << what << "\n" << report;
}

TEST_F(ContestedBookings, TheSameSeedActsTheSame) {
  EXPECT_EQ(bookings({.seed = 9, .count = 2000}), bookings({.seed = 9, .count = 2000}));
}

TEST_F(ContestedBookings, OnPostgresWithCrashes) {
  EXPECT_NO_THROW(bookings({.seed = 2, .count = 2500, .database = testing::fresh_postgres_url()}));
}

TEST_F(ContestedBookings, OnPostgresAtTheVerySameTime) {
  EXPECT_NO_THROW(
      bookings({.seed = 3, .count = 2500, .database = testing::fresh_postgres_url(), .clients = 8, .faults = false}));
}

}  // namespace
}  // namespace onward::sim
