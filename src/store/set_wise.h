// The form of a statement that does for a whole set of rows what the statement does for one (PostgreSQL only):
//
//   INSERT INTO t (a, b) VALUES ($1, $2)      ->  INSERT INTO t (a, b) SELECT u.p1, u.p2 FROM unnest($1::bigint[], ...)
//   u(p1, ...) UPDATE t SET a = $2 WHERE id = $1         ->  UPDATE t SET a = u.p2 FROM unnest(...) u(p1, ...) WHERE id
//   = u.p1
//
// Each parameter becomes an array with one element a row. A set that holds the same row twice is undefined for an
// UPDATE, as in SQL itself: only statements whose callers never do that are marked `set-wise`.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/store.h"

namespace onward::store {

// `types`: of each parameter, as PostgreSQL names them. Error: invalid, when the text has neither shape.
Result<std::string> set_wise(std::string_view postgres_sql, std::span<const std::string> types);

// The array literals of PostgreSQL (8.15.6) for each parameter, from rows of values.
std::vector<std::string> array_literals(std::span<const ports::Params> rows);

}  // namespace onward::store
