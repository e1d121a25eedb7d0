// Brings calendars elsewhere up to date, one at a time: claims it under a lease, writes and reads outside of every
// transaction, and commits what came of it. Nobody waits for it: what is offered is made of the busy time stored last.
//
// What was read replaces the busy time of its calendar in one transaction; a reading that failed or was refused changes
// none of it. What was written is settled by the revision it was made from, so that a change that came meanwhile is
// written too. A lease that ended without a result is simply taken again: a driver finds what an earlier attempt left.
#pragma once
#include <atomic>
#include <optional>

#include "app/calendars/calendars.h"

namespace onward::app::calendars {

struct SyncOptions {
  int64_t items = 20;          // written before anything is committed
  Millis lease = 5min;         // longer than an attempt can take
  Millis writing_time = 1min;  // after so long the rest waits for the next attempt
};

class Sync {
 public:
  Sync(Runner& runner, ports::RemoteCalendar& remote, SyncOptions options = {})
      : runner_(runner), remote_(remote), options_(options) {}

  // The calendar that waits longest, if one is due. Returns how many there were: 0 or 1.
  Result<int64_t> sync_once();
  Result<std::optional<Instant>> next_wake();
  // What is under way ends with the request it is at; nothing new is begun.
  void stop() { stopping_ = true; }

 private:
  struct Attempt;
  Result<std::optional<Attempt>> claim();
  Status claim_in(Step&, CalendarId, std::optional<Attempt>&);
  void write_items(Attempt&);
  void read_busy(Attempt&);
  Status settle(const Attempt&);

  Runner& runner_;
  ports::RemoteCalendar& remote_;
  SyncOptions options_;
  std::atomic<bool> stopping_{false};
};

}  // namespace onward::app::calendars
