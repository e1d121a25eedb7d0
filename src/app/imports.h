// Imports: files from another system become agencies, organizations, advisors, contacts and conversations.
//
//   ImportReport r = TRY(run_import(runner, {.kind = "crm", .files = {{"deals.csv", bytes}}, .map = map}, progress));
//
// A row is created, updated (it came before and says something else now, and nobody changed the record since), skipped
// (it came before and says the same), linked (a record with that name or address was here before) or refused with its
// reason. What is known by its key in its source comes again without harm. Nothing is sent because of an import: no
// sequence starts. Records are written in batches of kImportBatch, each one transaction together with the job's row; an
// import that was cut off is continued by running it again, or taken back.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/import_map.h"
#include "app/step.h"

namespace onward::app {

constexpr size_t kImportBatch = 1000;

struct ImportFile {
  std::string name;  // as the mapping calls it
  std::string bytes;
};

struct ImportRequest {
  std::string kind;  // crm, or a plural such as organizations
  std::vector<ImportFile> files;
  std::optional<ImportMap> map;  // none: columns are called like the fields; required for crm
  bool dry_run = false;          // everything but writing
};

struct ImportCounts {
  int64_t created = 0, updated = 0, skipped = 0, linked = 0, refused = 0;
};

struct RefusedRow {
  std::string file;
  int line = 0;
  std::string reason;
  std::vector<std::string> cells;
};

struct ImportReport {
  JobId job;  // none after a dry run
  std::map<ImportKind, ImportCounts> counts;
  std::vector<RefusedRow> refused;
  std::vector<std::string> notes;
  std::map<std::string, std::vector<std::string>> headers;  // of each file, for the list of refused rows
  ImportCounts total() const;
};

// What is under way, how much of it is done, how much there is.
using ImportProgress = std::function<void(std::string_view what, int64_t done, int64_t total)>;

// Errors: forbidden (owners only), invalid (kind, mapping, a file that is no CSV), what the store returns.
Result<ImportReport> run_import(Runner&, const Caller&, const ImportRequest&, const ImportProgress&);

struct KeptRow {
  ImportKind kind;
  std::string id, name, reason;
};

struct UndoReport {
  std::map<ImportKind, int64_t> removed;
  int64_t restored = 0;       // updates put back
  std::vector<KeptRow> kept;  // changed or used since; they stay
};

// Takes back what the job created and has not been changed or used since. Errors: not_found, conflict (undone already).
Result<UndoReport> undo_import(Runner&, const Caller&, JobId, const ImportProgress&);

// Jobs as the API gives them. Owners and auditors.
Result<Json> get_job(Step&, JobId);
Result<json::array> list_jobs(Step&, int64_t after, int64_t limit);

}  // namespace onward::app
