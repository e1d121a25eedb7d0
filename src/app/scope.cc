#include "app/scope.h"

#include "app/case_rows.h"
#include "app/search.h"

namespace onward::app {

Result<Case> visible_case(Step& step, ConversationId id) {
  Case c = TRY(load_case(step, id, Locking::none));
  if (!step.caller.sees(c.conversation.owner, c.conversation.agency))
    return fail(Code::not_found, "there is no such conversation");
  return c;
}

Scope scope_of(const Caller& caller) {
  if (caller.sees_all()) return {};
  // -1 matches nothing: a key without its advisor or agency sees nothing.
  if (caller.role == Role::manager) return {ports::null_value(), caller.agency ? caller.agency.value : int64_t{-1}};
  return {caller.advisor ? caller.advisor.value : int64_t{-1}, ports::null_value()};
}

ports::Params conversation_row(const conversations::Conversation& v, Instant now) {
  return conversation_params(v, now, true);
}
ports::Params conversation_update_row(const conversations::Conversation& v, Instant now) {
  return conversation_params(v, now, false);
}

void index_conversation(Step& step, const conversations::Conversation& v) {
  if (!v.topic.empty()) index_text(step, "conversation", v.id.value, v.topic);
}

int currency_decimals(std::string_view currency) {
  for (std::string_view none :
       {"JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "XPF", "UGX", "RWF", "PYG", "GNF", "KMF", "DJF", "BIF", "VUV"})
    if (none == currency) return 0;
  for (std::string_view three : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
    if (three == currency) return 3;
  return 2;
}

int64_t minor_units(double amount, std::string_view currency) {
  return static_cast<int64_t>(std::llround(amount * std::pow(10, currency_decimals(currency))));
}

}  // namespace onward::app
