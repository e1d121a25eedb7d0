#include "app/booking/sessions.h"

#include "app/booking/meetings.h"
#include "app/booking/repeat.h"
#include "app/booking/waitlist.h"

namespace onward::app::booking {

using shape::nullable;

namespace {

constexpr size_t kMostSessions = 200;  // published at once

Result<std::vector<Instant>> wanted_starts(const Json& body) {
  std::vector<Instant> out;
  if (const Json* starts = find(body, "starts"))
    for (const Json& start : starts->as_array()) out.push_back(TRY(parse_rfc3339(start.as_string())));
  if (find(body, "first")) {
    Zone zone = TRY(find_zone(get_string(body, "zone", "UTC")));
    const Json* repeat = find(body, "repeat");
    auto more = repeated(TRY(parse_rfc3339(get_string(body, "first"))), zone, repeat ? read_repeat(*repeat) : Repeat{});
    out.insert(out.end(), more.begin(), more.end());
  }
  if (out.empty()) return fail_field("/starts", "required", "name the starts, or the first one");
  return out;
}

json::array sessions_view(Step& step, MeetingTypeId type, Instant after, EventSessionId only) {
  Rows rows = step.run("session_list", {type.value, to_ms(step.now), to_ms(after), only.value});
  std::vector<int64_t> ids;
  for (size_t r = 0; r < rows.size(); ++r) ids.push_back(rows.integer(r, 0));
  std::map<int64_t, json::array> hosts;
  if (!ids.empty()) {
    Rows found = step.run("session_hosts", {id_set(ids)});
    for (size_t r = 0; r < found.size(); ++r)
      hosts[found.integer(r, 0)].emplace_back(AdvisorId{found.integer(r, 1)}.text());
  }
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r)
    out.push_back(json::object{{"id", EventSessionId{rows.integer(r, 0)}.text()},
                               {"meeting_type_id", type.text()},
                               {"start", format_rfc3339(from_ms(rows.integer(r, 1)))},
                               {"end", format_rfc3339(from_ms(rows.integer(r, 2)))},
                               {"hosts", std::move(hosts[rows.integer(r, 0)])},
                               {"seats", rows.integer(r, 3)},
                               {"seats_left", rows.integer(r, 3) - rows.integer(r, 4)}});
  return out;
}

std::string reason_of(const Error& e) {
  auto members = parse_json(e.members.empty() ? "{}" : e.members);
  return members ? get_string(*members, "reason", e.message) : e.message;
}

}  // namespace

const Shape& sessions_shape() {
  static const Shape s = shape::object(
      {{"starts", shape::list(shape::time(), 1, kMostSessions), nullable, "When; or `first` with `repeat`"},
       {"first", shape::time(), nullable, "The first one"},
       {"repeat", repeat_shape(), nullable, "How it comes again"},
       {"zone", shape::zone(), nullable, "By whose wall clock it comes again; default UTC"}});
  return s;
}

Result<Json> publish_sessions(Step& step, MeetingTypeId id, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  MeetingType type = TRY(find_meeting_type(step, id));
  if (!type.event) return fail(Code::conflict, "this meeting type is no event");
  json::array failed, made;
  for (Instant start : TRY(wanted_starts(body))) {
    if (start <= step.now) {
      failed.push_back(json::object{{"start", format_rfc3339(start)}, {"reason", "notice"}});
      continue;
    }
    auto r = reserve(step, {.type = id, .start = start, .strictness = Strictness::publish});
    if (!r && r.error().code != Code::conflict) return fail(r.error());
    if (!r) {
      failed.push_back(json::object{{"start", format_rfc3339(start)}, {"reason", reason_of(r.error())}});
      continue;
    }
    EventSessionId session{make_meeting(step, *r, ports::null_value())};
    step.run("session_mark", {session.value});
    step.fact("session.published", {}, session.value, {{"meeting_type_id", id.text()}, {"start", to_ms(start)}});
    made.push_back(sessions_view(step, id, step.now, session).at(0));
  }
  if (!failed.empty()) {
    Error e{Code::conflict, "Not every session can take place: nothing was published.", {}, {}};
    e.members = json::serialize(json::object{{"failed", std::move(failed)}});
    return fail(std::move(e));
  }
  TRY_VOID(offer_to_next(step, id));
  return Json(json::object{{"data", std::move(made)}, {"next", nullptr}});
}

Result<json::array> list_sessions(Step& step, MeetingTypeId id) {
  TRY(find_meeting_type(step, id));
  return sessions_view(step, id, step.now, {});
}

Result<Json> take_back_session(Step& step, MeetingTypeId id, EventSessionId session) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  TRY(find_meeting_type(step, id));
  json::array found = sessions_view(step, id, Instant{}, session);
  if (found.empty()) return not_found("session");
  if (step.run("session_taken", {session.value}).integer(0, 0) > 0)
    return fail(Code::conflict, "people have booked this session: cancel or move them first");
  step.run("session_forget", {session.value});
  step.fact("session.taken_back", {}, session.value, {{"meeting_type_id", id.text()}});
  return std::move(found.at(0));
}

}  // namespace onward::app::booking
