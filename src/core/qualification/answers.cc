#include "core/qualification/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "core/qualification/values.h"

namespace onward::qualification {
namespace {

constexpr size_t kMaxFaults = 40;

bool is_shown(const Question& q, const Answers& answers, const Facts& facts, Date today) {
  return std::all_of(q.only_if.begin(), q.only_if.end(),
                     [&](const Condition& c) { return holds(c, answers, facts, today); });
}

// What a browser sends for a field that was left alone.
bool is_empty(const Json& v) {
  if (v.is_null()) return true;
  if (v.is_string()) return trim(std::string_view(v.as_string())).empty();
  return v.is_array() && std::all_of(v.as_array().begin(), v.as_array().end(), is_empty);
}

Result<Answer> refuse(std::string code, std::string message) {
  return fail_field("", std::move(code), std::move(message));
}

Result<Answer> read_choice(const Question& q, const Json& v) {
  std::vector<std::string> keys;
  auto take = [&](const Json& one) { keys.emplace_back(one.as_string()); };
  if (v.is_string()) take(v);
  if (v.is_array()) {
    const auto& list = v.as_array();
    if (list.size() > kMaxOptions) return refuse("too_long", "has too many choices");
    if (!std::all_of(list.begin(), list.end(), [](const Json& one) { return one.is_string(); }))
      return refuse("type", "must be a choice");
    for (const Json& one : list)
      if (!is_empty(one)) take(one);
  }
  if (keys.empty()) return refuse("type", "must be a choice");
  if (keys.size() > 1 && !q.multiple) return refuse("too_long", "takes one choice only");
  std::set<std::string_view> seen;
  for (const std::string& key : keys) {
    if (!q.find_option(key)) return refuse("not_offered", "is not among what is offered");
    if (!seen.insert(key).second) return refuse("duplicate", "names a choice twice");
  }
  return Answer(std::move(keys));
}

Result<Answer> read_number(const Question& q, const Json& v) {
  std::optional<double> n;
  if (v.is_number()) n = v.to_number<double>();
  if (v.is_string()) n = parse_number(v.as_string());
  if (!n) return refuse("type", "must be a number");
  if (q.whole && std::floor(*n) != *n) return refuse("range", "must be a whole number");
  if (q.min && *n < *q.min) return refuse("range", fmt::format("must be at least {}", *q.min));
  if (q.max && *n > *q.max) return refuse("range", fmt::format("must be at most {}", *q.max));
  return Answer(*n);
}

// Browsers end lines with CR LF.
std::string with_plain_breaks(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out += text[i];
  return out;
}

Result<Answer> read_text(const Question& q, const Json& v) {
  if (!v.is_string()) return refuse("type", "must be text");
  std::string text(trim(with_plain_breaks(v.as_string())));
  auto most = static_cast<size_t>(q.max_length);
  if (auto fits = (q.lines ? shape::text(1, most) : shape::line(1, most)).validate(Json(text)); !fits) {
    const Error& e = fits.error();
    return refuse(e.fields.empty() ? "format" : e.fields[0].code, e.fields.empty() ? e.message : e.fields[0].message);
  }
  return Answer(std::move(text));
}

Result<Answer> read_date(const Question& q, const Json& v, Date today) {
  auto day = v.is_string() ? parse_day(trim(std::string_view(v.as_string()))) : std::nullopt;
  if (!day) return refuse(v.is_string() ? "format" : "type", "must be a date such as 2026-03-30");
  if (q.from_days && *day < add_days(today, *q.from_days))
    return refuse("range", "must not be before " + to_string(add_days(today, *q.from_days)));
  if (q.to_days && *day > add_days(today, *q.to_days))
    return refuse("range", "must not be after " + to_string(add_days(today, *q.to_days)));
  return Answer(*day);
}

bool accepts(const Question& q, const std::string& media_type) {
  return std::any_of(q.accept.begin(), q.accept.end(), [&](const std::string& a) {
    return a == media_type || (a.ends_with("/*") && media_type.starts_with(a.substr(0, a.size() - 1)));
  });
}

Result<Answer> read_file(const Question& q, const Json& v) {
  static const Shape reference = shape::object({{"id", shape::line(1, 100), shape::required},
                                                {"name", shape::line(1, 255), shape::required},
                                                {"media_type", shape::line(3, 100), shape::required},
                                                {"bytes", shape::integer(1, int64_t{1} << 40), shape::required}});
  if (!reference.validate(v)) return refuse("type", "must be a file");
  FileRef f{get_string(v, "id"), get_string(v, "name"), ascii_lower(get_string(v, "media_type")), get_int(v, "bytes")};
  if (f.name.find_first_of("/\\") != f.name.npos) return refuse("format", "has a name that is a path");
  if (!accepts(q, f.media_type)) return refuse("not_offered", "is not of a kind that is accepted");
  if (f.bytes > q.max_bytes) return refuse("too_large", "is too large");
  return Answer(std::move(f));
}

Result<Answer> read_answer(const Question& q, const Json& v, Date today) {
  switch (q.kind) {
    case QuestionKind::choice: return read_choice(q, v);
    case QuestionKind::number: return read_number(q, v);
    case QuestionKind::text: return read_text(q, v);
    case QuestionKind::date: return read_date(q, v, today);
    case QuestionKind::file: return read_file(q, v);
  }
  return refuse("type", "is not understood");
}

class Checker {
 public:
  Checker(const Form& form, const json::object& raw, const Context& context) : form_(form), raw_(raw), in_(context) {}

  Result<Answers> run() {
    for (const auto& entry : raw_)
      if (!form_.find(entry.key())) fault(std::string(entry.key().substr(0, 60)), "unknown_question", "is no question");
    for (const Question& q : form_.questions) question(q);
    if (!error_.fields.empty()) return fail(std::move(error_));
    return std::move(out_);
  }

 private:
  void question(const Question& q) {
    auto it = raw_.find(q.key);
    bool given = it != raw_.end() && !is_empty(it->value());
    if (!is_shown(q, out_, in_.facts, in_.today)) {
      if (given && !hangs_on_a_fault(q)) fault(q.key, "not_shown", "is not asked with these answers");
      return;
    }
    if (auto known = in_.known.find(q.key); known != in_.known.end()) {
      if (given) fault(q.key, "known", "was answered before");
      out_.insert(*known);
      return;
    }
    if (!given) {
      if (q.required) fault(q.key, "required", "is required");
      return;
    }
    auto answer = read_answer(q, it->value(), in_.today);
    if (answer)
      out_.emplace(q.key, std::move(*answer));
    else
      fault(q.key, answer.error().fields[0].code, answer.error().fields[0].message);
  }

  // Whether it is shown cannot be told before that fault is mended.
  bool hangs_on_a_fault(const Question& q) const {
    return std::any_of(q.only_if.begin(), q.only_if.end(),
                       [&](const Condition& c) { return !c.of_fact && faulty_.contains(c.name); });
  }

  void fault(const std::string& key, std::string code, std::string message) {
    faulty_.insert(key);
    if (error_.fields.size() >= kMaxFaults) return;
    error_.code = Code::invalid;
    std::string pointer = "/";
    for (char c : key) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    if (error_.message.empty()) error_.message = fmt::format("{} {}", pointer, message);
    error_.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  const Form& form_;
  const json::object& raw_;
  const Context& in_;
  Answers out_;
  Error error_;
  std::set<std::string, std::less<>> faulty_;
};

}  // namespace

Answers shown_answers(const Form& form, const Answers& answers, const Facts& facts, Date today) {
  Answers out;
  for (const Question& q : form.questions)
    if (auto it = answers.find(q.key); it != answers.end() && is_shown(q, out, facts, today)) out.insert(*it);
  return out;
}

std::vector<const Question*> visible_questions(const Form& form, const Answers& answers, const Context& in) {
  std::vector<const Question*> out;
  Answers all = in.known;
  for (const auto& [key, answer] : answers) all.emplace(key, answer);
  Answers shown = shown_answers(form, all, in.facts, in.today);
  for (const Question& q : form.questions)
    if (!in.known.contains(q.key) && is_shown(q, shown, in.facts, in.today)) out.push_back(&q);
  return out;
}

Result<Answers> check_answers(const Form& form, const Json& raw, const Context& context) {
  if (!raw.is_object()) return fail_field("", "type", "must be an object of answers");
  return Checker(form, raw.as_object(), context).run();
}

}  // namespace onward::qualification
