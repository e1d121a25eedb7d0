#include "caldav/exchange.h"

#include <boost/url.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace onward::caldav {
namespace {

namespace urls = boost::urls;

constexpr std::chrono::milliseconds kConnectTime{5'000};
constexpr std::chrono::milliseconds kWholeTime{20'000};

std::string origin_of(const std::string& url) {
  auto parsed = urls::parse_uri(url);
  if (!parsed) return {};
  std::string port(parsed->port());
  std::string scheme = ascii_lower(std::string_view(parsed->scheme().data(), parsed->scheme().size()));
  if (port.empty()) port = scheme == "https" ? "443" : "80";
  return fmt::format("{}://{}:{}", scheme, ascii_lower(parsed->encoded_host()), port);
}

std::string host_of(const std::string& url) {
  auto parsed = urls::parse_uri(url);
  if (!parsed) return {};
  std::string host = parsed->host();
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return ascii_lower(host);
}

bool reads_only(const std::string& method) { return method == "GET" || method == "PROPFIND" || method == "REPORT"; }

bool is_redirect(int status) { return status == 301 || status == 302 || status == 307 || status == 308; }

}  // namespace

Error error_of(int status) {
  auto error = [&](Code code, std::string_view what) {
    return Error{code, fmt::format("{}: {}", what, status), {}, {}};
  };
  switch (status) {
    case 401: return error(Code::unauthorized, "The calendar's server refused the user name or the password");
    case 403: return error(Code::forbidden, "The calendar's server does not allow this");
    case 404:
    case 410: return error(Code::not_found, "There is no calendar at this address");
    case 429: return error(Code::unavailable, "The calendar's server asks us to wait");
    case 507: return error(Code::unavailable, "The calendar's server has no room left");
    default:
      return error(status >= 500 ? Code::unavailable : Code::invalid,
                   "The calendar's server gave an unexpected answer");
  }
}

bool same_origin(const std::string& a, const std::string& b) {
  std::string of_a = origin_of(a);
  return !of_a.empty() && of_a == origin_of(b);
}

Result<std::string> resolve(const std::string& base, const std::string& href) {
  auto from = urls::parse_uri(base);
  auto to = urls::parse_uri_reference(href);
  if (!from || !to) return fail(Code::invalid, "The calendar's server names an address that is none.");
  urls::url out;
  if (!urls::resolve(*from, *to, out))
    return fail(Code::invalid, "The calendar's server names an address that is none.");
  out.remove_fragment();
  std::string text(out.buffer());
  if (base.starts_with("https:") && !text.starts_with("https:"))
    return fail(Code::forbidden, "The calendar's server leads to an address without encryption.");
  return text;
}

Result<Told> Exchange::send(Ask ask) const {
  http::EgressPolicy policy{.enabled = true, .allow_private_hosts = account_.private_hosts};
  bool has_password = !account_.username.empty() || !account_.password.empty();
  std::string url = ask.url;
  for (int redirects = 0;; ++redirects) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return fail(Code::unavailable, "The calendar's server takes too long.");
    http::ClientRequest request{.method = ask.method,
                                .url = url,
                                .headers = ask.headers,
                                .body = ask.body,
                                .connect_timeout = kConnectTime,
                                .timeout = std::min(kWholeTime, left),
                                .max_body = kMaxAnswer};
    request.headers.emplace_back("User-Agent", "Onward");
    if (has_password && (redirects == 0 || same_origin(url, ask.url))) {
      bool listed = std::ranges::find(account_.private_hosts, host_of(url)) != account_.private_hosts.end();
      if (!url.starts_with("https:") && !listed)
        return fail(Code::forbidden, "A password is sent over https only, or to a host that the settings name.");
      request.headers.emplace_back("Authorization", "Basic " + base64(account_.username + ":" + account_.password));
    }
    auto response = http::fetch(policy, request);
    if (!response) {
      Error error = std::move(response.error());
      if (error.message.ends_with('.')) error.message.pop_back();
      if (!error.detail.empty()) error.message = fmt::format("{}: {}", error.message, error.detail);
      return fail(std::move(error));
    }
    if (!is_redirect(response->status) || !reads_only(ask.method)) return Told{std::move(*response), url};
    if (redirects == kMaxRedirects) return fail(Code::invalid, "The calendar's server leads on and on.");
    url = TRY(resolve(url, std::string(response->header("Location"))));
  }
}

Result<Told> Exchange::ask(Ask ask, int also) const {
  Told told = TRY(send(std::move(ask)));
  if (told.response.status / 100 != 2 && told.response.status != also) return fail(error_of(told.response.status));
  return told;
}

}  // namespace onward::caldav
