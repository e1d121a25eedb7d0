#include "app/agencies.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

std::vector<Field> body_fields() {
  return {
      {"name", shape::line(1, 200), required, "The branch's name."},
      {"address", shape::text(1, 500), nullable, "Where people come to."},
      {"zone", shape::zone(), optional, "The house's, when left out."},
      {"country", shape::country(), nullable, "For its public holidays."},
      {"region", shape::line(1, 20), nullable, "For its public holidays."},
      {"hours", hours_shape(), optional, "Opening hours by the agency's clock."},
      {"closed", shape::list(shape::date(), 0, 400), optional, "Days off on top of public holidays."},
      {"services", shape::list(shape::line(1, 100), 0, 100), optional, "What is offered there."},
  };
}

Shape view() {
  return shape::object({{"id", shape::id("agy"), required},
                        {"name", shape::line(0, 200), required},
                        {"address", shape::text(0, 500), nullable},
                        {"zone", shape::zone(), required},
                        {"country", shape::country(), nullable},
                        {"region", shape::line(0, 20), nullable},
                        {"hours", hours_shape(), required},
                        {"closed", shape::list(shape::date(), 0, 400), required},
                        {"services", shape::list(shape::line(1, 100), 0, 100), required},
                        {"created_at", shape::time(), required},
                        {"updated_at", shape::time(), required}});
}

Result<Answer> list(Step& step, const Call& call) {
  return listing<AgencyTag>(call, [&](const app::Slice& slice) { return app::list_agencies(step, slice); });
}

}  // namespace

void add_agencies(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/agencies",
                    .summary = "List agencies, oldest first",
                    .roles = kReaders,
                    .query = paged(),
                    .answer = "AgencyList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/agencies",
                    .summary = "Create an agency",
                    .roles = kOwner,
                    .body = shape::object(body_fields()),
                    .answer = "Agency",
                    .status = 201,
                    .handle = with_body(app::add_agency)});
  routes.push_back({.method = "GET",
                    .path = "/agencies/{id}",
                    .summary = "One agency",
                    .roles = kReaders,
                    .answer = "Agency",
                    .reads = true,
                    .handle = with_id<AgencyTag>(app::get_agency)});
  routes.push_back({.method = "PATCH",
                    .path = "/agencies/{id}",
                    .summary = "Change an agency; what is left out stays",
                    .roles = kManagers,
                    .body = patch_of(body_fields()),
                    .answer = "Agency",
                    .handle = with_id<AgencyTag>(app::change_agency)});
  routes.push_back({.method = "DELETE",
                    .path = "/agencies/{id}",
                    .summary = "Delete an agency that nobody belongs to",
                    .roles = kOwner,
                    .answer = "Agency",
                    .handle = with_id<AgencyTag>(app::delete_agency)});
}

void describe_agencies(Schemas& schemas) { schemas.add("Agency", view()); }

}  // namespace onward::api
