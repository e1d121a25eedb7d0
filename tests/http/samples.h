// Bodies made from the JSON Schema of a route: valid ones, and one for every way to be wrong.
#pragma once
#include <string>
#include <vector>

#include "api/route.h"
#include "base/json.h"
#include "tests/http/world.h"

namespace onward::testing {

enum class Fill { required_only, everything };
// Ids in it are of this side.
Json sample_of(const Json& schema, Fill fill, Side side = Side::near);

std::string name_of(const api::Route& route);  // "POST /contacts"
// A valid body and the required parameters ("?from=..."); empty when there are none.
std::string body_of(const api::Route& route, Fill fill = Fill::required_only, Side side = Side::near);
std::string query_of(const api::Route& route, Side side = Side::near);

struct Malformed {
  std::string what;  // for the message of a failing test
  std::string body;
  std::string pointer;  // what the answer must name; "*": anything
};
// Each required field missing, each field of another type and null, too long, too many, out of range, unknown fields,
// NUL, bytes that are no UTF-8, deep nesting, JSON cut short.
std::vector<Malformed> malformed_of(const Json& schema);

// Every place in the schema where an id stands: (pointer, prefix).
std::vector<std::pair<std::string, std::string>> ids_in(const Json& schema);
Json with(Json body, const std::string& pointer, Json value);  // replaces or adds; lists are not gone into

// Faults of `value` by a JSON Schema with local references: type, properties, required, additionalProperties, items,
// enum, anyOf, $ref. Empty: it fits.
std::vector<std::string> faults_of(const Json& value, const Json& schema, const Json& document,
                                   const std::string& at = "");

}  // namespace onward::testing
