// One request of somebody who is signed in, and what every page does with it: read, change, draw.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "app/article_visits.h"
#include "app/sessions.h"
#include "http/form.h"
#include "http/message.h"
#include "http/token_buckets.h"
#include "pages/pages.h"
#include "pages/renderer.h"

namespace onward::pages {

// What all requests share; immutable while serving, but for what it counts.
struct House {
  app::Runner& runner;
  PagesOptions options;
  Renderer renderer;
  std::unique_ptr<app::VisitTally> visits;
  std::unique_ptr<http::TokenBuckets> buckets;  // of public pages
};

struct Visit {
  const House& house;
  const http::Request& request;
  app::Session session;
  std::string session_hash;
  std::string csrf;  // every form carries it
  Words words;
  Zone zone;
  Instant now;
  http::Pairs form;  // of a POST

  const app::Caller& caller() const { return session.caller; }
  std::string query(std::string_view name) const { return request.query_value(name).value_or(""); }
  std::string typed(std::string_view name) const { return http::form_value(form, name).value_or(""); }
};

using Read = std::function<Result<Json>(app::Step&)>;
Result<Json> look(const Visit&, const Read&);
Result<Json> change(const Visit&, const Read&);

enum class Room { today, conversations, pipeline, contacts, articles, calendars, forecast, demo, none };
// What the frame around every page shows: title, navigation, who is signed in.
json::object frame(const Visit&, const std::string& title, Room);
http::Response draw(const Visit&, std::string_view page, json::object model, int status = 200);
// The page that says what went wrong.
http::Response draw_error(const Visit&, const Error&);
// 303 to a path of this site.
http::Response see(const std::string& path);

// The id in the path. Error: not_found.
template <class IdType>
Result<IdType> path_id(const Visit& v) {
  auto id = IdType::parse(v.request.param("id"));
  if (!id) return fail(Code::not_found, "there is no such thing");
  return *id;
}

// For pages without a session.
struct Plain {
  Words words;
  json::object model;
};
Plain plain(const http::Request&, const std::string& title_key, const std::string& preferred_language = {});
http::Response draw_plain(const House&, std::string_view page, Plain, int status = 200);
http::Response draw_plain_error(const House&, const http::Request&, const Error&);
// A program looks ahead of a person: its request is no view.
bool looks_ahead(const http::Request&);

}  // namespace onward::pages
