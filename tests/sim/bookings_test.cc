// Contested bookings on both engines, and that each rule is looked at. Longer runs: onward-sim bookings.
#include "sim/bookings.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "sim/market.h"
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
  for (const char* what : {"done: book",
                           "done: book with one host",
                           "done: hold",
                           "done: book a hold",
                           "done: book a hold that ran out",
                           "done: reschedule",
                           "done: cancel",
                           "done: reassign",
                           "refused: book",
                           "refused: hold",
                           "refused: reschedule",
                           "crashes",
                           "crashes between statements",
                           "statements failed",
                           "nearest starts checked",
                           "nearest starts tried",
                           "types, single",
                           "types, pool",
                           "types, collective",
                           "types, groups",
                           "types, seats"})
    EXPECT_GT(counted(report, what), 10) << what << "\n" << report;
}

TEST_F(ContestedBookings, TheSameSeedActsTheSame) {
  EXPECT_EQ(bookings({.seed = 9, .count = 1000}), bookings({.seed = 9, .count = 1000}));
}

TEST_F(ContestedBookings, OnPostgresWithCrashes) {
  EXPECT_NO_THROW(bookings({.seed = 2, .count = 2500, .database = testing::fresh_postgres_url()}));
}

TEST_F(ContestedBookings, OnPostgresAtTheVerySameTime) {
  EXPECT_NO_THROW(
      bookings({.seed = 3, .count = 2500, .database = testing::fresh_postgres_url(), .clients = 8, .faults = false}));
}

// The books that judge the program can say no: each of these would be a broken rule.
class TheBooks : public ::testing::Test {
 protected:
  static Instant at(int hour, int minute = 0) {
    return *parse_rfc3339("2026-03-23T00:00:00Z") + std::chrono::hours{hour} + Minutes{minute};
  }
  void SetUp() override {
    m.hosts.push_back({.id = {1}, .hours = {{Minutes{9 * 60}, Minutes{12 * 60}}}});
    m.hosts.push_back({.id = {2}, .hours = {{Minutes{9 * 60}, Minutes{12 * 60}}}});
    m.types.push_back({.kind = "single", .length = Minutes{30}, .after = Minutes{10}, .hosts = {{0}}});
    m.types.push_back({.kind = "collective", .length = Minutes{30}, .all = true, .hosts = {{0}, {1}}});
    m.types.push_back({.kind = "seats", .length = Minutes{30}, .seats = 2, .hosts = {{0}}});
  }
  bool fits(size_t type, Instant start, std::vector<AdvisorId> hosts) {
    return m.fits({.type = type, .start = start, .hosts = std::move(hosts)}, now);
  }
  Market m;
  Instant now = at(8);
};

TEST_F(TheBooks, KnowHoursNoticeBuffersAndWhoIsNeeded) {
  EXPECT_TRUE(fits(0, at(9), {{1}}));
  EXPECT_FALSE(fits(0, at(8, 30), {{1}}));
  EXPECT_FALSE(fits(0, at(11, 45), {{1}}));
  m.types[0].notice = Minutes{120};
  EXPECT_FALSE(fits(0, at(9), {{1}}));
  m.types[0].notice = Minutes{0};
  m.appointments[7] = {.type = 0, .start = at(10), .hosts = {{1}}};
  EXPECT_FALSE(m.could(0, at(10), now));
  EXPECT_FALSE(m.could(0, at(9, 30), now));   // its ten minutes after
  EXPECT_FALSE(m.could(1, at(10, 30), now));  // those of the one before it
  EXPECT_TRUE(m.could(1, at(10, 40), now));
  EXPECT_FALSE(fits(1, at(11), {{1}}));  // both are needed
  m.hosts[0].closed.insert({2026, 3, 23});
  EXPECT_FALSE(m.could(1, at(11), now));
}

TEST_F(TheBooks, KnowSeatsLimitsAndWhatIsOver) {
  m.appointments[7] = {.type = 2, .start = at(10), .hosts = {{1}}};
  EXPECT_TRUE(fits(2, at(10), {{1}}));
  m.holds[8] = {.type = 2, .start = at(10), .hosts = {{1}}, .expires = now + 10min};
  EXPECT_FALSE(m.could(2, at(10), now));
  EXPECT_TRUE(m.could(2, at(10), now + 11min));
  m.types[0].daily_limit = 1;
  EXPECT_FALSE(m.could(0, at(11), now));
  m.appointments[7].state = "cancelled";
  EXPECT_TRUE(m.could(0, at(11), now + 11min));
}

}  // namespace
}  // namespace onward::sim
