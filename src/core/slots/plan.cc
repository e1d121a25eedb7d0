#include "core/slots/plan.h"

#include <algorithm>
#include <bit>
#include <map>

#include "base/check.h"
#include "core/slots/grid.h"
#include "core/slots/hours.h"

namespace onward::slots {
namespace {

int64_t in_ms(Minutes m) { return m.count() * kMinute; }
Span span_of(const Interval& i) { return {to_ms(i.from), to_ms(i.to)}; }
Span occupied_by(const Booked& b) { return {to_ms(b.start) - in_ms(b.before), to_ms(b.end) + in_ms(b.after)}; }

}  // namespace

Plan::Plan(const Input& in, Span bounds) : Plan(in, bounds, UseHorizon::yes) {}

Plan::Plan(const Input& in, Span bounds, UseHorizon use)
    : in_(in),
      bounds_(bounds),
      length_(in_ms(in.type.length)),
      before_(in_ms(in.type.before)),
      after_(in_ms(in.type.after)),
      earliest_(to_ms(in.now + std::max(in.type.notice, Minutes{1}))),
      grid_zone_(in.type.grid == GridZone::host && !in.hosts.empty() ? in.hosts[0].zone : in.viewer),
      words_((in.hosts.size() + 63) / 64),
      limited_(in.type.daily_limit || in.type.daily_time) {
  check(in.from <= in.to && in.type.length >= Minutes{1} && in.type.step >= Minutes{1} && in.type.offset >= Minutes{0},
        "a meeting type has a length and a step");
  times_.reserve(in.hosts.size());
  for (uint32_t h = 0; h < in.hosts.size(); ++h) times_.push_back(times_of(h));
  name_groups();
  if (in.type.window)
    window_ = open_spans(in.type.window->schedule, in.type.window->zone.value_or(in.viewer), {}, bounds_);
  if (use == UseHorizon::yes && in.type.horizon.kind == Horizon::Kind::days) days_ahead_.emplace(in, available_days());
  starts_ = grid_starts();
  make_offer();
}

// The days on which something can be had from now on, whatever range is asked for.
std::vector<int64_t> Plan::available_days() const {
  std::vector<int64_t> days;
  if (in_.type.horizon.count != Horizon::Count::available) return days;
  Span from_now{to_ms(in_.now), bounds_.to};
  if (from_now.empty()) return days;
  Plan everything(in_, from_now, UseHorizon::no);
  for (const Slot& s : everything.offer().slots) days.push_back(wall_day(in_.viewer, to_ms(s.start)));
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

HostTimes Plan::times_of(uint32_t index) const {
  const Host& host = in_.hosts[index];
  HostTimes out;
  out.open = open_spans(host.schedule, host.zone, host.travel, bounds_);
  out.free = out.open;
  clip(out.free, bounds_);
  Spans blocked = occupied(host);
  if (!blocked.empty()) out.free = subtract(out.free, blocked);
  std::map<int64_t, DayLoad> loads;
  auto count = [&](const Booked& b) {
    if (!limited_) return;
    DayLoad& load = loads[wall_day(host.zone, to_ms(b.start))];
    ++load.count;
    load.ms += to_ms(b.end) - to_ms(b.start);
  };
  for (const Booked& b : host.appointments) count(b);
  for (const Hold& h : in_.holds) {
    if (h.host != index || (h.expires && *h.expires <= in_.now)) continue;
    count(h.booked);
    if (Span held = occupied_by(h.booked); !held.empty()) out.held.push_back(held);
  }
  for (auto& [day, load] : loads) out.loads.push_back({day, load.count, load.ms});
  return out;
}

// Where no slot may lie: absences as they are, what is occupied widened by the candidate's buffers.
Spans Plan::occupied(const Host& host) const {
  Spans out;
  out.reserve(host.away.size() + host.appointments.size() + host.busy.size());
  for (const Interval& a : host.away) out.push_back(span_of(a));
  auto add = [&](Span s) {
    if (!s.empty()) out.push_back({s.from - after_, s.to + before_});
  };
  for (const Booked& b : host.appointments) add(occupied_by(b));
  for (const Interval& b : host.busy) add(span_of(b));
  merge(out);
  return out;
}

void Plan::name_groups() {
  std::map<std::string_view, uint32_t> names;
  needed_.assign(words_, 0);
  for (uint32_t h = 0; h < in_.hosts.size(); ++h) {
    const Host& host = in_.hosts[h];
    if (in_.type.assignment == Assignment::all || host.fixed) {
      group_of_.push_back(kAlwaysNeeded);
      needed_[h / 64] |= uint64_t{1} << h % 64;
      continue;
    }
    auto [it, added] = names.try_emplace(host.group, static_cast<uint32_t>(names.size()));
    if (added) groups_.resize(groups_.size() + words_, 0);
    group_of_.push_back(it->second);
    groups_[it->second * words_ + h / 64] |= uint64_t{1} << h % 64;
  }
  group_count_ = names.size();
}

Spans Plan::meeting_ranges() const {
  std::optional<Spans> all;
  auto also = [&](const Spans& ranges) { all = all ? intersections(*all, ranges) : ranges; };
  std::vector<Spans> of_group(group_count_);
  for (uint32_t h = 0; h < times_.size(); ++h) {
    const Spans& free = times_[h].free;
    if (group_of_[h] == kAlwaysNeeded)
      also(free);
    else
      of_group[group_of_[h]].insert(of_group[group_of_[h]].end(), free.begin(), free.end());
  }
  for (Spans& ranges : of_group) {
    keep_outermost(ranges);
    also(ranges);
  }
  return all ? std::move(*all) : Spans{};
}

std::vector<int64_t> Plan::grid_starts() const {
  Grid grid(in_.type, grid_zone_, earliest_);
  for (Span range : meeting_ranges()) grid.add(range);
  return grid.starts();
}

void Plan::make_offer() {
  std::vector<int64_t> starts;
  starts.reserve(starts_.size());
  for (int64_t t : starts_)
    if ((!window_ || covered(*window_, slot_at(t))) && (!days_ahead_ || days_ahead_->has(t))) starts.push_back(t);
  std::vector<uint64_t> masks(starts.size() * words_, 0);
  for (uint32_t h = 0; h < times_.size(); ++h) mark_free(h, starts, masks);
  list_hosts(starts, masks);
}

void Plan::mark_free(uint32_t h, const std::vector<int64_t>& starts, std::vector<uint64_t>& masks) const {
  const uint64_t bit = uint64_t{1} << h % 64;
  const size_t word = h / 64;
  auto from = [&](int64_t t) {
    return static_cast<size_t>(std::lower_bound(starts.begin(), starts.end(), t) - starts.begin());
  };
  size_t i = 0;
  for (Span free : times_[h].free) {
    while (i < starts.size() && starts[i] < free.from) ++i;
    for (; i < starts.size() && starts[i] + length_ <= free.to; ++i) masks[i * words_ + word] |= bit;
  }
  for (Span held : times_[h].held)
    for (size_t k = from(held.from - after_ - length_ + 1); k < starts.size() && starts[k] - before_ < held.to; ++k)
      masks[k * words_ + word] &= ~bit;
  if (limited_) unmark_limits(h, starts, masks);
  const Horizon& horizon = in_.type.horizon;
  if (horizon.kind != Horizon::Kind::range) return;
  DateRange dates(in_.hosts[h].zone, day_of_date(horizon.from), day_of_date(horizon.to));
  for (size_t k = 0; k < starts.size(); ++k)
    if (!dates.has(starts[k])) masks[k * words_ + word] &= ~bit;
}

bool Plan::over_count(const DayLoad& load) const {
  return in_.type.daily_limit && load.count + 1 > *in_.type.daily_limit;
}
bool Plan::over_time(const DayLoad& load) const {
  return in_.type.daily_time && load.ms + length_ > in_ms(*in_.type.daily_time);
}

void Plan::unmark_limits(uint32_t h, const std::vector<int64_t>& starts, std::vector<uint64_t>& masks) const {
  const uint64_t bit = uint64_t{1} << h % 64;
  const size_t word = h / 64;
  const bool never = over_count({}) || over_time({});
  for (size_t k = 0; never && k < starts.size(); ++k) masks[k * words_ + word] &= ~bit;
  for (const DayLoad& load : times_[h].loads) {
    if (never || (!over_count(load) && !over_time(load))) continue;
    Span around = around_day(load.day);
    auto k = static_cast<size_t>(std::lower_bound(starts.begin(), starts.end(), around.from) - starts.begin());
    for (; k < starts.size() && starts[k] < around.to; ++k)
      if (wall_day(in_.hosts[h].zone, starts[k]) == load.day) masks[k * words_ + word] &= ~bit;
  }
}

bool Plan::complete(const uint64_t* mask) const {
  for (size_t w = 0; w < words_; ++w)
    if ((mask[w] & needed_[w]) != needed_[w]) return false;
  for (size_t g = 0; g < group_count_; ++g) {
    uint64_t any = 0;
    for (size_t w = 0; w < words_; ++w) any |= mask[w] & groups_[g * words_ + w];
    if (!any) return false;
  }
  return true;
}

void Plan::list_hosts(const std::vector<int64_t>& starts, const std::vector<uint64_t>& masks) {
  size_t total = 0;
  for (uint64_t m : masks) total += static_cast<size_t>(std::popcount(m));
  offer_.hosts.reserve(total);
  offer_.slots.reserve(starts.size());
  for (size_t i = 0; i < starts.size(); ++i) {
    const uint64_t* mask = &masks[i * words_];
    if (!complete(mask)) continue;
    auto first = static_cast<uint32_t>(offer_.hosts.size());
    for (size_t w = 0; w < words_; ++w)
      for (uint64_t rest = mask[w]; rest; rest &= rest - 1)
        offer_.hosts.push_back(static_cast<uint32_t>(w * 64 + static_cast<size_t>(std::countr_zero(rest))));
    offer_.slots.push_back({from_ms(starts[i]), first, static_cast<uint32_t>(offer_.hosts.size()) - first});
  }
}

Board::Board(const Input& input)
    : plan_(std::make_unique<const Plan>(input, Span{to_ms(input.from), to_ms(input.to)})) {}
Board::~Board() = default;
const Offer& Board::offer() const { return plan_->offer(); }
std::vector<Explained> Board::explain(Instant start) const { return plan_->explain(to_ms(start)); }
std::vector<Refused> Board::refused() const { return plan_->refused(); }

}  // namespace onward::slots
