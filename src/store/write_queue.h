// The line in front of the only writing connection: two lanes, and the rule that decides who is next.
//
// Interactive goes first. After kInteractiveStreak batches of it in a row while background waits, background gets one
// batch for sure. A batch holds units of one lane; a background batch that was not owed ends when somebody interactive
// arrives, so that a person never waits for more than one unit and two commits.
#pragma once
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "store/connection.h"
#include "store/tx.h"

namespace onward::store {

inline constexpr int kInteractiveStreak = 8;
inline constexpr size_t kBatchUnits = 50;
inline constexpr Millis kBatchWork{5};

class WriteQueue {
 public:
  // Lives on its caller's stack; the writer does not touch it after finish().
  struct Unit {
    const ports::Store::Work* work = nullptr;
    const RawWork* raw = nullptr;  // instead of `work`: the connection alone, in no batch
    Outcome outcome;

    void finish();
    void wait();

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false;
  };

  bool push(ports::Lane, Unit&);  // false after close()
  Unit* wait_next();              // starts a batch; nullptr once closed and empty
  Unit* next_in_batch();          // nullptr: the batch is complete
  void close();

 private:
  using Line = std::deque<Unit*>;
  Line& line(ports::Lane lane) { return lanes_[static_cast<size_t>(lane)]; }
  void choose_lane();
  Unit* pop();

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::array<Line, 2> lanes_;
  ports::Lane lane_ = ports::Lane::interactive;  // of the present batch
  bool owed_ = false;                            // the present background batch is the one after a streak
  int streak_ = 0;
  bool closed_ = false;
};

}  // namespace onward::store
