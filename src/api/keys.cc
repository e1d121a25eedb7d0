#include "app/keys.h"

#include "api/nouns.h"

namespace onward::api {
namespace {

const Shape kNewKey = shape::object({
    {"role", shape::one_of({"owner", "manager", "advisor", "auditor"}), shape::required, "What the key may do."},
    {"advisor_id", shape::id("adv"), shape::nullable, "Whose key it is; required for managers and advisors."},
    {"label", shape::line(1, 100), shape::required, "What it is for."},
    {"expires_at", shape::time(), shape::nullable, "From then on it opens nothing."},
});

std::vector<Field> key_fields() {
  return {{"id", shape::id("key"), shape::required},
          {"role", shape::one_of({"owner", "manager", "advisor", "auditor"}), shape::required},
          {"advisor_id", shape::id("adv"), shape::nullable},
          {"label", shape::line(0, 100), shape::required},
          {"created_at", shape::time(), shape::required},
          {"expires_at", shape::time(), shape::nullable},
          {"revoked_at", shape::time(), shape::nullable}};
}

Result<Answer> list(Step& step, const Call& call) {
  Page page = TRY(page_of(call));
  json::array rows = TRY(app::list_keys(step, page.after, page.limit + 1));
  return Answer{200, page_json(std::move(rows), page,
                               [](const Json& key) { return KeyId::parse(get_string(key, "id"))->value; })};
}

}  // namespace

void add_keys(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/keys",
                    .summary = "List the API keys, oldest first",
                    .roles = kOwner,
                    .query = paged(),
                    .answer = "KeyList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/keys",
                    .summary = "Create an API key; its text is in this answer only",
                    .roles = kOwner,
                    .body = kNewKey,
                    .answer = "NewKey",
                    .status = 201,
                    .handle = [](Step& s, const Call& c) { return created(app::add_key(s, c.body)); },
                    .shown_once = "key"});
  routes.push_back({.method = "GET",
                    .path = "/keys/{id}",
                    .summary = "One API key, without its text",
                    .roles = kOwner,
                    .answer = "Key",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::get_key(s, TRY(c.id<KeyTag>("id"))));
                    }});
  routes.push_back({.method = "DELETE",
                    .path = "/keys/{id}",
                    .summary = "Revoke an API key at once",
                    .roles = kOwner,
                    .answer = "Key",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::revoke_key(s, TRY(c.id<KeyTag>("id"))));
                    }});
}

void describe_keys(Schemas& schemas) {
  schemas.add("Key", shape::object(key_fields()));
  std::vector<Field> fields = key_fields();
  fields.push_back({"key", shape::line(48, 48), shape::nullable, "The secret; null when the request is repeated."});
  schemas.add("NewKey", shape::object(std::move(fields)));
}

}  // namespace onward::api
