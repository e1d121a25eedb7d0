#include "app/policies.h"

#include "api/nouns.h"

namespace onward::api {

void add_policies(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/conversation-types",
                    .summary = "The conversation types and what each promises",
                    .roles = kReaders,
                    .answer = "ConversationTypeList",
                    .reads = true,
                    .handle = [](Step& s, const Call&) { return ok(app::list_conversation_types(s)); }});
  routes.push_back({.method = "GET",
                    .path = "/conversation-types/{key}",
                    .summary = "One conversation type",
                    .roles = kReaders,
                    .answer = "ConversationType",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) {
                      return ok(app::get_conversation_type(s, std::string(c.request.param("key"))));
                    }});
  routes.push_back({.method = "PUT",
                    .path = "/conversation-types/{key}",
                    .summary = "Add or replace a conversation type",
                    .roles = kOwner,
                    .body = app::type_shape(),
                    .answer = "ConversationType",
                    .handle = [](Step& s, const Call& c) {
                      return ok(app::put_conversation_type(s, std::string(c.request.param("key")), c.body));
                    }});
}

void describe_policies(Schemas& schemas) {
  using namespace shape;
  Shape basis = object({{"follow_up", line(1, 40), required}, {"marketing", line(1, 40), required}});
  Shape policy = object({{"recap_same_day", boolean(), required},
                         {"asset_hours", integer(1, 720), required},
                         {"check_in_days", integer(0, 90), required},
                         {"reply_hours", integer(1, 240), required},
                         {"decide_hours", integer(1, 240), required},
                         {"basis", basis, required}});
  schemas.add("ConversationType", object({{"key", line(1, 60), required},
                                          {"label", line(1, 60), required},
                                          {"stages", map(line(1, 60), 9), required, "Labels of the stages"},
                                          {"policy", policy, required},
                                          {"updated_at", time(), required}}));
}

}  // namespace onward::api
