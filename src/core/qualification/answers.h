// Answers to a form: which questions are asked, what came back, what it leads to.
//
//   Answers answers = TRY(check_answers(form, body, {.known = known, .facts = facts, .today = today}));
//   Decision d = decide_outcome(form, answers, facts, today);
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/qualification/form.h"

namespace onward::qualification {

struct FileRef {
  std::string id;  // of the upload; whether it exists and is theirs is the caller's to check
  std::string name, media_type;
  int64_t bytes = 0;
  bool operator==(const FileRef&) const = default;
};
// choice: keys; number; text; date; file.
using Answer = std::variant<std::vector<std::string>, double, std::string, Date, FileRef>;
using Answers = std::map<std::string, Answer, std::less<>>;
// What is known about the contact, in words: {"returning": "yes", "open_deals": "2", ...}.
using Facts = std::map<std::string, std::string, std::less<>>;

struct Context {
  const Answers& known;  // given earlier: not asked again, but looked at by conditions and rules
  const Facts& facts;
  Date today;  // of the customer
};

// In the order of the form: shown with these answers, and not known yet.
std::vector<const Question*> visible_questions(const Form&, const Answers&, const Context&);

// `raw`: an object of question keys. A choice is a key or a list of keys, a number a number or its text, a date
// YYYY-MM-DD, a file {"id", "name", "media_type", "bytes"}. Empty texts and lists count as not answered, as browsers
// send them. Returns known and new answers together, of the shown questions only.
// Error: Code::invalid, a field ("/budget") for each fault: unknown_question, not_shown, known, required, type,
// too_long, not_offered, range, format, too_large.
Result<Answers> check_answers(const Form&, const Json& raw, const Context&);

struct Decision {
  Outcome outcome;
  int rule = -1;                 // index; -1: otherwise
  std::string rule_key;          // empty: otherwise
  std::vector<std::string> why;  // the conditions that held, as sentences, with the answer that was given
};
// `language`: of `why`, en or fr; any other is en.
Decision decide_outcome(const Form&, const Answers&, const Facts&, Date today, std::string_view language = "en");

// Without the answers to questions that these answers do not show.
Answers shown_answers(const Form&, const Answers&, const Facts&, Date today);
// One condition, against shown answers.
bool holds(const Condition&, const Answers&, const Facts&, Date today);

// The rules as sentences, in order, the last one for everybody else; in en or fr.
std::vector<std::string> describe(const Form&, std::string_view language);

// An answer in the form that check_answers takes: stored answers are read back by it, against any later form.
Json to_json(const Answer&);
// An answer as staff read it: labels instead of keys, numbers with their unit.
std::string show(const Question&, const Answer&, std::string_view language);

}  // namespace onward::qualification
