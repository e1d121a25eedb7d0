// Use cases of a conversation's life. Bodies have been validated against the shapes below.
#pragma once
#include "app/cases.h"
#include "base/schema.h"

namespace onward::app {

const Shape& conversation_shape();  // POST /conversations
const Shape& change_shape();        // PATCH /conversations/{id}
const Shape& talk_shape();
const Shape& reply_shape();
const Shape& outcome_shape();
const Shape& stage_shape();
const Shape& no_show_shape();
const Shape& message_shape();
const Shape& task_shape();
const Shape& snooze_shape();

Result<Json> open_conversation(Step&, const Json& body);
Result<Json> get_conversation(Step&, ConversationId);
Result<Json> change_conversation(Step&, ConversationId, const Json& body);

Result<Json> log_talk(Step&, ConversationId, const Json& body);
Result<Json> log_reply(Step&, ConversationId, const Json& body);
Result<Json> answer_reply(Step&, ConversationId);
Result<Json> set_outcome(Step&, ConversationId, const Json& body);
Result<Json> set_stage(Step&, ConversationId, const Json& body);
Result<Json> log_no_show(Step&, ConversationId, const Json& body);
Result<Json> reopen(Step&, ConversationId);
Result<Json> write_message(Step&, ConversationId, const Json& body);  // held ten seconds so that it can be undone
Result<Json> add_task(Step&, ConversationId, const Json& body);
Result<Json> snooze(Step&, ConversationId, const Json& body);

// Stops every sequence of every conversation of this contact in the same transaction. `source`: who said so, where.
Result<Json> opt_out(Step&, ContactId, const std::string& source);
// Undo of a mistaken opt-out: needs the person's wish in `source`; nothing that was stopped starts again.
Result<Json> opt_in(Step&, ContactId, const std::string& source);

struct ListFilter {
  std::string stage, owner, contact, organization, type;
  bool open_only = false;
  int64_t after = 0;
  int limit = 50;
};
Result<json::array> list_conversations(Step&, const ListFilter&);  // limit + 1 rows, newest first

// Everything in and out, notes, stages and promises, newest first; then what comes next with its time and reason.
Result<Json> timeline(Step&, ConversationId);
// Who needs attention, why, and the one action; most urgent first.
Result<Json> today(Step&, int limit);
// Conversations by stage with counts; gone cold and why.
Result<Json> pipeline(Step&);

}  // namespace onward::app
