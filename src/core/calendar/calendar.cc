#include "core/calendar/calendar.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "core/calendar/open_from.h"
#include "core/calendar/wall.h"

namespace onward::calendar {
namespace {

constexpr Minutes kDay{24 * 60};

bool is_quiet(const SendRules& rules, Millis time) {
  if (rules.quiet_from <= rules.quiet_to) return time >= rules.quiet_from && time < rules.quiet_to;
  return time >= rules.quiet_from || time < rules.quiet_to;
}

bool in_window(const Window& w, Weekday day, Millis time) {
  return w.days[day.c_encoding()] && time >= w.from && time < w.to;
}

// Whether any minute of the week lies in the window and outside the quiet hours.
bool ever_open(const SendRules& rules) {
  const Window& w = rules.window;
  if (std::none_of(w.days.begin(), w.days.end(), [](bool open) { return open; })) return false;
  auto overlaps = [&](Minutes from, Minutes to) { return std::max(w.from, from) < std::min(w.to, to); };
  if (rules.quiet_from <= rules.quiet_to)
    return overlaps(Minutes{0}, rules.quiet_from) || overlaps(rules.quiet_to, kDay);
  return overlaps(rules.quiet_to, rules.quiet_from);
}

// What forbids one instant, and until when: an instant, or a wall-clock time later than the present one.
struct Block {
  std::string_view rule;
  std::variant<Instant, LocalTime> until;
  std::string_view note;
};

class Search {
 public:
  Search(const SendRules& rules, const Place& place, const std::vector<Interval>& absences, const HolidayTable& table)
      : rules_(rules), place_(place), absences_(absences), table_(table) {
    if (rules.avoid_holidays) days_ = table.days_of(place.country, place.region);
  }
  std::optional<Block> blocked(Instant t, LocalTime local) const;

 private:
  std::optional<std::string_view> closed(Date) const;
  LocalTime window_opens(LocalTime local) const;

  const SendRules& rules_;
  const Place& place_;
  const std::vector<Interval>& absences_;
  const HolidayTable& table_;
  HolidayTable::Days days_;
};

std::optional<std::string_view> Search::closed(Date date) const {
  const auto& extra = place_.extra_closed;
  if (std::find(extra.begin(), extra.end(), date) != extra.end()) return "closed";
  return table_.name_on(days_, date);
}

LocalTime Search::window_opens(LocalTime local) const {
  const Window& w = rules_.window;
  unsigned today = weekday_of(local.date).c_encoding();
  if (w.days[today] && local.time < w.from) return {local.date, w.from};
  int ahead = 1;
  while (ahead < 7 && !w.days[(today + ahead) % 7]) ++ahead;
  return {add_days(local.date, ahead), w.from};
}

std::optional<Block> Search::blocked(Instant t, LocalTime local) const {
  for (const Interval& away : absences_)
    if (t >= away.from && t < away.to) return Block{"absence", away.to, {}};
  if (auto name = closed(local.date)) return Block{"holiday", LocalTime{add_days(local.date, 1), Millis{0}}, *name};
  if (!in_window(rules_.window, weekday_of(local.date), local.time)) return Block{"window", window_opens(local), {}};
  if (is_quiet(rules_, local.time)) {
    bool ends_today = local.time < rules_.quiet_to;
    return Block{"quiet_hours", normal({add_days(local.date, ends_today ? 0 : 1), rules_.quiet_to}), {}};
  }
  return std::nullopt;
}

void record(std::vector<Reason>& reasons, const Block& block, Instant from, Instant to) {
  Reason* last = reasons.empty() ? nullptr : &reasons.back();
  if (last && last->rule == block.rule && last->to == from && last->note == block.note) {
    last->to = to;
  } else {
    reasons.push_back({std::string(block.rule), from, to, std::string(block.note)});
  }
}

// Moves out.at to the end of the block, or to a change of the clocks on the way that turns them back to before the
// present time: from there the rules have to be asked again.
void leave(const Block& block, const Zone& zone, Planned& out) {
  if (const Instant* until = std::get_if<Instant>(&block.until)) {
    record(out.reasons, block, out.at, *until);
    out.at = *until;
    out.local = zone.local(*until);
    return;
  }
  LocalTime wall = std::get<LocalTime>(block.until);
  Instant to = next_showing(zone, out.at, out.local, wall);
  LocalTime local = zone.local(to);
  if (zone.offset_s(to) < zone.offset_s(out.at)) {
    Instant change = change_between(zone, out.at, to);
    LocalTime turned_back = zone.local(change);
    if (turned_back < out.local) to = change, local = turned_back;
  }
  record(out.reasons, block, out.at, to);
  if (local > wall) out.reasons.push_back({"dst_gap", to, to, fmt::format("{} does not exist", to_string(wall))});
  out.at = to;
  out.local = local;
}

}  // namespace

void open_from(Planned& out, const SendRules& rules, const Place& place, const std::vector<Interval>& absences,
               const HolidayTable& table) {
  Search search(rules, place, absences, table);
  auto block = search.blocked(out.at, out.local);
  if (!block) return;
  Planned start{out.at, out.local};
  Instant limit = out.at + std::chrono::days{kSearchDays};
  bool possible = ever_open(rules);
  while (possible && block && out.at <= limit) {
    leave(*block, place.zone, out);
    block = search.blocked(out.at, out.local);
  }
  if (possible && !block && out.at <= limit) return;
  if (!possible) record(out.reasons, Block{"window", out.at, "never open"}, out.at, out.at);
  out.ok = false;
  out.at = start.at;
  out.local = start.local;
}

Planned next_open(Instant t, const SendRules& rules, const Place& place, const std::vector<Interval>& absences,
                  const HolidayTable& table) {
  Planned out{t, place.zone.local(t)};
  open_from(out, rules, place, absences, table);
  return out;
}

bool is_open(Instant t, const SendRules& rules, const Place& place, const std::vector<Interval>& absences,
             const HolidayTable& table) {
  return !Search(rules, place, absences, table).blocked(t, place.zone.local(t));
}

}  // namespace onward::calendar
