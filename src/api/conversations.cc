// Conversations: from the raised hand to the outcome.
#include "app/conversations.h"

#include "api/nouns.h"
#include "api/views.h"
#include "app/touches.h"

namespace onward::api {

using shape::nullable;
using shape::required;

namespace {

using Action = Result<Json> (*)(Step&, ConversationId, const Json&);

// POST /conversations/{id}/<name>: a body in, the conversation out.
Route action(std::string name, std::string summary, const Shape& body, Action use_case, int status = 200,
             std::string answer = "Conversation") {
  return {.method = "POST",
          .path = "/conversations/{id}/" + name,
          .summary = std::move(summary),
          .roles = kChangers,
          .body = body,
          .answer = std::move(answer),
          .status = status,
          .handle = [use_case, status](Step& s, const Call& c) -> Result<Answer> {
            return Answer{status, TRY(use_case(s, TRY(c.id<ConversationTag>("id")), c.body))};
          }};
}

Route bare(std::string name, std::string summary, Result<Json> (*use_case)(Step&, ConversationId)) {
  return {.method = "POST",
          .path = "/conversations/{id}/" + name,
          .summary = std::move(summary),
          .roles = kChangers,
          .answer = "Conversation",
          .handle = [use_case](Step& s, const Call& c) -> Result<Answer> {
            return Answer{200, TRY(use_case(s, TRY(c.id<ConversationTag>("id"))))};
          }};
}

Route reading(std::string path, std::string summary, std::string answer,
              Result<Json> (*use_case)(Step&, ConversationId)) {
  return {.method = "GET",
          .path = std::move(path),
          .summary = std::move(summary),
          .roles = kReaders,
          .answer = std::move(answer),
          .reads = true,
          .handle = [use_case](Step& s, const Call& c) -> Result<Answer> {
            return Answer{200, TRY(use_case(s, TRY(c.id<ConversationTag>("id"))))};
          }};
}

const std::vector<Field>& list_query() {
  static const std::vector<Field> fields = {
      {"stage", shape::one_of({"hand_raised", "qualified", "booked", "met", "following_up", "proposal", "won", "lost",
                               "dormant"})},
      {"owner_id", shape::id("adv")},
      {"contact_id", shape::id("con")},
      {"organization_id", shape::id("org")},
      {"type", shape::line(1, 60)},
      {"open", shape::one_of({"true", "false"}), shape::optional, "Only what is open"},
      {"limit", shape::integer(1, 200)},
      {"after", shape::line(1, 200)}};
  return fields;
}

Result<Answer> list(Step& s, const Call& c) {
  Page page = TRY(page_of(c));
  app::ListFilter f{c.query("stage"),
                    c.query("owner_id"),
                    c.query("contact_id"),
                    c.query("organization_id"),
                    c.query("type"),
                    c.query("open") == "true",
                    page.after,
                    page.limit};
  json::array rows = TRY(app::list_conversations(s, f));
  return Answer{200, page_json(std::move(rows), page,
                               [](const Json& row) { return ConversationId::parse(get_string(row, "id"))->value; })};
}

}  // namespace

void add_conversations(std::vector<Route>& routes) {
  routes.push_back({.method = "POST",
                    .path = "/conversations",
                    .summary = "Open a conversation",
                    .roles = kChangers,
                    .body = app::conversation_shape(),
                    .answer = "Conversation",
                    .status = 201,
                    .handle = [](Step& s, const Call& c) { return created(app::open_conversation(s, c.body)); }});
  routes.push_back({.method = "GET",
                    .path = "/conversations",
                    .summary = "Conversations, newest first",
                    .roles = kReaders,
                    .query = list_query(),
                    .answer = "ConversationList",
                    .reads = true,
                    .handle = list});
  routes.push_back(reading("/conversations/{id}", "One conversation with what is planned", "ConversationDetail",
                           app::get_conversation));
  routes.push_back({.method = "PATCH",
                    .path = "/conversations/{id}",
                    .summary = "Change the topic, hand over, name the contact",
                    .roles = kChangers,
                    .body = app::change_shape(),
                    .answer = "Conversation",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return Answer{200, TRY(app::change_conversation(s, TRY(c.id<ConversationTag>("id")), c.body))};
                    }});
  routes.push_back(
      reading("/conversations/{id}/timeline", "What happened and what comes next", "Timeline", app::timeline));
  routes.push_back(reading("/conversations/{id}/promises", "The promise ledger of a conversation", "PromiseList",
                           app::list_promises));
  routes.push_back(action("talks", "A talk was held: obligations are created, the sequence starts", app::talk_shape(),
                          app::log_talk, 201, "ConversationTalk"));
  routes.push_back(
      action("replies", "Log a reply: what it cancels is never sent", app::reply_shape(), app::log_reply, 201));
  routes.push_back(action("outcome", "Won, lost or dormant", app::outcome_shape(), app::set_outcome));
  routes.push_back(action("stage", "Enter a stage; booked and proposal have their own consequences", app::stage_shape(),
                          app::set_stage));
  routes.push_back(action("no-shows", "The appointment did not take place", app::no_show_shape(), app::log_no_show));
  routes.push_back(action("messages", "Write to the contact; held ten seconds for undo", app::message_shape(),
                          app::write_message, 201, "Touch"));
  routes.push_back(action("tasks", "Add a task", app::task_shape(), app::add_task, 201, "Touch"));
  routes.push_back(action("snooze", "Leave Today until a time", app::snooze_shape(), app::snooze));
  routes.push_back(bare("answered", "The waiting reply was answered elsewhere", app::answer_reply));
  routes.push_back(bare("reopen", "Take up a closed conversation again", app::reopen));
  routes.push_back({.method = "GET",
                    .path = "/today",
                    .summary = "Who needs attention, why, and the one action",
                    .roles = kReaders,
                    .query = {{"limit", shape::integer(1, 200)}},
                    .answer = "Today",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return Answer{200, TRY(app::today(s, TRY(page_of(c)).limit))};
                    }});
  routes.push_back({.method = "GET",
                    .path = "/pipeline",
                    .summary = "Conversations by stage; gone cold and for how long",
                    .roles = kReaders,
                    .answer = "Pipeline",
                    .reads = true,
                    .handle = [](Step& s, const Call&) { return ok(app::pipeline(s)); }});
}

void describe_conversations(Schemas& schemas) {
  schemas.add("Conversation", shape::object(conversation_fields()));
  std::vector<Field> detail = conversation_fields();
  detail.push_back({"enrollments", shape::list(enrollment_view_shape(), 0, 1000), required});
  detail.push_back({"open_touches", shape::list(touch_summary_shape(), 0, 1000), required});
  detail.push_back({"last_talk", talk_view_shape(), nullable});
  schemas.add("ConversationDetail", shape::object(detail));
  std::vector<Field> talked = conversation_fields();
  talked.push_back({"talk", talk_view_shape(), required});
  talked.push_back({"promises", shape::list(promise_view_shape(), 0, 1000), required});
  schemas.add("ConversationTalk", shape::object(talked));
  schemas.add(
      "Timeline",
      shape::object({{"conversation", shape::object(conversation_fields()), required},
                     {"next", shape::list(shape::any(200'000), 0, 1000), required, "Open touches, soonest first"},
                     {"data", shape::list(shape::any(200'000), 0, 100'000), required,
                      "Touches, talks, notes, page views and facts, newest first"}}));
  std::vector<Field> row = conversation_fields();
  row.push_back({"why", shape::line(1, 60), required, "Why it is here"});
  row.push_back({"touches", shape::list(shape::any(200'000), 0, 1000), required, "What can be acted on"});
  row.push_back({"promises", shape::list(promise_view_shape(), 0, 1000), required, "Broken, or about to break"});
  schemas.add("Today", shape::object({{"data", shape::list(shape::object(row), 0, 1000), required},
                                      {"needing_you", shape::integer(0, 1'000'000'000), required},
                                      {"open", shape::integer(0, 1'000'000'000), required},
                                      {"snoozed", shape::integer(0, 1'000'000'000), required},
                                      {"all_clear_until", shape::time(), nullable}}));
  std::vector<Field> card = conversation_fields();
  card.push_back({"state", shape::one_of({"active", "in_follow_up", "gone_cold"}), required});
  card.push_back({"silent_days", shape::integer(0, 100'000), required});
  Shape stage = shape::object({{"stage", shape::line(1, 60), required},
                               {"count", shape::integer(0, 1'000'000'000), required},
                               {"conversations", shape::list(shape::object(card), 0, 1000), required}});
  schemas.add("Pipeline", shape::object({{"stages", shape::list(stage, 0, 20), required}}));
}

}  // namespace onward::api
