#include "app/conversations.h"

#include <algorithm>

#include "app/booking/appointments.h"
#include "app/contacts.h"
#include "app/organizations.h"
#include "app/scope.h"
#include "app/views.h"
#include "base/text.h"

namespace onward::app {

using namespace conversations;
using shape::object;
using shape::one_of;
using shape::required;

namespace {

constexpr int kMaxNextSteps = 20;

const std::vector<std::string> kChannels = {"web",      "phone", "callback", "chat",  "assistant", "walk_in",
                                            "campaign", "event", "sms",      "email", "api"};
const std::vector<std::string> kOpenStages = {"hand_raised", "qualified", "booked", "met", "following_up", "proposal"};

Instant time_of(const Json& body, std::string_view key) { return *parse_rfc3339(get_string(body, key)); }
std::optional<Instant> maybe_time(const Json& body, std::string_view key) {
  if (!find(body, key)) return std::nullopt;
  return time_of(body, key);
}
template <class IdType>
IdType id_in(const Json& body, std::string_view key) {
  const Json* v = find(body, key);
  return v ? *IdType::parse(std::string_view(v->get_string())) : IdType{};
}

auto no_such(std::string pointer, std::string what) {
  return fail_field(std::move(pointer), "not_found", "there is no such " + what);
}

// Whose conversation it will be: the one named, else the caller, else whoever of the agency has the fewest.
Status choose_owner(Step& step, const Json& body, AgencyId contact_agency, Conversation& v) {
  Rows row;
  if (AdvisorId named = id_in<AdvisorId>(body, "owner_id")) {
    row = step.run("advisor_for_new", {named.value});
    if (row.empty()) return no_such("/owner_id", "advisor");
  } else if (step.caller.advisor) {
    row = step.run("advisor_for_new", {step.caller.advisor.value});
  } else {
    row = step.run("advisor_least_busy", {ports::opt_int(contact_agency.value)});
    if (row.empty()) row = step.run("advisor_least_busy", {ports::null_value()});
  }
  if (row.empty()) return fail(Code::conflict, "there is no advisor who could hold it: create one first");
  v.owner = {row.integer(0, 0)};
  v.agency = {row.integer(0, 1)};
  if (!step.caller.sees(v.owner, v.agency))
    return fail(Code::forbidden, "you cannot give a conversation to that advisor");
  return {};
}

Status choose_contact(Step& step, const Json& body, Conversation& v, AgencyId& agency) {
  v.contact = id_in<ContactId>(body, "contact_id");
  v.organization = id_in<OrganizationId>(body, "organization_id");
  if (!v.contact && !v.organization) return fail_field("/contact_id", "required", "name a contact or an organization");
  if (v.organization &&
      (step.run("organization_exists", {v.organization.value}).empty() || !find_organization(step, v.organization)))
    return no_such("/organization_id", "organization");
  if (!v.contact) return {};
  if (!find_contact(step, v.contact)) return no_such("/contact_id", "contact");  // hidden and absent look the same
  Rows row = step.run("contact_for_new", {v.contact.value});
  if (row.empty() || !row.is_null(0, 3)) return no_such("/contact_id", "contact");
  if (!v.organization) v.organization = {row.integer(0, 1)};
  agency = {row.integer(0, 2)};
  return {};
}

Result<Json> event_view(Step& step, ConversationId id, const Event& event) {
  Case c = TRY(apply_event(step, id, event));
  return Json(conversation_view(c, step.now));
}

// A Message-ID as touches keep it: without its angle brackets.
std::string bare_message_id(std::string_view given) {
  given = trim(given);
  if (given.starts_with('<') && given.ends_with('>') && given.size() >= 2) given = given.substr(1, given.size() - 2);
  return std::string(given);
}

// A reply may name a message in doubt that went to the same contact from another conversation.
Status resolve_elsewhere(Step& step, ConversationId here, const ReplyReceived& reply) {
  if (reply.in_reply_to.empty()) return {};
  Rows row = step.run("touch_in_doubt_named", {reply.in_reply_to, here.value});
  if (row.empty()) return {};
  Case c = TRY(load_case(step, ConversationId{row.integer(0, 1)}, Locking::wait));
  std::vector<Decision> d;
  d.push_back(TRY(decide(std::move(c), MessageAnswered{{row.integer(0, 0)}}, step.catalog(), step.names(), step.now)));
  save_decisions(step, d);
  return {};
}

promises::Talk read_talk_body(const Json& body, Instant now) {
  promises::Talk talk;
  talk.held_at = maybe_time(body, "held_at").value_or(now);
  talk.summary = get_string(body, "summary");
  talk.key_points = get_strings(body, "key_points");
  talk.objections = get_strings(body, "objections");
  talk.recap = get_bool(body, "recap", true);
  if (const Json* steps = find(body, "next_steps"))
    for (const Json& s : steps->get_array()) talk.next_steps.push_back({get_string(s, "what"), maybe_time(s, "due")});
  for (const std::string& asset : get_strings(body, "assets")) talk.assets.push_back(*AssetId::parse(asset));
  return talk;
}

}  // namespace

const Shape& conversation_shape() {
  static const Shape s =
      object({{"contact_id", shape::id("con"), shape::nullable, "Who it is with"},
              {"organization_id", shape::id("org"), shape::nullable, "Needed when no contact is named"},
              {"type", shape::line(1, 60), required, "Conversation type"},
              {"channel", one_of(kChannels), required, "Where the hand was raised"},
              {"topic", shape::line(1, 200), shape::nullable, "What it is about"},
              {"stage", one_of(kOpenStages), shape::optional, "Default hand_raised"},
              {"owner_id", shape::id("adv"), shape::nullable, "Default: the caller, else who has the fewest"}});
  return s;
}
const Shape& change_shape() {
  static const Shape s = object({{"topic", shape::line(1, 200), shape::optional, "What it is about"},
                                 {"owner_id", shape::id("adv"), shape::optional, "Hands it over"},
                                 {"contact_id", shape::id("con"), shape::optional, "Names the contact"}});
  return s;
}
const Shape& talk_shape() {
  static const Shape step = object({{"what", shape::line(1, 300), required, "What will be done"},
                                    {"due", shape::time(), shape::nullable, "Until when"}});
  static const Shape s =
      object({{"held_at", shape::time(), shape::optional, "Default now"},
              {"summary", shape::text(1, 5000), required, "What was discussed"},
              {"key_points", shape::list(shape::line(1, 500), 0, 20), shape::optional, "What matters to them"},
              {"next_steps", shape::list(step, 0, kMaxNextSteps), shape::optional, "Each becomes a promise"},
              {"assets", shape::list(shape::id("ast"), 0, 20), shape::optional, "Promised; delivered by a sequence"},
              {"objections", shape::list(shape::line(1, 60), 0, 10), shape::optional, "price, timing, ..."},
              {"recap", shape::boolean(), shape::optional, "Whether a recap is owed; default true"}});
  return s;
}
const Shape& reply_shape() {
  static const Shape s =
      object({{"at", shape::time(), shape::optional, "Default now"},
              {"text", shape::text(0, 50000), required, "What was said"},
              {"channel", one_of(kChannels), required, "Where it came in"},
              {"in_reply_to", shape::line(1, 998), shape::nullable, "Message-ID of the mail that it answers, if known"},
              {"next_touch_at", shape::time(), shape::nullable, "\"Call me in March\": what is next moves there"}});
  return s;
}
const Shape& outcome_shape() {
  static const Shape s = object({{"kind", one_of({"won", "lost", "dormant"}), required, "How it ended"},
                                 {"amount", shape::number(0, 1e12), shape::nullable, "In the currency's main unit"},
                                 {"currency", shape::currency(), shape::nullable, "ISO 4217"},
                                 {"reason", shape::line(0, 300), shape::nullable, "Why"}});
  return s;
}
const Shape& stage_shape() {
  static const Shape s = object({{"stage", one_of(kOpenStages), required, "Outcomes have their own call"},
                                 {"appointment_at", shape::time(), shape::nullable, "Needed with booked"}});
  return s;
}
const Shape& no_show_shape() {
  static const Shape s =
      object({{"cause", one_of({"customer", "advisor", "technical", "unknown"}), required, "Why nobody met"}});
  return s;
}
const Shape& message_shape() {
  static const Shape s = object(
      {{"subject", shape::line(1, 200), required, "Subject"}, {"body", shape::text(1, 50000), required, "Plain text"}});
  return s;
}
const Shape& task_shape() {
  static const Shape s = object({{"title", shape::line(1, 200), required, "What is to be done"},
                                 {"kind", one_of({"call", "letter", "other"}), shape::optional, "Default other"},
                                 {"due_at", shape::time(), required, "Until when"}});
  return s;
}
const Shape& snooze_shape() {
  static const Shape s = object({{"until", shape::time(), shape::nullable, "Null: back on the list"}});
  return s;
}

Result<Json> open_conversation(Step& step, const Json& body) {
  TRY_VOID(step.require_change());
  Case c;
  Conversation& v = c.conversation;
  AgencyId agency;
  TRY_VOID(choose_contact(step, body, v, agency));
  v.type = get_string(body, "type");
  if (step.run("conversation_type_exists", {v.type}).empty()) return no_such("/type", "conversation type");
  TRY_VOID(choose_owner(step, body, agency, v));
  v.id = step.new_id<ConversationId>();
  v.channel = get_string(body, "channel");
  v.topic = get_string(body, "topic");
  v.stage = *parse_stage(get_string(body, "stage", "hand_raised"));
  if (v.stage == Stage::booked)
    return fail_field("/stage", "not_allowed", "an appointment makes a conversation booked");
  v.stage_at = v.opened_at = step.now;
  v.next = {"Qualify the request", step.now, v.owner.text(), {}};
  step.tx.run_many("conversation_insert", std::vector<Params>{conversation_row(v, step.now)});
  index_conversation(step, v);
  return event_view(step, v.id, Opened{});
}

Result<Json> get_conversation(Step& step, ConversationId id) {
  Case c = TRY(visible_case(step, id));
  json::object out = conversation_view(c, step.now);
  json::array enrollments, next;
  for (const Enrollment& e : c.enrollments) enrollments.push_back(enrollment_view(e, id, step.catalog()));
  for (const Touch& t : c.touches) next.push_back(touch_view(t, id, false));
  out["enrollments"] = std::move(enrollments);
  out["open_touches"] = std::move(next);
  out["last_talk"] = c.talk ? Json(talk_view(*c.talk)) : Json(nullptr);
  return Json(std::move(out));
}

Result<Json> change_conversation(Step& step, ConversationId id, const Json& body) {
  Case c = TRY(visible_case(step, id));
  TRY_VOID(step.require_change());
  Conversation v = c.conversation;
  if (find(body, "topic")) v.topic = get_string(body, "topic");
  if (ContactId contact = id_in<ContactId>(body, "contact_id")) {
    if (v.contact) return fail(Code::conflict, "the contact of a conversation does not change; merge contacts instead");
    if (!find_contact(step, contact)) return no_such("/contact_id", "contact");
    Rows row = step.run("contact_for_new", {contact.value});
    if (row.empty() || !row.is_null(0, 3)) return no_such("/contact_id", "contact");
    v.contact = contact;
  }
  AdvisorId owner = id_in<AdvisorId>(body, "owner_id");
  if (owner) {
    Rows row = step.run("advisor_for_new", {owner.value});
    if (row.empty()) return no_such("/owner_id", "advisor");
    if (step.caller.role == Role::manager && row.integer(0, 1) != step.caller.agency.value)
      return fail(Code::forbidden, "a manager hands over within the own agency");
    v.owner = owner;
    v.agency = {row.integer(0, 1)};
  }
  step.tx.run_many("conversation_update", std::vector<Params>{conversation_update_row(v, step.now)});
  index_conversation(step, v);
  step.fact("conversation.changed", id, id.value);
  // The new case is decided by the system's eyes: after handing over, the caller may not see it any more.
  Case changed = TRY(load_case(step, id, Locking::wait));
  std::vector<Decision> d;
  if (owner) {
    d.push_back(TRY(decide(std::move(changed), OwnerChanged{owner}, step.catalog(), step.names(), step.now)));
  } else {
    d.push_back(TRY(decide(std::move(changed), Tick{}, step.catalog(), step.names(), step.now)));
  }
  save_decisions(step, d);
  return Json(conversation_view(d.front().next, step.now));
}

Result<Json> log_talk(Step& step, ConversationId id, const Json& body) {
  promises::Talk talk = read_talk_body(body, step.now);
  for (size_t i = 0; i < talk.assets.size(); ++i)
    if (step.run("asset_exists", {talk.assets[i].value}).empty())
      return no_such("/assets/" + std::to_string(i), "asset");
  Case c = TRY(apply_event(step, id, TalkHeld{talk}));
  TRY_VOID(booking::talk_logged(step, id, talk.held_at));
  json::object out = conversation_view(c, step.now);
  out["talk"] = talk_view(*c.talk);
  json::array owed;
  for (const Promise& p : c.promises)
    if (p.talk == c.talk->id)
      owed.push_back(promise_view(p, id, promises::risk_of(p, outlook_of(c, p, step.catalog()), step.now)));
  out["promises"] = std::move(owed);
  return Json(std::move(out));
}

Result<Json> log_reply(Step& step, ConversationId id, const Json& body) {
  ReplyReceived reply{maybe_time(body, "at").value_or(step.now),
                      get_string(body, "channel"),
                      get_string(body, "text"),
                      maybe_time(body, "next_touch_at"),
                      {},
                      {},
                      bare_message_id(get_string(body, "in_reply_to"))};
  if (reply.resume_at && *reply.resume_at <= step.now)
    return fail_field("/next_touch_at", "past", "the date lies in the past");
  Json view = TRY(event_view(step, id, reply));
  TRY_VOID(resolve_elsewhere(step, id, reply));
  return view;
}

Result<Json> answer_reply(Step& step, ConversationId id) { return event_view(step, id, ReplyAnswered{}); }

Result<Json> set_outcome(Step& step, ConversationId id, const Json& body) {
  Deal deal;
  deal.kind = get_string(body, "kind");
  deal.reason = get_string(body, "reason");
  deal.currency = get_string(body, "currency");
  const Json* amount = find(body, "amount");
  if ((amount != nullptr) != !deal.currency.empty())
    return fail_field(amount ? "/currency" : "/amount", "required", "an amount and its currency come together");
  if (amount) deal.amount_minor = minor_units(amount->to_number<double>(), deal.currency);
  return event_view(step, id, OutcomeSet{deal});
}

Result<Json> set_stage(Step& step, ConversationId id, const Json& body) {
  return event_view(step, id,
                    StageEntered{*parse_stage(get_string(body, "stage")), maybe_time(body, "appointment_at")});
}

Result<Json> log_no_show(Step& step, ConversationId id, const Json& body) {
  // Of an appointment that was booked here, where there is one that has begun: it knows what else follows.
  Rows begun = step.run("appointment_met", {id.value, to_ms(step.now)});
  if (begun.empty()) return event_view(step, id, NoShow{get_string(body, "cause"), {}});
  TRY_VOID(visible_case(step, id));
  TRY(booking::no_show(step, {begun.integer(begun.size() - 1, 0)}, body));
  return get_conversation(step, id);
}

Result<Json> reopen(Step& step, ConversationId id) { return event_view(step, id, Reopened{}); }

Result<Json> write_message(Step& step, ConversationId id, const Json& body) {
  Case c =
      TRY(apply_event(step, id, Compose{step.caller.actor(), get_string(body, "subject"), get_string(body, "body")}));
  return Json(touch_view(c.touches.back(), id, true));
}

Result<Json> add_task(Step& step, ConversationId id, const Json& body) {
  Case c = TRY(apply_event(step, id,
                           AddTask{step.caller.actor(), get_string(body, "title"), get_string(body, "kind", "other"),
                                   time_of(body, "due_at")}));
  return Json(touch_view(c.touches.back(), id, true));
}

Result<Json> snooze(Step& step, ConversationId id, const Json& body) {
  Case c = TRY(visible_case(step, id));
  TRY_VOID(step.require_change());
  if (c.conversation.closed_at) return fail(Code::conflict, "this conversation is closed");
  c.conversation.snoozed_until = maybe_time(body, "until");
  if (c.conversation.snoozed_until && *c.conversation.snoozed_until <= step.now)
    return fail_field("/until", "past", "the time lies in the past");
  step.tx.run_many("conversation_update", std::vector<Params>{conversation_update_row(c.conversation, step.now)});
  step.fact("conversation.snoozed", id, id.value,
            {{"until", c.conversation.snoozed_until ? Json(to_ms(*c.conversation.snoozed_until)) : Json(nullptr)}});
  return Json(conversation_view(c, step.now));
}

Result<Json> opt_out(Step& step, ContactId contact, const std::string& source) {
  TRY_VOID(step.require_change());
  if (step.run("contact_for_new", {contact.value}).empty()) return fail(Code::not_found, "there is no such contact");
  step.run("contact_opt_out", {contact.value, to_ms(step.now)});
  Rows rows = step.run("opt_out_conversations", {contact.value});
  std::vector<ConversationId> ids;
  for (size_t r = 0; r < rows.size(); ++r) ids.push_back({rows.integer(r, 0)});
  std::vector<Decision> decisions;
  for (Case& c : load_cases(step, ids, Locking::wait))
    decisions.push_back(TRY(decide(std::move(c), OptedOut{source}, step.catalog(), step.names(), step.now)));
  save_decisions(step, decisions);
  if (ids.empty()) step.fact("contact.opted_out", {}, contact.value, {{"source", source}});
  return Json(json::object{{"contact_id", contact.text()}, {"opted_out", true}, {"conversations_stopped", ids.size()}});
}

Result<Json> opt_in(Step& step, ContactId contact, const std::string& source) {
  TRY_VOID(step.require_change());
  if (step.run("contact_for_new", {contact.value}).empty()) return fail(Code::not_found, "there is no such contact");
  step.run("contact_opt_in", {contact.value, to_ms(step.now)});
  step.fact("contact.opted_in", {}, contact.value, {{"source", source}});
  return Json(json::object{{"contact_id", contact.text()}, {"opted_out", false}});
}

}  // namespace onward::app
