#include "app/qualification/forms.h"

#include <fmt/format.h>

#include <set>

#include "app/articles.h"
#include "app/booking/meeting_types.h"

namespace onward::app {

using qualification::Form;
using qualification::Outcome;
using qualification::OutcomeKind;
using qualification::Question;
using qualification::Text;

namespace {

constexpr std::string_view kDescribed[] = {"en", "fr"};

// Every text that customers read, with where it stands.
template <class Visit>
void each_text(const Form& f, Visit visit) {
  visit("/title", f.title);
  if (!f.intro.empty()) visit("/intro", f.intro);
  for (size_t i = 0; i < f.questions.size(); ++i) {
    const Question& q = f.questions[i];
    std::string at = fmt::format("/questions/{}", i);
    visit(at + "/label", q.label);
    if (!q.help.empty()) visit(at + "/help", q.help);
    for (size_t o = 0; o < q.options.size(); ++o) visit(fmt::format("{}/options/{}/label", at, o), q.options[o].label);
  }
  auto outcome = [&](const std::string& at, const Outcome& o) {
    if (o.kind == OutcomeKind::decline) visit(at + "/alternative", o.alternative);
  };
  for (size_t i = 0; i < f.rules.size(); ++i) outcome(fmt::format("/rules/{}", i), f.rules[i].outcome);
  outcome("/otherwise", f.otherwise);
}

json::array complete_languages(const Form& f) {
  std::set<std::string> all;
  each_text(f, [&](const std::string&, const Text& text) {
    for (const auto& [language, said] : text) all.insert(language);
  });
  json::array out;
  for (const std::string& language : all)
    if (texts_missing(f, language).empty()) out.emplace_back(language);
  return out;
}

// Teams, meeting types and articles that rules name and that are not there: the form is right, the house is not ready.
json::array missing(Step& step, const Form& f) {
  json::array out;
  auto note = [&](const std::string& at, std::string_view what, const std::string& name) {
    out.push_back(json::object{{"pointer", at}, {"what", what}, {"name", name}});
  };
  auto look = [&](const std::string& at, const Outcome& o) {
    if (!o.team.empty() && step.run("team_named", {o.team}).empty()) note(at + "/team", "team", o.team);
    if (!o.meeting_type.empty() && !booking::find_meeting_type_named(step, o.meeting_type))
      note(at + "/meeting_type", "meeting_type", o.meeting_type);
    if (o.article.empty()) return;
    auto article = find_live_article(step, o.article);
    if (!article || get_string(*article, "state") != "published") note(at + "/article", "article", o.article);
  };
  for (size_t i = 0; i < f.rules.size(); ++i) look(fmt::format("/rules/{}", i), f.rules[i].outcome);
  look("/otherwise", f.otherwise);
  return out;
}

json::object brief(const StoredForm& f) {
  return {{"id", f.id.text()},
          {"name", f.form.name},
          {"type", f.form.type},
          {"version", f.version},
          {"languages", complete_languages(f.form)},
          {"created_at", format_rfc3339(f.created_at)},
          {"updated_at", format_rfc3339(f.updated_at)}};
}

json::object view(Step& step, const StoredForm& f) {
  json::object out = brief(f), rules;
  for (std::string_view language : kDescribed) {
    json::array sentences;
    for (const std::string& s : qualification::describe(f.form, language)) sentences.emplace_back(s);
    rules[language] = std::move(sentences);
  }
  out["document"] = f.document;
  out["rules"] = std::move(rules);
  out["missing"] = missing(step, f.form);
  return out;
}

Result<StoredForm> read(const Rows& rows, size_t r) {
  StoredForm f{.id = {rows.integer(r, 0)},
               .version = rows.integer(r, 3),
               .form = {},
               .document = stored_json(rows.text(r, 6), json::object{}),
               .created_at = from_ms(rows.integer(r, 4)),
               .updated_at = from_ms(rows.integer(r, 5))};
  auto form = qualification::parse_form(f.document);
  if (!form) return fail(Code::internal, "a stored form cannot be read", form.error().message);
  f.form = std::move(*form);
  return f;
}

Result<Form> checked(Step& step, const Json& document, FormId id) {
  Form form = TRY(qualification::parse_form(document));
  if (step.run("conversation_type_exists", {form.type}).empty()) return unknown_reference("type", "conversation type");
  Rows same = step.run("form_by_name", {form.name});
  if (!same.empty() && same.integer(0, 0) != id.value)
    return fail_field("/name", "duplicate", "another form has this name; publish its next version instead");
  return form;
}

// Whoever asks this form must still be able to ask it in every language.
Status require_still_askable(Step& step, FormId id, const Form& form) {
  Rows types = step.run("form_meeting_types", {id.value});
  for (size_t r = 0; r < types.size(); ++r) {
    Json names = stored_json(types.text(r, 2), json::object{});
    for (const auto& [language, name] : names.as_object())
      for (const std::string& at : texts_missing(form, std::string(language)))
        return fail_field(at, "language_missing",
                          fmt::format("has no text in {}, in which the meeting type {} asks it",
                                      std::string_view(language), types.text(r, 1)));
  }
  return {};
}

}  // namespace

std::vector<std::string> texts_missing(const Form& f, const std::string& language) {
  std::vector<std::string> out;
  std::string base = language.substr(0, language.find('-'));
  each_text(f, [&](const std::string& at, const Text& text) {
    if (!text.contains(language) && !text.contains(base)) out.push_back(at);
  });
  return out;
}

Status require_askable(Step& step, FormId id, const Json& names, const std::string& conversation_type) {
  auto found = find_form(step, id);
  if (!found) return unknown_reference("form_id", "form");
  if (found->form.type != conversation_type)
    return fail_field("/form_id", "mismatch", "is for conversations of the type " + found->form.type);
  for (const auto& [language, name] : names.as_object())
    if (auto at = texts_missing(found->form, std::string(language)); !at.empty())
      return fail_field("/form_id", "language_missing",
                        fmt::format("has no text in {} at {}", std::string_view(language), at.front()));
  return {};
}

Result<StoredForm> find_form(Step& step, FormId id) {
  Rows rows = step.run("form_get", {id.value});
  if (rows.empty()) return not_found("form");
  return read(rows, 0);
}

Result<Json> add_form(Step& step, const Json& document) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  Form form = TRY(checked(step, document, {}));
  auto id = step.new_id<FormId>();
  step.run("form_insert", {id.value, form.name, form.type, to_ms(step.now)});
  step.run("form_version_insert", {id.value, int64_t{1}, dump(document), step.caller.actor(), to_ms(step.now)});
  step.fact("form.published", {}, id.value, {{"version", 1}});
  return get_form(step, id);
}

Result<Json> get_form(Step& step, FormId id) { return Json(view(step, TRY(find_form(step, id)))); }

Result<json::array> list_forms(Step& step, const Slice& slice) {
  Rows rows = step.run("form_list", {slice.after, slice.limit});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(brief(TRY(read(rows, r))));
  return out;
}

Result<Json> publish_form(Step& step, FormId id, const Json& document) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  StoredForm before = TRY(find_form(step, id));
  Form form = TRY(checked(step, document, id));
  if (form.type != before.form.type && !step.run("form_meeting_types", {id.value}).empty())
    return fail_field("/type", "in_use", "meeting types of the type " + before.form.type + " ask this form");
  TRY_VOID(require_still_askable(step, id, form));
  if (document == before.document) return Json(view(step, before));
  step.run("form_version_insert", {id.value, before.version + 1, dump(document), step.caller.actor(), to_ms(step.now)});
  step.run("form_update", {id.value, form.name, form.type, before.version + 1, to_ms(step.now)});
  step.fact("form.published", {}, id.value, {{"version", before.version + 1}});
  return get_form(step, id);
}

Result<Json> get_form_version(Step& step, FormId id, int64_t number) {
  TRY(find_form(step, id));
  Rows row = step.run("form_version_get", {id.value, number});
  if (row.empty()) return not_found("version");
  return Json(json::object{{"form_id", id.text()},
                           {"number", row.integer(0, 0)},
                           {"document", stored_json(row.text(0, 1), json::object{})},
                           {"published_by", row.text(0, 2)},
                           {"published_at", time_text(row, 0, 3)}});
}

Result<Json> delete_form(Step& step, FormId id) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  StoredForm f = TRY(find_form(step, id));
  if (Rows types = step.run("form_meeting_types", {id.value}); !types.empty())
    return fail(Code::conflict, "the meeting type " + types.text(0, 1) + " asks this form");
  step.run("form_delete", {id.value, to_ms(step.now)});
  step.fact("form.deleted", {}, id.value);
  return Json(view(step, f));
}

}  // namespace onward::app
