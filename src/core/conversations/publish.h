// What the publication of a new version does to the conversations that are on an older one: shown first, then done.
#pragma once
#include <string>
#include <vector>

#include "core/conversations/decide.h"

namespace onward::conversations {

enum class Verdict {
  moves,  // goes on in the new version; its open touch is planned anew
  stays,  // ends on its old version: its message is approved, on its way, or in doubt
};

struct Move {
  ConversationId conversation;
  EnrollmentId enrollment;
  Verdict verdict = Verdict::stays;
  std::string why;                      // of staying
  std::string step_before, step_after;  // step_after empty: nothing is left, it ends
  Instant due_before, due_after;
  std::vector<std::string> skipped;  // steps that will be passed over, with the reason ("nurture: no_consent")
  bool operator==(const Move&) const = default;
};

// The move of one enrollment, found by deciding it: what is shown is what publishing then does.
Result<Move> preview_move(const Case&, EnrollmentId, VersionId to, const Catalog&, const Names&, Instant now);

// A digest over all moves: publishing names the one that was shown and is refused when it has changed meanwhile.
std::string digest_of(const std::vector<Move>&);

// Faults of a document against the library and the condition facts: unknown templates, variables, facts, types.
Status check_document(const sequences::Document&, const Catalog&);

}  // namespace onward::conversations
