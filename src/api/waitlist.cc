// The waitlist, and the sessions of events.
#include "app/booking/waitlist.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/booking/sessions.h"

namespace onward::api {
namespace {

using namespace app::booking;
using shape::nullable;
using shape::optional;
using shape::required;

const std::vector<std::string> kStates = {"waiting", "offered", "booked", "ended"};

std::vector<Field> entry_fields() {
  Shape offer = shape::object({{"start", shape::time(), required}, {"until", shape::time(), required}});
  return {{"id", shape::id("wtl"), required},
          {"meeting_type_id", shape::id("mty"), required},
          {"conversation_id", shape::id("cnv"), required},
          {"contact_id", shape::id("con"), required},
          {"from_date", shape::date(), required},
          {"to_date", shape::date(), required},
          {"from_time", shape::time_of_day(), required},
          {"to_time", shape::time_of_day(), required},
          {"zone", shape::zone(), required},
          {"state", shape::one_of(kStates), required},
          {"why", shape::one_of({"left", "missed", "over"}), nullable, "It ended"},
          {"offers", shape::integer(0, 1000), required, "So far"},
          {"offer", offer, nullable, "A time that is kept for who waits"},
          {"appointment_id", shape::id("apt"), nullable, "What was booked"},
          {"created_at", shape::time(), required},
          {"updated_at", shape::time(), required}};
}

Shape joined_view() {
  std::vector<Field> fields = entry_fields();
  fields.push_back({"link", shape::line(1, 500), nullable, "The customer's own; shown once"});
  return shape::object(fields);
}

Shape session_view() {
  return shape::object({{"id", shape::id("ses"), required},
                        {"meeting_type_id", shape::id("mty"), required},
                        {"start", shape::time(), required},
                        {"end", shape::time(), required},
                        {"hosts", shape::list(shape::id("adv"), 0, 1000), required},
                        {"seats", shape::integer(1, 1000), required},
                        {"seats_left", shape::integer(0, 1000), required}});
}

Result<Answer> list(Step& step, const Call& call) {
  WaitlistFilter f{.state = call.query("state")};
  if (std::string type = call.query("meeting_type_id"); !type.empty()) f.type = TRY(MeetingTypeId::parse(type));
  return listing<WaitlistTag>(call, [&](const app::Slice& slice) { return list_waitlist(step, f, slice); });
}

void add_entries(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/waitlist-entries",
                    .summary = "List who waits or waited for a time",
                    .roles = kReaders,
                    .query = paged({{"meeting_type_id", shape::id("mty"), optional, "For this meeting type."},
                                    {"state", shape::one_of(kStates), optional, "In this state."}}),
                    .answer = "WaitlistEntryList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/waitlist-entries",
                    .summary = "Wait for a time: the next that is free is kept and offered",
                    .roles = kChangers,
                    .body = waitlist_shape(),
                    .answer = "WaitlistJoined",
                    .status = 201,
                    .handle = with_body(join_waitlist),
                    .shown_once = "link"});
  routes.push_back({.method = "GET",
                    .path = "/waitlist-entries/{id}",
                    .summary = "One waitlist entry",
                    .roles = kReaders,
                    .answer = "WaitlistEntry",
                    .reads = true,
                    .handle = with_id<WaitlistTag>(get_waitlist_entry)});
  routes.push_back({.method = "DELETE",
                    .path = "/waitlist-entries/{id}",
                    .summary = "Leave the waitlist; an offer goes to the next",
                    .roles = kChangers,
                    .answer = "WaitlistEntry",
                    .handle = with_id<WaitlistTag>(leave_waitlist)});
}

void add_sessions(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/meeting-types/{id}/sessions",
                    .summary = "The sessions of an event that are ahead, soonest first",
                    .roles = kReaders,
                    .answer = "EventSessionList",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return short_list(list_sessions(s, TRY(c.id<MeetingTypeTag>("id"))));
                    }});
  routes.push_back({.method = "POST",
                    .path = "/meeting-types/{id}/sessions",
                    .summary = "Publish sessions of an event, all or none; their hosts are occupied from now on",
                    .roles = kManagers,
                    .body = sessions_shape(),
                    .answer = "EventSessionList",
                    .status = 201,
                    .handle = with_id<MeetingTypeTag>(publish_sessions, 201)});
  routes.push_back({.method = "DELETE",
                    .path = "/meeting-types/{id}/sessions/{session}",
                    .summary = "Take back a session that nobody has booked",
                    .roles = kManagers,
                    .answer = "EventSession",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(
                          take_back_session(s, TRY(c.id<MeetingTypeTag>("id")), TRY(c.id<EventSessionTag>("session"))));
                    }});
}

}  // namespace

void add_waitlist(std::vector<Route>& routes) {
  add_entries(routes);
  add_sessions(routes);
}

void describe_waitlist(Schemas& schemas) {
  schemas.add("WaitlistEntry", shape::object(entry_fields()));
  schemas.add("WaitlistJoined", joined_view());
  schemas.add("EventSession", session_view());
}

}  // namespace onward::api
