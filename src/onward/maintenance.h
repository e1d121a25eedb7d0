// Commands on the database as a whole: backup, restore, migrate.
#pragma once
#include <string>

#include "onward/options.h"

namespace onward {

// The exit codes: 0 done, 1 with one line on stderr.
int backup(const Options&, const std::string& file);
// Puts a backup into the data directory. Sending stays paused until `resume`, because messages that went out after the
// backup was made would go out again. `force` replaces a database that is there; the old one is kept beside it.
int restore(const Options&, const std::string& file, bool force);
int resume(const Options&);
int migrate(const Options&, bool dry_run);

}  // namespace onward
