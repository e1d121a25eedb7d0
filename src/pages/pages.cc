#include "pages/pages.h"

#include "pages/guard.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr std::string_view kForever = "public, max-age=31536000, immutable";

struct Road {
  std::string_view method, pattern;
  Page page;
};

constexpr Road kRoads[] = {
    {"GET", "/today", show_today},
    {"GET", "/conversations", list_conversations},
    {"GET", "/conversations/{id}", show_conversation},
    {"GET", "/conversations/{id}/talk", show_talk_form},
    {"POST", "/conversations/{id}/talk", log_talk},
    {"POST", "/conversations/{id}/reply", log_reply},
    {"POST", "/conversations/{id}/answered", answer_reply},
    {"POST", "/conversations/{id}/message", write_message},
    {"POST", "/conversations/{id}/note", add_note},
    {"POST", "/conversations/{id}/task", add_task},
    {"POST", "/conversations/{id}/outcome", set_outcome},
    {"POST", "/conversations/{id}/stage", set_stage},
    {"POST", "/conversations/{id}/no-show", log_no_show},
    {"POST", "/conversations/{id}/snooze", snooze},
    {"POST", "/conversations/{id}/reopen", reopen},
    {"POST", "/conversations/{id}/stop", stop_sequence},
    {"POST", "/conversations/{id}/opt-out", opt_out},
    {"GET", "/appointments/{id}", show_briefing},
    {"POST", "/appointments/{id}/{action}", act_on_appointment},
    {"GET", "/files/{id}", show_file},
    {"GET", "/touches/{id}", show_touch},
    {"POST", "/touches/{id}/approve", approve_touch},
    {"POST", "/touches/{id}/edit", edit_touch},
    {"POST", "/touches/{id}/skip", skip_touch},
    {"POST", "/touches/{id}/done", finish_task},
    {"POST", "/touches/{id}/resolve", resolve_touch},
    {"POST", "/promises/{id}/keep", keep_promise},
    {"POST", "/promises/{id}/waive", waive_promise},
    {"GET", "/pipeline", show_pipeline},
    {"GET", "/contacts", list_contacts},
    {"POST", "/contacts", create_contact},
    {"GET", "/contacts/{id}", show_contact},
    {"POST", "/contacts/{id}/consent", record_consent},
    {"POST", "/contacts/{id}/opt-out", opt_out_contact},
    {"POST", "/contacts/{id}/opt-in", opt_in_contact},
    {"POST", "/contacts/{id}/conversation", open_conversation},
    {"GET", "/desk/articles", list_desk},
    {"POST", "/desk/articles", add_at_desk},
    {"GET", "/desk/articles/new", show_new_article},
    {"GET", "/desk/articles/{id}", show_desk},
    {"POST", "/desk/articles/{id}", edit_at_desk},
    {"GET", "/desk/articles/{id}/seen", show_as_seen},
    {"POST", "/desk/articles/{id}/publish", publish_at_desk},
    {"POST", "/desk/articles/{id}/withdraw", withdraw_at_desk},
    {"GET", "/desk/calendars", list_calendars_at_desk},
    {"POST", "/desk/calendars", add_calendar_at_desk},
    {"POST", "/desk/calendars/feed", open_feed_at_desk},
    {"POST", "/desk/calendars/{id}/refresh", refresh_at_desk},
    {"GET", "/desk/why", show_why},
    {"GET", "/forecast", show_forecast},
    {"POST", "/signout", sign_out},
    {"POST", "/language", set_language},
};

constexpr Road kDemoRoads[] = {
    {"GET", "/demo", show_demo},
    {"POST", "/demo/advance", advance_clock},
    {"GET", "/demo/mails/{id}", show_mail},
};

void add(http::Router& router, const House& house, const Road& road) {
  bool changes = road.method == "POST";
  router.add(road.method, road.pattern, [&house, page = road.page, changes](const http::Request& request) {
    return changes ? act(house, request, page) : show(house, request, page);
  });
}

http::Response file_response(const StaticFile& file) {
  http::Response r = http::Response::text(200, std::string(file.content));
  r.set("Content-Type", file.type);
  r.compressible = true;
  r.packed = file.packed;
  return r;
}

http::Response asset(const House& house, const http::Request& request) {
  auto found = house.renderer.files().find(request.path);
  if (found == house.renderer.files().end()) return http::Response::problem(404, "there is no such file");
  return file_response(found->second).set("Cache-Control", kForever);
}

// The loader under a name that stays; what it loads has its own.
http::Response embed(const House& house, const http::Request&) {
  return file_response(house.renderer.asset("embed.js"))
      .set("Cache-Control", "public, max-age=3600")
      .set("Cross-Origin-Resource-Policy", "cross-origin");
}

using PublicPage = http::Response (*)(const House&, const http::Request&);

struct PublicRoad {
  std::string_view method, pattern;
  PublicPage page;
};

constexpr PublicRoad kBooking[] = {
    {"GET", "/b", list_bookable},
    {"GET", "/b/{slug}", show_times},
    {"POST", "/b/{slug}", choose_time},
    {"GET", "/b/{slug}/questions", show_questions},
    {"POST", "/b/{slug}/questions", send_questions},
    {"GET", "/b/{slug}/next", show_next},
    {"POST", "/b/{slug}/next", send_next},
    {"GET", "/b/{slug}/details", show_details},
    {"POST", "/b/{slug}/details", send_details},
    {"GET", "/b/{slug}/done", show_done},
    {"GET", "/b/{slug}/call", show_call},
    {"POST", "/b/{slug}/call", send_call},
    {"GET", "/b/{slug}/wait", show_wait},
    {"POST", "/b/{slug}/wait", send_wait},
    {"GET", "/w/{token}", show_place},
    {"POST", "/w/{token}", change_place},
    {"GET", "/a/{token}", show_mine},
    {"POST", "/a/{token}", confirm_mine},
    {"GET", "/a/{token}/move", show_move},
    {"POST", "/a/{token}/move", move_mine},
    {"GET", "/a/{token}/cancel", show_cancel},
    {"POST", "/a/{token}/cancel", cancel_mine},
    {"GET", "/a/{token}/event.ics", show_invite},
    {"GET", "/a/{token}/contact.vcf", show_contact_card},
    {"GET", "/calendars/{file}", show_calendar_feed},
};

void add_public(http::Router& router, const House& house, std::string_view method, std::string_view pattern,
                PublicPage page) {
  router.add(method, pattern, [&house, page](const http::Request& request) { return page(house, request); });
}

}  // namespace

Pages::Pages(app::Runner& runner, PagesOptions options)
    : house_(std::unique_ptr<House>(new House{runner,
                                              std::move(options),
                                              {},
                                              std::make_unique<app::VisitTally>(runner),
                                              std::make_unique<http::TokenBuckets>()})) {}

Pages::~Pages() = default;

void Pages::mount(http::Router& router) {
  const House& house = *house_;
  for (const Road& road : kRoads) add(router, house, road);
  if (house.options.demo)
    for (const Road& road : kDemoRoads) add(router, house, road);
  add_public(router, house, "GET", "/signin", show_sign_in);
  add_public(router, house, "POST", "/signin", sign_in);
  add_public(router, house, "GET", "/setup", show_setup);
  add_public(router, house, "POST", "/setup", set_up);
  add_public(router, house, "GET", "/p/{token}", show_preferences);
  add_public(router, house, "POST", "/p/{token}", save_preferences);
  add_public(router, house, "GET", "/s/{token}", show_shared);
  add_public(router, house, "GET", "/articles/", show_articles);
  add_public(router, house, "GET", "/articles/atom.xml", show_feed);
  add_public(router, house, "GET", "/articles/{slug}", show_article);
  add_public(router, house, "GET", "/sitemap.xml", show_site_map);
  add_public(router, house, "GET", "/robots.txt", show_robots);
  add_public(router, house, "GET", "/llms.txt", show_llms);
  for (const PublicRoad& road : kBooking) add_public(router, house, road.method, road.pattern, road.page);
  add_public(router, house, "GET", "/embed.js", embed);
  add_public(router, house, "GET", "/assets/{file}", asset);
  router.add("GET", "/articles", [](const http::Request&) { return http::Response::redirect(308, "/articles/"); });
  router.add("GET", "/", [](const http::Request&) { return see("/today"); });
  router.add("GET", "/favicon.ico", [&house](const http::Request&) { return see(house.renderer.icon_path()); });
}

}  // namespace onward::pages
