#include "sim/bookings.h"

#include <fmt/format.h>

#include <thread>

#include "app/policies.h"
#include "base/check.h"
#include "sim/fair.h"

namespace onward::sim {
namespace {

constexpr int64_t kFirst = 1'767'600'000'000;  // 2026-01-05T08:00:00Z; each house opens on some day of a year
constexpr int64_t kPerHouse = 1000;            // what people do before the next house opens
constexpr int64_t kBetweenChecks = 100;
constexpr int kTries = 20;  // of one request whose outcome is not known

}  // namespace

void Fair::open_world(uint64_t seed) {
  world_ = std::make_unique<World>(WorldOptions{.seed = seed,
                                                .start = from_ms(kFirst) + std::chrono::days{rng_.below(365)},
                                                .database = options_.database,
                                                .pool = options_.clients,
                                                .installation = Installation::none,
                                                .extra = booking_texts()});
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
      auto answer =
          world_->runner().run(app::Lane::interactive, app::system_caller(), id, [&](Step& s) -> Result<app::Answer> {
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
    for (size_t i = 0; i < acts.size(); ++i) people.emplace_back([&, i] { told[i] = world_->call(acts[i].work); });
  }
  for (size_t i = 0; i < acts.size(); ++i) {
    note("asked: " + acts[i].name);
    if (*told[i]) note("done: " + acts[i].name);
    acts[i].judge(*told[i]);
    if (!*told[i]) refused(acts[i], told[i]->error());
  }
}

std::string bookings(const BookingOptions& options) {
  check(options.clients == 1 || !options.faults, "several clients at a time act without faults");
  std::map<std::string, int64_t> tally;
  Fair(options, tally).run();
  std::string out;
  for (const auto& [what, n] : tally) out += fmt::format("  {:<40} {:>10}\n", what, n);
  return out + fmt::format("{} acts, no time sold twice, nothing acknowledged lost\n", options.count);
}

}  // namespace onward::sim
