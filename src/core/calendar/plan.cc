#include <fmt/format.h>

#include "base/check.h"
#include "core/calendar/calendar.h"
#include "core/calendar/open_from.h"
#include "core/calendar/wall.h"

namespace onward::calendar {
namespace {

constexpr int kMaxAmount = 100'000;

std::string describe(const Delay& delay) {
  switch (delay.unit) {
    case Delay::Unit::hours: return fmt::format("{} hours", delay.amount);
    case Delay::Unit::days: return fmt::format("{} days", delay.amount);
    case Delay::Unit::business_days: return fmt::format("{} business days", delay.amount);
  }
  return {};
}

// Applies a delay step by step. `wish_` is the wall-clock time wished for, which a change of the clocks may not have.
class Steps {
 public:
  Steps(Instant base, const Delay& delay, const Place& place, const HolidayTable& table)
      : delay_(delay), place_(place), table_(table), floor_(base), wish_(place.zone.local(base)) {
    out_.at = base;
  }
  Planned run() {
    add_amount();
    if (delay_.weekday) go_to_weekday();
    if (delay_.at) go_to_time();
    note_clock_change();
    out_.local = place_.zone.local(out_.at);
    return std::move(out_);
  }

 private:
  void add_amount();
  void go_to_weekday();
  void go_to_time();
  void note_clock_change();
  void go(LocalTime wall, std::string_view rule, std::string note);
  Date next_suitable(Date) const;

  const Delay& delay_;
  const Place& place_;
  const HolidayTable& table_;
  Instant floor_;
  LocalTime wish_;
  LocalKind kind_ = LocalKind::unique;
  Planned out_;
};

void Steps::go(LocalTime wall, std::string_view rule, std::string note) {
  if (wall == wish_) return;
  Located found = place_.zone.locate(wall);
  out_.reasons.push_back({std::string(rule), out_.at, found.instant, std::move(note)});
  out_.at = found.instant;
  wish_ = wall;
  kind_ = found.kind;
}

void Steps::add_amount() {
  check(delay_.amount >= 0 && delay_.amount <= kMaxAmount, "a delay's amount");
  switch (delay_.unit) {
    case Delay::Unit::hours:
      if (delay_.amount == 0) return;
      out_.at += std::chrono::hours{delay_.amount};
      out_.reasons.push_back({"delay", floor_, out_.at, describe(delay_)});
      floor_ = out_.at;
      wish_ = place_.zone.local(out_.at);
      return;
    case Delay::Unit::days:
      if (delay_.amount) go({add_days(wish_.date, delay_.amount), wish_.time}, "delay", describe(delay_));
      return;
    case Delay::Unit::business_days: {
      Date date = add_business_days(wish_.date, delay_.amount, place_, table_);
      if (date != wish_.date) go({date, wish_.time}, "delay", describe(delay_));
      return;
    }
  }
}

void Steps::go_to_weekday() {
  auto ahead = (*delay_.weekday - weekday_of(wish_.date)).count();
  if (ahead)
    go({add_days(wish_.date, static_cast<int>(ahead)), wish_.time}, "weekday", std::string(to_string(*delay_.weekday)));
}

Date Steps::next_suitable(Date date) const {
  if (delay_.weekday) return add_days(date, 7);
  return delay_.unit == Delay::Unit::business_days ? add_business_days(date, 1, place_, table_) : add_days(date, 1);
}

void Steps::go_to_time() {
  Date date = wish_.date;
  if (normal({date, *delay_.at}) == wish_) return;
  while (place_.zone.at(normal({date, *delay_.at})) < floor_) date = next_suitable(date);
  go(normal({date, *delay_.at}), "local_time", format_time_of_day(*delay_.at));
}

void Steps::note_clock_change() {
  if (kind_ == LocalKind::unique) return;
  bool gap = kind_ == LocalKind::skipped;
  out_.reasons.push_back({gap ? "dst_gap" : "dst_fold", out_.at, out_.at,
                          fmt::format("{} {}", to_string(wish_), gap ? "does not exist" : "comes twice: the first")});
}

}  // namespace

Planned plan(Instant base, const Delay& delay, const SendRules& rules, const Place& place,
             const std::vector<Interval>& absences, const HolidayTable& table) {
  Planned out = Steps(base, delay, place, table).run();
  open_from(out, rules, place, absences, table);
  return out;
}

}  // namespace onward::calendar
