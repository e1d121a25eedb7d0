// What is thought of the answers, and of the rows.
#include <fmt/format.h>

#include <algorithm>

#include "sim/fair.h"

namespace onward::sim {
namespace {

constexpr size_t kNearest = 3;

constexpr std::string_view kStatements = R"(
-- name: sim_booked
SELECT a.id, a.starts_at, a.ends_at, a.hosts, a.state, s.meeting_id, m.starts_at FROM appointment a
LEFT JOIN seat s ON s.appointment_id = a.id LEFT JOIN meeting m ON m.id = s.meeting_id
WHERE a.meeting_type_id {AMONG ?1} ORDER BY a.id
-- name: sim_held
SELECT h.id, h.starts_at, h.ends_at, h.hosts, h.expires_at, s.meeting_id FROM hold h LEFT JOIN seat s ON s.hold_id = h.id
WHERE h.meeting_type_id {AMONG ?1} ORDER BY h.id
-- name: sim_occupied
SELECT o.meeting_id, o.advisor_id, o.from_ms, o.to_ms, m.meeting_type_id FROM occupied o
JOIN meeting m ON m.id = o.meeting_id WHERE m.meeting_type_id {AMONG ?1}
-- name: sim_seats
SELECT m.meeting_type_id, m.id, count(s.number) FROM meeting m LEFT JOIN seat s ON s.meeting_id = m.id
WHERE m.meeting_type_id {AMONG ?1} GROUP BY m.meeting_type_id, m.id
)";

}  // namespace

store::Catalogue booking_texts() {
  store::Catalogue c;
  c.statements.push_back({"sim_bookings.sql", std::string(kStatements)});
  return c;
}

void broken(const std::string& what) { throw Violation(Rule::booking, what); }

Entry Fair::entry_of(size_t type, const Json& view) const {
  Entry e{.type = type, .start = *parse_rfc3339(get_string(view, "start"))};
  for (const std::string& id : get_strings(view, "hosts")) e.hosts.push_back(*AdvisorId::parse(id));
  std::ranges::sort(e.hosts);
  return e;
}

void Fair::booked(size_t type, Instant start, const Json& view, bool by_customer) {
  Entry e = entry_of(type, view);
  if (e.start != start) broken("another start was booked than was asked for");
  if (by_customer && !crowded_ && !market_.fits(e, now())) broken("booked where nobody can come: " + dump(view));
  market_.appointments[AppointmentId::parse(get_string(view, "id"))->value] = e;
}

void Fair::refused(const Act& act, const Error& e) {
  note("refused: " + act.name);
  if (e.code == Code::internal) broken(act.name + ": " + e.message + " " + e.detail);
  if (act.certain) broken(fmt::format("offered, and refused at once: {} ({} {})", act.name, e.message, e.members));
  if (e.code != Code::conflict) {
    if (e.code != Code::not_found && e.code != Code::invalid) broken(act.name + ": " + e.message);
    return;
  }
  if (e.members.empty()) return;
  Json members = *parse_json(e.members);
  note("refused because: " + get_string(members, "reason"));
  if (!crowded_) require_nearest(act, members);
}

void Fair::require_nearest(const Act& act, const Json& members) {
  const Json& nearest = members.at("nearest");
  auto own = market_.appointments.extract(act.own);  // who has a time may move into it
  for (const Json& slot : nearest.as_array()) {
    note("nearest starts checked");
    Instant start = *parse_rfc3339(get_string(slot, "start"));
    if (own && own.mapped().start == start) broken("somebody is offered what they have");
    if (!market_.could(act.type, start, now()))
      broken(fmt::format("a nearest start is not free: {} at {}\n{}", dump(slot), format_rfc3339(now()),
                         market_.story(act.type, start, now())));
  }
  market_.appointments.insert(std::move(own));
  if (rng_.chance(0.1)) try_nearest(act, nearest);
  if (nearest.as_array().size() >= kNearest || !rng_.chance(0.05)) return;
  auto offered = list(act.type, now(), now() + std::chrono::days{20}).at("data").as_array().size();
  if (offered > nearest.as_array().size() + 1) broken(fmt::format("{} are free, and {}", offered, dump(members)));
}

// Each of them is taken in a transaction that is given up, one of them for good.
void Fair::try_nearest(const Act& act, const Json& nearest) {
  if (nearest.as_array().empty()) return;
  auto take = [&](const Json& slot) {
    Shown s{act.type, *parse_rfc3339(get_string(slot, "start")), {}};
    return act.own ? move(act.own, s, true) : book(s, true);
  };
  for (const Json& slot : nearest.as_array()) {
    Act trial = take(slot);
    bool could = false;
    auto undone = world_->call([&](Step& step) -> Result<Json> {
      could = trial.work(step).has_value();
      return fail(Code::conflict, "only tried");
    });
    if (!could) broken("a nearest start was refused: " + dump(slot));
    note("nearest starts tried");
  }
  Act act_now = take(nearest.as_array()[rng_.below(nearest.as_array().size())]);
  perform(act_now);
}

std::string Fair::type_ids() const {
  json::array out;
  for (const MarketType& t : market_.types) out.emplace_back(t.id.value);
  return json::serialize(out);
}

// Everything that was acknowledged is there as it was acknowledged, and nothing else is.
void Fair::compare_rows() {
  Rows rows = world_->rows("sim_booked", {type_ids()});
  if (rows.size() != market_.appointments.size())
    broken(fmt::format("{} appointments, {} acknowledged", rows.size(), market_.appointments.size()));
  for (size_t r = 0; r < rows.size(); ++r) {
    auto known = market_.appointments.find(rows.integer(r, 0));
    if (known == market_.appointments.end()) broken("an appointment that nobody was told of");
    const Entry& e = known->second;
    std::vector<AdvisorId> hosts;
    Json ids = *parse_json(rows.text(r, 3));
    for (const Json& id : ids.as_array()) hosts.push_back({id.to_number<int64_t>()});
    std::ranges::sort(hosts);
    bool seated = !rows.is_null(r, 5);
    if (to_ms(e.start) != rows.integer(r, 1) || hosts != e.hosts || rows.text(r, 4) != e.state)
      broken("an appointment is not as it was acknowledged");
    if (seated != (e.state != "cancelled")) broken("an appointment without its seat, or a seat too many");
    if (seated && rows.integer(r, 6) != to_ms(e.start)) broken("a seat in a meeting at another time");
    note("appointments compared");
  }
  Rows held = world_->rows("sim_held", {type_ids()});
  size_t standing = 0;
  for (size_t r = 0; r < held.size(); ++r) {
    if (held.integer(r, 4) <= to_ms(now())) continue;
    ++standing;
    auto known = market_.holds.find(held.integer(r, 0));
    if (known == market_.holds.end() || held.is_null(r, 5)) broken("a hold that nobody was told of, or without a seat");
  }
  std::erase_if(market_.holds, [&](const auto& h) { return *h.second.expires + 1h < now(); });
  if (standing != static_cast<size_t>(
                      std::ranges::count_if(market_.holds, [&](const auto& h) { return *h.second.expires > now(); })))
    broken("a hold was lost");
  compare_occupied();
}

// The hosts' time again, from the rows alone and from what was acknowledged alone.
void Fair::compare_occupied() {
  struct Span {
    Instant from, to;
    size_t type;
    std::string whose;
  };
  std::map<int64_t, std::vector<Span>> spans;
  std::map<std::string, int64_t> people;
  for (const auto* all : {&market_.appointments, &market_.holds})
    for (const auto& [id, e] : *all) {
      if (!e.takes(now())) continue;
      const MarketType& t = market_.types[e.type];
      // Those who share a time and its hosts share one meeting.
      std::string whose = t.seats > 1 ? fmt::format("{} {}", e.type, to_ms(e.start)) : std::to_string(id);
      for (AdvisorId h : e.hosts) whose += t.seats > 1 ? " " + h.text() : "";
      if (++people[whose] > t.seats) broken("more people than seats");
      for (AdvisorId h : e.hosts)
        spans[h.value].push_back({e.start - t.before, e.start + t.length + t.after, e.type, whose});
    }
  for (auto& [host, list] : spans) {
    std::ranges::sort(list, {}, &Span::from);
    for (size_t i = 1; i < list.size(); ++i)
      if (list[i].from < list[i - 1].to && list[i].whose != list[i - 1].whose) broken("two meetings of a host overlap");
    note("meetings of hosts compared", static_cast<int64_t>(list.size()));
  }
  Rows rows = world_->rows("sim_occupied", {type_ids()});
  std::map<int64_t, std::vector<std::pair<int64_t, int64_t>>> occupied;
  for (size_t r = 0; r < rows.size(); ++r)
    occupied[rows.integer(r, 1)].push_back({rows.integer(r, 2), rows.integer(r, 3)});
  for (auto& [host, list] : occupied) {
    std::ranges::sort(list);
    for (size_t i = 1; i < list.size(); ++i)
      if (list[i].first < list[i - 1].second) broken("two rows of a host overlap");
  }
  Rows seats = world_->rows("sim_seats", {type_ids()});
  for (size_t r = 0; r < seats.size(); ++r)
    for (const MarketType& t : market_.types)
      if (t.id.value == seats.integer(r, 0) && seats.integer(r, 2) > t.seats) broken("more seats than there are");
}

}  // namespace onward::sim
