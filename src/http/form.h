// application/x-www-form-urlencoded, percent encoding and cookies (RFC 6265). All input is from outside: parsers take a
// view and give values or Code::invalid; text is UTF-8 without NUL.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace onward::http {

struct FormLimits {
  size_t max_pairs = 256;
  size_t max_name = 128;        // bytes, decoded
  size_t max_value = 64 << 10;  // bytes, decoded
};

// Pairs in the order sent; "+" is a space; a name without "=" has the value "". Errors: Code::invalid (bad percent,
// NUL, not UTF-8), Code::too_large (a limit).
Result<Pairs> parse_form(std::string_view body, const FormLimits& limits = {});
// The body of a request; another Content-Type is Code::invalid.
Result<Pairs> parse_form(const Request& request, const FormLimits& limits = {});
std::string encode_form(const Pairs& pairs);
std::optional<std::string> form_value(const Pairs& form, std::string_view name);  // first value

std::string percent_encode(std::string_view text);          // all but RFC 3986 unreserved
Result<std::string> percent_decode(std::string_view text);  // bytes; Code::invalid for "%" without two hex digits

enum class SameSite { lax, strict, none };

struct SetCookie {
  std::string name;
  std::string value;  // cookie octets: no space, quote, comma, semicolon, backslash, control; else a Bug
  std::string path = "/";
  std::optional<std::chrono::seconds> max_age;  // absent: until the browser closes; 0: delete it now
  bool http_only = true;
  bool secure = true;
  SameSite same_site = SameSite::lax;
};

// The value of a Set-Cookie header. Names starting with "__Host-" require secure and path "/" (else a Bug).
std::string build_set_cookie(const SetCookie& cookie);
// The value of a Cookie header; parts that are no name=value are skipped, at most 64 are read.
Pairs parse_cookies(std::string_view header);
std::optional<std::string> cookie(const Request& request, std::string_view name);  // first value

bool is_utf8(std::string_view text);  // well-formed: no surrogates, no overlong forms, up to U+10FFFF

}  // namespace onward::http
