#include "cli/forecast.h"

#include <fmt/format.h>

namespace onward::cli {

void print_forecast(const Json& forecast) {
  const auto& rows = forecast.at("data").as_array();
  fmt::print("{:<22}{:<20}{:<8}{:<12}{}\n", "at", "conversation", "kind", "state", "title");
  for (const Json& row : rows) {
    std::string reason = get_string(row, "reason");
    fmt::print("{:<22}{:<20}{:<8}{:<12}{}{}\n", get_string(row, "at"), get_string(row, "conversation_id"),
               get_string(row, "kind"), get_string(row, "state"), get_string(row, "title"),
               reason.empty() ? "" : " (" + reason + ")");
  }
  fmt::print("{} touches until {}\n", rows.size(), get_string(forecast, "until"));
  for (const Json& limit : forecast.at("limits").as_array())
    fmt::print("note: {}\n", std::string_view(limit.as_string()));
}

}  // namespace onward::cli
