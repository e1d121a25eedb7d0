// Which wall clock a TZID of an outside calendar means: an IANA zone, the zone that Windows calls by another name, or
// the VTIMEZONE that the calendar brings along.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/zone.h"
#include "ical/content.h"
#include "ical/recurrence.h"

namespace onward::ical {

// The IANA zone of a Windows one ("W. Europe Standard Time" -> "Europe/Berlin"); empty: not known.
std::string_view windows_zone(std::string_view name);
// All pairs of names, for tests.
std::vector<std::pair<std::string_view, std::string_view>> windows_zones();

// A change of the offset as a VTIMEZONE tells it.
struct Onset {
  LocalTime local;  // by the clock before it
  int before_s = 0, after_s = 0;
};

class WallClock {
 public:
  explicit WallClock(Zone zone) : clock_(zone) {}
  explicit WallClock(std::vector<Onset> onsets);  // at least one
  // RFC 5545 3.3.5: gap -> offset before the gap, fold -> first.
  Instant at(LocalTime) const;

 private:
  std::variant<Zone, std::vector<Onset>> clock_;
};

// The zones of one VCALENDAR, worked out when they are first asked for.
class WallClocks {
 public:
  // `last`: no onsets after this day are needed.
  WallClocks(const Component& calendar, Zone floating, Date last, Budget&);
  // nullptr: nobody knows this zone.
  const WallClock* find(const std::string& tzid);
  const WallClock& floating() const { return floating_; }
  // The instant of a moment; a zone nobody knows is read as floating and remembered.
  Instant at(const Moment&);
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  std::optional<WallClock> read(const std::string& tzid);
  std::optional<WallClock> embedded(const std::string& tzid);

  const Component& calendar_;
  WallClock floating_;
  Date last_;
  Budget& budget_;
  std::map<std::string, std::optional<WallClock>> known_;
  std::vector<std::string> unknown_;
};

}  // namespace onward::ical
