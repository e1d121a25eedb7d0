// Who waits for a time of a meeting type that is full. When a seat is free again (cancelled, moved, declined, a hold
// ran out) the first in line whose wish it meets gets an offer in the same transaction: the time is held in their name
// and they are told. An offer that is not taken in time passes to the next; after three the entry ends. Asked for by
// the customer, so telling them is part of what was asked; the link in each message ends the entry.
#pragma once
#include "app/booking/appointments.h"

namespace onward::app::booking {

struct WaitlistEntry {
  WaitlistId id;
  MeetingTypeId type;
  ConversationId conversation;
  ContactId contact;
  std::string from_date, to_date, from_time, to_time, zone;
  std::string state, why;  // waiting, offered, booked, ended; left, missed, over
  Instant place_at;
  int64_t offers = 0;
  HoldId hold;
  Instant offered_start;
  std::optional<Instant> next_at;  // the offer, or the wish, ends
  AppointmentId appointment;
  Instant created_at, updated_at;
  AdvisorId owner;
  AgencyId agency;
};

const Shape& waitlist_shape();  // {meeting_type_id, contact_id | contact, from_date, to_date, from_time, to_time, zone}

// The answer has the customer's `link` once. Somebody who waits for this type already keeps their place with the new
// wish. Errors: invalid, conflict (no waitlist here).
Result<Json> join_waitlist(Step&, const Json& body);
Result<Json> get_waitlist_entry(Step&, WaitlistId);
struct WaitlistFilter {
  MeetingTypeId type;
  std::string state;
};
Result<json::array> list_waitlist(Step&, const WaitlistFilter&, const Slice&);
Result<Json> leave_waitlist(Step&, WaitlistId);  // an offer goes to the next

// By the customer's link; callers run as the system.
std::string waitlist_token(const Services&, WaitlistId);
Result<WaitlistEntry> find_waitlist_entry(Step&, const std::string& token);  // not_found
// Books what is offered; the answer of `book`. Error: conflict when the offer is over.
Result<Json> take_offer(Step&, WaitlistId);

// Offers what is free now to those who wait for this type, in their order. For the transaction that frees it.
Status offer_to_next(Step&, MeetingTypeId);
// The same for every type that one of these hosts (numbers as JSON) can host.
Status offer_freed(Step&, const std::string& hosts);

// What has fallen due: undecided requests, offers, wishes and holds that ran out. Returns how much was done.
Result<int64_t> booking_tick(Step&, int limit);

}  // namespace onward::app::booking
