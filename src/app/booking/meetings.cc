#include "app/booking/meetings.h"

#include <algorithm>
#include <map>
#include <set>

#include "app/booking/attributions.h"

namespace onward::app::booking {
namespace {

constexpr int kAttempts = 5;

struct Placing {
  std::vector<uint32_t> hosts;
  Json routed = json::object{};
  int64_t joins = 0, seat = 1;
  std::string refused;  // why there is no place
};

bool has_host(const Desk& desk, const std::vector<uint32_t>& hosts, AdvisorId id) {
  return std::ranges::any_of(hosts, [&](uint32_t h) { return desk.hosts[h].id == id; });
}

int64_t free_seat(const Shared& s) {
  int64_t number = 1;
  for (int64_t taken : s.taken)  // in their order
    if (taken == number) ++number;
  return number;
}

// Everybody who is needed, and one of each group.
void choose(Step& step, const Desk& desk, const Wanted& wanted, const FreeHosts& free, Placing& out) {
  bool all = desk.input.type.assignment == slots::Assignment::all;
  std::map<std::string, std::vector<uint32_t>> groups;
  for (uint32_t h : free.hosts) {
    if (all || desk.input.hosts[h].fixed)
      out.hosts.push_back(h);
    else
      groups[desk.input.hosts[h].group].push_back(h);
  }
  Asked asked{.known = wanted.known,
              .contact = wanted.contact,
              .who = wanted.who,
              .channel = wanted.channel,
              .at = wanted.start};
  json::array choices;
  for (auto& [name, members] : groups) {
    bool named = wanted.host && has_host(desk, members, wanted.host);
    asked.named = named ? wanted.host : AdvisorId{};
    std::vector<NotFree> busy;
    for (const auto& [h, reason] : free.refused)
      if (!desk.input.hosts[h].fixed && desk.input.hosts[h].group == name) busy.push_back({desk.hosts[h].id, reason});
    Chosen chosen = choose_among(step, desk, asked, members, busy);
    out.hosts.push_back(members[chosen.index]);
    choices.push_back(std::move(chosen.choice));
  }
  asked.named = wanted.host;
  out.routed = json::object{{"request", routing_request(desk, asked)},
                            {"by_person", static_cast<bool>(wanted.host)},
                            {"choices", std::move(choices)}};
}

bool too_soon(const Desk& desk, const Shared& s) {
  return s.start < desk.input.now + std::max(desk.input.type.notice, Minutes{1});
}

Placing place(Step& step, const Desk& desk, const Wanted& wanted) {
  Placing out;
  if (!desk.type.active) return out.refused = "inactive", out;
  for (const Shared& s : desk.shared) {
    if (s.start != wanted.start) continue;
    if (wanted.strictness == Strictness::publish) return out.refused = "session", out;
    bool closed = wanted.strictness == Strictness::customer && !joinable(desk, slots::Board(desk.input), s);
    if (s.start <= step.now || closed) return out.refused = too_soon(desk, s) ? "notice" : "horizon", out;
    if (wanted.host && !has_host(desk, s.hosts, wanted.host)) continue;
    out.hosts = s.hosts;
    out.joins = s.meeting;
    out.seat = free_seat(s);
    return out;
  }
  if (desk.type.event && wanted.strictness != Strictness::publish) return out.refused = "no_session", out;
  FreeHosts free = free_hosts(desk, wanted.start, wanted.strictness);
  if (free.hosts.empty()) return out.refused = free.why, out;
  choose(step, desk, wanted, free, out);
  if (wanted.host && !has_host(desk, out.hosts, wanted.host)) return out.refused = "host", out.hosts.clear(), out;
  return out;
}

Result<Reserved> refuse(Step& step, const Wanted& wanted, const std::string& why) {
  Error e{Code::conflict, "This time cannot be booked (any more).", {}, why};
  json::object members =
      TRY(nearest_slots(step, wanted.type, wanted.start, {{}, {}, wanted.zone, wanted.who}, wanted.besides));
  members["reason"] = why;
  e.members = json::serialize(members);
  return fail(std::move(e));
}

// Whether all of them were locked before, so that what was read of them stands. Locks those that were not.
bool lock_hosts(Step& step, const Desk& desk, const std::vector<uint32_t>& hosts, std::set<int64_t>& locked) {
  if (step.services.store.engine() != ports::Engine::postgres) return true;
  std::vector<int64_t> missing;
  for (uint32_t h : hosts)
    if (locked.insert(desk.hosts[h].id.value).second) missing.push_back(desk.hosts[h].id.value);
  if (missing.empty()) return true;
  step.run("hosts_lock", {id_set(missing)});
  return false;
}

// Before a seat is given back: who joins a shared meeting holds its hosts, and would otherwise be in it unseen when it
// is found empty and goes.
void lock_hosts_of(Step& step, HoldId hold, AppointmentId appointment) {
  if (step.services.store.engine() != ports::Engine::postgres) return;
  step.run("hosts_of_seat_lock", {ports::opt_int(hold.value), ports::opt_int(appointment.value)});
}

void settle(Step& step, int64_t meeting) {
  step.run("meeting_forget_empty", {meeting});
  step.run("meeting_settle", {meeting});
}

void release(Step& step, const Rows& seat, std::string_view statement, int64_t holder) {
  if (seat.empty()) return;
  step.run(statement, {holder});
  settle(step, seat.integer(0, 0));
}

}  // namespace

json::array Reserved::reasons() const { return reasons_of(routed); }

json::array Reserved::host_ids() const {
  json::array out;
  for (uint32_t h : hosts) out.emplace_back(desk.hosts[h].id.value);
  return out;
}

json::array advisor_ids(const std::string& numbers_json) {
  json::array out;
  Json numbers = stored_json(numbers_json, json::array{});
  for (const Json& id : numbers.as_array()) out.emplace_back(AdvisorId{id.to_number<int64_t>()}.text());
  return out;
}

Result<Reserved> reserve(Step& step, const Wanted& wanted) {
  std::set<int64_t> locked;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Desk desk = TRY(load_moment(step, wanted.type, wanted.start, {{}, {}, wanted.zone, wanted.who}));
    Placing p = place(step, desk, wanted);
    if (!p.refused.empty()) return refuse(step, wanted, p.refused);
    if (!lock_hosts(step, desk, p.hosts, locked)) continue;
    Reserved out{.start = wanted.start, .routed = std::move(p.routed), .joins = p.joins, .seat = p.seat};
    out.end = wanted.start + desk.type.length();
    out.hosts = std::move(p.hosts);
    out.desk = std::move(desk);
    return out;
  }
  return refuse(step, wanted, "contended");
}

int64_t make_meeting(Step& step, const Reserved& r, const ports::Value& expires) {
  const MeetingType& type = r.desk.type;
  int64_t meeting = make_id(step.now, step.rng);
  int64_t from = to_ms(r.start - type.before()), to = to_ms(r.end + type.after());
  for (uint32_t h : r.hosts) {
    // What was held there and is not any more.
    Rows expired = step.run("occupied_expired", {r.desk.hosts[h].id.value, from, to, to_ms(step.now)});
    for (size_t i = 0; i < expired.size(); ++i) step.run("seat_drop_expired", {expired.integer(i, 0), to_ms(step.now)});
    for (size_t i = 0; i < expired.size(); ++i) settle(step, expired.integer(i, 0));
  }
  step.run("meeting_insert", {meeting, type.id.value, to_ms(r.start), to_ms(r.end), type.seats});
  std::vector<Params> rows;
  for (uint32_t h : r.hosts)
    rows.push_back({meeting, r.desk.hosts[h].id.value, from, to, to_ms(r.start), to_ms(r.end), expires});
  step.tx.run_many("occupied_insert", rows);
  return meeting;
}

void take_seat(Step& step, const Reserved& r, const Holder& holder) {
  const MeetingType& type = r.desk.type;
  int64_t meeting = r.joins;
  ports::Value expires = holder.hold ? ports::Value(to_ms(holder.expires)) : ports::null_value();
  if (meeting)
    step.run("seat_drop_expired", {meeting, to_ms(step.now)});
  else
    meeting = make_meeting(step, r, expires);
  step.run("seat_insert", {meeting, r.seat, type.seats, ports::opt_int(holder.hold.value),
                           ports::opt_int(holder.appointment.value), expires});
  if (r.joins) step.run("meeting_settle", {meeting});
}

void release_hold_seat(Step& step, HoldId id) {
  lock_hosts_of(step, id, {});
  release(step, step.run("seat_of_hold", {id.value, int64_t{0}}), "seat_drop_hold", id.value);
}

void release_seat(Step& step, AppointmentId id) {
  lock_hosts_of(step, {}, id);
  release(step, step.run("seat_of_appointment", {id.value}), "seat_drop_appointment", id.value);
}

bool keep_seat(Step& step, HoldId hold, AppointmentId appointment) {
  Rows seat = step.run("seat_of_hold", {hold.value, to_ms(step.now)});
  if (seat.empty()) return false;
  step.run("seat_keep", {hold.value, appointment.value});
  step.run("meeting_settle", {seat.integer(0, 0)});
  return true;
}

}  // namespace onward::app::booking
