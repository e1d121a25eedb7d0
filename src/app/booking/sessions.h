// Events: meeting types whose starts are their published sessions and nothing else. A session occupies its hosts from
// the moment it is published, with or without people; it is offered while it has a seat left.
#pragma once
#include "app/booking/meeting_types.h"
#include "base/schema.h"

namespace onward::app::booking {

const Shape& sessions_shape();  // {starts | first + repeat, zone}

// All or none: a conflict names in `failed` the starts whose hosts are not free, each with its reason.
Result<Json> publish_sessions(Step&, MeetingTypeId, const Json& body);
// Those ahead, soonest first: [{id, start, end, hosts, seats, seats_left}].
Result<json::array> list_sessions(Step&, MeetingTypeId);
Result<Json> take_back_session(Step&, MeetingTypeId, EventSessionId);  // conflict while people have booked it

}  // namespace onward::app::booking
