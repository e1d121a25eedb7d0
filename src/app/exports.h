// Everything out: every table as it is, as CSV and as JSON lines, and the records as files that an import takes back
// (agencies.csv, organizations.csv, advisors.csv, contacts.csv, conversations.csv). One snapshot.
//
// Left out: what only means something to a running server (sessions, remembered requests, the search index), and the
// columns that hold secrets or their digests. Cells are harmless in a spreadsheet (csv.h).
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/step.h"

namespace onward::app {

// Adds text to a file of the export, which the first call begins.
using ExportSink = std::function<Status(const std::string& file, std::string_view text)>;
using ExportProgress = std::function<void(std::string_view what, int64_t done, int64_t total)>;

struct ExportedFile {
  std::string name;
  int64_t rows = 0;
};

// Errors: forbidden (owners and auditors only), what the sink returns.
Result<std::vector<ExportedFile>> export_all(Runner&, const Caller&, const ExportSink&, const ExportProgress&);

// The tables that are exported, and those that are left out on purpose; together they are all there are.
const std::vector<std::string>& exported_tables();
const std::vector<std::string>& unexported_tables();

}  // namespace onward::app
