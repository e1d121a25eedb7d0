// When something may leave, and when it is due: send windows, quiet hours, holidays, absences, delays in the
// recipient's wall-clock time, and business hours. Pure functions; every move away from the wished instant carries its
// Reason.
//
//   Planned p = plan(now, {.unit = Delay::Unit::business_days, .amount = 3, .at = 9h}, rules, place, absences,
//                    public_holidays());
//   if (p.ok) touch.next_at = p.at;
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/zone.h"
#include "core/calendar/holidays.h"

namespace onward::calendar {

// Days and hours by the recipient's wall clock, [from, to). `to` may be 24:00. from >= to: never open.
struct Window {
  std::array<bool, 7> days = {false, true, true, true, true, true, false};  // by Weekday::c_encoding(), sunday first
  Minutes from{8 * 60 + 30};
  Minutes to{18 * 60};
};

struct SendRules {
  Window window;
  Minutes quiet_from{20 * 60};  // [quiet_from, quiet_to), may cross midnight; equal: no quiet hours
  Minutes quiet_to{8 * 60};
  bool avoid_holidays = true;  // public ones; a place's own closed days are always avoided
};

// Half-open, [from, to).
struct Interval {
  Instant from, to;
};

// Where the recipient is.
struct Place {
  Zone zone = utc();
  std::string country;  // ISO 3166-1 alpha-2; empty: no public holidays
  std::string region;   // "DE-BY"; empty: the whole country's holidays only
  std::vector<Date> extra_closed;
};

// Add the amount, move forward to `weekday` (the same day counts), then to the wall-clock time `at`. When `at` would
// lie before the base instant (before the delayed one, for hours), it is the next suitable day's. Zero business days
// from a day off is the next business day. amount >= 0.
struct Delay {
  enum class Unit { hours, days, business_days };
  Unit unit = Unit::days;
  int amount = 0;
  std::optional<Weekday> weekday;
  std::optional<Minutes> at;
};

// Why an instant moved from `from` to `to`. rule: delay, weekday, local_time, window, quiet_hours, holiday, absence,
// cap, dst_gap, dst_fold (the last two resolve a wall-clock time and have from == to).
struct Reason {
  std::string rule;
  Instant from, to;
  std::string note;  // for a person: the holiday's name, "3 business days"
  bool operator==(const Reason&) const = default;
};

struct Planned {
  Instant at;  // when !ok: where the search for an opening began
  LocalTime local;
  std::vector<Reason> reasons;  // in order
  bool ok = true;               // false: no opening within kSearchDays
};

constexpr int kSearchDays = 400;

// Applies the delay in the place's zone, then next_open. Hours are elapsed time; days keep the wall-clock time (09:00
// stays 09:00 across a change of the clocks; RFC 5545: a skipped time takes the offset before the gap, a repeated one
// is its first occurrence). The result is never before `base`.
Planned plan(Instant base, const Delay&, const SendRules&, const Place&, const std::vector<Interval>& absences,
             const HolidayTable&);

// `t` itself when allowed, else the earliest later instant that is.
Planned next_open(Instant t, const SendRules&, const Place&, const std::vector<Interval>& absences,
                  const HolidayTable&);
bool is_open(Instant t, const SendRules&, const Place&, const std::vector<Interval>& absences, const HolidayTable&);

// Monday to Friday, no public holiday, not closed.
bool is_business_day(Date, const Place&, const HolidayTable&);
// n > 0: the n-th business day after; n < 0: before; 0: the date itself or the next business day.
Date add_business_days(Date, int n, const Place&, const HolidayTable&);

// Opening hours of one weekday, [from, to) by the wall clock; several a day are fine.
struct Opening {
  Weekday day;
  Minutes from, to;
};
const std::vector<Opening>& default_hours();  // mon-fri 09:00-17:30

// The instant at which `amount` of opening time has passed since `t`; with amount 0, t or the next opening. Ends at
// closing time rather than at the next opening. Without an opening within kSearchDays time counts as if always open.
Instant add_business_hours(Instant t, Minutes amount, const std::vector<Opening>& hours, const Zone& zone,
                           const std::function<bool(Date)>& is_closed);

}  // namespace onward::calendar
