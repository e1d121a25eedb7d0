#include "http/wire.h"

#include "base/check.h"

namespace onward::http {
namespace {

using Header = std::pair<std::string_view, std::string_view>;

// Referrer-Policy is same-origin: with no-referrer browsers send "Origin: null" on our own forms, and the check of
// Origin against cross-site posts could not tell them apart.
constexpr Header kSecurityHeaders[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"X-Frame-Options", "DENY"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; "
     "frame-ancestors 'none'; base-uri 'none'; connect-src 'self'"},
};

constexpr std::string_view kOwned[] = {"Content-Length", "Date", "Connection", "Transfer-Encoding", "X-Request-Id"};

bool is_owned(const std::string& name) {
  Pairs one{{name, ""}};
  return std::any_of(std::begin(kOwned), std::end(kOwned), [&](auto owned) { return find_header(one, owned); });
}

void append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string serialize_head(const Response& response, const WireOptions& options) {
  check(response.status >= 200 && response.status <= 599, "response status");
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append(out, "Date", options.date);
  for (const auto& [name, value] : response.headers) {
    check(is_header_name(name) && is_header_value(value), "response header");
    if (!is_owned(name)) append(out, name, value);
  }
  for (const auto& [name, value] : kSecurityHeaders)
    if (!find_header(response.headers, name)) append(out, name, value);
  if (!options.request_id.empty()) append(out, "X-Request-Id", options.request_id);
  bool bodiless = response.status == 204 || response.status == 304;
  check(!bodiless || response.body.empty(), "a body where none may be");
  if (!bodiless) append(out, "Content-Length", fmt::format_int(response.body.size()).c_str());
  append(out, "Connection", options.keep_alive ? "keep-alive" : "close");
  return out += "\r\n";
}

std::string http_date(Instant now) {
  constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto day = std::chrono::floor<std::chrono::days>(now);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

}  // namespace onward::http
