#include "core/calendar/wall.h"

namespace onward::calendar {

using std::chrono::days;
using std::chrono::seconds;

LocalTime normal(LocalTime t) {
  if (t.time < days{1}) return t;
  return {add_days(t.date, 1), t.time - days{1}};
}

Instant change_between(const Zone& zone, Instant lo, Instant hi) {
  int before = zone.offset_s(lo);
  int64_t a = to_ms(lo) / 1000, b = (to_ms(hi) + 999) / 1000;  // changes happen on whole seconds
  while (b - a > 1) {
    int64_t middle = a + (b - a) / 2;
    (zone.offset_s(Instant{seconds{middle}}) == before ? a : b) = middle;
  }
  return Instant{seconds{b}};
}

Instant first_showing(const Zone& zone, LocalTime wall) {
  Located found = zone.locate(wall);
  if (found.kind != LocalKind::skipped) return found.instant;
  // In a gap the wall time counts with the offset before it, so the change lies less than a gap's length earlier.
  return change_between(zone, found.instant - days{1}, found.instant);
}

Instant last_showing(const Zone& zone, LocalTime wall) {
  Located found = zone.locate(wall);
  if (found.kind == LocalKind::skipped) return first_showing(zone, wall);
  if (found.kind == LocalKind::unique) return found.instant;
  return found.instant + seconds{zone.offset_s(found.instant) - zone.offset_s(found.instant + days{1})};
}

Instant next_showing(const Zone& zone, Instant t, LocalTime local, LocalTime wall) {
  Instant same_offset = t + days{days_between(local.date, wall.date)} + (wall.time - local.time);
  if (zone.offset_s(same_offset) == zone.offset_s(t)) return same_offset;
  Instant first = first_showing(zone, wall);
  return first >= t ? first : last_showing(zone, wall);
}

}  // namespace onward::calendar
