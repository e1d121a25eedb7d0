// The one place where a conversation changes. Pure: the same case, event, catalog, names and time give the same answer.
//
//   Decision d = TRY(decide(std::move(c), TalkHeld{talk}, catalog, names, now));
//
// Errors: not_found (no such touch, promise, enrollment in this case), conflict (the state does not allow it).
// Guarantees of every returned case:
//   - open: it has a next action with a due time and somebody who holds it;
//   - an active enrollment has exactly one open touch;
//   - after a reply (without a date), booking, opt-out or outcome no message of an enrollment is open, except one that
//     is on the wire and what tells about an appointment, which ends with the appointment;
//   - every change of a state has a fact that carries the new state.
#pragma once
#include <optional>

#include "core/conversations/case.h"
#include "core/conversations/events.h"

namespace onward::conversations {

Result<Decision> decide(Case, const Event&, const Catalog&, const Names&, Instant now);

// When something was last heard from the contact or done to begin anew: opened, reopened, a reply, a talk.
Instant heard_at(const Conversation&);

// The earliest time at which this case has something to do by itself, sends included.
std::optional<Instant> next_timer(const Case&);

// What conditions and explanations can look at: contact.language, contact.country, contact.has_email,
// contact.has_phone, conversation.type, conversation.channel, conversation.topic, conversation.stage, promised_assets
// (yes/no), assets_opened (yes/no), objection (the last one), days_since_talk. nullopt: no such fact.
// With an appointment that it is about: appointment.meeting_type, .channel, .confirmed (yes/no), .no_show_risk
// (high/low), .first_visit (yes/no), .moved (yes/no), .to_prepare (yes/no), .cause, .late_cancellation (yes/no).
std::optional<std::string> fact_value(const Case&, std::string_view name, Instant now,
                                      const Appointment* about = nullptr);
const std::vector<std::string>& fact_names();

// The next business hour deadlines of an advisor: hours, agency holidays and absences.
Instant business_deadline(const Advisor&, const Catalog&, Instant from, int hours);

struct Content {
  std::string subject, body;
  std::vector<NewLink> links;
};
// Subject and text of a message from its template; a missing value is an error that names it.
Result<Content> compose(const Case&, const Touch&, std::string_view template_key, const Catalog&, const Names&,
                        Instant now);
// The variables that templates may use, with their types (for checking before publishing).
const VariableTypes& template_variables();

// Which earlier outlook a promise has (input of promises::risk_of).
promises::Outlook outlook_of(const Case&, const Promise&, const Catalog&);

}  // namespace onward::conversations
