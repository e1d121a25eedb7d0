// JSON values (Boost.JSON) and small accessors. Shape checking of outside input is base/schema.h.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/result.h"

namespace onward {

namespace json = boost::json;
using Json = boost::json::value;

// Parses outside text: depth <= 32, no duplicates kept (last wins). Error: Code::invalid with the byte position.
Result<Json> parse_json(std::string_view);
std::string dump(const Json&);

// Accessors for values whose shape is already known; a missing or other-typed member gives the default.
std::string get_string(const Json&, std::string_view key, std::string_view fallback = {});
int64_t get_int(const Json&, std::string_view key, int64_t fallback = 0);
double get_double(const Json&, std::string_view key, double fallback = 0);
bool get_bool(const Json&, std::string_view key, bool fallback = false);
const Json* find(const Json&, std::string_view key);  // nullptr when absent or null
std::vector<std::string> get_strings(const Json&, std::string_view key);

}  // namespace onward
