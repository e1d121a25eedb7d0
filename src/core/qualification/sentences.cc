#include "core/qualification/sentences.h"

#include <fmt/format.h>

#include <algorithm>

namespace onward::qualification {
namespace {

bool is_french(std::string_view language) { return language == "fr" || language.starts_with("fr-"); }

// The words of one language.
struct Words {
  std::string_view open, close;  // quotation marks
  std::string_view either;
  std::string_view ops[7];  // by Op: {0} what is looked at, {1} what it is compared with
  std::string_view not_answered;
  std::string_view fact, outcomes[6], with_both, with_type;
  std::string_view answer, when, both, otherwise, because;
};
constexpr Words kEnglish = {
    "“",
    "”",
    " or ",
    {"{0} is {1}", "{0} is not {1}", "{0} is {1}", "{0} is at least {1}", "{0} is at most {1}",
     "{0} is within {1} days from today", "{0} is answered"},
    "{0} is not answered",
    "what is known as {}",
    {"book an appointment", "book with the team {0}", "offer to call back", "ask to read {0} first",
     "put on the waiting list", "decline kindly and offer instead: {0}"},
    "book {1} with the team {0}",
    "book {1}",
    "{} (answer: {})",
    "If {}: {}",
    " and ",
    "Otherwise: {}",
    "{}, because: {}"};
constexpr Words kFrench = {
    "« ",
    " »",
    " ou ",
    {"{0} est {1}", "{0} n'est pas {1}", "{0} est {1}", "{0} vaut au moins {1}", "{0} vaut au plus {1}",
     "{0} est d'ici {1} jours", "{0} a une réponse"},
    "{0} n'a pas de réponse",
    "ce que l'on sait sous le nom {}",
    {"prendre rendez-vous", "prendre rendez-vous avec l'équipe {0}", "proposer de rappeler",
     "demander de lire d'abord {0}", "mettre sur liste d'attente", "décliner aimablement et proposer : {0}"},
    "prendre rendez-vous {1} avec l'équipe {0}",
    "prendre rendez-vous {1}",
    "{} (réponse : {})",
    "Si {} : {}",
    " et ",
    "Sinon : {}",
    "{}, parce que : {}"};

const Words& words(std::string_view language) { return is_french(language) ? kFrench : kEnglish; }

template <class... Parts>
std::string put(std::string_view pattern, const Parts&... parts) {
  return fmt::format(fmt::runtime(pattern), parts...);
}

std::string quoted(std::string_view text, const Words& w) { return fmt::format("{}{}{}", w.open, text, w.close); }

std::string number(double n, std::string_view language) {
  std::string out = fmt::format("{}", n);
  if (is_french(language)) std::replace(out.begin(), out.end(), '.', ',');
  return out;
}

std::string compared_with(const Form& form, const Condition& c, std::string_view language) {
  const Words& w = words(language);
  const Question* q = c.of_fact ? nullptr : form.find(c.name);
  if (c.op == Op::within_days) return number(c.number, language);
  if (c.values.empty()) {
    std::string out = number(c.number, language);
    return q && !q->unit.empty() ? out + " " + q->unit : out;
  }
  std::string out;
  for (const std::string& value : c.values) {
    const Option* option = q ? q->find_option(value) : nullptr;
    if (!out.empty()) out += w.either;
    out += quoted(option ? std::string_view(say(option->label, language)) : std::string_view(value), w);
  }
  return out;
}

}  // namespace

std::string show(const Question& q, const Answer& answer, std::string_view language) {
  if (auto* n = std::get_if<double>(&answer)) return number(*n, language) + (q.unit.empty() ? "" : " " + q.unit);
  if (auto* text = std::get_if<std::string>(&answer)) return *text;
  if (auto* date = std::get_if<Date>(&answer)) return to_string(*date);
  if (auto* file = std::get_if<FileRef>(&answer)) return file->name;
  std::string out;
  for (const std::string& key : std::get<std::vector<std::string>>(answer)) {
    const Option* option = q.find_option(key);
    out += (out.empty() ? "" : ", ") + (option ? say(option->label, language) : key);
  }
  return out;
}

Json to_json(const Answer& answer) {
  if (auto* n = std::get_if<double>(&answer)) return Json(*n);
  if (auto* text = std::get_if<std::string>(&answer)) return Json(*text);
  if (auto* date = std::get_if<Date>(&answer)) return Json(to_string(*date));
  if (auto* f = std::get_if<FileRef>(&answer))
    return json::object{{"id", f->id}, {"name", f->name}, {"media_type", f->media_type}, {"bytes", f->bytes}};
  json::array keys;
  for (const std::string& key : std::get<std::vector<std::string>>(answer)) keys.emplace_back(key);
  return keys;
}

std::string sentence(const Form& form, const Condition& c, std::string_view language) {
  const Words& w = words(language);
  const Question* q = c.of_fact ? nullptr : form.find(c.name);
  std::string what = q ? quoted(say(q->label, language), w) : put(w.fact, quoted(c.name, w));
  if (c.op == Op::answered && c.number == 0) return put(w.not_answered, what);
  return put(w.ops[static_cast<size_t>(c.op)], what, compared_with(form, c, language));
}

std::string sentence_with_answer(const Form& form, const Condition& c, const Answers& answers, const Facts& facts,
                                 std::string_view language) {
  std::string said = sentence(form, c, language);
  std::string given;
  if (c.of_fact) {
    if (auto it = facts.find(c.name); it != facts.end()) given = it->second;
  } else if (auto it = answers.find(c.name); it != answers.end()) {
    given = show(*form.find(c.name), it->second, language);
  }
  return given.empty() ? said : put(words(language).answer, said, given);
}

std::string sentence(const Outcome& o, std::string_view language) {
  const Words& w = words(language);
  std::string_view pattern = w.outcomes[static_cast<size_t>(o.kind)];
  std::string first = o.kind == OutcomeKind::read_first ? quoted(o.article, w)
                      : o.kind == OutcomeKind::decline  ? say(o.alternative, language)
                                                        : quoted(o.team, w);
  if (o.kind == OutcomeKind::book_with && !o.meeting_type.empty()) pattern = o.team.empty() ? w.with_type : w.with_both;
  return put(pattern, first, quoted(o.meeting_type, w));
}

std::vector<std::string> describe(const Form& form, std::string_view language) {
  const Words& w = words(language);
  std::vector<std::string> out;
  auto with_reason = [&](const Outcome& o) { return put(w.because, sentence(o, language), say(o.because, language)); };
  for (const Rule& rule : form.rules) {
    std::string conditions;
    for (const Condition& c : rule.when)
      conditions += std::string(conditions.empty() ? "" : w.both) + sentence(form, c, language);
    out.push_back(put(w.when, conditions, with_reason(rule.outcome)));
  }
  out.push_back(put(w.otherwise, with_reason(form.otherwise)));
  return out;
}

}  // namespace onward::qualification
