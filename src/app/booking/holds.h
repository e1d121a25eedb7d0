// A time kept for somebody who is still typing: on the host who would be assigned, for kHoldTime. Whoever placed it
// sees, books and releases it; for others there is none.
#pragma once
#include "app/booking/meetings.h"

namespace onward::app::booking {

inline constexpr Millis kHoldTime = 10min;

struct Hold {
  HoldId id;
  MeetingTypeId type;
  Instant start, end, expires_at, created_at;
  std::string zone, hosts, actor;  // hosts: numbers as JSON
  Json reasons;
  Json routed;  // as app/booking/attributions.h has it
};

// {meeting_type_id, start, zone, host_id, team_id, agency_id, language} -> {id, start, end, hosts, expires_at,
// reasons}.
Result<Json> place_hold(Step&, const Json& body);
Result<Json> get_hold(Step&, HoldId);
Result<Json> release_hold(Step&, HoldId);

// For booking. Error: not_found.
Result<Hold> find_hold(Step&, HoldId);

}  // namespace onward::app::booking
