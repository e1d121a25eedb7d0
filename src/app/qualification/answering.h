// Answers to a form: looked at together with what is known about who gives them, decided, and kept with the
// conversation. What was answered in an open conversation is known: it is not asked again, and may be told anew.
#pragma once
#include "app/qualification/forms.h"

namespace onward::app {

// Who answers, as far as it is known.
struct Answerer {
  ContactId contact;
  std::string language, country, source, zone;  // where the contact does not say it
  FormDraftId draft;                            // whose files these are
};

// returning (yes, no), open_conversations, past_talks, held_appointments, language, country, source: what rules may
// look at, in words.
qualification::Facts facts_of(Step&, const Answerer&);
qualification::Answers known_answers(Step&, const StoredForm&, ContactId);

struct Qualified {
  StoredForm form;
  qualification::Facts facts;
  qualification::Answers answers;  // all that count
  std::vector<std::string> fresh;  // keys of those that are new
  qualification::Decision decision;
  FormDraftId draft;
};
// `language`: of the reasons. Errors: invalid with a field for each fault.
Result<Qualified> qualify(Step&, const StoredForm&, const Json& raw, const Answerer&, std::string_view language = "en");
Date today_of(Step&, const Answerer&);

// New answers become rows of the conversation, files included.
void keep_answers(Step&, const Qualified&, ConversationId, AppointmentId);
json::object raw_answers(const Qualified&, bool fresh_only);

// [{id, question, label, shown, value, form_id, form_version, appointment_id, given_at, given_by}], oldest first.
// `newest`: of each question the newest only.
json::array answers_view(Step&, ConversationId, const std::string& language, bool newest = false);
Result<Json> list_answers(Step&, ConversationId, const std::string& language);  // {data}; not_found
Shape answer_view_shape();

// {do, team, meeting_type, article, anyway, alternative, because}
json::object outcome_view(const qualification::Outcome&);
Shape outcome_view_shape();
// {form_id, version, outcome, rule, why}
json::object qualification_view(const Qualified&);
Shape qualification_view_shape();

// POST /forms/{id}/decide: {answers, contact_id, language, country, source, facts} -> what they lead to; nothing is
// written. `facts` replace what is known.
const Shape& decide_shape();
Result<Json> decide_form(Step&, FormId, const Json& body);

}  // namespace onward::app
