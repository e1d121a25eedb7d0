// Calendars elsewhere that belong to advisors: their busy time is read, and a CalDAV one can be written. Advisors keep
// their own, managers those of their agency, owners all. Addresses and passwords go in sealed and never come out.
#pragma once
#include "app/record.h"
#include "base/schema.h"
#include "ports/remote_calendar.h"

namespace onward::app::calendars {

const Shape& calendar_shape();        // POST: {advisor_id, kind, url, user, password, write}
const Shape& calendar_patch_shape();  // PATCH: {url, user, password, write}

Result<Json> add_calendar(Step&, const Json& body);
Result<Json> get_calendar(Step&, CalendarId);
Result<json::array> list_calendars(Step&, AdvisorId only, const Slice&);  // only: none for all that may be seen
// A new address or user forgets the password. With `write` off what was written is taken out again.
Result<Json> change_calendar(Step&, CalendarId, const Json& body);
// Forgets it and its busy time at once; what was written there stays.
Result<Json> delete_calendar(Step&, CalendarId);
// It is read as soon as the loop comes to it, also when it waits after a failure.
Result<Json> refresh_calendar(Step&, CalendarId);

// An advisor leaves: nothing is read, written or kept any more.
void forget_calendars_of(Step&, AdvisorId);

// --- for other parts of app/calendars ---

// Errors: not_found (also when the advisor may not be seen), forbidden.
Status require_calendars_of(Step&, AdvisorId);

struct Calendar {
  CalendarId id;
  AdvisorId advisor;
  std::string kind, host, username, sealed, validator, problem, error, zone, advisor_name, write_error;
  bool writes = false;
  std::optional<Instant> whole_at, fetched_at;
  int64_t events = 0, not_understood = 0, failures = 0, lease = 0, pending = 0;
  Instant next_at, held_until, created_at, updated_at;
};
Calendar read_calendar(const Rows&, size_t row);  // in the columns of calendar_get

struct Secrets {  // what is sealed
  std::string url, password, collection;
};
std::string seal_secrets(const Services&, CalendarId, const Secrets&);
Result<Secrets> unseal_secrets(const Services&, const Calendar&);

enum class Freshness { ok, stale, failing };
// Stale: not read for three turns, or never.
Freshness freshness_of(const Calendar&, Millis every, Instant now);
// How often calendars are read: the setting.
Millis refresh_every(Step&);

}  // namespace onward::app::calendars
