// Forward-only migrations over one connection. The table schema_migration(name, checksum, at) remembers them.
#pragma once
#include <string>
#include <vector>

#include "base/instant.h"
#include "store/connection.h"
#include "store/statements.h"

namespace onward::store {

// Applies what is missing, each migration in its own transaction, safe against other processes doing the same.
// Errors: conflict (an applied migration was altered, is unknown here, or a missing one comes before it), internal (a
// migration failed), unavailable. Returns the names applied.
Result<std::vector<std::string>> apply_migrations(Connection&, const std::vector<Migration>&, Instant now);

// Error: internal, naming every statement that the engine refuses.
Status require_prepared(Connection&);

}  // namespace onward::store
