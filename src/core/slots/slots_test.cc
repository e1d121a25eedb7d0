#include "core/slots/slots.h"

#include "core/slots/maker_test.h"

namespace onward::slots {
namespace {

constexpr const char* kWhole = "09:00 09:30 10:00 10:30 11:00 11:30";

// --- 1: bounds ---------------------------------------------------------------------------------------------------

TEST(Bounds, hold_whole_slots) {
  Input in = monday();
  in.from = paris("09:10"), in.to = paris("11:20");
  EXPECT_EQ(starts(in), "09:30 10:00 10:30");
  in.from = paris("09:30"), in.to = paris("11:30");
  EXPECT_EQ(starts(in), "09:30 10:00 10:30 11:00");
  in.to = in.from;
  EXPECT_EQ(starts(in), "");
}

TEST(Bounds, a_slot_may_cross_windows_that_touch) {
  Input in = monday("09:00-10:15");
  open_daily(in.hosts[0].schedule, "10:15-11:00");
  EXPECT_EQ(starts(in), "09:00 09:30 10:00 10:30");
}

TEST(Bounds, a_window_over_a_fold_has_its_extra_hour) {
  Input in = monday("01:00-04:00", 60, 60);
  in.now = at("2026-10-20T00:00:00Z"), in.from = at("2026-10-24T12:00:00Z"), in.to = at("2026-10-25T12:00:00Z");
  EXPECT_EQ(starts(in), "01:00 02:00 02:00 03:00");
  in.now = at("2026-03-20T00:00:00Z"), in.from = at("2026-03-28T12:00:00Z"), in.to = at("2026-03-29T12:00:00Z");
  EXPECT_EQ(starts(in), "01:00 03:00");
}

// --- 2: what is occupied -----------------------------------------------------------------------------------------

TEST(Occupied, an_appointment_ends_a_range_with_its_buffers) {
  Input in = monday();
  EXPECT_EQ(starts(in), kWhole);
  in.hosts[0].appointments = {booked("10:00", "10:20")};
  EXPECT_EQ(starts(in), "09:00 09:30 10:30 11:00 11:30");
  in.hosts[0].appointments = {booked("10:00", "10:20", 10, 15)};
  EXPECT_EQ(starts(in), "09:00 11:00 11:30");
  in.hosts[0].appointments = {booked("10:00", "10:30")};
  EXPECT_EQ(starts(in), "09:00 09:30 10:30 11:00 11:30");
}

TEST(Occupied, a_candidates_buffers_keep_off_but_may_leave_the_hours) {
  Input in = monday();
  in.type.before = Minutes{20}, in.type.after = Minutes{10};
  EXPECT_EQ(starts(in), kWhole);
  in.hosts[0].appointments = {booked("10:00", "10:20")};
  EXPECT_EQ(starts(in), "09:00 11:00 11:30");
  in.hosts[0].appointments.clear();
  in.hosts[0].busy = {between("10:00", "10:20")};
  EXPECT_EQ(starts(in), "09:00 11:00 11:30");
  in.hosts[0].busy = {between("10:00", "10:09")};  // free again from 10:29
  EXPECT_EQ(starts(in), "09:00 10:30 11:00 11:30");
}

TEST(Occupied, buffers_of_both_add_up) {
  Input in = monday("09:00-12:00", 30, 5);
  in.type.after = Minutes{10};
  in.hosts[0].appointments = {booked("10:00", "11:30", 15, 0)};
  EXPECT_EQ(starts(in), "09:00 09:05 11:30");  // 09:05 + 30 + 10 + 15 = 10:00
}

TEST(Occupied, an_appointment_outside_the_hours_reaches_in_with_its_buffer) {
  Input in = monday();
  in.hosts[0].appointments = {booked("08:00", "08:50", 0, 20)};
  EXPECT_EQ(starts(in), "09:30 10:00 10:30 11:00 11:30");
}

TEST(Occupied, nothing_is_occupied_by_an_empty_range) {
  Input in = monday();
  in.type.before = in.type.after = Minutes{15};
  in.hosts[0].busy = {between("10:00", "10:00")};
  in.hosts[0].appointments = {booked("10:00", "10:00")};
  EXPECT_EQ(starts(in), kWhole);
  in.hosts[0].appointments = {booked("10:00", "10:00", 0, 1)};
  EXPECT_EQ(starts(in), "09:00 10:30 11:00 11:30");
}

TEST(Occupied, an_absence_has_no_buffers_and_asks_for_none) {
  Input in = monday();
  in.type.before = in.type.after = Minutes{30};
  in.hosts[0].away = {between("10:00", "10:30")};
  EXPECT_EQ(starts(in), "09:00 09:30 10:30 11:00 11:30");
}

TEST(Occupied, a_hold_takes_starts_but_starts_no_grid_anew) {
  Input in = monday("09:00-12:00", 30, 25);
  EXPECT_EQ(starts(in), "09:00 09:25 09:50 10:15 10:40 11:05 11:30");
  in.holds = {{0, booked("10:00", "10:18"), {}}};
  EXPECT_EQ(starts(in), "09:00 09:25 10:40 11:05 11:30");
  in.hosts[0].appointments = {booked("10:00", "10:18")};
  in.holds.clear();
  EXPECT_EQ(starts(in), "09:00 09:25 10:20 10:45 11:10");
}

TEST(Occupied, a_hold_counts_with_all_buffers_until_it_expires) {
  Input in = monday();
  in.type.after = Minutes{5};
  in.holds = {{0, booked("10:30", "10:40", 0, 0), in.now + 1min}};
  EXPECT_EQ(starts(in), "09:00 09:30 11:00 11:30");  // 10:00 would end with its buffer at 10:35
  in.holds[0].booked.after = Minutes{25};
  EXPECT_EQ(starts(in), "09:00 09:30 11:30");
  in.holds[0].expires = in.now;
  EXPECT_EQ(starts(in), kWhole);
}

TEST(Limits, count_in_the_hosts_local_day) {
  Input in = monday("", 60, 60);
  in.viewer = utc();
  in.hosts[0] = host("a", "00:00-24:00", "Asia/Tokyo");
  in.from = at("2026-03-30T12:00:00Z"), in.to = at("2026-03-30T18:00:00Z");
  in.hosts[0].appointments = {{at("2026-03-30T14:00:00Z"), at("2026-03-30T14:30:00Z")}};  // 23:00 in Tokyo
  EXPECT_EQ(starts(in), "12:00 13:00 15:00 16:00 17:00");
  in.type.daily_limit = 1;
  EXPECT_EQ(starts(in), "15:00 16:00 17:00");
  in.type.daily_limit = 2;
  EXPECT_EQ(starts(in), "12:00 13:00 15:00 16:00 17:00");
  in.holds = {{0, {at("2026-03-30T16:00:00Z"), at("2026-03-30T17:00:00Z")}, {}}};
  in.type.daily_limit = 1;
  EXPECT_EQ(starts(in), "");
  in.type.daily_limit = 0;
  in.holds.clear();
  EXPECT_EQ(starts(in), "");
}

TEST(Limits, count_minutes_without_buffers_and_with_the_candidate) {
  Input in = monday();
  in.hosts[0].appointments = {booked("17:00", "18:00", 30, 30)};
  in.hosts[0].busy = {between("19:00", "21:00")};  // does not count
  in.type.daily_time = Minutes{90};
  EXPECT_EQ(starts(in), kWhole);
  in.type.daily_time = Minutes{89};
  EXPECT_EQ(starts(in), "");
  in.type.daily_time = Minutes{29};
  in.hosts[0].appointments.clear();
  EXPECT_EQ(starts(in), "");
}

TEST(Limits, take_starts_of_their_day_only_and_cut_no_range) {
  Input in = monday("00:00-24:00", 50, 50);
  in.from = paris("21:00"), in.to = paris("21:00") + 6h;
  EXPECT_EQ(starts(in), "21:00 21:50 22:40 23:30 00:20 01:10 02:00");
  in.hosts[0].appointments = {booked("08:00", "09:00")};
  in.type.daily_limit = 1;
  EXPECT_EQ(starts(in), "00:20 01:10 02:00");
}

// --- 3: who ------------------------------------------------------------------------------------------------------

Input two_hosts() {
  Input in = monday("09:00-11:00", 60, 60);
  in.hosts.push_back(host("b", "10:00-12:00"));
  return in;
}

TEST(Who, any_needs_one_of_the_pool_and_lists_all_who_are_free) {
  EXPECT_EQ(with_hosts(two_hosts()), "09:00 a | 10:00 a,b | 11:00 b");
}

TEST(Who, all_needs_everybody) {
  Input in = two_hosts();
  in.type.assignment = Assignment::all;
  EXPECT_EQ(with_hosts(in), "10:00 a,b");
  in.hosts[0].fixed = true, in.hosts[1].group = "x";
  EXPECT_EQ(with_hosts(in), "10:00 a,b");
  in.hosts.push_back(host("c", ""));
  EXPECT_EQ(with_hosts(in), "");
}

TEST(Who, fixed_hosts_are_always_needed) {
  Input in = two_hosts();
  in.hosts[1].fixed = true;
  EXPECT_EQ(with_hosts(in), "10:00 a,b");
  in.hosts[0].fixed = true;
  EXPECT_EQ(with_hosts(in), "10:00 a,b");
  in.hosts.erase(in.hosts.begin());
  EXPECT_EQ(with_hosts(in), "10:00 b | 11:00 b");
  in.hosts.clear();
  EXPECT_EQ(with_hosts(in), "");
}

TEST(Who, groups_give_one_host_each_and_those_without_are_a_group) {
  Input in = two_hosts();
  in.hosts[0].group = "sales";
  in.hosts[1].group = "law";
  EXPECT_EQ(with_hosts(in), "10:00 a,b");
  in.hosts.push_back(host("c", "09:00-10:00"));
  in.hosts[2].group = "law";
  EXPECT_EQ(with_hosts(in), "09:00 a,c | 10:00 a,b");
  in.hosts.push_back(host("d", "09:00-10:00"));
  EXPECT_EQ(with_hosts(in), "09:00 a,c,d");
  in.hosts[3].fixed = true;
  EXPECT_EQ(with_hosts(in), "09:00 a,c,d");
}

TEST(Who, ranges_of_a_pool_stand_side_by_side) {
  Input in = monday("09:00-10:30", 60, 30);
  in.hosts.push_back(host("b", "10:30-12:00"));
  EXPECT_EQ(with_hosts(in), "09:00 a | 09:30 a | 10:30 b | 11:00 b");
  in = monday("09:00-11:00", 30, 50);
  in.hosts.push_back(host("b", "10:45-13:00"));
  EXPECT_EQ(with_hosts(in), "09:00 a | 09:50 a | 10:50 b | 11:40 b | 12:30 b");
}

TEST(Who, a_range_inside_another_gives_no_starts) {
  Input in = monday("09:00-12:00", 20, 40);
  in.hosts.push_back(host("b", "09:10-09:50"));
  EXPECT_EQ(with_hosts(in), "09:00 a | 09:40 a | 10:20 a | 11:00 a | 11:40 a");
  in.hosts[1] = host("b", "09:10-10:00");
  EXPECT_EQ(with_hosts(in), "09:00 a | 09:40 a,b | 10:20 a | 11:00 a | 11:40 a");
}

TEST(Who, a_hold_or_limit_takes_only_its_host) {
  Input in = two_hosts();
  in.holds = {{0, booked("10:15", "10:20"), {}}};
  EXPECT_EQ(with_hosts(in), "09:00 a | 10:00 b | 11:00 b");
  in.type.daily_limit = 1;
  EXPECT_EQ(with_hosts(in), "10:00 b | 11:00 b");
  in.hosts[0].fixed = true;
  EXPECT_EQ(with_hosts(in), "");
}

TEST(Who, more_hosts_than_a_word_has_bits) {
  Input in = monday("", 60, 60);
  in.hosts.clear();
  for (int i = 0; i < 130; ++i) in.hosts.push_back(host(fmt::format("h{}", i), i % 10 == 9 ? "09:00-10:00" : ""));
  EXPECT_EQ(with_hosts(in), "09:00 h9,h19,h29,h39,h49,h59,h69,h79,h89,h99,h109,h119,h129");
  in.type.assignment = Assignment::all;
  EXPECT_EQ(with_hosts(in), "");
}

// --- 5: horizon and window ---------------------------------------------------------------------------------------

// Friday 2026-03-27, 09:00 in Paris; a slot at 09:00 every day up to Sunday 04-05.
Input fortnight() {
  Input in = monday("09:00-10:00", 60, 60);
  in.now = at("2026-03-27T08:00:00Z"), in.from = in.now, in.to = at("2026-04-05T22:00:00Z");
  return in;
}

TEST(Horizons, days_are_counted_in_three_ways) {
  Input in = fortnight();
  EXPECT_EQ(starts(in, true), "28: 09:00 29: 09:00 30: 09:00 31: 09:00 1: 09:00 2: 09:00 3: 09:00 4: 09:00 5: 09:00");
  in.type.horizon = {.kind = Horizon::Kind::days, .days = 2};
  EXPECT_EQ(starts(in, true), "28: 09:00 29: 09:00");
  in.type.horizon.count = Horizon::Count::business;  // Monday, Tuesday
  EXPECT_EQ(starts(in, true), "28: 09:00 29: 09:00 30: 09:00 31: 09:00");
  in.type.horizon.count = Horizon::Count::available;  // today has none left
  EXPECT_EQ(starts(in, true), "28: 09:00 29: 09:00");
  in.now -= 1h, in.from += 1min;
  EXPECT_EQ(starts(in, true), "28: 09:00");  // today had one, before `from`
  in.type.horizon.days = 0;
  EXPECT_EQ(starts(in, true), "");
}

TEST(Horizons, available_days_do_not_depend_on_what_is_asked_for) {
  Input in = fortnight();
  in.hosts[0].schedule.exceptions = {{{2026, 3, 29}, true}};
  in.type.horizon = {.kind = Horizon::Kind::days, .days = 3, .count = Horizon::Count::available};
  EXPECT_EQ(starts(in, true), "28: 09:00 30: 09:00 31: 09:00");
  in.from = at("2026-03-30T12:00:00Z");
  EXPECT_EQ(starts(in, true), "31: 09:00");
}

TEST(Horizons, today_is_the_viewers) {
  Input in = fortnight();
  in.hosts[0] = host("a", "00:00-24:00", "UTC");
  in.type.length = in.type.step = 6h;
  in.viewer = zone("Pacific/Auckland");  // UTC+13
  in.now = at("2026-03-27T10:00:00Z");   // 23:00 there
  in.from = in.now;
  in.type.horizon = {.kind = Horizon::Kind::days, .days = 1};
  EXPECT_EQ(starts(in, true), "28: 00:00 06:00 12:00 18:00");
  in.now = at("2026-03-27T11:00:00Z");  // the 28th there
  EXPECT_EQ(starts(in, true), "28: 01:00 07:00 13:00 19:00 29: 01:00 07:00 13:00 19:00");
}

TEST(Horizons, a_range_is_in_each_hosts_dates) {
  Input in = fortnight();
  in.viewer = utc();
  in.hosts = {host("a", "00:00-24:00", "UTC"), host("b", "00:00-24:00", "Asia/Tokyo")};
  in.type.length = in.type.step = 3h;
  in.from = at("2026-03-30T12:00:00Z"), in.to = at("2026-03-31T03:00:00Z");
  in.type.horizon = {.kind = Horizon::Kind::range, .from = {2026, 3, 31}, .to = {2026, 3, 31}};
  EXPECT_EQ(with_hosts(in), "15:00 b | 18:00 b | 21:00 b | 00:00 a,b");
  in.type.assignment = Assignment::all;
  EXPECT_EQ(with_hosts(in), "00:00 a,b");
}

TEST(Windows, hold_the_whole_slot_and_cut_no_range) {
  Input in = monday("09:00-12:00", 30, 25);
  in.type.window = Window{};
  open_daily(in.type.window->schedule, "09:30-10:30");
  EXPECT_EQ(starts(in), "09:50");
  open_daily(in.type.window->schedule, "10:30-10:45");  // touches
  EXPECT_EQ(starts(in), "09:50 10:15");
  in.type.window->zone = zone("UTC");  // 11:30-12:45 in Paris
  EXPECT_EQ(starts(in), "11:30");
  in.type.window->schedule.exceptions = {{{2026, 3, 30}, false, clock_time("07:00"), clock_time("08:00")}};
  EXPECT_EQ(starts(in), "09:00 09:25");
  in.type.window->schedule = {};
  EXPECT_EQ(starts(in), "");
}

TEST(Windows, are_the_viewers_unless_they_name_a_zone) {
  Input in = monday();
  in.viewer = zone("America/New_York");  // Paris 15:00 is 09:00 there
  in.hosts[0] = host("a", "08:00-20:00");
  in.type.window = Window{};
  open_daily(in.type.window->schedule, "09:00-10:00");
  EXPECT_EQ(starts(in), "09:00 09:30");
}

// --- 6 -----------------------------------------------------------------------------------------------------------

TEST(Slots, do_not_depend_on_the_process_zone) {
  Input in = fortnight();
  std::string before = starts(in, true);
  const char* old = getenv("TZ");
  std::string kept = old ? old : "";
  setenv("TZ", "Pacific/Kiritimati", 1), tzset();
  EXPECT_EQ(starts(in, true), before);
  old ? setenv("TZ", kept.c_str(), 1) : unsetenv("TZ");
  tzset();
}

}  // namespace
}  // namespace onward::slots
