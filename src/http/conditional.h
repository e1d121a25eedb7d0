// Conditional requests (RFC 9110 section 13): what If-Match, If-None-Match and If-Modified-Since say about a body.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "http/message.h"

namespace onward::http {

std::string etag_of(std::string_view body);  // quoted, strong
// Whether the field value names the tag: "*", or a list. If-None-Match compares weakly, If-Match strongly.
enum class Compare { weak, strong };
bool names_etag(std::string_view field, std::string_view etag, Compare);
// IMF-fixdate only, what http_date() writes; nullopt for anything else.
std::optional<Instant> parse_http_date(std::string_view);

// Marks an answer of 200 with ETag, Last-Modified and "public, no-cache", so that caches may keep it and ask each time;
// 304 without a body when the asker has it already. If-None-Match wins over If-Modified-Since.
Response revalidated(const Request& request, Response response, std::optional<Instant> modified);

}  // namespace onward::http
