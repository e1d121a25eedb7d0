// Enrollments: starting, stepping on, stopping, and why a step is planned for the time it is planned for.
#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "core/conversations/decider.h"

namespace onward::conversations {

using sequences::EnrollmentState;
using sequences::Step;
using sequences::StepKind;

namespace {

constexpr int kMaxCapRounds = 20;
constexpr Millis kMargin = std::chrono::minutes{10};  // between the last moment to approve and the end of the window

// Conditions on what the contact does in the meantime are looked at when the time comes, not while planning.
bool changes_with_time(std::string_view name) {
  return name == "assets_opened" || name == "days_since_talk" || name == "appointment.confirmed";
}

std::string condition_text(const sequences::Condition& c) {
  return fmt::format("only if {} {} {}", c.fact, c.op == "is" ? "is" : "is not", c.value);
}

bool is_follow_up(const Touch& t) { return t.purpose != contacts::Purpose::transactional; }
bool on_the_wire(const Touch& t) { return t.state == TouchState::sending || t.state == TouchState::in_doubt; }

}  // namespace

const VersionedDocument* Decider::document_of(const Enrollment& e) const {
  auto it = catalog_.versions.find(e.version);
  return it == catalog_.versions.end() ? nullptr : &it->second;
}

const Step* Decider::step_of(const Touch& t) const {
  for (const Enrollment& e : c_.enrollments) {
    if (e.id != t.enrollment) continue;
    const VersionedDocument* v = document_of(e);
    int i = v ? v->document.index_of(t.step) : -1;
    return i < 0 ? nullptr : &v->document.steps[static_cast<size_t>(i)];
  }
  return nullptr;
}

void Decider::start(const VersionedDocument& v, std::string reason, AppointmentId about) {
  Enrollment e;
  e.id = new_id<EnrollmentTag>();
  e.sequence = v.sequence;
  e.version = v.version;
  e.appointment = about;
  // Delays count from the talk itself, also when it was logged later.
  bool from_talk = v.document.trigger.kind == sequences::TriggerKind::talk_held && c_.talk;
  e.anchor_at = from_talk ? c_.talk->held_at : now_;
  e.previous_at = e.anchor_at;
  e.started_at = now_;
  e.reason = std::move(reason);
  e.change = Change::created;
  fact("enrollment.started", e.id.value,
       {{"state", "active"},
        {"sequence", e.sequence.text()},
        {"version", v.number},
        {"name", v.document.name},
        {"reason", e.reason}});
  c_.enrollments.push_back(e);
  advance(e.id, 0);
}

void Decider::advance(EnrollmentId id, int from_index) {
  Enrollment* e = find_enrollment(id);
  check(e && e->state == EnrollmentState::active);
  const VersionedDocument* v = document_of(*e);
  check(v != nullptr, "an enrollment's version is in the catalog");
  const auto& steps = v->document.steps;
  for (size_t i = static_cast<size_t>(from_index); i < steps.size(); ++i) {
    e->step = steps[i].key;
    if (e->change == Change::none) e->change = Change::updated;
    if (try_step(*e, *v, steps[i])) return;
  }
  end_enrollment(*e, EnrollmentState::done, "every step is done");
}

bool Decider::try_step(Enrollment& e, const VersionedDocument& v, const Step& step) {
  auto skip = [&](std::string_view why) {
    fact("step.skipped", e.id.value, {{"step", step.key}, {"title", step.title}, {"reason", why}});
    return false;
  };
  if (std::string why = gone(e); !why.empty()) return skip(why);
  if (std::string why = objection_to(step, false, appointment(e.appointment)); !why.empty()) return skip(why);
  Touch t = new_touch(std::string(sequences::to_string(step.kind)), step.title);
  t.enrollment = e.id;
  t.step = step.key;
  t.purpose = step.purpose;
  t.keeps = step.keeps;
  t.priority = sequences::priority_of(step);
  if (step.kind == StepKind::task) t.channel = step.task_kind;
  if (step.kind == StepKind::close) t.title = step.close_reason;
  if (step.kind == StepKind::asset) {
    std::string why_not;
    if (!pick_assets(step, t, why_not)) return skip(why_not);
  }
  calendar::Planned planned = step.before ? plan_before(e, v, step) : plan_step(e, v, step, t);
  if (!planned.ok)
    return skip(step.before ? "no time is left before the appointment"
                            : "no opening in the send window within 400 days");
  if (step.kind == StepKind::wait) {
    e.previous_at = planned.at;
    return false;
  }
  open_touch(e, step, std::move(t), planned);
  return true;
}

std::string Decider::objection_to(const Step& step, bool at_due_time, const Appointment* about) const {
  bool message = step.kind == StepKind::email || step.kind == StepKind::asset;
  if (message) {
    if (!c_.contact) return "no contact is named";
    auto permission = contacts::may_touch(*c_.contact, step.purpose, "email", policy().basis);
    if (!permission.allowed) return permission.reason;
    if (c_.contact->email.empty())
      return c_.contact->suppressed_reason.empty() ? "no_email_address"
                                                   : "address_suppressed: " + c_.contact->suppressed_reason;
  }
  for (const sequences::Condition& cond : step.only_if) {
    if (!at_due_time && changes_with_time(cond.fact)) continue;
    std::string value = fact_value(c_, cond.fact, now_, about).value_or("");
    if ((value == cond.value) != (cond.op == "is")) return condition_text(cond);
  }
  return {};
}

bool Decider::pick_assets(const Step& step, Touch& t, std::string& why_not) {
  if (step.pick == "promised") {
    for (const Promise& p : c_.promises)
      if (p.kind == "asset" && p.open() && catalog_.asset(p.asset)) t.assets.push_back(p.asset);
    why_not = "no asset was promised";
    t.why_asset = "promised in the talk";
    return !t.assets.empty();
  }
  library::Wish wish{c_.contact->language, c_.conversation.topic, c_.objections,
                     std::string(to_string(c_.conversation.stage)), c_.sent_assets};
  library::Choice choice = library::choose(catalog_.assets, step.kinds, wish, now_);
  if (!choice.asset) {
    why_not = "no asset of the library fits that was not sent before";
    return false;
  }
  t.assets.push_back(choice.asset->id);
  t.why_asset = choice.why;
  return true;
}

std::vector<calendar::Interval> Decider::absences_for(const Step* step) const {
  if (step && !step->avoid_absence) return {};
  return c_.owner.absences;
}

calendar::SendRules Decider::rules_of_step(const VersionedDocument& v, const Step& step) const {
  calendar::SendRules rules = sequences::rules_of(v.document, step);
  if (step.kind == StepKind::email || step.kind == StepKind::asset) return rules;
  // A person or the system acts: no send window.
  rules.window = {{true, true, true, true, true, true, true}, Minutes{0}, Minutes{24 * 60}};
  rules.quiet_from = rules.quiet_to = Minutes{0};
  rules.avoid_holidays = step.kind == StepKind::task && step.avoid_holidays;
  return rules;
}

calendar::Planned Decider::plan_step(const Enrollment& e, const VersionedDocument& v, const Step& step,
                                     const Touch&) const {
  Instant base = step.base == sequences::Base::trigger ? e.anchor_at : e.previous_at;
  calendar::SendRules rules = rules_of_step(v, step);
  bool message = step.kind == StepKind::email || step.kind == StepKind::asset;
  auto absences = step.kind == StepKind::close ? std::vector<calendar::Interval>{} : absences_for(&step);
  calendar::Planned planned = calendar::plan(base, step.delay, rules, c_.place, absences, *catalog_.holidays);
  Instant earliest = std::max(now_, e.previous_at);
  if (planned.ok && planned.at < earliest) {  // the time has passed: as soon as it may leave
    auto again = calendar::next_open(earliest, rules, c_.place, absences, *catalog_.holidays);
    again.reasons.insert(again.reasons.begin(), {"late", planned.at, earliest, "its time had passed"});
    again.reasons.insert(again.reasons.begin(), planned.reasons.begin(), planned.reasons.end());
    planned = std::move(again);
  }
  return message ? within_cap(std::move(planned), step, rules) : planned;
}

// The first time from `wished` on at which the contact may hear from us again; nullopt: at once.
std::optional<Instant> Decider::cap_free_at(Instant wished, const Step& step) const {
  if (step.purpose == contacts::Purpose::transactional) return std::nullopt;
  if (step.keeps == "recap" || step.keeps == "asset") return std::nullopt;
  const FrequencyCap& cap = catalog_.cap;
  std::optional<Instant> free;
  std::vector<Instant> sent = c_.recent;  // with what is on the wire in other conversations
  for (const Touch& t : c_.touches)
    if (t.state == TouchState::sending && is_follow_up(t)) sent.push_back(now_);
  std::sort(sent.begin(), sent.end());
  if (!sent.empty() && sent.back() + std::chrono::hours{cap.gap_hours} > wished)
    free = sent.back() + std::chrono::hours{cap.gap_hours};
  Millis span = std::chrono::days{cap.days};
  auto recent = std::count_if(sent.begin(), sent.end(), [&](Instant t) { return t + span > wished; });
  if (recent >= cap.count) {
    Instant leaves = sent[sent.size() - static_cast<size_t>(cap.count)] + span;
    free = std::max(free.value_or(leaves), leaves);
  }
  return free;
}

calendar::Planned Decider::within_cap(calendar::Planned planned, const Step& step,
                                      const calendar::SendRules& rules) const {
  for (int round = 0; planned.ok && round < kMaxCapRounds; ++round) {
    auto free = cap_free_at(planned.at, step);
    if (!free) break;
    auto later = calendar::next_open(*free, rules, c_.place, absences_for(&step), *catalog_.holidays);
    later.reasons.insert(later.reasons.begin(), {"cap", planned.at, *free, "the contact's frequency cap"});
    later.reasons.insert(later.reasons.begin(), planned.reasons.begin(), planned.reasons.end());
    planned = std::move(later);
  }
  return planned;
}

void Decider::open_touch(Enrollment& e, const Step& step, Touch t, const calendar::Planned& planned) {
  t.due_at = planned.at;
  t.why = planned.reasons;
  t.zone = c_.place.zone.name();
  t.expires_at = planned.at + std::chrono::hours{step.valid_hours};
  const VersionedDocument* v = document_of(e);
  const Appointment* coming = appointment(e.appointment);
  if (coming && v->document.trigger.kind == sequences::TriggerKind::appointment_booked)
    t.expires_at = std::min(t.expires_at, coming->start);  // nobody is told of what has begun
  t.next_at = planned.at;
  t.body = step.kind == StepKind::task ? step.instruction : "";
  for (Promise& p : c_.promises) {
    if (step.keeps.empty() || p.kind != step.keeps || !p.open()) continue;
    p.touch = t.id;
    mark(p.change);
  }
  e.step = step.key;
  if (step.approval) {
    draft(t, step);
    fact("touch.drafted", t.id.value,
         {{"state", "draft"},
          {"step", t.step},
          {"title", t.title},
          {"due_at", to_ms(t.due_at)},
          {"deadline_at", to_ms(*t.deadline_at)}});
  } else {
    fact("touch.planned", t.id.value,
         {{"state", "planned"}, {"step", t.step}, {"title", t.title}, {"due_at", to_ms(t.due_at)}});
  }
  c_.touches.push_back(std::move(t));
}

calendar::SendRules Decider::rules_of_touch(const Touch& t, const Step& step) const {
  for (const Enrollment& e : c_.enrollments)
    if (e.id == t.enrollment) return sequences::rules_of(document_of(e)->document, step);
  return {};
}

// Business hours, not before the message's own time, but never so late that the promise it keeps could not be kept any
// more.
Instant Decider::approval_deadline(const Touch& t, const Step& step) const {
  if (!step.approval) return t.expires_at;  // a draft only because something must be mended
  Instant deadline = std::max(t.due_at, business_deadline(c_.owner, catalog_, now_, step.approval->within_hours));
  auto rules = rules_of_touch(t, step);
  for (const Promise& p : c_.promises) {
    if (step.keeps.empty() || p.kind != step.keeps || p.state != promises::State::owed) continue;
    Instant last = p.due_at - kMargin;
    while (last > t.due_at && !calendar::is_open(last, rules, c_.place, absences_for(&step), *catalog_.holidays))
      last -= kMargin;
    if (last >= t.due_at) deadline = std::min(deadline, last);
  }
  return deadline;
}

void Decider::draft(Touch& t, const Step& step) {
  t.state = TouchState::draft;
  t.deadline_at = approval_deadline(t, step);
  t.next_at = std::min(*t.deadline_at, t.expires_at);
  auto content = compose(c_, t, step.template_key, catalog_, names_, now_);
  if (!content) {
    t.problem = content.error().message;
    return;
  }
  t.subject = content->subject;
  t.body = content->body;
  effects_.links.insert(effects_.links.end(), content->links.begin(), content->links.end());
}

void Decider::end_enrollment(Enrollment& e, EnrollmentState state, std::string reason) {
  e.state = state;
  e.ended_at = now_;
  e.end_reason = std::move(reason);
  mark(e.change);
  fact(state == EnrollmentState::done ? "enrollment.done" : "enrollment.stopped", e.id.value,
       {{"state", sequences::to_string(state)}, {"reason", e.end_reason}});
}

// The stop rules: nothing of a sequence that is not on the wire survives them, but what tells about an appointment.
void Decider::stop_all(std::string_view reason, bool also_by_hand) {
  for (Touch& t : c_.touches)
    if (t.open() && also_by_hand && !t.enrollment && t.is_message() && is_follow_up(t)) stop_message(t, reason);
  for (Enrollment& e : c_.enrollments)
    if (e.state == EnrollmentState::active && !is_service(e)) stop_one(e, reason);
}

void Decider::stop_service(std::string_view reason) {
  for (Enrollment& e : c_.enrollments)
    if (e.state == EnrollmentState::active && is_service(e)) stop_one(e, reason);
}

void Decider::stop_one(Enrollment& e, std::string_view reason) {
  end_enrollment(e, EnrollmentState::stopped, std::string(reason));
  for (Touch& t : c_.touches) {
    if (t.enrollment != e.id || !t.open()) continue;
    if (on_the_wire(t))
      mark(t.change);  // it ends by itself, outside of the enrollment
    else
      cancel(t, reason);
  }
}

void Decider::stop_message(Touch& t, std::string_view reason) {
  if (!on_the_wire(t)) return cancel(t, reason);
  t.expires_at = std::min(t.expires_at, now_);  // the gate refuses it, and no second attempt is made
  mark(t.change);
}

// A sequence of which no message may be sent any more ends; otherwise it goes on behind the message that may not.
void Decider::stop_refused(Enrollment& e, const std::function<bool(contacts::Purpose)>& refused,
                           std::string_view reason) {
  const VersionedDocument* v = document_of(e);
  if (!v) return;
  int messages = 0, allowed = 0;
  const auto& steps = v->document.steps;
  for (size_t i = static_cast<size_t>(std::max(v->document.index_of(e.step), 0)); i < steps.size(); ++i) {
    if (steps[i].kind != StepKind::email && steps[i].kind != StepKind::asset) continue;
    ++messages;
    if (!refused(steps[i].purpose)) ++allowed;
  }
  Touch* open = nullptr;
  for (Touch& t : c_.touches)
    if (t.enrollment == e.id && t.open()) open = &t;
  if (messages > 0 && allowed == 0) {
    if (open && !on_the_wire(*open)) cancel(*open, reason);
    return end_enrollment(e, EnrollmentState::stopped, std::string(reason));
  }
  if (!open || !open->is_message() || on_the_wire(*open) || !refused(open->purpose)) return;
  cancel(*open, reason);
  step_over(*open);
}

void Decider::step_over(const Touch& t) {
  Enrollment* e = t.enrollment ? find_enrollment(t.enrollment) : nullptr;
  if (!e || e->state != EnrollmentState::active || (!is_open() && !is_service(*e))) return;
  const VersionedDocument* v = document_of(*e);
  int at = v ? v->document.index_of(t.step) : -1;
  const Step* step = at < 0 ? nullptr : &v->document.steps[static_cast<size_t>(at)];
  bool repeats = step && step->before && step->before->reminders;
  if (repeats) e->previous_at = std::max(e->previous_at, t.due_at);
  if (t.sent_at) e->previous_at = std::max(e->previous_at, *t.sent_at);
  mark(e->change);
  advance(e->id, repeats ? at : at + 1);
}

Status Decider::on(const MoveVersion& m) {
  Enrollment* e = find_enrollment(m.enrollment);
  auto to = catalog_.versions.find(m.to);
  if (!e || e->state != EnrollmentState::active || to == catalog_.versions.end())
    return fail(Code::not_found, "there is no such running enrollment or version");
  const VersionedDocument* from = document_of(*e);
  int old_at = from ? from->document.index_of(e->step) : -1;
  for (Touch& t : c_.touches)
    if (t.enrollment == e->id && t.open()) {
      if (t.state == TouchState::sending || t.state == TouchState::in_doubt || t.state == TouchState::approved)
        return fail(Code::conflict, "its message is approved or on its way");
      cancel(t, "moved to a new version");
    }
  e->version = m.to;
  mark(e->change);
  fact("enrollment.moved", e->id.value, {{"state", "active"}, {"version", to->second.number}});
  // On at the same step; where the new version dropped it, at the first that comes after the last step they share.
  int at = to->second.document.index_of(e->step);
  for (int i = old_at - 1; at < 0 && i >= 0; --i) {
    int shared = to->second.document.index_of(from->document.steps[static_cast<size_t>(i)].key);
    if (shared >= 0) at = shared + 1;
  }
  advance(e->id, std::max(at, 0));
  return {};
}

}  // namespace onward::conversations
