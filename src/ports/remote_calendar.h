// A calendar elsewhere: its busy time is read, and appointments are written into it. Blocks; called by the loop of
// app/calendars only, outside of every transaction.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/zone.h"

namespace onward::ports {

enum class CalendarKind { ics, caldav };

struct CalendarAccount {
  CalendarKind kind = CalendarKind::ics;
  std::string url;         // http or https, without credentials; may be a secret
  std::string collection;  // CalDAV: where its objects are, as an earlier call found it; empty: not known yet
  std::string username, password;
  std::vector<std::string> private_hosts;  // inside addresses are reached under these names only
};

struct CalendarQuery {
  Instant from, to;
  Zone floating = utc();                       // of all-day events and of times without a zone
  std::string validator;                       // of the last reading; empty: read everything
  std::function<bool(std::string_view)> ours;  // whether a UID is one of our own, which is not busy time
};

struct BusyTime {
  Instant from, to;
};

struct CalendarReading {
  bool unchanged = false;      // since the validator; then nothing else but the collection is set
  std::vector<BusyTime> busy;  // ascending, neither overlapping nor touching
  int events = 0;
  int not_understood = 0;
  std::string problem;  // the first thing that was not understood
  std::string validator;
  std::string collection;
};

struct CalendarItem {
  std::string uid;
  std::string text;  // the object; not needed to remove it
  std::string etag;  // of what is there as far as it is known; empty: nothing, or nobody knows
};

struct CalendarWritten {
  std::string etag;  // empty: the server did not say
  std::string collection;
};

// Messages of errors are for staff and name no address. Errors of all: unauthorized (who we are is refused), forbidden
// (the egress policy, or the server), not_found (no calendar there), too_large, invalid (what came is no calendar, or
// the server does not speak CalDAV), unavailable (try again later).
class RemoteCalendar {
 public:
  virtual ~RemoteCalendar() = default;
  virtual Result<CalendarReading> read(const CalendarAccount&, const CalendarQuery&) = 0;
  // Makes the object be there. Doing it twice leaves one object, written once when it has not changed meanwhile.
  virtual Result<CalendarWritten> put(const CalendarAccount&, const CalendarItem&) = 0;
  // Makes it be gone; it may be already.
  virtual Result<CalendarWritten> remove(const CalendarAccount&, const CalendarItem&) = 0;
};

}  // namespace onward::ports
