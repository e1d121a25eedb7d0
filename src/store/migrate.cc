#include "store/migrate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "base/log.h"
#include "store/tx.h"

namespace onward::store {
namespace {

using ports::Engine;
using ports::StoreError;

// Any number serves, as long as every node takes the same one.
constexpr int64_t kAdvisoryKey = 0x6f6e77617264;

using Applied = std::map<std::string, std::string>;  // name -> checksum

class Migrator {
 public:
  Migrator(Connection& connection, const std::vector<Migration>& migrations, Instant now)
      : connection_(connection), migrations_(migrations), now_(now) {}

  Result<std::vector<std::string>> run() {
    std::vector<std::string> done;
    try {
      lock();
      ensure_table();
      Result<void> status;
      for (const Migration& m : migrations_) {
        Result<bool> applied = apply(m);
        if (!applied) status = fail(applied.error());
        if (!status) break;
        if (*applied) done.push_back(m.name);
      }
      if (status && migrations_.empty()) status = compatible(applied());
      unlock();
      if (!status) return fail(status.error());
    } catch (const StoreError& e) {
      abandon();
      return fail(to_error(e));
    }
    return done;
  }

 private:
  bool postgres() const { return connection_.engine() == Engine::postgres; }

  void lock() {
    if (postgres()) {
      connection_.script("SET lock_timeout = 0");
      connection_.query("SELECT pg_advisory_lock($1)", {kAdvisoryKey});
    } else {
      // Rebuilding a table drops the old one, which must not delete what refers to it; the check follows below.
      connection_.script("PRAGMA foreign_keys = OFF");
    }
  }

  void unlock() {
    if (postgres()) {
      connection_.query("SELECT pg_advisory_unlock($1)", {kAdvisoryKey});
      connection_.script("RESET lock_timeout");
    } else {
      connection_.script("PRAGMA foreign_keys = ON");
    }
  }

  void ensure_table() {
    connection_.script(fmt::format(
        "CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, at {} NOT NULL)",
        postgres() ? "BIGINT" : "INTEGER"));
  }

  Applied applied() {
    Applied out;
    ports::Rows rows = connection_.query("SELECT name, checksum FROM schema_migration");
    for (size_t i = 0; i < rows.size(); ++i) out[rows.text(i, 0)] = rows.text(i, 1);
    return out;
  }

  Status compatible(const Applied& applied) const {
    std::map<std::string, std::string> known;
    for (const Migration& m : migrations_) known[m.name] = m.checksum;
    for (const auto& [name, checksum] : applied) {
      auto mine = known.find(name);
      if (mine == known.end()) {
        return fail(Code::conflict, fmt::format("The database is newer than this program: it has migration {}.", name));
      }
      if (mine->second != checksum) {
        return fail(Code::conflict, fmt::format("Migration {} was altered after it had been applied.", name));
      }
    }
    if (applied.empty()) return {};
    for (const auto& [name, checksum] : known) {
      if (name < applied.rbegin()->first && !applied.contains(name)) {
        return fail(Code::conflict,
                    fmt::format("Migration {} is missing, but {} has been applied.", name, applied.rbegin()->first));
      }
    }
    return {};
  }

  // True when it was missing. Reads the table again inside the transaction: another process may have been faster.
  Result<bool> apply(const Migration& m) {
    connection_.script(postgres() ? "BEGIN" : "BEGIN IMMEDIATE");
    Applied before = applied();
    Status fits = compatible(before);
    if (!fits || before.contains(m.name)) {
      connection_.script("ROLLBACK");
      if (!fits) return fail(fits.error());
      return false;
    }
    try {
      for (const std::string& step : m.steps) connection_.script(step);
      require_references(m);
      connection_.query(postgres() ? "INSERT INTO schema_migration VALUES ($1, $2, $3)"
                                   : "INSERT INTO schema_migration VALUES (?1, ?2, ?3)",
                        {m.name, m.checksum, to_ms(now_)});
      connection_.script("COMMIT");
    } catch (const StoreError& e) {
      throw StoreError(e.kind, e.constraint, fmt::format("migration {}: {}", m.name, e.what()));
    }
    log_info("store.migrated", {{"migration", Json(m.name)}});
    return true;
  }

  void require_references(const Migration& m) {
    if (postgres()) return;
    ports::Rows dangling = connection_.query("PRAGMA foreign_key_check");
    if (!dangling.empty()) {
      throw StoreError(StoreError::Kind::bug, dangling.text(0, 0),
                       fmt::format("{} leaves dangling references", m.name));
    }
  }

  void abandon() {
    try {
      connection_.script("ROLLBACK");
    } catch (const StoreError&) {
      // There was none open, or the connection is gone.
    }
    try {
      unlock();
    } catch (const StoreError&) {
      // The pool drops a broken connection, and with it the lock.
    }
  }

  Connection& connection_;
  const std::vector<Migration>& migrations_;
  Instant now_;
};

}  // namespace

Result<std::vector<std::string>> apply_migrations(Connection& connection, const std::vector<Migration>& migrations,
                                                  Instant now) {
  return Migrator(connection, migrations, now).run();
}

Status require_prepared(Connection& connection) {
  try {
    std::vector<std::string> wrong = connection.prepare_all();
    if (wrong.empty()) return {};
    return fail(Code::internal, "Some statements do not fit the database.", fmt::format("{}", fmt::join(wrong, "\n")));
  } catch (const StoreError& e) {
    return fail(to_error(e));
  }
}

}  // namespace onward::store
