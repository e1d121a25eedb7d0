#include "core/qualification/form.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/qualification/faults.h"
#include "core/qualification/names.h"

namespace onward::qualification {
namespace {

using shape::object;
using shape::one_of;
using shape::required;

Shape text_shape(size_t most) { return shape::map(shape::text(1, most), 40); }

Shape condition_shape() {
  return object({{"question", shape::line(1, 60), shape::optional, "Key of an earlier question"},
                 {"fact", shape::line(1, 60), shape::optional, "A fact about the contact, e.g. returning"},
                 {"is", shape::line(1, 200)},
                 {"is_not", shape::line(1, 200)},
                 {"any_of", shape::list(shape::line(1, 200), 1, kMaxOptions)},
                 {"at_least", shape::any(40), shape::optional, "A number, or a date"},
                 {"at_most", shape::any(40), shape::optional, "A number, or a date"},
                 {"within_days", shape::integer(0, 3660), shape::optional, "A date not later than this from today"},
                 {"answered", shape::boolean()}});
}

Shape conditions_shape() { return shape::list(condition_shape(), 1, kMaxConditions); }

Shape question_shape() {
  Shape option = object({{"key", shape::line(1, 60), required}, {"label", text_shape(200), required}});
  return object({{"key", shape::line(1, 60), required, "Names the answer across versions"},
                 {"ask", one_of(names_of(kQuestions)), required, "What kind of answer"},
                 {"label", text_shape(300), required, "The question, by language"},
                 {"help", text_shape(1000), shape::optional, "Why it is asked, by language"},
                 {"required", shape::boolean()},
                 {"only_if", conditions_shape(), shape::optional, "Shown only if all of these hold"},
                 {"options", shape::list(option, 1, kMaxOptions), shape::optional, "choice: what is offered"},
                 {"multiple", shape::boolean(), shape::optional, "choice: several may be chosen"},
                 {"min", shape::number(-1e12, 1e12), shape::optional, "number"},
                 {"max", shape::number(-1e12, 1e12), shape::optional, "number"},
                 {"whole", shape::boolean(), shape::optional, "number: no fractions"},
                 {"unit", shape::line(1, 20), shape::optional, "number: what is counted"},
                 {"max_length", shape::integer(1, kMaxText), shape::optional, "text: characters"},
                 {"lines", shape::boolean(), shape::optional, "text: more than one line"},
                 {"from_days", shape::integer(-36600, 36600), shape::optional, "date: earliest, in days from today"},
                 {"to_days", shape::integer(-36600, 36600), shape::optional, "date: latest, in days from today"},
                 {"accept", shape::list(shape::line(3, 100), 1, 20), shape::optional, "file: media types"},
                 {"max_bytes", shape::integer(1, kMaxFileBytes), shape::optional, "file"}});
}

std::vector<Field> outcome_fields() {
  return {{"do", one_of(names_of(kOutcomes)), required, "What happens"},
          {"team", shape::line(1, 120), shape::optional, "book_with: a team"},
          {"meeting_type", shape::line(1, 120), shape::optional, "book_with: another kind of appointment"},
          {"article", shape::line(1, 120), shape::optional, "read_first: an article"},
          {"anyway", shape::boolean(), shape::optional, "read_first: booking stays open afterwards; default yes"},
          {"alternative", text_shape(1000), shape::optional, "decline: what the customer can do instead"},
          {"because", text_shape(500), required, "The reason, for staff"}};
}

Shape rule_shape() {
  std::vector<Field> fields = {{"key", shape::line(1, 60), required, "Names the rule across versions"},
                               {"when", conditions_shape(), required, "All must hold"}};
  for (Field& f : outcome_fields()) fields.push_back(std::move(f));
  return object(std::move(fields));
}

// ---- reading; the shape is known

Text read_text(const Json& j, std::string_view key) {
  Text out;
  if (const Json* t = find(j, key))
    for (const auto& [language, value] : t->as_object()) out.emplace(language, std::string(value.as_string()));
  return out;
}

std::optional<double> number_at(const Json& j, std::string_view key) {
  const Json* n = find(j, key);
  return n && n->is_number() ? std::optional(n->to_number<double>()) : std::nullopt;
}

Condition read_condition(const Json& j) {
  Condition c;
  c.of_fact = find(j, "fact") != nullptr;
  c.name = get_string(j, c.of_fact ? "fact" : "question");
  for (const auto& [op, name] : kOps) {
    const Json* value = find(j, name);
    if (!value) continue;
    c.op = op;
    c.values.clear();
    if (value->is_string()) c.values = {std::string(value->as_string())};
    if (value->is_array()) c.values = get_strings(j, name);
    if (value->is_number()) c.number = value->to_number<double>();
    if (value->is_bool()) c.number = value->as_bool() ? 1 : 0;
  }
  return c;
}

std::vector<Condition> read_conditions(const Json& j, std::string_view key) {
  std::vector<Condition> out;
  if (const Json* list = find(j, key))
    for (const Json& c : list->as_array()) out.push_back(read_condition(c));
  return out;
}

std::optional<int> int_at(const Json& j, std::string_view key) {
  return find(j, key) ? std::optional(static_cast<int>(get_int(j, key))) : std::nullopt;
}

Question read_question(const Json& j) {
  Question q;
  q.key = get_string(j, "key");
  q.kind = value_of(kQuestions, get_string(j, "ask"));
  q.label = read_text(j, "label");
  q.help = read_text(j, "help");
  q.required = get_bool(j, "required");
  q.only_if = read_conditions(j, "only_if");
  if (const Json* options = find(j, "options"))
    for (const Json& o : options->as_array()) q.options.push_back({get_string(o, "key"), read_text(o, "label")});
  q.multiple = get_bool(j, "multiple");
  q.min = number_at(j, "min");
  q.max = number_at(j, "max");
  q.whole = get_bool(j, "whole");
  q.unit = get_string(j, "unit");
  q.lines = get_bool(j, "lines");
  q.max_length = static_cast<int>(get_int(j, "max_length", q.lines ? 2000 : 200));
  q.from_days = int_at(j, "from_days");
  q.to_days = int_at(j, "to_days");
  q.accept = get_strings(j, "accept");
  if (q.accept.empty()) q.accept = {"application/pdf", "image/jpeg", "image/png"};
  q.max_bytes = get_int(j, "max_bytes", 10 << 20);
  return q;
}

Outcome read_outcome(const Json& j) {
  return {value_of(kOutcomes, get_string(j, "do")),
          get_string(j, "team"),
          get_string(j, "meeting_type"),
          get_string(j, "article"),
          read_text(j, "alternative"),
          read_text(j, "because"),
          get_bool(j, "anyway", true)};
}

Form read_form(const Json& j) {
  Form f;
  f.name = get_string(j, "name");
  f.type = get_string(j, "type");
  f.title = read_text(j, "title");
  f.intro = read_text(j, "intro");
  for (const Json& q : find(j, "questions")->as_array()) f.questions.push_back(read_question(q));
  if (const Json* rules = find(j, "rules"))
    for (const Json& r : rules->as_array())
      f.rules.push_back({get_string(r, "key"), read_conditions(r, "when"), read_outcome(r)});
  f.otherwise = read_outcome(*find(j, "otherwise"));
  return f;
}

}  // namespace

const Shape& form_shape() {
  static const Shape form = object(
      {{"name", shape::line(1, 120), required, "Names the form; a new document of this name is its next version"},
       {"type", shape::line(1, 60), required, "Conversation type"},
       {"title", text_shape(200), required, "What the customer reads, by language"},
       {"intro", text_shape(2000), shape::optional, "Why there are questions, by language"},
       {"questions", shape::list(question_shape(), 1, kMaxQuestions), required, "In order"},
       {"rules", shape::list(rule_shape(), 0, kMaxRules), shape::optional, "In order; the first that holds wins"},
       {"otherwise", object(outcome_fields()), required, "When no rule holds"}});
  return form;
}

Result<Form> parse_form(const Json& j) {
  TRY_VOID(form_shape().validate(j));
  Form f = read_form(j);
  Error faults = faults_of(f, j);
  if (!faults.fields.empty()) return fail(std::move(faults));
  return f;
}

Status validate_form(const Json& j) {
  TRY(parse_form(j));
  return {};
}

const Question* Form::find(std::string_view key) const {
  for (const Question& q : questions)
    if (q.key == key) return &q;
  return nullptr;
}

const Option* Question::find_option(std::string_view wanted) const {
  for (const Option& o : options)
    if (o.key == wanted) return &o;
  return nullptr;
}

const std::string& say(const Text& text, std::string_view language) {
  static const std::string kNothing;
  for (std::string_view tag : {language, language.substr(0, language.find('-')), std::string_view("en")})
    if (auto it = text.find(tag); it != text.end()) return it->second;
  return text.empty() ? kNothing : text.begin()->second;
}

std::string_view to_string(QuestionKind k) { return name_of(kQuestions, k); }
std::string_view to_string(OutcomeKind k) { return name_of(kOutcomes, k); }

}  // namespace onward::qualification
