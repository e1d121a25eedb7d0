// A qualification form as a readable document: typed questions, and rules that say what the answers lead to. JSON over
// the API, YAML in files. The first rule that holds wins; `otherwise` stands at the end, so there is always an outcome.
//
//   name: First talk
//   type: prospect
//   questions:
//     - key: budget
//       ask: number
//       label: {en: "What is your budget?", fr: "Quel est votre budget ?"}
//       min: 0
//       unit: EUR
//   rules:
//     - key: small
//       when: [{question: budget, at_most: 500}]
//       do: read_first
//       article: before-we-talk
//       because: {en: A talk costs more than it can bring.}
//   otherwise: {do: book, because: {en: Nothing stands against a talk.}}
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/schema.h"
#include "base/zone.h"

namespace onward::qualification {

constexpr size_t kMaxQuestions = 30, kMaxOptions = 50, kMaxRules = 50, kMaxConditions = 10;
constexpr size_t kMaxText = 5000;  // characters of one answer
constexpr int64_t kMaxFileBytes = 25 << 20;

// By language, BCP 47.
using Text = std::map<std::string, std::string, std::less<>>;
// In this language, else in its base ("fr-CA" -> "fr"), else in English, else in the first there is; empty: none.
const std::string& say(const Text&, std::string_view language);

enum class QuestionKind { choice, number, text, date, file };

enum class Op { is, is_not, any_of, at_least, at_most, within_days, answered };
// A comparison with the answer to a question or with a fact about the contact. An answer of several choices is any of
// them. A question that is not answered, or not shown, meets only `is_not` and `answered: false`.
struct Condition {
  bool of_fact = false;
  std::string name;  // key of a question, or name of a fact
  Op op = Op::is;
  std::vector<std::string> values;  // is, is_not: one; any_of: several; at_least, at_most of a date: one
  double number = 0;                // at_least, at_most of a number; within_days: days from today; answered: 0 or 1
};

struct Option {
  std::string key;
  Text label;
};

struct Question {
  std::string key;  // unique in the form; names the answer across versions
  QuestionKind kind = QuestionKind::text;
  Text label, help;
  bool required = false;
  std::vector<Condition> only_if;         // all must hold, on earlier questions or on facts; else it is not shown
  std::vector<Option> options;            // choice
  bool multiple = false;                  // choice
  std::optional<double> min, max;         // number
  bool whole = false;                     // number
  std::string unit;                       // number
  int max_length = 200;                   // text
  bool lines = false;                     // text: more than one line
  std::optional<int> from_days, to_days;  // date: counted from today
  std::vector<std::string> accept;        // file: media types
  int64_t max_bytes = 10 << 20;           // file

  const Option* find_option(std::string_view key) const;  // nullptr: not offered
};

enum class OutcomeKind { book, book_with, call_back, read_first, waitlist, decline };
struct Outcome {
  OutcomeKind kind = OutcomeKind::book;
  std::string team, meeting_type;  // book_with: at least one, by name
  std::string article;             // read_first: its slug
  Text alternative;                // decline: what the customer can do instead
  Text because;                    // for staff
  bool anyway = true;              // read_first: who has read may book all the same
};

struct Rule {
  std::string key;
  std::vector<Condition> when;  // all must hold
  Outcome outcome;
};

struct Form {
  std::string name;
  std::string type;  // conversation type
  Text title, intro;
  std::vector<Question> questions;
  std::vector<Rule> rules;
  Outcome otherwise;

  const Question* find(std::string_view key) const;
};

// The shape of a form on the wire (for validation and the OpenAPI document).
const Shape& form_shape();
// Errors: Code::invalid naming each field ("/questions/2/options").
Result<Form> parse_form(const Json&);
Status validate_form(const Json&);

std::string_view to_string(QuestionKind);
std::string_view to_string(OutcomeKind);

}  // namespace onward::qualification
