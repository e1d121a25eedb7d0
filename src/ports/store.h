// Store: the database as named statements. The text of every statement lives in src/store/sql/<noun>.sql, one text for
// both engines; callers name it and bind values. A statement that fails throws StoreError, which undoes the whole step
// and is caught by the step runner (app/step) only: code between never sees half a transaction.
//
//   Status s = store.write(Lane::interactive, [&](Tx& tx) -> Status {
//     Rows rows = tx.run("contact_get", {id.value});
//     ...
//   });
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace onward::ports {

// NULL, BIGINT, DOUBLE, TEXT. Booleans are bound and read as integers 0/1; JSON as text; bytes as text.
using Value = std::variant<std::monostate, int64_t, double, std::string>;
using Params = std::vector<Value>;

inline Value null_value() { return Value{}; }
inline Value opt_text(const std::string& s) { return s.empty() ? Value{} : Value{s}; }
inline Value opt_int(int64_t v) { return v == 0 ? Value{} : Value{v}; }

// The answer of one statement. Columns are addressed by position, in the order of the statement's text.
class Rows {
 public:
  Rows() = default;
  Rows(size_t columns, std::vector<Value> cells, int64_t changed)
      : columns_(columns), cells_(std::move(cells)), changed_(changed) {}
  size_t size() const { return columns_ ? cells_.size() / columns_ : 0; }
  bool empty() const { return size() == 0; }
  int64_t changed() const { return changed_; }  // rows inserted, updated or deleted
  bool is_null(size_t row, size_t column) const;
  int64_t integer(size_t row, size_t column) const;          // 0 when NULL
  double real(size_t row, size_t column) const;              // 0 when NULL
  const std::string& text(size_t row, size_t column) const;  // empty when NULL
  const Value& at(size_t row, size_t column) const { return cells_.at(row * columns_ + column); }

 private:
  size_t columns_ = 0;
  std::vector<Value> cells_;
  int64_t changed_ = 0;
};

struct StoreError : std::runtime_error {
  enum class Kind {
    unique,       // a UNIQUE or PRIMARY KEY constraint: somebody else was first
    constraint,   // CHECK, NOT NULL, foreign key, exclusion
    busy,         // lock, serialization or deadlock: the runner tries again
    unavailable,  // connection lost, disk full, read-only
    unknown,      // COMMIT failed: it may have happened
    bug,          // anything else
  };
  StoreError(Kind kind, const std::string& constraint, const std::string& what)
      : std::runtime_error(what), kind(kind), constraint(constraint) {}
  Kind kind;
  std::string constraint;  // its name or its columns, where the engine says
};

struct Call {
  std::string_view statement;
  Params values;
};

class Tx {
 public:
  virtual ~Tx() = default;
  // Runs one named statement. Throws StoreError; an unknown name or a wrong number of values is a Bug.
  virtual Rows run(std::string_view statement, const Params& values) = 0;
  // Runs the same statement for each row of values: a loop on SQLite; on PostgreSQL one statement over arrays when it
  // is marked set-wise (then no two rows may mean the same target), else a pipeline. Returns the rows changed.
  virtual int64_t run_many(std::string_view statement, std::span<const Params> rows) = 0;
  // Several statements, one after the other, in one round trip. Their answers in the same order.
  virtual std::vector<Rows> run_all(std::span<const Call> calls) = 0;
  // Called once after this transaction has committed, never when it did not; for wake-ups only.
  virtual void after_commit(std::function<void()> action) = 0;
};

enum class Lane { interactive, background };  // interactive goes first in the writer's queue
enum class Engine { sqlite, postgres };

class Store {
 public:
  virtual ~Store() = default;
  using Work = std::function<Status(Tx&)>;
  // One transaction: commits when `work` returns a value, rolls back when it returns an error or throws.
  // Errors: what `work` returned; conflict (unique), unavailable, unknown (COMMIT failed), internal.
  // `work` may run more than once (PostgreSQL retries on serialization failures): it must not have other effects.
  virtual Status write(Lane lane, const Work& work) = 0;
  // A consistent snapshot; writing statements are refused.
  virtual Status read(const Work& work) = 0;
  virtual Engine engine() const = 0;
  // Applies the migrations that are missing; returns their names. Refuses a database that is newer than the binary.
  virtual Result<std::vector<std::string>> migrate() = 0;
  // A complete copy to a file (SQLite online backup); unavailable on PostgreSQL, where pg_dump does it.
  virtual Status backup_to(const std::string& path) = 0;
};

}  // namespace onward::ports
