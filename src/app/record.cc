#include "app/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace onward::app {

Reach reach_of(const Caller& caller) {
  Reach out{0, caller.agency.value, caller.advisor.value, caller.actor()};
  if (caller.sees_all()) return out;
  out.scope = caller.role == Role::manager ? 1 : 2;
  return out;
}

Json text_json(const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); }

Json time_json(const ports::Rows& rows, size_t row, size_t column) {
  return rows.is_null(row, column) ? Json(nullptr) : Json(time_text(rows, row, column));
}

std::string time_text(const ports::Rows& rows, size_t row, size_t column) {
  return format_rfc3339(from_ms(rows.integer(row, column)));
}

Json stored_json(const std::string& text, Json fallback) {
  if (text.empty()) return fallback;
  auto value = parse_json(text);
  check(value.has_value(), "a stored JSON column does not parse");
  return std::move(*value);
}

tl::unexpected<Error> unknown_reference(std::string_view key, std::string_view noun) {
  return fail_field(fmt::format("/{}", key), "unknown", fmt::format("there is no such {}", noun));
}

tl::unexpected<Error> not_found(std::string_view noun) {
  return fail(Code::not_found, fmt::format("there is no such {}", noun));
}

std::string Changes::text(std::string_view key, const std::string& stored) {
  if (!has(body_, key)) return stored;
  std::string given = get_string(body_, key);
  if (given != stored) note(key);
  return given;
}

int64_t Changes::integer(std::string_view key, int64_t stored) {
  if (!has(body_, key)) return stored;
  int64_t given = get_int(body_, key);
  if (given != stored) note(key);
  return given;
}

Json Changes::value(std::string_view key, Json stored) {
  if (!has(body_, key)) return stored;
  const Json* found = find(body_, key);
  Json given = found ? *found : stored.is_array() ? Json(json::array{}) : Json(json::object{});
  if (given != stored) note(key);
  return given;
}

bool Changes::touches(std::string_view key) const { return std::ranges::find(names_, key) != names_.end(); }

json::object Changes::fact() const { return {{"fields", json::array(names_.begin(), names_.end())}}; }

std::string canonical_address(std::string_view address) {
  address = trim(address);
  size_t at = address.rfind('@');
  if (at == std::string_view::npos) return std::string(address);
  return std::string(address.substr(0, at)) + ascii_lower(address.substr(at));
}

std::string id_set(const std::vector<int64_t>& ids) { return json::serialize(json::array(ids.begin(), ids.end())); }

}  // namespace onward::app
