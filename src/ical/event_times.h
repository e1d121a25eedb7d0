// When an outside event begins and how long it lasts (RFC 5545 3.6.1, 3.8.2, 3.8.5).
#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "ical/content.h"
#include "ical/wall.h"

namespace onward::ical {

struct Times {
  Moment start;
  std::optional<Moment> end;  // at most one of these two
  std::optional<Duration> duration;
};
// Error: Code::invalid, the message says what is missing or wrong.
Result<Times> read_times(const Component& event);

// A length that every instance of an event has: days by the calendar, then the rest by the clock.
struct Length {
  int days = 0;
  Millis rest{0};
  int at_most_days() const;
};
// Neither end nor duration: the whole day for a date, nothing for a time.
Length length_of(const Times&, WallClocks&);
Instant end_of(const Moment& start, const Length&, WallClocks&);

// PERIOD: start/end or start/duration.
Result<std::pair<Instant, Instant>> read_period(std::string_view, std::string_view tzid, WallClocks&);

// Every comma-separated value of every property of this name.
void each_part(std::string_view list, const std::function<void(std::string_view)>&);
void each_value(const Component&, std::string_view name, const std::function<void(std::string_view, const Property&)>&);

}  // namespace onward::ical
