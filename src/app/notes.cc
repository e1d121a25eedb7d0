#include "app/notes.h"

#include "app/contacts.h"

namespace onward::app {
namespace {

json::object view(const Rows& rows, size_t i) {
  return {{"id", NoteId{rows.integer(i, 0)}.text()},
          {"conversation_id", id_json<ConversationId>(rows.integer(i, 1))},
          {"contact_id", id_json<ContactId>(rows.integer(i, 2))},
          {"text", rows.text(i, 3)},
          {"author", rows.text(i, 4)},
          {"at", time_text(rows, i, 5)}};
}

Status require_sight(Step& step, ConversationId id) {
  Rows rows = step.run("note_conversation_owner", {id.value});
  if (rows.empty() || !step.caller.sees(AdvisorId{rows.integer(0, 0)}, AgencyId{rows.integer(0, 1)}))
    return not_found("conversation");
  return {};
}

Json add(Step& step, ConversationId conversation, ContactId contact, const Json& body) {
  auto id = step.new_id<NoteId>();
  std::string text = get_string(body, "text");
  step.run("note_insert", {id.value, ports::opt_int(conversation.value), ports::opt_int(contact.value), text,
                           step.caller.actor(), to_ms(step.now)});
  step.fact("note.added", conversation, id.value);
  return json::object{{"id", id.text()},
                      {"conversation_id", id_json<ConversationId>(conversation.value)},
                      {"contact_id", id_json<ContactId>(contact.value)},
                      {"text", text},
                      {"author", step.caller.actor()},
                      {"at", format_rfc3339(step.now)}};
}

json::array list(Step& step, std::string_view statement, int64_t id, const Slice& slice) {
  Rows rows = step.run(statement, {id, slice.after, slice.limit});
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(view(rows, i));
  return out;
}

}  // namespace

Result<Json> add_note(Step& step, ConversationId id, const Json& body) {
  TRY_VOID(step.require_change());
  TRY_VOID(require_sight(step, id));
  return add(step, id, {}, body);
}

Result<Json> add_note(Step& step, ContactId id, const Json& body) {
  TRY_VOID(step.require_change());
  TRY_VOID(find_contact(step, id));
  return add(step, {}, id, body);
}

Result<json::array> list_notes(Step& step, ConversationId id, const Slice& slice) {
  TRY_VOID(require_sight(step, id));
  return list(step, "note_of_conversation", id.value, slice);
}

Result<json::array> list_notes(Step& step, ContactId id, const Slice& slice) {
  TRY_VOID(find_contact(step, id));
  return list(step, "note_of_contact", id.value, slice);
}

}  // namespace onward::app
