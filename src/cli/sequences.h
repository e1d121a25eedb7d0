// `onward sequences export|import|lint`: sequences as YAML files that people keep and review.
#pragma once
#include <string>

#include "app/step.h"

namespace onward::cli {

// Into a file the one called `name`; into a folder every sequence that is not retired, one file each.
int export_sequences(app::Runner&, const std::string& path, const std::string& name);
// The draft of a new version; an owner publishes it after seeing what that does.
int import_sequence(app::Runner&, const std::string& path);
// Every fault with its place; nothing is written.
int lint_sequence(app::Runner&, const std::string& path);

}  // namespace onward::cli
