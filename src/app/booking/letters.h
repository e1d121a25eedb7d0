// Short messages that booking owes a customer: a request was declined, a time came free. They answer what the customer
// asked for (transactional); held ten seconds, behind the same gate as every message. Who has no address has a task
// made of it.
#pragma once
#include "app/step.h"

namespace onward::app::booking {

// `key` names templates/letters/{language}/{key}.md, whose first line is the subject. `name`, `firm` and what `values`
// holds are its variables. `otherwise` is what a person has to do when no message can leave.
Status send_letter(Step&, ConversationId, std::string_view key, json::object values, const std::string& otherwise);

// "2026-03-30 09:00", by this wall clock: the same in every language.
std::string wall_text(Instant, const std::string& zone);

}  // namespace onward::app::booking
