// Times that come again by the wall clock: "every second Tuesday at 10:00" stays at 10:00 when the clocks change. Pure.
#pragma once
#include <vector>

#include "base/json.h"
#include "base/schema.h"
#include "base/zone.h"

namespace onward::app::booking {

inline constexpr int kMostRepeats = 52;

enum class Every { week, two_weeks, month };
const Shape& repeat_shape();  // {every: week | 2weeks | month, count}
struct Repeat {
  Every every = Every::week;
  int count = 1;  // the first one included
};
Repeat read_repeat(const Json&);  // of that shape

// `first` and what follows, ascending. A month without that day has its last one instead; a time that a change of the
// clocks skips takes the offset before it.
std::vector<Instant> repeated(Instant first, const Zone&, const Repeat&);

}  // namespace onward::app::booking
