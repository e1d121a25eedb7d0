#include "app/booking/approval.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/booking/letters.h"
#include "app/booking/life.h"
#include "app/booking/waitlist.h"
#include "app/calendars/outbox.h"
#include "app/case_appointments.h"

namespace onward::app::booking {

namespace {

constexpr Millis kLeast = 15min;  // a host has at least so long, whatever the notice

// Some business hours, but before the notice, so that the customer still finds another time.
Instant deadline(const Case& c, const Step& step, const MeetingType& type, Instant start) {
  Instant by =
      conversations::business_deadline(c.owner, step.catalog(), step.now, static_cast<int>(type.approval_hours));
  by = std::min(by, start - Minutes{get_int(type.rules, "notice_min")});
  return std::min(std::max(by, step.now + kLeast), start);
}

bool hosts_it(const Caller& caller, const Reserved& r) {
  return caller.advisor &&
         std::ranges::any_of(r.hosts, [&](uint32_t h) { return r.desk.hosts[h].id == caller.advisor; });
}

Result<TouchId> ask_host(Step& step, Case c, const std::string& title, Instant by) {
  std::vector<Decision> d;
  d.push_back(TRY(conversations::decide(std::move(c), conversations::AddTask{step.caller.actor(), title, "other", by},
                                        step.catalog(), step.names(), step.now)));
  TouchId task = d.back().next.touches.back().id;
  save_decisions(step, d);
  return task;
}

json::array nearest_words(Step& step, const Appointment& a) {
  json::array out;
  auto nearest = nearest_slots(step, a.type, a.start, {{}, {}, a.zone});
  if (!nearest) return out;
  for (const Json& slot : nearest->at("nearest").as_array())
    if (auto start = parse_rfc3339(get_string(slot, "start"))) out.emplace_back(wall_text(*start, a.zone));
  return out;
}

Result<Appointment> requested(Step& step, AppointmentId id) {
  TRY_VOID(step.require_change());
  TRY_VOID(find_appointment(step, id));
  step.run("appointment_lock", {id.value});
  Appointment a = TRY(find_appointment(step, id));
  if (a.state != "requested") return fail(Code::conflict, "this appointment waits for no approval");
  return a;
}

Status turn_down(Step& step, const Appointment& a, const std::string& reason, const std::string& why) {
  TRY_VOID(end_request(step, a, why));
  release_seat(step, a.id);
  step.run("appointment_state", {a.id.value, std::string("cancelled"), ports::null_value(), ports::opt_text(reason),
                                 int64_t{0}, int64_t{1}, ports::null_value(), to_ms(step.now)});
  step.run("appointment_declined", {a.id.value});
  calendars::appointment_changed(step, a.id, a.hosts);
  step.fact("appointment.declined", a.conversation, a.id.value, {{"state", "cancelled"}, {"why", why}});
  json::object values{{"when", wall_text(a.start, a.zone)},
                      {"zone", a.zone},
                      {"reason", reason},
                      {"nearest", nearest_words(step, a)},
                      {"link", step.services.base_url + "/a/" + link_token(step.services, a.id)}};
  TRY_VOID(
      send_letter(step, a.conversation, "declined", std::move(values), "Offer another time: the request was declined"));
  return offer_freed(step, a.hosts);
}

}  // namespace

const Shape& decline_shape() {
  static const Shape s = shape::object({{"reason", shape::line(1, 300), shape::nullable, "What the customer is told"}});
  return s;
}

Status enter_booked(Step& step, ConversationId conversation, AppointmentId id, const Reserved& r) {
  const MeetingType& type = r.desk.type;
  if (!type.approval || hosts_it(step.caller, r)) return booked(step, conversation, id);
  Case c = TRY(load_case(step, conversation, Locking::wait));
  Instant by = deadline(c, step, type, r.start);
  std::string title = fmt::format("Approve or decline: {} {}", wall_text(r.start, r.desk.input.viewer.name()),
                                  r.desk.input.viewer.name());
  TouchId task = TRY(ask_host(step, std::move(c), title, by));
  step.run("appointment_request", {id.value, to_ms(by), task.value});
  step.fact("appointment.requested", conversation, id.value, {{"state", "requested"}, {"by", to_ms(by)}});
  return {};
}

Status end_request(Step& step, const Appointment& a, const std::string& note) {
  if (!a.approval_task) return {};
  // Somebody may have ticked it off before.
  auto done =
      move_conversation(step, a.conversation, conversations::TaskDone{a.approval_task, step.caller.actor(), note});
  if (!done && done.error().code != Code::conflict && done.error().code != Code::not_found) return done;
  return {};
}

Result<Json> approve(Step& step, AppointmentId id) {
  Appointment a = TRY(requested(step, id));
  TRY_VOID(end_request(step, a, "approved"));
  step.run("appointment_approved", {id.value, to_ms(step.now)});
  step.fact("appointment.approved", a.conversation, id.value, {{"state", "confirmed"}});
  calendars::appointment_changed(step, id, a.hosts);
  TRY_VOID(booked(step, a.conversation, id));
  return Json(TRY(get_appointment_as_system(step, id)));
}

Result<Json> decline(Step& step, AppointmentId id, const Json& body) {
  Appointment a = TRY(requested(step, id));
  TRY_VOID(turn_down(step, a, get_string(body, "reason"), "declined"));
  return Json(TRY(get_appointment_as_system(step, id)));
}

Result<int64_t> decline_undecided(Step& step, int limit) {
  Rows due = step.run("appointments_undecided", {to_ms(step.now), int64_t{limit}});
  for (size_t r = 0; r < due.size(); ++r) {
    auto a = requested(step, {due.integer(r, 0)});
    if (a) TRY_VOID(turn_down(step, *a, {}, "nobody decided in time"));
  }
  return static_cast<int64_t>(due.size());
}

}  // namespace onward::app::booking
