#include "app/teams.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using shape::optional;
using shape::required;

std::vector<Field> body_fields() {
  return {{"name", shape::line(1, 200), required, "The team's name."},
          {"members", shape::list(shape::id("adv"), 0, 500), optional, "Its advisors."}};
}

Shape view() {
  return shape::object({{"id", shape::id("tea"), required},
                        {"name", shape::line(0, 200), required},
                        {"members", shape::list(shape::id("adv"), 0, 500), required},
                        {"created_at", shape::time(), required},
                        {"updated_at", shape::time(), required}});
}

Result<Answer> list(Step& step, const Call& call) {
  return listing<TeamTag>(call, [&](const app::Slice& slice) { return app::list_teams(step, slice); });
}

}  // namespace

void add_teams(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/teams",
                    .summary = "List teams, oldest first",
                    .roles = kReaders,
                    .query = paged(),
                    .answer = "TeamList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/teams",
                    .summary = "Create a team",
                    .roles = kManagers,
                    .body = shape::object(body_fields()),
                    .answer = "Team",
                    .status = 201,
                    .handle = with_body(app::add_team)});
  routes.push_back({.method = "GET",
                    .path = "/teams/{id}",
                    .summary = "One team",
                    .roles = kReaders,
                    .answer = "Team",
                    .reads = true,
                    .handle = with_id<TeamTag>(app::get_team)});
  routes.push_back({.method = "PATCH",
                    .path = "/teams/{id}",
                    .summary = "Change a team; what is left out stays",
                    .roles = kManagers,
                    .body = patch_of(body_fields()),
                    .answer = "Team",
                    .handle = with_id<TeamTag>(app::change_team)});
  routes.push_back({.method = "DELETE",
                    .path = "/teams/{id}",
                    .summary = "Delete a team",
                    .roles = kManagers,
                    .answer = "Team",
                    .handle = with_id<TeamTag>(app::delete_team)});
}

void describe_teams(Schemas& schemas) { schemas.add("Team", view()); }

}  // namespace onward::api
