#include "base/log.h"

#include <unistd.h>

#include <atomic>

#include "base/instant.h"

namespace onward {
namespace {

std::atomic<LogLevel> threshold{LogLevel::info};
constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};

}  // namespace

void set_log_level(LogLevel level) { threshold = level; }

void log_line(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < threshold.load()) return;
  json::object line;
  line["at"] = format_rfc3339(RealClock().now());
  line["level"] = kNames[static_cast<size_t>(level)];
  line["event"] = event;
  for (const LogField& field : fields) line[json::string_view(field.key)] = field.value;
  std::string text = json::serialize(line) + "\n";
  // One write per line keeps lines whole between threads; a full pipe must not stop the work.
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace onward
