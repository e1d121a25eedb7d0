#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace onward::cli {
namespace {

constexpr int kBarWidth = 30;
constexpr auto kBarEvery = std::chrono::milliseconds{100};
constexpr auto kLineEvery = std::chrono::seconds{1};

}  // namespace

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

Progress::Progress(bool terminal) : terminal_(terminal), start_(std::chrono::steady_clock::now()), last_(start_) {}

Progress::~Progress() {
  if (terminal_ && shown_) fmt::print(stderr, "\r{:80}\r", "");
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Progress::show(std::string_view what, int64_t done, int64_t total) {
  auto now = std::chrono::steady_clock::now();
  if (now - last_ < (terminal_ ? std::chrono::nanoseconds(kBarEvery) : std::chrono::nanoseconds(kLineEvery))) return;
  last_ = now;
  shown_ = true;
  double share = total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0;
  int full = static_cast<int>(share * kBarWidth);
  if (terminal_)
    fmt::print(stderr, "\r[{:=<{}}{: <{}}] {:3.0f} % {:20}", "", full, "", kBarWidth - full, share * 100, what);
  else
    fmt::print(stderr, "{} of {} ({:.0f} %), {}\n", done, total, share * 100, what);
  std::fflush(stderr);
}

}  // namespace onward::cli
