#include "app/teams.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace onward::app {
namespace {

json::object view(const Rows& rows, size_t i) {
  return {{"id", TeamId{rows.integer(i, 0)}.text()},
          {"name", rows.text(i, 1)},
          {"members", stored_json(rows.text(i, 2), json::array{})},
          {"created_at", time_text(rows, i, 3)},
          {"updated_at", time_text(rows, i, 4)}};
}

Result<Rows> load(Step& step, TeamId id) {
  Rows rows = step.run("team_get", {id.value});
  if (rows.empty()) return not_found("team");
  return rows;
}

// Error: Code::invalid at the first member who is not there, or is there twice.
Status check_members(Step& step, const Json& body) {
  std::vector<int64_t> ids;
  for (const std::string& text : get_strings(body, "members")) {
    std::string at = fmt::format("/members/{}", ids.size());
    auto id = AdvisorId::parse(text);
    if (!id) return fail_field(at, "format", id.error().message);
    if (std::ranges::find(ids, id->value) != ids.end()) return fail_field(at, "duplicate", "is there twice");
    ids.push_back(id->value);
  }
  if (ids.empty()) return {};
  Rows known = step.run("team_members_known", {id_set(ids)});
  for (size_t i = 0; i < ids.size(); ++i) {
    bool found = false;
    for (size_t r = 0; r < known.size(); ++r) found |= known.integer(r, 0) == ids[i];
    if (!found) return fail_field(fmt::format("/members/{}", i), "unknown", "there is no such advisor");
  }
  return {};
}

}  // namespace

Result<Json> add_team(Step& step, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  TRY_VOID(check_members(step, body));
  auto id = step.new_id<TeamId>();
  const Json* members = find(body, "members");
  step.run("team_insert",
           {id.value, std::string(trim(get_string(body, "name"))), members ? dump(*members) : "[]", to_ms(step.now)});
  step.fact("team.created", {}, id.value);
  return get_team(step, id);
}

Result<Json> get_team(Step& step, TeamId id) { return Json(view(TRY(load(step, id)), 0)); }

Result<json::array> list_teams(Step& step, const Slice& slice) {
  Rows rows = step.run("team_list", {slice.after, slice.limit});
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(view(rows, i));
  return out;
}

Result<Json> change_team(Step& step, TeamId id, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  Rows rows = TRY(load(step, id));
  TRY_VOID(check_members(step, body));
  Changes c(body);
  std::string name(trim(c.text("name", rows.text(0, 1))));
  Json members = c.value("members", stored_json(rows.text(0, 2), json::array{}));
  if (!c.any()) return Json(view(rows, 0));
  step.run("team_update", {id.value, name, dump(members), to_ms(step.now)});
  step.fact("team.changed", {}, id.value, c.fact());
  return get_team(step, id);
}

Result<Json> delete_team(Step& step, TeamId id) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  Rows rows = TRY(load(step, id));
  step.run("team_delete", {id.value, to_ms(step.now)});
  step.fact("team.deleted", {}, id.value);
  return Json(view(rows, 0));
}

}  // namespace onward::app
