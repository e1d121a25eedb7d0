// Files that commands read and write.
#pragma once
#include <string>

#include "base/result.h"

namespace onward::cli {

// Error: unavailable, naming the file; too_large beyond `most` bytes.
Result<std::string> read_whole(const std::string& path, size_t most);
// Writes beside it and renames, so that nobody ever sees half a file.
Status write_whole(const std::string& path, const std::string& bytes);

// One line on stderr; returns 1.
int complain(const Error&);

}  // namespace onward::cli
