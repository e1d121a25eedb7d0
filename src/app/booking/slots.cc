#include "app/booking/slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

#include "core/slots/scenario.h"

namespace onward::app::booking {
namespace {

using slots::Board;
using slots::Reason;

constexpr Millis kMargin = 36h;  // a host's whole local day, for daily limits
constexpr Millis kBack = std::chrono::days{5};
// How far on both sides free starts are looked for, until there are enough: most are found on the same day.
constexpr Millis kReaches[] = {std::chrono::days{1}, std::chrono::days{5}, std::chrono::days{45}};
constexpr Millis kLongest = 24h;  // that most meetings are
constexpr size_t kNearest = 3;

std::vector<slots::Opening> read_hours(const std::string& text) {
  std::vector<slots::Opening> out;
  Json hours = stored_json(text, json::array{});
  for (const Json& h : hours.as_array())
    out.push_back({*parse_weekday(get_string(h, "day")), *parse_time_of_day(get_string(h, "from")),
                   *parse_time_of_day(get_string(h, "to"))});
  return out;
}

// Turns rows into what the engine reads.
class Reader {
 public:
  Reader(Step& step, Desk& desk, const Range& range) : step_(step), desk_(desk), from_(range.from), to_(range.to) {}

  void hosts(const Rows& rows, const HostWish& who) {
    Eligibility eligibility(step_, desk_.type, who);
    bool all = desk_.input.type.assignment == slots::Assignment::all;
    for (size_t r = 0; r < rows.size(); ++r) {
      LeftOut against =
          eligibility.judge({rows.integer(r, 0)}, {rows.integer(r, 7)}, rows.text(r, 14), rows.text(r, 15));
      if (!against.key.empty() && !all && rows.integer(r, 2) == 0) {
        desk_.left_out.push_back(std::move(against));
        continue;
      }
      slots::Host h{.id = AdvisorId{rows.integer(r, 0)}.text(),
                    .zone = find_zone(rows.text(r, 5)).value_or(utc()),
                    .fixed = rows.integer(r, 2) != 0,
                    .group = rows.text(r, 3)};
      h.schedule.hours = read_hours(rows.text(r, 6));
      if (h.schedule.hours.empty()) h.schedule.hours = read_hours(rows.text(r, 9));
      if (h.schedule.hours.empty()) h.schedule.hours = calendar::default_hours();
      h.schedule.holidays = closed_days(rows, r);
      at_[rows.integer(r, 0)] = static_cast<uint32_t>(desk_.hosts.size());
      desk_.input.hosts.push_back(std::move(h));
      desk_.hosts.push_back({AdvisorId{rows.integer(r, 0)}, rows.text(r, 4), AgencyId{rows.integer(r, 7)},
                             rows.text(r, 13), rows.integer(r, 1)});
    }
  }
  void absences(const Rows& rows) {
    each(rows, [&](slots::Host& h, size_t r) {
      h.away.push_back({from_ms(rows.integer(r, 1)), from_ms(rows.integer(r, 2))});
    });
  }
  void exceptions(const Rows& rows) {
    each(rows, [&](slots::Host& h, size_t r) {
      slots::Exception x{*parse_date(rows.text(r, 1)), rows.is_null(r, 2)};
      if (!x.closed) x.from = *parse_time_of_day(rows.text(r, 2)), x.to = *parse_time_of_day(rows.text(r, 3));
      h.schedule.exceptions.push_back(x);
    });
  }
  void travel(const Rows& rows) {
    each(rows, [&](slots::Host& h, size_t r) {
      if (auto zone = find_zone(rows.text(r, 3)))
        h.travel.push_back({*parse_date(rows.text(r, 1)), *parse_date(rows.text(r, 2)), *zone});
    });
  }
  void busy(const Rows& rows) {
    each(rows, [&](slots::Host& h, size_t r) {
      h.busy.push_back({from_ms(rows.integer(r, 1)), from_ms(rows.integer(r, 2))});
    });
  }
  void occupied(const Rows& rows) {
    for (size_t r = 0; r < rows.size(); ++r) {
      auto host = at_.find(rows.integer(r, 0));
      if (host == at_.end()) continue;
      slots::Booked b{from_ms(rows.integer(r, 3)), from_ms(rows.integer(r, 4))};
      b.before = std::chrono::ceil<Minutes>(b.start - from_ms(rows.integer(r, 1)));
      b.after = std::chrono::ceil<Minutes>(from_ms(rows.integer(r, 2)) - b.end);
      if (rows.is_null(r, 5))
        desk_.input.hosts[host->second].appointments.push_back(b);
      else
        desk_.input.holds.push_back({host->second, b, from_ms(rows.integer(r, 5))});
      meetings_[rows.integer(r, 6)].push_back(host->second);
    }
  }
  // After occupied(): who holds a meeting is known from there.
  void shared(const Rows& rows) {
    std::vector<Shared>& out = desk_.shared;
    for (size_t r = 0; r < rows.size(); ++r) {
      if (out.empty() || out.back().meeting != rows.integer(r, 0)) {
        out.push_back(
            {rows.integer(r, 0), from_ms(rows.integer(r, 1)), rows.integer(r, 2), {}, {}, rows.integer(r, 4) != 0});
        if (auto hosts = meetings_.find(out.back().meeting); hosts != meetings_.end()) out.back().hosts = hosts->second;
        std::ranges::sort(out.back().hosts);
      }
      if (!rows.is_null(r, 3)) out.back().taken.push_back(rows.integer(r, 3));
    }
    std::erase_if(out, [](const Shared& s) {
      return (s.taken.empty() && !s.session) || s.hosts.empty() || static_cast<int64_t>(s.taken.size()) >= s.seats;
    });
  }

 private:
  template <class Put>
  void each(const Rows& rows, Put put) {
    for (size_t r = 0; r < rows.size(); ++r)
      if (auto it = at_.find(rows.integer(r, 0)); it != at_.end()) put(desk_.input.hosts[it->second], r);
  }

  // Public holidays of the agency's place and its own closed days, once per agency.
  const std::vector<Date>& closed_days(const Rows& rows, size_t r) {
    auto [it, fresh] = closed_.try_emplace(rows.integer(r, 7));
    if (!fresh) return it->second;
    Json own = stored_json(rows.text(r, 12), json::array{});
    for (const Json& day : own.as_array())
      if (auto d = parse_date(std::string_view(day.as_string()))) it->second.push_back(*d);
    const calendar::HolidayTable* table = step_.catalog().holidays;
    if (!table || rows.text(r, 10).empty()) return it->second;
    auto days = table->days_of(rows.text(r, 10), rows.text(r, 11));
    for (Date d = add_days(utc().date(from_), -1), last = add_days(utc().date(to_), 1); d <= last; d = add_days(d, 1))
      if (table->name_on(days, d)) it->second.push_back(d);
    return it->second;
  }

  Step& step_;
  Desk& desk_;
  Instant from_, to_;
  std::unordered_map<int64_t, uint32_t> at_;
  std::unordered_map<int64_t, std::vector<uint32_t>> meetings_;
  std::map<int64_t, std::vector<Date>> closed_;
};

bool counts_available(const slots::MeetingType& t) {
  return t.horizon.kind == slots::Horizon::Kind::days && t.horizon.count == slots::Horizon::Count::available;
}

// Everything of [from, to), with the margins that limits need.
Status load_range(Step& step, Desk& desk, MeetingTypeId id, const Range& range) {
  Instant from = range.from, to = range.to;
  std::string first = to_string(add_days(utc().date(from), -1)), last = to_string(add_days(utc().date(to), 1));
  int64_t a = to_ms(from), b = to_ms(to);
  const std::vector<ports::Call> calls = {
      {"meeting_type_get", {id.value}},
      {"slots_hosts", {id.value}},
      {"slots_absences", {id.value, a, b}},
      {"slots_exceptions", {id.value, first, last}},
      {"slots_travel", {id.value, first, last}},
      {"slots_busy", {id.value, a, b}},
      {"slots_occupied", {id.value, a, b}},
      {"slots_shared", {id.value, a, b, to_ms(step.now)}},
      {"meeting_type_kinds", {id_set({id.value})}},
      {"meeting_type_choice", {id_set({id.value})}},
  };
  std::vector<Rows> rows = step.tx.run_all(calls);
  if (rows[0].empty()) return not_found("meeting type");
  desk.type = read_type(rows[0], 0);
  read_kind(desk.type, rows[8], 0);
  desk.input.type = TRY(slots::parse_type(desk.type.rules, ""));
  read_choice(rows[9], 0, desk.type);
  Reader reader(step, desk, range);
  reader.hosts(rows[1], range.who);
  reader.absences(rows[2]);
  reader.exceptions(rows[3]);
  reader.travel(rows[4]);
  reader.busy(rows[5]);
  reader.occupied(rows[6]);
  reader.shared(rows[7]);
  return {};
}

json::array names(const Desk& desk, const std::vector<uint32_t>& hosts) {
  json::array out;
  for (uint32_t h : hosts) out.emplace_back(desk.input.hosts[h].id);
  return out;
}

// Minutes of the hour that starts can have: every grid begins at a multiple of its interval and goes on in steps.
int64_t grid_minutes(const slots::MeetingType& t) {
  if (t.fill == slots::Fill::compact) return 1;
  int64_t interval = 1;
  for (int64_t i : {60, 30, 20, 15, 10, 5})
    if (t.step.count() % i == 0) {
      interval = i;
      break;
    }
  return std::gcd(interval, t.offset.count());
}

// By the viewer's wall clock or a host's: who books may live elsewhere than who was shown the time.
bool on_some_grid(const Desk& desk, Instant start) {
  const slots::Input& in = desk.input;
  Millis unit = Minutes{grid_minutes(in.type)};
  auto fits = [&](const Zone& zone) { return zone.local(start).time % unit == Millis{0}; };
  return fits(in.viewer) || std::ranges::any_of(in.hosts, fits, &slots::Host::zone);
}

bool lenient(Reason r) {
  return r == Reason::notice || r == Reason::horizon || r == Reason::window || r == Reason::off_grid;
}

}  // namespace

bool joinable(const Desk& desk, const Board& board, const Shared& s) {
  if (s.start < desk.input.now + std::max(desk.input.type.notice, Minutes{1})) return false;
  if (desk.input.type.horizon.kind == slots::Horizon::Kind::none) return true;
  return std::ranges::none_of(board.explain(s.start), [&](const slots::Explained& e) {
    return std::ranges::count(s.hosts, e.host) > 0 && std::ranges::count(e.reasons, Reason::horizon) > 0;
  });
}

Result<Desk> load_moment(Step& step, MeetingTypeId id, Instant start, const Range& asks) {
  Desk desk = TRY(load_desk(step, id, {start, start + kLongest, asks.zone, asks.who}));
  if (desk.type.length() > kLongest)
    desk = TRY(load_desk(step, id, {start, start + desk.type.length(), asks.zone, asks.who}));
  desk.input.to = start + desk.type.length();
  return desk;
}

Result<Desk> load_desk(Step& step, MeetingTypeId id, const Range& range) {
  Desk desk;
  Range wide{range.from - kMargin, range.to + kMargin, range.zone, range.who};
  TRY_VOID(load_range(step, desk, id, wide));
  if (counts_available(desk.input.type) && step.now < range.from) {
    desk = Desk{};
    wide.from = step.now - kMargin;
    TRY_VOID(load_range(step, desk, id, wide));
  }
  desk.input.now = step.now;
  desk.input.from = range.from;
  desk.input.to = range.to;
  if (!range.zone.empty()) {
    desk.input.viewer = TRY(find_zone(range.zone));
  } else if (!desk.input.hosts.empty()) {
    desk.input.viewer = desk.input.hosts.front().zone;
  }
  return desk;
}

std::vector<Offered> offered(const Desk& desk, const Board& board) {
  std::vector<Offered> out;
  if (!desk.type.active) return out;
  const slots::Offer& offer = board.offer();
  for (const slots::Slot& s : offer.slots) {
    if (desk.type.event) break;
    auto hosts = offer.hosts_of(s);
    out.push_back({s.start, {hosts.begin(), hosts.end()}, desk.type.seats});
  }
  for (const Shared& s : desk.shared) {
    if (!joinable(desk, board, s) || s.start < desk.input.from || s.start + desk.input.type.length > desk.input.to)
      continue;
    auto place = std::ranges::lower_bound(out, s.start, {}, &Offered::start);
    if (place == out.end() || place->start != s.start) place = out.insert(place, Offered{});
    *place = {s.start, s.hosts, s.seats - static_cast<int64_t>(s.taken.size())};
  }
  return out;
}

FreeHosts free_hosts(const Desk& desk, Instant start, Strictness strictness) {
  FreeHosts out;
  Board board(desk.input);
  bool aligned = on_some_grid(desk, start);
  for (const slots::Explained& e : board.explain(start)) {
    auto against = std::ranges::find_if(e.reasons, [&](Reason r) {
      if (strictness != Strictness::customer && lenient(r)) return false;
      return r != Reason::off_grid || !aligned;
    });
    if (against == e.reasons.end()) {
      out.hosts.push_back(e.host);
      continue;
    }
    out.refused.emplace_back(e.host, slots::to_string(*against));
    if (out.why.empty()) out.why = out.refused.back().second;
  }
  if (out.hosts.empty() && out.why.empty()) out.why = desk.left_out.empty() ? "no_hosts" : desk.left_out.front().key;
  return out;
}

Result<Json> list_slots(Step& step, MeetingTypeId id, const Range& range, Refusals refusals) {
  if (range.to <= range.from) return fail_field("?to", "order", "must be later than `from`");
  if (range.to - range.from > std::chrono::days{kMaxDays})
    return fail_field("?to", "range", fmt::format("must be at most {} days after `from`", kMaxDays));
  Desk desk = TRY(load_desk(step, id, range));
  Board board(desk.input);
  json::array data, refused;
  for (const Offered& o : offered(desk, board))
    data.push_back(json::object{
        {"start", format_rfc3339(o.start)}, {"hosts", names(desk, o.hosts)}, {"seats_left", o.seats_left}});
  if (refusals == Refusals::listed) {
    Instant last{Millis::min()};
    std::string text;  // many hosts are refused at one start
    for (const slots::Refused& r : board.refused()) {
      if (r.start != last) last = r.start, text = format_rfc3339(last);
      refused.push_back(
          json::object{{"start", text}, {"host", desk.input.hosts[r.host].id}, {"reason", slots::to_string(r.reason)}});
    }
  }
  return Json(
      json::object{{"data", std::move(data)}, {"refused", std::move(refused)}, {"zone", desk.input.viewer.name()}});
}

Result<Json> explain_slot(Step& step, MeetingTypeId id, Instant start, const std::string& zone) {
  Instant day = start - 24h;
  Desk desk = TRY(load_desk(step, id, {day, start + std::chrono::days{2}, zone}));
  Board board(desk.input);
  bool some = false;
  json::array hosts;
  std::vector<uint32_t> there;  // who holds a meeting that can be joined
  for (const Shared& s : desk.shared)
    if (s.start == start && joinable(desk, board, s)) there.insert(there.end(), s.hosts.begin(), s.hosts.end());
  for (slots::Explained& e : board.explain(start)) {
    if (std::ranges::count(there, e.host) > 0) e.reasons.clear();
    json::array reasons;
    for (Reason r : e.reasons) reasons.emplace_back(slots::to_string(r));
    if (desk.type.event && std::ranges::count(there, e.host) == 0) reasons.emplace_back("no_session");
    if (!desk.type.active) reasons.emplace_back("inactive");
    bool offered = reasons.empty();
    some = some || offered;
    hosts.push_back(
        json::object{{"host", desk.input.hosts[e.host].id}, {"offered", offered}, {"reasons", std::move(reasons)}});
  }
  return Json(json::object{{"start", format_rfc3339(start)}, {"offered", some}, {"hosts", std::move(hosts)}});
}

Result<json::object> nearest_slots(Step& step, MeetingTypeId id, Instant wanted, const Range& asks,
                                   std::optional<Instant> besides) {
  std::vector<Offered> found;
  Desk desk;
  for (Millis reach : kReaches) {
    // All that lie within the reach are nearer than what lies beyond it.
    Instant from = std::max(step.now, wanted - std::min(reach, kBack));
    desk = TRY(load_desk(step, id, {from, std::max(wanted, from) + reach, asks.zone, asks.who}));
    found = offered(desk, Board(desk.input));
    std::erase_if(found, [&](const Offered& o) { return o.start == wanted || o.start == besides; });
    if (found.size() >= kNearest) break;
  }
  auto away = [&](const Offered& o) { return o.start < wanted ? wanted - o.start : o.start - wanted; };
  std::ranges::stable_sort(found, {}, away);
  if (found.size() > kNearest) found.resize(kNearest);
  std::ranges::sort(found, {}, &Offered::start);
  json::array list;
  for (const Offered& o : found)
    list.push_back(json::object{{"start", format_rfc3339(o.start)}, {"hosts", names(desk, o.hosts)}});
  return json::object{{"nearest", std::move(list)}};
}

}  // namespace onward::app::booking
