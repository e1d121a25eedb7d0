#include "app/booking/life.h"

#include "app/booking/approval.h"
#include "app/booking/attributions.h"
#include "app/booking/series.h"
#include "app/booking/waitlist.h"
#include "app/calendars/outbox.h"
#include "app/case_appointments.h"
#include "app/scope.h"

namespace onward::app::booking {

using conversations::AppointmentAhead;
using conversations::AppointmentBooked;
using conversations::AppointmentCancelled;
using conversations::AppointmentConfirmed;
using conversations::AppointmentHeld;
using conversations::NoShow;
using conversations::RunningLate;
using ports::null_value;
using ports::opt_text;
using shape::nullable;
using shape::required;

namespace {

constexpr Millis kEarly = 1h;  // people may come before their time

// The appointment as nobody else changes it now.
Result<Appointment> open_for(Step& step, AppointmentId id) {
  TRY_VOID(step.require_change());
  TRY_VOID(find_appointment(step, id));
  step.run("appointment_lock", {id.value});
  return find_appointment(step, id);
}

Result<Appointment> open_ahead(Step& step, AppointmentId id) {
  Appointment a = TRY(open_for(step, id));
  if (!a.ahead()) return fail(Code::conflict, "this appointment is " + a.state + " already");
  return a;
}

// For what only an agreed appointment does.
Result<Appointment> agreed_ahead(Step& step, AppointmentId id) {
  Appointment a = TRY(open_ahead(step, id));
  if (a.state == "requested") return fail(Code::conflict, "this appointment waits for the host's approval");
  return a;
}

struct NewState {
  std::string state, cause, reason;
  bool late = false;
  int64_t invitation = 0;  // how much later the invitation's number is
  bool arrived = false;
};

void set_state(Step& step, const Appointment& a, const NewState& s, json::object data = {}) {
  step.run("appointment_state",
           {a.id.value, s.state, opt_text(s.cause), opt_text(s.reason), int64_t{s.late}, s.invitation,
            s.arrived ? ports::Value(to_ms(step.now)) : null_value(), to_ms(step.now)});
  data["state"] = s.state;
  if (!s.cause.empty()) data["cause"] = s.cause;
  step.fact("appointment." + s.state, a.conversation, a.id.value, std::move(data));
}

Result<Json> answer(Step& step, AppointmentId id) { return Json(TRY(get_appointment_as_system(step, id))); }

// `why`: of a person who gave it to another host.
Status move(Step& step, const Appointment& a, const Reserved& r, const std::string& zone_name, std::string_view fact,
            const std::string& why = {}) {
  Zone zone = TRY(find_zone(zone_name));
  const DeskHost& lead = r.desk.hosts[r.hosts.front()];
  // An address of the former host's agency says nothing any more.
  std::string place = a.place;
  if (a.channel == "in_person" && lead.id != a.advisor && r.desk.type.place.empty() && !lead.address.empty())
    place = lead.address;
  take_seat(step, r, {.appointment = a.id});
  step.run("appointment_move", {a.id.value, lead.id.value, json::serialize(r.host_ids()), to_ms(r.start), to_ms(r.end),
                                to_string(zone.local(r.start)), zone.name(), opt_text(place), to_ms(step.now)});
  step.fact(fact, a.conversation, a.id.value,
            {{"state", "booked"},
             {"from", to_ms(a.start)},
             {"start", to_ms(r.start)},
             {"hosts", advisor_ids(json::serialize(r.host_ids()))},
             {"sequence", a.sequence + 1},
             {"reasons", r.reasons()}});
  if (lead.id != a.advisor) record_attribution(step, {a.conversation, a.id, a.type, lead.id, why}, r.routed);
  calendars::appointment_changed(step, a.id, json::serialize(r.host_ids()));
  return {};
}

}  // namespace

std::optional<Instant> next_appointment(Step& step, ConversationId id, AppointmentId besides) {
  Rows row = step.run("appointment_next_of", {id.value, besides.value, to_ms(step.now)});
  if (row.empty() || row.is_null(0, 0)) return std::nullopt;
  return from_ms(row.integer(0, 0));
}

Status booked(Step& step, ConversationId conversation, AppointmentId id) {
  auto next = next_appointment(step, conversation, id);
  return move_conversation(step, conversation, AppointmentBooked{TRY(case_appointment(step, conversation, id)), next});
}

// One of several is over: the conversation looks at the next one.
Status look_ahead(Step& step, ConversationId id) {
  auto next = next_appointment(step, id, {});
  return next ? move_conversation(step, id, AppointmentAhead{*next}) : Status{};
}

Status talk_logged(Step& step, ConversationId id, Instant held_at) {
  Rows met = step.run("appointment_met", {id.value, to_ms(held_at + kEarly)});
  for (size_t r = 0; r < met.size(); ++r)
    set_state(step, {.id = {met.integer(r, 0)}, .conversation = id}, {.state = "held"});
  return look_ahead(step, id);
}

Status move_conversation(Step& step, ConversationId id, const Event& event) {
  Case c = TRY(load_case(step, id, Locking::wait));
  std::vector<Decision> d;
  d.push_back(TRY(conversations::decide(std::move(c), event, step.catalog(), step.names(), step.now)));
  save_decisions(step, d);
  return {};
}

const Shape& cancel_shape() {
  static const Shape s = shape::object({{"reason", shape::line(1, 300), nullable, "Why"},
                                        {"scope", shape::one_of({"one", "following"}), nullable,
                                         "With `following` also what comes after it in its series"}});
  return s;
}
const Shape& reschedule_shape() {
  static const Shape s = shape::object(
      {{"start", shape::time(), required, "When instead"},
       {"zone", shape::zone(), nullable, "In whose wall clock; default as before"},
       {"host_id", shape::id("adv"), nullable, "With this host and nobody else; default as before, if free"}});
  return s;
}
const Shape& reassign_shape() {
  static const Shape s = shape::object({{"advisor_id", shape::id("adv"), required, "Who hosts it instead"},
                                        {"reason", shape::line(1, 300), nullable, "Why"}});
  return s;
}
const Shape& no_show_shape() {
  static const Shape s = shape::object(
      {{"cause", shape::one_of({"customer", "advisor", "technical", "unknown"}), required, "Why nobody met"}});
  return s;
}
const Shape& late_shape() {
  static const Shape s = shape::object({{"minutes", shape::integer(1, 600), required, "How much later it will be"},
                                        {"note", shape::line(1, 300), nullable, "What to tell"}});
  return s;
}

Result<Json> confirm(Step& step, AppointmentId id) {
  Appointment a = TRY(agreed_ahead(step, id));
  if (a.state == "checked_in") return fail(Code::conflict, "this appointment is checked_in already");
  if (a.state == "booked") {
    set_state(step, a, {.state = "confirmed"});
    TRY_VOID(
        move_conversation(step, a.conversation, AppointmentConfirmed{TRY(case_appointment(step, a.conversation, id))}));
  }
  return answer(step, id);
}

Result<Json> cancel(Step& step, AppointmentId id, const Json& body) {
  return get_string(body, "scope") == "following" ? cancel_following(step, id, body) : cancel_one(step, id, body);
}

Result<Json> cancel_one(Step& step, AppointmentId id, const Json& body) {
  Appointment a = TRY(open_ahead(step, id));
  MeetingType type = TRY(find_meeting_type(step, a.type));
  Millis notice = a.start - step.now;
  bool late = notice < Minutes{type.cancel_notice_min};
  TRY_VOID(end_request(step, a, "cancelled"));
  release_seat(step, id);
  set_state(step, a, {.state = "cancelled", .reason = get_string(body, "reason"), .late = late, .invitation = 1},
            {{"late", late}, {"notice_min", std::chrono::floor<Minutes>(notice).count()}});
  if (std::string reason = get_string(body, "reason");
      !reason.empty() && step.caller.actor() != system_caller().actor())
    step.run("appointment_tell_reason", {id.value, reason});
  calendars::appointment_changed(step, id, a.hosts);
  TRY_VOID(move_conversation(
      step, a.conversation,
      AppointmentCancelled{TRY(case_appointment(step, a.conversation, id)), "the appointment was cancelled",
                           next_appointment(step, a.conversation, a.id)}));
  TRY_VOID(offer_freed(step, a.hosts));
  return answer(step, id);
}

Result<Json> reschedule(Step& step, AppointmentId id, const Json& body) {
  Appointment a = TRY(open_ahead(step, id));
  std::string zone = get_string(body, "zone", a.zone);
  release_seat(step, id);
  Reserved r = TRY(reserve(step, {.type = a.type,
                                  .start = TRY(parse_rfc3339(get_string(body, "start"))),
                                  .zone = zone,
                                  .host = TRY(id_of<AdvisorId>(body, "host_id")),
                                  .known = a.advisor,
                                  .contact = a.contact,
                                  .channel = a.channel,
                                  .besides = a.start}));
  TRY_VOID(end_request(step, a, "another time"));
  TRY_VOID(move(step, a, r, zone, "appointment.rescheduled"));
  TRY_VOID(enter_booked(step, a.conversation, id, r));
  // What was agreed is only asked for again: the preparation ends.
  if (a.state != "requested" && TRY(find_appointment(step, id)).state == "requested")
    TRY_VOID(move_conversation(
        step, a.conversation,
        AppointmentCancelled{TRY(case_appointment(step, a.conversation, id)), "another time waits for approval",
                             next_appointment(step, a.conversation, a.id), false}));
  TRY_VOID(offer_freed(step, a.hosts));
  return answer(step, id);
}

Result<Json> reassign(Step& step, AppointmentId id, const Json& body) {
  Appointment a = TRY(open_ahead(step, id));
  AdvisorId host = TRY(id_of<AdvisorId>(body, "advisor_id"));
  if (step.run("advisor_for_new", {host.value}).empty()) return unknown_reference("advisor_id", "advisor");
  if (host == a.advisor) return answer(step, id);
  release_seat(step, id);
  Reserved r = TRY(reserve(step, {.type = a.type,
                                  .start = a.start,
                                  .zone = a.zone,
                                  .host = host,
                                  .contact = a.contact,
                                  .channel = a.channel,
                                  .strictness = Strictness::staff,
                                  .besides = a.start}));
  TRY_VOID(move(step, a, r, a.zone, "appointment.reassigned", get_string(body, "reason")));
  if (a.approve_by)  // who hosts it now decides
    step.run("appointment_request", {id.value, to_ms(*a.approve_by), a.approval_task.value});
  else
    TRY_VOID(booked(step, a.conversation, id));
  TRY_VOID(offer_freed(step, a.hosts));
  return answer(step, id);
}

Result<Json> check_in(Step& step, AppointmentId id) {
  Appointment a = TRY(agreed_ahead(step, id));
  if (a.state != "checked_in") set_state(step, a, {.state = "checked_in", .arrived = true});
  return answer(step, id);
}

Result<Json> held(Step& step, AppointmentId id) {
  Appointment a = TRY(agreed_ahead(step, id));
  if (step.now < a.start - kEarly) return fail(Code::conflict, "this appointment has not begun");
  set_state(step, a, {.state = "held"});
  TRY_VOID(move_conversation(step, a.conversation, AppointmentHeld{id}));
  return answer(step, id);
}

Result<Json> no_show(Step& step, AppointmentId id, const Json& body) {
  Appointment a = TRY(agreed_ahead(step, id));
  if (step.now < a.start) return fail(Code::conflict, "this appointment has not begun");
  std::string cause = get_string(body, "cause");
  set_state(step, a, {.state = "no_show", .cause = cause});
  TRY_VOID(move_conversation(step, a.conversation, NoShow{cause, TRY(case_appointment(step, a.conversation, id))}));
  TRY_VOID(look_ahead(step, a.conversation));
  return answer(step, id);
}

Result<Json> running_late(Step& step, AppointmentId id, const Json& body) {
  Appointment a = TRY(open_ahead(step, id));
  int64_t minutes = get_int(body, "minutes");
  step.run("appointment_late", {id.value, minutes, opt_text(get_string(body, "note", a.note)), to_ms(step.now)});
  step.fact("appointment.running_late", a.conversation, id.value, {{"minutes", minutes}});
  TRY_VOID(move_conversation(step, a.conversation, RunningLate{TRY(case_appointment(step, a.conversation, id))}));
  return answer(step, id);
}

}  // namespace onward::app::booking
