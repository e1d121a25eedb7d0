// A response as bytes. Internal to http.
#pragma once
#include <chrono>
#include <string>

#include "base/instant.h"
#include "http/message.h"

namespace onward::http {

struct WireOptions {
  std::string_view date;  // see http_date()
  std::string_view request_id;
  bool keep_alive = true;
};

// Status line and headers with the closing empty line. A header that must not be sent is a Bug.
std::string serialize_head(const Response& response, const WireOptions& options);

std::string http_date(Instant now);  // IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT"

}  // namespace onward::http
