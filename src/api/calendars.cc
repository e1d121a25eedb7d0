// Calendars elsewhere, an advisor's own feed, and the advisor's card.
#include "app/calendars/calendars.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/calendars/card.h"
#include "app/calendars/feed.h"

namespace onward::api {
namespace {

using namespace app::calendars;
using shape::nullable;
using shape::optional;
using shape::required;

Shape calendar_view() {
  return shape::object(
      {{"id", shape::id("cal"), required},
       {"advisor_id", shape::id("adv"), required},
       {"kind", shape::one_of({"ics", "caldav"}), required},
       {"host", shape::line(0, 300), required, "All of its address that is shown"},
       {"user", shape::line(0, 320), nullable},
       {"write", shape::boolean(), required, "Whether appointments are written into it"},
       {"fresh", shape::one_of({"ok", "stale", "failing"}), required, "Whether its busy time can be relied on"},
       {"fetched_at", shape::time(), nullable, "When its busy time was right last"},
       {"next_at", shape::time(), required, "When it is read again"},
       {"failures", shape::integer(0, 1'000'000'000), required, "In a row"},
       {"error", shape::line(0, 500), nullable, "Why it could not be read last time"},
       {"events", shape::integer(0, 1'000'000'000), required, "Found when it was read"},
       {"not_understood", shape::integer(0, 1'000'000'000), required, "Of these, left out or in part"},
       {"problem", shape::line(0, 300), nullable, "The first of them"},
       {"clashes", shape::integer(0, 1'000'000'000), required, "Meetings ahead at times when it is busy"},
       {"pending", shape::integer(0, 1'000'000'000), required, "Appointments that wait to be written into it"},
       {"write_error", shape::line(0, 500), nullable, "Why one of them could not be"},
       {"created_at", shape::time(), required},
       {"updated_at", shape::time(), required}});
}

Shape feed_view() {
  return shape::object({{"advisor_id", shape::id("adv"), required},
                        {"url", shape::line(1, 500), nullable, "Shown once; whoever has it may read"},
                        {"renewed_at", shape::time(), required}});
}

Shape card_view() {
  return shape::object({{"advisor_id", shape::id("adv"), required},
                        {"file_name", shape::line(1, 300), required},
                        {"content_type", shape::line(1, 100), required},
                        {"text", shape::text(1, 20'000), required, "vCard 4.0, with CRLF"}});
}

Result<Answer> list(Step& step, const Call& call) {
  AdvisorId only;
  if (std::string advisor = call.query("advisor_id"); !advisor.empty()) only = TRY(AdvisorId::parse(advisor));
  return listing<CalendarTag>(call, [&](const app::Slice& slice) { return list_calendars(step, only, slice); });
}

void add_feeds(std::vector<Route>& routes) {
  routes.push_back({.method = "POST",
                    .path = "/advisors/{id}/calendar-feed",
                    .summary = "Open an advisor's calendar feed, or give it a new address; the old one ends",
                    .roles = kChangers,
                    .answer = "CalendarFeed",
                    .status = 201,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return created(open_feed(s, TRY(c.id<AdvisorTag>("id"))));
                    },
                    .shown_once = "url"});
  routes.push_back({.method = "DELETE",
                    .path = "/advisors/{id}/calendar-feed",
                    .summary = "Close an advisor's calendar feed",
                    .roles = kChangers,
                    .answer = "CalendarFeed",
                    .handle = with_id<AdvisorTag>(close_feed)});
  routes.push_back({.method = "GET",
                    .path = "/advisors/{id}/card",
                    .summary = "An advisor as a vCard",
                    .roles = kReaders,
                    .answer = "Card",
                    .reads = true,
                    .handle = with_id<AdvisorTag>(get_card)});
}

}  // namespace

void add_calendars(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/calendars",
                    .summary = "List calendars elsewhere, oldest first",
                    .roles = kReaders,
                    .query = paged({{"advisor_id", shape::id("adv"), optional, "Of this advisor only."}}),
                    .answer = "CalendarList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/calendars",
                    .summary = "Read, and write, a calendar that an advisor has elsewhere",
                    .roles = kChangers,
                    .body = calendar_shape(),
                    .answer = "Calendar",
                    .status = 201,
                    .handle = with_body(add_calendar)});
  routes.push_back({.method = "GET",
                    .path = "/calendars/{id}",
                    .summary = "One calendar, how fresh it is and what waits for it",
                    .roles = kReaders,
                    .answer = "Calendar",
                    .reads = true,
                    .handle = with_id<CalendarTag>(get_calendar)});
  routes.push_back({.method = "PATCH",
                    .path = "/calendars/{id}",
                    .summary = "Change a calendar; what is left out stays",
                    .roles = kChangers,
                    .body = calendar_patch_shape(),
                    .answer = "Calendar",
                    .handle = with_id<CalendarTag>(change_calendar)});
  routes.push_back({.method = "DELETE",
                    .path = "/calendars/{id}",
                    .summary = "Forget a calendar and its busy time; what was written there stays",
                    .roles = kChangers,
                    .answer = "Calendar",
                    .handle = with_id<CalendarTag>(delete_calendar)});
  routes.push_back({.method = "POST",
                    .path = "/calendars/{id}/refresh",
                    .summary = "Read a calendar now instead of later",
                    .roles = kChangers,
                    .answer = "Calendar",
                    .handle = with_id<CalendarTag>(refresh_calendar)});
  add_feeds(routes);
}

void describe_calendars(Schemas& schemas) {
  schemas.add("Calendar", calendar_view());
  schemas.add("CalendarFeed", feed_view());
  schemas.add("Card", card_view());
}

}  // namespace onward::api
