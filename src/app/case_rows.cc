#include "app/case_rows.h"

#include "app/columns.h"

namespace onward::app {

using namespace conversations;
using ports::opt_int;
using ports::opt_text;
using ports::Params;
using ports::Rows;
using ports::Value;
using sequences::Enrollment;
using sequences::EnrollmentState;

namespace {

Value opt(const std::optional<Instant>& t) { return t ? Value{to_ms(*t)} : Value{}; }
Value num(int64_t n) { return Value{n}; }

std::string local_text(Instant t, const std::string& zone) {
  return to_string(find_zone(zone).value_or(utc()).local(t));
}

std::string strings_json(const std::vector<std::string>& list) { return json::serialize(json::value_from(list)); }

std::string asset_ids_json(const std::vector<AssetId>& ids) {
  if (ids.empty()) return "[]";
  json::array array;
  for (AssetId id : ids) array.emplace_back(id.value);
  return json::serialize(array);
}

std::vector<calendar::Reason> read_reasons(const std::string& text) {
  std::vector<calendar::Reason> out;
  if (text == "[]") return out;
  Json list = *parse_json(text);
  for (const Json& r : list.get_array())
    out.push_back(
        {get_string(r, "rule"), from_ms(get_int(r, "from")), from_ms(get_int(r, "to")), get_string(r, "note")});
  return out;
}

std::string reasons_text(const std::vector<calendar::Reason>& reasons) {
  if (reasons.empty()) return "[]";
  json::array out;
  for (const calendar::Reason& r : reasons)
    out.push_back(json::object{{"rule", r.rule}, {"from", to_ms(r.from)}, {"to", to_ms(r.to)}, {"note", r.note}});
  return json::serialize(out);
}

std::vector<calendar::Opening> read_hours(const Json& list) {
  std::vector<calendar::Opening> out;
  for (const Json& h : list.get_array()) {
    auto day = parse_weekday(get_string(h, "day"));
    auto from = parse_time_of_day(get_string(h, "from")), to = parse_time_of_day(get_string(h, "to"));
    if (day && from && to) out.push_back({*day, *from, *to});
  }
  return out;
}

}  // namespace

Conversation read_conversation(const Rows& rows, size_t row) {
  Columns c(rows, row);
  Conversation v;
  v.id = c.id<ConversationId>();
  v.contact = c.id<ContactId>();
  v.organization = c.id<OrganizationId>();
  v.type = c.text();
  v.channel = c.text();
  v.topic = c.text();
  v.stage = *parse_stage(c.text());
  v.owner = c.id<AdvisorId>();
  v.agency = c.id<AgencyId>();
  v.next.what = c.text();
  v.next.due = c.instant();
  v.next.by = c.text();
  v.next.ref = c.id<TouchId>();
  v.snoozed_until = c.maybe_instant();
  v.last_in_at = c.maybe_instant();
  v.last_out_at = c.maybe_instant();
  v.last_talk_at = c.maybe_instant();
  v.reply_waiting_at = c.maybe_instant();
  v.appointment_at = c.maybe_instant();
  v.silence_at = c.maybe_instant();
  v.stage_at = c.instant();
  v.opened_at = c.instant();
  v.closed_at = c.maybe_instant();
  v.close_reason = c.text();
  v.reopened_at = c.maybe_instant();
  return v;
}

// What is next and what happened last: the columns from next_what to stage_at, in their order.
void append_course(Params& p, const Conversation& v) {
  bool open = !v.closed_at;
  p.insert(p.end(), {open ? Value{v.next.what} : Value{}, open ? num(to_ms(v.next.due)) : Value{},
                     open ? Value{v.next.by} : Value{}, opt_int(v.next.ref.value), opt(v.snoozed_until),
                     opt(v.last_in_at), opt(v.last_out_at), opt(v.last_talk_at), opt(v.reply_waiting_at),
                     opt(v.appointment_at), opt(v.silence_at), num(to_ms(v.stage_at))});
}

Params conversation_params(const Conversation& v, Instant now, bool insert) {
  Params p{num(v.id.value),
           opt_int(v.contact.value),
           opt_int(v.organization.value),
           v.type,
           v.channel,
           opt_text(v.topic),
           std::string(to_string(v.stage)),
           opt_int(v.owner.value),
           opt_int(v.agency.value)};
  append_course(p, v);
  p.insert(p.end(), {num(to_ms(v.opened_at)), opt(v.closed_at), opt_text(v.close_reason)});
  if (insert) p.push_back(Value{});  // import_id
  p.push_back(num(to_ms(now)));
  return p;
}

Params progress_params(const Conversation& v, Instant now) {
  Params p{num(v.id.value), std::string(to_string(v.stage))};
  append_course(p, v);
  p.insert(p.end(), {opt(v.closed_at), opt_text(v.close_reason), num(to_ms(now)), opt(v.reopened_at)});
  return p;
}

contacts::Contact read_contact(const Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  contacts::Contact k;
  k.id = c.id<ContactId>();
  k.name = c.text();
  k.language = c.text();
  k.zone = c.text();
  k.country = c.text();
  k.region = c.text();
  k.organization = c.id<OrganizationId>();
  k.organization_name = c.text();
  k.opted_out_at = c.maybe_instant();
  return k;
}

void read_point(contacts::Contact& k, const Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  std::string kind = c.text(), value = c.text();
  bool suppressed = c.maybe_instant().has_value();
  std::string why = c.text();
  if (kind == "phone" && k.phone.empty()) k.phone = value;
  if (kind != "email" || !k.email.empty()) return;
  if (suppressed) {
    k.suppressed_reason = why;
  } else {
    k.email = value;
    k.suppressed_reason.clear();
  }
}

contacts::Consent read_consent(const Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  contacts::Consent s;
  s.purpose = *contacts::parse_purpose(c.text());
  s.channel = c.text();
  s.state = c.text();
  s.basis = c.text();
  s.source = c.text();
  s.at = c.instant();
  return s;
}

Advisor read_owner(const Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  Advisor a;
  a.id = c.id<AdvisorId>();
  a.name = c.text();
  a.email = c.text();
  a.phone = c.text();
  a.zone = c.text();
  a.mailbox = c.id<MailboxId>();
  a.hours = read_hours(c.json());
  a.country = c.text();
  a.region = c.text();
  std::string closed_days = c.text();
  Json days = closed_days.empty() ? Json(json::array()) : *parse_json(closed_days);
  for (const Json& day : days.get_array())
    if (auto d = parse_date(std::string_view(day.get_string()))) a.closed.push_back(*d);
  return a;
}

Enrollment read_enrollment(const Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  Enrollment e;
  e.id = c.id<EnrollmentId>();
  e.sequence = c.id<SequenceId>();
  e.version = c.id<VersionId>();
  std::string state = c.text();
  e.state = state == "active" ? EnrollmentState::active
            : state == "done" ? EnrollmentState::done
                              : EnrollmentState::stopped;
  e.step = c.text();
  e.anchor_at = c.instant();
  e.previous_at = c.instant();
  e.reason = c.text();
  e.end_reason = c.text();
  e.started_at = c.instant();
  e.ended_at = c.maybe_instant();
  e.appointment = c.id<AppointmentId>();
  return e;
}

Params enrollment_params(const Enrollment& e, const Conversation& v) {
  return {num(e.id.value),
          num(v.id.value),
          opt_int(v.contact.value),
          num(e.sequence.value),
          num(e.version.value),
          std::string(sequences::to_string(e.state)),
          e.step,
          num(to_ms(e.anchor_at)),
          num(to_ms(e.previous_at)),
          e.reason,
          opt_text(e.end_reason),
          num(to_ms(e.started_at)),
          opt(e.ended_at),
          opt_int(e.appointment.value)};
}

Params enrollment_update_params(const Enrollment& e) {
  return {num(e.id.value),
          num(e.version.value),
          std::string(sequences::to_string(e.state)),
          e.step,
          num(to_ms(e.anchor_at)),
          num(to_ms(e.previous_at)),
          opt_text(e.end_reason),
          opt(e.ended_at)};
}

sequences::Touch read_touch(const Rows& rows, size_t row, size_t first) {
  Columns c(rows, row, first);
  sequences::Touch t;
  t.id = c.id<TouchId>();
  t.enrollment = c.id<EnrollmentId>();
  t.step = c.text();
  t.kind = c.text();
  t.inbound = c.text() == "in";
  t.channel = c.text();
  t.purpose = *contacts::parse_purpose(c.text());
  t.title = c.text();
  t.keeps = c.text();
  t.state = sequences::parse_touch_state(c.text());
  t.reason = c.text();
  t.why = read_reasons(c.text());
  t.why_asset = c.text();
  t.due_at = c.instant();
  t.zone = c.text();
  t.expires_at = c.instant();
  t.next_at = c.maybe_instant();
  t.deadline_at = c.maybe_instant();
  t.mailbox = c.id<MailboxId>();
  t.advisor = c.id<AdvisorId>();
  t.priority = static_cast<int>(c.integer());
  t.subject = c.text();
  t.body = c.text();
  t.problem = c.text();
  t.assets = read_asset_ids(c.text());
  t.to_address = c.text();
  t.message_id = c.text();
  t.in_reply_to = c.text();
  t.edited_by = c.text();
  t.approved_by = c.text();
  t.attempt = static_cast<int>(c.integer());
  t.lease_token = c.integer();
  t.lease_until = c.maybe_instant();
  t.sent_at = c.maybe_instant();
  t.ended_at = c.maybe_instant();
  t.evidence = c.text();
  t.created_at = c.instant();
  return t;
}

Params touch_params(const sequences::Touch& t, const Conversation& v) {
  return {num(v.id.value),
          opt_int(v.contact.value),
          local_text(t.due_at, t.zone),
          num(t.id.value),
          opt_int(t.enrollment.value),
          opt_text(t.step),
          t.kind,
          std::string(t.inbound ? "in" : "out"),
          t.channel,
          std::string(contacts::to_string(t.purpose)),
          t.title,
          opt_text(t.keeps),
          std::string(sequences::to_string(t.state)),
          opt_text(t.reason),
          reasons_text(t.why),
          opt_text(t.why_asset),
          num(to_ms(t.due_at)),
          t.zone,
          num(to_ms(t.expires_at)),
          opt(t.next_at),
          opt(t.deadline_at),
          opt_int(t.mailbox.value),
          opt_int(t.advisor.value),
          num(t.priority),
          opt_text(t.subject),
          opt_text(t.body),
          opt_text(t.problem),
          asset_ids_json(t.assets),
          opt_text(t.to_address),
          opt_text(t.message_id),
          opt_text(t.in_reply_to),
          opt_text(t.edited_by),
          opt_text(t.approved_by),
          num(t.attempt),
          opt_int(t.lease_token),
          opt(t.lease_until),
          opt(t.sent_at),
          opt(t.ended_at),
          opt_text(t.evidence),
          num(to_ms(t.created_at))};
}

Params touch_update_params(const sequences::Touch& t) {
  return {num(t.id.value),          std::string(sequences::to_string(t.state)),
          opt_text(t.reason),       reasons_text(t.why),
          num(to_ms(t.due_at)),     local_text(t.due_at, t.zone),
          num(to_ms(t.expires_at)), opt(t.next_at),
          opt(t.deadline_at),       opt_int(t.mailbox.value),
          opt_int(t.advisor.value), opt_text(t.subject),
          opt_text(t.body),         opt_text(t.problem),
          opt_text(t.to_address),   opt_text(t.message_id),
          opt_text(t.in_reply_to),  opt_text(t.edited_by),
          opt_text(t.approved_by),  num(t.attempt),
          opt_int(t.lease_token),   opt(t.lease_until),
          opt(t.sent_at),           opt(t.ended_at),
          opt_text(t.evidence)};
}

promises::Promise read_promise(const Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  promises::Promise p;
  p.id = c.id<PromiseId>();
  p.talk = c.id<TalkId>();
  p.kind = c.text();
  p.what = c.text();
  p.asset = c.id<AssetId>();
  p.by = c.id<AdvisorId>();
  p.due_at = c.instant();
  p.zone = c.text();
  p.state = promises::parse_state(c.text());
  p.state_at = c.instant();
  p.reason = c.text();
  p.settled_at = c.maybe_instant();
  p.touch = c.id<TouchId>();
  p.created_at = c.instant();
  return p;
}

Params promise_params(const promises::Promise& p, ConversationId conversation) {
  bool owed = p.state == promises::State::owed;
  return {num(p.id.value),
          num(conversation.value),
          opt_int(p.talk.value),
          p.kind,
          p.what,
          opt_int(p.asset.value),
          opt_int(p.by.value),
          num(to_ms(p.due_at)),
          local_text(p.due_at, p.zone),
          p.zone,
          std::string(promises::to_string(p.state)),
          num(to_ms(p.state_at)),
          opt_text(p.reason),
          opt(p.settled_at),
          opt_int(p.touch.value),
          owed ? num(to_ms(p.due_at)) : Value{},
          num(to_ms(p.created_at))};
}

Params promise_update_params(const promises::Promise& p) {
  bool owed = p.state == promises::State::owed;
  return {num(p.id.value),
          std::string(promises::to_string(p.state)),
          num(to_ms(p.state_at)),
          opt_text(p.reason),
          opt(p.settled_at),
          opt_int(p.touch.value),
          owed ? num(to_ms(p.due_at)) : Value{}};
}

promises::Talk read_talk(const Rows& rows, size_t row) {
  Columns c(rows, row, 1);
  promises::Talk t;
  t.id = c.id<TalkId>();
  t.held_at = c.instant();
  t.summary = c.text();
  Json points = c.json();
  for (const Json& p : points.get_array()) t.key_points.emplace_back(p.get_string());
  Json steps = c.json();
  for (const Json& s : steps.get_array()) {
    promises::NextStep next{get_string(s, "what"), std::nullopt};
    if (find(s, "due")) next.due = from_ms(get_int(s, "due"));
    t.next_steps.push_back(std::move(next));
  }
  Json objections = c.json();
  for (const Json& o : objections.get_array()) t.objections.emplace_back(o.get_string());
  t.assets = read_asset_ids(c.text());
  return t;
}

Params talk_params(const promises::Talk& t, ConversationId conversation, const std::string& author, Instant now) {
  json::array steps;
  for (const promises::NextStep& s : t.next_steps) {
    json::object step{{"what", s.what}};
    if (s.due) step["due"] = to_ms(*s.due);
    steps.push_back(std::move(step));
  }
  return {num(t.id.value),
          num(conversation.value),
          num(to_ms(t.held_at)),
          t.summary,
          strings_json(t.key_points),
          json::serialize(steps),
          strings_json(t.objections),
          asset_ids_json(t.assets),
          author,
          num(to_ms(now))};
}

Params deal_params(const Deal& d, const Case& c) {
  Zone zone = find_zone(c.owner.zone).value_or(utc());
  return {num(d.id.value),
          num(c.conversation.id.value),
          d.kind,
          d.amount_minor ? num(*d.amount_minor) : Value{},
          d.amount_minor ? Value{d.currency} : Value{},
          opt_text(d.reason),
          Value{},
          to_string(zone.date(d.at)),
          num(to_ms(d.at))};
}

std::vector<AssetId> read_asset_ids(const std::string& text) {
  std::vector<AssetId> out;
  if (text.empty() || text == "[]") return out;
  Json list = *parse_json(text);
  for (const Json& id : list.get_array()) out.push_back({id.as_int64()});
  return out;
}

json::array reasons_json(const std::vector<calendar::Reason>& reasons) {
  json::array out;
  for (const calendar::Reason& r : reasons)
    out.push_back(json::object{
        {"rule", r.rule}, {"from", format_rfc3339(r.from)}, {"to", format_rfc3339(r.to)}, {"note", r.note}});
  return out;
}

}  // namespace onward::app
