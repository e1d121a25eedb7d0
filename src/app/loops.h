// What runs by itself in a serving process: the timer loop, the senders and what is added to them. They sleep until
// their next timer or a commit.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "app/engine.h"

namespace onward::app {

struct LoopOptions {
  int senders = 4;
  Millis longest_sleep{30'000};  // so that a moved wall clock is noticed
  bool engine = true;            // false: only what is added
};

class Loops {
 public:
  Loops(Engine& engine, Runner& runner, LoopOptions options = {});
  ~Loops();  // stops and joins; a message on the wire is finished first
  // Work of another kind: does one piece of what is due and says how many, 0 when nothing was. Before start().
  struct Task {
    std::function<Result<int64_t>()> work;
    std::function<Result<std::optional<Instant>>()> next_wake;
    int threads = 1;
  };
  void add(Task task) { tasks_.push_back(std::move(task)); }
  void start();
  void stop();
  void wake();

 private:
  void run(const Task& task, std::stop_token stop);
  bool wait_for_work(const Task& task, std::stop_token stop, uint64_t seen, bool failed);

  Engine& engine_;
  Runner& runner_;
  LoopOptions options_;
  std::vector<Task> tasks_;  // fixed once the threads run
  std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t commits_ = 0;
  std::vector<std::jthread> threads_;
};

// For a manual clock: after each commit does what is due at the time it stands at, one hand on the clock at a time.
class ManualLoop {
 public:
  ManualLoop(Engine& engine, std::mutex& clock_mutex);
  ~ManualLoop();
  void wake();

 private:
  Engine& engine_;
  std::mutex& clock_mutex_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool pending_ = true;
  std::jthread thread_;
};

// For a manual clock: moves it to `to`, doing everything that falls due on the way at its own time, in order.
// Returns how many things were done.
Result<int64_t> advance(Engine& engine, ManualClock& clock, Instant to);

}  // namespace onward::app
