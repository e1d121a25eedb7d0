// /b/{slug}/details: who comes. The time is kept meanwhile; when it goes all the same, what was typed stays and the
// three nearest times are offered in its place.
#include "pages/book_details.h"

#include <fmt/format.h>

#include "app/booking/appointments.h"
#include "app/booking/hands.h"
#include "app/contacts.h"
#include "app/qualification/intake.h"
#include "app/settings.h"
#include "base/crypto.h"
#include "base/text.h"
#include "pages/book_questions.h"
#include "pages/handlers.h"

namespace onward::pages {

namespace booking = app::booking;

namespace {

struct Kept {  // a hold that came back in a link or a form
  HoldId id;
  Instant start;
};

std::optional<Kept> kept_time(const House& house, const std::string& slug, const std::string& text) {
  auto value = signed_value(house, "hold " + slug, text);
  size_t at = value ? value->find('~') : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  auto id = HoldId::parse(value->substr(0, at));
  auto start = parse_rfc3339(value->substr(at + 1));
  if (!id || !start) return std::nullopt;
  return Kept{*id, *start};
}

// A page of details as it is to be drawn.
struct Page {
  const Visitor& v;
  const Offer& offer;
  const Asked& asked;
  std::optional<Kept> kept;
  std::optional<Instant> until;  // the hold stands
  std::vector<Instant> nearest;  // to choose from instead
  const http::Pairs* typed = nullptr;
  const Error* fault = nullptr;
  std::string notice, stamp;
  int status = 200;
};

void add_time(Form& form, const Page& p) {
  if (p.nearest.empty()) return;
  std::vector<Choice> choices;
  for (Instant t : p.nearest)
    choices.push_back({format_rfc3339(t), p.v.words.moment(t, p.offer.zone(), p.v.now), false});
  form.add({.name = "start",
            .label = p.v.words.say("book.other_times"),
            .kind = Field::Kind::radios,
            .required = true,
            .choices = choices});
}

void add_channel(Form& form, const Page& p) {
  if (p.asked.channels.size() < 2) return;
  std::vector<Choice> choices;
  for (const std::string& c : p.asked.channels) choices.push_back({c, p.v.words.word("meet", c), choices.empty()});
  form.add({.name = "channel",
            .label = p.v.words.say("book.channel"),
            .kind = Field::Kind::radios,
            .required = true,
            .choices = choices});
}

Form details_form(const Page& p) {
  const Words& w = p.v.words;
  bool visits = std::ranges::count(p.asked.channels, "at_customer") > 0;
  bool calls = std::ranges::count(p.asked.channels, "phone") > 0;
  Form form("details", "/b/" + p.offer.type().slug + "/details", w.say("book.submit"));
  form.add({.name = "stamp", .label = "", .kind = Field::Kind::hidden, .value = p.stamp});
  if (p.kept) form.add({.name = "hold", .label = "", .kind = Field::Kind::hidden, .value = p.v.query("hold")});
  add_time(form, p);
  if (!p.offer.guest) {
    form.add({.name = "name", .label = w.say("book.name"), .required = true, .autocomplete = "name"});
    form.add({.name = "email",
              .label = w.say("book.email"),
              .kind = Field::Kind::email,
              .required = true,
              .autocomplete = "email"});
  }
  add_channel(form, p);
  form.add({.name = "phone",
            .label = w.say(p.asked.phone_needed ? "book.phone" : "book.phone_optional"),
            .kind = Field::Kind::phone,
            .required = p.asked.phone_needed,
            .hint = w.say(calls && !p.asked.phone_needed ? "book.phone_if_called" : "book.phone_hint"),
            .autocomplete = "tel"});
  if (visits)
    form.add({.name = "place",
              .label = w.say("book.place"),
              .hint = w.say("book.place_hint"),
              .autocomplete = "street-address"});
  form.add({.name = "note", .label = w.say("book.note"), .kind = Field::Kind::area, .hint = w.say("book.note_hint")});
  if (p.typed) form.keep(*p.typed);
  if (p.fault) form.blame(*p.fault, w);
  return form;
}

http::Response draw_details(Page p) {
  const Words& w = p.v.words;
  json::object model = book_frame(p.v, p.offer, w.say("book.details_title"), Part::details);
  if (p.stamp.empty()) p.stamp = draw_stamp(p.v.house, "book " + p.offer.type().slug);
  json::object form = details_form(p).view(w, "");
  model["form"] = std::move(form);
  const Zone& zone = p.offer.zone();
  bool chosen = p.kept && p.nearest.empty();
  model["chosen"] = chosen ? Json(long_moment(w, p.kept->start, zone, p.v.now)) : Json(nullptr);
  model["chosen_zone"] = zone.name();
  model["until"] =
      chosen && p.until
          ? Json(w.say("book.kept_until", {{"time", clock_text(*p.until, zone)}, {"span", w.span(*p.until - p.v.now)}}))
          : Json(nullptr);
  model["expired"] = chosen && !p.until;
  model["was_gone"] = !p.nearest.empty();
  model["notice"] = p.notice;
  model["guest"] = nullptr;
  if (const auto& guest = p.offer.guest)
    model["guest"] = w.say(guest->email.empty() ? "book.guest" : "book.guest_email",
                           {{"name", app::first_name(guest->name)}, {"email", app::masked(guest->email)}});
  return draw_book(p.v, &p.offer, "book_details", std::move(model), p.status);
}

// The offer, what is asked, and until when the time is kept.
struct Setting {
  Offer offer;
  Asked asked;
  std::optional<Instant> until;
};
Result<Setting> read_setting(const Visitor& v, const std::string& slug, const std::optional<Kept>& kept) {
  Setting out;
  TRY_VOID(v.house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    out.offer = TRY(load_offer(step, slug, v, Starts::left_out));
    out.asked = asked_for(out.offer.type(), get_string(app::setting(step, "organization"), "country"));
    if (out.offer.guest) out.asked.email_needed = false;
    auto hold = kept ? booking::find_hold(step, kept->id) : fail(Error{});
    if (hold && hold->expires_at > step.now) out.until = hold->expires_at;
    return {};
  }));
  return out;
}

json::object booking_body(const Visitor& v, const Offer& offer, const Wish& w) {
  json::object contact{{"name", w.name},
                       {"emails", json::array{Json(w.email)}},
                       {"language", v.words.language()},
                       {"zone", offer.zone().name()}};
  if (!w.phone.empty()) contact["phones"] = json::array{Json(w.phone)};
  json::object body{{"meeting_type_id", offer.type().id.text()},
                    {"zone", offer.zone().name()},
                    {"contact", std::move(contact)},
                    {"channel", w.channel},
                    {"source", "web"}};
  if (offer.guest) body["contact_id"] = offer.guest->id.text();
  if (offer.who.team) body["team_id"] = offer.who.team.text();
  if (w.channel == "phone") body["place"] = w.phone.empty() && offer.guest ? offer.guest->phone : w.phone;
  if (w.channel == "at_customer") body["place"] = w.place;
  if (!w.note.empty()) body["note"] = w.note;
  return body;
}

// Somebody who is known keeps name and numbers as they are; what was typed is told to the host.
Status add_differences(app::Step& step, const Visitor& v, const Wish& w, json::object& body) {
  if (body.contains("contact_id")) return {};
  json::array known = TRY(app::list_contacts(step, {.email = w.email}, {0, 1}));
  if (known.empty()) return {};
  std::string more;
  if (fold_words(get_string(known[0], "name")) != fold_words(w.name))
    more += v.words.say("book.typed_name", {{"name", w.name}});
  std::vector<std::string> phones = get_strings(known[0], "phones");
  if (!w.phone.empty() && std::ranges::count(phones, w.phone) == 0)
    more += (more.empty() ? "" : "\n") + v.words.say("book.typed_phone", {{"phone", w.phone}});
  if (!more.empty()) body["note"] = w.note.empty() ? more : w.note + "\n\n" + more;
  return {};
}

// A time that is not held is held first: who gets it never depends on who asks, so that the answer tells nobody whether
// an address is known.
Status hold_now(app::Step& step, const Offer& offer, const std::optional<Kept>& kept, Instant start,
                json::object& body) {
  auto hold = kept ? booking::find_hold(step, kept->id) : fail(Error{});
  if (hold && hold->type == offer.type().id && hold->start == start && hold->expires_at > step.now) {
    body["hold_id"] = kept->id.text();
    return {};
  }
  Json made = TRY(booking::place_hold(step, hold_body(offer, start)));
  body["hold_id"] = get_string(made, "id");
  return {};
}

struct Order {
  const Visitor& v;
  const Offer& offer;
  const Wish& wish;
  std::optional<Kept> kept;
  Instant start;
};
Result<std::string> book_order(const Order& o, const std::string& key) {
  app::Answer answer = TRY(o.v.house.runner.run(
      app::Lane::interactive, app::system_caller(), {key, {}}, [&](app::Step& step) -> Result<app::Answer> {
        json::object body = booking_body(o.v, o.offer, o.wish);
        TRY_VOID(add_differences(step, o.v, o.wish, body));
        TRY_VOID(hold_now(step, o.offer, o.kept, o.start, body));
        Json made = o.offer.decided ? TRY(app::book_qualified(step, body, o.offer.type(), *o.offer.decided))
                                    : TRY(booking::book(step, body));
        booking::count_hand(
            step, o.offer.type(),
            get_string(made, "state") == "requested" ? booking::Answered::requested : booking::Answered::booked);
        if (!o.v.trail.attribution.empty()) {
          json::object from;
          for (const auto& [name, value] : o.v.trail.attribution) from[name] = value;
          step.fact("booking.came_from", *ConversationId::parse(get_string(made, "conversation_id")),
                    AppointmentId::parse(get_string(made, "id"))->value, std::move(from));
        }
        std::string link = get_string(made, "link");
        return app::Answer{201, json::object{{"token", link.substr(link.rfind('/') + 1)}}};
      }));
  return get_string(answer.body, "token");
}

// Where to go when there are questions left, or when the answers give no time here.
std::optional<std::string> questions_first(const Visitor& v, const Offer& offer, std::string hold = {}) {
  if (!offer.form && !offer.decided) return std::nullopt;
  if (offer.gives_time() && offer.elsewhere.empty()) return std::nullopt;
  if (hold.empty()) hold = v.query("hold");
  if (offer.decided) return way_on(v, offer, hold);
  return v.trail.to("/b/" + offer.type().slug + "/questions", {{"hold", hold}});
}

// Whom a signed link names is not asked who it is.
http::Pairs with_guest(const Offer& offer, http::Pairs form) {
  if (!offer.guest) return form;
  std::erase_if(form, [](const auto& p) { return p.first == "name" || p.first == "email"; });
  form.emplace_back("name", offer.guest->name.substr(0, kMaxName));
  form.emplace_back("email", offer.guest->email);
  if (trim(http::form_value(form, "phone").value_or("")).empty() && !offer.guest->phone.empty()) {
    std::erase_if(form, [](const auto& p) { return p.first == "phone"; });
    form.emplace_back("phone", offer.guest->phone);
  }
  return form;
}

}  // namespace

http::Response show_details(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  Visitor v = visitor_of(house, request, request.query);
  if (auto wait = too_often(house, request, Visits::looking, slug)) return draw_too_often(v, *wait);
  auto kept = kept_time(house, slug, v.query("hold"));
  if (!kept) return see(v.trail.to("/b/" + slug));
  auto s = read_setting(v, slug, kept);
  if (!s) return draw_book_error(v, s.error());
  if (auto ask = questions_first(v, s->offer)) return see(*ask);
  return draw_details({.v = v, .offer = s->offer, .asked = s->asked, .kept = kept, .until = s->until});
}

http::Response send_details(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  auto posted = read_posted(house, request, "book " + slug);
  Visitor v = visitor_of(house, request, posted ? posted->form : request.query);
  if (auto wait = too_often(house, request, Visits::sending, slug)) return draw_too_often(v, *wait);
  if (!posted) return draw_book_error(v, posted.error());
  auto kept = kept_time(house, slug, posted->typed("hold"));
  auto s = read_setting(v, slug, kept);
  if (!s) return draw_book_error(v, s.error());
  if (auto ask = questions_first(v, s->offer, posted->typed("hold"))) return see(*ask);
  Page page{.v = v, .offer = s->offer, .asked = s->asked, .kept = kept, .until = s->until, .typed = &posted->form};
  auto again = [&](int status, std::string_view notice) {
    page.status = status;
    if (!notice.empty()) page.notice = v.words.say(notice);
    // What came too soon or was refused comes back with its own stamp; what lay too long gets a new one.
    if (posted->stamp == Stamp::old) std::erase_if(posted->form, [](const auto& p) { return p.first == "stamp"; });
    return draw_details(page);
  };
  auto start = kept ? Result<Instant>(kept->start) : parse_rfc3339(posted->typed("start"));
  if (!start) return see(v.trail.to("/b/" + slug));
  if (posted->stamp != Stamp::good) return again(400, posted->stamp == Stamp::fast ? "book.fast" : "book.old");
  auto wish = read_wish(s->asked, with_guest(s->offer, posted->form));
  if (!wish) {
    page.fault = &wish.error();
    return again(http::status_of(wish.error().code), "");
  }
  if (auto wait = too_often_for(house, s->offer.guest ? s->offer.guest->id.text() : ascii_lower(wish->email)))
    return draw_too_often(v, *wait);
  std::string key = sha256_hex("public booking\n" + slug + "\n" + http::encode_form(posted->form));
  auto token = book_order({v, s->offer, *wish, kept, *start}, key);
  if (token) return see(v.trail.to("/b/" + slug + "/done", {{"a", *token}}));
  if (token.error().code != Code::conflict) return draw_book_error(v, token.error());
  page.nearest = nearest_of(token.error());
  page.kept.reset();
  if (page.nearest.empty()) return draw_book_error(v, token.error());
  return again(409, "");
}

}  // namespace onward::pages
