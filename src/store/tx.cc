#include "store/tx.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/log.h"

namespace onward::store {
namespace {

using ports::Params;
using ports::Rows;
using ports::StoreError;

thread_local std::vector<const void*> open_stores;

// The length of the UTF-8 sequence (RFC 3629) at the start of `s`, 0 when it is malformed.
size_t utf8_sequence(std::string_view s) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  auto tail = [&](size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
  unsigned char a = byte(0);
  if (a < 0x80) return a == 0 ? 0 : 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (!tail(1) || !tail(2)) return 0;
  if (a >= 0xE0 && a <= 0xEF) {
    bool overlong = a == 0xE0 && byte(1) < 0xA0, surrogate = a == 0xED && byte(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (a < 0xF0 || a > 0xF4 || !tail(3)) return 0;
  bool overlong = a == 0xF0 && byte(1) < 0x90, beyond = a == 0xF4 && byte(1) > 0x8F;
  return overlong || beyond ? 0 : 4;
}

bool storable(std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

Error to_error(const StoreError& e) {
  auto make = [&](Code code, const char* message) { return Error{code, message, {}, e.what()}; };
  switch (e.kind) {
    case StoreError::Kind::unique: return make(Code::conflict, "This exists already, or somebody else was first.");
    case StoreError::Kind::constraint: return make(Code::conflict, "The present state does not allow this.");
    case StoreError::Kind::busy: return make(Code::unavailable, "The database is busy. Please try again.");
    case StoreError::Kind::unavailable: return make(Code::unavailable, "The database is not available right now.");
    case StoreError::Kind::unknown: return make(Code::unknown, "It is not certain whether this was saved.");
    case StoreError::Kind::bug: return make(Code::internal, "Something went wrong on our side.");
  }
  return make(Code::internal, "Something went wrong on our side.");
}

void require_storable(const Params& values) {
  for (const auto& value : values) {
    auto* text = std::get_if<std::string>(&value);
    if (text && !storable(*text)) {
      throw StoreError(StoreError::Kind::constraint, "text_encoding", "a text is not valid UTF-8 or holds a NUL byte");
    }
  }
}

const Statement& EngineTx::find(std::string_view name, size_t values) const {
  check(!failed_, "a statement after a failed one in the same transaction");
  const Statement* statement = book_.find(name);
  check(statement != nullptr, fmt::format("unknown statement {}", name));
  check(static_cast<int>(values) == statement->parameters,
        fmt::format("{} takes {} values, not {}", name, statement->parameters, values));
  return *statement;
}

template <class Call>
auto EngineTx::guarded(const Statement& statement, Call call) {
  using SteadyClock = std::chrono::steady_clock;
  auto start = slow_.count() ? SteadyClock::now() : SteadyClock::time_point{};
  try {
    auto answer = call();
    if (slow_.count()) {
      auto took = std::chrono::duration_cast<Millis>(SteadyClock::now() - start);
      if (took >= slow_) log_warning("store.slow", {{"statement", Json(statement.name)}, {"ms", took.count()}});
    }
    return answer;
  } catch (const StoreError& e) {
    failed_ = true;
    throw StoreError(e.kind, e.constraint, fmt::format("{}: {}", statement.name, e.what()));
  } catch (...) {
    failed_ = true;
    throw;
  }
}

Rows EngineTx::run(std::string_view name, const Params& values) {
  const Statement& s = find(name, values.size());
  return guarded(s, [&] {
    require_storable(values);
    return execute(s, values);
  });
}

int64_t EngineTx::run_many(std::string_view name, std::span<const Params> rows) {
  if (rows.empty()) return 0;
  const Statement* s = nullptr;
  for (const Params& row : rows) s = &find(name, row.size());
  return guarded(*s, [&] {
    std::ranges::for_each(rows, require_storable);
    return execute_many(*s, rows);
  });
}

std::vector<Rows> EngineTx::run_all(std::span<const ports::Call> calls) {
  if (calls.empty()) return {};
  std::vector<Query> queries;
  queries.reserve(calls.size());
  for (const ports::Call& call : calls) queries.push_back({find(call.statement, call.values.size()), call.values});
  return guarded(queries.front().statement, [&] {
    for (const Query& q : queries) require_storable(q.values);
    return execute_all(queries);
  });
}

void Outcome::refuse(const StoreError& e) {
  if (thrown) return;
  status = fail(to_error(e));
  busy = e.kind == StoreError::Kind::busy;
}

Status Outcome::settle() {
  if (thrown) std::rethrow_exception(thrown);
  if (!status) return status;
  for (auto& action : actions) {
    try {
      action();
    } catch (const std::exception& e) {
      // The rows are committed; a wake-up that fails must not look like a failed step.
      log_error("store.after_commit", {{"what", e.what()}});
    }
  }
  return status;
}

Outcome run_work(EngineTx& tx, const ports::Store::Work& work) {
  Outcome out;
  try {
    out.status = work(tx);
    check(!out.status || !tx.failed(), "a failed statement was passed over");
    out.actions = tx.take_actions();
  } catch (const StoreError& e) {
    out.refuse(e);
  } catch (...) {
    out.thrown = std::current_exception();
  }
  return out;
}

OneTransaction::OneTransaction(const void* store) {
  check(std::ranges::find(open_stores, store) == open_stores.end(), "a transaction inside a transaction");
  open_stores.push_back(store);
}

OneTransaction::~OneTransaction() { open_stores.pop_back(); }

}  // namespace onward::store
