// Records that are there twice: finding them, merging them, taking a merge back.
#include "app/merge.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/duplicates.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

Shape candidate_view() {
  return shape::object(
      {{"id", shape::line(1, 40), required},
       {"name", shape::line(0, 200), required},
       {"score", shape::integer(0, 100), required, "How alike they are; the sum of the reasons' points."},
       {"reasons", shape::list(shape::line(1, 40), 0, 10), required}});
}

Shape duplicates_view() {
  return shape::object(
      {{"kind", shape::one_of({"contact", "organization"}), required},
       {"id", shape::line(1, 40), required},
       {"name", shape::line(0, 200), required},
       {"duplicates", shape::list(candidate_view(), 0, 100), required, "Newer records only: a pair is there once."}});
}

Shape merge_view() {
  return shape::object(
      {{"id", shape::id("mrg"), required},
       {"kind", shape::one_of({"contact", "organization"}), required},
       {"winner_id", shape::line(1, 40), required},
       {"loser_id", shape::line(1, 40), required},
       {"moved", shape::map(shape::integer(0, 1'000'000'000), 20), required, "How many rows of what went over."},
       {"actor", shape::line(1, 40), required},
       {"at", shape::time(), required},
       {"undone_at", shape::time(), nullable}});
}

Result<Answer> all_duplicates(Step& step, const Call& call) {
  if (call.query("kind") == "organization")
    return listing<OrganizationTag>(call,
                                    [&](const app::Slice& s) { return app::list_organization_duplicates(step, s); });
  return listing<ContactTag>(call, [&](const app::Slice& s) { return app::list_contact_duplicates(step, s); });
}

template <class Tag>
Result<Answer> duplicates_of(Step& step, const Call& call) {
  return short_list(app::duplicates_of(step, TRY(call.id<Tag>("id"))));
}

}  // namespace

void add_merges(std::vector<Route>& routes) {
  routes.push_back(
      {.method = "GET",
       .path = "/duplicates",
       .summary = "Records that may be there twice",
       .roles = kReaders,
       .query = paged({{"kind", shape::one_of({"contact", "organization"}), optional, "Contacts, when left out."}}),
       .answer = "DuplicatesList",
       .reads = true,
       .handle = all_duplicates});
  routes.push_back({.method = "GET",
                    .path = "/contacts/{id}/duplicates",
                    .summary = "Who may be the same person, and why",
                    .roles = kReaders,
                    .answer = "DuplicateList",
                    .reads = true,
                    .handle = duplicates_of<ContactTag>});
  routes.push_back({.method = "GET",
                    .path = "/organizations/{id}/duplicates",
                    .summary = "What may be the same company, and why",
                    .roles = kReaders,
                    .answer = "DuplicateList",
                    .reads = true,
                    .handle = duplicates_of<OrganizationTag>});
  routes.push_back({.method = "POST",
                    .path = "/contacts/{id}/merge",
                    .summary = "Merge this contact into another one",
                    .roles = kChangers,
                    .body = shape::object({{"into", shape::id("con"), required, "Who stays."}}),
                    .answer = "Merge",
                    .handle = with_id<ContactTag>(app::merge_contacts)});
  routes.push_back({.method = "POST",
                    .path = "/organizations/{id}/merge",
                    .summary = "Merge this organization into another one",
                    .roles = kManagers,
                    .body = shape::object({{"into", shape::id("org"), required, "Which one stays."}}),
                    .answer = "Merge",
                    .handle = with_id<OrganizationTag>(app::merge_organizations)});
  routes.push_back({.method = "GET",
                    .path = "/merges/{id}",
                    .summary = "One merge",
                    .roles = kReaders,
                    .answer = "Merge",
                    .reads = true,
                    .handle = with_id<MergeTag>(app::get_merge)});
  routes.push_back({.method = "POST",
                    .path = "/merges/{id}/undo",
                    .summary = "Take a merge back, with everything it moved",
                    .roles = kChangers,
                    .answer = "Merge",
                    .handle = with_id<MergeTag>(app::undo_merge)});
}

void describe_merges(Schemas& schemas) {
  schemas.add("Duplicate", candidate_view());
  schemas.add("Duplicates", duplicates_view());
  schemas.add("Merge", merge_view());
}

}  // namespace onward::api
