// onward-sim: simulates an installation under one seed, or races people against the sender.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <functional>
#include <string_view>

#include "base/log.h"
#include "sim/bookings.h"
#include "sim/interleave.h"
#include "sim/simulation.h"

namespace onward::sim {
namespace {

constexpr std::string_view kUsage =
    "onward-sim --seed N --days D --contacts C [--faults all|none|crash,smtp,clock,commit,slow] [--verbose]\n"
    "onward-sim --interleave N --seed S\n"
    "onward-sim bookings --seed N --count N [--database URL] [--clients N] [--faults all|none]\n";

struct Arguments {
  Options options;
  int64_t interleave = 0;
  std::string faults = "all";
};

bool read_number(std::string_view text, auto& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= 0;
}

bool read_faults(std::string_view text, Faults& f) {
  if (text == "all") f = {true, true, true, true, true};
  if (text == "all" || text == "none") return true;
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word == "crash")
      f.crash = true;
    else if (word == "smtp")
      f.smtp = true;
    else if (word == "clock")
      f.clock = true;
    else if (word == "commit")
      f.commit = true;
    else if (word == "slow")
      f.slow = true;
    else
      return false;
  }
  return true;
}

bool read_arguments(int argc, char** argv, Arguments& a) {
  for (int i = 1; i < argc; ++i) {
    std::string_view flag = argv[i];
    if (flag == "--verbose") {
      a.options.verbose = true;
      continue;
    }
    if (++i >= argc) return false;
    std::string_view value = argv[i];
    bool ok = flag == "--seed"         ? read_number(value, a.options.seed)
              : flag == "--days"       ? read_number(value, a.options.days) && a.options.days > 0
              : flag == "--contacts"   ? read_number(value, a.options.contacts) && a.options.contacts > 0
              : flag == "--interleave" ? read_number(value, a.interleave) && a.interleave > 0
              : flag == "--faults"     ? read_faults(value, a.options.faults)
                                       : false;
    if (!ok) return false;
    if (flag == "--faults") a.faults = value;
  }
  return true;
}

int simulate(const Arguments& a) {
  try {
    Report report = Simulation(a.options).run();
    for (const auto& [what, n] : report.happened) fmt::print("  {:<28} {:>8}\n", what, n);
    for (size_t r = 0; r < kRules; ++r)
      fmt::print("checked {:<20} {:>8}\n", to_string(static_cast<Rule>(r)), report.checked[r]);
    fmt::print("seed {} state {}\n", a.options.seed, report.hash);
    return 0;
  } catch (const Violation& v) {
    fmt::print("BROKEN {}\n", v.what());
    fmt::print("replay: onward-sim --seed {} --days {} --contacts {} --faults {}\n", a.options.seed, a.options.days,
               a.options.contacts, a.faults);
    return 1;
  }
}

// What was counted, or what is broken; `replay` is the one line that shows it again.
int judged(const std::function<std::string()>& run, const std::string& replay) {
  try {
    fmt::print("{}", run());
    return 0;
  } catch (const Violation& v) {
    fmt::print("BROKEN {}\nreplay: {}\n", v.what(), replay);
    return 1;
  }
}

int interleave(const Arguments& a) {
  return judged([&] { return interleavings(a.options.seed, a.interleave); },
                fmt::format("onward-sim --interleave {} --seed {}", a.interleave, a.options.seed));
}

bool read_booking_arguments(int argc, char** argv, BookingOptions& o) {
  for (int i = 2; i + 1 < argc; i += 2) {
    std::string_view flag = argv[i], value = argv[i + 1];
    bool ok = flag == "--seed"       ? read_number(value, o.seed)
              : flag == "--count"    ? read_number(value, o.count) && o.count > 0
              : flag == "--clients"  ? read_number(value, o.clients) && o.clients > 0
              : flag == "--faults"   ? value == "all" || value == "none"
              : flag == "--database" ? !value.empty()
                                     : false;
    if (!ok) return false;
    if (flag == "--faults") o.faults = value == "all";
    if (flag == "--database") o.database = value;
  }
  if (o.clients > 1) o.faults = false;
  return argc % 2 == 0 && (o.clients == 1 || !o.database.empty());
}

int contest(int argc, char** argv) {
  BookingOptions o;
  if (!read_booking_arguments(argc, argv, o)) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  set_log_level(static_cast<LogLevel>(static_cast<int>(LogLevel::error) + 1));
  return judged([&] { return bookings(o); },
                fmt::format("onward-sim bookings --seed {} --count {}{}{} --faults {}", o.seed, o.count,
                            o.database.empty() ? "" : " --database URL",
                            o.clients > 1 ? fmt::format(" --clients {}", o.clients) : "", o.faults ? "all" : "none"));
}

}  // namespace
}  // namespace onward::sim

int main(int argc, char** argv) {
  using namespace onward;
  if (argc > 1 && std::string_view(argv[1]) == "bookings") return sim::contest(argc, argv);
  sim::Arguments arguments;
  sim::read_faults("all", arguments.options.faults);
  for (int i = 1; i + 1 < argc; ++i)
    if (std::string_view(argv[i]) == "--faults") arguments.options.faults = {};
  if (!sim::read_arguments(argc, argv, arguments)) {
    fmt::print(stderr, "{}", sim::kUsage);
    return 2;
  }
  // Failures are what is looked for here: the log would only repeat them.
  set_log_level(arguments.options.verbose ? LogLevel::info
                                          : static_cast<LogLevel>(static_cast<int>(LogLevel::error) + 1));
  return arguments.interleave > 0 ? sim::interleave(arguments) : sim::simulate(arguments);
}
