#include "sim/market.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/advisors.h"
#include "app/booking/meeting_types.h"

namespace onward::sim {
namespace {

const std::vector<std::string> kZones = {"Europe/Paris", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC"};
constexpr Minutes kDay = 24h;

std::string clock_text(Minutes m) { return format_time_of_day(m); }

json::array hours_json(const MarketHost& h) {
  json::array out;
  for (std::string_view day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
    for (const auto& [from, to] : h.hours)
      out.push_back(json::object{{"day", day}, {"from", clock_text(from)}, {"to", clock_text(to)}});
  return out;
}

MarketHost hire(World& w, Rng& rng, AgencyId agency, size_t n) {
  MarketHost h;
  std::string zone = kZones[rng.below(kZones.size())];
  h.id = w.advisor({.name = fmt::format("Host {}", n), .zone = zone, .agency = agency, .mailbox = false});
  h.zone = *find_zone(zone);
  Minutes begin = Minutes{60 * (6 + rng.below(4))};
  h.hours = {{begin, begin + 3h}};
  if (rng.chance(0.6)) h.hours.push_back({begin + 3h + Minutes{30 * (1 + rng.below(3))}, begin + 8h});
  json::object body{{"hours", hours_json(h)}};
  World::must(w.call([&](Step& s) { return app::change_advisor(s, h.id, body); }));
  return h;
}

// Takes `n` of the hosts at random.
std::vector<size_t> some(Rng& rng, size_t all, size_t n) {
  std::vector<size_t> order;
  for (size_t i = 0; i < all; ++i) order.insert(order.begin() + static_cast<ptrdiff_t>(rng.below(i + 1)), i);
  order.resize(std::min(n, all));
  return order;
}

void staff(MarketType& t, Rng& rng, size_t hosts) {
  size_t kind = rng.below(5);
  static const std::vector<std::string> kinds = {"single", "pool", "collective", "groups", "seats"};
  t.kind = kinds[kind];
  size_t needed = kind == 0 ? 1 : kind == 3 ? 3 + rng.below(2) : 2 + rng.below(2);
  if (kind == 4) needed = 1 + rng.below(2);
  for (size_t h : some(rng, hosts, needed)) t.hosts.push_back({h});
  t.all = kind == 2;
  if (kind == 4) t.seats = 2 + static_cast<int64_t>(rng.below(6));
  if (kind != 3) return;
  t.hosts[0].fixed = rng.chance(0.7);
  for (size_t i = 1; i < t.hosts.size(); ++i) t.hosts[i].group = i % 2 ? "a" : "b";
  if (!t.hosts[0].fixed) t.hosts[0].group = "b";
  if (rng.chance(0.3)) t.seats = 2 + static_cast<int64_t>(rng.below(3));
}

json::object type_json(const Market& m, const MarketType& t, Rng& rng, size_t n) {
  json::array list;
  for (const auto& h : t.hosts) {
    json::object one{{"advisor_id", m.hosts[h.host].id.text()}, {"fixed", h.fixed}, {"weight", rng.below(4)}};
    if (!h.group.empty()) one["group"] = h.group;
    list.push_back(std::move(one));
  }
  json::object body{{"slug", fmt::format("type-{}-{}", m.hosts.front().id.value, n)},
                    {"type", "race"},
                    {"name", {{"en", "A talk"}}},
                    {"length_min", t.length.count()},
                    {"step_min", std::vector<int64_t>{15, 20, 30, 60}[rng.below(4)]},
                    {"buffer_before_min", t.before.count()},
                    {"buffer_after_min", t.after.count()},
                    {"notice_min", t.notice.count()},
                    {"assignment", t.all ? "all" : "any"},
                    {"grid", rng.chance(0.5) ? "viewer" : "host"},
                    {"fill", rng.chance(0.7) ? "plain" : "compact"},
                    {"seats", t.seats},
                    {"hosts", list}};
  if (t.daily_limit) body["daily_limit"] = t.daily_limit;
  return body;
}

MarketType offer(World& w, Rng& rng, const Market& m, size_t n) {
  MarketType t;
  t.length = Minutes{std::vector<int64_t>{15, 30, 45, 60}[rng.below(4)]};
  if (rng.chance(0.4)) t.before = Minutes{5 * rng.below(4)};
  if (rng.chance(0.4)) t.after = Minutes{5 * rng.below(4)};
  if (rng.chance(0.4)) t.notice = Minutes{30 * rng.below(8)};
  if (rng.chance(0.2)) t.daily_limit = 2 + static_cast<int64_t>(rng.below(5));
  t.viewer = kZones[rng.below(kZones.size())];
  staff(t, rng, m.hosts.size());
  json::object body = type_json(m, t, rng, n);
  Json made = World::must(w.call([&](Step& s) { return app::booking::add_meeting_type(s, body); }));
  t.id = *MeetingTypeId::parse(get_string(made, "id"));
  return t;
}

bool apart(Instant a, Instant b, Instant c, Instant d) { return b <= c || d <= a; }

}  // namespace

bool Market::works(const MarketHost& h, Instant from, Instant to) const {
  LocalTime first = h.zone.local(from), last = h.zone.local(to - 1ms);
  if (first.date != last.date || h.closed.contains(first.date)) return false;
  bool open =
      std::ranges::any_of(h.hours, [&](const auto& w) { return first.time >= w.first && last.time < w.second; });
  return open && std::ranges::all_of(h.away, [&](const auto& a) { return apart(a.from, a.to, from, to); });
}

std::vector<const Entry*> Market::of_host(AdvisorId id, Instant now) const {
  std::vector<const Entry*> out;
  for (const auto* all : {&appointments, &holds})
    for (const auto& [key, e] : *all)
      if (e.takes(now) && std::ranges::find(e.hosts, id) != e.hosts.end()) out.push_back(&e);
  return out;
}

bool Market::free(const MarketType& t, size_t host, Instant start, Instant now) const {
  const MarketHost& h = hosts[host];
  if (!works(h, start, start + t.length)) return false;
  std::set<std::pair<size_t, Instant>> that_day;
  int64_t single = 0;
  for (const Entry* e : of_host(h.id, now)) {
    const MarketType& other = types[e->type];
    if (!apart(e->start - other.before, e->start + other.length + other.after, start - t.before,
               start + t.length + t.after))
      return false;
    if (h.zone.date(e->start) != h.zone.date(start)) continue;
    if (other.seats > 1)
      that_day.insert({e->type, e->start});
    else
      ++single;
  }
  return !t.daily_limit || single + static_cast<int64_t>(that_day.size()) < t.daily_limit;
}

bool Market::can_join(size_t type, Instant start, Instant now) const {
  if (types[type].seats < 2) return false;
  std::map<std::vector<AdvisorId>, int64_t> meetings;
  for (const auto* all : {&appointments, &holds})
    for (const auto& [key, e] : *all)
      if (e.type == type && e.start == start && e.takes(now)) ++meetings[e.hosts];
  return std::ranges::any_of(meetings, [&](const auto& m) { return m.second < types[type].seats; });
}

bool Market::could(size_t type, Instant start, Instant now) const {
  const MarketType& t = types[type];
  // A start is cut to the minute after the notice was added.
  if (start <= now + std::max(t.notice, Minutes{1}) - 1min) return false;
  if (can_join(type, start, now)) return true;
  std::map<std::string, bool> groups;
  for (const auto& h : t.hosts) {
    bool can = free(t, h.host, start, now);
    if ((t.all || h.fixed) && !can) return false;
    if (!t.all && !h.fixed) groups[h.group] = groups[h.group] || can;
  }
  return std::ranges::all_of(groups, [](const auto& g) { return g.second; });
}

bool Market::fits(const Entry& e, Instant now) const {
  const MarketType& t = types[e.type];
  if (e.start <= now + std::max(t.notice, Minutes{1}) - 1min) return false;
  int64_t there = 0;
  for (const auto* all : {&appointments, &holds})
    for (const auto& [key, other] : *all)
      if (t.seats > 1 && other.type == e.type && other.start == e.start && other.hosts == e.hosts && other.takes(now))
        ++there;
  if (there > 0) return there < t.seats;
  std::set<std::string> groups, met;
  for (const auto& h : t.hosts) {
    bool comes = std::ranges::find(e.hosts, hosts[h.host].id) != e.hosts.end();
    if ((t.all || h.fixed) && !comes) return false;
    if (!t.all && !h.fixed) groups.insert(h.group);
    if (comes && !h.fixed && !t.all && !met.insert(h.group).second) return false;
    if (comes && !free(t, h.host, e.start, now)) return false;
  }
  return t.all || groups == met;
}

std::string Market::story(size_t type, Instant start, Instant now) const {
  const MarketType& t = types[type];
  std::string out =
      fmt::format("{}: {} min, buffers {} and {}, notice {}, {} seats, limit {}\n", t.kind, t.length.count(),
                  t.before.count(), t.after.count(), t.notice.count(), t.seats, t.daily_limit);
  for (const auto& h : t.hosts) {
    const MarketHost& host = hosts[h.host];
    out += fmt::format("  {} of group '{}'{} in {}: works {}, free {}\n", host.id.text(), h.group,
                       h.fixed ? ", fixed," : "", host.zone.name(), works(host, start, start + t.length),
                       free(t, h.host, start, now));
    for (const Entry* e : of_host(host.id, now))
      if (host.zone.date(e->start) == host.zone.date(start))
        out += fmt::format("    {} {} min, {} of {}{}\n", format_rfc3339(e->start), types[e->type].length.count(),
                           e->state, types[e->type].kind, e->expires ? ", held" : "");
  }
  return out;
}

Market open_house(World& w, Rng& rng) {
  Market m;
  AgencyId agency = w.agency({.name = "House", .zone = "Europe/Paris", .country = ""});
  size_t people = 3 + rng.below(4), kinds = 3 + rng.below(4);
  for (size_t i = 0; i < people; ++i) m.hosts.push_back(hire(w, rng, agency, i + 1));
  for (size_t i = 0; i < kinds; ++i) m.types.push_back(offer(w, rng, m, i + 1));
  return m;
}

}  // namespace onward::sim
