#include <algorithm>

#include "core/qualification/answers.h"
#include "core/qualification/sentences.h"
#include "core/qualification/values.h"

namespace onward::qualification {
namespace {

bool has(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool has_any(const std::vector<std::string>& list, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& w) { return has(list, w); });
}

bool compare(const Condition& c, double answer) {
  return c.op == Op::at_least ? answer >= c.number : c.op == Op::at_most && answer <= c.number;
}

bool compare(const Condition& c, Date answer, Date today) {
  if (c.op == Op::within_days) return answer <= add_days(today, static_cast<int>(c.number));
  auto limit = c.values.empty() ? std::nullopt : parse_day(c.values[0]);
  if (!limit) return false;
  return c.op == Op::at_least ? answer >= *limit : c.op == Op::at_most && answer <= *limit;
}

bool words_hold(const Condition& c, const std::vector<std::string>& given) {
  switch (c.op) {
    case Op::is:
    case Op::any_of: return has_any(given, c.values);
    case Op::is_not: return !has_any(given, c.values);
    case Op::at_least:
    case Op::at_most:
    case Op::within_days:
    case Op::answered: return false;
  }
  return false;
}

bool fact_holds(const Condition& c, const Facts& facts) {
  auto it = facts.find(c.name);
  bool known = it != facts.end() && !it->second.empty();
  if (c.op == Op::answered) return known == (c.number != 0);
  if (!known) return c.op == Op::is_not;
  if (c.op != Op::at_least && c.op != Op::at_most) return words_hold(c, {it->second});
  auto number = parse_number(it->second);
  return number && compare(c, *number);
}

bool answer_holds(const Condition& c, const Answer& answer, Date today) {
  if (auto* keys = std::get_if<std::vector<std::string>>(&answer)) return words_hold(c, *keys);
  if (auto* text = std::get_if<std::string>(&answer)) return words_hold(c, {*text});
  if (auto* number = std::get_if<double>(&answer)) return compare(c, *number);
  if (auto* date = std::get_if<Date>(&answer)) return compare(c, *date, today);
  return false;  // of a file only that it is there
}

}  // namespace

bool holds(const Condition& c, const Answers& answers, const Facts& facts, Date today) {
  if (c.of_fact) return fact_holds(c, facts);
  auto it = answers.find(c.name);
  if (c.op == Op::answered) return (it != answers.end()) == (c.number != 0);
  if (it == answers.end()) return c.op == Op::is_not;
  return answer_holds(c, it->second, today);
}

Decision decide_outcome(const Form& form, const Answers& given, const Facts& facts, Date today,
                        std::string_view language) {
  Answers answers = shown_answers(form, given, facts, today);
  for (size_t i = 0; i < form.rules.size(); ++i) {
    const Rule& rule = form.rules[i];
    bool all = std::all_of(rule.when.begin(), rule.when.end(),
                           [&](const Condition& c) { return holds(c, answers, facts, today); });
    if (!all) continue;
    Decision d{rule.outcome, static_cast<int>(i), rule.key, {}};
    for (const Condition& c : rule.when) d.why.push_back(sentence_with_answer(form, c, answers, facts, language));
    return d;
  }
  return {form.otherwise, -1, "", {}};
}

}  // namespace onward::qualification
