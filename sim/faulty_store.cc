#include "base/check.h"
#include "sim/world.h"

namespace onward::sim {

namespace {

// Passes everything on, and lets somebody act before each statement.
class WatchedTx final : public ports::Tx {
 public:
  WatchedTx(ports::Tx& tx, const std::function<void(std::string_view)>& before) : tx_(tx), before_(before) {}
  Rows run(std::string_view statement, const ports::Params& values) override {
    before_(statement);
    return tx_.run(statement, values);
  }
  int64_t run_many(std::string_view statement, std::span<const ports::Params> rows) override {
    before_(statement);
    return tx_.run_many(statement, rows);
  }
  std::vector<Rows> run_all(std::span<const ports::Call> calls) override {
    for (const ports::Call& c : calls) before_(c.statement);
    return tx_.run_all(calls);
  }
  void after_commit(std::function<void()> action) override { tx_.after_commit(std::move(action)); }

 private:
  ports::Tx& tx_;
  const std::function<void(std::string_view)>& before_;
};

}  // namespace

void FaultyStore::open(const store::StoreOptions& given) {
  real_.reset();
  store::StoreOptions options = given;
  options.commit_fault = [this] { return next_.exchange(store::CommitFault::none); };
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
  Work watched = [&](ports::Tx& tx) {
    WatchedTx seen(tx, before_statement);
    return work(seen);
  };
  Status done = real_->write(lane, before_statement ? watched : work);
  bool reached = next_.exchange(CommitFault::none) == CommitFault::none;
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
