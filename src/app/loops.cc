#include "app/loops.h"

#include "base/check.h"
#include "base/log.h"

namespace onward::app {
namespace {

constexpr Millis kAfterFailure{1000};
constexpr Millis kSettle{10};

}  // namespace

Loops::Loops(Engine& engine, Runner& runner, LoopOptions options)
    : engine_(engine), runner_(runner), options_(options) {}
Loops::~Loops() { stop(); }

void Loops::start() {
  auto next_wake = [this] { return engine_.next_wake(); };
  if (options_.engine) {
    add({[this] { return engine_.tick_once(); }, next_wake});
    add({[this] { return engine_.send_once(); }, next_wake, options_.senders});
  }
  for (const Task& task : tasks_)
    for (int i = 0; i < task.threads; ++i)
      threads_.emplace_back([this, &task](std::stop_token stop) { run(task, stop); });
}

void Loops::stop() {
  for (std::jthread& t : threads_) t.request_stop();
  changed_.notify_all();
  threads_.clear();
}

void Loops::wake() {
  {
    std::scoped_lock lock(mutex_);
    ++commits_;
  }
  changed_.notify_all();
}

void Loops::run(const Task& task, std::stop_token stop) {
  while (!stop.stop_requested()) {
    uint64_t seen;
    {
      std::scoped_lock lock(mutex_);
      seen = commits_;
    }
    bool failed = false;
    try {
      Result<int64_t> done = task.work();
      if (done && *done > 0) continue;
      failed = !done;
      if (failed) log_warning("loop.failed", {{"why", done.error().message}});
    } catch (const Bug& bug) {  // parked: the batch was rolled back; look again later instead of spinning
      failed = true;
      log_error("loop.bug", {{"what", bug.what()}});
    }
    wait_for_work(task, stop, seen, failed);
  }
}

// Sleeps until the next timer, a commit, or the stop. False when stopping.
bool Loops::wait_for_work(const Task& task, std::stop_token stop, uint64_t seen, bool failed) {
  Millis sleep = failed ? kAfterFailure : options_.longest_sleep;
  if (!failed)
    if (auto next = task.next_wake(); next && *next)
      sleep = std::clamp(**next - runner_.now(), Millis{20}, options_.longest_sleep);
  std::unique_lock lock(mutex_);
  bool woken = changed_.wait_for(lock, stop, sleep, [&] { return commits_ != seen; });
  // Many commits in a row are one reason to look, not many.
  if (woken) changed_.wait_for(lock, stop, kSettle, [] { return false; });
  return !stop.stop_requested();
}

ManualLoop::ManualLoop(Engine& engine, std::mutex& clock_mutex)
    : engine_(engine), clock_mutex_(clock_mutex), thread_([this](std::stop_token stop) {
        while (!stop.stop_requested()) {
          {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return pending_; })) return;
            pending_ = false;
          }
          std::scoped_lock clock(clock_mutex_);
          if (auto done = engine_.run_due(); !done) log_warning("loop.failed", {{"why", done.error().message}});
        }
      }) {}
ManualLoop::~ManualLoop() {
  thread_.request_stop();
  changed_.notify_all();
}
void ManualLoop::wake() {
  {
    std::scoped_lock lock(mutex_);
    pending_ = true;
  }
  changed_.notify_all();
}

Result<int64_t> advance(Engine& engine, ManualClock& clock, Instant to) {
  int64_t total = TRY(engine.run_due());
  for (;;) {
    auto next = TRY(engine.next_wake());
    if (!next || *next > to) break;
    if (*next > clock.now()) clock.set(*next);
    int64_t done = TRY(engine.run_due());
    total += done;
    // Something due that cannot be done (a store that refuses) must not hold the clock for ever.
    if (done == 0) {
      auto again = TRY(engine.next_wake());
      if (again && *again <= clock.now()) return fail(Code::internal, "something is due that cannot be done");
    }
  }
  if (clock.now() < to) clock.set(to);
  total += TRY(engine.run_due());
  return total;
}

}  // namespace onward::app
