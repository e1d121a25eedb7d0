#include "app/booking/choose.h"

#include "base/check.h"

namespace onward::app::booking {

routing::Attribution choose_host(const routing::Request& request, std::vector<routing::Candidate> candidates,
                                 routing::Rules rules, std::string_view language) {
  check(!candidates.empty(), "nobody to choose from");
  routing::Attribution out = routing::route(request, candidates, rules, language);
  if (out.chosen) return out;
  rules = {routing::Need::preferred, routing::Need::preferred, routing::Need::preferred};
  out = routing::route(request, candidates, rules, language);
  if (out.chosen) return out;
  for (routing::Candidate& c : candidates) c.capacity = 0;
  out = routing::route(request, candidates, rules, language);
  if (out.chosen) return out;
  for (routing::Candidate& c : candidates) c.weight = 1;
  out = routing::route(request, candidates, rules, language);
  check(out.chosen.has_value(), "somebody is free and nobody may come");
  return out;
}

}  // namespace onward::app::booking
