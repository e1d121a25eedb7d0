#include "core/slots/grid.h"

#include "core/slots/maker_test.h"

namespace onward::slots {
namespace {

TEST(FirstStart, is_a_multiple_of_the_largest_number_that_divides_the_step) {
  const std::pair<int, const char*> cases[] = {{60, "10:00"}, {120, "10:00"}, {90, "09:30"}, {40, "09:20"},
                                               {45, "09:15"}, {50, "09:10"},  {25, "09:10"}, {7, "09:07"}};
  for (auto [step, first] : cases) {
    std::string all = starts(monday("09:07-13:00", 30, step));
    EXPECT_EQ(all.substr(0, 5), first) << step;
  }
}

TEST(FirstStart, waits_for_the_notice_or_one_minute) {
  Input in = monday("08:00-10:00", 15, 15);
  in.now = paris("08:52");
  EXPECT_EQ(starts(in), "09:00 09:15 09:30 09:45");
  in.now = paris("09:00");
  EXPECT_EQ(starts(in), "09:15 09:30 09:45");
  in.now = paris("08:59") + 30s;  // 09:00:30 is cut to the minute
  EXPECT_EQ(starts(in), "09:00 09:15 09:30 09:45");
  in.type.notice = Minutes{31};
  EXPECT_EQ(starts(in), "09:30 09:45");
  in.now = paris("10:00");
  EXPECT_EQ(starts(in), "");
}

TEST(FirstStart, is_never_before_the_host_is_free_by_seconds) {
  Input in = monday("09:00-10:30");
  in.hosts[0].busy = {{paris("08:00"), paris("09:00") + 30s}};
  EXPECT_EQ(starts(in), "09:30 10:00");
  in.hosts[0].busy = {{paris("10:00") - 1s, paris("10:00")}};
  EXPECT_EQ(starts(in), "09:00 10:00");
}

TEST(FirstStart, is_in_the_grids_zone) {
  Input in = monday("", 60, 60);
  in.viewer = utc();
  in.hosts[0] = host("a", "09:00-12:00", "Asia/Kolkata");  // 03:30Z-06:30Z
  EXPECT_EQ(starts(in), "04:00 05:00");
  in.type.grid = GridZone::host;
  EXPECT_EQ(starts(in), "03:30 04:30 05:30");
  in.hosts.insert(in.hosts.begin(), host("b", ""));  // the first host's, whoever is free
  EXPECT_EQ(starts(in), "04:00 05:00");
}

TEST(FirstStart, shows_a_multiple_also_behind_a_change_of_the_clocks) {
  Input in = monday("", 60, 60);
  in.viewer = zone("Australia/Lord_Howe");
  in.hosts[0] = host("a", "01:45-05:00", "Australia/Lord_Howe");
  in.now = at("2026-03-01T00:00:00Z");
  in.from = at("2026-10-03T14:00:00Z"), in.to = at("2026-10-03T20:00:00Z");  // 02:00 becomes 02:30
  EXPECT_EQ(starts(in), "03:00 04:00");
  in.from = at("2026-04-04T14:00:00Z"), in.to = at("2026-04-04T20:00:00Z");  // 02:00 becomes 01:30
  EXPECT_EQ(starts(in), "02:00 03:00 04:00");
  in.hosts[0] = host("a", "01:00-04:00", "Australia/Lord_Howe");  // steps are elapsed time
  EXPECT_EQ(starts(in), "01:00 01:30 02:30");
}

TEST(Steps, carry_the_offset) {
  Input in = monday("09:00-12:00", 30, 30);
  in.type.offset = Minutes{10};
  EXPECT_EQ(starts(in), "09:10 09:50 10:30 11:10");
}

TEST(Steps, begin_anew_after_a_booking) {
  Input in = monday("09:00-13:00", 50, 50);
  EXPECT_EQ(starts(in), "09:00 09:50 10:40 11:30");
  in.hosts[0].appointments = {booked("09:50", "10:00")};
  EXPECT_EQ(starts(in), "09:00 10:00 10:50 11:40");
}

TEST(Steps, go_on_from_an_earlier_start_less_than_a_step_before) {
  Input in = monday("09:00-11:00", 15, 45);
  in.hosts[0].busy = {between("09:20", "09:25")};
  EXPECT_EQ(starts(in), "09:00 09:45 10:30");
  in.hosts[0].busy = {between("09:20", "09:35")};  // 09:45 is a whole step later
  EXPECT_EQ(starts(in), "09:00 09:45 10:30");
  in.hosts[0].busy = {between("09:20", "09:50")};
  EXPECT_EQ(starts(in), "09:00 10:00 10:45");
  in.type.offset = Minutes{5};  // 09:05, then 09:35 is within 50 minutes: 09:55
  in.hosts[0].busy = {between("09:20", "09:25")};
  EXPECT_EQ(starts(in), "09:05 09:55 10:45");
}

TEST(Steps, go_on_from_starts_that_nobody_can_take) {
  Input in = monday("09:00-11:00", 15, 45);
  in.hosts[0].busy = {between("09:20", "09:25")};
  in.holds = {{0, booked("09:00", "09:05"), {}}};
  EXPECT_EQ(starts(in), "09:45 10:30");
}

TEST(Steps, mingle_only_where_ranges_overlap) {
  Input in = monday("09:00-12:00", 30, 45);
  in.hosts.push_back(host("b", "09:20-14:00"));  // 09:30 is within 45 minutes of 09:00: b goes on with that grid
  EXPECT_EQ(with_hosts(in), "09:00 a | 09:45 a,b | 10:30 a,b | 11:15 a,b | 12:00 b | 12:45 b | 13:30 b");
}

TEST(Compact, moves_the_first_start_when_there_are_spare_minutes) {
  const std::pair<const char*, const char*> cases[] = {
      {"09:05-12:00", "10:00 11:00"},  // 175 minutes, 55 to spare
      {"09:05-11:55", "09:15 10:15"},  // 50 to spare: not to 10:00
      {"09:22-11:30", "09:30 10:30"},  // 8
      {"09:22-11:26", "09:25 10:25"},  // 4
      {"09:22-11:24", "09:22 10:22"},  // 2: stays
      {"09:15-11:33", "09:30 10:30"},  // 18: the next quarter is a later one
      {"09:00-11:59", "09:00 10:00"},  // on the grid
  };
  for (auto [hours, expected] : cases) {
    Input in = monday(hours, 60, 60);
    in.type.fill = Fill::compact;
    EXPECT_EQ(starts(in), expected) << hours;
  }
}

TEST(Compact, spares_what_is_left_after_the_notice_and_adds_the_offset) {
  Input in = monday("08:00-12:00", 60, 60);
  in.type.fill = Fill::compact;
  in.now = paris("09:04");  // first 09:05
  EXPECT_EQ(starts(in), "10:00 11:00");
  in.type.offset = Minutes{5};
  EXPECT_EQ(starts(in), "10:05");
  in.hosts[0].busy = {between("11:00", "12:00")};  // 115 minutes: 55 to spare
  EXPECT_EQ(starts(in), "");
}

TEST(Compact, begins_where_a_booking_ends) {
  Input in = monday("09:00-13:00", 45, 45);
  in.type.fill = Fill::compact;
  in.hosts[0].appointments = {booked("10:30", "10:37")};  // 143 minutes, 8 modulo 15: 10:45
  EXPECT_EQ(starts(in), "09:00 09:45 10:45 11:30 12:15");
  in.hosts[0].appointments = {booked("10:30", "10:41")};  // 139, 4: 10:45
  EXPECT_EQ(starts(in), "09:00 09:45 10:45 11:30 12:15");
  in.hosts[0].appointments = {booked("10:30", "10:46")};  // 134, 14: 11:00
  EXPECT_EQ(starts(in), "09:00 09:45 11:00 11:45");
  in.hosts[0].appointments = {booked("10:30", "10:44")};  // 136, 1: 10:45
  EXPECT_EQ(starts(in), "09:00 09:45 10:45 11:30 12:15");
  in.hosts[0].appointments = {booked("10:30", "10:59")};  // 121, 1: 11:00
  EXPECT_EQ(starts(in), "09:00 09:45 11:00 11:45");
}

}  // namespace
}  // namespace onward::slots
