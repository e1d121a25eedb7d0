#include "http/token_buckets.h"

#include <arpa/inet.h>

#include <array>

#include <fmt/format.h>

#include "base/check.h"

namespace onward::http {
namespace {

constexpr Millis kFull{60'000};  // when there is no room at all

}  // namespace

std::optional<Millis> TokenBuckets::take(const std::string& key, Rate rate, Instant now) {
  check(rate.capacity > 0 && rate.every > Millis{0}, "a rate");
  std::scoped_lock lock(mutex_);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= max_keys_ && !make_room(now)) return kFull;
    found = buckets_.emplace(key, Bucket{now}).first;
  }
  Instant from = std::max(found->second.full_at, now);
  Instant after = from + rate.every;
  Instant limit = now + rate.every * rate.capacity;
  if (after > limit) return after - limit;
  found->second.full_at = after;
  return std::nullopt;
}

bool TokenBuckets::make_room(Instant now) {
  std::erase_if(buckets_, [&](const auto& entry) { return entry.second.full_at <= now; });
  return buckets_.size() < max_keys_;
}

std::string network_of(std::string_view address) {
  std::string text(address);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin()))
    return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
  return fmt::format("{:02x}{:02x}:{:02x}{:02x}:{:02x}{:02x}::/48", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                     bytes[5]);
}

}  // namespace onward::http
