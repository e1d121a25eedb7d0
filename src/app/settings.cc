#include "app/settings.h"

#include <algorithm>

#include "base/check.h"

namespace onward::app {
namespace {

const SettingKind* find_kind(std::string_view key) {
  const auto& kinds = setting_kinds();
  auto found = std::ranges::find(kinds, key, &SettingKind::key);
  return found == kinds.end() ? nullptr : &*found;
}

Json complete(const SettingKind& kind, const Json& stored) {
  json::object out = kind.defaults;
  if (!stored.is_object()) return out;
  for (const auto& [name, value] : stored.as_object())
    if (out.contains(name)) out[name] = value;
  return out;
}

}  // namespace

const std::vector<SettingKind>& setting_kinds() {
  static const std::vector<SettingKind> kinds = {
      {"organization",
       shape::object({{"name", shape::line(1, 200), shape::required, "As customers know it."},
                      {"language", shape::language(), shape::optional, "Of contacts who have said nothing else."},
                      {"country", shape::country(), shape::nullable, "Where it is at home."},
                      {"zone", shape::zone(), shape::optional, "Of contacts who have said nothing else."}}),
       shape::object({{"name", shape::line(0, 200), shape::required},
                      {"language", shape::language(), shape::required},
                      {"country", shape::country(), shape::nullable},
                      {"zone", shape::zone(), shape::required}}),
       {{"name", ""}, {"language", "en"}, {"country", nullptr}, {"zone", "UTC"}}},
      {"cap",
       shape::object(
           {{"gap_hours", shape::integer(0, 24 * 30), shape::optional, "Between two follow-ups to one contact."},
            {"count", shape::integer(1, 100), shape::optional, "At most so many follow-ups ..."},
            {"days", shape::integer(1, 90), shape::optional, "... in so many days."}}),
       shape::object({{"gap_hours", shape::integer(0, 24 * 30), shape::required},
                      {"count", shape::integer(1, 100), shape::required},
                      {"days", shape::integer(1, 90), shape::required}}),
       {{"gap_hours", 20}, {"count", 3}, {"days", 7}}},
      {"mail",
       shape::object({{"mode", shape::one_of({"log_only", "smtp", "capture"}), shape::required,
                       "Whether mail leaves, is only logged, or is kept for looking at."}}),
       shape::object({{"mode", shape::one_of({"log_only", "smtp", "capture"}), shape::required}}),
       {{"mode", "log_only"}}},
      {"booking",
       shape::object({{"phone", shape::phone(), shape::nullable, "Shown beside the booking pages' times."},
                      {"walk_in", shape::boolean(), shape::optional, "Whether people may come without an appointment."},
                      {"embed_on", shape::list(shape::url(), 0, 50), shape::optional,
                       "Origins whose pages may show the booking pages inside theirs; empty: any."}}),
       shape::object({{"phone", shape::phone(), shape::nullable},
                      {"walk_in", shape::boolean(), shape::required},
                      {"embed_on", shape::list(shape::url(), 0, 50), shape::required}}),
       {{"phone", nullptr}, {"walk_in", true}, {"embed_on", json::array{}}}},
      {"calendars",
       shape::object({{"refresh_min", shape::integer(1, 1440), shape::optional,
                       "How often calendars elsewhere are read, in minutes."},
                      {"private_hosts", shape::list(shape::line(1, 255), 0, 50), shape::optional,
                       "Hosts inside the own network that calendars may be on; all others must be public."}}),
       shape::object({{"refresh_min", shape::integer(1, 1440), shape::required},
                      {"private_hosts", shape::list(shape::line(1, 255), 0, 50), shape::required}}),
       {{"refresh_min", 5}, {"private_hosts", json::array{}}}},
  };
  return kinds;
}

Json setting(Step& step, std::string_view key) {
  const SettingKind* kind = find_kind(key);
  check(kind);
  Rows rows = step.run("setting_get", {std::string(key)});
  return complete(*kind, rows.empty() ? Json(nullptr) : *parse_json(rows.text(0, 0)));
}

Result<Json> get_settings(Step& step) {
  TRY_VOID(step.require_role({Role::owner, Role::auditor}));
  json::object out;
  for (const SettingKind& kind : setting_kinds()) out[kind.key] = setting(step, kind.key);
  return Json(std::move(out));
}

Result<Json> put_setting(Step& step, std::string_view key, const Json& value) {
  TRY_VOID(step.require_role({Role::owner}));
  const SettingKind* kind = find_kind(key);
  if (!kind) return fail(Code::not_found, "there is no such setting");
  TRY_VOID(kind->shape.validate(value));
  Json before = setting(step, key);
  Json after = complete(*kind, value);
  step.run("setting_put", {std::string(key), dump(after), to_ms(step.now)});
  if (after != before) step.fact("setting.changed", {}, 0, {{"key", key}});
  step.bump_catalog();
  return after;
}

}  // namespace onward::app
