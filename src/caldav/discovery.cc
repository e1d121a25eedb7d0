#include "caldav/discovery.h"

#include <fmt/format.h>

namespace onward::caldav {
namespace {

constexpr std::string_view kAboutCalendars =
    "<d:resourcetype/><d:current-user-principal/><c:calendar-home-set/><c:supported-calendar-component-set/>";

std::string with_slash(std::string url) {
  if (!url.ends_with('/')) url += '/';
  return url;
}

// What a server says about one address: the calendar itself, or where to look on.
struct Signs {
  std::string calendar, home, principal;
};

Result<Signs> look_at(const Exchange& exchange, const std::string& url) {
  Found found = TRY(propfind(exchange, url, 0, kAboutCalendars));
  Signs out;
  for (const Resource& r : found.resources) {
    if (r.is_calendar()) out.calendar = found.url;
    if (std::string home = r.href_in(kCalDav, "calendar-home-set"); !home.empty())
      out.home = TRY(resolve(found.url, home));
    if (std::string principal = r.href_in(kDav, "current-user-principal"); !principal.empty())
      out.principal = TRY(resolve(found.url, principal));
  }
  return out;
}

Result<std::string> first_calendar(const Exchange& exchange, const std::string& home) {
  Found found = TRY(propfind(exchange, home, 1, kAboutCalendars));
  for (const Resource& r : found.resources)
    if (r.is_calendar()) return with_slash(TRY(resolve(found.url, r.href)));
  return fail(Code::not_found, "There is no calendar in this account.");
}

bool is_root(const std::string& url) {
  size_t path = url.find('/', url.find("://") + 3);
  return path == url.npos || path + 1 == url.size();
}

}  // namespace

Result<Found> propfind(const Exchange& exchange, const std::string& url, int depth, std::string_view properties) {
  std::string body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><d:propfind xmlns:d=\"{}\" xmlns:c=\"{}\" xmlns:cs=\"{}\">"
      "<d:prop>{}</d:prop></d:propfind>",
      kDav, kCalDav, kCalendarServer, properties);
  Told told = TRY(
      exchange.ask({.method = "PROPFIND",
                    .url = url,
                    .headers = {{"Depth", std::to_string(depth)}, {"Content-Type", "application/xml; charset=utf-8"}},
                    .body = std::move(body)}));
  if (told.response.status != 207) return fail(Code::invalid, "The server does not answer as CalDAV does.");
  return Found{TRY(read_multistatus(told.response.body)), std::move(told.url)};
}

Result<std::string> find_collection(const ports::CalendarAccount& account, const Exchange& exchange) {
  if (!account.collection.empty()) return account.collection;
  auto signs = look_at(exchange, account.url);
  if (!signs && is_root(account.url)) signs = look_at(exchange, TRY(resolve(account.url, "/.well-known/caldav")));
  if (!signs) return fail(std::move(signs.error()));
  if (!signs->calendar.empty()) return with_slash(signs->calendar);
  if (signs->home.empty() && !signs->principal.empty()) signs = TRY(look_at(exchange, signs->principal));
  if (signs->home.empty()) return fail(Code::not_found, "There is no calendar at this address.");
  return first_calendar(exchange, signs->home);
}

}  // namespace onward::caldav
