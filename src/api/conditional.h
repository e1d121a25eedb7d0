// ETags (RFC 9110 section 13): what If-Match and If-None-Match say about a body. Internal to api.
#pragma once
#include <string>
#include <string_view>

namespace onward::api {

std::string etag_of(std::string_view body);  // quoted, strong
// Whether the field value names the tag: "*", or a list. If-None-Match compares weakly, If-Match strongly.
enum class Compare { weak, strong };
bool names_etag(std::string_view field, std::string_view etag, Compare);

}  // namespace onward::api
