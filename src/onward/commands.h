// The subcommands beside `serve`: each works on the database directly, beside a running server.
#pragma once
#include <functional>

#include "onward/options.h"

namespace CLI {
class App;
}

namespace onward {

using AddStoreOptions = std::function<void(CLI::App&, Options&)>;
using FromEnvironment = std::function<Status(Options&, CLI::App&)>;

// Adds them to `app`; the one that runs puts its exit code (0 done, 1 refused with one line on stderr, 2 usage) into
// `exit_code`.
void add_commands(CLI::App& app, Options& options, int& exit_code, AddStoreOptions store_options,
                  FromEnvironment environment);

}  // namespace onward
