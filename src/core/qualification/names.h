// The words of the document for its enumerations.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/qualification/form.h"

namespace onward::qualification {

template <class Enum>
struct Name {
  Enum value;
  std::string_view name;
};
constexpr Name<QuestionKind> kQuestions[] = {{QuestionKind::choice, "choice"},
                                             {QuestionKind::number, "number"},
                                             {QuestionKind::text, "text"},
                                             {QuestionKind::date, "date"},
                                             {QuestionKind::file, "file"}};
constexpr Name<OutcomeKind> kOutcomes[] = {
    {OutcomeKind::book, "book"},           {OutcomeKind::book_with, "book_with"},
    {OutcomeKind::call_back, "call_back"}, {OutcomeKind::read_first, "read_first"},
    {OutcomeKind::waitlist, "waitlist"},   {OutcomeKind::decline, "decline"}};
constexpr Name<Op> kOps[] = {
    {Op::is, "is"},           {Op::is_not, "is_not"},           {Op::any_of, "any_of"},    {Op::at_least, "at_least"},
    {Op::at_most, "at_most"}, {Op::within_days, "within_days"}, {Op::answered, "answered"}};

template <class Enum, size_t N>
Enum value_of(const Name<Enum> (&names)[N], std::string_view text) {
  for (const auto& n : names)
    if (n.name == text) return n.value;
  return names[0].value;
}
template <class Enum, size_t N>
std::string_view name_of(const Name<Enum> (&names)[N], Enum value) {
  for (const auto& n : names)
    if (n.value == value) return n.name;
  return "";
}
template <class Enum, size_t N>
std::vector<std::string> names_of(const Name<Enum> (&names)[N]) {
  std::vector<std::string> out;
  for (const auto& n : names) out.emplace_back(n.name);
  return out;
}

}  // namespace onward::qualification
