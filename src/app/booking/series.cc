#include "app/booking/series.h"

#include "app/booking/life.h"
#include "app/booking/repeat.h"

namespace onward::app::booking {
namespace {

Result<Zone> zone_of(Step& step, const Json& body, const MeetingType& type, Instant first) {
  if (std::string named = get_string(body, "zone"); !named.empty()) return find_zone(named);
  Desk desk = TRY(load_moment(step, type.id, first, {}));
  return desk.input.viewer;
}

Json failure(Instant start, const Error& e) {
  auto members = parse_json(e.members.empty() ? "{}" : e.members);
  json::object out = members && members->is_object() ? members->as_object() : json::object{};
  out["start"] = format_rfc3339(start);
  if (!out.contains("nearest")) out["nearest"] = json::array{};
  if (!out.contains("reason")) out["reason"] = e.message;
  return out;
}

}  // namespace

Result<Json> book_series(Step& step, const Json& body) {
  if (find(body, "hold_id")) return fail_field("/hold_id", "not_allowed", "a series is booked by its first start");
  auto type = find_meeting_type(step, TRY(id_of<MeetingTypeId>(body, "meeting_type_id")));
  if (!type) return unknown_reference("meeting_type_id", "meeting type");
  if (!find(body, "start")) return fail_field("/start", "required", "name the first start");
  Instant first = TRY(parse_rfc3339(get_string(body, "start")));
  Zone zone = TRY(zone_of(step, body, *type, first));
  json::object one = body.as_object();
  one.erase("series");
  one["zone"] = zone.name();
  auto series = step.new_id<SeriesId>();
  Json answer = nullptr;
  json::array made, failed;
  for (Instant start : repeated(first, zone, read_repeat(body.at("series")))) {
    one["start"] = format_rfc3339(start);
    auto booked = book_one(step, one);
    if (!booked && booked.error().code != Code::conflict) return fail(booked.error());
    if (!booked) {
      failed.push_back(failure(start, booked.error()));
      continue;
    }
    auto id = *AppointmentId::parse(get_string(*booked, "id"));
    step.run("appointment_series_set", {id.value, series.value});
    made.push_back(json::object{{"id", id.text()}, {"start", get_string(*booked, "start")}});
    if (!answer.is_null()) continue;
    answer = std::move(*booked);
    one.erase("contact");
    one["contact_id"] = get_string(answer, "contact_id");
    one["conversation_id"] = get_string(answer, "conversation_id");
  }
  if (!failed.empty()) {
    Error e{Code::conflict, "Not every appointment of the series can be booked: none was.", {}, {}};
    e.members = json::serialize(json::object{{"failed", std::move(failed)}});
    return fail(std::move(e));
  }
  answer.as_object()["series_id"] = series.text();
  answer.as_object()["series"] = json::object{{"id", series.text()}, {"appointments", std::move(made)}};
  return answer;
}

Result<Json> cancel_following(Step& step, AppointmentId id, const Json& body) {
  Appointment a = TRY(find_appointment(step, id));
  if (!a.series) return fail(Code::conflict, "this appointment belongs to no series");
  if (!a.ahead()) return fail(Code::conflict, "this appointment is " + a.state + " already");
  Rows following = step.run("appointment_series_ahead", {a.series.value, to_ms(a.start)});
  // The last one first, so that the conversation never looks at one that goes too.
  for (size_t r = following.size(); r-- > 0;) TRY(cancel_one(step, {following.integer(r, 0)}, body));
  return Json(TRY(get_appointment_as_system(step, id)));
}

}  // namespace onward::app::booking
