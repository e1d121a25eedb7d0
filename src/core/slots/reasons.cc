// Why a start is not offered. Worked out from the same lists as the offer, only when somebody asks.
#include <algorithm>

#include "core/slots/grid.h"
#include "core/slots/hours.h"
#include "core/slots/plan.h"

namespace onward::slots {
namespace {

constexpr int64_t kNoBound = INT64_MIN / 4;

Span raw(const Booked& b) { return {to_ms(b.start), to_ms(b.end)}; }

}  // namespace

std::string_view to_string(Reason r) {
  switch (r) {
    case Reason::out_of_range: return "out_of_range";
    case Reason::exception_closed: return "exception_closed";
    case Reason::holiday: return "holiday";
    case Reason::exception_hours: return "exception_hours";
    case Reason::outside_hours: return "outside_hours";
    case Reason::away: return "away";
    case Reason::busy: return "busy";
    case Reason::appointment: return "appointment";
    case Reason::buffer: return "buffer";
    case Reason::hold: return "hold";
    case Reason::notice: return "notice";
    case Reason::horizon: return "horizon";
    case Reason::daily_limit: return "daily_limit";
    case Reason::daily_minutes_limit: return "daily_minutes_limit";
    case Reason::window: return "window";
    case Reason::pool_incomplete: return "pool_incomplete";
    case Reason::group_incomplete: return "group_incomplete";
    case Reason::off_grid: return "off_grid";
  }
  return "";
}

// The weekly hours cover the slot: what took them away?
Reason Plan::replaced(uint32_t host, Span slot) const {
  const Host& h = in_.hosts[host];
  for (const OpenOn& w : windows(h.schedule, h.zone, h.travel, slot, Take::weekly)) {
    if (!w.span.meets(slot)) continue;
    bool closed = false, replaced = false;
    for (const Exception& e : h.schedule.exceptions)
      if (e.date == w.date) replaced = true, closed = closed || e.closed;
    if (closed) return Reason::exception_closed;
    if (replaced) return Reason::exception_hours;
    const auto& holidays = h.schedule.holidays;
    if (std::find(holidays.begin(), holidays.end(), w.date) != holidays.end()) return Reason::holiday;
  }
  return Reason::outside_hours;
}

void Plan::own_hours(uint32_t host, Span slot, std::vector<Reason>& out) const {
  if (!bounds_.covers(slot)) return out.push_back(Reason::out_of_range);
  if (!covered(times_[host].open, slot)) out.push_back(replaced(host, slot));
  for (const Interval& a : in_.hosts[host].away)
    if (Span away{to_ms(a.from), to_ms(a.to)}; !away.empty() && away.meets(slot)) return out.push_back(Reason::away);
}

void Plan::own_occupied(uint32_t host, Span slot, std::vector<Reason>& out) const {
  bool busy = false, appointment = false, buffer = false;
  Span wide = occupied_at(slot.from);
  auto look = [&](Span itself, Span with_buffers, bool& flag) {
    if (with_buffers.empty() || !with_buffers.meets(wide)) return;
    (!itself.empty() && itself.meets(slot) ? flag : buffer) = true;
  };
  for (const Interval& b : in_.hosts[host].busy) {
    Span span{to_ms(b.from), to_ms(b.to)};
    look(span, span, busy);
  }
  for (const Booked& b : in_.hosts[host].appointments)
    look(raw(b), {raw(b).from - b.before.count() * kMinute, raw(b).to + b.after.count() * kMinute}, appointment);
  if (busy) out.push_back(Reason::busy);
  if (appointment) out.push_back(Reason::appointment);
  if (buffer) out.push_back(Reason::buffer);
  for (Span held : times_[host].held)
    if (held.meets(wide)) return out.push_back(Reason::hold);
}

DayLoad Plan::load_on(uint32_t host, int64_t start) const {
  int64_t day = wall_day(in_.hosts[host].zone, start);
  for (const DayLoad& load : times_[host].loads)
    if (load.day == day) return load;
  return {};
}

void Plan::own_rules(uint32_t host, int64_t start, std::vector<Reason>& out) const {
  const Horizon& horizon = in_.type.horizon;
  if (horizon.kind == Horizon::Kind::range &&
      !DateRange(in_.hosts[host].zone, day_of_date(horizon.from), day_of_date(horizon.to)).has(start))
    out.push_back(Reason::horizon);
  if (!limited_) return;
  DayLoad load = load_on(host, start);
  if (over_count(load)) out.push_back(Reason::daily_limit);
  if (over_time(load)) out.push_back(Reason::daily_minutes_limit);
}

std::vector<Reason> Plan::own(uint32_t host, int64_t start) const {
  std::vector<Reason> out;
  own_hours(host, slot_at(start), out);
  own_occupied(host, slot_at(start), out);
  own_rules(host, start, out);
  return out;
}

std::vector<Reason> Plan::common(int64_t start) const {
  std::vector<Reason> out;
  if (start < Grid::cut_to_minute(grid_zone_, earliest_)) out.push_back(Reason::notice);
  if (days_ahead_ && !days_ahead_->has(start)) out.push_back(Reason::horizon);
  if (window_ && bounds_.covers(slot_at(start)) && !covered(*window_, slot_at(start))) out.push_back(Reason::window);
  return out;
}

std::vector<std::vector<Reason>> Plan::all_reasons(int64_t start) const {
  std::vector<std::vector<Reason>> out;
  std::vector<uint64_t> mask(words_, 0);
  for (uint32_t h = 0; h < in_.hosts.size(); ++h) {
    out.push_back(own(h, start));
    if (out.back().empty()) mask[h / 64] |= uint64_t{1} << h % 64;
  }
  std::vector<Reason> shared = common(start);
  bool pool = true;
  for (size_t w = 0; w < words_; ++w) pool = pool && (mask[w] & needed_[w]) == needed_[w];
  bool whole = complete(mask.data());
  bool on_grid = std::binary_search(starts_.begin(), starts_.end(), start);
  for (auto& reasons : out) {
    bool could = reasons.empty();
    reasons.insert(reasons.end(), shared.begin(), shared.end());
    std::sort(reasons.begin(), reasons.end());
    if (could && !whole) reasons.push_back(pool ? Reason::group_incomplete : Reason::pool_incomplete);
    if (reasons.empty() && !on_grid) reasons.push_back(Reason::off_grid);
  }
  return out;
}

std::vector<Explained> Plan::explain(int64_t start) const {
  std::vector<Explained> out;
  for (auto& reasons : all_reasons(start)) out.push_back({static_cast<uint32_t>(out.size()), std::move(reasons)});
  return out;
}

std::vector<int64_t> Plan::usual_starts(uint32_t host) const {
  const Host& h = in_.hosts[host];
  Spans usual = times_[host].open;
  for (const OpenOn& w : windows(h.schedule, h.zone, h.travel, bounds_, Take::weekly)) usual.push_back(w.span);
  merge(usual);
  clip(usual, bounds_);
  Grid grid(in_.type, grid_zone_, kNoBound);
  for (Span s : usual) grid.add(s);
  std::vector<int64_t> out = grid.starts();
  std::erase_if(out, [&](int64_t t) { return t < bounds_.from; });
  return out;
}

bool Plan::offered(int64_t start, uint32_t host) const {
  auto it = std::lower_bound(offer_.slots.begin(), offer_.slots.end(), start,
                             [](const Slot& s, int64_t t) { return to_ms(s.start) < t; });
  if (it == offer_.slots.end() || to_ms(it->start) != start) return false;
  auto hosts = offer_.hosts_of(*it);
  return std::binary_search(hosts.begin(), hosts.end(), host);
}

std::vector<Refused> Plan::refused() const {
  std::vector<std::pair<int64_t, uint32_t>> asked;
  for (uint32_t h = 0; h < in_.hosts.size(); ++h)
    for (int64_t t : usual_starts(h))
      if (!offered(t, h)) asked.emplace_back(t, h);
  std::sort(asked.begin(), asked.end());
  std::vector<Refused> out;
  out.reserve(asked.size());
  std::vector<std::vector<Reason>> reasons;
  for (size_t i = 0; i < asked.size(); ++i) {
    auto [start, host] = asked[i];
    if (i == 0 || asked[i - 1].first != start) reasons = all_reasons(start);
    out.push_back({from_ms(start), host, reasons[host].front()});
  }
  return out;
}

}  // namespace onward::slots
