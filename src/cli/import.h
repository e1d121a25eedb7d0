// `onward import KIND FILE.csv`, `onward import undo JOB`.
#pragma once
#include <string>

#include "app/step.h"

namespace onward::cli {

struct ImportArguments {
  std::string kind;     // organizations, ..., crm
  std::string path;     // a file; of kind crm its folder, or one of its files
  std::string map;      // mapping file; empty: columns are called like the fields
  std::string refused;  // where the refused rows go; empty: FILE.refused.csv beside each file
  bool dry_run = false;
};

// The exit code: 0 done (also with refused rows, which are listed), 1 with one line on stderr.
int import_files(app::Runner&, const ImportArguments&);
// 1 also when something had to stay because it was changed or used since.
int undo_import(app::Runner&, const std::string& job);

}  // namespace onward::cli
