// Scenarios as JSON: what `onward slots` reads and prints (docs/slots.md).
#pragma once
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/schema.h"
#include "core/slots/slots.h"

namespace onward::slots {

constexpr size_t kMaxScenarioBytes = 32 << 20;
constexpr int kMaxScenarioDays = 400;            // between the first and the last instant that has to be looked at
constexpr int64_t kMaxScenarioStarts = 2000000;  // over all hosts

// Error: Code::invalid; the message names the field as a JSON pointer.
Result<Input> parse_scenario(const Json&);
Result<Input> read_scenario(std::string_view text);

// The member `meeting_type` alone: its fields, and its value once its shape has been checked. `pointer` stands before
// the fields that errors name.
std::vector<Field> type_fields();
Result<MeetingType> parse_type(const Json&, const std::string& pointer);

// {"slots": [{"start", "hosts"}], "refused": [{"start", "host", "reason"}]}
Json answer(const Input&, const Board&);

}  // namespace onward::slots
