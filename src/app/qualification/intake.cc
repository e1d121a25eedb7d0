#include "app/qualification/intake.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/articles.h"
#include "app/booking/waitlist.h"
#include "app/contacts.h"
#include "app/conversations.h"

namespace onward::app {

using booking::MeetingType;
using qualification::Outcome;
using qualification::OutcomeKind;

namespace {

constexpr int kWishDays = 60;
constexpr Millis kOfferWithin = std::chrono::hours{24};
constexpr size_t kMaxTitle = 180;

Result<MeetingType> type_of(Step& step, const Json& body) {
  if (HoldId hold = TRY(id_of<HoldId>(body, "hold_id")))
    if (auto found = booking::find_hold(step, hold)) return booking::find_meeting_type(step, found->type);
  auto type = booking::find_meeting_type(step, TRY(id_of<MeetingTypeId>(body, "meeting_type_id")));
  if (!type) return unknown_reference("meeting_type_id", "meeting type");
  return std::move(*type);
}

Answerer answerer_of(const Json& body, ContactId contact) {
  Answerer who{.contact = contact, .source = get_string(body, "source", "web"), .zone = get_string(body, "zone")};
  if (const Json* person = find(body, "contact")) who.language = get_string(*person, "language");
  return who;
}

Status task(Step& step, ConversationId id, std::string title, std::string_view kind, Instant due) {
  size_t end = std::min(title.size(), kMaxTitle);
  while (end < title.size() && (static_cast<unsigned char>(title[end]) & 0xc0) == 0x80) --end;
  TRY(add_task(step, id,
               json::object{{"title", title.substr(0, end)}, {"kind", kind}, {"due_at", format_rfc3339(due)}}));
  return {};
}

std::string detail_of(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::call_back: return "The answers lead to a call, not to an appointment: the customer is called.";
    case OutcomeKind::read_first: return "The answers lead to an article first.";
    case OutcomeKind::waitlist: return "The answers lead to the waitlist: a time will be offered.";
    case OutcomeKind::decline: return "The answers lead to no appointment.";
    case OutcomeKind::book:
    case OutcomeKind::book_with: break;
  }
  return "The answers lead to no appointment now.";
}

// Any time in the weeks to come.
Json wish_of(const Step& step, const MeetingType& type, ContactId contact, const std::string& zone_name) {
  Date today = find_zone(zone_name).value_or(utc()).date(step.now);
  return json::object{{"meeting_type_id", type.id.text()},
                      {"contact_id", contact.text()},
                      {"from_date", to_string(today)},
                      {"to_date", to_string(add_days(today, kWishDays))},
                      {"zone", zone_name}};
}

Json article_of(Step& step, const std::string& slug) {
  auto article = slug.empty() ? fail(Error{}) : find_live_article(step, slug);
  if (!article || get_string(*article, "state") != "published") return nullptr;
  return json::object{
      {"slug", slug}, {"title", get_string(*article, "title")}, {"url", step.services.base_url + "/articles/" + slug}};
}

// As problem+json: what follows instead of an appointment.
Answer refusal(Step& step, const Qualified& q, const Raised& raised) {
  json::object out{{"type", "about:blank"},
                   {"title", "Conflict"},
                   {"status", 409},
                   {"code", "not_qualified"},
                   {"detail", detail_of(q.decision.outcome.kind)}};
  for (auto& [key, value] : qualification_view(q)) out[key] = value;
  out["conversation_id"] = raised.conversation.text();
  out["next_step"] = raised.next;
  out["article"] = article_of(step, q.decision.outcome.article);
  out["call"] = nullptr;
  if (raised.call)
    out["call"] = json::object{{"from", format_rfc3339(raised.call->from)}, {"due", format_rfc3339(raised.call->due)}};
  return {409, std::move(out)};
}

}  // namespace

bool gives_time(const Outcome& o, bool anyway) {
  if (o.kind == OutcomeKind::read_first) return anyway && o.anyway;
  return o.kind == OutcomeKind::book || o.kind == OutcomeKind::book_with;
}

Route route_of(Step& step, const MeetingType& asked, const Outcome& o) {
  Route out{asked, {}};
  if (o.kind != OutcomeKind::book_with) return out;
  if (!o.meeting_type.empty())
    if (auto other = booking::find_meeting_type_named(step, o.meeting_type); other && other->active)
      out.type = std::move(*other);
  Rows team = o.team.empty() ? Rows() : step.run("team_named", {o.team});
  if (team.empty()) return out;
  std::set<int64_t> members = booking::members_of(step, {team.integer(0, 0)});
  if (std::ranges::any_of(out.type.hosts, [&](const auto& h) { return members.contains(h.advisor.value); }))
    out.team = {team.integer(0, 0)};
  return out;
}

Result<Json> book_qualified(Step& step, const Json& given, const MeetingType& asked, const Qualified& q) {
  Route route = route_of(step, asked, q.decision.outcome);
  json::object body = given.as_object();
  if (route.type.id != asked.id) {
    body["meeting_type_id"] = route.type.id.text();
    if (auto hold = id_of<HoldId>(given, "hold_id"); hold && *hold)
      if (auto found = booking::find_hold(step, *hold); found && found->type != route.type.id) {
        if (!body.contains("start") || body.at("start").is_null()) body["start"] = format_rfc3339(found->start);
        body["hold_id"] = nullptr;
      }
  }
  if (route.team) body["team_id"] = route.team.text();
  Json made = TRY(booking::book(step, body));
  ConversationId conversation = *ConversationId::parse(get_string(made, "conversation_id"));
  keep_answers(step, q, conversation, *AppointmentId::parse(get_string(made, "id")));
  made.as_object()["answers"] = answers_view(step, conversation, "en", true);
  made.as_object()["qualification"] = qualification_view(q);
  return made;
}

Result<Raised> raise_hand(Step& step, const MeetingType& type, ContactId contact, const std::string& source,
                          const Qualified& q) {
  Raised out{.conversation = TRY(hand_raised(step, type, contact, source)), .next = "none", .call = std::nullopt};
  Json person = TRY(get_contact(step, contact));
  std::string name = get_string(person, "name");
  keep_answers(step, q, out.conversation, {});
  switch (q.decision.outcome.kind) {
    case OutcomeKind::call_back: {
      std::vector<std::string> phones = get_strings(person, "phones");
      out.call = TRY(promise_call(step, type, out.conversation, phones.empty() ? "" : phones.front(), name));
      out.next = "call";
      break;
    }
    case OutcomeKind::waitlist:
      if (type.active && type.waitlist_min > 0 && !get_strings(person, "emails").empty()) {
        TRY(booking::join_waitlist(step, wish_of(step, type, contact, get_string(person, "zone", "UTC"))));
        out.next = "waitlist";
        break;
      }
      TRY_VOID(task(step, out.conversation, "Offer a time: " + name, "other", step.now + kOfferWithin));
      out.next = "offer_time";
      break;
    case OutcomeKind::read_first: out.next = "read"; break;
    case OutcomeKind::decline:
    case OutcomeKind::book:
    case OutcomeKind::book_with: break;
  }
  return out;
}

Result<Answer> take_booking(Step& step, const Json& body) {
  const Json* answers = find(body, "answers");
  if (!answers) return Answer{201, TRY(booking::book(step, body))};
  TRY_VOID(step.require_change());
  MeetingType type = TRY(type_of(step, body));
  if (!type.form) return fail_field("/answers", "not_asked", "this meeting type asks nothing");
  StoredForm form = TRY(find_form(step, type.form));
  ContactId contact = TRY(booking::contact_of(step, body));
  auto q = qualify(step, form, *answers, answerer_of(body, contact));
  if (!q) {
    for (FieldError& f : q.error().fields) f.pointer = "/answers" + f.pointer;
    return fail(std::move(q.error()));
  }
  if (!gives_time(q->decision.outcome, get_bool(body, "anyway")))
    return refusal(step, *q, TRY(raise_hand(step, type, contact, get_string(body, "source", "web"), *q)));
  json::object named = body.as_object();
  named["contact_id"] = contact.text();
  return Answer{201, TRY(book_qualified(step, Json(std::move(named)), type, *q))};
}

}  // namespace onward::app
