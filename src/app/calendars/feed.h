// The calendar that others subscribe to: one address an advisor, which is its own credential and can be renewed.
#pragma once
#include "app/record.h"

namespace onward::app::calendars {

inline constexpr Millis kFeedBack = std::chrono::days{30};
inline constexpr Millis kFeedAhead = std::chrono::days{366};

// Opens the feed, or gives it a new address; the old one ends. {advisor_id, url, renewed_at}; url only here, since the
// database keeps its hash. Advisors for themselves, managers for their agency, owners.
Result<Json> open_feed(Step&, AdvisorId);
Result<Json> close_feed(Step&, AdvisorId);  // {advisor_id, url: null, renewed_at}; not_found when it is closed

// The feed as text/calendar: the appointments from kFeedBack to kFeedAhead that were not cancelled. Error: not_found.
Result<std::string> read_feed(Step&, const std::string& token);

}  // namespace onward::app::calendars
