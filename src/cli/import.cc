#include "cli/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/imports.h"
#include "cli/files.h"
#include "cli/progress.h"

namespace onward::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kShownRefused = 10;
constexpr size_t kShownKept = 20;

// Each file's path, by the name that the mapping has for it.
Result<std::map<std::string, std::string>> paths_of(const ImportArguments& a, const app::ImportRequest& request) {
  std::map<std::string, std::string> out;
  if (a.kind != "crm") {
    out[fs::path(a.path).filename()] = a.path;
    return out;
  }
  fs::path folder = fs::is_directory(a.path) ? fs::path(a.path) : fs::path(a.path).parent_path();
  for (const app::FileRule& rule : request.map->files) {
    if (rule.file.empty()) return fail(Code::invalid, "a mapping of kind crm names its files");
    if (rule.file.find('/') != std::string::npos)
      return fail(Code::invalid, fmt::format("{} must be a plain file name", rule.file));
    out[rule.file] = folder / rule.file;
  }
  return out;
}

void print_counts(const app::ImportReport& report) {
  fmt::print("{:<14}{:>9}{:>9}{:>9}{:>9}{:>9}\n", "", "create", "update", "skip", "link", "refuse");
  for (const auto& [kind, c] : report.counts)
    fmt::print("{:<14}{:>9}{:>9}{:>9}{:>9}{:>9}\n", app::plural_of(kind), c.created, c.updated, c.skipped, c.linked,
               c.refused);
}

void print_refused(const app::ImportReport& report) {
  size_t n = std::min(report.refused.size(), kShownRefused);
  for (size_t i = 0; i < n; ++i)
    fmt::print("refused: {} line {}: {}\n", report.refused[i].file, report.refused[i].line, report.refused[i].reason);
  if (report.refused.size() > n) fmt::print("... and {} more\n", report.refused.size() - n);
}

// The refused rows of one file with their reasons, ready to be mended and imported.
Status write_refused(const app::ImportReport& report, const std::string& file, const std::string& path) {
  std::vector<std::string> header = report.headers.at(file);
  header.push_back("reason");
  std::string out = app::csv_line(header);
  int64_t n = 0;
  for (const app::RefusedRow& row : report.refused) {
    if (row.file != file) continue;
    std::vector<std::string> cells = row.cells;
    cells.resize(header.size() - 1);
    cells.push_back(row.reason);
    out += app::csv_line(cells);
    ++n;
  }
  if (n == 0) return {};
  TRY_VOID(write_whole(path, out));
  fmt::print("{} refused rows: {}\n", n, path);
  return {};
}

Status run(app::Runner& runner, const ImportArguments& a) {
  app::ImportRequest request{.kind = a.kind, .dry_run = a.dry_run};
  if (!a.map.empty()) request.map = TRY(app::parse_import_map(TRY(read_whole(a.map, 64 * 1024))));
  if (a.kind == "crm" && !request.map) return fail(Code::invalid, "a mapping (--map) says what the files of a CRM are");
  auto paths = TRY(paths_of(a, request));
  for (const auto& [name, path] : paths) request.files.push_back({name, TRY(read_whole(path, app::kMaxCsvBytes))});
  Progress progress(stderr_is_terminal());
  app::ImportReport report = TRY(
      app::run_import(runner, app::system_caller(), request,
                      [&](std::string_view what, int64_t done, int64_t total) { progress.show(what, done, total); }));
  for (const std::string& note : report.notes) fmt::print("note: {}\n", note);
  print_counts(report);
  print_refused(report);
  if (a.dry_run) {
    fmt::print("Nothing was written.\n");
    return {};
  }
  for (const auto& [name, path] : paths)
    TRY_VOID(write_refused(report, name, a.refused.empty() || paths.size() > 1 ? path + ".refused.csv" : a.refused));
  fmt::print("{} in {:.1f} s. To take it back: onward import undo {}\n", report.job.text(), progress.seconds(),
             report.job.text());
  return {};
}

}  // namespace

int import_files(app::Runner& runner, const ImportArguments& a) {
  Status done = run(runner, a);
  return done ? 0 : complain(done.error());
}

int undo_import(app::Runner& runner, const std::string& job) {
  auto id = JobId::parse(job);
  if (!id) return complain({Code::invalid, fmt::format("{} is no job: they look like job_...", job), {}, {}});
  Progress progress(stderr_is_terminal());
  auto report =
      app::undo_import(runner, app::system_caller(), *id,
                       [&](std::string_view what, int64_t done, int64_t total) { progress.show(what, done, total); });
  if (!report) return complain(report.error());
  for (const auto& [kind, n] : report->removed) fmt::print("{:<14}{:>9} removed\n", app::plural_of(kind), n);
  if (report->restored) fmt::print("{:<14}{:>9} put back\n", "updates", report->restored);
  size_t shown = std::min(report->kept.size(), kShownKept);
  for (size_t i = 0; i < shown; ++i)
    fmt::print("kept: {} {}: {}\n", report->kept[i].id, report->kept[i].name, report->kept[i].reason);
  if (report->kept.size() > shown) fmt::print("... and {} more\n", report->kept.size() - shown);
  if (report->kept.empty()) return 0;
  return complain(
      {Code::conflict, fmt::format("{} records were changed or used since and stay", report->kept.size()), {}, {}});
}

}  // namespace onward::cli
