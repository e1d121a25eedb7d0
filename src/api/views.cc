#include "api/views.h"

namespace onward::api {

using shape::nullable;
using shape::required;

namespace {

Shape words() { return shape::text(0, 100'000); }

}  // namespace

std::vector<Field> conversation_fields() {
  Shape next = shape::object({{"what", words(), required},
                              {"due", shape::time(), required},
                              {"zone", shape::zone(), required},
                              {"by", words(), required, "\"system\", or an advisor's id"},
                              {"touch_id", shape::id("tou"), nullable}});
  return {{"id", shape::id("cnv"), required},
          {"type", words(), required},
          {"channel", words(), required},
          {"topic", words(), nullable},
          {"stage", words(), required},
          {"contact_id", shape::id("con"), nullable},
          {"contact_name", words(), nullable},
          {"organization_id", shape::id("org"), nullable},
          {"owner_id", shape::id("adv"), nullable},
          {"owner_name", words(), nullable},
          {"agency_id", shape::id("agy"), nullable},
          {"next_action", next, nullable, "Never null while the conversation is open"},
          {"overdue", shape::boolean(), required},
          {"last_in_at", shape::time(), nullable},
          {"last_out_at", shape::time(), nullable},
          {"last_talk_at", shape::time(), nullable},
          {"reply_waiting_at", shape::time(), nullable},
          {"appointment_at", shape::time(), nullable},
          {"snoozed_until", shape::time(), nullable},
          {"stage_at", shape::time(), required},
          {"opened_at", shape::time(), required},
          {"closed_at", shape::time(), nullable},
          {"close_reason", words(), nullable}};
}

std::vector<Field> touch_fields(bool with_body) {
  Shape reason = shape::object({{"rule", words(), required},
                                {"from", shape::time(), required},
                                {"to", shape::time(), required},
                                {"note", words(), required}});
  std::vector<Field> fields = {{"id", shape::id("tou"), required},
                               {"conversation_id", shape::id("cnv"), required},
                               {"enrollment_id", shape::id("enr"), nullable},
                               {"step", words(), nullable},
                               {"kind", shape::one_of({"email", "asset", "task", "close", "reply"}), required},
                               {"direction", shape::one_of({"in", "out"}), required},
                               {"channel", words(), required},
                               {"purpose", shape::one_of({"transactional", "follow_up", "marketing"}), required},
                               {"title", words(), required},
                               {"keeps", words(), nullable},
                               {"state",
                                shape::one_of({"planned", "draft", "approved", "sending", "sent", "in_doubt", "failed",
                                               "suppressed", "expired", "done"}),
                                required},
                               {"reason", words(), nullable, "Why it is in this state"},
                               {"why", shape::list(reason, 0, 1000), required, "Why it is planned for this time"},
                               {"why_asset", words(), nullable},
                               {"due_at", shape::time(), required},
                               {"zone", shape::zone(), required},
                               {"expires_at", shape::time(), required},
                               {"next_at", shape::time(), nullable},
                               {"deadline_at", shape::time(), nullable},
                               {"problem", words(), nullable, "What a person must mend first"},
                               {"asset_ids", shape::list(shape::id("ast"), 0, 100), required},
                               {"attempt", shape::integer(0, 1000), required},
                               {"sent_at", shape::time(), nullable},
                               {"ended_at", shape::time(), nullable},
                               {"edited_by", words(), nullable},
                               {"approved_by", words(), nullable},
                               {"evidence", words(), nullable},
                               {"message_id", words(), nullable}};
  if (with_body) {
    fields.push_back({"subject", words(), nullable});
    fields.push_back({"body", words(), nullable});
  }
  return fields;
}

Shape touch_summary_shape() { return shape::object(touch_fields(false)); }

Shape promise_view_shape() {
  Shape risk = shape::object({{"cause", words(), required}, {"detail", words(), required}});
  return shape::object({{"id", shape::id("prm"), required},
                        {"conversation_id", shape::id("cnv"), required},
                        {"kind", shape::one_of({"recap", "asset", "check_in", "next_step", "other"}), required},
                        {"what", words(), required},
                        {"asset_id", shape::id("ast"), nullable},
                        {"by", words(), required, "\"system\", or an advisor's id"},
                        {"due", shape::time(), required},
                        {"zone", shape::zone(), required},
                        {"state", shape::one_of({"owed", "kept", "broken", "waived"}), required},
                        {"state_at", shape::time(), required},
                        {"reason", words(), nullable},
                        {"settled_at", shape::time(), nullable},
                        {"touch_id", shape::id("tou"), nullable},
                        {"risk", risk, nullable, "It will break within 48 hours, and why"}});
}

Shape enrollment_view_shape() {
  return shape::object({{"id", shape::id("enr"), required},
                        {"conversation_id", shape::id("cnv"), required},
                        {"sequence_id", shape::id("seq"), required},
                        {"version_id", shape::id("ver"), required},
                        {"state", shape::one_of({"active", "done", "stopped"}), required},
                        {"step", words(), required},
                        {"reason", words(), required},
                        {"end_reason", words(), nullable},
                        {"started_at", shape::time(), required},
                        {"ended_at", shape::time(), nullable},
                        {"name", words(), nullable},
                        {"version", shape::integer(1, 1'000'000), nullable}});
}

Shape talk_view_shape() {
  Shape step = shape::object({{"what", words(), required}, {"due", shape::time(), nullable}});
  return shape::object({{"id", shape::id("tlk"), required},
                        {"held_at", shape::time(), required},
                        {"summary", words(), required},
                        {"key_points", shape::list(words(), 0, 100), required},
                        {"next_steps", shape::list(step, 0, 100), required},
                        {"objections", shape::list(words(), 0, 100), required},
                        {"asset_ids", shape::list(shape::id("ast"), 0, 100), required}});
}

}  // namespace onward::api
