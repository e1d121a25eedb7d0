#include "core/conversations/decide.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "core/conversations/decider.h"

namespace onward::conversations {
namespace {

using sequences::about_appointment;
using sequences::EnrollmentState;
using sequences::TriggerKind;

constexpr Stage kStages[] = {Stage::hand_raised, Stage::qualified, Stage::booked, Stage::met,    Stage::following_up,
                             Stage::proposal,    Stage::won,       Stage::lost,   Stage::dormant};

bool waits_to_leave(const Touch& t) {
  return t.is_message() && (t.state == TouchState::planned || t.state == TouchState::approved);
}

// Whether this run and one about this appointment are of the same sequence and for the same thing.
bool same_run(const Enrollment& e, const VersionedDocument& v, AppointmentId about) {
  return e.sequence == v.sequence && (!about_appointment(v.document.trigger.kind) || e.appointment == about);
}

bool names_type(const VersionedDocument& v, const Appointment& a) {
  return std::ranges::count(v.document.trigger.meeting_types, a.meeting_type) > 0;
}

}  // namespace

std::string_view to_string(Stage s) {
  switch (s) {
    case Stage::hand_raised: return "hand_raised";
    case Stage::qualified: return "qualified";
    case Stage::booked: return "booked";
    case Stage::met: return "met";
    case Stage::following_up: return "following_up";
    case Stage::proposal: return "proposal";
    case Stage::won: return "won";
    case Stage::lost: return "lost";
    case Stage::dormant: return "dormant";
  }
  return "";
}

Result<Stage> parse_stage(std::string_view text) {
  for (Stage s : kStages)
    if (to_string(s) == text) return s;
  return fail(Code::invalid, "must be a stage such as met or proposal");
}

const TypePolicy& Catalog::policy(const std::string& type) const {
  static const TypePolicy fallback;
  auto it = types.find(type);
  return it == types.end() ? fallback : it->second;
}

const library::Asset* Catalog::asset(AssetId id) const {
  for (const library::Asset& a : assets)
    if (a.id == id) return &a;
  return nullptr;
}

Result<Decision> decide(Case c, const Event& event, const Catalog& catalog, const Names& names, Instant now) {
  Decider decider(std::move(c), catalog, names, now);
  TRY_VOID(decider.apply(event));
  return decider.finish();
}

std::optional<Instant> next_timer(const Case& c) {
  std::optional<Instant> next = c.conversation.silence_at;
  auto consider = [&](std::optional<Instant> t) {
    if (t && (!next || *t < *next)) next = t;
  };
  for (const Touch& t : c.touches) consider(t.next_at);
  for (const Promise& p : c.promises)
    if (p.state == promises::State::owed) consider(p.due_at);
  return next;
}

Status Decider::apply(const Event& event) {
  return std::visit([this](const auto& e) { return on(e); }, event);
}

Decision Decider::finish() {
  if (is_open()) update_next();
  update_silence();
  for (const Enrollment& e : c_.enrollments) {
    if (e.state != EnrollmentState::active) continue;
    auto open = std::count_if(c_.touches.begin(), c_.touches.end(),
                              [&](const Touch& t) { return t.enrollment == e.id && t.open(); });
    check(open == 1, fmt::format("enrollment {} has {} open touches", e.id.text(), open));
  }
  return {std::move(c_), std::move(effects_), std::move(facts_)};
}

Fact& Decider::fact(std::string kind, int64_t subject, json::object data) {
  return facts_.emplace_back(Fact{std::move(kind), subject, std::move(data)});
}

Touch* Decider::find_touch(TouchId id) {
  for (Touch& t : c_.touches)
    if (t.id == id) return &t;
  return nullptr;
}
Result<Touch*> Decider::get_touch(TouchId id) {
  Touch* t = find_touch(id);
  if (!t) return fail(Code::conflict, "this touch has ended");
  return t;
}
Enrollment* Decider::find_enrollment(EnrollmentId id) {
  for (Enrollment& e : c_.enrollments)
    if (e.id == id) return &e;
  return nullptr;
}
Zone Decider::owner_zone() const {
  auto zone = find_zone(c_.owner.zone);
  return zone ? *zone : utc();
}

Status Decider::on(const Opened&) {
  fact("conversation.opened", c_.conversation.id.value,
       {{"stage", to_string(c_.conversation.stage)},
        {"type", c_.conversation.type},
        {"channel", c_.conversation.channel}});
  fire(TriggerKind::stage_entered, std::string(to_string(c_.conversation.stage)), "the conversation was opened");
  return {};
}

Status Decider::on(const TalkHeld& e) {
  if (!is_open()) return fail(Code::conflict, "this conversation is closed; reopen it first");
  if (e.talk.held_at > now_) return fail_field("/held_at", "future", "a talk that was held lies in the past");
  Talk talk = e.talk;
  talk.id = new_id<TalkTag>();
  fact("talk.held", talk.id.value,
       {{"held_at", to_ms(talk.held_at)}, {"next_steps", talk.next_steps.size()}, {"assets", talk.assets.size()}});
  stop_all("a new talk was held", false);
  c_.talk = talk;
  for (const std::string& o : talk.objections) c_.objections.push_back(o);
  c_.conversation.last_talk_at = talk.held_at;
  c_.conversation.reply_waiting_at.reset();
  c_.conversation.appointment_at.reset();
  touch_conversation();
  std::vector<promises::NamedAsset> titles;
  for (AssetId id : talk.assets)
    if (const library::Asset* a = catalog_.asset(id)) titles.push_back({id, a->title});
  for (Promise& p : promises::promises_of(talk, policy().promises, titles, c_.owner.id, owner_zone(), now_))
    owe(std::move(p));
  effects_.talk = talk;
  if (c_.conversation.stage < Stage::met) enter_stage(Stage::met, "a talk was held");
  fire(TriggerKind::talk_held, {}, "a talk was held", appointment_of(talk));
  break_due_promises();
  return {};
}

Status Decider::on(const StageEntered& e) {
  if (closed(e.stage)) return fail_field("/stage", "not_allowed", "won, lost and dormant are outcomes");
  if (!is_open()) return fail(Code::conflict, "this conversation is closed; reopen it first");
  if (e.stage == Stage::booked) {
    if (!e.appointment_at) return fail_field("/appointment_at", "required", "a booked conversation has an appointment");
    stop_all("an appointment was booked", true);
    c_.conversation.appointment_at = e.appointment_at;
    c_.conversation.reply_waiting_at.reset();
    fact("conversation.booked", c_.conversation.id.value, {{"appointment_at", to_ms(*e.appointment_at)}});
  }
  enter_stage(e.stage, "set by a person");
  fire(TriggerKind::stage_entered, std::string(to_string(e.stage)),
       fmt::format("the stage is now {}", to_string(e.stage)));
  return {};
}

Status Decider::on(const OutcomeSet& e) {
  if (!is_open()) return fail(Code::conflict, "this conversation is closed already");
  Stage stage = *parse_stage(e.deal.kind);
  stop_all(fmt::format("the outcome is {}", e.deal.kind), true);
  for (Touch& t : c_.touches)
    if (t.open() && t.kind == "task" && !serves(t)) cancel(t, fmt::format("the outcome is {}", e.deal.kind));
  waive_all(fmt::format("the outcome is {}", e.deal.kind));
  close(stage, e.deal);
  return {};
}

Status Decider::on(const Reopened&) {
  if (is_open()) return fail(Code::conflict, "this conversation is open");
  c_.conversation.closed_at.reset();
  c_.conversation.close_reason.clear();
  c_.conversation.reopened_at = now_;
  enter_stage(Stage::following_up, "reopened");
  return {};
}

Status Decider::on(const OptedOut& e) {
  fact("contact.opted_out", c_.conversation.contact.value, {{"source", e.source}});
  if (c_.contact && !c_.contact->opted_out_at) c_.contact->opted_out_at = now_;
  std::string why = "the contact opted out";
  if (!e.detail.empty()) why += ": " + e.detail;
  stop_all(why, true);
  for (Promise& p : c_.promises)
    if (p.open() && p.kind != "next_step") settle(p, promises::State::waived, why);
  return {};
}

Status Decider::on(const ConsentEnded& e) {
  auto refused = [&](contacts::Purpose p) {
    return std::find(e.purposes.begin(), e.purposes.end(), p) != e.purposes.end();
  };
  std::string why = "consent_withdrawn";
  if (!e.detail.empty()) why += ": " + e.detail;
  for (Touch& t : c_.touches)
    if (!t.enrollment && t.is_message() && t.open() && refused(t.purpose)) stop_message(t, why);
  std::vector<EnrollmentId> active;  // to step on may start nothing, but ends and opens touches
  for (const Enrollment& x : c_.enrollments)
    if (x.state == EnrollmentState::active) active.push_back(x.id);
  for (EnrollmentId id : active) stop_refused(*find_enrollment(id), refused, why);
  return {};
}

Status Decider::on(const Enroll& e) {
  if (!is_open()) return fail(Code::conflict, "this conversation is closed; reopen it first");
  auto it = catalog_.versions.find(e.version);
  if (it == catalog_.versions.end()) return fail(Code::not_found, "there is no such published sequence");
  AppointmentId about;
  if (about_appointment(it->second.document.trigger.kind)) {
    for (const Appointment& a : c_.appointments)
      if (a.ahead() && a.start > now_ && !about) about = a.id;
    if (!about) return fail(Code::conflict, "this sequence is about an appointment, and none is ahead");
  }
  for (const Enrollment& x : c_.enrollments)
    if (same_run(x, it->second, about) && x.state == EnrollmentState::active)
      return fail(Code::conflict, "this conversation is on that sequence already");
  start(it->second, "started by a person", about);
  return {};
}

Status Decider::on(const Unenroll& e) {
  Enrollment* x = find_enrollment(e.enrollment);
  if (!x || x->state != EnrollmentState::active) return fail(Code::not_found, "there is no such running enrollment");
  for (Touch& t : c_.touches)
    if (t.enrollment == x->id && t.open()) cancel(t, e.reason);
  end_enrollment(*x, EnrollmentState::stopped, e.reason);
  return {};
}

Status Decider::on(const OwnerChanged& e) {
  fact("conversation.owner", c_.conversation.id.value, {{"owner", e.owner.text()}});
  c_.conversation.owner = e.owner;
  c_.conversation.reassigned = true;
  touch_conversation();
  for (Touch& t : c_.touches) {
    if (!t.open() || t.state == TouchState::sending) continue;
    t.advisor = c_.owner.id;
    t.mailbox = c_.owner.mailbox;
    mark(t.change);
    const sequences::Step* step = step_of(t);
    if (t.state != TouchState::draft || !t.edited_by.empty() || !step || !step->approval) continue;
    t.problem.clear();
    draft(t, *step);  // it speaks in the new owner's name, who has the time that the step gives
  }
  return {};
}

Status Decider::on(const Tick&) {
  break_due_promises();
  // Cancelling and stepping on may grow the vector: remember who is due first.
  std::vector<TouchId> due;
  for (const Touch& t : c_.touches)
    if (t.open() && t.next_at && (*t.next_at <= now_ || (waits_to_leave(t) && t.expires_at <= now_)))
      due.push_back(t.id);
  for (TouchId id : due)
    if (Touch* t = find_touch(id); t && t->open()) tick_touch(*t);
  if (silence_due()) fire(TriggerKind::silence, {}, "nothing was heard from the contact");
  return {};
}

// Messages that may leave are claimed by SendDue; everything else that a timer can do happens here.
void Decider::tick_touch(Touch& t) {
  bool message = t.is_message();
  if (waits_to_leave(t)) {
    if (now_ < t.expires_at) return;  // stale behind a mailbox that is at its cap: the sequence does not wait for it
    set_state(t, TouchState::expired, fmt::format("stale: its time was {}", format_rfc3339(t.due_at)), "touch.expired");
    return step_over(t);
  }
  if (t.state == TouchState::sending) return doubtful(t, "the sender stopped without telling the outcome");
  if (t.state == TouchState::in_doubt) return in_doubt_timer(t);
  const sequences::Step* due_step = step_of(t);
  if (std::string why = due_step && !message ? objection_to(*due_step, true, about(t)) : ""; !why.empty()) {
    cancel(t, why);
    return step_over(t);
  }
  if (t.kind == "close") {
    Deal deal{new_id<DealTag>(), "dormant", {}, {}, t.title, now_};
    set_state(t, TouchState::done, "", "touch.done");
    step_over(t);
    stop_all("closed gracefully", true);
    waive_all("closed gracefully");
    return close(Stage::dormant, deal);
  }
  if (t.kind == "task" && prepares(t) && now_ >= t.expires_at) {
    set_state(t, TouchState::expired, "nobody did it in time", "touch.expired");
    return step_over(t);
  }
  if (t.kind == "task") {  // it is due now and stays with the person until done, or until the appointment has begun
    t.next_at = prepares(t) ? std::optional(t.expires_at) : std::nullopt;
    mark(t.change);
    fact("touch.due", t.id.value, {{"state", to_string(t.state)}});
    return;
  }
  if (t.state != TouchState::draft) return;
  const sequences::Step* step = step_of(t);
  auto then = step && step->approval ? step->approval->then : sequences::AtDeadline::hold;
  if (now_ >= t.expires_at) {
    set_state(t, TouchState::expired, "nobody approved it in time", "touch.expired");
    return step_over(t);
  }
  if (!t.problem.empty() || then == sequences::AtDeadline::hold) {
    t.next_at = t.expires_at;
    mark(t.change);
    fact("touch.overdue", t.id.value, {{"state", to_string(t.state)}, {"expires_at", to_ms(t.expires_at)}});
    return;
  }
  if (then == sequences::AtDeadline::send) return approve(t, "deadline");
  set_state(t, TouchState::suppressed, "skipped: nobody approved it in time", "touch.suppressed");
  step_over(t);
}

void Decider::enter_stage(Stage stage, std::string_view why) {
  if (c_.conversation.stage == stage) return;
  c_.conversation.stage = stage;
  c_.conversation.stage_at = now_;
  touch_conversation();
  fact("conversation.stage", c_.conversation.id.value, {{"stage", to_string(stage)}, {"why", why}});
}

void Decider::close(Stage stage, const Deal& given) {
  Deal deal = given;
  if (!deal.id) deal.id = new_id<DealTag>();
  deal.at = now_;
  c_.conversation.closed_at = now_;
  c_.conversation.close_reason = deal.reason;
  c_.conversation.next = {};
  c_.conversation.reply_waiting_at.reset();
  c_.conversation.appointment_at.reset();
  c_.conversation.snoozed_until.reset();
  enter_stage(stage, "the outcome was set");
  touch_conversation();
  fact("conversation.closed", c_.conversation.id.value, {{"stage", to_string(stage)}, {"reason", deal.reason}});
  effects_.deal = deal;
}

bool Decider::may_enter(const VersionedDocument& v, AppointmentId about) const {
  const auto& stages = v.document.stages;
  std::string stage(to_string(c_.conversation.stage));
  if (!stages.empty() && std::find(stages.begin(), stages.end(), stage) == stages.end()) return false;
  for (const Enrollment& e : c_.enrollments) {
    if (!same_run(e, v, about)) continue;
    if (v.document.reentry == sequences::Reentry::never) return false;
    if (v.document.reentry == sequences::Reentry::after_end && e.state == EnrollmentState::active) return false;
  }
  return true;
}

bool Decider::fires(const VersionedDocument& v, TriggerKind kind, const std::string& stage,
                    const Appointment* about) const {
  const sequences::Trigger& t = v.document.trigger;
  if (!v.current || v.document.type != c_.conversation.type || t.kind != kind) return false;
  if (kind == TriggerKind::stage_entered && t.stage != stage) return false;
  if (!is_open() && !v.document.is_service()) return false;
  return t.meeting_types.empty() || (about && names_type(v, *about));
}

void Decider::fire(TriggerKind kind, const std::string& stage, std::string_view reason, AppointmentId id) {
  const Appointment* about = appointment(id);
  // A sequence that names the meeting type takes the place of those that name none.
  bool named = about && std::ranges::any_of(catalog_.versions, [&](const auto& entry) {
                 return fires(entry.second, kind, stage, about) && names_type(entry.second, *about);
               });
  for (const auto& [version, v] : catalog_.versions) {
    if (!fires(v, kind, stage, about) || (named && !names_type(v, *about)) || !may_enter(v, id)) continue;
    if (kind == TriggerKind::silence && silence_end(v).value_or(now_ + Millis{1}) > now_) continue;
    for (Enrollment& e : c_.enrollments)
      if (same_run(e, v, id) && e.state == EnrollmentState::active) {
        for (Touch& t : c_.touches)
          if (t.enrollment == e.id && t.open()) cancel(t, "the sequence starts anew");
        end_enrollment(e, EnrollmentState::stopped, "the sequence starts anew");
      }
    start(v, std::string(reason), id);
  }
}

}  // namespace onward::conversations
