// What appointments do to a conversation: what a booking starts, and how it ends.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/conversations/decider.h"

namespace onward::conversations {

using sequences::EnrollmentState;
using sequences::TriggerKind;

namespace {

// Share of customers who do not come, by days between booking and appointment: 110,527 medical appointments, Vitória
// 2016 (public data). Earlier no-shows: odds ratio 4.42 (PMC11149957, 263,464 appointments). A beginning until the
// installation has appointments enough of its own.
struct Lead {
  int days;  // up to
  double share;
};
constexpr std::array<Lead, 5> kByLead = {{{0, .047}, {2, .227}, {7, .250}, {14, .305}, {INT_MAX, .328}}};
constexpr double kEarlierNoShow = 4.42;
constexpr Millis kEarly = std::chrono::hours{1};  // people may come before their time

}  // namespace

double no_show_risk(const Appointment& a) {
  auto days = std::chrono::floor<std::chrono::days>(a.start - a.booked_at).count();
  auto lead = std::ranges::find_if(kByLead, [&](const Lead& l) { return days <= l.days; });
  double odds = lead->share / (1 - lead->share) * (a.earlier_no_shows > 0 ? kEarlierNoShow : 1);
  return odds / (1 + odds);
}

void Decider::put(const Appointment& a) {
  auto known = std::ranges::find(c_.appointments, a.id, &Appointment::id);
  if (known == c_.appointments.end())
    c_.appointments.push_back(a);
  else
    *known = a;
}

const Appointment* Decider::appointment(AppointmentId id) const {
  if (!id) return nullptr;
  auto known = std::ranges::find(c_.appointments, id, &Appointment::id);
  return known == c_.appointments.end() ? nullptr : &*known;
}

const Appointment* Decider::about(const Touch& t) const {
  if (!t.enrollment) return nullptr;
  auto e = std::ranges::find(c_.enrollments, t.enrollment, &Enrollment::id);
  return e == c_.enrollments.end() ? nullptr : appointment(e->appointment);
}

AppointmentId Decider::appointment_of(const Talk& talk) const {
  const Appointment* found = nullptr;
  for (const Appointment& a : c_.appointments)
    if ((a.ahead() || a.state == "held") && a.start <= talk.held_at + kEarly && (!found || a.start > found->start))
      found = &a;
  return found ? found->id : AppointmentId{};
}

bool Decider::is_service(const Enrollment& e) const {
  const VersionedDocument* v = e.appointment ? document_of(e) : nullptr;
  return v && v->document.is_service();
}

bool Decider::prepares(const Touch& t) const {
  auto e = std::ranges::find(c_.enrollments, t.enrollment, &Enrollment::id);
  const VersionedDocument* v = t.enrollment && e != c_.enrollments.end() ? document_of(*e) : nullptr;
  return v && v->document.trigger.kind == TriggerKind::appointment_booked;
}

bool Decider::serves(const Touch& t) const {
  auto e = std::ranges::find(c_.enrollments, t.enrollment, &Enrollment::id);
  return t.enrollment && e != c_.enrollments.end() && is_service(*e);
}

std::string Decider::gone(const Enrollment& e) const {
  const VersionedDocument* v = e.appointment ? document_of(e) : nullptr;
  if (!v || v->document.trigger.kind != TriggerKind::appointment_booked) return {};
  const Appointment* a = appointment(e.appointment);
  return a && a->ahead() && a->start > now_ ? "" : "the appointment is not ahead any more";
}

void Decider::stop_preparation(AppointmentId id, std::string_view reason) {
  for (Enrollment& e : c_.enrollments) {
    const VersionedDocument* v = e.state == EnrollmentState::active && e.appointment == id ? document_of(e) : nullptr;
    if (!v) continue;
    TriggerKind kind = v->document.trigger.kind;
    if (kind == TriggerKind::appointment_booked || kind == TriggerKind::appointment_late) stop_one(e, reason);
  }
}

void Decider::stop_booked_stage(std::string_view reason) {
  for (Enrollment& e : c_.enrollments) {
    const VersionedDocument* v = e.state == EnrollmentState::active ? document_of(e) : nullptr;
    if (v && v->document.trigger.kind == TriggerKind::stage_entered &&
        v->document.trigger.stage == to_string(Stage::booked))
      stop_one(e, reason);
  }
}

// The first of its times that is still to come and has an opening before the appointment begins.
calendar::Planned Decider::plan_before(const Enrollment& e, const VersionedDocument& v,
                                       const sequences::Step& step) const {
  const Appointment* a = appointment(e.appointment);
  if (!a) return {.ok = false};
  const sequences::Before& b = *step.before;
  std::vector<std::pair<Instant, std::string>> wished;
  if (b.days > 0) {
    Zone zone = find_zone(a->zone).value_or(utc());
    LocalTime local = zone.local(a->start);
    local.date = add_days(local.date, -b.days);
    if (b.at) local.time = *b.at;
    wished.emplace_back(zone.at(local), fmt::format("{} days before the appointment", b.days));
  } else if (!b.reminders) {
    wished.emplace_back(a->start - b.span, fmt::format("{} minutes before the appointment", b.span.count()));
  }
  if (b.reminders)
    for (Minutes m : a->reminders)
      wished.emplace_back(a->start - m, fmt::format("{} minutes before the appointment", m.count()));
  std::ranges::sort(wished);
  auto absences = absences_for(&step);
  for (const auto& [time, note] : wished) {
    if (time < now_ || (b.reminders && time <= e.previous_at)) continue;
    auto planned = calendar::next_open(time, rules_of_step(v, step), c_.place, absences, *catalog_.holidays);
    planned.reasons.insert(planned.reasons.begin(), {"before", a->start, time, note});
    if (planned.ok && planned.at < a->start) return planned;
  }
  return {.ok = false};
}

Status Decider::on(const AppointmentBooked& e) {
  const Appointment& a = e.appointment;
  put(a);
  Stage stage = c_.conversation.stage;
  if (stage == Stage::lost || stage == Stage::dormant) must(on(Reopened{}));
  stop_preparation(a.id, "the appointment is at another time or with somebody else");
  stop_all("an appointment was booked", true);
  if (is_open()) {
    c_.conversation.appointment_at = std::min(a.start, e.next_at.value_or(a.start));
    c_.conversation.reply_waiting_at.reset();
    touch_conversation();
    fact("conversation.booked", c_.conversation.id.value, {{"appointment_at", to_ms(a.start)}});
    enter_stage(Stage::booked, "an appointment was booked");
    fire(TriggerKind::stage_entered, std::string(to_string(Stage::booked)), "the stage is now booked");
  }
  fire(TriggerKind::appointment_booked, {}, a.sequence > 0 ? "the appointment was moved" : "an appointment was booked",
       a.id);
  return {};
}

// What was planned only because nobody had confirmed is not needed any more.
Status Decider::on(const AppointmentConfirmed& e) {
  put(e.appointment);
  std::vector<TouchId> needless;
  for (const Touch& t : c_.touches) {
    const sequences::Step* step = t.open() && t.state != TouchState::sending && t.state != TouchState::in_doubt &&
                                          about(t) && about(t)->id == e.appointment.id
                                      ? step_of(t)
                                      : nullptr;
    if (step && std::ranges::count(step->only_if, "appointment.confirmed", &sequences::Condition::fact) > 0 &&
        !objection_to(*step, true, about(t)).empty())
      needless.push_back(t.id);
  }
  for (TouchId id : needless) {
    Touch& t = *find_touch(id);
    cancel(t, "the appointment was confirmed");
    step_over(t);
  }
  return {};
}

Status Decider::on(const NoShow& e) {
  AppointmentId id = e.appointment ? e.appointment->id : AppointmentId{};
  if (e.appointment) put(*e.appointment);
  if (!id) fact("appointment.no_show", c_.conversation.id.value, {{"cause", e.cause}});  // else its own life tells it
  stop_preparation(id, "the appointment did not take place");
  if (!is_open())
    return e.appointment ? Status{} : fail(Code::conflict, "this conversation is closed; reopen it first");
  stop_booked_stage("the appointment did not take place");
  c_.conversation.appointment_at.reset();
  if (c_.conversation.stage == Stage::booked) enter_stage(Stage::following_up, "the appointment did not take place");
  touch_conversation();
  fire(TriggerKind::no_show, {}, "the appointment did not take place", id);
  return {};
}

Status Decider::on(const AppointmentCancelled& e) {
  put(e.appointment);
  stop_preparation(e.appointment.id, e.why);
  if (e.told) fire(TriggerKind::appointment_cancelled, {}, e.why, e.appointment.id);
  if (!is_open()) return {};
  c_.conversation.appointment_at = e.next_at;
  touch_conversation();
  if (e.next_at) return {};
  stop_booked_stage(e.why);
  if (c_.conversation.stage != Stage::booked) return {};
  Stage before = c_.conversation.last_talk_at ? Stage::following_up : Stage::qualified;
  enter_stage(before, e.why);
  fire(TriggerKind::stage_entered, std::string(to_string(before)), e.why);
  return {};
}

Status Decider::on(const AppointmentAhead& e) {
  if (!is_open()) return {};
  c_.conversation.appointment_at = e.next_at;
  touch_conversation();
  return {};
}

Status Decider::on(const AppointmentHeld& e) {
  stop_preparation(e.appointment, "the appointment took place");
  if (!is_open() || !c_.conversation.appointment_at) return {};  // its talk was logged already
  stop_booked_stage("the appointment took place");
  if (c_.conversation.stage < Stage::met) enter_stage(Stage::met, "the appointment took place");
  touch_conversation();
  return {};
}

Status Decider::on(const RunningLate& e) {
  put(e.appointment);
  fire(TriggerKind::appointment_late, {}, "running late", e.appointment.id);
  return {};
}

}  // namespace onward::conversations
