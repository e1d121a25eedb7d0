#include "base/check.h"
#include "sim/world.h"

namespace onward::sim {

void FaultyStore::open(const store::StoreOptions& given) {
  real_.reset();
  store::StoreOptions options = given;
  options.commit_fault = [this] { return std::exchange(next_, store::CommitFault::none); };
  auto opened = store::open_store(options);
  check(opened.has_value(), opened ? "" : opened.error().message + " " + opened.error().detail);
  real_ = std::move(*opened);
}

Status FaultyStore::write(ports::Lane lane, const Work& work) {
  using store::CommitFault;
  WriteFault fault = before_write ? before_write() : WriteFault::none;
  if (fault == WriteFault::unavailable) return fail(Code::unavailable, "the disk does not answer");
  bool lost_before = fault == WriteFault::crash_before || fault == WriteFault::unknown_before;
  bool lost_after = fault == WriteFault::crash_after || fault == WriteFault::unknown_after;
  next_ = lost_before ? CommitFault::lost_before : lost_after ? CommitFault::lost_after : CommitFault::none;
  Status done = real_->write(lane, work);
  bool reached = std::exchange(next_, CommitFault::none) == CommitFault::none;
  bool committed = done.has_value() || (reached && lost_after);
  if (committed && after_commit) after_commit();
  if (fault == WriteFault::crash_before) throw Crash("before a commit");
  if (fault == WriteFault::crash_after) throw Crash("after a commit");
  return done;
}

Status FaultyStore::read(const Work& work) {
  if (before_read && before_read()) return fail(Code::unavailable, "the disk does not answer");
  return real_->read(work);
}

}  // namespace onward::sim
