#include "app/views.h"

#include "app/case_rows.h"

namespace onward::app {

using namespace conversations;

Json time_or_null(const std::optional<Instant>& t) { return t ? Json(format_rfc3339(*t)) : Json(nullptr); }

namespace {

json::object next_action_view(const NextAction& next, const Case& c) {
  return {{"what", next.what},
          {"due", format_rfc3339(next.due)},
          {"zone", c.owner.zone},
          {"by", next.by},
          {"touch_id", id_or_null(next.ref)}};
}

}  // namespace

json::object conversation_view(const Case& c, Instant now) {
  const Conversation& v = c.conversation;
  json::object out{{"id", v.id.text()},
                   {"type", v.type},
                   {"channel", v.channel},
                   {"topic", text_or_null(v.topic)},
                   {"stage", to_string(v.stage)},
                   {"contact_id", id_or_null(v.contact)},
                   {"contact_name", c.contact ? Json(c.contact->name) : Json(nullptr)},
                   {"organization_id", id_or_null(v.organization)},
                   {"owner_id", id_or_null(v.owner)},
                   {"owner_name", text_or_null(c.owner.name)},
                   {"agency_id", id_or_null(v.agency)}};
  out["next_action"] = v.closed_at ? Json(nullptr) : Json(next_action_view(v.next, c));
  out["overdue"] = !v.closed_at && v.next.due < now;
  out["last_in_at"] = time_or_null(v.last_in_at);
  out["last_out_at"] = time_or_null(v.last_out_at);
  out["last_talk_at"] = time_or_null(v.last_talk_at);
  out["reply_waiting_at"] = time_or_null(v.reply_waiting_at);
  out["appointment_at"] = time_or_null(v.appointment_at);
  out["snoozed_until"] = time_or_null(v.snoozed_until);
  out["stage_at"] = format_rfc3339(v.stage_at);
  out["opened_at"] = format_rfc3339(v.opened_at);
  out["closed_at"] = time_or_null(v.closed_at);
  out["close_reason"] = text_or_null(v.close_reason);
  return out;
}

json::object touch_view(const sequences::Touch& t, ConversationId conversation, bool with_body) {
  json::array assets;
  for (AssetId id : t.assets) assets.emplace_back(id.text());
  json::object out{{"id", t.id.text()},
                   {"conversation_id", conversation.text()},
                   {"enrollment_id", id_or_null(t.enrollment)},
                   {"step", text_or_null(t.step)},
                   {"kind", t.kind},
                   {"direction", t.inbound ? "in" : "out"},
                   {"channel", t.channel},
                   {"purpose", contacts::to_string(t.purpose)},
                   {"title", t.title},
                   {"keeps", text_or_null(t.keeps)},
                   {"state", sequences::to_string(t.state)},
                   {"reason", text_or_null(t.reason)},
                   {"why", reasons_json(t.why)},
                   {"why_asset", text_or_null(t.why_asset)},
                   {"due_at", format_rfc3339(t.due_at)},
                   {"zone", t.zone},
                   {"expires_at", format_rfc3339(t.expires_at)},
                   {"next_at", time_or_null(t.next_at)},
                   {"deadline_at", time_or_null(t.deadline_at)},
                   {"problem", text_or_null(t.problem)},
                   {"asset_ids", assets},
                   {"attempt", t.attempt},
                   {"sent_at", time_or_null(t.sent_at)},
                   {"ended_at", time_or_null(t.ended_at)},
                   {"edited_by", text_or_null(t.edited_by)},
                   {"approved_by", text_or_null(t.approved_by)},
                   {"evidence", text_or_null(t.evidence)},
                   {"message_id", text_or_null(t.message_id)}};
  if (with_body) {
    out["subject"] = text_or_null(t.subject);
    out["body"] = text_or_null(t.body);
  }
  return out;
}

json::object promise_view(const Promise& p, ConversationId conversation, const std::optional<promises::Risk>& risk) {
  json::object out{{"id", p.id.text()},
                   {"conversation_id", conversation.text()},
                   {"kind", p.kind},
                   {"what", p.what},
                   {"asset_id", id_or_null(p.asset)},
                   {"by", p.by ? Json(p.by.text()) : Json("system")},
                   {"due", format_rfc3339(p.due_at)},
                   {"zone", p.zone},
                   {"state", promises::to_string(p.state)},
                   {"state_at", format_rfc3339(p.state_at)},
                   {"reason", text_or_null(p.reason)},
                   {"settled_at", time_or_null(p.settled_at)},
                   {"touch_id", id_or_null(p.touch)}};
  out["risk"] = risk ? Json(json::object{{"cause", risk->cause}, {"detail", risk->detail}}) : Json(nullptr);
  return out;
}

json::object enrollment_view(const sequences::Enrollment& e, ConversationId conversation, const Catalog& catalog) {
  auto v = catalog.versions.find(e.version);
  json::object out{{"id", e.id.text()},
                   {"conversation_id", conversation.text()},
                   {"sequence_id", e.sequence.text()},
                   {"version_id", e.version.text()},
                   {"state", sequences::to_string(e.state)},
                   {"step", e.step},
                   {"reason", e.reason},
                   {"end_reason", text_or_null(e.end_reason)},
                   {"started_at", format_rfc3339(e.started_at)},
                   {"ended_at", time_or_null(e.ended_at)}};
  out["name"] = v == catalog.versions.end() ? Json(nullptr) : Json(v->second.document.name);
  out["version"] = v == catalog.versions.end() ? Json(nullptr) : Json(v->second.number);
  return out;
}

json::object talk_view(const promises::Talk& t) {
  json::array steps, assets;
  for (const promises::NextStep& s : t.next_steps)
    steps.push_back(json::object{{"what", s.what}, {"due", time_or_null(s.due)}});
  for (AssetId id : t.assets) assets.emplace_back(id.text());
  return {{"id", t.id.text()},    {"held_at", format_rfc3339(t.held_at)},
          {"summary", t.summary}, {"key_points", json::value_from(t.key_points)},
          {"next_steps", steps},  {"objections", json::value_from(t.objections)},
          {"asset_ids", assets}};
}

}  // namespace onward::app
