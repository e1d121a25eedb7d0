#include "app/booking/choose.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace onward::app::booking {
namespace {

constexpr size_t kShown = 10;  // candidates in the reasons

// Spreads equals over starts: a mixing of both numbers (splitmix64).
uint64_t turn(AdvisorId id, Instant start) {
  uint64_t x = static_cast<uint64_t>(id.value) ^ (static_cast<uint64_t>(to_ms(start)) * 0x9e3779b97f4a7c15ULL);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// (recent + 1) / weight, compared without dividing; weight 0 comes after all others.
bool lighter(const Candidate& a, const Candidate& b) {
  if ((a.weight == 0) != (b.weight == 0)) return b.weight == 0;
  return (a.recent + 1) * std::max<int64_t>(b.weight, 1) < (b.recent + 1) * std::max<int64_t>(a.weight, 1);
}

}  // namespace

Choice choose_host(std::span<const Candidate> candidates, Instant start) {
  check(!candidates.empty(), "nobody to choose from");
  std::vector<size_t> order(candidates.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](size_t i, size_t j) {
    const Candidate &a = candidates[i], &b = candidates[j];
    if (a.known != b.known) return a.known;
    if (lighter(a, b)) return true;
    if (lighter(b, a)) return false;
    return std::tuple(turn(a.id, start), a.id) < std::tuple(turn(b.id, start), b.id);
  });
  Choice out{order.front(), {}};
  for (size_t i : order) {
    if (out.reasons.size() == kShown) break;
    const Candidate& c = candidates[i];
    std::string_view because = candidates.size() == 1 ? "only_one_free" : c.known ? "knows_the_customer" : "fair_turn";
    out.reasons.push_back(json::object{{"host", c.id.text()},
                                       {"chosen", i == out.index},
                                       {"recent", c.recent},
                                       {"weight", c.weight},
                                       {"because", because}});
  }
  return out;
}

}  // namespace onward::app::booking
