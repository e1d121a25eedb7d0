// IANA time zones and wall-clock time. A wall-clock time may be unique, skipped or repeated; the type says which.
//
//   Zone paris = TRY(find_zone("Europe/Paris"));
//   Instant t = paris.at({{2026, 3, 29}, 2h + 30min});     // RFC 5545 rule: gap -> offset before the gap, fold ->
//   first
#pragma once
#include <chrono>
#include <compare>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace cctz {
class time_zone;
}

namespace onward {

using Minutes = std::chrono::minutes;
using Weekday = std::chrono::weekday;

// A calendar date, no zone.
struct Date {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  auto operator<=>(const Date&) const = default;
};
Date add_days(Date, int days);
int days_between(Date from, Date to);
Weekday weekday_of(Date);
std::string to_string(Date);                          // 2026-03-30
Result<Date> parse_date(std::string_view);            // real dates only
Result<Minutes> parse_time_of_day(std::string_view);  // "HH:MM", 00:00..24:00
std::string format_time_of_day(Minutes);
Result<Weekday> parse_weekday(std::string_view);  // mon..sun
std::string_view to_string(Weekday);              // mon..sun

struct LocalTime {
  Date date;
  Millis time{0};  // since local midnight by the wall, 0..24 h
  auto operator<=>(const LocalTime&) const = default;
};
std::string to_string(LocalTime);  // 2026-03-30T09:00:00
Result<LocalTime> parse_local_time(std::string_view);

enum class LocalKind { unique, skipped, repeated };
struct Located {
  LocalKind kind = LocalKind::unique;
  Instant instant;  // RFC 5545 3.3.5: gap -> offset before the gap, fold -> first occurrence
};

class Zone {
 public:
  const std::string& name() const { return *name_; }
  LocalTime local(Instant) const;
  Date date(Instant t) const { return local(t).date; }
  Located locate(LocalTime) const;
  Instant at(LocalTime t) const { return locate(t).instant; }
  Instant midnight(Date d) const { return at({d, Millis{0}}); }  // start of the local day
  int offset_s(Instant) const;                                   // seconds east of UTC
  bool operator==(const Zone& other) const { return name_ == other.name_ || *name_ == *other.name_; }

 private:
  friend Result<Zone> find_zone(std::string_view);
  friend Zone utc();
  const cctz::time_zone* zone_ = nullptr;  // owned by cctz's registry for the life of the process
  const std::string* name_ = nullptr;
};
// Any name in the system's tzdata; never the process's own zone. Error: Code::invalid.
Result<Zone> find_zone(std::string_view iana_name);
Zone utc();

}  // namespace onward
