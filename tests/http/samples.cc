#include "tests/http/samples.h"

#include <algorithm>

#include "base/check.h"

namespace onward::testing {
namespace {

std::string text_sample(const Json& schema) {
  size_t least = static_cast<size_t>(get_int(schema, "minLength")),
         most = static_cast<size_t>(get_int(schema, "maxLength", 100));
  std::string text = "sample";
  if (text.size() < least) text.resize(least, 'x');
  if (text.size() > most) text.resize(most);
  return text;
}

// The first branch that is not null, for nullable fields.
const Json& unwrapped(const Json& schema) {
  const Json* any = find(schema, "anyOf");
  return any ? any->as_array().at(0) : schema;
}

// "^con_[...]" -> "con"; empty when the pattern is not an id's.
std::string id_prefix(const Json& schema) {
  std::string pattern = get_string(schema, "pattern");
  if (pattern.find("_[0-9a-hjkmnp-tv-z]") == pattern.npos) return "";
  return pattern.substr(1, pattern.find('_') - 1);
}

std::string string_sample(const Json& schema, Side side) {
  static const std::map<std::string, std::string> formats = {{"date-time", "2026-03-02T08:30:00Z"},
                                                             {"date", "2026-03-12"},
                                                             {"email", "pat.sample@example.org"},
                                                             {"uri", "https://example.org/a"},
                                                             {"duration", "PT1H"}};
  static const std::map<std::string, std::string> patterns = {{"^[A-Z]{2}$", "FR"},
                                                              {"^[A-Z]{3}$", "EUR"},
                                                              {"^\\+[1-9][0-9]{6,14}$", "+33123456789"},
                                                              {"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", "fr"},
                                                              {"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "10:00"}};
  if (const Json* values = find(schema, "enum")) return std::string(values->as_array().at(0).as_string());
  if (auto found = formats.find(get_string(schema, "format")); found != formats.end()) return found->second;
  if (auto found = patterns.find(get_string(schema, "pattern")); found != patterns.end()) return found->second;
  if (std::string prefix = id_prefix(schema); !prefix.empty()) return World::id(prefix, side);
  if (const Json* examples = find(schema, "examples")) return std::string(examples->as_array().at(0).as_string());
  return text_sample(schema);
}

Json object_sample(const Json& schema, Fill fill, Side side) {
  json::object out;
  const Json* properties = find(schema, "properties");
  if (!properties) return out;
  std::vector<std::string> required = get_strings(schema, "required");
  for (const auto& [name, property] : properties->as_object()) {
    bool needed = std::find(required.begin(), required.end(), std::string(name)) != required.end();
    if (needed || fill == Fill::everything) out[name] = sample_of(property, fill, side);
  }
  return out;
}

Json other_type(const Json& schema) {
  std::string type = get_string(schema, "type");
  if (type == "string") return 12345;
  if (type == "object") return json::array{1};
  if (type == "array") return json::object{{"a", 1}};
  return "text where none belongs";
}

struct Builder {
  const Json& schema;
  std::vector<Malformed> out;

  // Into objects, and into the first element of lists of objects.
  void visit(const Json& wrapped, const Json& whole, const std::string& at) {
    const Json& node = unwrapped(wrapped);
    std::string type = get_string(node, "type");
    if (!at.empty() && !type.empty()) put("another type at " + at, whole, at, other_type(node));
    if (type == "string") text_faults(node, whole, at);
    if (type == "integer" || type == "number") number_faults(node, whole, at);
    if (type == "array") list_faults(node, whole, at);
    if (type == "object" && find(node, "properties")) object_faults(node, whole, at);
  }

  void put(const std::string& what, const Json& whole, const std::string& at, Json value,
           const std::string& named = "") {
    out.push_back({what, onward::dump(with(whole, at, std::move(value))), named.empty() ? at : named});
  }

  void text_faults(const Json& node, const Json& whole, const std::string& at) {
    if (const Json* most = find(node, "maxLength"); most && most->as_int64() < 100'000)
      put("too long at " + at, whole, at, Json(std::string(static_cast<size_t>(most->as_int64()) + 1, 'x')));
    if (get_int(node, "minLength") > 0) put("empty at " + at, whole, at, "");
    put("NUL at " + at, whole, at, Json(std::string("a\0b", 3)));
    if (find(node, "enum") || find(node, "pattern") || find(node, "format")) {
      if (get_string(node, "pattern") != "^[^\\r\\n]*$")
        put("nonsense at " + at, whole, at, "\"; DROP TABLE contact; --");
    }
  }

  void number_faults(const Json& node, const Json& whole, const std::string& at) {
    if (const Json* most = find(node, "maximum"); most && most->is_int64() && most->as_int64() < INT64_MAX)
      put("too large at " + at, whole, at, most->as_int64() + 1);
    if (const Json* least = find(node, "minimum"); least && least->is_int64() && least->as_int64() > INT64_MIN)
      put("too small at " + at, whole, at, least->as_int64() - 1);
    if (get_string(node, "type") == "integer") put("a fraction at " + at, whole, at, 1.5);
  }

  void list_faults(const Json& node, const Json& whole, const std::string& at) {
    Json item = sample_of(node.at("items"), Fill::required_only);
    if (int64_t most = get_int(node, "maxItems"); most < 2000) {
      json::array many(static_cast<size_t>(most) + 1, item);
      put("too many at " + at, whole, at, std::move(many));
    }
    if (get_int(node, "minItems") > 0) put("too few at " + at, whole, at, json::array{});
    const Json& element = unwrapped(node.at("items"));
    if (find(element, "type")) put("a wrong element at " + at, whole, at, json::array{other_type(element)}, at + "/0");
    visit(node.at("items"), with(whole, at, json::array{item}), at + "/0");
  }

  void object_faults(const Json& node, const Json& whole, const std::string& at) {
    put("an unknown field in " + at, whole, at + "/role_id", "x");
    put("an injected tenant in " + at, whole, at + "/tenant_id", 1);
    for (const std::string& name : get_strings(node, "required")) {
      put("null instead of " + name, whole, at + "/" + name, nullptr);
      Json without = whole;
      Json& object = at.empty() ? without : without.at_pointer(at);
      if (object.is_object()) object.as_object().erase(name);
      out.push_back({"without " + at + "/" + name, onward::dump(without), at + "/" + name});
    }
    for (const auto& [name, property] : node.at("properties").as_object()) {
      std::string here = at + "/" + std::string(name);
      visit(property, with(whole, here, sample_of(property, Fill::required_only)), here);
    }
  }
};

void collect_ids(const Json& wrapped, const std::string& at, std::vector<std::pair<std::string, std::string>>& out) {
  const Json& node = unwrapped(wrapped);
  if (std::string prefix = id_prefix(node); !prefix.empty()) out.emplace_back(at, prefix);
  if (const Json* items = find(node, "items")) collect_ids(*items, at + "/0", out);
  if (const Json* properties = find(node, "properties"))
    for (const auto& [name, property] : properties->as_object())
      collect_ids(property, at + "/" + std::string(name), out);
}

bool type_fits(const Json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_bool();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type == "null" && value.is_null();
}

std::vector<std::string> types_of(const Json& schema) {
  const Json* type = find(schema, "type");
  if (!type) return {};
  if (type->is_string()) return {std::string(type->as_string())};
  return get_strings(schema, "type");
}

using Faults = std::vector<std::string>;

void join(Faults& to, Faults from) { to.insert(to.end(), from.begin(), from.end()); }

Faults object_faults(const json::object& value, const Json& schema, const Json& document, const std::string& at) {
  Faults out;
  const Json* properties = find(schema, "properties");
  const Json* rest = schema.as_object().if_contains("additionalProperties");
  for (const std::string& name : get_strings(schema, "required"))
    if (!value.contains(name)) out.push_back(at + "/" + name + " is missing");
  for (const auto& [name, member] : value) {
    std::string here = at + "/" + std::string(name);
    const Json* property = properties ? properties->as_object().if_contains(name) : nullptr;
    if (property)
      join(out, faults_of(member, *property, document, here));
    else if (rest && rest->is_bool() && !rest->as_bool())
      out.push_back(here + " is not described");
    else if (rest && rest->is_object())
      join(out, faults_of(member, *rest, document, here));
  }
  return out;
}

}  // namespace

Json sample_of(const Json& wrapped, Fill fill, Side side) {
  const Json& schema = unwrapped(wrapped);
  std::string type = get_string(schema, "type");
  if (type == "string") return Json(string_sample(schema, side));
  if (type == "integer") return std::clamp<int64_t>(1, get_int(schema, "minimum"), get_int(schema, "maximum", 1));
  if (type == "number") return std::clamp(1.0, get_double(schema, "minimum"), get_double(schema, "maximum", 1));
  if (type == "boolean") return true;
  if (type == "object") return object_sample(schema, fill, side);
  if (type == "array") {
    json::array out;
    if (get_int(schema, "minItems") > 0 || fill == Fill::everything)
      out.push_back(sample_of(schema.at("items"), fill, side));
    return out;
  }
  return json::object{};
}

std::string name_of(const api::Route& route) { return route.method + " " + route.path; }

std::string body_of(const api::Route& route, Fill fill, Side side) {
  return route.body ? onward::dump(sample_of(route.body->json_schema(), fill, side)) : std::string();
}

std::string query_of(const api::Route& route, Side side) {
  std::string out;
  for (const Field& f : route.query) {
    if (f.presence != shape::required) continue;
    Json value = sample_of(f.shape.json_schema(), Fill::required_only, side);
    out += (out.empty() ? "?" : "&") + f.name + "=" +
           (value.is_string() ? std::string(value.as_string()) : onward::dump(value));
  }
  return out;
}

std::vector<Malformed> malformed_of(const Json& schema) {
  Json whole = sample_of(schema, Fill::required_only);
  Builder builder{schema, {}};
  builder.visit(schema, whole, "");
  std::vector<Malformed>& out = builder.out;
  std::string text = onward::dump(whole);
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "[";
  out.push_back({"no body", "", ""});
  out.push_back({"another type", "[]", ""});
  out.push_back({"null", "null", ""});
  out.push_back({"cut short", text.substr(0, text.size() - 1), ""});
  out.push_back({"two values", text + text, ""});
  out.push_back({"not JSON", "<xml/>", ""});
  out.push_back({"deep nesting", "{\"deep\":" + deep, ""});
  out.push_back({"a NUL byte", std::string("{\"a\0\":1}", 8), "*"});
  out.push_back({"no UTF-8", "{\"a\":\"\xff\xfe\"}", "*"});
  out.push_back({"a lone surrogate", "{\"a\":\"\\ud800\"}", "*"});
  out.push_back({"a huge number", "{\"a\":1e999}", "*"});
  return std::move(out);
}

std::vector<std::pair<std::string, std::string>> ids_in(const Json& schema) {
  std::vector<std::pair<std::string, std::string>> out;
  collect_ids(schema, "", out);
  return out;
}

Json with(Json body, const std::string& pointer, Json value) {
  if (pointer.empty()) return value;
  size_t last = pointer.rfind('/');
  std::string parent = pointer.substr(0, last), name = pointer.substr(last + 1);
  json::error_code ec;
  Json* holder = parent.empty() ? &body : body.find_pointer(parent, ec);
  if (!holder) body = with(std::move(body), parent, name == "0" ? Json(json::array{nullptr}) : Json(json::object{}));
  holder = parent.empty() ? &body : body.find_pointer(parent, ec);
  check(holder != nullptr, "nothing at " + parent);
  if (holder->is_object()) {
    holder->as_object()[name] = std::move(value);
  } else if (holder->is_array()) {
    json::array& list = holder->as_array();
    if (list.empty()) list.push_back(nullptr);
    list.at(static_cast<size_t>(std::stoul(name))) = std::move(value);
  }
  return body;
}

std::vector<std::string> faults_of(const Json& value, const Json& schema, const Json& document, const std::string& at) {
  if (const Json* reference = find(schema, "$ref")) {
    json::error_code ec;
    const Json* target = document.find_pointer(std::string(reference->as_string()).substr(1), ec);
    if (!target) return {at + ": nothing is at " + std::string(reference->as_string())};
    return faults_of(value, *target, document, at);
  }
  if (const Json* branches = find(schema, "anyOf")) {
    Faults first;
    for (const Json& branch : branches->as_array()) {
      Faults faults = faults_of(value, branch, document, at);
      if (faults.empty()) return {};
      if (first.empty()) first = std::move(faults);
    }
    return first;
  }
  std::vector<std::string> types = types_of(schema);
  bool fits =
      types.empty() || std::any_of(types.begin(), types.end(), [&](const auto& t) { return type_fits(value, t); });
  if (!fits) return {at + " is no " + onward::dump(*find(schema, "type")) + ": " + onward::dump(value).substr(0, 60)};
  if (const Json* values = find(schema, "enum")) {
    const json::array& list = values->as_array();
    if (std::find(list.begin(), list.end(), value) == list.end())
      return {at + " is not one of " + onward::dump(*values)};
  }
  Faults out;
  if (value.is_object()) join(out, object_faults(value.as_object(), schema, document, at));
  if (const Json* items = find(schema, "items"); items && value.is_array())
    for (size_t i = 0; i < value.as_array().size(); ++i)
      join(out, faults_of(value.as_array()[i], *items, document, at + "/" + std::to_string(i)));
  return out;
}

}  // namespace onward::testing
