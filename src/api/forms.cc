// Qualification forms: what is asked before somebody is given time, and what the answers lead to.
#include "app/qualification/forms.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/qualification/answering.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

constexpr int64_t kMaxNumber = 1'000'000;

std::vector<Field> brief_fields() {
  return {{"id", shape::id("frm"), required},
          {"name", shape::line(1, 120), required},
          {"type", shape::line(1, 60), required, "Conversation type"},
          {"version", shape::integer(1, kMaxNumber), required, "The one that is asked"},
          {"languages", shape::list(shape::language(), 0, 40), required, "In which every text is there"},
          {"document", qualification::form_shape(), optional, "Not in lists"},
          {"rules",
           shape::object({{"en", shape::list(shape::text(1, 10'000), 1, 60), required},
                          {"fr", shape::list(shape::text(1, 10'000), 1, 60), required}}),
           optional, "As sentences, the last one for everybody else; not in lists"},
          {"missing",
           shape::list(shape::object({{"pointer", shape::line(1, 200), required},
                                      {"what", shape::one_of({"team", "meeting_type", "article"}), required},
                                      {"name", shape::line(1, 200), required}}),
                       0, 200),
           optional, "What rules name and what is not there; not in lists"},
          {"created_at", shape::time(), required},
          {"updated_at", shape::time(), required}};
}

Shape decision_view() {
  Shape answer = shape::object({{"question", shape::line(1, 60), required},
                                {"label", shape::text(0, 300), required},
                                {"shown", shape::text(0, 6000), required, "As staff read it"}});
  return shape::object(
      {{"form_id", shape::id("frm"), required},
       {"version", shape::integer(1, kMaxNumber), required},
       {"outcome", app::outcome_view_shape(), required},
       {"rule", shape::line(0, 60), nullable, "null: no rule holds, it is what is otherwise done"},
       {"why", shape::list(shape::text(0, 10'000), 0, 20), required, "The conditions that held"},
       {"answers", shape::list(answer, 0, 30), required},
       {"facts", shape::map(shape::line(0, 200), 50), required, "About the contact, as rules see them"},
       {"open", shape::list(shape::line(1, 60), 0, 30), required,
        "Questions that these answers show and that are not answered"}});
}

Result<Answer> list(Step& step, const Call& call) {
  return listing<FormTag>(call, [&](const app::Slice& slice) { return app::list_forms(step, slice); });
}

Result<Answer> version(Step& step, const Call& call) {
  std::string given(call.request.param("number"));
  if (given.empty() || given.size() > 6 || given.find_first_not_of("0123456789") != given.npos)
    return fail(Code::not_found, "there is no such version");
  return ok(app::get_form_version(step, TRY(call.id<FormTag>("id")), std::stoll(given)));
}

}  // namespace

void add_forms(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/forms",
                    .summary = "List qualification forms, oldest first",
                    .roles = kReaders,
                    .query = paged(),
                    .answer = "FormList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/forms",
                    .summary = "A new form: typed questions, and rules that say what the answers lead to",
                    .roles = kManagers,
                    .body = qualification::form_shape(),
                    .answer = "Form",
                    .status = 201,
                    .handle = with_body(app::add_form)});
  routes.push_back({.method = "GET",
                    .path = "/forms/{id}",
                    .summary = "One form: its newest version, its rules as sentences",
                    .roles = kReaders,
                    .answer = "Form",
                    .reads = true,
                    .handle = with_id<FormTag>(app::get_form)});
  routes.push_back({.method = "PUT",
                    .path = "/forms/{id}",
                    .summary = "Publish the next version of a form; answers stay with the version they were given to",
                    .roles = kManagers,
                    .body = qualification::form_shape(),
                    .answer = "Form",
                    .handle = with_id<FormTag>(app::publish_form)});
  routes.push_back({.method = "DELETE",
                    .path = "/forms/{id}",
                    .summary = "Delete a form that no meeting type asks",
                    .roles = kManagers,
                    .answer = "Form",
                    .handle = with_id<FormTag>(app::delete_form)});
  routes.push_back({.method = "GET",
                    .path = "/forms/{id}/versions/{number}",
                    .summary = "One version of a form",
                    .roles = kReaders,
                    .answer = "FormVersion",
                    .reads = true,
                    .handle = version});
  routes.push_back({.method = "POST",
                    .path = "/forms/{id}/decide",
                    .summary = "What answers would lead to, and why; nothing is written",
                    .roles = kReaders,
                    .body = app::decide_shape(),
                    .answer = "FormDecision",
                    .reads = true,
                    .handle = with_id<FormTag>(app::decide_form)});
  routes.push_back({.method = "GET",
                    .path = "/conversations/{id}/answers",
                    .summary = "What was answered in this conversation, oldest first",
                    .roles = kReaders,
                    .query = {{"language", shape::language(), optional, "Of questions and options; default en."}},
                    .answer = "QualificationAnswers",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      std::string language = c.query("language");
                      return ok(
                          app::list_answers(s, TRY(c.id<ConversationTag>("id")), language.empty() ? "en" : language));
                    }});
}

void describe_forms(Schemas& schemas) {
  schemas.add("Form", shape::object(brief_fields()));
  schemas.add("FormVersion", shape::object({{"form_id", shape::id("frm"), required},
                                            {"number", shape::integer(1, kMaxNumber), required},
                                            {"document", qualification::form_shape(), required},
                                            {"published_by", shape::line(1, 60), required},
                                            {"published_at", shape::time(), required}}));
  schemas.add("QualificationAnswers",
              shape::object({{"data", shape::list(app::answer_view_shape(), 0, 10'000), required},
                             {"next", shape::line(1, 10), nullable, "Always null: the list is whole"}}));
  schemas.add("FormDecision", decision_view());
}

}  // namespace onward::api
