// Internal to imports: what a run will do, decided before anything is written.
#pragma once
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/imports.h"
#include "base/zone.h"

namespace onward::app {

enum class ImportAction { create, update, link };

struct PlannedRecord {
  ImportKind kind = ImportKind::organization;
  ImportAction action = ImportAction::create;
  int64_t id = 0;
  std::string key, hash;
  Json body = json::object{};           // checked; references still by name
  std::map<std::string, int64_t> refs;  // field -> record
  Instant opened_at, closed_at;         // of conversations; closed_at only when it is closed
  int depth = 0;                        // of organizations: below how many others
  bool again = false;                   // its key was used by a record that is gone
  int64_t ref(std::string_view field) const {
    auto it = refs.find(std::string(field));
    return it == refs.end() ? 0 : it->second;
  }
};

struct ImportPlan {
  std::string source, zone, language;
  std::map<ImportKind, std::vector<PlannedRecord>> records;  // parents before what refers to them
  ImportReport report;
};

struct ParsedFile {
  std::string name;
  CsvTable table;
  const FileRule* rule = nullptr;
};

// Reads the database, writes nothing. `map` has a rule for every parsed file.
Result<ImportPlan> plan_import(Step&, const ImportMap& map, const std::vector<ParsedFile>& files);

// What may stand in the fields of a kind, once texts have become numbers and lists.
const Shape& import_shape(ImportKind);
// A day, or a day and a time, in the file's order: 2017-03-01, 1.3.2017, 03/01/2017 14:30, or RFC 3339.
Result<Instant> parse_file_date(std::string_view text, DateOrder order, const Zone& zone);
// "1,234.50", "1.234,50" or "1234.5". Error: not a number, or it could be read two ways.
Result<double> parse_file_number(std::string_view text);

// Writes some records of one kind and what belongs to them; `job` remembers each.
Status write_records(Step&, const ImportPlan&, JobId job, ImportKind, std::span<PlannedRecord> records);

}  // namespace onward::app
