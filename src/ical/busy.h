// When somebody is busy, read from a calendar of the outside world (an ICS address, a CalDAV object). What cannot be
// understood is said, never silently free time.
//
//   BusyRead read = TRY(read_busy(text, {.from = now, .to = now + days{60}, .floating = advisor_zone}));
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/zone.h"
#include "ical/content.h"

namespace onward::ical {

struct BusyQuery {
  Instant from, to;       // at most 5 years
  Zone floating = utc();  // of all-day events and of times without a zone
  Limits limits;
};

struct Busy {
  Instant from, to;  // half-open, never empty; may begin before and end after the range
  std::string uid;   // of the event; empty for VFREEBUSY
  bool tentative = false;
};

struct BusyRead {
  std::vector<Busy> busy;             // by start, then end, then uid; may overlap
  int events = 0;                     // VEVENT read, busy or not
  int not_understood = 0;             // events that are left out or of which a part is, see `problems`
  std::vector<std::string> problems;  // at most 20, "uid: what", for staff; control characters are dropped
};

// VEVENT with DTSTART and DTEND or DURATION, RRULE, RDATE, EXDATE and RECURRENCE-ID; VFREEBUSY. Left out because they
// take no time: TRANSP:TRANSPARENT, STATUS:CANCELLED, what Outlook marks as free, and a VCALENDAR with METHOD:CANCEL.
// An event whose rule is not understood is busy at its first time and counted. Errors: invalid, too_large; a text that
// is refused changes nothing that was known before.
Result<BusyRead> read_busy(std::string_view text, const BusyQuery&);

// Overlapping and touching intervals become one; uid and tentative are dropped.
std::vector<Busy> merged(std::vector<Busy>);

}  // namespace onward::ical
