// `onward serve`: the whole program.
#pragma once
#include "onward/options.h"

namespace onward {

// Runs until SIGTERM or SIGINT. Returns the exit code.
int serve(const Options& options);

}  // namespace onward
