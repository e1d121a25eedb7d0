#include "app/qualification/answering.h"

#include <algorithm>
#include <map>

#include "app/articles.h"
#include "app/contacts.h"
#include "app/qualification/settle.h"
#include "app/qualification/uploads.h"
#include "app/scope.h"
#include "core/qualification/names.h"

namespace onward::app {

using namespace qualification;
using shape::nullable;
using shape::optional;
using shape::required;

namespace {

json::object texts(const Text& text) {
  json::object out;
  for (const auto& [language, said] : text) out[language] = said;
  return out;
}

bool blank(const Json& v) {
  return v.is_null() || (v.is_string() && v.as_string().empty()) || (v.is_array() && v.as_array().empty());
}

// Whether the files are there and theirs, and what they really are.
Status check_files(Step& step, const Json& raw, const Answerer& who, const Form& form) {
  for (const auto& [key, value] : raw.as_object()) {
    const Question* q = form.find(std::string_view(key));
    if (!q || q->kind != QuestionKind::file || !value.is_object()) continue;
    auto id = UploadId::parse(get_string(value, "id"));
    auto file = id ? find_upload(step, *id) : fail(Error{});
    bool theirs =
        file && ((file->draft && file->draft == who.draft) || (file->contact && file->contact == who.contact));
    bool same = theirs && file->name == get_string(value, "name") && file->bytes == get_int(value, "bytes") &&
                file->media_type == get_string(value, "media_type");
    if (!same) return fail_field("/" + std::string(key), "unknown", "there is no such file");
  }
  return {};
}

Json answer_row(const Rows& rows, size_t r, const Form& form, const std::string& language) {
  std::string key = rows.text(r, 4);
  Json value = stored_json(rows.text(r, 5), nullptr);
  std::string label = key, shown = value.is_string() ? std::string(value.as_string()) : dump(value);
  if (const Question* q = form.find(key)) {
    label = say(q->label, language);
    // Read back alone: whether it is still asked does not matter.
    Form alone;
    alone.questions = {*q};
    alone.questions[0].only_if.clear();
    alone.questions[0].from_days = alone.questions[0].to_days = std::nullopt;
    auto read = check_answers(alone, json::object{{key, value}}, {{}, {}, Date{2000, 1, 1}});
    if (read && read->contains(key)) shown = show(*q, read->at(key), language);
  }
  return json::object{{"id", AnswerId{rows.integer(r, 0)}.text()},
                      {"question", key},
                      {"label", label},
                      {"shown", shown},
                      {"value", value},
                      {"form_id", FormId{rows.integer(r, 2)}.text()},
                      {"form_version", rows.integer(r, 3)},
                      {"appointment_id", id_json<AppointmentId>(rows.integer(r, 1))},
                      {"given_at", time_text(rows, r, 6)},
                      {"given_by", rows.text(r, 7)}};
}

}  // namespace

void settle_outcome(Step& step, qualification::Decision& d) {
  if (d.outcome.kind != OutcomeKind::read_first) return;
  auto article = find_live_article(step, d.outcome.article);
  if (!article || get_string(*article, "state") != "published") d.outcome.kind = OutcomeKind::book;
}

Date today_of(Step& step, const Answerer& who) {
  std::string name = who.zone;
  if (name.empty() && who.contact) name = step.run("contact_zone", {who.contact.value}).text(0, 0);
  return find_zone(name).value_or(utc()).date(step.now);
}

Facts facts_of(Step& step, const Answerer& who) {
  Facts out = {{"returning", "no"}, {"open_conversations", "0"}, {"past_talks", "0"}, {"held_appointments", "0"}};
  auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  if (Rows row = who.contact ? step.run("contact_facts", {who.contact.value}) : Rows(); !row.empty()) {
    bool met = row.integer(0, 3) + row.integer(0, 4) + row.integer(0, 5) > 0;
    out["returning"] = met ? "yes" : "no";
    out["open_conversations"] = std::to_string(row.integer(0, 2));
    out["past_talks"] = std::to_string(row.integer(0, 3));
    out["held_appointments"] = std::to_string(row.integer(0, 4));
    put("language", row.text(0, 0));
    put("country", row.text(0, 1));
  }
  put("language", who.language);
  put("country", who.country);
  put("source", who.source);
  return out;
}

Answers known_answers(Step& step, const StoredForm& form, ContactId contact) {
  Answers out;
  if (!contact) return out;
  Rows rows = step.run("answers_known", {contact.value, form.id.value});
  for (size_t r = 0; r < rows.size(); ++r) {
    const Question* q = form.form.find(rows.text(r, 0));
    if (!q) continue;
    Form alone;
    alone.questions = {*q};
    alone.questions[0].only_if.clear();
    Json given = json::object{{q->key, stored_json(rows.text(r, 1), nullptr)}};
    // What the newest version would not take any more is asked again.
    auto read = check_answers(alone, given, {{}, {}, utc().date(step.now)});
    if (read && read->contains(q->key)) out.insert_or_assign(q->key, read->at(q->key));
  }
  return out;
}

Result<Qualified> qualify(Step& step, const StoredForm& form, const Json& raw, const Answerer& who,
                          std::string_view language) {
  Qualified out{
      .form = form, .facts = facts_of(step, who), .answers = {}, .fresh = {}, .decision = {}, .draft = who.draft};
  Answers known = known_answers(step, form, who.contact);
  if (raw.is_object()) {
    TRY_VOID(check_files(step, raw, who, form.form));
    for (const auto& [key, value] : raw.as_object())
      if (!blank(value)) known.erase(std::string(key));
  }
  Date today = today_of(step, who);
  out.answers = TRY(check_answers(form.form, raw, {known, out.facts, today}));
  for (const auto& [key, answer] : out.answers)
    if (!known.contains(key)) out.fresh.push_back(key);
  out.decision = decide_outcome(form.form, out.answers, out.facts, today, language);
  settle_outcome(step, out.decision);
  return out;
}

json::object raw_answers(const Qualified& q, bool fresh_only) {
  json::object out;
  for (const auto& [key, answer] : q.answers)
    if (!fresh_only || std::ranges::count(q.fresh, key) > 0) out[key] = to_json(answer);
  return out;
}

void keep_answers(Step& step, const Qualified& q, ConversationId conversation, AppointmentId appointment) {
  for (const std::string& key : q.fresh) {
    const qualification::Answer& answer = q.answers.at(key);
    if (auto* file = std::get_if<FileRef>(&answer))
      if (auto id = UploadId::parse(file->id)) keep_upload(step, *id, q.draft, conversation);
    step.run("answer_insert",
             {step.new_id<AnswerId>().value, conversation.value, ports::opt_int(appointment.value), q.form.id.value,
              q.form.version, key, dump(to_json(answer)), to_ms(step.now), step.caller.actor()});
  }
  step.fact("qualification.decided", conversation, q.form.id.value,
            {{"outcome", to_string(q.decision.outcome.kind)},
             {"rule", text_json(q.decision.rule_key)},
             {"version", q.form.version}});
}

json::array answers_view(Step& step, ConversationId conversation, const std::string& language, bool newest) {
  Rows rows = step.run("answers_of", {conversation.value});
  std::map<std::pair<int64_t, int64_t>, Form> forms;
  std::map<std::string, size_t> last;
  for (size_t r = 0; r < rows.size(); ++r) last[rows.text(r, 4)] = r;
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) {
    if (newest && last[rows.text(r, 4)] != r) continue;
    auto [form, fresh] = forms.try_emplace({rows.integer(r, 2), rows.integer(r, 3)});
    if (fresh)
      if (auto read = parse_form(stored_json(rows.text(r, 8), json::object{}))) form->second = std::move(*read);
    out.push_back(answer_row(rows, r, form->second, language));
  }
  return out;
}

Result<Json> list_answers(Step& step, ConversationId conversation, const std::string& language) {
  TRY(visible_case(step, conversation));
  return Json(json::object{{"data", answers_view(step, conversation, language)}, {"next", nullptr}});
}

Shape answer_view_shape() {
  return shape::object({{"id", shape::id("ans"), required},
                        {"question", shape::line(1, 60), required},
                        {"label", shape::text(0, 300), required, "The question as it was asked"},
                        {"shown", shape::text(0, 6000), required, "The answer as staff read it"},
                        {"value", shape::any(64 * 1024), required, "As docs/forms.md has it"},
                        {"form_id", shape::id("frm"), required},
                        {"form_version", shape::integer(1, 1'000'000), required},
                        {"appointment_id", shape::id("apt"), nullable},
                        {"given_at", shape::time(), required},
                        {"given_by", shape::line(1, 60), required}});
}

json::object outcome_view(const Outcome& o) {
  return {{"do", to_string(o.kind)},
          {"team", text_json(o.team)},
          {"meeting_type", text_json(o.meeting_type)},
          {"article", text_json(o.article)},
          {"anyway", o.kind == OutcomeKind::read_first && o.anyway},
          {"alternative", texts(o.alternative)},
          {"because", texts(o.because)}};
}

Shape outcome_view_shape() {
  Shape said = shape::map(shape::text(1, 1000), 40);
  return shape::object({{"do", shape::one_of(names_of(kOutcomes)), required},
                        {"team", shape::line(1, 120), nullable},
                        {"meeting_type", shape::line(1, 120), nullable},
                        {"article", shape::line(1, 120), nullable},
                        {"anyway", shape::boolean(), required, "read_first: it can be booked all the same"},
                        {"alternative", said, required, "decline: what the customer can do instead, by language"},
                        {"because", said, required, "For staff, by language"}});
}

json::object qualification_view(const Qualified& q) {
  json::array why;
  for (const std::string& sentence : q.decision.why) why.emplace_back(sentence);
  return {{"form_id", q.form.id.text()},
          {"version", q.form.version},
          {"outcome", outcome_view(q.decision.outcome)},
          {"rule", text_json(q.decision.rule_key)},
          {"why", std::move(why)}};
}

Shape qualification_view_shape() {
  return shape::object({{"form_id", shape::id("frm"), required},
                        {"version", shape::integer(1, 1'000'000), required},
                        {"outcome", outcome_view_shape(), required},
                        {"rule", shape::line(1, 60), nullable, "null: what is otherwise done"},
                        {"why", shape::list(shape::text(0, 10'000), 0, 20), required, "The conditions that held"}});
}

const Shape& decide_shape() {
  static const Shape s =
      shape::object({{"answers", shape::any(128 * 1024), required, "An object: keys of questions, docs/forms.md"},
                     {"contact_id", shape::id("con"), nullable, "Who answers; default somebody new"},
                     {"language", shape::language(), nullable, "The customer's, and of the sentences"},
                     {"country", shape::country(), nullable, "The customer's"},
                     {"source", shape::line(1, 40), nullable, "Where the hand was raised"},
                     {"facts", shape::map(shape::line(0, 200), 50), nullable, "Instead of what is known"}});
  return s;
}

Result<Json> decide_form(Step& step, FormId id, const Json& body) {
  StoredForm form = TRY(find_form(step, id));
  Answerer who{.contact = TRY(id_of<ContactId>(body, "contact_id")),
               .language = get_string(body, "language"),
               .country = get_string(body, "country"),
               .source = get_string(body, "source")};
  if (who.contact && !find_contact(step, who.contact)) return unknown_reference("contact_id", "contact");
  std::string language = who.language.empty() ? "en" : who.language;
  Facts facts = facts_of(step, who);
  if (const Json* given = find(body, "facts"))
    for (const auto& [name, value] : given->as_object()) facts[std::string(name)] = value.as_string();
  Answers known = known_answers(step, form, who.contact);
  const Json& raw = body.at("answers");
  if (raw.is_object())
    for (const auto& [key, value] : raw.as_object())
      if (!blank(value)) known.erase(std::string(key));
  Date today = today_of(step, who);
  auto answers = check_answers(form.form, raw, {known, facts, today});
  if (!answers) {
    for (FieldError& f : answers.error().fields) f.pointer = "/answers" + f.pointer;
    return fail(std::move(answers.error()));
  }
  Qualified q{.form = form,
              .facts = facts,
              .answers = *answers,
              .fresh = {},
              .decision = decide_outcome(form.form, *answers, facts, today, language),
              .draft = {}};
  settle_outcome(step, q.decision);
  json::object out = qualification_view(q), said;
  json::array shown, open;
  for (const Question& question : form.form.questions)
    if (auto a = answers->find(question.key); a != answers->end())
      shown.push_back(json::object{{"question", question.key},
                                   {"label", say(question.label, language)},
                                   {"shown", show(question, a->second, language)}});
  for (const Question* question : visible_questions(form.form, *answers, {*answers, facts, today}))
    open.emplace_back(question->key);
  for (const auto& [name, value] : facts) said[name] = value;
  out["answers"] = std::move(shown);
  out["facts"] = std::move(said);
  out["open"] = std::move(open);
  return Json(std::move(out));
}

}  // namespace onward::app
