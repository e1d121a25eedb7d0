// Companies that contacts belong to. Who is scoped sees those with a contact or a conversation in sight, and those that
// nobody uses yet.
#pragma once
#include <string>
#include <vector>

#include "app/record.h"

namespace onward::app {

struct OrganizationRecord {
  OrganizationId id;
  std::string name, folded, domain, country;
  Json details;
  OrganizationId parent;
  Instant created_at, updated_at;
  OrganizationId merged_into;
};

struct OrganizationFilter {
  std::string words;   // starts of words of the name
  std::string domain;  // whole
};

Result<Json> add_organization(Step&, const Json& body);  // {name, domain, country, details, parent_id}
Result<Json> get_organization(Step&, OrganizationId);
Result<json::array> list_organizations(Step&, const OrganizationFilter&, const Slice&);
Result<Json> change_organization(Step&, OrganizationId, const Json& body);
// Conflict while contacts, open conversations or other organizations belong to it.
Result<Json> delete_organization(Step&, OrganizationId);

// For other use cases.
Result<OrganizationRecord> find_organization(Step&, OrganizationId);
OrganizationRecord read_organization(const Rows&, size_t row);  // columns of organization_get
json::object organization_view(const OrganizationRecord&);
void index_organization(Step&, const OrganizationRecord&);

// "HTTPS://www.Example.com/about" -> "example.com"
std::string canonical_domain(std::string_view);

}  // namespace onward::app
