// `onward export DIR`.
#pragma once
#include <string>

#include "app/step.h"

namespace onward::cli {

// Writes into an empty or new folder, so that files of two exports never mix. 1 with one line on stderr.
int export_to(app::Runner&, const std::string& folder);

}  // namespace onward::cli
