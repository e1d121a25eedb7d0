// How the columns of a file become fields: an import's mapping, read from YAML. docs/import.md describes the format.
//
//   source: old-crm
//   dates: iso
//   files:
//     - file: deals.csv
//       conversations:
//         key: id
//         fields: {organization: account, stage: state, opened_at: created}
//         values: {stage: {Open: qualified, Won: won}}
//         constants: {type: prospect}
//         when_missing: {organization: placeholder}
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/csv.h"
#include "base/json.h"
#include "base/result.h"

namespace onward::app {

// In the order in which they refer to each other: a kind only refers to those before it, and to itself.
enum class ImportKind { agency, organization, advisor, contact, conversation };
inline constexpr ImportKind kImportKinds[] = {ImportKind::agency, ImportKind::organization, ImportKind::advisor,
                                              ImportKind::contact, ImportKind::conversation};
std::string_view to_string(ImportKind);  // agency
std::string_view plural_of(ImportKind);  // agencies, as files and commands call them
Result<ImportKind> parse_import_kind(std::string_view plural);

enum class DateOrder { iso, dmy, mdy, ymd };

struct FieldRule {
  std::string column;  // empty: `constant`
  std::string constant;
  std::map<std::string, std::string> values;  // by the trimmed text of the cell
};

// What happens to a reference that is blank (when_missing) or names something that is not there (when_unknown).
enum class Reference { refuse, leave_empty, create, placeholder };

struct Section {  // one kind of record made of the rows of one file
  ImportKind kind = ImportKind::organization;
  std::string key;                          // column; empty: from what identifies the kind
  std::map<std::string, FieldRule> fields;  // details.x beside the plain ones
  std::map<std::string, Reference> when_missing, when_unknown;
};

struct FileRule {
  std::string file;  // its name; empty: the one that is given
  std::vector<Section> sections;
};

struct ImportMap {
  std::string source = "csv";
  DateOrder dates = DateOrder::iso;
  char delimiter = 0;
  std::string zone;  // of dates and new records; empty: the installation's
  std::string placeholder = "(unnamed account)";
  std::vector<FileRule> files;
};

// Error: Code::invalid with pointers into the document.
Result<ImportMap> parse_import_map(std::string_view yaml);
// The mapping of a file whose columns are called like the fields (an export of ours is one).
Result<ImportMap> plain_import_map(ImportKind, const CsvTable&);

struct MappedRow {
  std::string key;             // empty when the section names no column
  Json body = json::object{};  // field -> text; `details` an object
};
// One row through a section's rules: trimmed, translated, blank cells left out. Error: what cannot be kept truthfully.
Result<MappedRow> map_row(const Section&, const std::vector<std::string>& header, const CsvRow&);

// Fields that hold JSON in a cell, and that hold several texts separated by ; or |.
bool is_json_field(std::string_view field);
bool is_list_field(std::string_view field);
const std::vector<std::string>& import_fields(ImportKind);

}  // namespace onward::app
