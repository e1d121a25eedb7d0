// The life of an appointment: booked -> confirmed -> checked_in -> held, or no_show with its cause, or cancelled. Each
// step moves its conversation through decide() in the same transaction, so that the right sequences stop and start.
// Who sees an appointment: whoever sees its conversation, and its hosts.
#pragma once
#include "app/booking/holds.h"
#include "app/cases.h"
#include "base/schema.h"

namespace onward::app::booking {

const Shape& booking_shape();     // POST /appointments
const Shape& cancel_shape();      // {reason, scope}
const Shape& reschedule_shape();  // {start, zone, host_id, hold_id}
const Shape& reassign_shape();    // {advisor_id}
const Shape& no_show_shape();     // {cause}
const Shape& late_shape();        // {minutes, note}

struct Appointment {
  AppointmentId id;
  MeetingTypeId type;
  ConversationId conversation;
  ContactId contact;  // the conversation's
  AdvisorId advisor;  // who leads it
  std::string hosts;  // numbers as JSON
  Instant start, end;
  std::string local_start, zone;  // as it was promised
  std::string channel, place, state, cause, reason, note;
  bool late = false;  // cancelled with less notice than wished
  int64_t late_min = 0, sequence = 0;
  AppointmentId previous;
  std::optional<Instant> approve_by;  // while it is only requested
  TouchId approval_task;
  SeriesId series;
  std::optional<Instant> checked_in_at;
  Instant created_at, updated_at;
  AdvisorId owner;  // of the conversation
  AgencyId agency;

  bool ahead() const {
    return state == "requested" || state == "booked" || state == "confirmed" || state == "checked_in";
  }
};

// Books a hold, or a start directly. The contact is named, or found by an address, or made; the conversation is the
// open one of this contact and type, or a new one that the host holds. The answer has the customer's `link` once.
// Errors: invalid; conflict with the nearest free starts when the time is gone.
// With `series` several of them (series.h).
Result<Json> book(Step&, const Json& body);
// The contact that a body names by contact_id; found by an address of its contact; or made of it.
Result<ContactId> contact_of(Step&, const Json& body);
Result<Json> get_appointment(Step&, AppointmentId);
struct AppointmentFilter {
  AdvisorId advisor;
  ConversationId conversation;
  ContactId contact;
  std::string state;
  std::optional<Instant> from, to;  // of starts
};
Result<json::array> list_appointments(Step&, const AppointmentFilter&, const Slice&);  // oldest booking first

Result<Json> confirm(Step&, AppointmentId);
Result<Json> cancel(Step&, AppointmentId, const Json& body);
Result<Json> reschedule(Step&, AppointmentId, const Json& body);
Result<Json> reassign(Step&, AppointmentId, const Json& body);  // another host at the same time
Result<Json> check_in(Step&, AppointmentId);
Result<Json> held(Step&, AppointmentId);
Result<Json> no_show(Step&, AppointmentId, const Json& body);
Result<Json> running_late(Step&, AppointmentId, const Json& body);

// A talk was logged: the appointments of its conversation that it can have been are held. For log_talk.
Status talk_logged(Step&, ConversationId, Instant held_at);

// By the token of the customer's own link (link_token) whoever comes is let in: callers run as the system.
Result<Appointment> find_by_token(Step&, const std::string& token);  // not_found

// For other use cases. Errors: not_found (also when the caller may not see it).
Result<Appointment> find_appointment(Step&, AppointmentId);
json::object appointment_view(const Appointment&);

// Appointments ahead whose stored instant is not any more what was promised by the wall clock, since the rules of their
// zone have changed: [{id, local_start, zone, start, should_be}].
struct MovedByZone {
  AppointmentId id;
  std::string local_start, zone;
  Instant stored, promised;
};
std::vector<MovedByZone> appointments_moved_by_zone_rules(Step&);

}  // namespace onward::app::booking
