#include "app/touches.h"

#include "app/case_rows.h"
#include "app/scope.h"
#include "app/views.h"

namespace onward::app {

using namespace conversations;
using shape::object;
using shape::required;

namespace {

constexpr size_t kTouchColumns = 37;  // of a touch in touch_get, after the conversation

Result<ConversationId> conversation_of(Step& step, std::string_view statement, int64_t id, std::string_view what) {
  Rows row = step.run(statement, {id});
  if (row.empty()) return fail(Code::not_found, "there is no such " + std::string(what));
  return ConversationId{row.integer(0, 0)};
}

// Applies the event to the touch's conversation and gives the touch as it stands then.
Result<Json> touch_event(Step& step, TouchId id, const Event& event) {
  ConversationId conversation = TRY(conversation_of(step, "touch_conversation_of", id.value, "touch"));
  Case c = TRY(apply_event(step, conversation, event));
  for (const Touch& t : c.touches)
    if (t.id == id) return Json(touch_view(t, conversation, true));
  return fail(Code::conflict, "this touch has ended");
}

}  // namespace

const Shape& edit_shape() {
  static const Shape s = object({{"subject", shape::line(1, 200), shape::optional, "Subject"},
                                 {"body", shape::text(1, 50000), shape::optional, "Plain text"},
                                 {"due_at", shape::time(), shape::optional, "Moves it; the send window still holds"}});
  return s;
}
const Shape& skip_shape() {
  static const Shape s = object({{"reason", shape::line(0, 300), shape::optional, "Why"}});
  return s;
}
const Shape& done_shape() {
  static const Shape s = object({{"note", shape::text(0, 5000), shape::optional, "What came of it"}});
  return s;
}
const Shape& resolve_shape() {
  static const Shape s = object({{"arrived", shape::boolean(), required, "Whether the message reached the contact"}});
  return s;
}
const Shape& keep_shape() { return done_shape(); }
const Shape& waive_shape() {
  static const Shape s = object({{"reason", shape::line(1, 300), required, "Why it is not owed any more"}});
  return s;
}

Result<Json> get_touch(Step& step, TouchId id) {
  Rows row = step.run("touch_get", {id.value});
  if (row.empty() || !step.caller.sees({row.integer(0, kTouchColumns + 1)}, {row.integer(0, kTouchColumns + 2)}))
    return fail(Code::not_found, "there is no such touch");
  return Json(touch_view(read_touch(row, 0, 1), {row.integer(0, 0)}, true));
}

Result<json::array> list_touches(Step& step, const std::string& state, ConversationId conversation, int64_t after,
                                 int limit) {
  Scope scope = scope_of(step.caller);
  Rows rows = step.run("touch_list", {ports::opt_text(state), ports::opt_int(conversation.value), after, scope.owner,
                                      scope.agency, int64_t{limit + 1}});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r)
    out.push_back(touch_view(read_touch(rows, r, 1), {rows.integer(r, 0)}, true));
  return out;
}

Result<Json> approve_touch(Step& step, TouchId id) { return touch_event(step, id, Approve{id, step.caller.actor()}); }

Result<Json> edit_touch(Step& step, TouchId id, const Json& body) {
  Edit edit{id, step.caller.actor(), std::nullopt, std::nullopt, std::nullopt};
  if (find(body, "subject")) edit.subject = get_string(body, "subject");
  if (find(body, "body")) edit.body = get_string(body, "body");
  if (find(body, "due_at")) edit.due_at = *parse_rfc3339(get_string(body, "due_at"));
  if (!edit.subject && !edit.body && !edit.due_at) return fail_field("", "required", "name what is to change");
  return touch_event(step, id, edit);
}

Result<Json> skip_touch(Step& step, TouchId id, const Json& body) {
  return touch_event(step, id, Skip{id, step.caller.actor(), get_string(body, "reason")});
}
Result<Json> finish_task(Step& step, TouchId id, const Json& body) {
  return touch_event(step, id, TaskDone{id, step.caller.actor(), get_string(body, "note")});
}
Result<Json> resolve_touch(Step& step, TouchId id, const Json& body) {
  return touch_event(step, id, Resolve{id, step.caller.actor(), get_bool(body, "arrived")});
}

Result<Json> list_promises(Step& step, ConversationId id) {
  Case c = TRY(visible_case(step, id));
  Rows rows = step.run("promise_list", {id.value});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) {
    Promise p = read_promise(rows, r);
    out.push_back(promise_view(p, id, promises::risk_of(p, outlook_of(c, p, step.catalog()), step.now)));
  }
  return Json(json::object{{"data", std::move(out)}, {"next", nullptr}});
}

Result<Json> promises_at_risk(Step& step) {
  Scope scope = scope_of(step.caller);
  Rows rows = step.run("promises_due_soon", {to_ms(step.now + promises::kRiskHorizon), scope.owner, scope.agency});
  std::vector<ConversationId> ids;
  for (size_t r = 0; r < rows.size(); ++r) ids.push_back({rows.integer(r, 0)});
  json::array out;
  for (Case& c : load_cases(step, ids, Locking::none)) {
    Rows box = c.owner.mailbox ? step.run("mailbox_for_claim_read", {c.owner.mailbox.value}) : Rows{};
    for (const Promise& p : c.promises) {
      promises::Outlook outlook = outlook_of(c, p, step.catalog());
      if (!box.empty() && box.integer(0, 3) > to_ms(step.now)) outlook.mailbox_free_at = from_ms(box.integer(0, 3));
      if (auto risk = promises::risk_of(p, outlook, step.now)) out.push_back(promise_view(p, c.conversation.id, risk));
    }
  }
  return Json(json::object{{"data", std::move(out)}, {"next", nullptr}});
}

namespace {

Result<Json> promise_event(Step& step, PromiseId id, const Event& event) {
  ConversationId conversation = TRY(conversation_of(step, "promise_conversation", id.value, "promise"));
  Case c = TRY(apply_event(step, conversation, event));
  for (const Promise& p : c.promises)
    if (p.id == id) return Json(promise_view(p, conversation, std::nullopt));
  return fail(Code::conflict, "this promise is settled");
}

}  // namespace

Result<Json> keep_promise(Step& step, PromiseId id, const Json& body) {
  return promise_event(step, id, KeepPromise{id, step.caller.actor(), get_string(body, "note")});
}
Result<Json> waive_promise(Step& step, PromiseId id, const Json& body) {
  return promise_event(step, id, WaivePromise{id, step.caller.actor(), get_string(body, "reason")});
}

Result<json::array> list_facts(Step& step, ConversationId conversation, int64_t after, int limit) {
  Scope scope = scope_of(step.caller);
  Rows rows =
      step.run("fact_list", {after, ports::opt_int(conversation.value), scope.owner, scope.agency, int64_t{limit + 1}});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r)
    out.push_back(json::object{{"seq", rows.integer(r, 0)},
                               {"at", format_rfc3339(from_ms(rows.integer(r, 1)))},
                               {"kind", rows.text(r, 2)},
                               {"conversation_id", id_or_null(ConversationId{rows.integer(r, 3)})},
                               {"actor", rows.text(r, 5)},
                               {"data", *parse_json(rows.text(r, 6))}});
  return out;
}

}  // namespace onward::app
