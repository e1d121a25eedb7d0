#include "app/mailboxes.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

std::vector<Field> body_fields() {
  return {
      {"address", shape::email(), required, "What mail comes from."},
      {"name", shape::line(0, 200), optional, "Shown beside the address."},
      {"host", shape::line(1, 255), nullable, "The SMTP server; none: mail is written to the log only."},
      {"port", shape::integer(1, 65535), optional, "587, when left out."},
      {"security", shape::one_of({"starttls", "tls", "none"}), optional, "STARTTLS, when left out."},
      {"username", shape::line(1, 320), nullable, "None: the server wants no password."},
      {"password", shape::line(0, 1000), nullable,
       "Goes in and never comes out. A changed server or user name forgets it."},
      {"cap_per_day", shape::integer(1, 1'000'000), nullable, "At most so many messages a day."},
      {"gap_s", shape::integer(0, 86'400), optional, "Seconds between two messages."},
      {"zone", shape::zone(), optional, "Whose days are counted; the house's, when left out."},
  };
}

Shape view() {
  return shape::object({{"id", shape::id("mbx"), required},
                        {"address", shape::line(0, 320), required},
                        {"name", shape::line(0, 200), required},
                        {"host", shape::line(0, 255), nullable},
                        {"port", shape::integer(1, 65535), required},
                        {"security", shape::one_of({"starttls", "tls", "none"}), required},
                        {"username", shape::line(0, 320), nullable},
                        {"has_password", shape::boolean(), required},
                        {"cap_per_day", shape::integer(1, 1'000'000), nullable},
                        {"gap_s", shape::integer(0, 86'400), required},
                        {"zone", shape::zone(), required},
                        {"created_at", shape::time(), required},
                        {"updated_at", shape::time(), required}});
}

Result<Answer> list(Step& step, const Call& call) {
  return listing<MailboxTag>(call, [&](const app::Slice& slice) { return app::list_mailboxes(step, slice); });
}

}  // namespace

void add_mailboxes(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/mailboxes",
                    .summary = "List mailboxes, oldest first",
                    .roles = kOwner,
                    .query = paged(),
                    .answer = "MailboxList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/mailboxes",
                    .summary = "Add a mailbox to send from",
                    .roles = kOwner,
                    .body = shape::object(body_fields()),
                    .answer = "Mailbox",
                    .status = 201,
                    .handle = with_body(app::add_mailbox)});
  routes.push_back({.method = "GET",
                    .path = "/mailboxes/{id}",
                    .summary = "One mailbox, without its password",
                    .roles = kOwner,
                    .answer = "Mailbox",
                    .reads = true,
                    .handle = with_id<MailboxTag>(app::get_mailbox)});
  routes.push_back({.method = "PATCH",
                    .path = "/mailboxes/{id}",
                    .summary = "Change a mailbox; what is left out stays",
                    .roles = kOwner,
                    .body = patch_of(body_fields()),
                    .answer = "Mailbox",
                    .handle = with_id<MailboxTag>(app::change_mailbox)});
  routes.push_back({.method = "DELETE",
                    .path = "/mailboxes/{id}",
                    .summary = "Delete a mailbox that nobody sends from",
                    .roles = kOwner,
                    .answer = "Mailbox",
                    .handle = with_id<MailboxTag>(app::delete_mailbox)});
}

void describe_mailboxes(Schemas& schemas) { schemas.add("Mailbox", view()); }

}  // namespace onward::api
