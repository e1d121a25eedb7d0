// The request target: what stands between method and version in the first line. Internal to http.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace onward::http {

struct Target {
  std::string path;  // as Request::path promises
  Pairs query;
};

// Accepts origin form ("/a?b=c") and absolute form ("http://host/a"). Errors: Code::invalid.
Result<Target> parse_target(std::string_view target);

// The address to hold responsible: the peer, or, when the peer is a trusted proxy, the last address in X-Forwarded-For
// that is none. Stops at what is not an IP address.
std::string client_address(const std::string& peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted_proxies);

}  // namespace onward::http
