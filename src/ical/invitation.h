// iMIP (RFC 6047): the calendar part of a mail about one appointment, ready for the mail driver. The same text goes in
// twice, as an alternative of the body (what Outlook and Gmail act on) and as an attached file (what all others open).
#pragma once
#include <string>

#include "ical/calendar.h"

namespace onward::ical {

struct Invitation {
  std::string content_type;  // text/calendar; charset=UTF-8; method=REQUEST; component=VEVENT
  std::string body;          // UTF-8, CRLF
  std::string file_name;     // invite.ics
};

// Requires method request or cancel. Errors as write_calendar.
Result<Invitation> invitation(Method, const Event&);

}  // namespace onward::ical
