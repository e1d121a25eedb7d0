// How often somebody may come: one bucket of tokens a key, refilled at an even pace. In memory and for one process; a
// restart forgets. Thread-safe. When more keys come than fit, those whose buckets are full again are forgotten; when
// there are none, everybody new is refused: whoever sends from everywhere gains nothing.
//
//   if (auto wait = buckets.take(remote + " /b/first-talk", {.capacity = 20, .every = 60s}, now)) -> 429, Retry-After
#pragma once
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/instant.h"

namespace onward::http {

class TokenBuckets {
 public:
  struct Rate {
    int capacity = 10;   // at once
    Millis every{1000};  // one token more
  };
  explicit TokenBuckets(size_t max_keys = 50'000) : max_keys_(max_keys) {}
  // Nothing: one was taken. Else how long until there is one again, more than 0.
  std::optional<Millis> take(const std::string& key, Rate rate, Instant now);

 private:
  struct Bucket {
    Instant full_at;  // when it will be full again; in the past: it is
  };
  bool make_room(Instant now);
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  const size_t max_keys_;
};

// The part of an IP address that one customer holds: an IPv4 address, or the first 48 bits of an IPv6 address. Anything
// else stays as it is.
std::string network_of(std::string_view address);

}  // namespace onward::http
