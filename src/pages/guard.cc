#include "pages/guard.h"

#include <algorithm>

#include "base/crypto.h"

namespace onward::pages {
namespace {

constexpr Millis kSeenEvery{10 * 60'000};  // a write a page would be too many
constexpr std::string_view kRooms[] = {"/today",    "/conversations", "/touches", "/pipeline",
                                       "/contacts", "/forecast",      "/demo",    "/desk"};

Zone zone_of(const std::string& name) {
  auto zone = find_zone(name);
  return zone ? *zone : utc();
}

std::string language_of(const app::Session& session, const http::Request& request) {
  std::vector<std::string> wishes = {session.chosen_language};
  wishes.insert(wishes.end(), session.languages.begin(), session.languages.end());
  for (std::string& tag : accepted_languages(request.header("Accept-Language"))) wishes.push_back(std::move(tag));
  return choose_language(wishes);
}

Result<std::optional<Visit>> visit_of(const House& house, const http::Request& request) {
  auto token = http::cookie(request, cookie_name(house));
  if (!token || token->empty()) return std::nullopt;
  std::string hash = app::session_hash(*token);
  std::optional<app::Session> session;
  Instant now;
  TRY_VOID(house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    session = app::find_session(step, hash);
    now = step.now;
    return {};
  }));
  if (!session) return std::nullopt;
  if (now - session->seen_at > kSeenEvery)
    TRY_VOID(house.runner.write(app::Lane::background, session->caller, [&](app::Step& step) -> Status {
      app::see_session(step, hash);
      return {};
    }));
  std::string csrf = hmac_sha256_hex(house.runner.services().secret, "form:" + *token);
  Zone zone = zone_of(session->zone);
  Words words(language_of(*session, request));
  return Visit{house, request, std::move(*session), hash, csrf, std::move(words), zone, now, {}};
}

http::Response to_sign_in(const http::Request& request) {
  std::string next = request.method == "POST" ? std::string() : "?next=" + http::percent_encode(request.path);
  return see("/signin" + next);
}

std::string_view host_of(std::string_view url) {
  size_t at = url.find("://");
  if (at != url.npos) url.remove_prefix(at + 3);
  return url.substr(0, url.find('/'));
}

}  // namespace

std::string cookie_name(const House& house) { return house.options.https ? "__Host-onward" : "onward"; }

std::string session_cookie(const House& house, const std::string& token) {
  return http::build_set_cookie({.name = cookie_name(house), .value = token, .secure = house.options.https});
}

std::string ended_cookie(const House& house) {
  return http::build_set_cookie(
      {.name = cookie_name(house), .value = "", .max_age = std::chrono::seconds{0}, .secure = house.options.https});
}

std::string next_path(std::string_view wanted) {
  bool plain = std::ranges::all_of(
      wanted, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '_' || c == '-'; });
  if (!plain || !http::is_local_path(wanted)) return "/today";
  for (std::string_view room : kRooms)
    if (wanted == room || (wanted.starts_with(room) && wanted[room.size()] == '/')) return std::string(wanted);
  return "/today";
}

bool from_our_pages(const http::Request& request, std::string_view base_url) {
  std::string_view site = request.header("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin") return false;
  std::string_view origin = request.header("Origin");
  if (origin.empty()) return true;
  if (!origin.starts_with("http://") && !origin.starts_with("https://")) return false;
  return host_of(origin) == request.header("Host") || host_of(origin) == host_of(base_url);
}

http::Response show(const House& house, const http::Request& request, Page page) {
  auto visit = visit_of(house, request);
  if (!visit) return draw_plain_error(house, request, visit.error());
  return *visit ? page(**visit) : to_sign_in(request);
}

http::Response act(const House& house, const http::Request& request, Page page) {
  auto visit = visit_of(house, request);
  if (!visit) return draw_plain_error(house, request, visit.error());
  if (!*visit) return to_sign_in(request);
  Visit& v = **visit;
  auto form = http::parse_form(request);
  if (!form) return draw_error(v, form.error());
  v.form = std::move(*form);
  bool ours = from_our_pages(request, house.runner.services().base_url);
  if (!ours || !equal_constant_time(v.typed("csrf"), v.csrf))
    return draw_error(
        v,
        Error{Code::forbidden, "this form is not from this session: go back, load the page again and repeat", {}, {}});
  return page(v);
}

}  // namespace onward::pages
