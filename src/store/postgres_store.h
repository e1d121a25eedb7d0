// ports::Store over PostgreSQL.
#pragma once
#include <memory>

#include "store/open.h"
#include "store/statements.h"

namespace onward::store {

// Connects once at once; throws ports::StoreError when the server cannot be reached.
std::unique_ptr<ports::Store> open_postgres(const StoreOptions&, StatementBook, std::vector<Migration>);

}  // namespace onward::store
