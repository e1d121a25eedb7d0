#include "app/imports.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/defaults.h"
#include "app/import_plan.h"
#include "app/record.h"
#include "base/check.h"

namespace onward::app {
namespace {

constexpr auto kInterrupted = std::chrono::minutes{2};  // a job that says nothing for so long is not running any more
constexpr size_t kReportedRows = 100;                   // refused rows kept with the job

Result<std::vector<ParsedFile>> parse_files(const ImportRequest& request, ImportMap& map, ImportReport& report) {
  std::vector<ParsedFile> out;
  for (const ImportFile& file : request.files) {
    auto table = parse_csv(file.bytes, map.delimiter);
    if (!table) return fail(table.error().code, fmt::format("{}: {}", file.name, table.error().message));
    for (const std::string& note : table->notes) report.notes.push_back(fmt::format("{}: {}", file.name, note));
    report.headers[file.name] = table->header;
    out.push_back({file.name, std::move(*table), nullptr});
  }
  return out;
}

// Which rule of the mapping reads which file; of a single kind only its own sections.
Status match_rules(const ImportRequest& request, ImportMap& map, std::vector<ParsedFile>& files) {
  if (request.kind != "crm") {
    ImportKind kind = TRY(parse_import_kind(request.kind));
    if (files.size() != 1)
      return fail(Code::invalid, "one file is imported at a time; several are described by a mapping of kind crm");
    if (!request.map) map = TRY(plain_import_map(kind, files[0].table));
    for (FileRule& rule : map.files) std::erase_if(rule.sections, [&](const Section& s) { return s.kind != kind; });
    std::erase_if(map.files, [](const FileRule& rule) { return rule.sections.empty(); });
    if (map.files.empty())
      return fail(Code::invalid, fmt::format("the mapping says nothing about {}", plural_of(kind)));
    if (map.files.size() == 1) map.files[0].file.clear();
  }
  for (ParsedFile& file : files) {
    auto rule =
        std::ranges::find_if(map.files, [&](const FileRule& r) { return r.file.empty() || r.file == file.name; });
    if (rule == map.files.end())
      return fail(Code::invalid, fmt::format("the mapping says nothing about {}", file.name));
    file.rule = &*rule;
    for (const Section& s : rule->sections)
      for (const auto& [field, how] : s.fields)
        if (!how.column.empty() && std::ranges::find(file.table.header, how.column) == file.table.header.end())
          return fail(Code::invalid, fmt::format("{} has no column \"{}\"", file.name, how.column));
  }
  return {};
}

json::object counts_json(const ImportReport& report) {
  json::object out;
  for (const auto& [kind, c] : report.counts)
    out[plural_of(kind)] = json::object{{"created", c.created},
                                        {"updated", c.updated},
                                        {"skipped", c.skipped},
                                        {"linked", c.linked},
                                        {"refused", c.refused}};
  return out;
}

json::object report_json(const ImportRequest& request, const ImportPlan& plan) {
  json::array files, refused, notes;
  for (const ImportFile& f : request.files) files.emplace_back(f.name);
  for (const RefusedRow& r : plan.report.refused) {
    if (refused.size() >= kReportedRows) break;
    refused.push_back(json::object{{"file", r.file}, {"line", r.line}, {"reason", r.reason}});
  }
  for (const std::string& n : plan.report.notes) notes.emplace_back(n);
  return {{"kind", request.kind},          {"source", plan.source},
          {"files", std::move(files)},     {"counts", counts_json(plan.report)},
          {"refused", std::move(refused)}, {"notes", std::move(notes)}};
}

int64_t size_of(const ImportPlan& plan) {
  int64_t n = 0;
  for (const auto& [kind, records] : plan.records) n += static_cast<int64_t>(records.size());
  return n;
}

Result<JobId> begin_job(Runner& runner, const Caller& caller, const ImportRequest& request, const ImportPlan& plan) {
  JobId job;
  TRY_VOID(runner.write(Lane::background, caller, [&](Step& step) -> Status {
    step.run("job_interrupted", {to_ms(step.now - kInterrupted)});
    job = step.new_id<JobId>();
    step.run("job_insert", {job.value, std::string("import"), size_of(plan),
                            json::serialize(report_json(request, plan)), caller.actor(), to_ms(step.now)});
    step.fact("import.started", {}, job.value, {{"kind", request.kind}, {"source", plan.source}});
    return {};
  }));
  return job;
}

Status write_all(Runner& runner, const Caller& caller, ImportPlan& plan, JobId job, const ImportProgress& progress) {
  int64_t done = 0, total = size_of(plan);
  for (ImportKind kind : kImportKinds) {
    auto& records = plan.records[kind];
    for (size_t first = 0; first < records.size(); first += kImportBatch) {
      size_t n = std::min(kImportBatch, records.size() - first);
      TRY_VOID(runner.write(Lane::background, caller, [&](Step& step) -> Status {
        TRY_VOID(write_records(step, plan, job, kind, std::span(records).subspan(first, n)));
        step.run("job_progress", {job.value, done + static_cast<int64_t>(n), to_ms(step.now)});
        return {};
      }));
      done += static_cast<int64_t>(n);
      progress(plural_of(kind), done, total);
    }
  }
  return {};
}

Status end_job(Runner& runner, const Caller& caller, JobId job, std::string_view state, json::object report) {
  return runner.write(Lane::background, caller, [&](Step& step) -> Status {
    step.run("job_end", {job.value, std::string(state), json::serialize(report), to_ms(step.now)});
    step.fact(fmt::format("import.{}", state), {}, job.value, {{"counts", report["counts"]}});
    return {};
  });
}

// A dry run plans inside a transaction that is given up, so that what a first start puts in is there to look at.
Result<ImportPlan> plan_of(Runner& runner, const Caller& caller, const ImportRequest& request, const ImportMap& map,
                           const std::vector<ParsedFile>& files) {
  std::optional<ImportPlan> plan;
  auto look = [&](Step& step) -> Status {
    plan = TRY(plan_import(step, map, files));
    return {};
  };
  Status prepared = runner.write(Lane::background, caller, [&](Step& step) -> Status {
    TRY_VOID(step.require_role({Role::owner}));
    TRY_VOID(install_defaults(step));
    if (!request.dry_run) return {};
    TRY_VOID(look(step));
    return fail(Code::precondition, "a dry run");
  });
  if (request.dry_run && plan) return std::move(*plan);
  TRY_VOID(prepared);
  TRY_VOID(runner.read(caller, look));
  return std::move(*plan);
}

Json job_view(const Rows& rows, size_t r) {
  return json::object{{"id", JobId{rows.integer(r, 0)}.text()},
                      {"kind", rows.text(r, 1)},
                      {"state", rows.text(r, 2)},
                      {"done", rows.integer(r, 3)},
                      {"total", rows.integer(r, 4)},
                      {"report", stored_json(rows.text(r, 5), json::object{})},
                      {"actor", rows.text(r, 6)},
                      {"created_at", time_text(rows, r, 7)},
                      {"updated_at", time_text(rows, r, 8)}};
}

}  // namespace

ImportCounts ImportReport::total() const {
  ImportCounts out;
  for (const auto& [kind, c] : counts) {
    out.created += c.created;
    out.updated += c.updated;
    out.skipped += c.skipped;
    out.linked += c.linked;
    out.refused += c.refused;
  }
  return out;
}

Result<ImportReport> run_import(Runner& runner, const Caller& caller, const ImportRequest& request,
                                const ImportProgress& progress) {
  if (request.kind == "crm" && !request.map)
    return fail(Code::invalid, "a mapping (--map) says what the files of a CRM are");
  ImportMap map = request.map.value_or(ImportMap{});
  ImportReport notes;
  auto files = TRY(parse_files(request, map, notes));
  TRY_VOID(match_rules(request, map, files));
  ImportPlan plan = TRY(plan_of(runner, caller, request, map, files));
  plan.report.headers = std::move(notes.headers);
  plan.report.notes.insert(plan.report.notes.begin(), notes.notes.begin(), notes.notes.end());
  if (request.dry_run) return std::move(plan.report);
  plan.report.job = TRY(begin_job(runner, caller, request, plan));
  Status written = write_all(runner, caller, plan, plan.report.job, progress);
  json::object report = report_json(request, plan);
  if (!written) {
    report["error"] = written.error().message;
    (void)end_job(runner, caller, plan.report.job, "failed", std::move(report));
    return fail(written.error().code,
                fmt::format("{} was cut off: {} Run it again to go on, or take it back", plan.report.job.text(),
                            written.error().message),
                written.error().detail);
  }
  TRY_VOID(end_job(runner, caller, plan.report.job, "done", std::move(report)));
  return std::move(plan.report);
}

Result<Json> get_job(Step& step, JobId id) {
  TRY_VOID(step.require_role({Role::owner, Role::auditor}));
  Rows rows = step.run("job_get", {id.value});
  if (rows.empty()) return not_found("job");
  return job_view(rows, 0);
}

Result<json::array> list_jobs(Step& step, int64_t after, int64_t limit) {
  TRY_VOID(step.require_role({Role::owner, Role::auditor}));
  Rows rows = step.run("job_list", {after, limit});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(job_view(rows, r));
  return out;
}

}  // namespace onward::app
