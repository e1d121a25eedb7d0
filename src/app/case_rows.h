// Rows of the follow-up tables to values and back; the order of columns is that of store/sql/case.sql.
#pragma once
#include <vector>

#include "core/conversations/case.h"
#include "ports/store.h"

namespace onward::app {

conversations::Conversation read_conversation(const ports::Rows&, size_t row);
contacts::Contact read_contact(const ports::Rows&, size_t row);
void read_point(contacts::Contact&, const ports::Rows&, size_t row);
contacts::Consent read_consent(const ports::Rows&, size_t row);
conversations::Advisor read_owner(const ports::Rows&, size_t row);
sequences::Enrollment read_enrollment(const ports::Rows&, size_t row);
sequences::Touch read_touch(const ports::Rows&, size_t row, size_t first_column);
promises::Promise read_promise(const ports::Rows&, size_t row);
promises::Talk read_talk(const ports::Rows&, size_t row);
std::vector<AssetId> read_asset_ids(const std::string& json_text);
json::array reasons_json(const std::vector<calendar::Reason>&);

ports::Params conversation_params(const conversations::Conversation&, Instant now, bool insert);
ports::Params progress_params(const conversations::Conversation&,
                              Instant now);  // without what it is about and whose it is
ports::Params talk_params(const promises::Talk&, ConversationId, const std::string& author, Instant now);
ports::Params enrollment_params(const sequences::Enrollment&, const conversations::Conversation&);
ports::Params enrollment_update_params(const sequences::Enrollment&);
ports::Params touch_params(const sequences::Touch&, const conversations::Conversation&);
ports::Params touch_update_params(const sequences::Touch&);
ports::Params promise_params(const promises::Promise&, ConversationId);
ports::Params promise_update_params(const promises::Promise&);
ports::Params deal_params(const conversations::Deal&, const conversations::Case&);

}  // namespace onward::app
