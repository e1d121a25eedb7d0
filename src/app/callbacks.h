// Somebody wants to be called: answered at once with a time in the agency's next opening, whatever the hour is, and
// owed as a task to call by then. The conversation is the open one of this contact and type, else a new one.
#pragma once
#include "app/booking/meeting_types.h"

namespace onward::app {

constexpr Minutes kCallWithin{60};  // opening time

struct CallTime {
  Instant from;       // now, or when the agency opens next
  Instant due;        // kCallWithin of opening time later
  bool open = false;  // it is open now
  std::string zone;   // the agency's
};
// By the agency of the type's first host; without one by usual hours.
CallTime next_call(Step&, const booking::MeetingType&);

struct CallWish {
  std::string name, phone, email, language, zone, message;  // email may be empty
};
struct CallPromise {
  ConversationId conversation;
  CallTime time;
};
Result<CallPromise> request_call(Step&, const booking::MeetingType&, const CallWish&);

// The open conversation of this contact and type that the caller sees; else a new one, which the host with the fewest
// holds (whoever is no owner or manager holds it themselves).
Result<ConversationId> hand_raised(Step&, const booking::MeetingType&, ContactId, const std::string& channel);
// A call is owed in this conversation, to this number (if there is one).
Result<CallTime> promise_call(Step&, const booking::MeetingType&, ConversationId, const std::string& phone,
                              const std::string& name);

}  // namespace onward::app
