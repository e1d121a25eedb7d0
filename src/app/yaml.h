// Documents as YAML: what people keep in files. Values in, values out; safe on outside text.
//
// Read: YAML 1.2 with the core types (null, true, false, numbers; everything else is text, so 09:30, yes and dates stay
// what they look like). At most 64 KiB, 16 levels, one document; anchors, aliases, tags, keys that are not plain text
// and duplicate keys are refused with their line. Written: block style, texts quoted wherever some reader would take
// them for a number, a time or a truth value.
#pragma once
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace onward::app {

constexpr size_t kMaxYamlBytes = 64 * 1024;
constexpr int kMaxYamlDepth = 16;

// Error: Code::invalid, code "yaml", the message names the line.
Result<Json> parse_yaml(std::string_view text);

// `schema` (a JSON Schema with properties and items, see Shape::json_schema) gives the order of the keys; keys that it
// does not name follow in their own order. Null: every key in its own order.
std::string to_yaml(const Json&, const Json& schema = nullptr);

}  // namespace onward::app
