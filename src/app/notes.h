// Notes: what people write down about a conversation or a contact. They are added, never changed.
#pragma once
#include "app/record.h"

namespace onward::app {

Result<Json> add_note(Step&, ConversationId, const Json& body);  // body {text}
Result<Json> add_note(Step&, ContactId, const Json& body);
Result<json::array> list_notes(Step&, ConversationId, const Slice&);
Result<json::array> list_notes(Step&, ContactId, const Slice&);

}  // namespace onward::app
