// Reading iCalendar text from outside (RFC 5545 3.1): unfolding, content lines, components. Bounded in size, lines,
// components and depth; a text that is cut off is refused as a whole, since half a calendar would look like free time.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/zone.h"

namespace onward::ical {

struct Limits {
  size_t bytes = 8 << 20;
  size_t line_bytes = 64 << 10;  // unfolded; a longer line is left out, and counted when it is about times
  size_t lines = 1'000'000;
  size_t components = 50'000;
  int depth = 6;
  int64_t steps = 2'000'000;  // of working out recurrences, over the whole text
  size_t busy = 100'000;      // intervals found
};

struct Property {
  std::string name;                                         // upper case
  std::vector<std::pair<std::string, std::string>> params;  // names in upper case; of a list its text, without quotes
  std::string value;                                        // as written
  std::string_view param(std::string_view name) const;      // empty: absent
};

struct Component {
  std::string name;  // upper case
  std::vector<Property> properties;
  std::vector<Component> children;
  const Property* find(std::string_view name) const;    // the first one, or nullptr
  std::string_view value(std::string_view name) const;  // empty: absent
};

struct Content {
  std::vector<Component> calendars;  // VCALENDAR, one or more
  int lines_left_out = 0;            // no name or no value, or times in a line that is too long
};

// Errors: too_large; invalid when it is no calendar, is cut off, or its components do not nest.
Result<Content> read_content(std::string_view text, const Limits&);

// A DATE or DATE-TIME value.
struct Moment {
  LocalTime local;
  bool is_utc = false;
  bool is_date = false;
  std::string tzid;  // empty: UTC or floating
};
Result<Moment> read_moment(std::string_view value, std::string_view tzid = {});

// A DURATION: days by the calendar, the rest by the clock (RFC 5545 3.3.6). Negative ones are refused.
struct Duration {
  int days = 0;
  Millis rest{0};
};
Result<Duration> read_duration(std::string_view);
// [+-]HHMM or [+-]HHMMSS as seconds.
Result<int> read_offset(std::string_view);

}  // namespace onward::ical
