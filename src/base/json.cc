#include "base/json.h"

#include <fmt/format.h>

namespace onward {

Result<Json> parse_json(std::string_view text) {
  json::error_code ec;
  json::stream_parser parser({}, json::parse_options{.max_depth = 32});
  size_t used = parser.write_some(text.data(), text.size(), ec);
  if (!ec) parser.finish(ec);
  if (!ec && used != text.size() && text.find_first_not_of(" \t\r\n", used) != text.npos)
    return fail_field("", "syntax", fmt::format("the body has text after its JSON value, at byte {}", used));
  if (ec) return fail_field("", "syntax", fmt::format("the body is not JSON: {} near byte {}", ec.message(), used));
  return parser.release();
}

std::string dump(const Json& value) { return json::serialize(value); }

const Json* find(const Json& value, std::string_view key) {
  if (!value.is_object()) return nullptr;
  const Json* member = value.get_object().if_contains(key);
  return member && !member->is_null() ? member : nullptr;
}

std::string get_string(const Json& value, std::string_view key, std::string_view fallback) {
  const Json* m = find(value, key);
  return m && m->is_string() ? std::string(m->get_string()) : std::string(fallback);
}
int64_t get_int(const Json& value, std::string_view key, int64_t fallback) {
  const Json* m = find(value, key);
  if (m && m->is_int64()) return m->get_int64();
  if (m && m->is_uint64()) return static_cast<int64_t>(m->get_uint64());
  return fallback;
}
double get_double(const Json& value, std::string_view key, double fallback) {
  const Json* m = find(value, key);
  if (m && m->is_double()) return m->get_double();
  if (m && m->is_int64()) return static_cast<double>(m->get_int64());
  return fallback;
}
bool get_bool(const Json& value, std::string_view key, bool fallback) {
  const Json* m = find(value, key);
  return m && m->is_bool() ? m->get_bool() : fallback;
}
std::vector<std::string> get_strings(const Json& value, std::string_view key) {
  std::vector<std::string> out;
  if (const Json* m = find(value, key); m && m->is_array())
    for (const Json& item : m->get_array())
      if (item.is_string()) out.emplace_back(item.get_string());
  return out;
}

}  // namespace onward
