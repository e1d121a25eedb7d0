// Conditions and outcomes as sentences for staff, in en or fr (any other language: en).
#pragma once
#include <string>
#include <string_view>

#include "core/qualification/answers.h"

namespace onward::qualification {

std::string sentence(const Form&, const Condition&, std::string_view language);
// With the answer that was given, or the fact, behind it.
std::string sentence_with_answer(const Form&, const Condition&, const Answers&, const Facts&,
                                 std::string_view language);
std::string sentence(const Outcome&, std::string_view language);

}  // namespace onward::qualification
