#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/check.h"
#include "store/connection.h"
#include "store/open.h"
#include "store/tx.h"

namespace onward::store {
namespace {

using ports::Engine;
using ports::Rows;
using ports::StoreError;

constexpr size_t kPieceRows = 1000;

struct Column {
  std::string name;
  bool identity = false;  // PostgreSQL: numbered by the engine
  bool search = false;    // PostgreSQL: a full-text vector, which SQLite keeps in a table of its own
};
using Columns = std::vector<Column>;

// The columns that can be written, in the table's order; empty when there is no such table.
Columns columns_of(Connection& db, const std::string& table) {
  Rows rows = db.engine() == Engine::sqlite
                  ? db.query("SELECT name, 0, 0 FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid", {table})
                  : db.query(
                        "SELECT column_name::text, CASE is_identity WHEN 'YES' THEN 1 ELSE 0 END, "
                        "CASE data_type WHEN 'tsvector' THEN 1 ELSE 0 END FROM information_schema.columns "
                        "WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' "
                        "ORDER BY ordinal_position",
                        {table});
  Columns out;
  for (size_t i = 0; i < rows.size(); ++i) {
    out.push_back({rows.text(i, 0), rows.integer(i, 1) != 0, rows.integer(i, 2) != 0});
  }
  return out;
}

std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

std::string select_text(const TableCopy& copy, const Columns& columns) {
  std::vector<std::string> names;
  for (const Column& c : columns) names.push_back(quoted(c.name));
  std::string where = copy.where.empty() ? "" : fmt::format(" WHERE {}", copy.where);
  // Keys come first in our tables and grow with time: a row that refers to its own table comes after its target.
  return fmt::format("SELECT {} FROM {}{} ORDER BY 1", fmt::join(names, ", "), quoted(copy.table), where);
}

std::string insert_text(const TableCopy& copy, const Columns& columns, Engine engine) {
  std::vector<std::string> names, values;
  for (const Column& c : columns) {
    names.push_back(quoted(c.name));
    values.push_back(fmt::format("{}{}", engine == Engine::sqlite ? '?' : '$', values.size() + 1));
  }
  return fmt::format("INSERT INTO {} ({}){} VALUES ({})", quoted(copy.table), fmt::join(names, ", "),
                     engine == Engine::postgres ? " OVERRIDING SYSTEM VALUE" : "", fmt::join(values, ", "));
}

// After rows with numbers of their own the engine must go on counting behind them.
void move_identities(Connection& to, const TableCopy& copy, const Columns& columns) {
  for (const Column& c : columns) {
    if (!c.identity) continue;
    to.query(fmt::format("SELECT setval(pg_get_serial_sequence($1, $2), greatest(max({}), 1)) FROM {}", quoted(c.name),
                         quoted(copy.table)),
             {quoted(copy.table), c.name});
  }
}

Status copy_table(Connection& from, Connection& to, const TableCopy& copy) {
  Columns source = columns_of(from, copy.table);
  Columns target = columns_of(to, copy.table);
  if (source.empty() || target.empty()) {
    return fail(Code::invalid, fmt::format("There is no table {} to copy.", copy.table));
  }
  std::erase_if(source, [](const Column& c) { return c.search; });
  Columns columns;
  for (const Column& c : source) {
    auto same = std::ranges::find(target, c.name, &Column::name);
    if (same == target.end()) return fail(Code::invalid, fmt::format("{}.{} has no target.", copy.table, c.name));
    columns.push_back(*same);
  }
  std::string insert = insert_text(copy, columns, to.engine());
  from.stream(select_text(copy, columns), kPieceRows, [&](const Rows& rows) {
    std::vector<ports::Params> values(rows.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      for (size_t c = 0; c < columns.size(); ++c) values[r].push_back(rows.at(r, c));
    }
    to.repeat(insert, values);
  });
  move_identities(to, copy, columns);
  return {};
}

Status copy_all(Connection& from, Connection& to, const std::vector<TableCopy>& tables) {
  to.script(to.engine() == Engine::sqlite ? "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON"
                                          : "BEGIN; SET CONSTRAINTS ALL DEFERRED");
  for (const TableCopy& copy : tables) TRY_VOID(copy_table(from, to, copy));
  to.script("COMMIT");
  return {};
}

// Foreign keys can only be switched outside a transaction; they are on again whatever happens.
class ReferencesOff {
 public:
  explicit ReferencesOff(Connection& db) : db_(db) { db_.script("PRAGMA foreign_keys = OFF"); }
  ~ReferencesOff() {
    attempt("ROLLBACK");  // of what failed; refused when nothing is open
    attempt("PRAGMA foreign_keys = ON");
  }
  ReferencesOff(const ReferencesOff&) = delete;
  ReferencesOff& operator=(const ReferencesOff&) = delete;

 private:
  void attempt(const char* sql) {
    try {
      db_.script(sql);
    } catch (const StoreError&) {
      // The next statement of the store meets the same trouble and reports it.
    }
  }

  Connection& db_;
};

RawAccess& raw(ports::Store& store) {
  auto* access = dynamic_cast<RawAccess*>(&store);
  check(access != nullptr, "copy_tables needs stores of open_store");
  return *access;
}

}  // namespace

Status copy_tables(ports::Store& from, ports::Store& to, const std::vector<TableCopy>& tables, References references) {
  check(&from != &to, "a copy onto itself");
  bool ignore = references == References::ignore && to.engine() == Engine::sqlite;
  return raw(from).with_snapshot([&](Connection& source) -> Status {
    return raw(to).with_writer([&](Connection& target) -> Status {
      std::optional<ReferencesOff> off;
      if (ignore) off.emplace(target);
      return copy_all(source, target, tables);
    });
  });
}

}  // namespace onward::store
