// Small things that the use cases of conversations, touches and promises share.
#pragma once
#include <cmath>

#include "app/cases.h"

namespace onward::app {

// The case, if the caller may see it; otherwise not_found, as if it did not exist.
Result<Case> visible_case(Step&, ConversationId);

// The two scope parameters of listings: owner and agency that rows must have; NULL: any.
struct Scope {
  ports::Value owner, agency;
};
Scope scope_of(const Caller&);

ports::Params conversation_row(const conversations::Conversation&, Instant now);
ports::Params conversation_update_row(const conversations::Conversation&, Instant now);
void index_conversation(Step&, const conversations::Conversation&);

// ISO 4217: most currencies have two decimals, some none or three.
int currency_decimals(std::string_view currency);
int64_t minor_units(double amount, std::string_view currency);

}  // namespace onward::app
