#include "app/suppression.h"

#include <unordered_map>

#include "base/crypto.h"
#include "base/text.h"

namespace onward::app {

std::string suppression_hash(std::string_view kind, std::string_view address) {
  return sha256_hex(std::string(kind) + ":" + ascii_lower(address));
}

ports::Params suppression_params(std::string_view kind, std::string_view address, Instant at, std::string_view reason) {
  return {suppression_hash(kind, address), to_ms(at), std::string(reason)};
}

std::vector<size_t> suppress_known(Step& step, const std::vector<NewPoint>& points) {
  if (points.empty()) return {};
  json::array hashes;
  std::unordered_multimap<std::string, size_t> of;
  for (size_t i = 0; i < points.size(); ++i) {
    std::string hash = suppression_hash(points[i].kind, points[i].address);
    hashes.push_back(Json(hash));
    of.emplace(std::move(hash), i);
  }
  std::vector<size_t> found;
  Rows known = step.run("suppression_among", {json::serialize(hashes)});
  for (size_t r = 0; r < known.size(); ++r) {
    auto [from, to] = of.equal_range(known.text(r, 0));
    for (auto it = from; it != to; ++it) {
      step.run("suppression_point", {points[it->second].id, known.integer(r, 1), known.text(r, 2)});
      found.push_back(it->second);
    }
  }
  return found;
}

}  // namespace onward::app
