// /b/{slug}/next: what there is when the answers give no time now: an article first, a place on the list, or a kind no
// with what can be done instead. A call back has its own page.
#include "app/articles.h"
#include "app/qualification/intake.h"
#include "base/crypto.h"
#include "pages/book_details.h"
#include "pages/book_questions.h"
#include "pages/handlers.h"

namespace onward::pages {

using qualification::OutcomeKind;

namespace {

std::string purpose_of(const std::string& slug) { return "next " + slug; }

Form list_form(const Visitor& v, const Offer& offer, const std::string& stamp) {
  const Words& w = v.words;
  Form form("list", "/b/" + offer.type().slug + "/next", w.say("next.list_submit"));
  form.add({.name = "stamp", .label = "", .kind = Field::Kind::hidden, .value = stamp});
  if (offer.guest) return form;
  form.add({.name = "name", .label = w.say("book.name"), .required = true, .autocomplete = "name"});
  form.add({.name = "email",
            .label = w.say("book.email"),
            .kind = Field::Kind::email,
            .required = true,
            .autocomplete = "email"});
  form.add({.name = "phone",
            .label = w.say("book.phone_optional"),
            .kind = Field::Kind::phone,
            .hint = w.say("book.phone_hint"),
            .autocomplete = "tel"});
  return form;
}

Json article_model(const Visitor& v, const std::string& slug) {
  Json out = nullptr;
  (void)v.house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    Json article = TRY(app::find_live_article(step, slug));
    for (const Json& twin : app::live_translations(step, article))
      if (get_string(twin, "language") == v.words.language())
        article = TRY(app::find_live_article(step, get_string(twin, "slug")));
    if (get_string(article, "state") == "published")
      out = json::object{{"article_href", "/articles/" + get_string(article, "slug")},
                         {"article_title", get_string(article, "title")},
                         {"article_summary", get_string(article, "summary")}};
    return {};
  });
  return out;
}

http::Response draw_next(const Visitor& v, const Offer& offer, const Form& form, bool done, const std::string& notice,
                         int status) {
  const qualification::Outcome& o = offer.decided->decision.outcome;
  const Words& w = v.words;
  std::string kind(to_string(o.kind));
  json::object model = book_frame(v, offer, w.word("next.title", kind), Part::none);
  model["heading"] = done ? w.say("next.list_done") : w.word("next.title", kind);
  model["text"] = done ? w.say("next.list_done_text") : w.word("next.text", kind);
  model["alternative"] = qualification::say(o.alternative, w.language());
  model["article"] = o.kind == OutcomeKind::read_first ? article_model(v, o.article) : Json(nullptr);
  model["anyway"] = o.kind == OutcomeKind::read_first && o.anyway;
  bool list = o.kind == OutcomeKind::waitlist && !done;
  model["form"] = list ? Json(form.view(w, "")) : Json(nullptr);
  model["stamp"] = draw_stamp(v.house, purpose_of(offer.type().slug));
  model["action"] = "/b/" + offer.type().slug + "/next";
  model["questions_href"] = v.trail.to("/b/" + offer.type().slug + "/questions");
  model["notice"] = notice;
  model["done"] = done;
  return draw_book(v, &offer, "book_next", std::move(model), status);
}

// The visitor has read the article, or says so: the times come next.
Result<Offer> go_on_anyway(const Visitor& v, const std::string& slug) {
  TRY_VOID(v.house.runner.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    Offer offer = TRY(load_offer(step, slug, v, Starts::left_out));
    if (!offer.decided) return {};
    offer.draft->decision.as_object()["anyway"] = true;
    app::save_draft(step, *offer.draft);
    return {};
  }));
  return read_offer(v, slug, Starts::left_out);
}

Status join_list(const Visitor& v, const Offer& offer, const Wish& w, const std::string& key) {
  TRY(v.house.runner.run(
      app::Lane::interactive, app::system_caller(), {key, {}}, [&](app::Step& step) -> Result<app::Answer> {
        ContactId contact = offer.guest ? offer.guest->id : ContactId{};
        if (!contact) {
          json::object person{{"name", w.name},
                              {"emails", json::array{Json(w.email)}},
                              {"language", v.words.language()},
                              {"zone", offer.zone().name()}};
          if (!w.phone.empty()) person["phones"] = json::array{Json(w.phone)};
          contact = TRY(app::booking::contact_of(step, json::object{{"contact", std::move(person)}}));
        }
        TRY(app::raise_hand(step, offer.type(), contact, "web", *offer.decided));
        return app::Answer{201, json::object{}};
      }));
  return {};
}

}  // namespace

http::Response show_next(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  Visitor v = visitor_of(house, request, request.query);
  if (auto wait = too_often(house, request, Visits::looking, slug)) return draw_too_often(v, *wait);
  auto offer = read_offer(v, slug, Starts::left_out);
  if (!offer) return draw_book_error(v, offer.error());
  if (!offer->decided || offer->gives_time()) return see(way_on(v, *offer, ""));
  return draw_next(v, *offer, list_form(v, *offer, draw_stamp(house, purpose_of(slug))), false, "", 200);
}

http::Response send_next(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  auto posted = read_posted(house, request, purpose_of(slug));
  Visitor v = visitor_of(house, request, posted ? posted->form : request.query);
  if (auto wait = too_often(house, request, Visits::sending, slug)) return draw_too_often(v, *wait);
  if (!posted) return draw_book_error(v, posted.error());
  auto offer = posted->typed("do") == "anyway" ? go_on_anyway(v, slug) : read_offer(v, slug, Starts::left_out);
  if (!offer) return draw_book_error(v, offer.error());
  if (!offer->decided || offer->gives_time()) return see(way_on(v, *offer, ""));
  if (offer->decided->decision.outcome.kind != OutcomeKind::waitlist) return see(way_on(v, *offer, ""));
  Form form = list_form(v, *offer, draw_stamp(house, purpose_of(slug)));
  Wish wish;
  if (!offer->guest) {
    auto read = read_wish({}, posted->form);
    if (!read || posted->stamp != Stamp::good) {
      bool fast = posted->stamp == Stamp::fast, old = posted->stamp == Stamp::old;
      http::Pairs typed = posted->form;
      if (!fast) std::erase_if(typed, [](const auto& p) { return p.first == "stamp"; });
      form.keep(typed);
      if (!fast && !old) form.blame(read.error(), v.words);
      return draw_next(v, *offer, form, false,
                       fast  ? v.words.say("book.fast")
                       : old ? v.words.say("book.old")
                             : "",
                       400);
    }
    wish = std::move(*read);
    if (auto wait = too_often_for(house, wish.email)) return draw_too_often(v, *wait);
  }
  std::string key = sha256_hex("public list\n" + slug + "\n" + http::encode_form(posted->form));
  if (Status joined = join_list(v, *offer, wish, key); !joined) return draw_book_error(v, joined.error());
  return draw_next(v, *offer, form, true, "", 200);
}

}  // namespace onward::pages
