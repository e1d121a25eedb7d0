// /calendars/{token}.ics: an advisor's calendar for whoever has its address, which is its own credential.
#include "app/calendars/feed.h"

#include "http/conditional.h"
#include "pages/book_guard.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr std::string_view kSuffix = ".ics";

http::Response plain_wait(Millis wait) {
  http::Response r = http::Response::problem(429, "Too many requests; try again later.");
  r.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
  return r;
}

}  // namespace

http::Response show_calendar_feed(const House& house, const http::Request& request) {
  if (auto wait = too_often(house, request, Visits::looking, "calendars")) return plain_wait(*wait);
  std::string_view file = request.param("file");
  auto text = Result<std::string>(fail(Code::not_found, "there is no such calendar"));
  Status read = house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    if (file.ends_with(kSuffix))
      text = app::calendars::read_feed(step, std::string(file.substr(0, file.size() - kSuffix.size())));
    return {};
  });
  if (!read) return http::Response::problem(read.error());
  if (!text) {
    auto wait = too_often(house, request, Visits::guessing, "calendars");
    return wait ? plain_wait(*wait) : http::Response::problem(text.error());
  }
  http::Response r = http::Response::text(200, std::move(*text));
  r.set("Content-Type", "text/calendar; charset=utf-8; method=PUBLISH");
  r = http::revalidated(request, std::move(r), std::nullopt);
  r.set("Cache-Control", "private, no-cache").set("X-Robots-Tag", "noindex, nofollow");
  return r;
}

}  // namespace onward::pages
