// Who got a customer, and why: decided among the hosts who are free, stored with each booking, replayable. Who sees an
// attribution: whoever sees its conversation.
//
// A decision travels as JSON from where it is made to where it is booked (a hold may lie between):
//   {request, by_person, choices: [{chosen, method, version, candidates, refused, turns: [{advisor, turns}]}]}
#pragma once
#include "app/booking/slots.h"
#include "core/routing/routing.h"

namespace onward::app::booking {

// What is asked of the hosts for one meeting.
struct Asked {
  AdvisorId known;    // whom the customer knows
  AdvisorId named;    // who was chosen by a person
  ContactId contact;  // none: not known yet
  HostWish who;
  std::string channel;
  Instant at;
};

// Chooses one of the hosts (indices into the desk); `busy` are those of the group who are not free, with the reason.
struct NotFree {
  AdvisorId advisor;
  std::string reason;  // of the slot engine
};
struct Chosen {
  size_t index = 0;  // into `hosts`
  Json choice;       // an element of `choices`
};
Chosen choose_among(Step&, const Desk&, const Asked&, const std::vector<uint32_t>& hosts,
                    const std::vector<NotFree>& busy);
json::object routing_request(const Desk&, const Asked&);
// The reasons of every candidate, the chosen ones first: what the API answers as `reasons`.
json::array reasons_of(const Json& routed);

struct Booked {
  ConversationId conversation;
  AppointmentId appointment;
  MeetingTypeId type;
  AdvisorId lead;
  std::string override_reason;
};
// Stores the decision and takes the turns; one row a choice, and one where nobody was to be chosen. The first one's id.
AttributionId record_attribution(Step&, const Booked&, const Json& routed);

struct AttributionFilter {
  ConversationId conversation;
  AppointmentId appointment;
};
Result<Json> get_attribution(Step&, AttributionId);
Result<json::array> list_attributions(Step&, const AttributionFilter&, const Slice&);

}  // namespace onward::app::booking
