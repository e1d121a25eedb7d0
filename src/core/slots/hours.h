// Opening hours as instants; private to slots. All wall-clock arithmetic is Zone's.
#pragma once
#include "core/slots/slots.h"
#include "core/slots/spans.h"

namespace onward::slots {

// The days since 1970-01-01 that the wall shows at `ms`.
int64_t wall_day(const Zone&, int64_t ms);
Date date_of_day(int64_t day);
int64_t day_of_date(Date);

// How far a wall clock can be from UTC, generously.
constexpr int64_t kMostOffset = kDay;
// The instants at which the wall can show `day` lie within.
inline Span around_day(int64_t day) { return {day * kDay - kMostOffset, (day + 1) * kDay + kMostOffset}; }

// One window, before windows are merged.
struct OpenOn {
  Date date;  // on which it starts
  Span span;
};

enum class Take {
  real,    // weekly hours, replaced by exceptions, closed on holidays
  weekly,  // weekly hours alone
};

// The windows that can overlap `bounds`, by date.
std::vector<OpenOn> windows(const Schedule&, const Zone&, const std::vector<Travel>&, Span bounds, Take);
// The same, merged, not clipped: windows that start before `bounds` by up to three days are whole.
Spans open_spans(const Schedule&, const Zone&, const std::vector<Travel>&, Span bounds);

}  // namespace onward::slots
