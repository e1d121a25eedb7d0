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

int print_slots(std::istream& in, const std::string& why) {
  auto scenario = slots::read_scenario(read_all(in));
  if (!scenario) return complain({scenario.error().code, scenario.error().message, {}, {}});
  slots::Board board(*scenario);
  if (!why.empty()) {
    auto start = parse_rfc3339(why);
    if (!start) return complain({Code::invalid, "--why takes a time such as 2026-03-31T10:00:00+02:00", {}, {}});
    json::array hosts;
    for (const slots::Explained& e : board.explain(*start)) {
      json::array reasons;
      for (slots::Reason r : e.reasons) reasons.emplace_back(slots::to_string(r));
      hosts.push_back(json::object{
          {"host", scenario->hosts[e.host].id}, {"offered", e.reasons.empty()}, {"reasons", std::move(reasons)}});
    }
    fmt::print("{}\n", dump(Json(json::object{{"start", format_rfc3339(*start)}, {"hosts", std::move(hosts)}})));
    return 0;
  }
  fmt::print("{}\n", dump(slots::answer(*scenario, board)));
  return 0;
}

}  // namespace onward::cli
