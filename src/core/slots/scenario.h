// Scenarios as JSON: what `onward slots` reads and prints (docs/slots.md).
#pragma once
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/slots/slots.h"

namespace onward::slots {

constexpr size_t kMaxScenarioBytes = 32 << 20;
constexpr int kMaxScenarioDays = 400;            // between the first and the last instant that has to be looked at
constexpr int64_t kMaxScenarioStarts = 2000000;  // over all hosts

// Error: Code::invalid; the message names the field as a JSON pointer.
Result<Input> parse_scenario(const Json&);
Result<Input> read_scenario(std::string_view text);

// {"slots": [{"start", "hosts"}], "refused": [{"start", "host", "reason"}]}
Json answer(const Input&, const Board&);

}  // namespace onward::slots
