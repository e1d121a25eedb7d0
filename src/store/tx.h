// What the transactions of both engines share: looking statements up, counting values, refusing to go on after an
// error, and turning what a piece of work did into one Outcome.
#pragma once
#include <exception>
#include <functional>
#include <vector>

#include "base/instant.h"
#include "ports/store.h"
#include "store/statements.h"

namespace onward::store {

// unique, constraint -> conflict; busy, unavailable -> unavailable; unknown -> unknown; bug -> internal.
Error to_error(const ports::StoreError&);

// Both engines take valid UTF-8 without NUL bytes only. Throws StoreError (constraint "text_encoding").
void require_storable(const ports::Params&);

struct Query {
  const Statement& statement;
  const ports::Params& values;
};

// An error of a statement ends its transaction. Work must let StoreError pass, or return an Error after it: a further
// statement, or a value returned after an error, is a Bug.
class EngineTx : public ports::Tx {
 public:
  EngineTx(const StatementBook& book, Millis slow) : book_(book), slow_(slow) {}
  ports::Rows run(std::string_view statement, const ports::Params& values) final;
  int64_t run_many(std::string_view statement, std::span<const ports::Params> rows) final;
  std::vector<ports::Rows> run_all(std::span<const ports::Call> calls) final;
  void after_commit(std::function<void()> action) final { actions_.push_back(std::move(action)); }
  bool failed() const { return failed_; }
  std::vector<std::function<void()>> take_actions() { return std::move(actions_); }

 protected:
  const StatementBook& book() const { return book_; }

 private:
  virtual ports::Rows execute(const Statement&, const ports::Params&) = 0;
  virtual int64_t execute_many(const Statement&, std::span<const ports::Params>) = 0;
  virtual std::vector<ports::Rows> execute_all(std::span<const Query>) = 0;
  const Statement& find(std::string_view name, size_t values) const;
  template <class Call>
  auto guarded(const Statement&, Call call);

  const StatementBook& book_;
  Millis slow_;  // statements that take longer are logged by name; 0: never
  bool failed_ = false;
  std::vector<std::function<void()>> actions_;
};

struct Outcome {
  Status status;
  std::exception_ptr thrown;  // not a StoreError: rethrown on the caller's thread
  bool busy = false;          // worth another attempt
  std::vector<std::function<void()>> actions;

  bool committable() const { return status.has_value() && !thrown; }
  void refuse(const ports::StoreError&);  // the transaction is gone, whatever the work said
  // On the caller's thread and outside any lock: rethrows, or runs the actions and gives the status.
  Status settle();
};

Outcome run_work(EngineTx&, const ports::Store::Work&);

// A thread has at most one transaction of a store open; a second one would wait for the first for ever.
class OneTransaction {
 public:
  explicit OneTransaction(const void* store);
  ~OneTransaction();
  OneTransaction(const OneTransaction&) = delete;
  OneTransaction& operator=(const OneTransaction&) = delete;
};

}  // namespace onward::store
