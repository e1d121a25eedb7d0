// The words of the document for its enumerations.
#pragma once
#include "base/names.h"
#include "core/qualification/form.h"

namespace onward::qualification {

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

}  // namespace onward::qualification
