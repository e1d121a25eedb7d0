#include "app/settings.h"

#include "api/nouns.h"
#include "api/route.h"

namespace onward::api {
namespace {

std::string schema_name(const std::string& key) {
  std::string name = key;
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name + "Setting";
}

}  // namespace

// One route for each key, so that each body is documented and checked by its own shape; other keys are not found.
void add_settings(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/settings",
                    .summary = "All settings",
                    .roles = {Role::owner, Role::auditor},
                    .answer = "Settings",
                    .reads = true,
                    .handle = [](Step& s, const Call&) { return ok(app::get_settings(s)); }});
  for (const app::SettingKind& kind : app::setting_kinds())
    routes.push_back(
        {.method = "PUT",
         .path = "/settings/" + kind.key,
         .summary = "Replace the setting `" + kind.key + "`",
         .roles = kOwner,
         .body = kind.shape,
         .answer = schema_name(kind.key),
         .handle = [key = kind.key](Step& s, const Call& c) { return ok(app::put_setting(s, key, c.body)); }});
}

void describe_settings(Schemas& schemas) {
  json::object properties;
  json::array required;
  for (const app::SettingKind& kind : app::setting_kinds()) {
    schemas.add(schema_name(kind.key), kind.answer);
    properties[kind.key] = schema_ref(schema_name(kind.key));
    required.push_back(Json(kind.key));
  }
  schemas.add("Settings", json::object{{"type", "object"},
                                       {"properties", std::move(properties)},
                                       {"required", std::move(required)},
                                       {"additionalProperties", false}});
}

}  // namespace onward::api
