#include "cli/slots.h"

#include <fmt/format.h>

#include <istream>

#include "cli/files.h"
#include "core/slots/scenario.h"

namespace onward::cli {
namespace {

// One byte more than is allowed, so that a longer text is known as such.
std::string read_all(std::istream& in) {
  std::string out(slots::kMaxScenarioBytes + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<size_t>(in.gcount()));
  return out;
}

}  // namespace

int print_slots(std::istream& in) {
  auto scenario = slots::parse_scenario(read_all(in));
  if (!scenario) return complain({scenario.error().code, scenario.error().message, {}, {}});
  slots::Board board(*scenario);
  fmt::print("{}\n", dump(slots::answer(*scenario, board)));
  return 0;
}

}  // namespace onward::cli
