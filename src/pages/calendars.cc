// Calendars at the desk: which are read and written elsewhere, how fresh each is, and the addresses of advisors' feeds.
#include "app/calendars/calendars.h"

#include "app/advisors.h"
#include "app/calendars/feed.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

using Kind = Field::Kind;

constexpr int64_t kListed = 500;
const std::string kDesk = "/desk/calendars";

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
  int64_t clashes = get_int(c, "clashes");
  row["clashes"] = clashes ? v.words.count("desk_calendar.clashes", clashes) : std::string();
  row["refresh_path"] = kDesk + "/" + get_string(c, "id") + "/refresh";
  return row;
}

// Whose calendars this reader may change.
std::vector<Choice> advisors_for(app::Step& step, const Visit& v) {
  std::vector<Choice> out;
  const app::Caller& caller = v.caller();
  auto all = app::list_advisors(step, caller.role == app::Role::manager ? caller.agency : AgencyId{}, {0, kListed});
  if (!all || !caller.may_change()) return out;
  for (const Json& a : *all) {
    std::string id = get_string(a, "id");
    if (caller.role == app::Role::advisor && id != caller.advisor.text()) continue;
    out.push_back({id, get_string(a, "name"), id == caller.advisor.text()});
  }
  return out;
}

Form calendar_form(const Visit& v, const std::vector<Choice>& advisors) {
  const Words& w = v.words;
  auto label = [&](std::string_view name) { return w.word("desk_calendar", name); };
  Form form("calendar", kDesk, w.say("desk_calendar.add"));
  form.add({.name = "advisor_id", .label = label("advisor"), .kind = Kind::select, .choices = advisors})
      .add({.name = "kind",
            .label = label("kind"),
            .kind = Kind::select,
            .choices = {{"caldav", label("caldav"), true}, {"ics", label("ics"), false}}})
      .add({.name = "url", .label = label("url"), .required = true, .hint = w.say("desk_calendar.url_hint")})
      .add({.name = "user", .label = label("user"), .autocomplete = "off"})
      .add({.name = "password",
            .label = label("password"),
            .kind = Kind::password,
            .hint = w.say("desk_calendar.password_hint"),
            .autocomplete = "new-password"})
      .add({.name = "write",
            .label = label("write"),
            .kind = Kind::checks,
            .choices = {{"yes", label("write_yes"), false}}});
  return form;
}

Form feed_form(const Visit& v, const std::vector<Choice>& advisors) {
  Form form("feed", kDesk + "/feed", v.words.say("desk_calendar.open_feed"));
  form.add({.name = "feed_advisor",
            .label = v.words.say("desk_calendar.advisor"),
            .kind = Kind::select,
            .hint = v.words.say("desk_calendar.feed_hint"),
            .choices = advisors});
  return form;
}

struct Shelf {
  json::array calendars;
  std::vector<Choice> advisors;
};

// `error`: of what was typed. `url`: of a feed that was just opened.
http::Response draw_calendars(const Visit& v, const Error* error, const std::string& url = {}) {
  Shelf shelf;
  auto found = look(v, [&](app::Step& step) -> Result<Json> {
    shelf.calendars = TRY(app::calendars::list_calendars(step, {}, {0, kListed}));
    shelf.advisors = advisors_for(step, v);
    return Json(nullptr);
  });
  if (!found) return draw_error(v, found.error());
  auto people = people_of(v);
  json::array rows, forms;
  for (const Json& c : shelf.calendars) rows.push_back(row_of(v, c, people));
  if (!shelf.advisors.empty()) {
    Form form = calendar_form(v, shelf.advisors);
    if (error) {
      form.keep(v.form);
      form.blame(*error, v.words);
    }
    forms = {form.view(v.words, v.csrf), feed_form(v, shelf.advisors).view(v.words, v.csrf)};
    forms[0].as_object()["summary"] = v.words.say("desk_calendar.add");
    forms[1].as_object()["summary"] = v.words.say("desk_calendar.open_feed");
  }
  json::object model = frame(v, v.words.say("nav.calendars"), Room::calendars);
  model["rows"] = std::move(rows);
  model["forms"] = std::move(forms);
  model["feed_url"] = url;
  return draw(v, "desk_calendars", std::move(model), error ? http::status_of(error->code) : 200);
}

}  // namespace

http::Response list_calendars_at_desk(const Visit& v) { return draw_calendars(v, nullptr); }

http::Response add_calendar_at_desk(const Visit& v) {
  Typed typed(v.form, v.zone);
  for (std::string_view name : {"advisor_id", "kind", "url", "user", "password"}) typed.text(name);
  typed.flag("write");
  Result<Json> body = typed.body();
  if (body)
    if (Status valid = app::calendars::calendar_shape().validate(*body); !valid) body = fail(valid.error());
  auto made =
      body ? change(v, [&](app::Step& step) { return app::calendars::add_calendar(step, *body); }) : std::move(body);
  if (made) return see(kDesk);
  return made.error().code == Code::invalid ? draw_calendars(v, &made.error()) : draw_error(v, made.error());
}

http::Response open_feed_at_desk(const Visit& v) {
  auto advisor = AdvisorId::parse(v.typed("feed_advisor"));
  if (!advisor) return draw_error(v, Error{Code::not_found, "there is no such advisor", {}, {}});
  auto made = change(v, [&](app::Step& step) { return app::calendars::open_feed(step, *advisor); });
  return made ? draw_calendars(v, nullptr, get_string(*made, "url")) : draw_error(v, made.error());
}

http::Response refresh_at_desk(const Visit& v) {
  auto id = path_id<CalendarId>(v);
  auto done = id ? change(v, [&](app::Step& step) { return app::calendars::refresh_calendar(step, *id); })
                 : Result<Json>(fail(id.error()));
  return done ? see(kDesk) : draw_error(v, done.error());
}

}  // namespace onward::pages
