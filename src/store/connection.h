// One connection to an engine with plain SQL, for what cannot be a named statement: migrations and copies of tables.
// Only src/store and its tests see it. Every function throws ports::StoreError.
#pragma once
#include <functional>
#include <span>
#include <string>

#include "ports/store.h"

namespace onward::store {

class Connection {
 public:
  virtual ~Connection() = default;
  virtual ports::Engine engine() const = 0;
  virtual void script(const std::string& sql) = 0;  // one or more statements without values or answers
  virtual ports::Rows query(const std::string& sql, const ports::Params& values = {}) = 0;
  // The same statement for each row of values.
  virtual void repeat(const std::string& sql, std::span<const ports::Params> rows) = 0;
  // Hands the answer over in pieces of at most `rows` rows; needs an open transaction.
  virtual void stream(const std::string& sql, size_t rows, const std::function<void(const ports::Rows&)>& piece) = 0;
  // Prepares every statement of the catalogue; returns what is wrong, one line a statement.
  virtual std::vector<std::string> prepare_all() = 0;
};

using RawWork = std::function<Status(Connection&)>;

// What both stores offer next to ports::Store.
class RawAccess {
 public:
  virtual ~RawAccess() = default;
  // The writing connection for one caller alone, with no transaction begun; `work` must leave none open.
  virtual Status with_writer(const RawWork& work) = 0;
  // A reading connection inside a snapshot.
  virtual Status with_snapshot(const RawWork& work) = 0;
};

}  // namespace onward::store
