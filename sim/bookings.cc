#include "sim/bookings.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/advisors.h"
#include "app/booking/appointments.h"
#include "app/booking/availability.h"
#include "app/policies.h"
#include "base/check.h"
#include "sim/market.h"

namespace onward::sim {
namespace {

namespace booking = app::booking;

constexpr int64_t kFirst = 1'767'600'000'000;  // 2026-01-05T08:00:00Z; each house opens on some day of a year
constexpr int64_t kPerHouse = 1000;     // what people do before the next house opens
constexpr int64_t kBetweenChecks = 100;
constexpr int64_t kPerContact = 15;     // a past that grows makes each booking slower
constexpr int kTries = 20;              // of one request whose outcome is not known
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

store::Catalogue texts() {
  store::Catalogue c;
  c.statements.push_back({"sim_bookings.sql", std::string(kStatements)});
  return c;
}

[[noreturn]] void broken(const std::string& what) { throw Violation(Rule::booking, what); }

// What somebody wants of the program, and what is to be thought of its answer.
struct Act {
  std::string name;
  World::Work work;
  std::function<void(const Result<Json>&)> judge;
  bool certain = false;  // was offered just before: a refusal is a broken rule when nobody came between
  size_t type = 0;
  int64_t own = 0;  // the appointment that it is about
};

struct Shown {  // a start that somebody was shown
  size_t type = 0;
  Instant start;
  std::vector<std::string> hosts;
};

class Fair {
 public:
  Fair(const BookingOptions& options, std::map<std::string, int64_t>& tally)
      : options_(options), tally_(tally), rng_(options.seed) {}
  void run();

 private:
  // the course of events
  void open_world(uint64_t seed);
  void open_market();
  void once();
  void crowd();
  void pass_time();
  Act pick();
  void perform(Act&);
  Result<Json> ask(const World::Work&);
  WriteFault fault();
  void before_statement();
  void calm();
  void note(const std::string& what, int64_t n = 1) { tally_[what] += n; }

  // what people do
  Act book(const Shown&, bool certain);
  Act book_by_host(const Shown&);
  Act hold(const Shown&, bool certain);
  Act book_held();
  Act release();
  Act reschedule(const Shown&, bool certain);
  Act move(int64_t appointment, const Shown&, bool certain);
  Act cancel();
  Act reassign();
  Act meet();
  Act go_away();
  Shown look(size_t type);
  Shown look_or_remember(bool& certain);
  Shown guess();
  std::string contact();
  int64_t some_ahead();
  Instant now() { return world_->now(); }
  Json list(size_t type, Instant from, Instant to);

  // what is thought of it
  void booked(size_t type, Instant start, const Json& view, bool by_customer);
  void refused(const Act&, const Error&);
  void require_nearest(const Act&, const Json& members);
  void try_nearest(const Act&, const Json& nearest);
  Entry entry_of(size_t type, const Json& view) const;
  void compare_rows();
  void compare_occupied();
  std::string type_ids() const;

  BookingOptions options_;
  std::map<std::string, int64_t>& tally_;
  Rng rng_;
  std::unique_ptr<World> world_;
  Market market_;
  std::vector<Shown> remembered_;
  std::vector<std::string> contacts_;
  std::set<int64_t> busy_;  // appointments and holds that somebody of this crowd deals with
  int64_t contact_uses_ = 0, keys_ = 0, faults_left_ = 0, statements_left_ = -1;
  bool broke_ = false;  // the statement fails without the process ending
  bool crowded_ = false;
};

void Fair::open_world(uint64_t seed) {
  world_ = std::make_unique<World>(WorldOptions{.seed = seed,
                                                .start = from_ms(kFirst) + std::chrono::days{rng_.below(365)},
                                                .database = options_.database,
                                                .pool = options_.clients,
                                                .installation = Installation::none,
                                                .extra = texts()});
  World::must(world_->call([](Step& s) {
    return app::put_conversation_type(s, "race", json::object{{"label", "Race"}});
  }));
  world_->store().before_write = [this] { return fault(); };
}

void Fair::open_market() {
  faults_left_ = 0;
  if (!world_ || options_.database.empty()) open_world(rng_.next());
  market_ = open_house(*world_, rng_);
  remembered_.clear();
  contacts_.clear();
  contact_uses_ = 0;
  note("houses");
  for (const MarketType& t : market_.types) note("types, " + t.kind);
}

void Fair::run() {
  for (int64_t done = 0; done < options_.count;) {
    if (done % kPerHouse == 0) open_market();
    if (options_.clients > 1) {
      crowd();
      done += options_.clients;
      if (done % kPerHouse < options_.clients) done += kPerHouse - done % kPerHouse, compare_rows();
    } else {
      once();
      ++done;
    }
    pass_time();
    if (done % kBetweenChecks == 0) compare_rows();
  }
  compare_rows();
}

void Fair::pass_time() {
  Millis step = Millis{rng_.below(4 * 60'000)};
  if (rng_.chance(0.01)) step = Minutes{rng_.below(8 * 60)};
  world_->clock().set(now() + step);
}

// --- faults ---

WriteFault Fair::fault() {
  if (faults_left_ <= 0) return WriteFault::none;
  --faults_left_;
  constexpr WriteFault kinds[] = {WriteFault::unavailable, WriteFault::crash_before, WriteFault::crash_after,
                                  WriteFault::unknown_before, WriteFault::unknown_after};
  return kinds[rng_.below(std::size(kinds))];
}

void Fair::before_statement() {
  if (statements_left_ < 0 || statements_left_-- > 0) return;
  note(broke_ ? "statements failed" : "crashes between statements");
  if (broke_) throw ports::StoreError(ports::StoreError::Kind::unavailable, "", "the disk does not answer");
  throw Crash("between two statements");
}

void Fair::calm() {
  faults_left_ = 0;
  world_->store().before_statement = nullptr;
}

// One request until its outcome is known, as a client with an Idempotency-Key asks: never done twice, never half.
Result<Json> Fair::ask(const World::Work& work) {
  app::Idempotency id{fmt::format("{}-{}", options_.seed, ++keys_), "body"};
  if (options_.faults && rng_.chance(0.03)) faults_left_ = 1 + static_cast<int64_t>(rng_.below(2));
  statements_left_ = options_.faults && rng_.chance(0.03) ? static_cast<int64_t>(rng_.below(30)) : -1;
  broke_ = rng_.chance(0.5);
  world_->store().before_statement =
      statements_left_ < 0 ? nullptr : std::function<void(std::string_view)>([this](auto) { before_statement(); });
  for (int i = 0; i < kTries; ++i) {
    try {
      auto answer = world_->runner().run(app::Lane::interactive, app::system_caller(), id,
                                         [&](Step& s) -> Result<app::Answer> {
                                           return app::Answer{200, TRY(work(s))};
                                         });
      bool known = answer || (answer.error().code != Code::unknown && answer.error().code != Code::unavailable);
      if (known) return calm(), answer.map([](app::Answer a) { return std::move(a.body); });
      note("outcomes unknown or refused for a while");
    } catch (const Crash&) {
      note("crashes");
      world_->kill_and_restart();
    }
  }
  broken("a request found no end");
}

// --- what people do ---

std::string Fair::contact() {
  if (contacts_.empty() || contact_uses_++ % kPerContact == 0) {
    if (contacts_.size() > 3) contacts_.erase(contacts_.begin());
    contacts_.push_back(world_->contact({.name = "Customer"}).text());
  }
  return contacts_[rng_.below(contacts_.size())];
}

Json Fair::list(size_t type, Instant from, Instant to) {
  const MarketType& t = market_.types[type];
  return World::must(world_->look(app::system_caller(), [&](Step& s) {
    return booking::list_slots(s, t.id, {from, to, t.viewer}, booking::Refusals::left_out);
  }));
}

// Looks at a few days and remembers one of the starts; none when there are none.
Shown Fair::look(size_t type) {
  Instant from = now() + Minutes{rng_.below(36 * 60)};
  Json slots = list(type, from, from + std::chrono::hours{12 + rng_.below(36)});
  const json::array& data = slots.at("data").as_array();
  note("starts offered", static_cast<int64_t>(data.size()));
  if (data.empty()) return {};
  // The early ones are what everybody wants.
  size_t at = rng_.chance(0.6) ? rng_.below(std::min<size_t>(4, data.size())) : rng_.below(data.size());
  Shown out{type, *parse_rfc3339(get_string(data[at], "start")), get_strings(data[at], "hosts")};
  if (remembered_.size() > 40) remembered_.erase(remembered_.begin());
  remembered_.push_back(out);
  return out;
}

Shown Fair::guess() {
  Shown out{rng_.below(market_.types.size()), now() + Minutes{rng_.below(40 * 60)}, {}};
  out.start -= Millis{to_ms(out.start) % (5 * 60'000)};
  return out;
}

Shown Fair::look_or_remember(bool& certain) {
  double how = rng_.unit();
  certain = how < 0.55 && !crowded_;
  if (how < 0.55) {
    Shown fresh = look(rng_.below(market_.types.size()));
    if (!fresh.hosts.empty()) return fresh;
    certain = false;
  }
  if (how < 0.9 && !remembered_.empty()) return remembered_[rng_.below(remembered_.size())];
  return guess();
}

Act Fair::book(const Shown& s, bool certain) {
  json::object body{{"meeting_type_id", market_.types[s.type].id.text()},
                    {"start", format_rfc3339(s.start)},
                    {"zone", market_.types[s.type].viewer},
                    {"contact_id", contact()}};
  return {"book", [body](Step& step) { return booking::book(step, body); },
          [this, s](const Result<Json>& r) {
            if (r) booked(s.type, s.start, *r, true);
          },
          certain, s.type};
}

Act Fair::book_by_host(const Shown& s) {
  std::string wish = s.hosts[rng_.below(s.hosts.size())];
  json::object body{{"meeting_type_id", market_.types[s.type].id.text()},
                    {"start", format_rfc3339(s.start)},
                    {"zone", market_.types[s.type].viewer},
                    {"host_id", wish},
                    {"contact_id", contact()}};
  return {"book with one host", [body](Step& step) { return booking::book(step, body); },
          [this, s, wish](const Result<Json>& r) {
            if (!r) return;
            booked(s.type, s.start, *r, true);
            auto hosts = get_strings(*r, "hosts");
            if (std::ranges::find(hosts, wish) == hosts.end()) broken("booked without the host that was wished for");
          },
          !crowded_, s.type};
}

Act Fair::hold(const Shown& s, bool certain) {
  json::object body{{"meeting_type_id", market_.types[s.type].id.text()},
                    {"start", format_rfc3339(s.start)},
                    {"zone", market_.types[s.type].viewer}};
  return {"hold", [body](Step& step) { return booking::place_hold(step, body); },
          [this, s](const Result<Json>& r) {
            if (!r) return;
            Entry e = entry_of(s.type, *r);
            e.expires = *parse_rfc3339(get_string(*r, "expires_at"));
            if (e.start != s.start) broken("another start was held than was asked for");
            if (!crowded_ && !market_.fits(e, now())) broken("a hold where nobody can come: " + dump(*r));
            market_.holds[HoldId::parse(get_string(*r, "id"))->value] = e;
          },
          certain, s.type};
}

Act Fair::book_held() {
  // Most come back at once.
  size_t back = rng_.chance(0.6) ? 1 : 1 + rng_.below(market_.holds.size());
  auto [id, kept] = *std::prev(market_.holds.end(), static_cast<ptrdiff_t>(back));
  busy_.insert(id);
  bool stands = *kept.expires > now(), named = rng_.chance(0.5);
  json::object body{{"hold_id", HoldId{id}.text()}, {"contact_id", contact()}};
  if (named) body["meeting_type_id"] = market_.types[kept.type].id.text(), body["start"] = format_rfc3339(kept.start);
  body["zone"] = market_.types[kept.type].viewer;
  return {stands ? "book a hold" : "book a hold that ran out",
          [body](Step& step) { return booking::book(step, body); },
          [this, id = id, kept = kept, stands](const Result<Json>& r) {
            if (!r && stands) broken("a hold that stands was not booked: " + r.error().message);
            if (!r) return;
            market_.holds.erase(id);
            booked(kept.type, kept.start, *r, !stands);
            if (stands && entry_of(kept.type, *r).hosts != kept.hosts) broken("a hold was booked with other hosts");
          },
          stands, kept.type};
}

Act Fair::release() {
  auto at = std::next(market_.holds.begin(), static_cast<ptrdiff_t>(rng_.below(market_.holds.size())));
  HoldId id{at->first};
  busy_.insert(id.value);
  return {"release", [id](Step& s) { return booking::release_hold(s, id); },
          [this, id](const Result<Json>& r) {
            if (r) market_.holds.erase(id.value);
          },
          false, at->second.type};
}

// One that is ahead and that nobody of this crowd deals with; 0: none.
int64_t Fair::some_ahead() {
  std::vector<int64_t> ids;
  for (const auto& [id, e] : market_.appointments)
    if (e.ahead() && !busy_.contains(id)) ids.push_back(id);
  if (ids.empty()) return 0;
  int64_t id = ids[rng_.below(ids.size())];
  busy_.insert(id);
  return id;
}

Act Fair::reschedule(const Shown& wish, bool certain) {
  int64_t id = some_ahead();
  if (!id) return book(wish, certain);
  size_t type = market_.appointments.at(id).type;
  Shown s = wish.type == type ? wish : certain ? look(type) : Shown{type, wish.start, {}};
  if (s.start == Instant{}) s = {type, wish.start, {}}, certain = false;
  return move(id, s, certain && s.start != market_.appointments.at(id).start);
}

Act Fair::move(int64_t id, const Shown& s, bool certain) {
  json::object body{{"start", format_rfc3339(s.start)}, {"zone", market_.types[s.type].viewer}};
  return {"reschedule", [id, body](Step& step) { return booking::reschedule(step, AppointmentId{id}, body); },
          [this, id, s](const Result<Json>& r) {
            if (!r) return;
            market_.appointments.erase(id);
            booked(s.type, s.start, *r, true);
          },
          certain, s.type, id};
}

Act Fair::cancel() {
  int64_t id = some_ahead();
  if (!id) return go_away();
  return {"cancel", [id](Step& s) { return booking::cancel(s, AppointmentId{id}, json::object{}); },
          [this, id](const Result<Json>& r) {
            if (!r) broken("not cancelled: " + r.error().message);
            market_.appointments.at(id).state = "cancelled";
          },
          true, market_.appointments.at(id).type};
}

Act Fair::reassign() {
  int64_t id = some_ahead();
  if (!id) return go_away();
  const Entry& e = market_.appointments.at(id);
  const auto& hosts = market_.types[e.type].hosts;
  AdvisorId to = market_.hosts[hosts[rng_.below(hosts.size())].host].id;
  json::object body{{"advisor_id", to.text()}};
  return {"reassign", [id, body](Step& s) { return booking::reassign(s, AppointmentId{id}, body); },
          [this, id, type = e.type, start = e.start](const Result<Json>& r) {
            if (!r) return;
            market_.appointments.erase(id);
            booked(type, start, *r, false);
          },
          false, e.type, id};
}

Act Fair::meet() {
  for (const auto& [id, e] : market_.appointments) {
    if (!e.ahead() || e.start > now() || busy_.contains(id)) continue;
    busy_.insert(id);
    bool came = rng_.chance(0.8);
    return {came ? "held" : "no-show",
            [id = id, came](Step& s) {
              return came ? booking::held(s, AppointmentId{id})
                          : booking::no_show(s, AppointmentId{id}, json::object{{"cause", "unknown"}});
            },
            [this, id = id, came](const Result<Json>& r) {
              if (!r) broken("what was is not written: " + r.error().message);
              market_.appointments.at(id).state = came ? "held" : "no_show";
            },
            true, e.type};
  }
  return go_away();
}

Act Fair::go_away() {
  size_t h = rng_.below(market_.hosts.size());
  AdvisorId id = market_.hosts[h].id;
  if (rng_.chance(0.3)) {
    Date date = add_days(market_.hosts[h].zone.date(now()), static_cast<int>(rng_.below(6)));
    json::object body{{"date", to_string(date)}};
    return {"close a day", [id, body](Step& s) { return booking::add_exception(s, id, body); },
            [this, h, date](const Result<Json>& r) {
              if (r) market_.hosts[h].closed.insert(date);
            }};
  }
  Instant from = now() + Minutes{rng_.below(72 * 60)}, to = from + Minutes{15 + rng_.below(180)};
  json::object body{{"starts_at", format_rfc3339(from)}, {"ends_at", format_rfc3339(to)}};
  from = *parse_rfc3339(get_string(body, "starts_at")), to = *parse_rfc3339(get_string(body, "ends_at"));
  return {"be absent", [id, body](Step& s) { return app::add_absence(s, id, body); },
          [this, h, from, to](const Result<Json>& r) {
            if (r) market_.hosts[h].away.push_back({from, to});
          }};
}

Act Fair::pick() {
  double what = rng_.unit();
  bool certain = false;
  if (what < 0.02) return go_away();
  if (what < 0.05) return meet();
  if (what < 0.17) return cancel();
  if (what < 0.22) return reassign();
  if (what < 0.30 && !market_.holds.empty() && !crowded_) return book_held();
  if (what < 0.33 && !market_.holds.empty() && !crowded_) return release();
  Shown s = look_or_remember(certain);
  if (what < 0.45) return reschedule(s, certain);
  if (what < 0.62) return hold(s, certain);
  if (what < 0.70 && certain && !s.hosts.empty()) return book_by_host(s);
  return book(s, certain);
}

void Fair::perform(Act& act) {
  note("asked: " + act.name);
  Result<Json> r = ask(act.work);
  if (r) note("done: " + act.name);
  act.judge(r);
  if (!r) refused(act, r.error());
}

void Fair::once() {
  busy_.clear();
  Act act = pick();
  perform(act);
}

// Several at the very same time; what each was told must be true in the end.
void Fair::crowd() {
  busy_.clear();
  crowded_ = true;
  std::vector<Act> acts;
  for (int i = 0; i < options_.clients; ++i) acts.push_back(pick());
  std::vector<std::optional<Result<Json>>> told(acts.size());
  {
    std::vector<std::jthread> people;
    for (size_t i = 0; i < acts.size(); ++i)
      people.emplace_back([&, i] { told[i] = world_->call(acts[i].work); });
  }
  for (size_t i = 0; i < acts.size(); ++i) {
    note("asked: " + acts[i].name);
    if (*told[i]) note("done: " + acts[i].name);
    acts[i].judge(*told[i]);
    if (!*told[i]) refused(acts[i], told[i]->error());
  }
}

// --- what is thought of it ---

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
  if (standing != static_cast<size_t>(std::ranges::count_if(
                      market_.holds, [&](const auto& h) { return *h.second.expires > now(); })))
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

}  // namespace

std::string bookings(const BookingOptions& options) {
  check(options.clients == 1 || !options.faults, "several clients at a time act without faults");
  std::map<std::string, int64_t> tally;
  Fair(options, tally).run();
  std::string out;
  for (const auto& [what, n] : tally) out += fmt::format("  {:<40} {:>10}\n", what, n);
  return out + fmt::format("{} acts, no time sold twice, nothing acknowledged lost\n", options.count);
}

}  // namespace onward::sim
