#include "pages/book_desk.h"

#include <algorithm>

#include <fmt/format.h>

#include <set>

#include "app/agencies.h"
#include "app/booking/appointments.h"
#include "app/qualification/intake.h"
#include "app/settings.h"
#include "base/log.h"
#include "pages/markdown.h"

namespace onward::pages {
namespace {

namespace booking = app::booking;

constexpr size_t kAgenciesTold = 3;
constexpr Millis kLooksAhead = std::chrono::days{35};
// What a link to the same page keeps besides the trail.
constexpr std::string_view kKept[] = {"week", "day", "hold", "a", "done"};

http::Pairs kept_query(const http::Request& request) {
  http::Pairs out;
  for (std::string_view name : kKept)
    if (auto value = request.query_value(name); value && value->size() <= 200) out.emplace_back(name, *value);
  return out;
}

json::array tongues(const Visitor& v) {
  json::array out;
  for (const std::string& language : languages()) {
    Trail trail = v.trail;
    trail.language = language;
    out.push_back(json::object{{"code", language},
                               {"label", v.words.say("language." + language)},
                               {"href", trail.to(v.request.path, kept_query(v.request))},
                               {"chosen", language == v.words.language()}});
  }
  return out;
}

json::array steps(const Visitor& v, const Offer& offer, Part current) {
  json::array out;
  if (current == Part::none) return out;
  std::string start = v.trail.to("/b/" + offer.type().slug);
  std::string need = offer.form ? v.trail.to("/b/" + offer.type().slug + "/questions", {}) : start + "#about";
  int at = current == Part::need ? 0 : static_cast<int>(current) + 1;
  bool asked = offer.form.has_value();
  constexpr std::string_view kKeys[] = {"need", "time", "details", "done"};
  for (int i = 0; i < 4; ++i) {
    bool back = (current == Part::details || (asked && current == Part::time)) && i < at;
    out.push_back(json::object{{"step", v.words.word("book.step", kKeys[i])},
                               {"step_href", back ? Json(i == 0 ? need : start) : Json(nullptr)},
                               {"step_now", i == at || (current == Part::time && i == 0 && !asked)},
                               {"step_past", i < at}});
  }
  return out;
}

// "+441174960101" -> "+44 1174 960101" would need a plan of numbers; as it is dialled is right everywhere.
json::object exits(const Visitor& v, const Offer& offer) {
  Zone zone = find_zone(offer.call.zone).value_or(utc());
  std::string address = offer.desk.hosts.empty() ? std::string() : offer.desk.hosts.front().address;
  std::string open = offer.call.open
                         ? v.words.say("book.open_now")
                         : v.words.say("book.opens", {{"when", v.words.moment(offer.call.from, zone, v.now)}});
  return {{"call_href", v.trail.to("/b/" + offer.type().slug + "/call")},
          {"address", offer.walk_in ? Json(address) : Json(nullptr)},
          {"open", open},
          {"phone", offer.phone}};
}

std::string frame_policy(const Visitor& v, const Offer* offer) {
  std::string who = "'none'";
  if (v.trail.embedded && offer) {
    who.clear();
    for (const std::string& origin : offer->embed_on)
      if (is_origin(origin)) who += (who.empty() ? "" : " ") + origin;
    if (offer->embed_on.empty()) who = "*";
    if (who.empty()) who = "'none'";
  }
  return "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; "
         "frame-ancestors " +
         who + "; base-uri 'none'; connect-src 'self'";
}

json::array agencies_of(app::Step& step, const booking::Desk& desk) {
  json::array out;
  std::set<int64_t> seen;
  for (const booking::DeskHost& host : desk.hosts) {
    if (out.size() >= kAgenciesTold || !host.agency || !seen.insert(host.agency.value).second) continue;
    if (auto agency = app::get_agency(step, host.agency)) out.push_back(std::move(*agency));
  }
  return out;
}

bool is_decisive(const qualification::Form& form) {
  auto leads_elsewhere = [](const qualification::Outcome& o) { return o.kind != qualification::OutcomeKind::book; };
  return leads_elsewhere(form.otherwise) ||
         std::ranges::any_of(form.rules, leads_elsewhere, &qualification::Rule::outcome);
}

// What was answered: of this meeting type, or of the one whose answers lead here.
void take_draft(app::Step& step, const Visitor& v, const booking::MeetingType& type, Offer& out) {
  auto text = signed_value(v.house, "draft", v.trail.draft);
  auto id = text ? FormDraftId::parse(*text) : Result<FormDraftId>(fail(Error{}));
  auto draft = id ? app::find_draft(step, *id) : fail(Error{});
  auto asked = draft ? booking::find_meeting_type(step, draft->type) : fail(Error{});
  if (!asked) return;
  if (draft->decision.as_object().empty()) {
    if (asked->id == type.id) out.draft = std::move(*draft);
    return;
  }
  auto decided = app::qualified_of(step, *draft, answerer_of(v, out.guest));
  if (!decided) {
    if (asked->id == type.id) out.draft = std::move(*draft);
    return;
  }
  app::Route route = app::route_of(step, *asked, decided->decision.outcome);
  if (route.type.id != type.id && asked->id != type.id) return;
  if (route.type.id != type.id) out.elsewhere = route.type.slug;
  out.who.team = route.team;
  out.draft = std::move(*draft);
  out.decided = std::move(*decided);
}

void take_answers(app::Step& step, const Visitor& v, const booking::MeetingType& type, Offer& out) {
  if (auto guest = v.trail.guest.empty() ? fail(Error{}) : app::guest_of(step, v.trail.guest)) out.guest = *guest;
  if (auto form = type.form ? app::find_form(step, type.form) : fail(Error{})) {
    out.decisive = is_decisive(form->form);
    out.form = std::move(*form);
  }
  if (!v.trail.draft.empty()) take_draft(step, v, type, out);
  out.who.language = v.words.language();
}

}  // namespace

bool Offer::gives_time() const {
  return decided && app::gives_time(decided->decision.outcome, get_bool(draft->decision, "anyway"));
}

Json hold_body(const Offer& offer, Instant start) {
  json::object body{{"meeting_type_id", offer.type().id.text()},
                    {"start", format_rfc3339(start)},
                    {"zone", offer.zone().name()},
                    {"language", offer.who.language}};
  if (offer.who.team) body["team_id"] = offer.who.team.text();
  return Json(std::move(body));
}

app::Answerer answerer_of(const Visitor& v, const std::optional<app::Guest>& guest) {
  app::Answerer who{.language = v.words.language(), .source = "web", .zone = v.trail.zone};
  if (guest) who.contact = guest->id;
  return who;
}

Visitor visitor_of(const House& house, const http::Request& request, const http::Pairs& given,
                   const std::string& preferred) {
  Trail trail = read_trail(given);
  std::vector<std::string> wishes = {trail.language, preferred};
  for (std::string& tag : accepted_languages(request.header("Accept-Language"))) wishes.push_back(std::move(tag));
  return Visitor{house, request, std::move(trail), Words(choose_language(wishes)), house.runner.now()};
}

Result<Offer> load_offer(app::Step& step, const std::string& slug, const Visitor& v, Starts wanted) {
  booking::MeetingType type = TRY(booking::find_meeting_type(step, slug));
  if (!type.active) return fail(Code::not_found, "there is no such meeting type");
  Offer out;
  Instant to = step.now + kLooksAhead;
  if (auto week = parse_date(v.query("week")); week && days_between(utc().date(step.now), *week) <= kDaysAhead + 1)
    to = std::max(to, utc().midnight(*week) + std::chrono::days{kDaysShown + 2});
  if (wanted == Starts::left_out) to = step.now + 1h;
  take_answers(step, v, type, out);
  out.desk = TRY(booking::load_desk(step, type.id, {step.now, to, v.trail.zone, out.who}));
  if (wanted == Starts::wanted)
    for (const booking::Offered& o : booking::offered(out.desk, slots::Board(out.desk.input)))
      out.starts.push_back(o.start);
  out.call = app::next_call(step, type);
  out.firm = step.catalog().organization_name;
  Json setting = app::setting(step, "booking");
  out.phone = get_string(setting, "phone");
  out.walk_in = get_bool(setting, "walk_in", true);
  out.embed_on = get_strings(setting, "embed_on");
  if (wanted == Starts::wanted) out.agencies = agencies_of(step, out.desk);
  out.desk.type = std::move(type);  // with its hosts
  return out;
}

Result<Offer> read_offer(const Visitor& v, const std::string& slug, Starts wanted) {
  Offer out;
  TRY_VOID(v.house.runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    out = TRY(load_offer(step, slug, v, wanted));
    return {};
  }));
  return out;
}

json::object book_frame(const Visitor& v, const Offer& offer, const std::string& title, Part part) {
  std::string name = text_in(offer.type().name, v.words.language());
  json::object out = exits(v, offer);
  out["title"] = title.empty() ? name : title;
  out["name"] = name;
  out["firm"] = offer.firm;
  out["length"] = v.words.span(offer.type().length());
  out["steps"] = steps(v, offer, part);
  out["start_href"] = v.trail.to("/b/" + offer.type().slug);
  return out;
}

http::Response draw_book(const Visitor& v, const Offer* offer, std::string_view page, json::object model, int status,
                         Index index) {
  model["tongues"] = tongues(v);
  model["carry"] = v.trail.hidden();
  model["embedded"] = v.trail.embedded;
  model["host"] = v.trail.host;
  model["trap"] = kTrap;
  http::Response r = http::Response::html(status, v.house.renderer.page(page, v.words, std::move(model)));
  r.set("Cache-Control", "no-store").set("Content-Security-Policy", frame_policy(v, offer));
  if (index == Index::no) r.set("X-Robots-Tag", "noindex, nofollow");
  // No cookie opens these pages, and their stamps are anybody's; but what was typed is not shown beside them
  // compressed.
  r.compressible = v.request.method != "POST";
  return r;
}

http::Response draw_book_error(const Visitor& v, const Error& error) {
  if (error.code == Code::internal) log_error("page.failed", {{"path", v.request.path}, {"detail", error.detail}});
  std::string title = v.words.say(fmt::format("problem.{}", to_string(error.code)));
  json::object model{{"title", title}, {"message", v.words.phrase(error.message)}, {"firm", ""}};
  return draw_book(v, nullptr, "book_problem", std::move(model), http::status_of(error.code));
}

http::Response draw_too_often(const Visitor& v, Millis wait) {
  int64_t seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  json::object model{
      {"title", v.words.say("problem.rate_limited")},
      {"message", v.words.say("book.too_often", {{"wait", v.words.span(std::chrono::seconds{seconds})}})},
      {"firm", ""}};
  http::Response r = draw_book(v, nullptr, "book_problem", std::move(model), http::status_of(Code::rate_limited));
  r.set("Retry-After", std::to_string(seconds));
  return r;
}

std::vector<Instant> nearest_of(const Error& error) {
  std::vector<Instant> out;
  auto members = parse_json(error.members.empty() ? "{}" : error.members);
  const Json* nearest = members ? find(*members, "nearest") : nullptr;
  if (nearest && nearest->is_array())
    for (const Json& slot : nearest->as_array())
      if (auto start = parse_rfc3339(get_string(slot, "start"))) out.push_back(*start);
  return out;
}

}  // namespace onward::pages
