// Wall-clock arithmetic around changes of the clocks; private to calendar.
#pragma once
#include "base/zone.h"

namespace onward::calendar {

// 24:00 is the next day's 00:00.
LocalTime normal(LocalTime);

// The first instant after `lo` with another offset than at `lo`. Requires one change of the clocks in (lo, hi].
Instant change_between(const Zone&, Instant lo, Instant hi);

// The earliest instant at which the wall shows `wall` or, when a gap swallowed it, the end of the gap.
Instant first_showing(const Zone&, LocalTime wall);
// The latest such instant: the second occurrence of a repeated time.
Instant last_showing(const Zone&, LocalTime wall);
// The earliest instant >= t at which the wall shows `wall` or a later time. Requires local(t) < wall.
Instant next_showing(const Zone&, Instant t, LocalTime local_of_t, LocalTime wall);

}  // namespace onward::calendar
