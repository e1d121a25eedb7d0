// /b/{slug}/call: call me back. Answered at once with a time in the next opening, whatever the hour is.
#include "app/booking/hands.h"
#include "app/qualification/intake.h"
#include "app/settings.h"
#include "base/crypto.h"
#include "base/text.h"
#include "pages/book_details.h"
#include "pages/handlers.h"

#include <fmt/format.h>

namespace onward::pages {
namespace {

Form call_form(const Visitor& v, const Offer& offer, const std::string& stamp) {
  const Words& w = v.words;
  Form form("call", "/b/" + offer.type().slug + "/call", w.say("call.submit"));
  form.add({.name = "stamp", .label = "", .kind = Field::Kind::hidden, .value = stamp});
  form.add({.name = "name", .label = w.say("book.name"), .required = true, .autocomplete = "name"});
  form.add({.name = "phone",
            .label = w.say("book.phone"),
            .kind = Field::Kind::phone,
            .required = true,
            .hint = w.say("book.phone_hint"),
            .autocomplete = "tel"});
  form.add({.name = "email", .label = w.say("call.email"), .kind = Field::Kind::email, .autocomplete = "email"});
  form.add({.name = "note", .label = w.say("call.note"), .kind = Field::Kind::area});
  return form;
}

// "today between 09:00 and 10:00", by the visitor's clock.
std::string call_window(const Visitor& v, const Zone& zone, Instant from, Instant due) {
  return v.words.say("call.window", {{"day", long_day(v.words, zone.date(from), zone.date(v.now))},
                                     {"from", clock_text(from, zone)},
                                     {"to", clock_text(due, zone)},
                                     {"zone", zone.name()}});
}

http::Response draw_call(const Visitor& v, const Offer& offer, const Form& form, const std::string& notice,
                         int status) {
  json::object model = book_frame(v, offer, v.words.say("call.title"), Part::none);
  model["form"] = form.view(v.words, "");
  model["window"] = call_window(v, offer.zone(), offer.call.from, offer.call.due);
  model["lead"] = model["window"];
  model["notice"] = notice;
  bool sent_here = offer.decided && offer.decided->decision.outcome.kind == qualification::OutcomeKind::call_back;
  model["because"] = sent_here ? Json(v.words.say("call.because")) : Json(nullptr);
  model["called"] = false;
  return draw_book(v, &offer, "book_call", std::move(model), status);
}

std::string name_of_call(const std::string& slug) { return "call " + slug; }

// What the done page says: signed, so that nobody is promised what nobody promised.
struct Promised {
  Instant from, due;
};
std::optional<Promised> promised_call(const House& house, const std::string& slug, const std::string& text) {
  auto value = signed_value(house, "called " + slug, text);
  size_t at = value ? value->find('~') : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  auto from = parse_rfc3339(value->substr(0, at)), due = parse_rfc3339(value->substr(at + 1));
  if (!from || !due) return std::nullopt;
  return Promised{*from, *due};
}

Instant whole_minutes(Instant t) { return std::chrono::ceil<Minutes>(t); }

Result<app::CallTime> order_call(const Visitor& v, const Offer& offer, const Wish& w, const std::string& key) {
  app::CallWish wish{w.name, w.phone, w.email, v.words.language(), offer.zone().name(), w.note};
  app::Answer answer = TRY(v.house.runner.run(
      app::Lane::interactive, app::system_caller(), {key, {}}, [&](app::Step& step) -> Result<app::Answer> {
        app::CallPromise made = TRY(app::request_call(step, offer.type(), wish));
        app::booking::count_hand(step, offer.type(), app::booking::Answered::call);
        if (offer.decided) app::keep_answers(step, *offer.decided, made.conversation, {});
        return app::Answer{201, json::object{{"from", format_rfc3339(whole_minutes(made.time.from))},
                                             {"due", format_rfc3339(whole_minutes(made.time.due))}}};
      }));
  return app::CallTime{.from = *parse_rfc3339(get_string(answer.body, "from")),
                       .due = *parse_rfc3339(get_string(answer.body, "due"))};
}

}  // namespace

http::Response show_call(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  Visitor v = visitor_of(house, request, request.query);
  if (auto wait = too_often(house, request, Visits::looking, slug)) return draw_too_often(v, *wait);
  auto offer = read_offer(v, slug, Starts::left_out);
  if (!offer) return draw_book_error(v, offer.error());
  auto done = promised_call(house, slug, v.query("done"));
  if (!done) return draw_call(v, *offer, call_form(v, *offer, draw_stamp(house, name_of_call(slug))), "", 200);
  json::object model = book_frame(v, *offer, v.words.say("call.done_title"), Part::none);
  model["called"] = true;
  model["window"] = call_window(v, offer->zone(), done->from, done->due);
  return draw_book(v, &*offer, "book_call", std::move(model));
}

http::Response send_call(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  auto posted = read_posted(house, request, name_of_call(slug));
  Visitor v = visitor_of(house, request, posted ? posted->form : request.query);
  if (auto wait = too_often(house, request, Visits::sending, slug)) return draw_too_often(v, *wait);
  if (!posted) return draw_book_error(v, posted.error());
  auto offer = read_offer(v, slug, Starts::left_out);
  if (!offer) return draw_book_error(v, offer.error());
  std::string country;
  Status read = house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    country = get_string(app::setting(step, "organization"), "country");
    return {};
  });
  if (!read) return draw_book_error(v, read.error());
  auto wish = read_wish({.email_needed = false, .phone_needed = true, .country = country}, posted->form);
  if (posted->stamp != Stamp::good || !wish) {
    bool old = posted->stamp == Stamp::old, fast = posted->stamp == Stamp::fast;
    Form form = call_form(v, *offer, "");
    form.keep(posted->form);
    if (old) form.put("stamp", draw_stamp(house, name_of_call(slug)));
    if (!old && !fast) form.blame(wish.error(), v.words);
    return draw_call(v, *offer, form, old ? v.words.say("book.old") : fast ? v.words.say("book.fast") : "", 400);
  }
  if (auto wait = too_often_for(house, wish->phone)) return draw_too_often(v, *wait);
  std::string key = sha256_hex("public call\n" + slug + "\n" + http::encode_form(posted->form));
  auto time = order_call(v, *offer, *wish, key);
  if (!time) return draw_book_error(v, time.error());
  std::string done = fmt::format("{}~{}", format_rfc3339(time->from), format_rfc3339(time->due));
  return see(v.trail.to("/b/" + slug + "/call", {{"done", sign(house, "called " + slug, done)}}));
}

}  // namespace onward::pages
