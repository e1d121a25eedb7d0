#include "app/organizations.h"

#include <fmt/format.h>

#include "app/search.h"
#include "base/text.h"

namespace onward::app {
namespace {

using ports::opt_int;
using ports::opt_text;

constexpr int kMaxDepth = 30;  // of parents

// Error: no such organization, or one below `id`.
Status check_parent(Step& step, OrganizationId id, OrganizationId parent) {
  if (!parent) return {};
  if (!find_organization(step, parent)) return unknown_reference("parent_id", "organization");
  OrganizationId at = parent;
  for (int depth = 0; at && depth <= kMaxDepth; ++depth) {
    if (at == id) return fail_field("/parent_id", "cycle", "an organization cannot stand above itself");
    Rows rows = step.run("organization_parent", {at.value});
    at = OrganizationId{rows.empty() ? 0 : rows.integer(0, 0)};
  }
  if (at) return fail_field("/parent_id", "too_deep", fmt::format("at most {} levels", kMaxDepth));
  return {};
}

ports::Params update_row(const OrganizationRecord& o) {
  return {o.id.value,
          o.name,
          o.folded,
          opt_text(o.domain),
          opt_text(o.country),
          dump(o.details),
          opt_int(o.parent.value),
          to_ms(o.updated_at)};
}

Status apply(Step& step, OrganizationRecord& o, Changes& changes) {
  o.name = trim(changes.text("name", o.name));
  o.folded = fold_company(o.name);
  o.domain = canonical_domain(changes.text("domain", o.domain));
  o.country = changes.text("country", o.country);
  o.details = changes.value("details", o.details);
  o.parent = TRY(changes.id("parent_id", o.parent));
  if (changes.touches("parent_id")) TRY_VOID(check_parent(step, o.id, o.parent));
  return {};
}

}  // namespace

OrganizationRecord read_organization(const Rows& rows, size_t i) {
  return {.id = OrganizationId{rows.integer(i, 0)},
          .name = rows.text(i, 1),
          .folded = rows.text(i, 9),
          .domain = rows.text(i, 2),
          .country = rows.text(i, 3),
          .details = stored_json(rows.text(i, 4), json::object{}),
          .parent = OrganizationId{rows.integer(i, 5)},
          .created_at = from_ms(rows.integer(i, 6)),
          .updated_at = from_ms(rows.integer(i, 7)),
          .merged_into = OrganizationId{rows.integer(i, 8)}};
}

json::object organization_view(const OrganizationRecord& o) {
  return {{"id", o.id.text()},
          {"name", o.name},
          {"domain", text_json(o.domain)},
          {"country", text_json(o.country)},
          {"details", o.details},
          {"parent_id", id_json<OrganizationId>(o.parent.value)},
          {"created_at", format_rfc3339(o.created_at)},
          {"updated_at", format_rfc3339(o.updated_at)}};
}

Result<OrganizationRecord> find_organization(Step& step, OrganizationId id) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("organization_get", {id.value, r.scope, r.agency, r.advisor, r.actor});
  if (rows.empty()) return not_found("organization");
  OrganizationRecord found = read_organization(rows, 0);
  if (!found.merged_into) return found;
  auto target = find_organization(step, found.merged_into);
  if (!target) return fail(target.error());  // not in sight, or merged further
  return fail(Code::conflict, fmt::format("this organization was merged into {}", found.merged_into.text()));
}

void index_organization(Step& step, const OrganizationRecord& o) {
  index_text(step, "organization", o.id.value, o.name + " " + o.domain);
}

std::string canonical_domain(std::string_view given) {
  std::string lower = ascii_lower(trim(given));
  std::string_view s = lower;
  for (std::string_view scheme : {"https://", "http://"})
    if (s.starts_with(scheme)) s.remove_prefix(scheme.size());
  s = s.substr(0, s.find_first_of("/?#:"));
  if (s.starts_with("www.")) s.remove_prefix(4);
  while (s.ends_with('.')) s.remove_suffix(1);
  return std::string(s);
}

Result<Json> add_organization(Step& step, const Json& body) {
  TRY_VOID(step.require_change());
  OrganizationRecord o{
      .id = step.new_id<OrganizationId>(), .details = json::object{}, .created_at = step.now, .updated_at = step.now};
  Changes changes(body);
  TRY_VOID(apply(step, o, changes));
  step.run("organization_insert", update_row(o));
  step.fact("organization.created", {}, o.id.value);
  index_organization(step, o);
  return Json(organization_view(o));
}

Result<Json> get_organization(Step& step, OrganizationId id) {
  return Json(organization_view(TRY(find_organization(step, id))));
}

Result<json::array> list_organizations(Step& step, const OrganizationFilter& filter, const Slice& slice) {
  Reach r = reach_of(step.caller);
  json::array out;
  std::string words = fold_company(filter.words);
  if (words.empty() && !filter.words.empty()) return out;
  Rows rows = step.run("organization_list", {slice.after, slice.limit, r.scope, r.agency, r.advisor, r.actor,
                                             opt_text(words), opt_text(canonical_domain(filter.domain))});
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(organization_view(read_organization(rows, i)));
  return out;
}

Result<Json> change_organization(Step& step, OrganizationId id, const Json& body) {
  TRY_VOID(step.require_change());
  OrganizationRecord o = TRY(find_organization(step, id));
  Changes changes(body);
  TRY_VOID(apply(step, o, changes));
  if (!changes.any()) return Json(organization_view(o));
  o.updated_at = step.now;
  step.run("organization_update", update_row(o));
  step.fact("organization.changed", {}, id.value, changes.fact());
  index_organization(step, o);
  return Json(organization_view(o));
}

Result<Json> delete_organization(Step& step, OrganizationId id) {
  TRY_VOID(step.require_change());
  OrganizationRecord o = TRY(find_organization(step, id));
  if (step.run("organization_users", {id.value}).integer(0, 0) > 0)
    return fail(Code::conflict, "contacts, open conversations or other organizations belong to this organization");
  step.run("organization_delete", {id.value, to_ms(step.now)});
  step.fact("organization.deleted", {}, id.value);
  unindex(step, "organization", id.value);
  return Json(organization_view(o));
}

}  // namespace onward::app
