// Result<T>: a value or an Error. Errors are few, and each maps once to an HTTP status, a CLI exit and a page.
//
//   Result<Contact> find(...);
//   Contact c = TRY(find(id));            // returns the error to the caller
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace onward {

enum class Code {
  invalid,        // 400: the input is malformed or breaks a rule; `fields` names where
  unauthorized,   // 401: no or unknown credentials
  forbidden,      // 403: known, but not allowed
  not_found,      // 404
  conflict,       // 409: somebody else was first, or the state does not allow it
  precondition,   // 412: If-Match did not match
  too_large,      // 413
  unprocessable,  // 422: an idempotency key was used again with another body
  rate_limited,   // 429
  unavailable,    // 503: try again later
  unknown,        // 503: a COMMIT failed; whether it happened must be looked up by key
  internal,       // 500: a bug
};

struct FieldError {
  std::string pointer;  // JSON pointer (RFC 6901), "/emails/0"
  std::string code;     // machine word: required, type, too_long, unknown_field, ...
  std::string message;  // for a person
  bool operator==(const FieldError&) const = default;
};

struct Error {
  Code code = Code::internal;
  std::string message;             // for a person; never a secret, never SQL
  std::vector<FieldError> fields;  // only with Code::invalid
  std::string detail;              // for the log only
  std::string members = {};        // a JSON object: what the problem says besides (RFC 9457 section 3.2)
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), {}, std::move(detail)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
[[nodiscard]] inline tl::unexpected<Error> fail_field(std::string pointer, std::string code, std::string message) {
  Error e{Code::invalid, message, {}, {}};
  e.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  return tl::unexpected<Error>(std::move(e));
}

std::string_view to_string(Code);

}  // namespace onward

// Evaluates a Result; on error returns it from the enclosing function, else yields the value.
#define TRY(expression)                                                      \
  ({                                                                         \
    auto try_result_ = (expression);                                         \
    if (!try_result_) return ::onward::fail(std::move(try_result_.error())); \
    std::move(*try_result_);                                                 \
  })
#define TRY_VOID(expression)                                                 \
  do {                                                                       \
    auto try_result_ = (expression);                                         \
    if (!try_result_) return ::onward::fail(std::move(try_result_.error())); \
  } while (false)
