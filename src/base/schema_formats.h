// The formats of single strings known to schema.cc; private to base.
#pragma once
#include <string_view>

namespace onward::formats {

bool is_language(std::string_view);
bool is_country(std::string_view);
bool is_currency(std::string_view);
bool is_phone(std::string_view);
bool is_url(std::string_view);

// Counts code points; -1 when the text is not UTF-8.
long count_code_points(std::string_view);
bool has_control(std::string_view);     // C0 but \n \t, DEL, C1; requires UTF-8
bool has_line_break(std::string_view);  // \n, NEL, U+2028, U+2029; requires UTF-8

}  // namespace onward::formats
