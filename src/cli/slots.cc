#include "cli/slots.h"

#include <fmt/format.h>

#include <istream>

#include "cli/files.h"
#include "core/slots/scenario.h"

namespace onward::cli {
namespace {

constexpr size_t kChunk = 64 << 10;

// Stops soon after more than is allowed, which the reader of scenarios then refuses.
std::string read_all(std::istream& in) {
  std::string out;
  while (in && out.size() <= slots::kMaxScenarioBytes) {
    size_t had = out.size();
    out.resize(had + kChunk);
    in.read(out.data() + had, kChunk);
    out.resize(had + static_cast<size_t>(in.gcount()));
  }
  return out;
}

}  // namespace

int print_slots(std::istream& in) {
  auto scenario = slots::read_scenario(read_all(in));
  if (!scenario) return complain({scenario.error().code, scenario.error().message, {}, {}});
  slots::Board board(*scenario);
  fmt::print("{}\n", dump(slots::answer(*scenario, board)));
  return 0;
}

}  // namespace onward::cli
