// What stands between a request and its handler: credentials, role, parameters, body. Internal to api.
#pragma once
#include <optional>

#include "api/route.h"

namespace onward::api {

inline constexpr std::string_view kRoleRefusal = "your key's role does not allow this";

// The key of "Authorization: Bearer KEY". Error: unauthorized.
Result<std::string> bearer_key(const http::Request&);
Status check_role(const Route&, const app::Caller&);
// Unknown, repeated and malformed query parameters; pointers are "?name".
Status check_query(const Route&, const http::Request&);
// Whether a body of this Content-Type can be read at all; the server answers 415 when not.
bool is_json(const http::Request&);
// Size, syntax and shape; null for a route without a body.
Result<Json> read_body(const Route&, const http::Request&);
// Of a POST with Idempotency-Key; empty otherwise.
Result<app::Idempotency> idempotency_of(const Route&, const app::Caller&, const http::Request&);

}  // namespace onward::api
