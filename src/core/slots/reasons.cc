// Why a start is not offered. Worked out from the same lists as the offer, only when somebody asks.
#include <algorithm>

#include "core/slots/grid.h"
#include "core/slots/hours.h"
#include "core/slots/plan.h"

namespace onward::slots {
namespace {

constexpr int64_t kNoBound = INT64_MIN / 4;

Span raw(const Interval& i) { return {to_ms(i.from), to_ms(i.to)}; }
Span with_buffers(const Booked& b) {
  return {to_ms(b.start) - b.before.count() * kMinute, to_ms(b.end) + b.after.count() * kMinute};
}

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

// A booking, by what a candidate must not touch.
struct Plan::Taken {
  Span wide;    // with its buffers
  Span itself;  // may be empty
  Reason kind = Reason::busy;
};

// What is looked at again and again for one host.
struct Plan::Look {
  std::vector<OpenOn> weekly;  // by date
  std::vector<Taken> taken;    // by start
  int64_t longest = 0;         // of them
};

Plan::Look Plan::look_at(uint32_t host, Span bounds) const {
  const Host& h = in_.hosts[host];
  Look out{windows(h.schedule, h.zone, h.travel, bounds, Take::weekly), {}};
  auto add = [&](Span wide, Span itself, Reason kind) {
    if (!wide.empty()) out.taken.push_back({wide, itself, kind});
  };
  for (const Interval& b : h.busy) add(raw(b), raw(b), Reason::busy);
  for (const Interval& a : h.away) add(raw(a), raw(a), Reason::away);
  for (const Booked& b : h.appointments) add(with_buffers(b), {to_ms(b.start), to_ms(b.end)}, Reason::appointment);
  for (Span held : times_[host].held) add(held, held, Reason::hold);
  std::sort(out.taken.begin(), out.taken.end(),
            [](const Taken& a, const Taken& b) { return a.wide.from < b.wide.from; });
  for (const Taken& t : out.taken) out.longest = std::max(out.longest, t.wide.to - t.wide.from);
  return out;
}

// What took the weekly hours away, if they cover any of the slot.
Reason Plan::replaced(uint32_t host, Span slot, const Look& look) const {
  const Schedule& s = in_.hosts[host].schedule;
  // A window is no longer than two dates and the clocks change by no more than one.
  Date first = date_of_day(wall_day(utc(), slot.from) - 5), last = date_of_day(wall_day(utc(), slot.to) + 2);
  auto w = std::lower_bound(look.weekly.begin(), look.weekly.end(), first,
                            [](const OpenOn& open, Date d) { return open.date < d; });
  for (; w != look.weekly.end() && w->date <= last; ++w) {
    if (!w->span.meets(slot)) continue;
    bool closed = false, other = false;
    for (const Exception& e : s.exceptions)
      if (e.date == w->date) other = true, closed = closed || e.closed;
    if (closed) return Reason::exception_closed;
    if (other) return Reason::exception_hours;
    if (std::find(s.holidays.begin(), s.holidays.end(), w->date) != s.holidays.end()) return Reason::holiday;
  }
  return Reason::outside_hours;
}

void Plan::own_hours(uint32_t host, Span slot, const Look& look, std::vector<Reason>& out) const {
  if (!bounds_.covers(slot))
    out.push_back(Reason::out_of_range);
  else if (!covered(times_[host].open, slot))
    out.push_back(replaced(host, slot, look));
}

void Plan::own_occupied(uint32_t host, Span slot, const Look& look, std::vector<Reason>& out) const {
  Span wide = occupied_at(slot.from);
  auto add = [&](Reason r) {
    if (std::find(out.begin(), out.end(), r) == out.end()) out.push_back(r);
  };
  auto t = std::lower_bound(look.taken.begin(), look.taken.end(), wide.from - look.longest,
                            [](const Taken& taken, int64_t from) { return taken.wide.from < from; });
  for (; t != look.taken.end() && t->wide.from < wide.to; ++t) {
    if (t->kind == Reason::away) {  // it has no buffers and asks for none
      if (t->itself.meets(slot)) add(Reason::away);
    } else if (t->wide.meets(wide)) {
      bool hit = t->kind == Reason::hold || (!t->itself.empty() && t->itself.meets(slot));
      add(hit ? t->kind : Reason::buffer);
    }
  }
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

std::vector<Reason> Plan::own(uint32_t host, int64_t start, const Look& look) const {
  std::vector<Reason> out;
  own_hours(host, slot_at(start), look, out);
  own_occupied(host, slot_at(start), look, out);
  own_rules(host, start, out);
  return out;
}

bool Plan::can(uint32_t host, int64_t start) const {
  if (!covered(times_[host].free, slot_at(start))) return false;
  for (Span held : times_[host].held)
    if (held.meets(occupied_at(start))) return false;
  std::vector<Reason> rules;
  own_rules(host, start, rules);
  return rules.empty();
}

std::vector<Reason> Plan::common(int64_t start) const {
  std::vector<Reason> out;
  if (start < Grid::cut_to_minute(grid_zone_, earliest_)) out.push_back(Reason::notice);
  if (days_ahead_ && !days_ahead_->has(start)) out.push_back(Reason::horizon);
  if (window_ && bounds_.covers(slot_at(start)) && !covered(*window_, slot_at(start))) out.push_back(Reason::window);
  return out;
}

// Why hosts who can are not enough.
std::optional<Reason> Plan::missing(int64_t start) const {
  std::vector<uint64_t> mask(words_, 0);
  for (uint32_t h = 0; h < in_.hosts.size(); ++h)
    if (can(h, start)) mask[h / 64] |= uint64_t{1} << h % 64;
  for (size_t w = 0; w < words_; ++w)
    if ((mask[w] & needed_[w]) != needed_[w]) return Reason::pool_incomplete;
  if (!complete(mask.data())) return Reason::group_incomplete;
  return std::nullopt;
}

std::vector<Reason> Plan::reasons(uint32_t host, int64_t start, const Look& look) const {
  std::vector<Reason> out = own(host, start, look), shared = common(start);
  bool could = out.empty();
  out.insert(out.end(), shared.begin(), shared.end());
  std::sort(out.begin(), out.end());
  if (could)
    if (auto other = missing(start)) out.push_back(*other);
  if (out.empty() && !std::binary_search(starts_.begin(), starts_.end(), start)) out.push_back(Reason::off_grid);
  return out;
}

std::vector<Explained> Plan::explain(int64_t start) const {
  std::vector<Explained> out;
  for (uint32_t h = 0; h < in_.hosts.size(); ++h) out.push_back({h, reasons(h, start, look_at(h, slot_at(start)))});
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
  std::vector<Refused> out;
  for (uint32_t h = 0; h < in_.hosts.size(); ++h) {
    Look look = look_at(h, bounds_);
    for (int64_t t : usual_starts(h))
      if (!offered(t, h)) out.push_back({from_ms(t), h, reasons(h, t, look).front()});
  }
  std::sort(out.begin(), out.end(), [](const Refused& a, const Refused& b) {
    return a.start != b.start ? a.start < b.start : a.host < b.host;
  });
  return out;
}

}  // namespace onward::slots
