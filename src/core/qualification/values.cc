#include "core/qualification/values.h"

#include <charconv>
#include <cmath>
#include <string>

#include "base/text.h"

namespace onward::qualification {

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > 40) return std::nullopt;
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string_view rest = text.substr(i);
    if (rest[0] == ' ') continue;
    if (rest.starts_with("\xC2\xA0")) {  // no-break space
      ++i;
    } else if (rest.starts_with("\xE2\x80\xAF")) {  // narrow no-break space
      i += 2;
    } else if ((rest[0] >= '0' && rest[0] <= '9') || (rest[0] == '-' && i == 0) || rest[0] == '.' || rest[0] == ',') {
      plain += rest[0] == ',' ? '.' : rest[0];
    } else {
      return std::nullopt;
    }
  }
  double value = 0;
  auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc{} || end != plain.data() + plain.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<Date> parse_day(std::string_view s) {
  auto number = [&](size_t at, size_t size) {
    int out = 0;
    for (char c : s.substr(at, size)) {
      if (c < '0' || c > '9') return -1;
      out = out * 10 + (c - '0');
    }
    return out;
  };
  if (s.size() != 10 || s[4] != '-' || s[7] != '-') return std::nullopt;
  int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month(month), std::chrono::day(day)};
  return date.ok() ? std::optional(Date{year, month, day}) : std::nullopt;
}

}  // namespace onward::qualification
