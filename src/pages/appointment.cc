// /a/{token}: my appointment. The token is the whole credential; a GET changes nothing, since programs open links
// before people do; every change is a POST of a form that was drawn here.
#include "app/booking/appointments.h"
#include "app/calendars/card.h"
#include "app/case_appointments.h"
#include "app/sessions.h"
#include "base/schema.h"
#include "core/library/words.h"
#include "ical/calendar.h"
#include "ical/links.h"
#include "pages/book_desk.h"
#include "pages/handlers.h"
#include "pages/markdown.h"

#include <fmt/format.h>

namespace onward::pages {

namespace booking = app::booking;

namespace {

constexpr Millis kShownAfter = std::chrono::days{14};  // after its end
constexpr size_t kMaxReason = 300;                     // characters

struct Mine {
  booking::Appointment a;
  conversations::Appointment shown;  // the same, as messages show it
  std::string slug, firm;
  Json name;
  bool offered = false;          // its meeting type can be booked
  std::vector<Instant> nearest;  // to choose from when it was declined
};

tl::unexpected<Error> unknown_link() { return fail(Code::not_found, "this link is not known"); }

Result<Mine> load_mine(app::Step& step, const std::string& token) {
  auto found = booking::find_by_token(step, token);
  if (!found) return unknown_link();
  Mine out{.a = std::move(*found)};
  if (!out.a.ahead() && out.a.end + kShownAfter < step.now) return unknown_link();
  if (out.a.end + kShownAfter < step.now) return unknown_link();
  auto type = booking::find_meeting_type(step, out.a.type);
  if (type) {
    out.slug = type->slug;
    out.name = type->name;
    out.offered = type->active;
  }
  out.shown = TRY(app::case_appointment(step, out.a.conversation, out.a.id));
  if (out.a.state == "declined" && out.offered && out.a.start > step.now)
    if (auto nearest = booking::nearest_slots(step, out.a.type, out.a.start, {{}, {}, out.a.zone}))
      for (const Json& slot : nearest->at("nearest").as_array())
        if (auto start = parse_rfc3339(get_string(slot, "start"))) out.nearest.push_back(*start);
  out.firm = step.catalog().organization_name;
  return out;
}

// What every page of an appointment begins with; the answer when it ends there.
struct Entry {
  std::optional<Visitor> v;
  std::optional<Mine> mine;
  std::optional<http::Response> refusal;
};

std::string token_of(const http::Request& request) { return std::string(request.param("token")); }
std::string path_of(const http::Request& request) { return "/a/" + token_of(request); }
std::string purpose_of(const std::string& token) { return "appointment " + token; }

Entry enter(const House& house, const http::Request& request, const http::Pairs& given, const std::string& token) {
  Entry e;
  e.v.emplace(visitor_of(house, request, given));
  if (auto wait = too_often(house, request, Visits::looking, "a")) {
    e.refusal = draw_too_often(*e.v, *wait);
    return e;
  }
  auto mine = Result<Mine>(unknown_link());
  Status read = house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    mine = load_mine(step, token);
    return {};
  });
  if (!read) mine = fail(read.error());
  if (!mine) {
    auto wait = too_often(house, request, Visits::guessing, "a");
    e.refusal = wait ? draw_too_often(*e.v, *wait) : draw_book_error(*e.v, mine.error());
    return e;
  }
  e.mine = std::move(*mine);
  return e;
}

ical::Event event_of(const Visitor& v, const Mine& m) {
  const conversations::Appointment& a = m.shown;
  std::string name = text_in(m.name, v.words.language());
  return app::customer_event(v.house.runner.services(), a,
                             {m.firm.empty() ? name : fmt::format("{}, {}", name, m.firm),
                              v.words.say("mine.invite", {{"with", a.with}, {"link", a.link}}),
                              a.place.empty() ? v.words.word("meet", a.channel) : a.place});
}

json::object mine_model(const Visitor& v, const Mine& m, const std::string& token) {
  Zone zone = find_zone(m.a.zone).value_or(utc());
  ical::Event event = event_of(v, m);
  std::string path = "/a/" + token;
  bool open = m.a.ahead() && m.a.start > v.now;
  const std::string& ready = library::in_language(m.shown.ready, v.words.language());
  return {{"firm", m.firm},
          {"name", text_in(m.name, v.words.language())},
          {"state", v.words.word("mine.state", m.a.state)},
          {"day", long_day(v.words, zone.date(m.a.start), zone.date(v.now))},
          {"from", clock_text(m.a.start, zone)},
          {"to", clock_text(m.a.end, zone)},
          {"iso", format_rfc3339(m.a.start)},
          {"zone_name", zone.name()},
          {"with", m.shown.with},
          {"how", v.words.word("meet", m.a.channel)},
          {"place", m.a.place},
          {"ready", open && !ready.empty() ? Json(markdown_html(ready)) : Json(nullptr)},
          {"ahead", open},
          {"cancelled", m.a.state == "cancelled"},
          {"requested",
           m.a.approve_by
               ? Json(v.words.say("mine.requested", {{"when", long_moment(v.words, *m.a.approve_by, zone, v.now)}}))
               : Json(nullptr)},
          {"declined", m.a.state == "declined"},
          {"nearest", times_model(v.words, zone, v.now, m.nearest)},
          {"has_nearest", !m.nearest.empty()},
          {"book_path", "/b/" + m.slug},
          {"book_stamp", draw_stamp(v.house, "time " + m.slug)},
          {"off", m.a.state == "cancelled" || m.a.state == "declined"},
          {"past", !open && m.a.state != "cancelled" && m.a.state != "declined"},
          {"series", open && m.a.series},
          {"confirmable", open && m.a.state == "booked"},
          {"confirmed", m.a.state == "confirmed"},
          {"path", path},
          {"move_href", v.trail.to(path + "/move")},
          {"cancel_href", v.trail.to(path + "/cancel")},
          {"file_href", path + "/event.ics"},
          {"card_href", path + "/contact.vcf"},
          {"google", ical::google_link(event)},
          {"outlook", ical::outlook_link(event, ical::OutlookKind::personal)},
          {"manage", v.house.runner.services().base_url + path},
          {"again_href", m.offered ? Json(v.trail.to("/b/" + m.slug)) : Json(nullptr)}};
}

http::Response draw_mine(const Visitor& v, const Offer* offer, json::object model, const std::string& token,
                         bool done) {
  bool asked = done && !model["requested"].is_null();
  model["done_title"] = v.words.say(asked ? "mine.asked_title" : "mine.done_title");
  model["title"] = done ? model["done_title"] : Json(v.words.say("mine.title"));
  model["lead"] = v.words.say("mine.about");
  model["stamp"] = draw_stamp(v.house, purpose_of(token));
  model["done"] = done;
  bool moved = v.request.query_value("moved").has_value(), confirmed = v.request.query_value("confirmed").has_value();
  model["said"] = moved ? v.words.say("mine.moved") : confirmed ? v.words.say("mine.now_confirmed") : "";
  return draw_book(v, offer, "appointment", std::move(model));
}

// A change that was posted: stamp, then the work, then the appointment's page.
http::Response change_mine(const House& house, const http::Request& request,
                           const std::function<Status(app::Step&, const Mine&, const Posted&)>& work,
                           std::string_view said,
                           const std::function<http::Response(Entry&, const Error&)>& refused = {}) {
  std::string token = token_of(request);
  auto posted = read_posted(house, request, purpose_of(token));
  Entry e = enter(house, request, posted ? posted->form : request.query, token);
  if (e.refusal) return *e.refusal;
  if (auto wait = too_often(house, request, Visits::sending, "a")) return draw_too_often(*e.v, *wait);
  if (!posted) return draw_book_error(*e.v, posted.error());
  if (posted->stamp == Stamp::old) return see(e.v->trail.to(request.path));  // it lay too long: look again
  Status done = house.runner.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    Mine mine = TRY(load_mine(step, token));
    return work(step, mine, *posted);
  });
  if (done)
    return see(e.v->trail.to(path_of(request), said.empty() ? http::Pairs{} : http::Pairs{{std::string(said), "1"}}));
  return refused ? refused(e, done.error()) : draw_book_error(*e.v, done.error());
}

// Only what lies ahead can be changed here.
Status require_ahead(const app::Step& step, const Mine& m) {
  if (m.a.ahead() && m.a.start > step.now) return {};
  return fail(Code::conflict, "this appointment cannot be changed any more");
}

http::Response draw_move(Entry& e, const std::string& token, const std::vector<Instant>* nearest) {
  Visitor& v = *e.v;
  if (v.trail.zone.empty()) v.trail.zone = e.mine->a.zone;
  auto offer = read_offer(v, e.mine->slug, Starts::wanted);
  if (!offer) return draw_book_error(v, Error{Code::conflict, "this appointment cannot be changed any more", {}, {}});
  json::object model = book_frame(v, *offer, v.words.say("mine.move_title"), Part::none);
  Picking p{v.words, offer->zone(), v.now, v.trail, "/a/" + token + "/move", v.query("week"), v.query("day")};
  for (auto& [key, value] : picker_model(p, offer->starts)) model[key] = value;
  model["stamp"] = draw_stamp(v.house, purpose_of(token));
  model["was"] = long_moment(v.words, e.mine->a.start, offer->zone(), v.now);
  model["gone"] = nearest ? Json(times_model(v.words, offer->zone(), v.now, *nearest)) : Json(nullptr);
  model["was_gone"] = nearest != nullptr;
  model["back_href"] = v.trail.to("/a/" + token);
  return draw_book(v, nullptr, "appointment_move", std::move(model), nearest ? 409 : 200);
}

http::Response private_file(std::string text, std::string_view type, std::string_view name) {
  http::Response r = http::Response::text(200, std::move(text));
  r.set("Content-Type", type)
      .set("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name))
      .set("Cache-Control", "no-store")
      .set("X-Robots-Tag", "noindex, nofollow");
  return r;
}

}  // namespace

http::Response show_done(const House& house, const http::Request& request) {
  std::string token = request.query_value("a").value_or("");
  Entry e = enter(house, request, request.query, token);
  if (e.refusal) return *e.refusal;
  auto offer = read_offer(*e.v, std::string(request.param("slug")), Starts::left_out);
  if (!offer) return draw_book_error(*e.v, offer.error());
  json::object model = book_frame(*e.v, *offer, "", Part::done);
  for (auto& [key, value] : mine_model(*e.v, *e.mine, token)) model[key] = value;
  return draw_mine(*e.v, &*offer, std::move(model), token, true);
}

http::Response show_mine(const House& house, const http::Request& request) {
  Entry e = enter(house, request, request.query, token_of(request));
  if (e.refusal) return *e.refusal;
  json::object model = mine_model(*e.v, *e.mine, token_of(request));
  return draw_mine(*e.v, nullptr, std::move(model), token_of(request), false);
}

http::Response confirm_mine(const House& house, const http::Request& request) {
  auto work = [](app::Step& step, const Mine& m, const Posted&) -> Status {
    TRY_VOID(require_ahead(step, m));
    TRY(booking::confirm(step, m.a.id));
    return {};
  };
  return change_mine(house, request, work, "confirmed");
}

http::Response show_move(const House& house, const http::Request& request) {
  Entry e = enter(house, request, request.query, token_of(request));
  if (e.refusal) return *e.refusal;
  if (!e.mine->a.ahead() || e.mine->a.start <= e.v->now) return see(e.v->trail.to(path_of(request)));
  return draw_move(e, token_of(request), nullptr);
}

http::Response move_mine(const House& house, const http::Request& request) {
  auto work = [](app::Step& step, const Mine& m, const Posted& posted) -> Status {
    TRY_VOID(require_ahead(step, m));
    auto start = parse_rfc3339(posted.typed("start"));
    if (!start) return fail(Code::invalid, "choose one");
    Trail trail = read_trail(posted.form);
    json::object body{{"start", format_rfc3339(*start)}};
    if (!trail.zone.empty()) body["zone"] = trail.zone;
    TRY(booking::reschedule(step, m.a.id, body));
    return {};
  };
  auto refused = [&](Entry& e, const Error& error) {
    std::vector<Instant> nearest = nearest_of(error);
    return nearest.empty() ? draw_book_error(*e.v, error) : draw_move(e, token_of(request), &nearest);
  };
  return change_mine(house, request, work, "moved", refused);
}

http::Response show_cancel(const House& house, const http::Request& request) {
  Entry e = enter(house, request, request.query, token_of(request));
  if (e.refusal) return *e.refusal;
  json::object model = mine_model(*e.v, *e.mine, token_of(request));
  if (!model["ahead"].as_bool()) return see(e.v->trail.to(path_of(request)));
  model["title"] = e.v->words.say("mine.cancel_title");
  model["stamp"] = draw_stamp(house, purpose_of(token_of(request)));
  return draw_book(*e.v, nullptr, "appointment_cancel", std::move(model));
}

http::Response cancel_mine(const House& house, const http::Request& request) {
  auto work = [](app::Step& step, const Mine& m, const Posted& posted) -> Status {
    if (m.a.state == "cancelled") return {};
    TRY_VOID(require_ahead(step, m));
    static const Shape line = shape::line(1, kMaxReason);
    std::string reason = posted.typed("reason");
    json::object body;
    if (!reason.empty()) TRY_VOID(line.validate(Json(reason)));
    if (!reason.empty()) body["reason"] = reason;
    TRY(booking::cancel(step, m.a.id, body));
    return {};
  };
  return change_mine(house, request, work, "");
}

http::Response show_invite(const House& house, const http::Request& request) {
  Entry e = enter(house, request, request.query, token_of(request));
  if (e.refusal) return *e.refusal;
  auto file = ical::write_calendar({.events = {event_of(*e.v, *e.mine)}});
  if (!file) return draw_book_error(*e.v, file.error());
  return private_file(std::move(*file), "text/calendar; charset=utf-8; method=PUBLISH", "appointment.ics");
}

// Whoever hosts the appointment, for the customer's address book.
http::Response show_contact_card(const House& house, const http::Request& request) {
  Entry e = enter(house, request, request.query, token_of(request));
  if (e.refusal) return *e.refusal;
  auto card = Result<Json>(unknown_link());
  Status read = house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    card = app::calendars::get_card(step, e.mine->a.advisor);
    return {};
  });
  if (!read) card = fail(read.error());
  if (!card) return draw_book_error(*e.v, card.error());
  return private_file(get_string(*card, "text"), get_string(*card, "content_type"), get_string(*card, "file_name"));
}

}  // namespace onward::pages
