// Booking with answers: they are checked and decided first. What leads to no appointment is no appointment, and the
// raised hand is not lost: the conversation is there, the answers with it, and whoever has to act knows it.
#pragma once
#include "app/booking/appointments.h"
#include "app/callbacks.h"
#include "app/qualification/answering.h"

namespace onward::app {

// POST /appointments. Without `answers` it books; staff who book for somebody need none. With them: 201 with
// `answers` and `qualification`, or 409 with the problem of raise_hand.
Result<Answer> take_booking(Step&, const Json& body);

// Whether this outcome gives a time; `anyway`: who was offered an article has read it.
bool gives_time(const qualification::Outcome&, bool anyway);
// The type and team that an outcome leads to; what is not there (any more) changes nothing.
struct Route {
  booking::MeetingType type;
  TeamId team;
};
Route route_of(Step&, const booking::MeetingType& asked, const qualification::Outcome&);
// Books and keeps the answers. The body names the contact.
Result<Json> book_qualified(Step&, const Json& body, const booking::MeetingType& asked, const Qualified&);

struct Raised {
  ConversationId conversation;
  std::string next;              // call, read, waitlist, offer_time, none
  std::optional<CallTime> call;  // when
};
// The conversation of somebody who gets no time now: with the answers, and with a task where a person has to act.
Result<Raised> raise_hand(Step&, const booking::MeetingType&, ContactId, const std::string& source, const Qualified&);

}  // namespace onward::app
