#include "app/qualification/drafts.h"

#include "app/qualification/settle.h"

namespace onward::app {
namespace {

void sweep(Step& step) {
  Rows old = step.run("form_drafts_old", {to_ms(step.now)});
  for (size_t r = 0; r < old.size(); ++r) forget_draft(step, {old.integer(r, 0)});
}

}  // namespace

FormDraftId new_draft(Step& step, MeetingTypeId type, const StoredForm& form) {
  sweep(step);
  auto id = step.new_id<FormDraftId>();
  step.run("form_draft_insert", {id.value, type.value, form.id.value, form.version, std::string("{}"),
                                 std::string("{}"), to_ms(step.now + kDraftLife)});
  return id;
}

void save_draft(Step& step, const FormDraft& d) {
  step.run("form_draft_update",
           {d.id.value, d.type.value, d.version, dump(d.answers), dump(d.decision), to_ms(step.now + kDraftLife)});
}

Result<FormDraft> find_draft(Step& step, FormDraftId id) {
  Rows row = step.run("form_draft_get", {id.value, to_ms(step.now)});
  if (row.empty()) return not_found("draft");
  return FormDraft{.id = id,
                   .type = {row.integer(0, 0)},
                   .form = {row.integer(0, 1)},
                   .version = row.integer(0, 2),
                   .answers = stored_json(row.text(0, 3), json::object{}),
                   .decision = stored_json(row.text(0, 4), json::object{})};
}

void forget_draft(Step& step, FormDraftId id) {
  step.run("upload_forget", {id.value});
  step.run("form_draft_delete", {id.value});
}

Result<Qualified> qualified_of(Step& step, const FormDraft& d, const Answerer& given) {
  Rows version = step.run("form_version_get", {d.form.value, d.version});
  if (version.empty()) return not_found("form");
  StoredForm form{.id = d.form,
                  .version = d.version,
                  .form = {},
                  .document = stored_json(version.text(0, 1), {}),
                  .created_at = {},
                  .updated_at = {}};
  form.form = TRY(qualification::parse_form(form.document));
  Answerer who = given;
  who.draft = d.id;
  Qualified q = TRY(qualify(step, form, d.answers, who));
  std::string rule = get_string(d.decision, "rule");
  for (const qualification::Rule& r : form.form.rules)
    if (r.key == rule) q.decision.outcome = r.outcome;
  if (rule.empty()) q.decision.outcome = form.form.otherwise;
  q.decision.rule_key = rule;
  q.decision.why = get_strings(d.decision, "why");
  settle_outcome(step, q.decision);
  return q;
}

}  // namespace onward::app
