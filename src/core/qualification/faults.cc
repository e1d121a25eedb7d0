#include "core/qualification/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/qualification/names.h"
#include "core/qualification/values.h"

namespace onward::qualification {
namespace {

bool is_key(std::string_view s) {
  return std::all_of(s.begin(), s.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}
bool is_media_type(std::string_view s) {
  size_t slash = s.find('/');
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("+-./*").find(c) != std::string_view::npos;
  };
  return slash != s.npos && slash > 0 && slash + 1 < s.size() && std::all_of(s.begin(), s.end(), plain);
}

class Faults {
 public:
  Faults(const Form& form, const Json& raw) : form_(form), raw_(raw) { error_.code = Code::invalid; }

  Error run() {
    texts("", raw_, {"title", "intro"});
    for (size_t i = 0; i < form_.questions.size(); ++i) question(i);
    for (size_t i = 0; i < form_.rules.size(); ++i) {
      std::string at = fmt::format("/rules/{}", i);
      const Json& raw = raw_.at("rules").as_array()[i];
      if (!rules_.insert(form_.rules[i].key).second) fault(at + "/key", "duplicate", "another rule has this key");
      conditions(form_.rules[i].when, raw.at("when"), at + "/when");
      outcome(form_.rules[i].outcome, raw, at);
    }
    outcome(form_.otherwise, raw_.at("otherwise"), "/otherwise");
    return std::move(error_);
  }

 private:
  void fault(std::string pointer, std::string code, std::string message) {
    if (error_.message.empty()) error_.message = fmt::format("{} {}", pointer, message);
    error_.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  void texts(const std::string& at, const Json& raw, std::initializer_list<std::string_view> names) {
    static const Shape language = shape::language();
    for (std::string_view name : names) {
      const Json* text = find(raw, name);
      if (!text) continue;
      std::string here = fmt::format("{}/{}", at, name);
      if (text->as_object().empty()) fault(here, "required", "is said in at least one language");
      for (const auto& entry : text->as_object())
        if (!language.validate(Json(entry.key()))) fault(here, "format", "has a language such as en or fr as its key");
    }
  }

  void question(size_t i) {
    const Question& q = form_.questions[i];
    std::string at = fmt::format("/questions/{}", i);
    const Json& raw = raw_.at("questions").as_array()[i];
    if (!is_key(q.key)) fault(at + "/key", "format", "is made of a-z, 0-9, - and _");
    texts(at, raw, {"label", "help"});
    only_fitting(q, raw, at);
    if (q.kind == QuestionKind::choice) options(q, raw, at);
    if (q.min && q.max && *q.min > *q.max) fault(at + "/max", "range", "is not below the least");
    if (q.from_days && q.to_days && *q.from_days > *q.to_days)
      fault(at + "/to_days", "range", "is not before the first");
    for (size_t a = 0; a < q.accept.size(); ++a)
      if (!is_media_type(q.accept[a])) fault(fmt::format("{}/accept/{}", at, a), "format", "is a media type");
    if (!q.only_if.empty()) conditions(q.only_if, raw.at("only_if"), at + "/only_if");
    if (!known_.insert(q.key).second) fault(at + "/key", "duplicate", "another question has this key");
  }

  // A limit that belongs to another kind of question would be silently without effect.
  void only_fitting(const Question& q, const Json& raw, const std::string& at) {
    using K = QuestionKind;
    static const std::vector<std::pair<std::string_view, K>> kOwners = {
        {"options", K::choice}, {"multiple", K::choice}, {"min", K::number},  {"max", K::number},
        {"whole", K::number},   {"unit", K::number},     {"lines", K::text},  {"max_length", K::text},
        {"from_days", K::date}, {"to_days", K::date},    {"accept", K::file}, {"max_bytes", K::file}};
    for (const auto& [name, kind] : kOwners)
      if (find(raw, name) && q.kind != kind)
        fault(fmt::format("{}/{}", at, name), "not_allowed", fmt::format("belongs to a {}", to_string(kind)));
  }

  void options(const Question& q, const Json& raw, const std::string& at) {
    if (q.options.empty()) return fault(at + "/options", "required", "are needed for a choice");
    std::set<std::string> seen;
    for (size_t o = 0; o < q.options.size(); ++o) {
      std::string here = fmt::format("{}/options/{}", at, o);
      if (!is_key(q.options[o].key)) fault(here + "/key", "format", "is made of a-z, 0-9, - and _");
      if (!seen.insert(q.options[o].key).second) fault(here + "/key", "duplicate", "another option has this key");
      texts(here, raw.at("options").as_array()[o], {"label"});
    }
  }

  void conditions(const std::vector<Condition>& all, const Json& raw, const std::string& at) {
    for (size_t i = 0; i < all.size(); ++i) condition(all[i], raw.as_array()[i], fmt::format("{}/{}", at, i));
  }

  void condition(const Condition& c, const Json& raw, const std::string& at) {
    if ((find(raw, "question") != nullptr) == (find(raw, "fact") != nullptr))
      return fault(at, "format", "has one of question, fact");
    int ops = 0;
    for (const auto& [op, name] : kOps) ops += find(raw, name) != nullptr;
    if (ops != 1) return fault(at, "format", "has one of is, is_not, any_of, at_least, at_most, within_days, answered");
    std::string here = fmt::format("{}/{}", at, name_of(kOps, c.op));
    if (c.of_fact) {
      if (c.op == Op::within_days) fault(here, "not_allowed", "belongs to a date");
      if (ordered(c.op) && !raw.at(name_of(kOps, c.op)).is_number()) fault(here, "type", "is a number");
      return;
    }
    if (!known_.contains(c.name)) return fault(at + "/question", "unknown", "is no question before this");
    operand(c, *form_.find(c.name), raw.at(name_of(kOps, c.op)), here);
  }

  static bool ordered(Op op) { return op == Op::at_least || op == Op::at_most; }

  // Whether this kind of answer can be compared like this at all.
  void operand(const Condition& c, const Question& q, const Json& value, const std::string& at) {
    if (c.op == Op::answered) return;
    bool date = q.kind == QuestionKind::date, number = q.kind == QuestionKind::number;
    if (ordered(c.op) && number && !value.is_number()) return fault(at, "type", "is a number");
    if (ordered(c.op) && date && !(value.is_string() && parse_day(c.values[0])))
      return fault(at, "type", "is a date such as 2026-03-30");
    bool fits = ordered(c.op)             ? number || date
                : c.op == Op::within_days ? date
                                          : q.kind == QuestionKind::choice || q.kind == QuestionKind::text;
    if (!fits) return fault(at, "not_allowed", fmt::format("does not go with a {}", to_string(q.kind)));
    if (q.kind != QuestionKind::choice) return;
    for (const std::string& v : c.values)
      if (!q.find_option(v)) return fault(at, "unknown", fmt::format("\"{}\" is not offered", v));
  }

  void outcome(const Outcome& o, const Json& raw, const std::string& at) {
    texts(at, raw, {"because", "alternative"});
    using K = OutcomeKind;
    if (o.kind == K::book_with && o.team.empty() && o.meeting_type.empty())
      fault(at + "/team", "required", "is needed, or a meeting_type");
    if (o.kind == K::read_first && o.article.empty()) fault(at + "/article", "required", "is needed");
    if (o.kind == K::decline && o.alternative.empty())
      fault(at + "/alternative", "required", "is needed: nobody is sent away without one");
    bool strays = (o.kind != K::book_with && (!o.team.empty() || !o.meeting_type.empty())) ||
                  (o.kind != K::read_first && (!o.article.empty() || !o.anyway)) ||
                  (o.kind != K::decline && !o.alternative.empty());
    if (strays) fault(at + "/do", "not_allowed", "does not go with what else stands here");
  }

  const Form& form_;
  const Json& raw_;
  Error error_;
  std::set<std::string> known_, rules_;
};

}  // namespace

Error faults_of(const Form& form, const Json& raw) { return Faults(form, raw).run(); }

}  // namespace onward::qualification
