// VTIMEZONE (RFC 5545 3.6.5) of an IANA zone, from the zone's real transitions around the time in question. Every
// observance has its DTSTART in the wall-clock time before the change. Where the same rule holds for years it is
// written as a yearly RRULE, which Outlook, Google and Apple all understand; where it does not (Morocco, a country that
// has just changed its law) each change stands by its date.
#pragma once
#include <string>
#include <vector>

#include "base/zone.h"

namespace onward::ical {

struct Transition {
  Instant at;        // the first instant of the new offset
  int before_s = 0;  // seconds east of UTC
  int after_s = 0;
};
// Changes of the offset in (from, to], in order. Two changes less than a day apart that cancel out are not seen;
// tzdata has none.
std::vector<Transition> transitions(const Zone&, Instant from, Instant to);

// Lines from BEGIN:VTIMEZONE to END:VTIMEZONE, right at least for [from, to]. Requires from <= to, at most 50 years
// apart.
std::string write_vtimezone(const Zone&, Instant from, Instant to);

}  // namespace onward::ical
