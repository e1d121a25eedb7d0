#include "http/conditional.h"

#include <charconv>

#include "base/crypto.h"
#include "base/zone.h"
#include "http/wire.h"

namespace onward::http {
namespace {

constexpr size_t kTagLength = 16;

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

}  // namespace

std::string etag_of(std::string_view body) { return '"' + sha256_hex(body).substr(0, kTagLength) + '"'; }

bool names_etag(std::string_view field, std::string_view etag, Compare compare) {
  if (trimmed(field) == "*") return true;
  while (!field.empty()) {  // our tags hold no comma, so a foreign tag torn at its comma matches nothing
    size_t comma = field.find(',');
    std::string_view tag = trimmed(field.substr(0, comma));
    if (compare == Compare::weak && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
    field.remove_prefix(comma == field.npos ? field.size() : comma + 1);
  }
  return false;
}

std::optional<Instant> parse_http_date(std::string_view text) {
  constexpr size_t kLength = 29;  // "Sun, 06 Nov 1994 08:49:37 GMT"
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != kLength) return std::nullopt;
  auto number = [&](size_t at, size_t digits) {
    int n = -1;
    auto [end, ec] = std::from_chars(text.data() + at, text.data() + at + digits, n);
    return ec == std::errc() && end == text.data() + at + digits ? n : -1;
  };
  size_t month = kMonths.find(text.substr(8, 3));
  Date date{number(12, 4), static_cast<int>(month / 3) + 1, number(5, 2)};
  int hour = number(17, 2), minute = number(20, 2), second = number(23, 2);
  bool real = month != kMonths.npos && month % 3 == 0 && parse_date(to_string(date));
  if (!real || hour < 0 || minute < 0 || second < 0 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  Instant t =
      utc().midnight(date) + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  if (http_date(t) != text) return std::nullopt;  // another weekday, another form
  return t;
}

Response revalidated(const Request& request, Response response, std::optional<Instant> modified) {
  if (response.status != 200) return response;
  std::string tag = etag_of(response.body);
  auto known = find_header(request.headers, "If-None-Match");
  auto since = known ? std::nullopt : parse_http_date(request.header("If-Modified-Since"));
  bool same = known && names_etag(*known, tag, Compare::weak);
  if (since && modified) same = std::chrono::floor<std::chrono::seconds>(*modified) <= *since;
  if (same) {
    response.status = 304;
    response.body.clear();
    std::erase_if(response.headers, [](const auto& h) { return h.first == "Content-Type"; });
  }
  response.set("ETag", tag).set("Cache-Control", "public, no-cache");
  if (modified) response.set("Last-Modified", http_date(*modified));
  return response;
}

}  // namespace onward::http
