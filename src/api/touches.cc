// Touches, promises and facts.
#include "app/touches.h"

#include "api/nouns.h"
#include "api/views.h"
#include "app/contacts.h"
#include "app/conversations.h"

namespace onward::api {

using shape::nullable;
using shape::required;

namespace {

using TouchAction = Result<Json> (*)(Step&, TouchId, const Json&);
using PromiseAction = Result<Json> (*)(Step&, PromiseId, const Json&);

Route touch_action(std::string name, std::string summary, const Shape& body, TouchAction use_case) {
  return {.method = "POST",
          .path = "/touches/{id}/" + name,
          .summary = std::move(summary),
          .roles = kChangers,
          .body = body,
          .answer = "Touch",
          .handle = [use_case](Step& s, const Call& c) -> Result<Answer> {
            return Answer{200, TRY(use_case(s, TRY(c.id<TouchTag>("id")), c.body))};
          }};
}

Route promise_action(std::string name, std::string summary, const Shape& body, PromiseAction use_case) {
  return {.method = "POST",
          .path = "/promises/{id}/" + name,
          .summary = std::move(summary),
          .roles = kChangers,
          .body = body,
          .answer = "Promise",
          .handle = [use_case](Step& s, const Call& c) -> Result<Answer> {
            return Answer{200, TRY(use_case(s, TRY(c.id<PromiseTag>("id")), c.body))};
          }};
}

Result<ConversationId> conversation_query(const Call& c) {
  std::string text = c.query("conversation_id");
  if (text.empty()) return ConversationId{};
  auto id = ConversationId::parse(text);
  if (!id) return fail_field("?conversation_id", "format", id.error().message);
  return *id;
}

Result<Answer> list_touches(Step& s, const Call& c) {
  Page page = TRY(page_of(c));
  json::array rows = TRY(app::list_touches(s, c.query("state"), TRY(conversation_query(c)), page.after, page.limit));
  return Answer{200, page_json(std::move(rows), page,
                               [](const Json& row) { return TouchId::parse(get_string(row, "id"))->value; })};
}

Result<Answer> list_facts(Step& s, const Call& c) {
  Page page = TRY(page_of(c));
  json::array rows = TRY(app::list_facts(s, TRY(conversation_query(c)), page.after, page.limit));
  return Answer{200, page_json(std::move(rows), page, [](const Json& row) { return get_int(row, "seq"); })};
}

Shape consent_source() { return shape::object({{"source", shape::line(1, 200), required, "Who said so, and where"}}); }

}  // namespace

void add_touches(std::vector<Route>& routes) {
  std::vector<Field> paging = {
      {"conversation_id", shape::id("cnv")}, {"limit", shape::integer(1, 200)}, {"after", shape::line(1, 200)}};
  std::vector<Field> query = paging;
  query.push_back({"state", shape::one_of({"planned", "draft", "approved", "sending", "sent", "in_doubt", "failed",
                                           "suppressed", "expired", "done"})});
  routes.push_back({.method = "GET",
                    .path = "/touches",
                    .summary = "Every message and task, planned or past, with its reason",
                    .roles = kReaders,
                    .query = query,
                    .answer = "TouchList",
                    .reads = true,
                    .handle = list_touches});
  routes.push_back({.method = "GET",
                    .path = "/touches/{id}",
                    .summary = "One touch",
                    .roles = kReaders,
                    .answer = "Touch",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return Answer{200, TRY(app::get_touch(s, TRY(c.id<TouchTag>("id"))))};
                    }});
  routes.push_back({.method = "POST",
                    .path = "/touches/{id}/approve",
                    .summary = "Approve a draft",
                    .roles = kChangers,
                    .answer = "Touch",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return Answer{200, TRY(app::approve_touch(s, TRY(c.id<TouchTag>("id"))))};
                    }});
  routes.push_back(touch_action("edit", "Change the text or the time", app::edit_shape(), app::edit_touch));
  routes.push_back(
      touch_action("skip", "Pass over it; undoes what waits to be sent", app::skip_shape(), app::skip_touch));
  routes.push_back(touch_action("done", "A task was done", app::done_shape(), app::finish_task));
  routes.push_back(
      touch_action("resolve", "Say whether a message in doubt arrived", app::resolve_shape(), app::resolve_touch));
  routes.push_back({.method = "GET",
                    .path = "/promises",
                    .summary = "Promises that will break within 48 hours, with the cause",
                    .roles = kReaders,
                    .answer = "PromiseList",
                    .reads = true,
                    .handle = [](Step& s, const Call&) { return ok(app::promises_at_risk(s)); }});
  routes.push_back(promise_action("keep", "Done outside the system", app::keep_shape(), app::keep_promise));
  routes.push_back(promise_action("waive", "Not owed any more", app::waive_shape(), app::waive_promise));
  routes.push_back({.method = "GET",
                    .path = "/facts",
                    .summary = "What happened, in order",
                    .roles = kReaders,
                    .query = paging,
                    .answer = "FactList",
                    .reads = true,
                    .handle = list_facts});
  for (bool out : {true, false})
    routes.push_back(
        {.method = "POST",
         .path = out ? "/contacts/{id}/opt-out" : "/contacts/{id}/opt-in",
         .summary =
             out ? "No more follow-ups or offers: at once, everywhere" : "The contact asked to be written to again",
         .roles = kChangers,
         .body = consent_source(),
         .answer = "OptOut",
         .handle = [out](Step& s, const Call& c) -> Result<Answer> {
           ContactId id = TRY(c.id<ContactTag>("id"));
           TRY(app::get_contact(s, id));
           return Answer{200, TRY((out ? app::opt_out : app::opt_in)(s, id, get_string(c.body, "source")))};
         }});
}

void describe_touches(Schemas& schemas) {
  schemas.add("Touch", shape::object(touch_fields(true)));
  schemas.add("Promise", promise_view_shape());
  schemas.add("Fact", shape::object({{"seq", shape::integer(1, INT64_MAX), required},
                                     {"at", shape::time(), required},
                                     {"kind", shape::line(1, 100), required},
                                     {"conversation_id", shape::id("cnv"), nullable},
                                     {"actor", shape::line(1, 100), required},
                                     {"data", shape::any(100'000), required}}));
  schemas.add("OptOut", shape::object({{"contact_id", shape::id("con"), required},
                                       {"opted_out", shape::boolean(), required},
                                       {"conversations_stopped", shape::integer(0, 1'000'000)}}));
}

}  // namespace onward::api
