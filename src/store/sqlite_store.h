// ports::Store over SQLite; store/open.h describes its two ways of working.
#pragma once
#include <memory>

#include "store/open.h"
#include "store/statements.h"

namespace onward::store {

// Throws ports::StoreError when the file cannot be opened.
std::unique_ptr<ports::Store> open_sqlite(const StoreOptions&, StatementBook, std::vector<Migration>);

}  // namespace onward::store
