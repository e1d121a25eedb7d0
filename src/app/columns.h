// Rows as their columns come.
#pragma once
#include <optional>
#include <string>

#include "base/check.h"
#include "base/json.h"
#include "ports/store.h"

namespace onward::app {

// Walks the columns of one row in their order.
class Columns {
 public:
  Columns(const ports::Rows& rows, size_t row, size_t first = 0) : rows_(rows), row_(row), at_(first) {}
  int64_t integer() { return rows_.integer(row_, at_++); }
  std::string text() { return rows_.text(row_, at_++); }
  Instant instant() { return from_ms(integer()); }
  std::optional<Instant> maybe_instant() {
    size_t c = at_++;
    if (rows_.is_null(row_, c)) return std::nullopt;
    return from_ms(rows_.integer(row_, c));
  }
  template <class IdType>
  IdType id() {
    return IdType{integer()};
  }
  Json json() {
    auto parsed = parse_json(text());
    check(parsed.has_value(), "the database holds broken JSON");
    return std::move(*parsed);
  }

 private:
  const ports::Rows& rows_;
  size_t row_, at_;
};

}  // namespace onward::app
