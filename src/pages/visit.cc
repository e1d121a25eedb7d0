#include "pages/visit.h"

#include <fmt/format.h>

#include "base/log.h"

namespace onward::pages {
namespace {

struct Door {
  Room room;
  std::string_view path, key, icon;
};
constexpr Door kDoors[] = {
    {Room::today, "/today", "nav.today", "sun"},
    {Room::conversations, "/conversations", "nav.conversations", "talk"},
    {Room::pipeline, "/pipeline", "nav.pipeline", "columns"},
    {Room::contacts, "/contacts", "nav.contacts", "people"},
    {Room::articles, "/desk/articles", "nav.articles", "pen"},
    {Room::calendars, "/desk/calendars", "nav.calendars", "agenda"},
    {Room::forecast, "/forecast", "nav.forecast", "calendar"},
    {Room::demo, "/demo", "nav.demo", "clock"},
};

bool exists(const House& house, Room room) {
  if (room == Room::forecast) return static_cast<bool>(house.options.forecast);
  if (room == Room::demo) return house.options.demo;
  return true;
}

json::object error_model(const Words& words, const Error& error) {
  std::string title = words.say(fmt::format("problem.{}", to_string(error.code)));
  return {{"status", http::status_of(error.code)}, {"heading", title}, {"message", words.phrase(error.message)}};
}

http::Response private_page(http::Response r) {
  r.set("Cache-Control", "no-store");
  return r;
}

}  // namespace

bool looks_ahead(const http::Request& request) {
  for (std::string_view name : {"Purpose", "Sec-Purpose", "X-Moz", "X-Purpose"}) {
    std::string_view value = request.header(name);
    if (value.find("prefetch") != value.npos || value.find("prerender") != value.npos ||
        value.find("preview") != value.npos)
      return true;
  }
  return false;
}

Result<Json> look(const Visit& v, const Read& read) {
  Json out;
  TRY_VOID(v.house.runner.read(v.caller(), [&](app::Step& step) -> Status {
    out = TRY(read(step));
    return {};
  }));
  return out;
}

Result<Json> change(const Visit& v, const Read& work) {
  Json out;
  TRY_VOID(v.house.runner.write(app::Lane::interactive, v.caller(), [&](app::Step& step) -> Status {
    out = TRY(work(step));
    return {};
  }));
  return out;
}

json::object frame(const Visit& v, const std::string& title, Room current) {
  json::array doors;
  for (const Door& d : kDoors)
    if (exists(v.house, d.room))
      doors.push_back(json::object{
          {"path", d.path}, {"label", v.words.say(d.key)}, {"current", d.room == current}, {"door_icon", d.icon}});
  std::string role(app::to_string(v.caller().role));
  json::array tongues;
  for (const std::string& language : languages())
    tongues.push_back(json::object{{"code", language},
                                   {"label", v.words.say("language." + language)},
                                   {"chosen", language == v.words.language()}});
  return {{"title", title},
          {"doors", std::move(doors)},
          {"csrf", v.csrf},
          {"demo", v.house.options.demo},
          {"me", v.session.name.empty() ? v.words.word("role", role) : v.session.name},
          {"my_role", v.words.word("role", role)},
          {"tongues", std::move(tongues)},
          {"here", v.request.path},
          {"may_change", v.caller().may_change()},
          {"my_zone", v.zone.name()}};
}

http::Response draw(const Visit& v, std::string_view page, json::object model, int status) {
  return private_page(http::Response::html(status, v.house.renderer.page(page, v.words, std::move(model))));
}

http::Response draw_error(const Visit& v, const Error& error) {
  json::object model = frame(v, v.words.say("problem.title"), Room::none);
  for (auto& [key, value] : error_model(v.words, error)) model[key] = value;
  if (error.code == Code::internal) log_error("page.failed", {{"path", v.request.path}, {"detail", error.detail}});
  return draw(v, "problem", std::move(model), http::status_of(error.code));
}

http::Response see(const std::string& path) { return http::Response::redirect(303, path); }

Plain plain(const http::Request& request, const std::string& title_key, const std::string& preferred) {
  std::vector<std::string> wishes;
  if (!preferred.empty()) wishes.push_back(preferred);
  for (std::string& tag : accepted_languages(request.header("Accept-Language"))) wishes.push_back(std::move(tag));
  Plain p{Words(choose_language(wishes)), {}};
  p.model = {{"title", p.words.say(title_key)}};
  return p;
}

http::Response draw_plain(const House& house, std::string_view page, Plain p, int status) {
  return private_page(http::Response::html(status, house.renderer.page(page, p.words, std::move(p.model))));
}

http::Response draw_plain_error(const House& house, const http::Request& request, const Error& error) {
  Plain p = plain(request, "problem.title");
  for (auto& [key, value] : error_model(p.words, error)) p.model[key] = value;
  return draw_plain(house, "problem_plain", std::move(p), http::status_of(error.code));
}

}  // namespace onward::pages
