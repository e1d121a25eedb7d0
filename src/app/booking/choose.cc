#include "app/booking/choose.h"

#include <algorithm>

#include "base/check.h"
#include "core/routing/routing.h"

namespace onward::app::booking {

Choice choose_host(std::span<const Candidate> candidates, Instant start) {
  check(!candidates.empty(), "nobody to choose from");
  bool somebody = std::ranges::any_of(candidates, [](const Candidate& c) { return c.weight > 0 || c.known; });
  routing::Request request{.at = start};
  std::vector<routing::Candidate> fit;
  for (const Candidate& c : candidates) {
    if (c.known) request.owner = c.id;
    fit.push_back({.advisor = c.id,
                   .weight = somebody ? static_cast<double>(c.weight) : 1,
                   .turns = static_cast<double>(c.recent)});
  }
  routing::Attribution a = routing::route(request, fit, {});
  auto chosen = std::ranges::find(candidates, *a.chosen, &Candidate::id);
  return {static_cast<size_t>(chosen - candidates.begin()), routing::to_json(a).at("candidates").as_array()};
}

}  // namespace onward::app::booking
