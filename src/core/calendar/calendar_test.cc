#include "core/calendar/calendar.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace onward::calendar {
namespace {

using namespace std::chrono_literals;
using std::chrono::Friday;
using std::chrono::Monday;
using std::chrono::Saturday;
using std::chrono::Sunday;

Zone zone(std::string_view name) { return *find_zone(name); }
Instant at(std::string_view rfc3339) { return *parse_rfc3339(rfc3339); }
Instant wall(const Zone& z, std::string_view local) { return z.at(*parse_local_time(local)); }
std::string shown(const Planned& p) { return to_string(p.local); }

std::vector<std::string> rules_of(const Planned& p) {
  std::vector<std::string> out;
  for (const Reason& r : p.reasons) out.push_back(r.rule);
  return out;
}
using Rules = std::vector<std::string>;

const HolidayTable& table() {
  static const HolidayTable t({{"FR", "", {2026, 4, 6}, "Easter Monday"},
                               {"FR", "", {2026, 5, 1}, "Labour Day"},
                               {"FR", "FR-57", {2026, 4, 3}, "Good Friday"}});
  return t;
}
Place paris() { return {.zone = zone("Europe/Paris"), .country = "FR"}; }
SendRules all_day() {
  SendRules r;
  r.window = {{true, true, true, true, true, true, true}, 0min, 24h};
  r.quiet_from = r.quiet_to = 0min;
  return r;
}

Planned open(const Place& place, std::string_view local, const SendRules& rules = {},
             const std::vector<Interval>& absences = {}) {
  return next_open(wall(place.zone, local), rules, place, absences, table());
}

TEST(NextOpen, keeps_an_allowed_instant) {
  Planned p = open(paris(), "2026-03-24T10:15:00");
  EXPECT_TRUE(p.ok);
  EXPECT_EQ(shown(p), "2026-03-24T10:15:00");
  EXPECT_TRUE(p.reasons.empty());
}

TEST(NextOpen, moves_to_the_window_and_says_so_once) {
  EXPECT_EQ(shown(open(paris(), "2026-03-24T07:00:00")), "2026-03-24T08:30:00");
  EXPECT_EQ(shown(open(paris(), "2026-03-24T18:00:00")), "2026-03-25T08:30:00");
  EXPECT_EQ(shown(open(paris(), "2026-03-24T17:59:59")), "2026-03-24T17:59:59");
  Planned weekend = open(paris(), "2026-03-20T18:30:00");
  EXPECT_EQ(shown(weekend), "2026-03-23T08:30:00");
  EXPECT_EQ(rules_of(weekend), Rules{"window"});
  EXPECT_EQ(weekend.reasons[0].to, weekend.at);
}

TEST(NextOpen, avoids_holidays_of_the_place) {
  Planned easter = open(paris(), "2026-04-03T18:30:00");
  EXPECT_EQ(shown(easter), "2026-04-07T08:30:00");
  EXPECT_EQ(rules_of(easter), (Rules{"window", "holiday", "window"}));
  EXPECT_EQ(easter.reasons[1].note, "Easter Monday");
  SendRules any_day;
  any_day.avoid_holidays = false;
  EXPECT_EQ(shown(open(paris(), "2026-04-03T18:30:00", any_day)), "2026-04-06T08:30:00");
  Place metz = paris();
  metz.region = "FR-57";
  EXPECT_EQ(shown(open(metz, "2026-04-03T10:00:00")), "2026-04-07T08:30:00");
  EXPECT_EQ(shown(open(paris(), "2026-04-03T10:00:00")), "2026-04-03T10:00:00");
}

TEST(NextOpen, extra_closed_days_count_even_where_holidays_do_not) {
  Place p = paris();
  p.extra_closed = {{2026, 3, 24}};
  SendRules any_day;
  any_day.avoid_holidays = false;
  EXPECT_EQ(shown(open(p, "2026-03-24T10:00:00", any_day)), "2026-03-25T08:30:00");
}

TEST(NextOpen, quiet_hours_may_cross_midnight_or_not) {
  SendRules r = all_day();
  r.quiet_from = 20h, r.quiet_to = 8h;
  EXPECT_EQ(shown(open(paris(), "2026-03-24T21:00:00", r)), "2026-03-25T08:00:00");
  EXPECT_EQ(shown(open(paris(), "2026-03-24T03:00:00", r)), "2026-03-24T08:00:00");
  r.quiet_from = 12h, r.quiet_to = 14h;
  EXPECT_EQ(shown(open(paris(), "2026-03-24T12:00:00", r)), "2026-03-24T14:00:00");
  EXPECT_EQ(shown(open(paris(), "2026-03-24T14:00:00", r)), "2026-03-24T14:00:00");
  r.quiet_from = 20h, r.quiet_to = 24h;
  EXPECT_EQ(shown(open(paris(), "2026-03-24T23:00:00", r)), "2026-03-25T00:00:00");
  EXPECT_EQ(rules_of(open(paris(), "2026-03-24T23:00:00", r)), Rules{"quiet_hours"});
}

TEST(NextOpen, waits_for_the_end_of_absences) {
  Place p = paris();
  std::vector<Interval> away = {{wall(p.zone, "2026-03-24T12:00:00"), wall(p.zone, "2026-03-26T12:00:00")},
                                {wall(p.zone, "2026-03-26T11:00:00"), wall(p.zone, "2026-03-28T00:00:00")}};
  Planned later = open(p, "2026-03-24T15:00:00", {}, away);
  EXPECT_EQ(shown(later), "2026-03-30T08:30:00");
  EXPECT_EQ(rules_of(later), (Rules{"absence", "window"}));
  EXPECT_EQ(shown(open(p, "2026-03-24T11:59:00", {}, away)), "2026-03-24T11:59:00");
}

TEST(NextOpen, windows_may_end_at_midnight) {
  SendRules r = all_day();
  r.window.from = 22h;
  EXPECT_EQ(shown(open(paris(), "2026-03-24T23:59:59", r)), "2026-03-24T23:59:59");
  EXPECT_EQ(shown(open(paris(), "2026-03-25T00:00:00", r)), "2026-03-25T22:00:00");
}

TEST(NextOpen, says_when_nothing_ever_opens) {
  SendRules empty;
  empty.window.from = empty.window.to = 9h;
  SendRules backwards;
  backwards.window.from = 18h, backwards.window.to = 9h;
  SendRules no_day;
  no_day.window.days.fill(false);
  SendRules only_quiet = all_day();
  only_quiet.window.from = 21h, only_quiet.quiet_from = 20h, only_quiet.quiet_to = 8h;
  SendRules at_24 = all_day();
  at_24.window.from = 24h;
  for (const SendRules& r : {empty, backwards, no_day, only_quiet, at_24}) {
    Planned p = open(paris(), "2026-03-24T10:00:00", r);
    EXPECT_FALSE(p.ok);
    EXPECT_EQ(shown(p), "2026-03-24T10:00:00");
    EXPECT_FALSE(p.reasons.empty());
  }
  Instant t = at("2026-03-24T10:00:00Z");
  EXPECT_FALSE(next_open(t, {}, paris(), {{t - 1h, t + 500 * 24h}}, table()).ok);
  EXPECT_TRUE(next_open(t, {}, paris(), {{t - 1h, t + 390 * 24h}}, table()).ok);
}

// --- changes of the clocks ------------------------------------------------------------------------------------

TEST(ClockChange, a_gap_that_swallows_the_start_opens_at_its_end) {
  SendRules r = all_day();
  r.window.from = 2h + 30min, r.window.to = 6h;
  Planned p = open(paris(), "2026-03-29T01:00:00", r);
  EXPECT_EQ(format_rfc3339(p.at), "2026-03-29T01:00:00Z");
  EXPECT_EQ(shown(p), "2026-03-29T03:00:00");
  EXPECT_EQ(rules_of(p), (Rules{"window", "dst_gap"}));
}

TEST(ClockChange, a_gap_that_swallows_the_window_closes_the_day) {
  SendRules r = all_day();
  r.window.from = 2h, r.window.to = 3h;
  EXPECT_EQ(shown(open(paris(), "2026-03-29T01:00:00", r)), "2026-03-30T02:00:00");
}

TEST(ClockChange, a_fold_keeps_the_extra_hour) {
  SendRules r = all_day();
  r.window.from = 1h, r.window.to = 4h;
  Zone z = zone("Europe/Paris");  // 2026-10-25 03:00 +02:00 -> 02:00 +01:00
  int open_minutes = 0;
  for (Instant t = z.midnight({2026, 10, 25}); t < z.midnight({2026, 10, 26}); t += 1min)
    open_minutes += is_open(t, r, paris(), {}, table());
  EXPECT_EQ(open_minutes, 4 * 60);
}

TEST(ClockChange, a_window_in_the_fold_opens_twice) {
  SendRules r = all_day();
  r.window.from = 1h, r.window.to = 2h + 30min;
  Planned p = next_open(at("2026-10-25T00:45:00Z"), r, paris(), {}, table());  // 02:45, the first one
  EXPECT_EQ(format_rfc3339(p.at), "2026-10-25T01:00:00Z");
  EXPECT_EQ(shown(p), "2026-10-25T02:00:00");
  p = next_open(at("2026-10-25T01:30:00Z"), r, paris(), {}, table());
  EXPECT_EQ(shown(p), "2026-10-26T01:00:00");
  r.window.from = 2h + 30min, r.window.to = 3h;
  p = next_open(at("2026-10-25T01:10:00Z"), r, paris(), {}, table());  // 02:10, the second one
  EXPECT_EQ(format_rfc3339(p.at), "2026-10-25T01:30:00Z");
}

TEST(ClockChange, midnight_that_does_not_exist) {
  SendRules r = all_day();
  r.window.days = {true, false, false, false, false, false, false};
  // Havana 2026-03-08: 00:00 -> 01:00. Santiago 2026-09-06: 00:00 -> 01:00. Both Sundays.
  Place havana{.zone = zone("America/Havana")}, santiago{.zone = zone("America/Santiago")};
  EXPECT_EQ(shown(open(havana, "2026-03-07T12:00:00", r)), "2026-03-08T01:00:00");
  EXPECT_EQ(shown(open(santiago, "2026-09-05T12:00:00", r)), "2026-09-06T01:00:00");
  Place cairo{.zone = zone("Africa/Cairo")};  // 2026-04-24, a Friday
  r.window.days = {false, false, false, false, false, true, false};
  EXPECT_EQ(shown(open(cairo, "2026-04-23T12:00:00", r)), "2026-04-24T01:00:00");
}

TEST(ClockChange, a_day_that_ends_twice) {
  // Santiago 2026-04-05 00:00 -> 2026-04-04 23:00: Saturday has 25 hours.
  Place santiago{.zone = zone("America/Santiago")};
  SendRules saturday = all_day();
  saturday.window.days = {false, false, false, false, false, false, true};
  int hours = 0;
  for (Instant t = at("2026-04-04T00:00:00Z"); t < at("2026-04-06T12:00:00Z"); t += 1h)
    hours += is_open(t, saturday, santiago, {}, table());
  EXPECT_EQ(hours, 25);
}

TEST(ClockChange, half_an_hour_on_lord_howe) {
  Place lord_howe{.zone = zone("Australia/Lord_Howe")};  // 2026-10-04 02:00 -> 02:30
  SendRules r = all_day();
  r.window.from = 2h + 15min;
  EXPECT_EQ(shown(open(lord_howe, "2026-10-04T01:00:00", r)), "2026-10-04T02:30:00");
}

// --- delays ---------------------------------------------------------------------------------------------------

using Unit = Delay::Unit;

Planned planned(std::string_view local_base, const Delay& d, const Place& place = paris(),
                const SendRules& rules = {}) {
  return plan(wall(place.zone, local_base), d, rules, place, {}, table());
}

TEST(Plan, zero_delay_moves_nothing) {
  Planned p = planned("2026-03-24T10:15:00", {});
  EXPECT_EQ(shown(p), "2026-03-24T10:15:00");
  EXPECT_TRUE(p.reasons.empty());
}

TEST(Plan, days_keep_the_wall_clock_across_a_change) {
  EXPECT_EQ(shown(planned("2026-03-27T09:00:00", {.amount = 3})), "2026-03-30T09:00:00");
  EXPECT_EQ(shown(planned("2026-10-23T09:00:00", {.amount = 3})), "2026-10-26T09:00:00");
}

TEST(Plan, hours_are_elapsed_time) {
  Planned p = planned("2026-03-28T20:00:00", {.unit = Unit::hours, .amount = 12}, paris(), all_day());
  EXPECT_EQ(shown(p), "2026-03-29T09:00:00");
  EXPECT_EQ(p.at - wall(paris().zone, "2026-03-28T20:00:00"), 12h);
}

TEST(Plan, business_days_skip_weekends_and_holidays) {
  Planned p = planned("2026-04-02T14:00:00", {.unit = Unit::business_days, .amount = 3});
  EXPECT_EQ(shown(p), "2026-04-08T14:00:00");
  EXPECT_EQ(rules_of(p), Rules{"delay"});
  EXPECT_EQ(p.reasons[0].note, "3 business days");
}

TEST(Plan, zero_business_days_from_a_day_off) {
  EXPECT_EQ(shown(planned("2026-04-04T14:00:00", {.unit = Unit::business_days})), "2026-04-07T14:00:00");
}

TEST(Plan, weekday_counts_the_same_day) {
  EXPECT_EQ(shown(planned("2026-03-24T10:00:00", {.amount = 3, .weekday = Friday})), "2026-03-27T10:00:00");
  EXPECT_EQ(shown(planned("2026-03-24T10:00:00", {.amount = 4, .weekday = Friday})), "2026-04-03T10:00:00");
}

TEST(Plan, local_time_is_the_same_day_if_it_is_still_ahead) {
  EXPECT_EQ(shown(planned("2026-03-24T10:00:00", {.at = 11h})), "2026-03-24T11:00:00");
  EXPECT_EQ(shown(planned("2026-03-24T10:00:00", {.at = 9h})), "2026-03-25T09:00:00");
  EXPECT_EQ(shown(planned("2026-03-24T10:00:00", {.amount = 1, .at = 9h})), "2026-03-25T09:00:00");
  EXPECT_EQ(shown(planned("2026-03-24T10:00:00", {.weekday = std::chrono::Tuesday, .at = 9h})), "2026-03-31T09:00:00");
  EXPECT_EQ(shown(planned("2026-03-27T10:00:00", {.unit = Unit::business_days, .at = 9h})), "2026-03-30T09:00:00");
  EXPECT_EQ(shown(planned("2026-03-24T10:00:00", {.unit = Unit::hours, .amount = 3, .at = 12h})),
            "2026-03-25T12:00:00");
}

TEST(Plan, a_skipped_time_takes_the_offset_before_the_gap) {
  Planned p = planned("2026-03-28T02:30:00", {.amount = 1}, paris(), all_day());
  EXPECT_EQ(shown(p), "2026-03-29T03:30:00");
  EXPECT_EQ(rules_of(p), (Rules{"delay", "dst_gap"}));
  EXPECT_EQ(shown(planned("2026-03-28T02:30:00", {.amount = 2}, paris(), all_day())), "2026-03-30T02:30:00");
}

TEST(Plan, a_repeated_time_is_its_first_occurrence) {
  Planned p = planned("2026-10-24T02:30:00", {.amount = 1}, paris(), all_day());
  EXPECT_EQ(format_rfc3339(p.at), "2026-10-25T00:30:00Z");
  EXPECT_EQ(rules_of(p), (Rules{"delay", "dst_fold"}));
}

TEST(Plan, zero_days_in_the_second_pass_do_not_go_back) {
  Instant second = at("2026-10-25T01:30:00Z");
  EXPECT_EQ(plan(second, {}, all_day(), paris(), {}, table()).at, second);
  EXPECT_EQ(plan(second, {.at = 2h + 30min}, all_day(), paris(), {}, table()).at, second);
}

TEST(Plan, reasons_tell_the_way) {
  Planned p = planned("2026-04-01T19:00:00", {.amount = 2, .weekday = Monday, .at = 21h});
  EXPECT_EQ(shown(p), "2026-04-07T08:30:00");
  EXPECT_EQ(rules_of(p), (Rules{"delay", "weekday", "local_time", "holiday", "window"}));
  for (size_t i = 1; i < p.reasons.size(); ++i) EXPECT_EQ(p.reasons[i].from, p.reasons[i - 1].to);
}

// --- properties, over zones with every kind of change ---------------------------------------------------------

const std::array<const char*, 9> kZones = {"Europe/Paris",     "America/Havana",      "Africa/Cairo",
                                           "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu",
                                           "America/St_Johns", "Africa/Casablanca",   "Pacific/Apia"};

struct Case {
  Place place;
  SendRules rules;
  std::vector<Interval> absences;
  Instant t;
};

Case random_case(Rng& rng) {
  auto minutes = [&] { return Minutes{static_cast<int64_t>(rng.below(97)) * 15}; };
  Case c;
  c.place = {.zone = zone(kZones[rng.below(kZones.size())]), .country = rng.chance(0.5) ? "FR" : ""};
  if (rng.chance(0.3)) c.place.extra_closed.push_back(add_days({2026, 1, 1}, static_cast<int>(rng.below(365))));
  for (bool& open : c.rules.window.days) open = rng.chance(0.6);
  c.rules.window.from = rng.chance(0.5) ? Minutes{rng.below(12) * 15} : minutes();  // often where clocks change
  Minutes shortly = c.rules.window.from + Minutes{rng.below(10) * 15};
  c.rules.window.to = rng.chance(0.5) ? std::min<Minutes>(shortly, 24h) : minutes();
  c.rules.quiet_from = minutes(), c.rules.quiet_to = rng.chance(0.3) ? c.rules.quiet_from : minutes();
  c.rules.avoid_holidays = rng.chance(0.5);
  // Half of the time on a day on which some zone changes its clocks.
  const std::array<Date, 7> changes = {
      {{2026, 3, 29}, {2026, 10, 25}, {2026, 3, 8}, {2026, 4, 24}, {2026, 4, 5}, {2026, 9, 6}, {2010, 11, 7}}};
  Date day =
      rng.chance(0.7) ? changes[rng.below(changes.size())] : add_days({2026, 1, 1}, static_cast<int>(rng.below(365)));
  Millis spread = rng.chance(0.5) ? 4h : 48h;
  c.t = c.place.zone.midnight(day) + Millis{static_cast<int64_t>(rng.below(static_cast<uint64_t>(spread.count())))} -
        (spread == 48h ? 24h : 0h);
  if (rng.chance(0.3)) c.absences.push_back({c.t - 1h, c.t + std::chrono::hours{rng.below(100)}});
  return c;
}

TEST(NextOpenProperty, is_the_earliest_opening) {
  Rng rng(7);
  int found = 0;
  for (int i = 0; i < 3000; ++i) {
    Case c = random_case(rng);
    auto next = [&](Instant t) { return next_open(t, c.rules, c.place, c.absences, table()); };
    auto open = [&](Instant t) { return is_open(t, c.rules, c.place, c.absences, table()); };
    Planned p = next(c.t);
    if (!p.ok) {
      for (int m = 0; m < 8 * 24 * 4; ++m) ASSERT_FALSE(open(c.t + m * 15min)) << i;
      continue;
    }
    ++found;
    ASSERT_GE(p.at, c.t);
    ASSERT_TRUE(open(p.at)) << i;
    ASSERT_EQ(p.local, c.place.zone.local(p.at));
    ASSERT_EQ(next(p.at).at, p.at);
    ASSERT_EQ(p.at == c.t, p.reasons.empty());
    // Nothing in between was open, and every instant in between leads to the same opening.
    Millis gap = p.at - c.t;
    for (int k = 0; k < 40 && gap > 0ms; ++k) {
      Instant between = c.t + Millis{static_cast<int64_t>(rng.below(static_cast<uint64_t>(gap.count())))};
      ASSERT_FALSE(open(between)) << i << " " << c.place.zone.name() << " " << format_rfc3339(between);
      ASSERT_EQ(next(between).at, p.at);
    }
    ASSERT_FALSE(gap > 0ms && open(p.at - 1ms)) << i;
    ASSERT_GE(next(p.at + 7h).at, p.at);
  }
  EXPECT_GT(found, 1000);
}

TEST(NextOpenProperty, agrees_with_trying_every_quarter_of_an_hour) {
  const std::pair<const char*, Date> changes[] = {
      {"Europe/Paris", {2026, 10, 25}},      {"Europe/Paris", {2026, 3, 29}},       {"America/Havana", {2025, 11, 2}},
      {"America/Santiago", {2026, 4, 4}},    {"America/Santiago", {2026, 9, 6}},    {"Africa/Cairo", {2026, 4, 24}},
      {"Australia/Lord_Howe", {2026, 4, 5}}, {"Australia/Lord_Howe", {2026, 10, 4}}};
  for (const auto& [name, date] : changes) {
    Place place{.zone = zone(name)};
    SendRules rules = all_day();
    auto open = [&](Instant t) { return is_open(t, rules, place, {}, table()); };
    for (int quarter = 0; quarter < 96; ++quarter) {
      rules.window.from = Minutes{quarter * 15};
      rules.window.to = rules.window.from + Minutes{15 * (1 + quarter % 6)};
      Instant begin = place.zone.midnight(date) - 3h;
      for (Instant t = begin; t < begin + 30h; t += 45min) {
        Instant expected = t;
        while (!open(expected)) expected += 15min;
        Planned p = next_open(t, rules, place, {}, table());
        ASSERT_EQ(p.at, expected) << name << " " << quarter << " " << format_rfc3339(t);
      }
    }
  }
}

TEST(PlanProperty, is_open_and_never_before_the_base) {
  Rng rng(11);
  for (int i = 0; i < 3000; ++i) {
    Case c = random_case(rng);
    Delay d{.unit = static_cast<Unit>(rng.below(3)), .amount = static_cast<int>(rng.below(6))};
    if (rng.chance(0.4)) d.weekday = Weekday{static_cast<unsigned>(rng.below(7))};
    if (rng.chance(0.5)) d.at = Minutes{static_cast<int64_t>(rng.below(1441))};
    Planned p = plan(c.t, d, c.rules, c.place, c.absences, table());
    ASSERT_GE(p.at, c.t) << i;
    ASSERT_TRUE(!p.ok || is_open(p.at, c.rules, c.place, c.absences, table())) << i;
    ASSERT_GE(p.at, c.t + (d.unit == Unit::hours ? std::chrono::hours{d.amount} : 0h));
    ASSERT_EQ(plan(c.t, d, c.rules, c.place, c.absences, table()).reasons, p.reasons);
  }
}

// --- business days and hours ----------------------------------------------------------------------------------

TEST(BusinessDays, count_forward_and_back) {
  EXPECT_EQ(add_business_days({2026, 4, 2}, 1, paris(), table()), (Date{2026, 4, 3}));
  EXPECT_EQ(add_business_days({2026, 4, 3}, 1, paris(), table()), (Date{2026, 4, 7}));
  EXPECT_EQ(add_business_days({2026, 4, 7}, -1, paris(), table()), (Date{2026, 4, 3}));
  EXPECT_EQ(add_business_days({2026, 4, 5}, 0, paris(), table()), (Date{2026, 4, 7}));
  EXPECT_EQ(add_business_days({2026, 3, 24}, 0, paris(), table()), (Date{2026, 3, 24}));
  EXPECT_FALSE(is_business_day({2026, 5, 1}, paris(), table()));
  EXPECT_TRUE(is_business_day({2026, 5, 1}, Place{}, table()));
}

TEST(BusinessHours, count_only_open_time) {
  Zone z = zone("Europe/Paris");
  auto due = [&](std::string_view from, Minutes amount) {
    return to_string(z.local(add_business_hours(wall(z, from), amount, default_hours(), z, {})));
  };
  EXPECT_EQ(due("2026-03-24T10:00:00", 2h), "2026-03-24T12:00:00");
  EXPECT_EQ(due("2026-03-24T16:30:00", 2h), "2026-03-25T10:00:00");
  EXPECT_EQ(due("2026-03-24T15:30:00", 2h), "2026-03-24T17:30:00");  // at closing time, not the next morning
  EXPECT_EQ(due("2026-03-27T17:00:00", 1h), "2026-03-30T09:30:00");
  EXPECT_EQ(due("2026-03-28T12:00:00", 0min), "2026-03-30T09:00:00");
  EXPECT_EQ(due("2026-03-24T10:00:00", 0min), "2026-03-24T10:00:00");
}

TEST(BusinessHours, skip_closed_days_and_lunch) {
  Zone z = zone("Europe/Paris");
  std::vector<Opening> hours = {{Monday, 14h, 18h}, {Monday, 9h, 12h}};
  auto closed = [](Date d) { return d == Date{2026, 3, 30}; };
  Instant t = add_business_hours(wall(z, "2026-03-23T11:00:00"), 2h, hours, z, closed);
  EXPECT_EQ(to_string(z.local(t)), "2026-03-23T15:00:00");
  t = add_business_hours(wall(z, "2026-03-23T11:00:00"), 6h, hours, z, closed);
  EXPECT_EQ(to_string(z.local(t)), "2026-04-06T10:00:00");
}

TEST(BusinessHours, count_the_hours_that_exist) {
  Zone z = zone("Europe/Paris");
  std::vector<Opening> sunday = {{Sunday, 0h, 24h}};
  auto after = [&](std::string_view from, Minutes amount) {
    return add_business_hours(wall(z, from), amount, sunday, z, {});
  };
  EXPECT_EQ(after("2026-03-29T00:00:00", 23h), z.midnight({2026, 3, 30}));
  EXPECT_EQ(after("2026-10-25T00:00:00", 25h), z.midnight({2026, 10, 26}));
  std::vector<Opening> early = {{Sunday, 0h, 2h + 30min}};
  // 02:30 comes twice: open to the first, closed for half an hour, open again from 02:00.
  Instant t = add_business_hours(z.midnight({2026, 10, 25}), 3h, early, z, {});
  EXPECT_EQ(format_rfc3339(t), "2026-10-25T01:30:00Z");
}

TEST(BusinessHours, never_open_counts_plain_time) {
  Instant t = at("2026-03-24T10:00:00Z");
  EXPECT_EQ(add_business_hours(t, 5h, {}, utc(), {}), t + 5h);
  EXPECT_EQ(add_business_hours(t, 5h, default_hours(), utc(), [](Date) { return true; }), t + 5h);
}

}  // namespace
}  // namespace onward::calendar
