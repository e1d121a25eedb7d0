// The feed of an advisor's calendar (public: its address is the credential), and the desk's list of calendars
// elsewhere.
#include "app/calendars/calendars.h"

#include "app/calendars/feed.h"
#include "http/conditional.h"
#include "pages/book_guard.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr int64_t kListed = 500;
const std::string kDesk = "/desk/calendars";
constexpr std::string_view kSuffix = ".ics";

http::Response plain_wait(Millis wait) {
  http::Response r = http::Response::problem(429, "Too many requests; try again later.");
  r.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
  return r;
}

// "Calendar of Ann: read 4 min ago".
std::string sentence_of(const Visit& v, const Json& c, const std::string& name) {
  auto read = parse_rfc3339(get_string(c, "fetched_at"));
  if (!read) return v.words.say("desk_calendar.never", {{"name", name}});
  return v.words.say("desk_calendar.read", {{"name", name}, {"span", v.words.span(v.now - *read)}});
}

json::object chip_of(const Visit& v, const std::string& fresh) {
  return {{"chip", v.words.word("fresh", fresh)},
          {"tone", fresh == "ok"      ? "active"
                   : fresh == "stale" ? "due"
                                      : "problem"},
          {"chip_icon", fresh == "ok"      ? "check"
                        : fresh == "stale" ? "clock"
                                           : "alert"}};
}

json::object row_of(const Visit& v, const Json& c, const std::map<std::string, std::string>& people) {
  auto found = people.find(get_string(c, "advisor_id"));
  json::object row = chip_of(v, get_string(c, "fresh"));
  row["sentence"] = sentence_of(v, c, found == people.end() ? get_string(c, "advisor_id") : found->second);
  row["where"] = v.words.say(get_bool(c, "write") ? "desk_calendar.both" : "desk_calendar.reads",
                             {{"host", get_string(c, "host")}});
  row["error"] = v.words.phrase(get_string(c, "error"));
  int64_t pending = get_int(c, "pending"), missed = get_int(c, "not_understood");
  row["pending"] = pending ? v.words.count("desk_calendar.pending", pending) : std::string();
  row["write_error"] = v.words.phrase(get_string(c, "write_error"));
  row["missed"] = missed ? v.words.count("desk_calendar.missed", missed) : std::string();
  row["refresh_path"] = kDesk + "/" + get_string(c, "id") + "/refresh";
  return row;
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

http::Response list_calendars_at_desk(const Visit& v) {
  auto found = look(v, [](app::Step& step) -> Result<Json> {
    return Json(TRY(app::calendars::list_calendars(step, {}, {.after = 0, .limit = kListed})));
  });
  if (!found) return draw_error(v, found.error());
  auto people = people_of(v);
  json::array rows;
  for (const Json& c : found->as_array()) rows.push_back(row_of(v, c, people));
  json::object model = frame(v, v.words.say("nav.calendars"), Room::calendars);
  model["rows"] = std::move(rows);
  return draw(v, "desk_calendars", std::move(model));
}

http::Response refresh_at_desk(const Visit& v) {
  auto id = path_id<CalendarId>(v);
  auto done = id ? change(v, [&](app::Step& step) { return app::calendars::refresh_calendar(step, *id); })
                 : Result<Json>(fail(id.error()));
  return done ? see(kDesk) : draw_error(v, done.error());
}

}  // namespace onward::pages
