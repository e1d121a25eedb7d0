#include "store/write_queue.h"

namespace onward::store {

using ports::Lane;

void WriteQueue::Unit::finish() {
  std::lock_guard lock(mutex_);
  done_ = true;
  // Under the lock: the waiting caller destroys this unit as soon as it may go on.
  changed_.notify_one();
}

void WriteQueue::Unit::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_; });
}

bool WriteQueue::push(Lane lane, Unit& unit) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    line(lane).push_back(&unit);
  }
  arrived_.notify_one();
  return true;
}

void WriteQueue::choose_lane() {
  bool interactive = !line(Lane::interactive).empty(), background = !line(Lane::background).empty();
  owed_ = interactive && background && streak_ >= kInteractiveStreak;
  lane_ = interactive && !owed_ ? Lane::interactive : Lane::background;
  streak_ = lane_ == Lane::interactive && background ? streak_ + 1 : 0;
}

WriteQueue::Unit* WriteQueue::pop() {
  Unit* unit = line(lane_).front();
  line(lane_).pop_front();
  return unit;
}

WriteQueue::Unit* WriteQueue::wait_next() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return closed_ || !lanes_[0].empty() || !lanes_[1].empty(); });
  if (lanes_[0].empty() && lanes_[1].empty()) return nullptr;
  choose_lane();
  return pop();
}

WriteQueue::Unit* WriteQueue::next_in_batch() {
  std::lock_guard lock(mutex_);
  if (line(lane_).empty() || line(lane_).front()->raw) return nullptr;
  bool gives_way = lane_ == Lane::background && !owed_ && !line(Lane::interactive).empty();
  return gives_way ? nullptr : pop();
}

void WriteQueue::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  arrived_.notify_all();
}

}  // namespace onward::store
