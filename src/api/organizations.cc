#include "app/organizations.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

std::vector<Field> body_fields() {
  return {
      {"name", shape::line(1, 200), required, "The company's name."},
      {"domain", shape::line(1, 255), nullable, "Of its web site."},
      {"country", shape::country(), nullable, "Where it is at home."},
      {"details", shape::map(shape::any(2000), 50), optional, "Whatever else is worth keeping."},
      {"parent_id", shape::id("org"), nullable, "The organization it belongs to."},
  };
}

Shape view() {
  std::vector<Field> fields = {{"id", shape::id("org"), required},
                               {"name", shape::line(0, 200), required},
                               {"domain", shape::line(0, 255), nullable},
                               {"country", shape::country(), nullable},
                               {"details", shape::map(shape::any(2000), 100), required},
                               {"parent_id", shape::id("org"), nullable},
                               {"created_at", shape::time(), required},
                               {"updated_at", shape::time(), required}};
  return shape::object(std::move(fields));
}

Result<Answer> list(Step& step, const Call& call) {
  return listing<OrganizationTag>(call, [&](const app::Slice& slice) {
    return app::list_organizations(step, {call.query("q"), call.query("domain")}, slice);
  });
}

}  // namespace

void add_organizations(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/organizations",
                    .summary = "List organizations, oldest first",
                    .roles = kReaders,
                    .query = paged({{"q", shape::line(1, 200), optional, "Starts of words of the name."},
                                    {"domain", shape::line(1, 255), optional, "The whole domain."}}),
                    .answer = "OrganizationList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/organizations",
                    .summary = "Create an organization",
                    .roles = kChangers,
                    .body = shape::object(body_fields()),
                    .answer = "Organization",
                    .status = 201,
                    .handle = with_body(app::add_organization)});
  routes.push_back({.method = "GET",
                    .path = "/organizations/{id}",
                    .summary = "One organization",
                    .roles = kReaders,
                    .answer = "Organization",
                    .reads = true,
                    .handle = with_id<OrganizationTag>(app::get_organization)});
  routes.push_back({.method = "PATCH",
                    .path = "/organizations/{id}",
                    .summary = "Change an organization; what is left out stays",
                    .roles = kChangers,
                    .body = patch_of(body_fields()),
                    .answer = "Organization",
                    .handle = with_id<OrganizationTag>(app::change_organization)});
  routes.push_back({.method = "DELETE",
                    .path = "/organizations/{id}",
                    .summary = "Delete an organization that nobody belongs to",
                    .roles = kChangers,
                    .answer = "Organization",
                    .handle = with_id<OrganizationTag>(app::delete_organization)});
}

void describe_organizations(Schemas& schemas) { schemas.add("Organization", view()); }

}  // namespace onward::api
