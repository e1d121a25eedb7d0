// When a meeting can start, and with whom. A pure function of values; the rules, and how they are read where they can
// be read in more than one way, stand in docs/slots.md.
//
//   Board board(input);                                     // `input` must outlive the board
//   for (const Slot& s : board.offer().slots) ...           // s.start, board.offer().hosts_of(s)
//   for (const Explained& e : board.explain(start)) ...     // why not, host by host
//
// Offering allocates a handful of vectors and looks at no reason; reasons are worked out only when they are asked for.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.h"
#include "core/calendar/calendar.h"

namespace onward::slots {

using calendar::Interval;  // half-open
using calendar::Opening;   // of one weekday; `to` earlier than `from` crosses midnight, `to` at most 24:00

// Replaces the hours of its date, together with the date's other exceptions.
struct Exception {
  Date date;
  bool closed = true;
  Minutes from{0}, to{0};  // when not closed
};

// What opens and closes by the wall clock.
struct Schedule {
  std::vector<Opening> hours;
  std::vector<Exception> exceptions;
  std::vector<Date> holidays;  // closed, unless the date has an exception
};

struct Travel {
  Date from, to;  // inclusive
  Zone zone;
};

// A booked time. It occupies [start - before, end + after).
struct Booked {
  Instant start, end;
  Minutes before{0}, after{0};
};

struct Host {
  std::string id;
  Zone zone = utc();
  bool fixed = false;  // always needed
  std::string group;   // with Assignment::any one host of each group is needed; empty is a group of its own
  Schedule schedule;
  std::vector<Travel> travel;
  std::vector<Interval> away;
  std::vector<Booked> appointments;
  std::vector<Interval> busy;  // from outside calendars
};

struct Hold {
  size_t host = 0;  // index into Input::hosts
  Booked booked;
  std::optional<Instant> expires;  // at or before `now`: it is no hold any more
};

enum class Assignment { any, all };
enum class GridZone { viewer, host };
enum class Fill { plain, compact };

struct Horizon {
  enum class Kind { none, days, range };
  enum class Count { calendar, business, available };
  Kind kind = Kind::none;
  int days = 0;
  Count count = Count::calendar;
  Date from, to;  // Kind::range, inclusive
};

// A second restriction, the same for all hosts.
struct Window {
  std::optional<Zone> zone;  // none: the viewer's
  Schedule schedule;
};

struct MeetingType {
  Minutes length{30};                 // >= 1
  Minutes step{30};                   // >= 1
  Minutes offset{0};                  // >= 0
  Minutes before{0}, after{0};        // buffers, >= 0
  Minutes notice{0};                  // 0 counts as one minute
  std::optional<int> daily_limit;     // meetings per host and date
  std::optional<Minutes> daily_time;  // minutes of meetings per host and date
  Assignment assignment = Assignment::any;
  GridZone grid = GridZone::viewer;
  Fill fill = Fill::plain;
  Horizon horizon;
  std::optional<Window> window;
};

struct Input {
  Instant now, from, to;
  Zone viewer = utc();
  MeetingType type;
  std::vector<Host> hosts;
  std::vector<Hold> holds;
};

struct Slot {
  Instant start;
  uint32_t first = 0, count = 0;  // of Offer::hosts
};

struct Offer {
  std::vector<Slot> slots;      // by start
  std::vector<uint32_t> hosts;  // indices into Input::hosts, of each slot in the order of the input
  std::span<const uint32_t> hosts_of(const Slot& s) const { return std::span(hosts).subspan(s.first, s.count); }
};

// In the order in which one of several is named.
enum class Reason {
  out_of_range,         // not whole within [from, to]
  exception_closed,     // an exception closes that date
  holiday,              // the date is a holiday
  exception_hours,      // an exception gives that date other hours
  outside_hours,        // the weekly hours do not cover it
  away,                 // absent
  busy,                 // an outside calendar says so
  appointment,          // an appointment is there
  buffer,               // free itself, but a buffer of it or of its neighbour is not
  hold,                 // somebody is booking it
  notice,               // too soon, or past
  horizon,              // too far ahead, or outside the bookable dates
  daily_limit,          // enough meetings on that date
  daily_minutes_limit,  // enough minutes of meetings on that date
  window,               // outside the second window
  pool_incomplete,      // this host could, but another one who is always needed cannot
  group_incomplete,     // this host could, but no one of another group can
  off_grid,             // free, but starts lie at other minutes
};
std::string_view to_string(Reason);  // the enumerator's name

struct Explained {
  uint32_t host = 0;
  std::vector<Reason> reasons;  // empty: offered with this host
};

struct Refused {
  Instant start;
  uint32_t host = 0;
  Reason reason = Reason::off_grid;
};

class Plan;

class Board {
 public:
  // Requires from <= to, lengths and steps of at least a minute, bookings that do not end before they start.
  explicit Board(const Input& input);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  const Offer& offer() const;
  // Every reason for every host, in the order of the input.
  std::vector<Explained> explain(Instant start) const;
  // The starts that each host's weekly hours and exceptions would give if nothing else stood in the way, and that are
  // not offered with this host; by start, then host; the first of their reasons.
  std::vector<Refused> refused() const;

 private:
  std::unique_ptr<const Plan> plan_;
};

}  // namespace onward::slots
