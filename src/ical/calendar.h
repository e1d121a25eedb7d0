// Writing iCalendar (RFC 5545): invitations, cancellations, feeds. Values in, text out; nothing a customer typed can
// begin a line of its own (lines.h).
//
//   Event e{.uid = "apt_1@onward.example", .sequence = 1, .stamp = now, .start = s, .end = t, .zone = paris};
//   e.organizer = Person{"Claire Martin", "claire@firm.example"};
//   e.attendees = {{{"Ann Lee", "ann@example.org"}}};
//   std::string ics = TRY(write_calendar({.method = Method::request, .events = {e}}));
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/zone.h"

namespace onward::ical {

// stored: an object of a calendar collection, which says no method (RFC 4791 4.1).
enum class Method { publish, request, cancel, stored };
enum class EventStatus { confirmed, tentative, cancelled };
enum class Partstat { needs_action, accepted, declined, tentative };

struct Person {
  std::string name;   // may be empty
  std::string email;  // one plain address
};
struct Attendee {
  Person person;
  Partstat partstat = Partstat::needs_action;
  bool rsvp = true;
  bool required = true;
};

struct Event {
  std::string uid;   // 1..255 printable ASCII characters without blanks; the same for all versions of an appointment
  int sequence = 0;  // grows with every change of time, place or state (RFC 5546 2.1.4)
  Instant stamp;     // when this version was made
  Instant start, end;
  Zone zone = utc();  // the zone the time was promised in
  std::optional<Person> organizer;
  std::vector<Attendee> attendees;
  std::string summary, description, location;
  std::string url;  // http or https
  std::vector<std::string> categories;
  EventStatus status = EventStatus::confirmed;
  bool busy = true;  // TRANSP
};

struct Calendar {
  Method method = Method::publish;
  std::vector<Event> events;
  std::string name;                     // of a feed; empty: none is written
  std::optional<Millis> refresh_every;  // of a feed, whole minutes
};

constexpr size_t kMaxEvents = 20000;
constexpr size_t kMaxAttendees = 500;

// Start and end are written in the event's zone, with its VTIMEZONE; in UTC when the zone is UTC or when one of them
// lies in a repeated hour: the wall clock cannot say the second time round, and readers differ about the first.
// Error: Code::invalid with the pointer of the field ("/events/0/organizer/email").
Result<std::string> write_calendar(const Calendar&);

std::string_view to_string(Method);  // REQUEST, CANCEL, PUBLISH; empty for a stored one
// 20260330T070000Z
std::string utc_stamp(Instant);
// 20260330T090000, by the wall clock; milliseconds are cut.
std::string local_stamp(LocalTime);
// Whether the wall clock shows this time once only.
bool is_unique_by_the_wall(const Zone&, Instant);

}  // namespace onward::ical
