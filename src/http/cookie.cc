#include "base/check.h"
#include "http/form.h"

namespace onward::http {
namespace {

constexpr size_t kMaxCookies = 64;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_cookie_octet(char c) {  // RFC 6265, 4.1.1
  auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

std::string_view to_string(SameSite same_site) {
  switch (same_site) {
    case SameSite::lax: return "Lax";
    case SameSite::strict: return "Strict";
    case SameSite::none: return "None";
  }
  return "Strict";
}

}  // namespace

std::string build_set_cookie(const SetCookie& cookie) {
  check(is_header_name(cookie.name), "cookie name");
  check(std::all_of(cookie.value.begin(), cookie.value.end(), is_cookie_octet), "cookie value");
  check(is_local_path(cookie.path) && cookie.path.find(';') == std::string::npos, "cookie path");
  check(!cookie.name.starts_with("__Host-") || (cookie.secure && cookie.path == "/"), "__Host- cookie");
  check(cookie.same_site != SameSite::none || cookie.secure, "SameSite=None needs Secure");
  std::string out = fmt::format("{}={}; Path={}", cookie.name, cookie.value, cookie.path);
  if (cookie.max_age) out += fmt::format("; Max-Age={}", cookie.max_age->count());
  if (cookie.http_only) out += "; HttpOnly";
  if (cookie.secure) out += "; Secure";
  out += "; SameSite=";
  out += to_string(cookie.same_site);
  return out;
}

Pairs parse_cookies(std::string_view header) {
  Pairs cookies;
  while (!header.empty() && cookies.size() < kMaxCookies) {
    std::string_view part = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(part.size() + 1, header.size()));
    size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view name = trim(part.substr(0, equals));
    std::string_view value = trim(part.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (!is_header_name(name) || !std::all_of(value.begin(), value.end(), is_cookie_octet)) continue;
    cookies.emplace_back(name, value);
  }
  return cookies;
}

std::optional<std::string> cookie(const Request& request, std::string_view name) {
  for (auto& [key, value] : parse_cookies(request.header("Cookie")))
    if (key == name) return value;
  return std::nullopt;
}

}  // namespace onward::http
