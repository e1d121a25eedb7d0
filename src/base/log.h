// Structured log: one JSON object a line on stderr. Values are ids, counts, codes and durations; never a message body,
// an address, a name or a secret. `log_line("touch.sent", {{"touch", id.text()}, {"ms", 12}})`
#pragma once
#include <initializer_list>
#include <string_view>
#include <type_traits>

#include "base/json.h"

namespace onward {

enum class LogLevel { debug, info, warning, error };
struct LogField {
  template <class T>
  LogField(std::string_view name, const T& given) : key(name) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>)
      value = json::string_view(std::string_view(given));
    else
      value = given;
  }
  std::string_view key;
  Json value;
};

void log_line(LogLevel, std::string_view event, std::initializer_list<LogField> fields = {});
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_line(LogLevel::info, event, fields);
}
inline void log_warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_line(LogLevel::warning, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_line(LogLevel::error, event, fields);
}
void set_log_level(LogLevel);  // default: info; set once at boot

}  // namespace onward
