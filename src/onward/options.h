// What a process is started with: flags, then ONWARD_* variables (also as files, ONWARD_X_FILE).
#pragma once
#include <string>

#include "base/result.h"

namespace onward {

struct Options {
  std::string data = "data";  // directory: the SQLite database and the installation's key
  std::string database;       // postgres://… ; empty: SQLite in `data`
  std::string listen = "127.0.0.1:8080";
  std::string base_url;        // of the public pages; empty: from `listen`
  std::string clock = "real";  // real, manual
  std::string clock_start;     // of a manual clock; empty: where it was left, else now
  std::string mail = "auto";   // auto (SMTP once a mailbox has a host), capture, log
  std::string smtp_sink;       // host:port that takes all mail instead (trials on loopback)
  bool demo = false;
  bool quiet = false;
};

// The value of a flag, else of ONWARD_<NAME>, else of the file that ONWARD_<NAME>_FILE names, else `fallback`.
Result<std::string> setting(const std::string& flag, const char* name, const std::string& fallback);

}  // namespace onward
