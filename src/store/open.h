// Opens ports::Store over SQLite or PostgreSQL.
//
//   auto store = TRY(store::open_store({.sqlite_path = "data/onward.db"}));
//   TRY(store->migrate());                    // also prepares every statement: a wrong one stops the start
//
// SQLite in a file: one thread owns the only writing connection and commits several units of work together; each unit
// is its own savepoint, so one that fails leaves its neighbours alone. Reads run beside it on their own connections.
// SQLite ":memory:" or inline_writer: one connection, everything on the caller's thread, no threads at all.
// PostgreSQL: a pool; writes are READ COMMITTED and run again after serialization failures and deadlocks.
//
// On all of them: work runs inside one transaction of its store and must not open another one (a Bug); a StoreError
// must not be caught and passed over (a Bug); texts are valid UTF-8 without NUL bytes (else conflict).
// after_commit actions run on the caller's thread once the transaction is closed.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "ports/store.h"
#include "store/catalogue.h"

namespace onward::store {

// For simulations: what happens to the next COMMIT. Both faults answer Code::unknown.
enum class CommitFault { none, lost_before, lost_after };

struct StoreOptions {
  std::string sqlite_path;               // a file, or ":memory:"; leave empty for PostgreSQL
  std::string postgres_url;              // postgresql://user@host/database
  int pool = 8;                          // connections to PostgreSQL, or readers of SQLite; at least 1
  const Catalogue* catalogue = nullptr;  // nullptr: what is embedded in the binary; must outlive the open call only
  bool inline_writer = false;            // SQLite in a file: everything on the caller's thread
  bool prepare_on_migrate = true;        // false saves some milliseconds on short-lived stores
  Millis slow{500};                      // slower statements are logged by name, never with values; 0: never
  const Clock* clock = nullptr;          // dates the migrations; nullptr: the real one
  std::function<CommitFault()> commit_fault;  // called before each COMMIT of a write, by any thread
};

// Errors: invalid (options or SQL texts), unavailable (cannot be opened or reached).
Result<std::unique_ptr<ports::Store>> open_store(const StoreOptions&);

// The rows of `table` for which `where` holds (all when empty). Both are trusted text, never outside input.
struct TableCopy {
  std::string table;
  std::string where;
};
enum class References {
  must_hold,  // foreign keys are checked at the latest when the copy commits
  ignore,     // SQLite only: parts of a database may be copied
};

// Copies rows from one snapshot of `from` into `to` in one transaction, tables in the order given. Both must have been
// migrated; columns go by name, generated columns are left out. Errors: conflict (a row is there already, a reference
// dangles), invalid (a table or column is missing), and what the stores return.
Status copy_tables(ports::Store& from, ports::Store& to, const std::vector<TableCopy>& tables,
                   References references = References::must_hold);

}  // namespace onward::store
