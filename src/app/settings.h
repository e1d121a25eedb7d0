// Typed settings of the installation. Each key has a shape; what was never set has its default.
#pragma once
#include "app/step.h"
#include "base/schema.h"

namespace onward::app {

struct SettingKind {
  std::string key;
  Shape shape;   // of a body
  Shape answer;  // complete, also while it was never set
  json::object defaults;
};
// organization {name, language, country, zone}, cap {gap_hours, count, days}, mail {mode}, booking {phone, walk_in,
// embed_on}, calendars {refresh_min, private_hosts}.
const std::vector<SettingKind>& setting_kinds();

// {organization: {...}, cap: {...}, mail: {...}}, complete with defaults. For owners and auditors.
Result<Json> get_settings(Step&);
// Replaces one setting; members left out get their defaults. Errors: not_found for an unknown key, invalid.
Result<Json> put_setting(Step&, std::string_view key, const Json& value);

// One setting as it stands, for other use cases. Requires a known key.
Json setting(Step&, std::string_view key);

}  // namespace onward::app
