// Points in time and the Clock. Only a Clock reads the machine's clock; everything else takes `now` as an argument.
#pragma once
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace onward {

using Millis = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Millis>;  // UTC, milliseconds
using namespace std::chrono_literals;

constexpr int64_t to_ms(Instant t) { return t.time_since_epoch().count(); }
constexpr Instant from_ms(int64_t ms) { return Instant{Millis{ms}}; }

// RFC 3339 in UTC, "2026-03-30T08:00:00Z"; milliseconds only when they are not zero.
std::string format_rfc3339(Instant);
// Accepts any RFC 3339 date-time with an offset; years 1970..9999. Error: Code::invalid.
Result<Instant> parse_rfc3339(std::string_view);
// ISO 8601 durations of fixed length: P3D, PT2H30M, P1W, P1DT12H; at most 10 years. Error: Code::invalid.
Result<Millis> parse_duration(std::string_view);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class RealClock final : public Clock {
 public:
  Instant now() const override;
};

// A clock that moves only when told to; it never goes back.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start);
  Instant now() const override;
  void set(Instant);

 private:
  std::atomic<int64_t> ms_;
};

}  // namespace onward
