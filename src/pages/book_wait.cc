// /b/{slug}/wait: tell me when a time is free. /w/{token}: my place on the waitlist; taking an offer and leaving are
// POSTs of forms that were drawn here, since programs open links before people do.
#include "app/booking/hands.h"
#include "app/booking/waitlist.h"
#include "base/crypto.h"
#include "pages/book_details.h"
#include "pages/handlers.h"

namespace onward::pages {

namespace booking = app::booking;

namespace {

constexpr int kUsualDays = 14;

std::string purpose_of(const std::string& slug) { return "wait " + slug; }
std::string purpose_of_entry(const std::string& token) { return "waitlist " + token; }

Form wait_form(const Visitor& v, const Offer& offer, const std::string& stamp) {
  const Words& w = v.words;
  Date today = offer.zone().date(v.now);
  Form form("wait", "/b/" + offer.type().slug + "/wait", w.say("wait.submit"));
  form.add({.name = "stamp", .label = "", .kind = Field::Kind::hidden, .value = stamp});
  form.add({.name = "name", .label = w.say("book.name"), .required = true, .autocomplete = "name"});
  form.add({.name = "email",
            .label = w.say("book.email"),
            .kind = Field::Kind::email,
            .required = true,
            .hint = w.say("wait.email_hint"),
            .autocomplete = "email"});
  form.add({.name = "from_date",
            .label = w.say("wait.from_date"),
            .kind = Field::Kind::date,
            .required = true,
            .value = to_string(today)});
  form.add({.name = "to_date",
            .label = w.say("wait.to_date"),
            .kind = Field::Kind::date,
            .required = true,
            .value = to_string(add_days(today, kUsualDays))});
  form.add({.name = "times",
            .label = w.say("wait.times"),
            .kind = Field::Kind::radios,
            .required = true,
            .choices = {{"any", w.say("wait.times.any"), true},
                        {"morning", w.say("wait.times.morning"), false},
                        {"afternoon", w.say("wait.times.afternoon"), false}}});
  return form;
}

http::Response draw_wait(const Visitor& v, const Offer& offer, const Form& form, const std::string& notice,
                         int status) {
  json::object model = book_frame(v, offer, v.words.say("wait.title"), Part::none);
  model["form"] = form.view(v.words, "");
  model["notice"] = notice;
  return draw_book(v, &offer, "book_wait", std::move(model), status);
}

struct Days {
  std::string from, to, from_time = "00:00", to_time = "24:00";
};
Result<Days> read_days(const Posted& posted, const Zone& zone, Instant now) {
  std::vector<FieldError> faults;
  Days out{.from = posted.typed("from_date"), .to = posted.typed("to_date")};
  auto blame = [&](std::string_view name, std::string_view code) {
    faults.push_back({"/" + std::string(name), std::string(code), std::string(code)});
  };
  auto from = parse_date(out.from), to = parse_date(out.to);
  if (!from) blame("from_date", "required");
  if (!to) blame("to_date", "required");
  if (from && to && *to < *from) blame("to_date", "order");
  if (from && to && (*to < zone.date(now))) blame("to_date", "past");
  if (from && to && days_between(*from, *to) > 92) blame("to_date", "range");
  if (posted.typed("times") == "morning") out.to_time = "12:00";
  if (posted.typed("times") == "afternoon") out.from_time = "12:00";
  if (faults.empty()) return out;
  std::string message = faults[0].message;
  return fail(Error{Code::invalid, std::move(message), std::move(faults), {}});
}

json::object joining_body(const Visitor& v, const Offer& offer, const Wish& w, const Days& days) {
  return {{"meeting_type_id", offer.type().id.text()},
          {"contact",
           {{"name", w.name},
            {"emails", json::array{Json(w.email)}},
            {"language", v.words.language()},
            {"zone", offer.zone().name()}}},
          {"from_date", days.from},
          {"to_date", days.to},
          {"from_time", days.from_time},
          {"to_time", days.to_time},
          {"zone", offer.zone().name()}};
}

// The answer never holds the link: an address that is typed here may be somebody else's. It goes by mail.
Status join(const Visitor& v, const Offer& offer, const Json& body, const std::string& key) {
  auto work = [&](app::Step& step) -> Result<app::Answer> {
    TRY(booking::join_waitlist(step, body));
    booking::count_hand(step, offer.type(), booking::Answered::waitlist);
    return app::Answer{201, Json(nullptr)};
  };
  TRY(v.house.runner.run(app::Lane::interactive, app::system_caller(), {key, {}}, work));
  return {};
}

// An entry with what its page says of it.
struct Mine {
  booking::WaitlistEntry e;
  std::string slug, firm;
  Json name;
};
Result<Mine> load_mine(app::Step& step, const std::string& token) {
  auto found = booking::find_waitlist_entry(step, token);
  if (!found) return fail(Code::not_found, "this link is not known");
  Mine out{.e = std::move(*found)};
  if (auto type = booking::find_meeting_type(step, out.e.type); type) {
    out.slug = type->slug;
    out.name = type->name;
  }
  out.firm = step.catalog().organization_name;
  return out;
}

struct Entered {
  std::optional<Visitor> v;
  std::optional<Mine> mine;
  std::optional<http::Response> refusal;
};
Entered enter(const House& house, const http::Request& request, const http::Pairs& given) {
  Entered out;
  out.v.emplace(visitor_of(house, request, given));
  if (auto wait = too_often(house, request, Visits::looking, "w")) {
    out.refusal = draw_too_often(*out.v, *wait);
    return out;
  }
  Result<Mine> mine = fail(Error{});
  Status read = house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    mine = load_mine(step, std::string(request.param("token")));
    return {};
  });
  if (!read) mine = fail(read.error());
  if (mine) {
    out.mine = std::move(*mine);
  } else {
    auto wait = too_often(house, request, Visits::guessing, "w");
    out.refusal = wait ? draw_too_often(*out.v, *wait) : draw_book_error(*out.v, mine.error());
  }
  return out;
}

json::object place_model(const Visitor& v, const Mine& m, const std::string& token) {
  const Words& w = v.words;
  Zone zone = find_zone(m.e.zone).value_or(utc());
  Date today = zone.date(v.now);
  bool offered = m.e.state == "offered" && *m.e.next_at > v.now;
  std::string times = m.e.from_time == "00:00" && m.e.to_time == "24:00"
                          ? w.say("wait.times.any")
                          : w.say("wait.between", {{"from", m.e.from_time}, {"to", m.e.to_time}});
  json::object out{{"title", w.say("waitlist.title")},
                   {"firm", m.firm},
                   {"name", text_in(m.name, w.language())},
                   {"path", "/w/" + token},
                   {"stamp", draw_stamp(v.house, purpose_of_entry(token))},
                   {"days", w.say("wait.days", {{"from", long_day(w, *parse_date(m.e.from_date), today)},
                                                {"to", long_day(w, *parse_date(m.e.to_date), today)}})},
                   {"times", times},
                   {"zone_name", zone.name()},
                   {"offered", offered},
                   {"waiting", m.e.state == "waiting" || (m.e.state == "offered" && !offered)},
                   {"booked", m.e.state == "booked"},
                   {"ended", m.e.state == "ended"},
                   {"again_href", m.slug.empty() ? Json(nullptr) : Json(v.trail.to("/b/" + m.slug))}};
  if (offered) {
    out["start"] = long_moment(w, m.e.offered_start, zone, v.now);
    out["until"] = w.say("waitlist.until", {{"when", long_moment(w, *m.e.next_at, zone, v.now)}});
  }
  return out;
}

}  // namespace

http::Response show_wait(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  Visitor v = visitor_of(house, request, request.query);
  if (auto wait = too_often(house, request, Visits::looking, slug)) return draw_too_often(v, *wait);
  auto offer = read_offer(v, slug, Starts::left_out);
  if (!offer) return draw_book_error(v, offer.error());
  if (offer->type().waitlist_min == 0) return see(v.trail.to("/b/" + slug));
  if (!v.query("done").empty()) {
    json::object model = book_frame(v, *offer, v.words.say("wait.done_title"), Part::none);
    model["waits"] = true;
    return draw_book(v, &*offer, "book_wait", std::move(model));
  }
  return draw_wait(v, *offer, wait_form(v, *offer, draw_stamp(house, purpose_of(slug))), "", 200);
}

http::Response send_wait(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  auto posted = read_posted(house, request, purpose_of(slug));
  Visitor v = visitor_of(house, request, posted ? posted->form : request.query);
  if (auto wait = too_often(house, request, Visits::sending, slug)) return draw_too_often(v, *wait);
  if (!posted) return draw_book_error(v, posted.error());
  auto offer = read_offer(v, slug, Starts::left_out);
  if (!offer) return draw_book_error(v, offer.error());
  auto wish = read_wish({}, posted->form);
  auto days = read_days(*posted, offer->zone(), v.now);
  if (posted->stamp != Stamp::good || !wish || !days) {
    bool old = posted->stamp == Stamp::old, fast = posted->stamp == Stamp::fast;
    Form form = wait_form(v, *offer, "");
    form.keep(posted->form);
    if (old) form.put("stamp", draw_stamp(house, purpose_of(slug)));
    if (!old && !fast && !wish) form.blame(wish.error(), v.words);
    if (!old && !fast && wish) form.blame(days.error(), v.words);
    return draw_wait(v, *offer, form, old ? v.words.say("book.old") : fast ? v.words.say("book.fast") : "", 400);
  }
  if (auto wait = too_often_for(house, wish->email)) return draw_too_often(v, *wait);
  std::string key = sha256_hex("public wait\n" + slug + "\n" + http::encode_form(posted->form));
  Status joined = join(v, *offer, joining_body(v, *offer, *wish, *days), key);
  if (!joined) return draw_book_error(v, joined.error());
  return see(v.trail.to("/b/" + slug + "/wait", {{"done", "1"}}));
}

http::Response show_place(const House& house, const http::Request& request) {
  Entered e = enter(house, request, request.query);
  if (e.refusal) return *e.refusal;
  return draw_book(*e.v, nullptr, "waitlist", place_model(*e.v, *e.mine, std::string(request.param("token"))));
}

http::Response change_place(const House& house, const http::Request& request) {
  std::string token(request.param("token"));
  auto posted = read_posted(house, request, purpose_of_entry(token));
  Entered e = enter(house, request, posted ? posted->form : request.query);
  if (e.refusal) return *e.refusal;
  Visitor& v = *e.v;
  if (auto wait = too_often(house, request, Visits::sending, "w")) return draw_too_often(v, *wait);
  if (!posted) return draw_book_error(v, posted.error());
  bool takes = posted->typed("act") == "take";
  std::string link;
  Status done = house.runner.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    Mine mine = TRY(load_mine(step, token));
    if (takes && mine.e.state != "booked") link = get_string(TRY(booking::take_offer(step, mine.e.id)), "link");
    if (!takes) TRY(booking::leave_waitlist(step, mine.e.id));
    return {};
  });
  if (!done && done.error().code != Code::conflict) return draw_book_error(v, done.error());
  if (done && !link.empty()) return see(v.trail.to("/a/" + link.substr(link.rfind('/') + 1)));
  return see(v.trail.to("/w/" + token));  // it says how things stand
}

}  // namespace onward::pages
