// Qualification forms as they are stored: each document that is published is a version, and the newest one is asked.
// What was answered stays with the version it was given to. Owners and managers change forms, everybody reads them.
#pragma once
#include "app/record.h"
#include "core/qualification/answers.h"

namespace onward::app {

struct StoredForm {
  FormId id;
  int64_t version = 0;
  qualification::Form form;
  Json document;
  Instant created_at, updated_at;
};

// Bodies are documents (docs/forms.md). A view has the rules as sentences in English and French, `languages`, those in
// which every text is there, and `missing`, what rules name that is not there (any more).
// Errors: invalid at the field of the document; /name duplicate; /type unknown.
Result<Json> add_form(Step&, const Json& document);
Result<Json> get_form(Step&, FormId);
Result<json::array> list_forms(Step&, const Slice&);             // without documents
Result<Json> publish_form(Step&, FormId, const Json& document);  // the next version; the same one again: nothing
Result<Json> get_form_version(Step&, FormId, int64_t number);    // {number, document, published_by, published_at}
Result<Json> delete_form(Step&, FormId);                         // conflict while a meeting type asks it

// Error: not_found.
Result<StoredForm> find_form(Step&, FormId);

// Texts for customers that this form lacks in a language, as pointers into the document.
std::vector<std::string> texts_missing(const qualification::Form&, const std::string& language);
// A meeting type that speaks these languages may ask this form. Errors: invalid at /form_id.
Status require_askable(Step&, FormId, const Json& names, const std::string& conversation_type);

}  // namespace onward::app
