// Long work: imports, so far. Jobs are begun on the command line; here they are looked at.
#include "api/nouns.h"
#include "api/records.h"
#include "app/imports.h"

namespace onward::api {
namespace {

using shape::required;

Result<Answer> list(Step& step, const Call& call) {
  return listing<JobTag>(call, [&](const app::Slice& slice) { return app::list_jobs(step, slice.after, slice.limit); });
}

}  // namespace

void add_jobs(std::vector<Route>& routes) {
  const std::vector<Role> readers = {Role::owner, Role::auditor};
  routes.push_back({.method = "GET",
                    .path = "/jobs",
                    .summary = "List jobs, oldest first",
                    .roles = readers,
                    .query = paged(),
                    .answer = "JobList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "GET",
                    .path = "/jobs/{id}",
                    .summary = "One job with its report",
                    .roles = readers,
                    .answer = "Job",
                    .reads = true,
                    .handle = with_id<JobTag>(app::get_job)});
}

void describe_jobs(Schemas& schemas) {
  schemas.add(
      "Job", shape::object({{"id", shape::id("job"), required},
                            {"kind", shape::line(1, 60), required},
                            {"state", shape::one_of({"running", "done", "failed", "undone"}), required},
                            {"done", shape::integer(0, INT64_MAX), required, "Records written so far."},
                            {"total", shape::integer(0, INT64_MAX), required},
                            {"report", shape::map(shape::any(1'000'000), 50), required, "Counts, refused rows, notes."},
                            {"actor", shape::line(1, 60), required},
                            {"created_at", shape::time(), required},
                            {"updated_at", shape::time(), required}}));
}

}  // namespace onward::api
