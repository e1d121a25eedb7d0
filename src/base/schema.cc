#include "base/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/id.h"
#include "base/schema_formats.h"
#include "base/zone.h"

namespace onward {
namespace {

constexpr size_t kMaxErrors = 20;
constexpr size_t kMaxPointerKey = 100;  // a longer key is cut in the pointer: it comes from outside
constexpr size_t kMaxMapKey = 100;
constexpr size_t kMaxListedValues = 20;  // of an enumeration, in a message
constexpr int kMaxAnyDepth = 32;

enum class Kind { text, line, integer, number, boolean, one_of, format, list, map, any, object };

using Test = std::function<bool(std::string_view)>;

}  // namespace

struct Shape::Node {
  Kind kind = Kind::any;
  int64_t min = 0, max = 0;         // lengths, counts, integers, bytes
  double low = 0, high = 0;         // numbers
  std::vector<std::string> values;  // one_of
  Test test;                        // format
  std::string expects;              // format: "an e-mail address", for messages
  json::object schema;              // format: what JSON Schema says besides the type
  std::vector<Shape> item;          // list, map: one
  std::vector<Field> fields;        // object
};

namespace {

// The way to a value, written out only when there is something to say about it.
struct Path {
  const Path* up = nullptr;
  std::string_view key;
  size_t index = 0;
};

std::string_view cut(std::string_view key) {
  if (key.size() <= kMaxPointerKey) return key;
  size_t end = kMaxPointerKey;
  while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xc0) == 0x80) --end;
  return key.substr(0, end);
}

void write_pointer(const Path* path, std::string& out) {
  if (!path || !path->up) return;
  write_pointer(path->up, out);
  out += '/';
  if (path->key.data() == nullptr) {
    out += std::to_string(path->index);
    return;
  }
  for (char c : cut(path->key)) {  // RFC 6901 section 3
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
}

class Checker {
 public:
  void value(const Shape& shape, const Json& value, const Path& path);
  bool full() const { return errors_.size() >= kMaxErrors; }
  std::vector<FieldError> take() { return std::move(errors_); }

 private:
  void fault(const Path& path, std::string code, std::string message) {
    if (full()) return;
    std::string pointer;
    write_pointer(&path, pointer);
    errors_.push_back({std::move(pointer), std::move(code), std::move(message)});
  }
  void text(const Shape::Node&, const Json&, const Path&);
  void integer(const Shape::Node&, const Json&, const Path&);
  void number(const Shape::Node&, const Json&, const Path&);
  void one_of(const Shape::Node&, const Json&, const Path&);
  void format(const Shape::Node&, const Json&, const Path&);
  void list(const Shape::Node&, const Json&, const Path&);
  void map(const Shape::Node&, const Json&, const Path&);
  void any(const Shape::Node&, const Json&, const Path&);
  void object(const Shape::Node&, const Json&, const Path&);
  void field(const Field&, const json::object&, const Path&);

  std::vector<FieldError> errors_;
};

void Checker::value(const Shape& shape, const Json& value, const Path& path) {
  if (full()) return;
  const Shape::Node& node = shape.node();
  switch (node.kind) {
    case Kind::text:
    case Kind::line: return text(node, value, path);
    case Kind::integer: return integer(node, value, path);
    case Kind::number: return number(node, value, path);
    case Kind::boolean:
      if (!value.is_bool()) fault(path, "type", "must be true or false");
      return;
    case Kind::one_of: return one_of(node, value, path);
    case Kind::format: return format(node, value, path);
    case Kind::list: return list(node, value, path);
    case Kind::map: return map(node, value, path);
    case Kind::any: return any(node, value, path);
    case Kind::object: return object(node, value, path);
  }
}

void Checker::text(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_string()) return fault(path, "type", "must be text");
  std::string_view s = value.get_string();
  long count = formats::count_code_points(s);
  if (count < 0) return fault(path, "format", "must be UTF-8");
  if (formats::has_control(s)) return fault(path, "not_allowed", "must not hold control characters");
  if (node.kind == Kind::line && formats::has_line_break(s)) return fault(path, "not_allowed", "must be a single line");
  if (count < node.min && count == 0) return fault(path, "too_short", "must not be empty");
  if (count < node.min) return fault(path, "too_short", fmt::format("must have at least {} characters", node.min));
  if (count > node.max) return fault(path, "too_long", fmt::format("must have at most {} characters", node.max));
}

void Checker::integer(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_int64() && !value.is_uint64()) return fault(path, "type", "must be a whole number");
  bool huge = value.is_uint64() && value.get_uint64() > static_cast<uint64_t>(INT64_MAX);
  int64_t n = huge ? INT64_MAX : value.is_uint64() ? static_cast<int64_t>(value.get_uint64()) : value.get_int64();
  if (huge || n > node.max) return fault(path, "too_large", fmt::format("must be at most {}", node.max));
  if (n < node.min) return fault(path, "too_small", fmt::format("must be at least {}", node.min));
}

void Checker::number(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_number()) return fault(path, "type", "must be a number");
  double n = value.to_number<double>();
  if (n > node.high) return fault(path, "too_large", fmt::format("must be at most {}", node.high));
  if (!(n >= node.low)) return fault(path, "too_small", fmt::format("must be at least {}", node.low));
}

void Checker::one_of(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_string()) return fault(path, "type", "must be text");
  std::string_view s = value.get_string();
  if (std::find(node.values.begin(), node.values.end(), s) != node.values.end()) return;
  size_t shown = std::min(node.values.size(), kMaxListedValues);
  fault(path, "not_one_of",
        fmt::format("must be one of {}{}",
                    fmt::join(node.values.begin(), node.values.begin() + static_cast<long>(shown), ", "),
                    shown < node.values.size() ? ", ..." : ""));
}

void Checker::format(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_string()) return fault(path, "type", "must be text");
  if (!node.test(value.get_string())) fault(path, "format", "must be " + node.expects);
}

void Checker::list(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_array()) return fault(path, "type", "must be a list");
  const json::array& items = value.get_array();
  auto count = static_cast<int64_t>(items.size());
  if (count > node.max) return fault(path, "too_many", fmt::format("must have at most {} entries", node.max));
  if (count < node.min)
    fault(path, "too_few", fmt::format("must have at least {} {}", node.min, node.min == 1 ? "entry" : "entries"));
  for (size_t i = 0; i < items.size() && !full(); ++i) this->value(node.item[0], items[i], {&path, {}, i});
}

void Checker::map(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_object()) return fault(path, "type", "must be an object");
  const json::object& members = value.get_object();
  if (static_cast<int64_t>(members.size()) > node.max)
    return fault(path, "too_many", fmt::format("must have at most {} entries", node.max));
  for (const auto& [key, member] : members) {
    if (full()) return;
    Path here{&path, key};
    long count = formats::count_code_points(key);
    if (count < 0)
      fault(path, "format", "must have keys in UTF-8");
    else if (formats::has_control(key))
      fault(here, "not_allowed", "must not have control characters in its key");
    else if (count == 0)
      fault(here, "too_short", "must not have an empty key");
    else if (count > static_cast<long>(kMaxMapKey))
      fault(here, "too_long", fmt::format("must have a key of at most {} characters", kMaxMapKey));
    else
      this->value(node.item[0], member, here);
  }
}

bool clean(std::string_view s) { return is_utf8(s) && s.find('\0') == s.npos; }

// No NUL (PostgreSQL cannot store it), UTF-8, and not deeper than the parser takes.
bool storable(const Json& value, int depth) {
  if (depth > kMaxAnyDepth) return false;
  if (value.is_string()) return clean(value.get_string());
  if (value.is_array())
    return std::all_of(value.get_array().begin(), value.get_array().end(),
                       [&](const Json& item) { return storable(item, depth + 1); });
  if (value.is_object())
    return std::all_of(value.get_object().begin(), value.get_object().end(),
                       [&](const auto& m) { return clean(m.key()) && storable(m.value(), depth + 1); });
  return true;
}

bool fits(const Json& value, size_t max_bytes) {
  json::serializer serializer;
  serializer.reset(&value);
  std::array<char, 4096> buffer;
  for (size_t bytes = 0; !serializer.done();) {
    bytes += serializer.read(buffer.data(), buffer.size()).size();
    if (bytes > max_bytes) return false;
  }
  return true;
}

void Checker::any(const Shape::Node& node, const Json& value, const Path& path) {
  if (!storable(value, 0)) return fault(path, "not_allowed", "must not hold NUL characters or be nested too deeply");
  if (!fits(value, static_cast<size_t>(node.max)))
    fault(path, "too_large", fmt::format("must be at most {} bytes of JSON", node.max));
}

void Checker::field(const Field& field, const json::object& members, const Path& path) {
  Path here{&path, field.name};
  const Json* member = members.if_contains(field.name);
  bool missing = !member || member->is_null();
  if (missing && field.presence == shape::required) return fault(here, "required", "is required");
  if (!member || (missing && field.presence == shape::nullable)) return;
  if (missing) return fault(here, "type", "must not be null");
  value(field.shape, *member, here);
}

void Checker::object(const Shape::Node& node, const Json& value, const Path& path) {
  if (!value.is_object()) return fault(path, "type", "must be an object");
  const json::object& members = value.get_object();
  for (const Field& f : node.fields) field(f, members, path);
  for (const auto& [key, member] : members) {
    if (full()) return;
    std::string_view name = key;
    bool known = std::any_of(node.fields.begin(), node.fields.end(), [&](const Field& f) { return f.name == name; });
    if (!known) fault({&path, name}, "unknown_field", "is not a known field");
  }
}

std::string sentence(const std::vector<FieldError>& errors) {
  const FieldError& first = errors.front();
  std::string name = first.pointer.empty() ? "The body" : first.pointer;
  if (errors.size() == 1) return fmt::format("{} {}.", name, first.message);
  return fmt::format("{} {} (and {} more).", name, first.message, errors.size() - 1);
}

}  // namespace

Status Shape::validate(const Json& value) const {
  Checker checker;
  checker.value(*this, value, Path{});
  std::vector<FieldError> errors = checker.take();
  if (errors.empty()) return {};
  std::string message = sentence(errors);
  return fail(Error{Code::invalid, std::move(message), std::move(errors), {}});
}

// --- JSON Schema (2020-12, as OpenAPI 3.1 uses it) ---------------------------------------------------------------

namespace {

json::object object_schema(const std::vector<Field>& fields) {
  json::object properties;
  json::array required;
  for (const Field& f : fields) {
    Json schema = f.shape.json_schema();
    if (f.presence == shape::nullable) schema = {{"anyOf", json::array{std::move(schema), {{"type", "null"}}}}};
    if (!f.doc.empty()) schema.as_object()["description"] = f.doc;
    if (f.presence == shape::required) required.emplace_back(f.name);
    properties[f.name] = std::move(schema);
  }
  json::object out{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

json::object one_of_schema(const std::vector<std::string>& values) {
  json::array list;
  for (const std::string& v : values) list.emplace_back(v);
  return {{"type", "string"}, {"enum", std::move(list)}};
}

}  // namespace

Json Shape::json_schema() const {
  const Node& n = node();
  switch (n.kind) {
    case Kind::text: return {{"type", "string"}, {"minLength", n.min}, {"maxLength", n.max}};
    case Kind::line:
      return {{"type", "string"}, {"minLength", n.min}, {"maxLength", n.max}, {"pattern", "^[^\\r\\n]*$"}};
    case Kind::integer: return {{"type", "integer"}, {"minimum", n.min}, {"maximum", n.max}};
    case Kind::number: return {{"type", "number"}, {"minimum", n.low}, {"maximum", n.high}};
    case Kind::boolean: return {{"type", "boolean"}};
    case Kind::one_of: return one_of_schema(n.values);
    case Kind::format: {
      json::object out{{"type", "string"}};
      for (const auto& [key, value] : n.schema) out[key] = value;
      return out;
    }
    case Kind::list:
      return {{"type", "array"}, {"items", n.item[0].json_schema()}, {"minItems", n.min}, {"maxItems", n.max}};
    case Kind::map:
      return {{"type", "object"},
              {"additionalProperties", n.item[0].json_schema()},
              {"propertyNames", {{"minLength", 1}, {"maxLength", kMaxMapKey}}},
              {"maxProperties", n.max}};
    case Kind::any: return json::object{};
    case Kind::object: return object_schema(n.fields);
  }
  return nullptr;
}

// --- the vocabulary -----------------------------------------------------------------------------------------------

namespace shape {
namespace {

Shape make(Shape::Node node) { return Shape(std::make_shared<const Shape::Node>(std::move(node))); }

Shape format(Test test, std::string expects, json::object schema) {
  return make(
      {.kind = Kind::format, .test = std::move(test), .expects = std::move(expects), .schema = std::move(schema)});
}

Shape bounded(Kind kind, size_t min, size_t max) {
  check(min <= max && max <= static_cast<size_t>(INT64_MAX));
  return make({.kind = kind, .min = static_cast<int64_t>(min), .max = static_cast<int64_t>(max)});
}

}  // namespace

Shape text(size_t min, size_t max) { return bounded(Kind::text, min, max); }
Shape line(size_t min, size_t max) { return bounded(Kind::line, min, max); }
Shape integer(int64_t min, int64_t max) { return make({.kind = Kind::integer, .min = min, .max = max}); }
Shape number(double min, double max) { return make({.kind = Kind::number, .low = min, .high = max}); }
Shape boolean() { return make({.kind = Kind::boolean}); }
Shape one_of(std::vector<std::string> values) { return make({.kind = Kind::one_of, .values = std::move(values)}); }
Shape any(size_t max_bytes) { return bounded(Kind::any, 0, max_bytes); }
Shape object(std::vector<Field> fields) { return make({.kind = Kind::object, .fields = std::move(fields)}); }

Shape list(Shape item, size_t min, size_t max) {
  return make({.kind = Kind::list,
               .min = static_cast<int64_t>(min),
               .max = static_cast<int64_t>(max),
               .item = {std::move(item)}});
}
Shape map(Shape value, size_t max) {
  return make({.kind = Kind::map, .max = static_cast<int64_t>(max), .item = {std::move(value)}});
}

Shape time() {
  return format([](std::string_view s) { return parse_rfc3339(s).has_value(); },
                "an RFC 3339 time such as 2026-03-30T08:00:00Z", {{"format", "date-time"}});
}
Shape date() {
  return format([](std::string_view s) { return parse_date(s).has_value(); }, "a date such as 2026-03-30",
                {{"format", "date"}});
}
Shape time_of_day() {
  return format([](std::string_view s) { return parse_time_of_day(s).has_value(); }, "a time of day such as 09:00",
                {{"pattern", "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}});
}
Shape zone() {
  return format([](std::string_view s) { return find_zone(s).has_value(); }, "an IANA time zone such as Europe/Paris",
                {{"maxLength", 64}, {"examples", json::array{"Europe/Paris"}}});
}
Shape language() {
  return format(formats::is_language, "a language tag such as fr or pt-BR",
                {{"pattern", "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}, {"maxLength", 35}});
}
Shape country() {
  return format(formats::is_country, "a country code of two capital letters such as FR", {{"pattern", "^[A-Z]{2}$"}});
}
Shape currency() {
  return format(formats::is_currency, "a currency code of three capital letters such as EUR",
                {{"pattern", "^[A-Z]{3}$"}});
}
Shape email() { return format(is_email, "one e-mail address", {{"format", "email"}, {"maxLength", 254}}); }
Shape phone() {
  return format(formats::is_phone, "an international phone number such as +33123456789",
                {{"pattern", "^\\+[1-9][0-9]{6,14}$"}});
}
Shape url() { return format(formats::is_url, "an http or https address", {{"format", "uri"}, {"maxLength", 2048}}); }
Shape duration() {
  return format([](std::string_view s) { return parse_duration(s).has_value(); },
                "an ISO 8601 duration such as P3D or PT2H", {{"format", "duration"}});
}
Shape id(std::string_view prefix) {
  std::string p(prefix);
  return format([p](std::string_view s) { return parse_id(p, s).has_value(); },
                fmt::format("an id such as {}_0c4jq8w1x2k3m", p),
                {{"pattern", fmt::format("^{}_[0-9a-hjkmnp-tv-z]{{13}}$", p)}});
}

}  // namespace shape
}  // namespace onward
