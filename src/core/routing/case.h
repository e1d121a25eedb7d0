// A case of routing as JSON, for `onward attribute` and for replays: what is asked for, who could come, and the rules.
//
//   {"request": {"type", "channel", "language", "skills": [], "agency", "team", "place": {"country", "region",
//      "postal_code"}, "owner", "at"},
//    "rules": {"language": "required", "skills": "preferred", "territory": "required"}, "language": "en",
//    "candidates": [{"advisor", "agency", "teams": [], "types": [], "channels": [], "languages": [], "skills": [],
//      "territories": [{"country", "region", "postal_prefix"}], "absences": [{"from", "to"}], "capacity", "load",
//      "weight", "turns", "last_assigned"}]}
#pragma once
#include "base/result.h"
#include "base/schema.h"
#include "core/routing/routing.h"

namespace onward::routing {

constexpr size_t kMaxCaseBytes = 4 << 20;

struct Case {
  Request request;
  Rules rules;
  std::vector<Candidate> candidates;
  std::string language = "en";
};
const Shape& case_shape();
// Error: Code::invalid naming each field.
Result<Case> read_case(const Json&);

}  // namespace onward::routing
