// What a command that takes long says meanwhile, on stderr: a bar where somebody watches, a line a second elsewhere.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace onward::cli {

class Progress {
 public:
  explicit Progress(bool terminal);
  ~Progress();
  void show(std::string_view what, int64_t done, int64_t total);
  double seconds() const;

 private:
  bool terminal_, shown_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

// Whether stderr is a terminal.
bool stderr_is_terminal();

}  // namespace onward::cli
