// RemoteCalendar over HTTP: an ICS address (RFC 5545 by a conditional GET) or a CalDAV collection (RFC 4791). The
// address of a CalDAV account may be the collection, a principal or the server's root: then the first calendar of its
// home is it.
#pragma once
#include "ports/remote_calendar.h"

namespace onward::caldav {

class Client final : public ports::RemoteCalendar {
 public:
  Result<ports::CalendarReading> read(const ports::CalendarAccount&, const ports::CalendarQuery&) override;
  Result<ports::CalendarWritten> put(const ports::CalendarAccount&, const ports::CalendarItem&) override;
  Result<ports::CalendarWritten> remove(const ports::CalendarAccount&, const ports::CalendarItem&) override;
};

}  // namespace onward::caldav
