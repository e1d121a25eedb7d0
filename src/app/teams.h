// Sets of advisors. Everybody reads them; owners and managers change them.
#pragma once
#include "app/record.h"

namespace onward::app {

Result<Json> add_team(Step&, const Json& body);  // {name, members: [advisor ids]}
Result<Json> get_team(Step&, TeamId);
Result<json::array> list_teams(Step&, const Slice&);
Result<Json> change_team(Step&, TeamId, const Json& body);
Result<Json> delete_team(Step&, TeamId);

}  // namespace onward::app
