#include "store/open.h"

#include "store/postgres_store.h"
#include "store/sqlite_store.h"
#include "store/tx.h"

namespace onward::store {

Result<std::unique_ptr<ports::Store>> open_store(const StoreOptions& options) {
  if (options.sqlite_path.empty() == options.postgres_url.empty()) {
    return fail(Code::invalid, "Name either a SQLite file or a PostgreSQL database.");
  }
  if (options.pool < 1) return fail(Code::invalid, "The pool needs at least one connection.");
  bool sqlite = !options.sqlite_path.empty();
  ports::Engine engine = sqlite ? ports::Engine::sqlite : ports::Engine::postgres;
  const Catalogue& catalogue = options.catalogue ? *options.catalogue : embedded_catalogue();
  StatementBook book = TRY(StatementBook::read(catalogue, engine));
  std::vector<Migration> migrations = TRY(read_migrations(catalogue, engine));
  try {
    if (sqlite) return open_sqlite(options, std::move(book), std::move(migrations));
    return open_postgres(options, std::move(book), std::move(migrations));
  } catch (const ports::StoreError& e) {
    return fail(to_error(e));
  }
}

}  // namespace onward::store
