#include "sim/simulation.h"

#include <fmt/format.h>

#include <cmath>

#include "base/check.h"
#include "sim/probe.h"

namespace onward::sim {
namespace {

constexpr Instant kBegin = from_ms(1'767'600'000'000);  // 2026-01-05T08:00:00Z
constexpr Millis kRestEvery = std::chrono::hours{6};
constexpr Millis kRetry{1000};  // as the loops do after a failure

WorldOptions world_options(const Options& o) {
  WorldOptions w;
  w.seed = o.seed;
  Rng rng(o.seed * 2654435761u + 17);
  w.start = kBegin + std::chrono::hours{rng.below(24 * 365)};  // some begin just before a change of the clocks
  w.extra = probe();
  w.engine.batch = 1 + static_cast<int>(rng.below(20));
  w.engine.batch_beside_people = 1 + static_cast<int>(rng.below(5));
  w.engine.settle_at_once = rng.chance(0.5);
  return w;
}

}  // namespace

Simulation::Simulation(const Options& options)
    : options_(options),
      world_(world_options(options)),
      checks_(world_),
      people_(options.seed + 1),
      luck_(options.seed + 2) {
  world_.courier().plan = [this](const ports::Message& m) { return plan(m); };
  world_.courier().at = [this](Moment moment, const ports::Message& m) { passing(moment, m); };
  world_.store().after_commit = [this] { checks_.on_commit(); };
  if (options_.verbose) checks_.trace = [this](const std::string& fact) { trace(fact); };
  end_ = world_.now() + std::chrono::days{options_.days};
  rested_at_ = world_.now();
}

void Simulation::at(Instant when, Action action) { diary_.emplace(std::max(when, world_.now()), std::move(action)); }
void Simulation::in(Millis wait, Action action) { at(world_.now() + wait, std::move(action)); }

// Exponential: most soon, some much later.
Millis Simulation::some_time(double mean_hours) {
  double hours = -std::log(1.0 - people_.unit()) * mean_hours;
  return Millis{static_cast<int64_t>(hours * 3'600'000.0)};
}

void Simulation::trace(const std::string& what) {
  if (options_.verbose) fmt::print("{} {}\n", format_rfc3339(world_.now()), what);
}

Report Simulation::run() {
  try {
    settle_in();
    world_.store().before_write = [this] { return before_write(); };
    world_.store().before_read = [this] { return world_.now() < slow_until_; };
    if (options_.faults.clock) in(some_time(24 * 10), [this] { downtime(); });
    in(some_time(24 * 15), [this] { publish(); });
    in(some_time(24 * 20), [this] { merge(); });
    while (!diary_.empty() && diary_.begin()->first <= end_) {
      auto [when, action] = *diary_.begin();
      diary_.erase(diary_.begin());
      drive(when);
      act(action);
    }
    drive(end_);
    quiet_ = true;
    slow_until_ = world_.now();
    drive(world_.now());
    checks_.at_rest();
    check_forecast();
    checks_.at_rest();
    checks_.at_end();
  } catch (const Bug& bug) {
    throw Violation(Rule::sound, bug.what());
  }
  report_.checked = checks_.counts();
  report_.hash = state_hash(world_);
  return report_;
}

// Lets the engine work until `to`, through crashes and refusals.
void Simulation::drive(Instant to) {
  for (;;) {
    Result<int64_t> done = 0;
    try {
      done = world_.advance_to(to);
    } catch (const Crash& crash) {
      restart(crash.what());
      continue;
    }
    if (done) break;
    bool fault = done.error().code == Code::unavailable || done.error().code == Code::unknown;
    checks_.require(fault && options_.faults.any() && !quiet_, Rule::sound,
                    fmt::format("the engine stops: {} {}", done.error().message, done.error().detail));
    note("retries");
    world_.clock().set(world_.now() + kRetry);
  }
  rest();
  while (!fresh_.empty()) {
    Mail mail = std::move(fresh_.front());
    fresh_.pop_front();
    after_mail(mail);
  }
}

void Simulation::rest() {
  if (world_.now() < rested_at_ + kRestEvery || world_.now() < slow_until_) return;
  rested_at_ = world_.now();
  checks_.at_rest();
}

void Simulation::act(const Action& action) {
  try {
    action();
  } catch (const Crash& crash) {
    restart(crash.what());
  }
}

// Down for a second or for hours; then a new process over the same data.
void Simulation::restart(const std::string& where) {
  note("crashes");
  trace("crash " + where);
  double away = luck_.unit();
  Millis down = away < 0.7 ? Millis{1000 + static_cast<int64_t>(luck_.below(60'000))}
                           : Millis{static_cast<int64_t>(luck_.below(away < 0.95 ? 3'600'000 : 6 * 3'600'000))};
  world_.clock().set(world_.now() + down);
  world_.kill_and_restart();
}

bool Simulation::tell(const char* what, const Result<Json>& r) {
  if (r) {
    note(what);
    trace(what);
    return true;
  }
  Code code = r.error().code;
  bool fault = (code == Code::unavailable || code == Code::unknown) && options_.faults.any();
  bool refused = code == Code::conflict || code == Code::not_found || code == Code::invalid;
  checks_.require(fault || refused, Rule::sound,
                  fmt::format("{}: {} {} {}", what, to_string(code), r.error().message, r.error().detail));
  note(fmt::format("{} refused{}", what, code == Code::invalid ? " (" + r.error().message + ")" : ""));
  return false;
}

}  // namespace onward::sim
