// Where mail leaves from. For owners only; a password goes in sealed and never comes out again but to the sender.
#pragma once
#include "app/record.h"
#include "ports/courier.h"

namespace onward::app {

Result<Json> add_mailbox(Step&, const Json& body);
Result<Json> get_mailbox(Step&, MailboxId);
Result<json::array> list_mailboxes(Step&, const Slice&);
Result<Json> change_mailbox(Step&, MailboxId, const Json& body);
Result<Json> delete_mailbox(Step&, MailboxId);  // conflict while advisors use it or a message is under way

// For the sender, with the password in clear. Errors: not_found, internal (sealed with another installation's key).
Result<ports::Mailbox> load_mailbox(Tx&, MailboxId, std::string_view secret);

}  // namespace onward::app
