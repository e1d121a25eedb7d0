// Cases between the database and decide(): loaded a set at a time, saved by their changes.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "app/step.h"
#include "core/conversations/decide.h"

namespace onward::app {

using conversations::Case;
using conversations::Decision;
using conversations::Event;

enum class Locking {
  none,  // reading
  wait,  // a person's change: waits for whoever holds the conversation
  skip,  // a loop's claim: leaves out what another node holds
};

// In the order of their ids; unknown ids (and locked ones with Locking::skip) are left out.
std::vector<Case> load_cases(Step&, const std::vector<ConversationId>& ids, Locking);
// The same cases a moment later: what a decision could have changed (conversation, enrollments, touches, promises) is
// read anew and locked, the rest is taken from `held`. For the second phase of a sending, which plans and never sends:
// whatever it plans from a contact seen a moment ago is looked at again before it leaves.
std::vector<Case> reload_cases(Step&, std::vector<Case> held);
// Error: not_found.
Result<Case> load_case(Step&, ConversationId, Locking);

// Writes what the decisions changed, set-wise, with their facts. `author` goes into talks.
void save_decisions(Step&, std::vector<Decision>& decisions);

// Load, decide, save: the whole of most use cases. Checks that the caller sees the conversation (not_found) and may
// change it (forbidden). Returns the case as it stands afterwards.
Result<Case> apply_event(Step&, ConversationId, const Event&);

std::string ids_json(const std::vector<ConversationId>&);

}  // namespace onward::app
