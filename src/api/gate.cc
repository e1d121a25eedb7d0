#include "api/gate.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/crypto.h"

namespace onward::api {
namespace {

constexpr size_t kMaxCredentials = 200;
constexpr size_t kMaxIdempotencyKey = 200;
constexpr size_t kMaxParameterShown = 60;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

template <class Number>
Json number_or_text(const std::string& text) {
  Number n{};
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec == std::errc() && end == text.data() + text.size()) return Json(n);
  return Json(text);  // the shape then says what it wants
}

// A query parameter is text; the shape it is checked against may want something else.
Json typed(const Shape& shape, const std::string& text) {
  Json schema = shape.json_schema();
  std::string type = get_string(schema, "type");
  if (type == "integer") return number_or_text<int64_t>(text);
  if (type == "number") return number_or_text<double>(text);
  if (type == "boolean" && (text == "true" || text == "false")) return Json(text == "true");
  return Json(text);
}

std::string shown(std::string_view name) {
  std::string out;
  for (char c : name.substr(0, kMaxParameterShown)) out += c > ' ' && c < '\x7f' ? c : '?';
  return out;
}

}  // namespace

Result<std::string> bearer_key(const http::Request& request) {
  std::string_view header = request.header("Authorization");
  size_t space = header.find(' ');
  if (space == header.npos || !same_word(header.substr(0, space), "bearer"))
    return fail(Code::unauthorized, "an API key is needed: Authorization: Bearer KEY");
  std::string_view key = header.substr(
      header.find_first_not_of(' ', space) == header.npos ? header.size() : header.find_first_not_of(' ', space));
  if (key.empty() || key.size() > kMaxCredentials) return fail(Code::unauthorized, "this API key is not valid");
  return std::string(key);
}

Status check_role(const Route& route, const app::Caller& caller) {
  if (std::find(route.roles.begin(), route.roles.end(), caller.role) == route.roles.end())
    return fail(Code::forbidden, std::string(kRoleRefusal));
  return {};
}

Status check_query(const Route& route, const http::Request& request) {
  std::set<std::string_view> seen;
  std::vector<FieldError> faults;
  for (const auto& [name, value] : request.query) {
    std::string pointer = "?" + shown(name);
    auto field = std::find_if(route.query.begin(), route.query.end(), [&](const Field& f) { return f.name == name; });
    if (field == route.query.end()) {
      faults.push_back({pointer, "unknown_parameter", "is not a known parameter"});
    } else if (!seen.insert(name).second) {
      faults.push_back({pointer, "repeated", "must be given once"});
    } else if (Status status = field->shape.validate(typed(field->shape, value)); !status) {
      for (const FieldError& e : status.error().fields) faults.push_back({pointer, e.code, e.message});
    }
  }
  for (const Field& f : route.query)
    if (f.presence == shape::required && !request.query_value(f.name))
      faults.push_back({"?" + f.name, "required", "is required"});
  if (faults.empty()) return {};
  std::string message = faults[0].pointer + " " + faults[0].message + ".";
  return fail(Error{Code::invalid, std::move(message), std::move(faults), {}});
}

bool is_json(const http::Request& request) {
  std::string_view type = request.header("Content-Type");
  std::string_view media = type.substr(0, type.find(';'));
  while (media.ends_with(' ')) media.remove_suffix(1);
  return same_word(media, "application/json");
}

Result<Json> read_body(const Route& route, const http::Request& request) {
  if (request.body.size() > route.max_body) return fail(Code::too_large, "the body is too large");
  if (!route.body) {
    if (request.body.empty()) return Json(nullptr);
    Json body = TRY(parse_json(request.body));
    if (body.is_object() && body.get_object().empty()) return Json(nullptr);
    return fail_field("", "not_allowed", "this call takes no body");
  }
  if (request.body.empty()) return fail_field("", "required", "a JSON body is needed");
  Json body = TRY(parse_json(request.body));
  TRY_VOID(route.body->validate(body));
  return body;
}

Result<app::Idempotency> idempotency_of(const Route& route, const app::Caller& caller, const http::Request& request) {
  auto key = http::find_header(request.headers, "Idempotency-Key");
  if (!key || route.method != "POST") return app::Idempotency{};
  bool visible = std::all_of(key->begin(), key->end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (key->empty() || key->size() > kMaxIdempotencyKey || !visible)
    return fail_field("Idempotency-Key", "format", "Idempotency-Key must be 1 to 200 visible ASCII characters");
  std::string named = caller.key.text() + "\n" + request.method + "\n" + request.path + "\n";
  return app::Idempotency{sha256_hex(named + std::string(*key)), sha256_hex(request.body)};
}

}  // namespace onward::api
