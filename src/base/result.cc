#include "base/result.h"

#include <fmt/format.h>

#include "base/check.h"

namespace onward {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::invalid: return "invalid";
    case Code::unauthorized: return "unauthorized";
    case Code::forbidden: return "forbidden";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::precondition: return "precondition";
    case Code::too_large: return "too_large";
    case Code::unprocessable: return "unprocessable";
    case Code::rate_limited: return "rate_limited";
    case Code::unavailable: return "unavailable";
    case Code::unknown: return "unknown";
    case Code::internal: return "internal";
  }
  return "internal";
}

void bug(const char* expression, const char* file, int line, const std::string& why) {
  throw Bug(fmt::format("{}:{}: {}{}{}", file, line, expression, why.empty() ? "" : ": ", why));
}

}  // namespace onward
