#include "base/rng.h"
#include "core/slots/maker_test.h"

namespace onward::slots {
namespace {

// "busy,buffer" of one host; "-" when it is offered.
std::string reasons_at(const Input& in, Instant start, uint32_t host = 0) {
  Board board(in);
  auto explained = board.explain(start);
  std::string out;
  for (Reason r : explained.at(host).reasons) out += (out.empty() ? "" : ",") + std::string(to_string(r));
  return out.empty() ? "-" : out;
}
std::string reasons_at(const Input& in, std::string_view hh_mm, uint32_t host = 0) {
  return reasons_at(in, paris(hh_mm), host);
}

TEST(Explain, names_what_the_hours_say) {
  Input in = monday();
  EXPECT_EQ(reasons_at(in, "09:30"), "-");
  EXPECT_EQ(reasons_at(in, "11:45"), "outside_hours");
  EXPECT_EQ(reasons_at(in, "09:10"), "off_grid");
  EXPECT_EQ(reasons_at(in, in.to), "out_of_range");
  in.hosts[0].schedule.holidays = {{2026, 3, 30}};
  EXPECT_EQ(reasons_at(in, "09:30"), "holiday");
  in.hosts[0].schedule.exceptions = {{{2026, 3, 30}, true}};
  EXPECT_EQ(reasons_at(in, "09:30"), "exception_closed");
  in.hosts[0].schedule.exceptions = {{{2026, 3, 30}, false, clock_time("14:00"), clock_time("15:00")}};
  EXPECT_EQ(reasons_at(in, "09:30"), "exception_hours");
  EXPECT_EQ(reasons_at(in, "12:30"), "outside_hours");
  EXPECT_EQ(reasons_at(in, "14:30"), "-");
}

TEST(Explain, names_what_is_in_the_way) {
  Input in = monday();
  in.type.after = Minutes{10};
  in.hosts[0].away = {between("09:00", "09:15")};
  EXPECT_EQ(reasons_at(in, "09:00"), "away");
  in.hosts[0].busy = {between("10:00", "10:15")};
  EXPECT_EQ(reasons_at(in, "10:00"), "busy");
  EXPECT_EQ(reasons_at(in, "09:30"), "buffer");  // ends 10:00, and 10 minutes after it
  in.hosts[0].appointments = {booked("10:45", "11:00", 0, 15)};
  EXPECT_EQ(reasons_at(in, "10:30"), "appointment");
  EXPECT_EQ(reasons_at(in, "11:00"), "buffer");
  EXPECT_EQ(reasons_at(in, "10:10"), "busy,buffer");
  in.holds = {{0, booked("11:40", "11:45"), {}}};
  EXPECT_EQ(reasons_at(in, "11:30"), "hold");
  EXPECT_EQ(reasons_at(in, "11:00"), "buffer");
}

TEST(Explain, names_the_rules_of_the_meeting_type) {
  Input in = monday();
  in.now = paris("09:00");
  EXPECT_EQ(reasons_at(in, "09:00"), "notice");
  EXPECT_EQ(reasons_at(in, "09:30"), "-");
  in.hosts[0].appointments = {booked("15:00", "16:00")};
  in.type.daily_limit = 1, in.type.daily_time = Minutes{60};
  EXPECT_EQ(reasons_at(in, "09:30"), "daily_limit,daily_minutes_limit");
  in.type.daily_limit.reset(), in.type.daily_time.reset();
  in.type.window = Window{};
  open_daily(in.type.window->schedule, "11:00-12:00");
  EXPECT_EQ(reasons_at(in, "09:30"), "window");
  EXPECT_EQ(reasons_at(in, "11:30"), "-");
  in.type.horizon = {.kind = Horizon::Kind::range, .from = {2026, 4, 1}, .to = {2026, 4, 2}};
  EXPECT_EQ(reasons_at(in, "11:30"), "horizon");
  in.type.horizon = {.kind = Horizon::Kind::days, .days = 0};
  EXPECT_EQ(reasons_at(in, "11:30"), "-");
  in.now -= std::chrono::days{1};
  EXPECT_EQ(reasons_at(in, "11:30"), "horizon");
}

TEST(Explain, names_who_else_is_missing) {
  Input in = monday();
  in.hosts.push_back(host("b", "10:00-12:00"));
  in.hosts.push_back(host("c", "11:00-12:00"));
  in.hosts[2].fixed = true;
  EXPECT_EQ(reasons_at(in, "10:00", 0), "pool_incomplete");
  EXPECT_EQ(reasons_at(in, "10:00", 1), "pool_incomplete");
  EXPECT_EQ(reasons_at(in, "10:00", 2), "outside_hours");
  EXPECT_EQ(reasons_at(in, "11:00", 1), "-");
  in.hosts[0].group = "x", in.hosts[1].group = "y", in.hosts[2].fixed = false;
  in.hosts[2].group = "y";
  EXPECT_EQ(reasons_at(in, "09:00", 0), "group_incomplete");
  EXPECT_EQ(reasons_at(in, "10:00", 0), "-");
}

TEST(Refused, lists_the_usual_starts_that_are_not_offered_with_the_first_reason) {
  Input in = monday("09:00-11:00");
  in.hosts[0].busy = {between("10:00", "10:10")};
  in.hosts.push_back(host("b", "09:00-10:00"));
  in.hosts[1].schedule.exceptions = {{{2026, 3, 30}, true}};
  Board board(in);
  std::string out;
  for (const Refused& r : board.refused())
    out += fmt::format("{} {} {}\n", format_rfc3339(r.start).substr(11, 5), in.hosts[r.host].id, to_string(r.reason));
  EXPECT_EQ(out,
            "07:00 b exception_closed\n"
            "07:30 b exception_closed\n"
            "08:00 a busy\n");
}

// --- any scenario ------------------------------------------------------------------------------------------------

class Dice {
 public:
  explicit Dice(uint64_t seed) : rng_(seed) {}
  int below(int n) { return static_cast<int>(rng_.below(static_cast<uint64_t>(n))); }
  bool one_in(int n) { return below(n) == 0; }
  template <class T, size_t N>
  T pick(const T (&from)[N]) {
    return from[below(static_cast<int>(N))];
  }

 private:
  Rng rng_;
};

Interval some_time(Dice& dice, Instant from) {
  Instant start = from + Minutes{dice.below(5 * 24 * 60)};
  return {start, start + Minutes{dice.below(240)} + std::chrono::seconds{dice.one_in(5) ? 30 : 0}};
}

Schedule some_schedule(Dice& dice, Date date) {
  Schedule s;
  for (int i = dice.below(4); i >= 0; --i)
    for (unsigned day = 0; day < 7; ++day)
      if (!dice.one_in(4)) s.hours.push_back({Weekday{day}, Minutes{dice.below(1440)}, Minutes{dice.below(1441)}});
  for (int i = dice.below(3); i > 0; --i)
    s.exceptions.push_back(
        {add_days(date, dice.below(5)), dice.one_in(2), Minutes{dice.below(1440)}, Minutes{dice.below(1441)}});
  if (dice.one_in(3)) s.holidays.push_back(add_days(date, dice.below(5)));
  return s;
}

Host some_host(Dice& dice, int index, Instant from) {
  const char* zones[] = {"Europe/Paris",     "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago",
                         "America/New_York", "Asia/Kathmandu",      "UTC"};
  const char* groups[] = {"", "x", "y"};
  Host h{.id = fmt::format("h{}", index), .zone = zone(dice.pick(zones))};
  h.fixed = dice.one_in(5), h.group = dice.pick(groups);
  Date date = h.zone.date(from);
  h.schedule = some_schedule(dice, date);
  if (dice.one_in(4)) h.travel.push_back({date, add_days(date, dice.below(3)), zone(dice.pick(zones))});
  for (int i = dice.below(4); i > 0; --i) h.busy.push_back(some_time(dice, from));
  for (int i = dice.below(2); i > 0; --i) h.away.push_back(some_time(dice, from));
  for (int i = dice.below(4); i > 0; --i) {
    Interval t = some_time(dice, from);
    h.appointments.push_back({t.from, t.to, Minutes{dice.below(20)}, Minutes{dice.below(20)}});
  }
  return h;
}

Horizon some_horizon(Dice& dice, Date date) {
  const Horizon::Count counts[] = {Horizon::Count::calendar, Horizon::Count::business, Horizon::Count::available};
  if (dice.one_in(2)) return {};
  if (dice.one_in(3)) return {.kind = Horizon::Kind::range, .from = date, .to = add_days(date, dice.below(4))};
  return {.kind = Horizon::Kind::days, .days = dice.below(4), .count = dice.pick(counts)};
}

Input some_input(uint64_t seed) {
  Dice dice(seed);
  const char* changes[] = {"2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z", "2026-04-03T20:00:00Z",
                           "2026-07-01T00:00:00Z"};
  const int steps[] = {60, 45, 40, 25, 15, 7};
  Input in;
  in.from = at(dice.pick(changes)) + Minutes{dice.below(600)};
  in.to = in.from + Minutes{dice.below(5 * 24 * 60)};
  in.now = in.from + Minutes{dice.below(2000) - 1500} + std::chrono::seconds{dice.below(60)};
  in.viewer = zone(dice.one_in(2) ? "Australia/Lord_Howe" : "Europe/Paris");
  MeetingType& t = in.type;
  t.length = Minutes{10 + dice.below(80)}, t.step = Minutes{dice.pick(steps)};
  t.offset = Minutes{dice.one_in(4) ? dice.below(20) : 0};
  t.before = Minutes{dice.one_in(2) ? dice.below(20) : 0}, t.after = Minutes{dice.one_in(2) ? dice.below(20) : 0};
  t.notice = Minutes{dice.one_in(2) ? dice.below(300) : 0};
  if (dice.one_in(4)) t.daily_limit = dice.below(3);
  if (dice.one_in(4)) t.daily_time = Minutes{dice.below(300)};
  t.assignment = dice.one_in(4) ? Assignment::all : Assignment::any;
  t.grid = dice.one_in(2) ? GridZone::host : GridZone::viewer;
  t.fill = dice.one_in(3) ? Fill::compact : Fill::plain;
  Date date = in.viewer.date(in.from);
  t.horizon = some_horizon(dice, date);
  if (dice.one_in(5)) t.window = Window{{}, some_schedule(dice, date)};
  for (int i = dice.below(4); i >= 0; --i) in.hosts.push_back(some_host(dice, i, in.from));
  for (int i = dice.below(3); i > 0; --i) {
    Interval time = some_time(dice, in.from);
    in.holds.push_back({static_cast<size_t>(dice.below(static_cast<int>(in.hosts.size()))), {time.from, time.to}, {}});
  }
  return in;
}

// An offer and its explanation are computed in two ways: from sorted lists at once, and start by start.
TEST(AnyScenario, is_explained_exactly_where_it_is_not_offered) {
  size_t offered = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Input in = some_input(seed);
    Board board(in);
    std::map<Instant, std::vector<uint32_t>> by_start;
    for (const Slot& s : board.offer().slots) {
      auto hosts = board.offer().hosts_of(s);
      by_start[s.start].assign(hosts.begin(), hosts.end());
    }
    offered += by_start.size();
    for (Instant t = std::chrono::floor<Minutes>(in.from) - 1h; t < in.to; t += 5min) {
      std::vector<uint32_t> free;
      for (const Explained& e : board.explain(t))
        if (e.reasons.empty()) free.push_back(e.host);
      auto found = by_start.find(t);
      EXPECT_EQ(free, found == by_start.end() ? std::vector<uint32_t>{} : found->second)
          << "seed " << seed << " at " << format_rfc3339(t);
    }
    for (const auto& [t, hosts] : by_start)
      for (uint32_t h : hosts) EXPECT_TRUE(board.explain(t)[h].reasons.empty()) << seed << " " << format_rfc3339(t);
  }
  EXPECT_GT(offered, 2000u);
}

TEST(AnyScenario, refuses_nothing_that_it_offers_and_names_no_start_twice) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Input in = some_input(seed);
    Board board(in);
    std::set<std::pair<Instant, uint32_t>> seen;
    for (const Slot& s : board.offer().slots)
      for (uint32_t h : board.offer().hosts_of(s)) EXPECT_TRUE(seen.emplace(s.start, h).second) << seed;
    std::pair<Instant, uint32_t> last{};
    for (const Refused& r : board.refused()) {
      EXPECT_TRUE(seen.emplace(r.start, r.host).second) << seed;
      EXPECT_LT(last, std::pair(r.start, r.host)) << seed;
      last = {r.start, r.host};
      EXPECT_EQ(board.explain(r.start)[r.host].reasons.front(), r.reason) << seed;
    }
  }
}

}  // namespace
}  // namespace onward::slots
