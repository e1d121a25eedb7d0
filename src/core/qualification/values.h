// Numbers and dates as people and browsers write them.
#pragma once
#include <optional>
#include <string_view>

#include "base/zone.h"

namespace onward::qualification {

// "1500", "1 500,5", "-2.25": blanks between digits are allowed, the comma is a decimal one. Finite.
std::optional<double> parse_number(std::string_view);
// YYYY-MM-DD, a real date of the years 1900..2199: people have birthdays before 1970.
std::optional<Date> parse_day(std::string_view);

}  // namespace onward::qualification
