// Signing in with an API key, signing out, the language, and the first start.
#include "app/keys.h"
#include "app/sessions.h"
#include "pages/guard.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr size_t kMaxKey = 200;

// What may be said of a setup form; a time zone and a language have their own lists in the page.
const Shape& setup_shape() {
  static const Shape s = shape::object({{"organization", shape::line(1, 200), shape::required, "As customers know it"},
                                        {"zone", shape::zone(), shape::required, "Where it is at home"},
                                        {"language", shape::one_of(languages()), shape::required, "Of pages and mails"},
                                        {"name", shape::line(1, 200), shape::required, "Of the first person"},
                                        {"email", shape::email(), shape::required, "Of the first person"}});
  return s;
}

Form setup_form(const Words& words, const std::string& token) {
  std::vector<Choice> tongues;
  for (const std::string& language : languages())
    tongues.push_back({language, words.say("language." + language), language == words.language()});
  Form form("setup", "/setup", words.say("setup.submit"));
  form.add({.name = "token", .label = "", .kind = Field::Kind::hidden, .value = token})
      .add({.name = "organization",
            .label = words.say("setup.organization"),
            .required = true,
            .autocomplete = "organization"})
      .add({.name = "zone",
            .label = words.say("setup.zone"),
            .required = true,
            .value = "Europe/Paris",
            .hint = words.say("setup.zone_hint")})
      .add({.name = "language", .label = words.say("setup.language"), .kind = Field::Kind::select, .choices = tongues})
      .add({.name = "name", .label = words.say("setup.name"), .required = true, .autocomplete = "name"})
      .add({.name = "email",
            .label = words.say("setup.email"),
            .kind = Field::Kind::email,
            .required = true,
            .autocomplete = "email"});
  return form;
}

http::Response draw_setup(const House& house, const http::Request& request, const Form& form, int status) {
  Plain p = plain(request, "setup.title");
  p.model["form"] = form.view(p.words, "");
  p.model["done"] = false;
  return draw_plain(house, "setup", std::move(p), status);
}

http::Response draw_sign_in(const House& house, const http::Request& request, const std::string& next,
                            const std::string& wrong, int status) {
  Plain p = plain(request, "signin.title");
  Form form("signin", "/signin", p.words.say("signin.submit"));
  form.add({.name = "next", .label = "", .kind = Field::Kind::hidden, .value = next})
      .add({.name = "key",
            .label = p.words.say("signin.key"),
            .kind = Field::Kind::password,
            .required = true,
            .hint = p.words.say("signin.hint"),
            .autocomplete = "current-password"});
  if (!wrong.empty()) form.blame(Error{Code::invalid, wrong, {{"/key", "wrong_key", wrong}}, {}}, p.words);
  p.model["form"] = form.view(p.words, "");
  p.model["demo"] = house.options.demo;
  p.model["next"] = next;
  return draw_plain(house, "signin", std::move(p), status);
}

Result<bool> open_for_setup(const House& house) {
  bool open = false;
  TRY_VOID(house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    open = app::needs_setup(step) && !house.options.demo;
    return {};
  }));
  return open;
}

// The setup link's token signs nobody in; the key that the setup made does, at once.
http::Response draw_done(const House& house, const http::Request& request, const std::string& key,
                         const std::string& token) {
  Plain p = plain(request, "setup.done_title");
  p.model["done"] = true;
  p.model["key"] = key;
  http::Response r = draw_plain(house, "setup", std::move(p));
  r.add("Set-Cookie", session_cookie(house, token));
  return r;
}

}  // namespace

http::Response show_sign_in(const House& house, const http::Request& request) {
  return draw_sign_in(house, request, next_path(request.query_value("next").value_or("")), "", 200);
}

http::Response sign_in(const House& house, const http::Request& request) {
  auto form = http::parse_form(request);
  if (!form) return draw_plain_error(house, request, form.error());
  if (!from_our_pages(request, house.runner.services().base_url))
    return draw_plain_error(house, request, Error{Code::forbidden, "this form is not from our own page", {}, {}});
  auto typed = [&](std::string_view name) { return http::form_value(*form, name).value_or(""); };
  bool demo = house.options.demo && !typed("demo").empty();
  std::string token, key = typed("key"), next = next_path(typed("next"));
  while (!key.empty() && (key.back() == ' ' || key.back() == '\n' || key.back() == '\r')) key.pop_back();
  Status done = house.runner.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    Millis idle = house.options.demo ? app::kDemoIdle : app::kSessionIdle;
    if (!demo && key.size() > kMaxKey) return fail(Code::unauthorized, "this API key is not valid");
    token = demo ? TRY(app::open_demo_session(step)) : TRY(app::open_session(step, key, idle));
    return {};
  });
  if (!done && done.error().code == Code::unauthorized)
    return draw_sign_in(house, request, next, done.error().message, 401);
  if (!done) return draw_plain_error(house, request, done.error());
  http::Response r = see(next);
  r.add("Set-Cookie", session_cookie(house, token));
  return r;
}

http::Response sign_out(const Visit& v) {
  auto done = change(v, [&](app::Step& step) -> Result<Json> {
    app::close_session(step, v.session_hash);
    return Json(nullptr);
  });
  if (!done) return draw_error(v, done.error());
  http::Response r = see("/signin");
  r.add("Set-Cookie", ended_cookie(v.house));
  return r;
}

http::Response set_language(const Visit& v) {
  std::string language = v.typed("language");
  if (std::ranges::find(languages(), language) == languages().end())
    return draw_error(v, Error{Code::invalid, "this language is not spoken here", {}, {}});
  auto done = change(v, [&](app::Step& step) -> Result<Json> {
    app::choose_language(step, v.session_hash, language);
    return Json(nullptr);
  });
  if (!done) return draw_error(v, done.error());
  return see(next_path(v.typed("next")));
}

http::Response show_setup(const House& house, const http::Request& request) {
  auto open = open_for_setup(house);
  if (!open) return draw_plain_error(house, request, open.error());
  if (!*open) return see("/signin");
  return draw_setup(house, request,
                    setup_form(plain(request, "setup.title").words, request.query_value("token").value_or("")), 200);
}

http::Response set_up(const House& house, const http::Request& request) {
  auto typed = http::parse_form(request);
  if (!typed) return draw_plain_error(house, request, typed.error());
  if (!from_our_pages(request, house.runner.services().base_url))
    return draw_plain_error(house, request, Error{Code::forbidden, "this form is not from our own page", {}, {}});
  std::string key, session, token = http::form_value(*typed, "token").value_or("");
  Status done = [&]() -> Status {
    Json body =
        TRY(Typed(*typed, utc()).text("organization").text("zone").text("language").text("name").text("email").body());
    TRY_VOID(setup_shape().validate(body));
    return house.runner.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
      key = get_string(TRY(app::finish_setup(step, token, body)), "key");
      session = TRY(app::open_session(step, key, app::kSessionIdle));
      return {};
    });
  }();
  if (done) return draw_done(house, request, key, session);
  if (done.error().code == Code::conflict) return see("/signin");
  if (done.error().code != Code::invalid) return draw_plain_error(house, request, done.error());
  Words words = plain(request, "setup.title").words;
  Form form = setup_form(words, token);
  form.keep(*typed);
  form.blame(done.error(), words);
  return draw_setup(house, request, form, 400);
}

}  // namespace onward::pages
