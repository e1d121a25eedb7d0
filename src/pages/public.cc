// What mails link to, without signing in: my preferences, and a document. The token in the path is the whole
// credential.
#include "app/library_pages.h"
#include "pages/handlers.h"
#include "pages/markdown.h"

namespace onward::pages {
namespace {

http::Response hidden(http::Response r) {
  r.set("X-Robots-Tag", "noindex, nofollow").set("Referrer-Policy", "no-referrer");
  return r;
}

Result<app::Preferences> preferences_of(const House& house, std::string_view token) {
  app::Preferences out;
  TRY_VOID(house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    out = TRY(app::get_preferences(step, token));
    return {};
  }));
  return out;
}

bool one_click(const http::Pairs& form) { return http::form_value(form, "List-Unsubscribe") == "One-Click"; }

// RFC 8058 lets the one-click body be multipart/form-data as well.
Result<http::Pairs> posted(const http::Request& request) {
  if (request.header("Content-Type").starts_with("multipart/form-data")) {
    size_t at = request.body.find("name=\"List-Unsubscribe\"");
    if (at != std::string::npos && request.body.find("One-Click", at) != std::string::npos)
      return http::Pairs{{"List-Unsubscribe", "One-Click"}};
  }
  return http::parse_form(request);
}

Result<app::Wish> wish_of(const http::Pairs& form) {
  if (one_click(form)) return app::Wish::nothing;
  std::string wish = http::form_value(form, "wish").value_or("");
  if (wish == "nothing") return app::Wish::nothing;
  if (wish == "no_marketing") return app::Wish::no_marketing;
  if (wish == "everything") return app::Wish::everything;
  return fail_field("/wish", "required", "choose one");
}

std::string_view name_of(const app::Preferences& p) {
  return p.opted_out ? "nothing" : p.no_marketing ? "no_marketing" : "everything";
}

}  // namespace

http::Response show_preferences(const House& house, const http::Request& request) {
  auto found = preferences_of(house, request.param("token"));
  if (!found) return hidden(draw_plain_error(house, request, found.error()));
  Plain p = plain(request, "preferences.title", found->language);
  std::vector<Choice> choices;
  for (std::string_view wish : {"everything", "no_marketing", "nothing"})
    choices.push_back({std::string(wish), p.words.word("preferences", wish), wish == name_of(*found)});
  Form form("preferences", request.path, p.words.say("preferences.submit"));
  form.add(
      {.name = "wish", .label = p.words.say("preferences.question"), .kind = Field::Kind::radios, .choices = choices});
  p.model["form"] = form.view(p.words, "");
  p.model["firm"] = found->firm;
  p.model["saved"] = request.query_value("saved").has_value();
  p.model["opted_out"] = found->opted_out;
  return hidden(draw_plain(house, "preferences", std::move(p)));
}

http::Response save_preferences(const House& house, const http::Request& request) {
  auto form = posted(request);
  auto wish = form ? wish_of(*form) : Result<app::Wish>(fail(form.error()));
  if (!wish) return hidden(draw_plain_error(house, request, wish.error()));
  std::string token(request.param("token"));
  Status done = house.runner.write(app::Lane::interactive, app::system_caller(),
                                   [&](app::Step& step) { return app::set_preferences(step, token, *wish); });
  if (!done) return hidden(draw_plain_error(house, request, done.error()));
  if (one_click(*form)) return hidden(http::Response::text(200, "Unsubscribed.\n"));
  return hidden(see(request.path + "?saved=1"));
}

http::Response show_shared(const House& house, const http::Request& request) {
  std::string token(request.param("token"));
  app::SharedAsset asset;
  Status found = house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    asset = TRY(app::get_shared_asset(step, token));
    return {};
  });
  if (!found) return hidden(draw_plain_error(house, request, found.error()));
  if (request.method == "GET" && !looks_ahead(request)) {
    Status seen = house.runner.write(app::Lane::background, app::system_caller(),
                                     [&](app::Step& step) { return app::record_view(step, token); });
    if (!seen) return hidden(draw_plain_error(house, request, seen.error()));
  }
  Plain p = plain(request, "preferences.title", asset.language);
  p.model["title"] = asset.title;
  p.model["firm"] = asset.firm;
  p.model["content"] = markdown_html(asset.body);
  return hidden(draw_plain(house, "shared", std::move(p)));
}

}  // namespace onward::pages
