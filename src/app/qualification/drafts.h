// What somebody has answered before it is known who it is: kept for a day under an id that only the page's signature
// makes usable, so that answers stand in no address and survive a lost race.
#pragma once
#include "app/qualification/answering.h"

namespace onward::app {

constexpr Millis kDraftLife = std::chrono::hours{24};

struct FormDraft {
  FormDraftId id;
  MeetingTypeId type;
  FormId form;
  int64_t version = 0;
  Json answers = json::object{};   // as they were typed and accepted
  Json decision = json::object{};  // qualification_view, with `anyway`: read, and wants to book all the same
};

FormDraftId new_draft(Step&, MeetingTypeId, const StoredForm&);
void save_draft(Step&, const FormDraft&);
Result<FormDraft> find_draft(Step&, FormDraftId);  // not_found
void forget_draft(Step&, FormDraftId);             // files that were kept stay

// What was decided, again: with the answers that are stored; the outcome stays what was shown.
Result<Qualified> qualified_of(Step&, const FormDraft&, const Answerer&);

}  // namespace onward::app
