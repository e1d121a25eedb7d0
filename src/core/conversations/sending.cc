// The life of a message from its time to its end. The two phases: SendDue commits `sending` before anything leaves;
// SendResult commits what is known afterwards.
#include <algorithm>

#include <fmt/format.h>

#include "core/conversations/decider.h"

namespace onward::conversations {
namespace {

// RFC 5321 4.5.4.1: the first retry not at once, then in growing steps.
constexpr std::array<int, 7> kBackoffMinutes = {5, 15, 30, 60, 120, 240, 240};
constexpr int kMaxAttempts = 10;
constexpr int kMaxResends = 3;
constexpr Millis kEvidenceWait = std::chrono::minutes{30};  // a bounce or a reply usually comes within
constexpr Millis kDoubtEnds = std::chrono::hours{48};       // then no evidence against it counts as arrived
constexpr Millis kResendAfter = std::chrono::minutes{5};
constexpr auto kTaskLife = std::chrono::days{365};

const calendar::SendRules kAlwaysOpen{
    {{true, true, true, true, true, true, true}, Minutes{0}, Minutes{24 * 60}}, Minutes{0}, Minutes{0}, false};

// When the window closes again before the lease ends: the last gate looks at it. nullopt: it stays open.
std::optional<Instant> closing_within(Instant now, Millis lease, const calendar::SendRules& rules,
                                      const calendar::Place& place, const std::vector<calendar::Interval>& absences,
                                      const calendar::HolidayTable& holidays) {
  std::optional<Instant> first;
  for (const calendar::Interval& away : absences)
    if (away.from > now && away.from < now + lease && (!first || away.from < *first)) first = away.from;
  for (Instant t = std::chrono::floor<Minutes>(now) + Minutes{1}; t < first.value_or(now + lease); t += Minutes{1})
    if (!calendar::is_open(t, rules, place, absences, holidays)) return t;
  return first;
}

// Whether a report says that nothing arrived, for sure.
bool surely_unsent(SendResult::Kind kind) {
  using Kind = SendResult::Kind;
  switch (kind) {
    case Kind::deferred:
    case Kind::rejected:
    case Kind::stopped:
    case Kind::logged: return true;
    case Kind::accepted:
    case Kind::unknown: return false;
  }
  return false;
}

}  // namespace

Touch Decider::new_touch(std::string kind, std::string title) {
  Touch t;
  t.id = new_id<TouchTag>();
  t.kind = std::move(kind);
  t.title = std::move(title);
  t.channel = "email";
  t.zone = c_.place.zone.name();
  t.mailbox = c_.owner.mailbox;
  t.advisor = c_.owner.id;
  t.created_at = t.due_at = now_;
  t.expires_at = now_ + kTaskLife;
  t.change = Change::created;
  return t;
}

void Decider::set_state(Touch& t, TouchState state, std::string reason, std::string_view fact_kind) {
  t.state = state;
  t.reason = std::move(reason);
  t.lease_until.reset();
  if (state != TouchState::in_doubt) t.lease_token = 0;  // in doubt: what comes in about this attempt is still heard
  if (sequences::ended(state)) {
    t.next_at.reset();
    t.ended_at = now_;
  }
  mark(t.change);
  json::object data{{"state", sequences::to_string(state)}, {"title", t.title}};
  if (!t.step.empty()) data["step"] = t.step;
  if (!t.reason.empty()) data["reason"] = t.reason;
  fact(std::string(fact_kind), t.id.value, std::move(data));
}

void Decider::cancel(Touch& t, std::string_view reason) {
  set_state(t, TouchState::suppressed, std::string(reason), "touch.suppressed");
}

void Decider::move(Touch& t, const calendar::Planned& planned, std::string_view reason) {
  t.next_at = planned.at;
  t.due_at = planned.at;
  t.expires_at = std::max(t.expires_at, planned.at + Millis{std::chrono::hours{24}});
  t.why.insert(t.why.end(), planned.reasons.begin(), planned.reasons.end());
  mark(t.change);
  fact("touch.moved", t.id.value,
       {{"state", sequences::to_string(t.state)}, {"reason", reason}, {"due_at", to_ms(planned.at)}});
}

const calendar::SendRules Decider::rules_for(const Touch& t) const {
  const sequences::Step* step = step_of(t);
  if (!step) return kAlwaysOpen;  // written by a person, who chose the time
  for (const Enrollment& e : c_.enrollments)
    if (e.id == t.enrollment) return sequences::rules_of(document_of(e)->document, *step);
  return kAlwaysOpen;
}

// Why this message must not go after all; empty: it may.
std::string Decider::refuse_to_send(const Touch& t) const {
  if (!c_.contact) return "no contact is named";
  for (const sequences::Enrollment& e : c_.enrollments)
    if (std::string why = e.id == t.enrollment ? gone(e) : ""; !why.empty()) return why;
  if (const sequences::Step* step = step_of(t)) return objection_to(*step, true, about(t));
  auto permission = contacts::may_touch(*c_.contact, t.purpose, "email", policy().basis);
  if (!permission.allowed) return permission.reason;
  return c_.contact->email.empty() ? "no_email_address" : "";
}

Status Decider::write_body(Touch& t) {
  if (!t.body.empty()) return {};
  const sequences::Step* step = step_of(t);
  if (!step) return fail(Code::invalid, "this message has no text");
  Content content = TRY(compose(c_, t, step->template_key, catalog_, names_, now_));
  t.subject = content.subject;
  t.body = content.body;
  effects_.links.insert(effects_.links.end(), content.links.begin(), content.links.end());
  return {};
}

Status Decider::on(const SendDue& e) {
  Touch* found = find_touch(e.touch);
  if (!found || !found->is_message() || !found->next_at || *found->next_at > now_ ||
      (found->state != TouchState::planned && found->state != TouchState::approved))
    return fail(Code::conflict, "this touch is not due");
  Touch& t = *found;
  if (now_ >= t.expires_at) {
    set_state(t, TouchState::expired, fmt::format("stale: its time was {}", format_rfc3339(t.due_at)), "touch.expired");
    step_over(t);
    return {};
  }
  if (std::string why = refuse_to_send(t); !why.empty()) {
    cancel(t, why);
    step_over(t);
    return {};
  }
  const sequences::Step* step = step_of(t);
  auto rules = rules_for(t);
  auto absences = step ? absences_for(step) : std::vector<calendar::Interval>{};
  calendar::Planned open = calendar::next_open(now_, rules, c_.place, absences, *catalog_.holidays);
  if (step) open = within_cap(std::move(open), *step, rules);
  if (!open.ok) {
    cancel(t, "no opening in the send window within 400 days");
    step_over(t);
    return {};
  }
  if (open.at > now_) {
    move(t, open, open.reasons.empty() ? "window" : open.reasons.back().rule);
    return {};
  }
  if (Status written = write_body(t); !written) {
    t.problem = written.error().message;
    t.deadline_at = t.expires_at;
    t.next_at = t.expires_at;
    set_state(t, TouchState::draft, "it cannot go: " + t.problem, "touch.drafted");
    return {};
  }
  t.to_address = c_.contact->email;
  if (t.message_id.empty())
    t.message_id = fmt::format("{}.{}@{}", t.id.text(), names_.mac(t.id.text()), catalog_.mail_domain);
  if (t.in_reply_to.empty() && t.attempt == 0) t.in_reply_to = c_.thread_id;
  if (t.attempt > 0) t.reason = t.approved_by.empty() ? "" : "approved by " + t.approved_by;  // not the last failure
  t.attempt += 1;
  t.state = TouchState::sending;
  t.lease_token = e.lease_token;
  t.lease_until = now_ + e.lease;
  t.deadline_at = closing_within(now_, e.lease, rules, c_.place, absences, *catalog_.holidays);
  t.next_at = t.lease_until;
  mark(t.change);
  fact("touch.sending", t.id.value, {{"state", "sending"}, {"attempt", t.attempt}});
  return {};
}

Status Decider::on(const SendResult& e) {
  Touch* found = find_touch(e.touch);
  if (!found) return fail(Code::conflict, "this touch has ended");
  Touch& t = *found;
  bool same_attempt = t.lease_token == e.lease_token && e.lease_token != 0;
  bool in_doubt = t.state == TouchState::in_doubt;
  bool late_evidence = in_doubt && (e.kind == SendResult::Kind::accepted || (same_attempt && surely_unsent(e.kind)));
  bool mine = t.state == TouchState::sending && same_attempt;
  if (!mine && !late_evidence) return fail(Code::conflict, "another sender holds this touch");
  t.deadline_at.reset();
  if (in_doubt && surely_unsent(e.kind)) unsend(t);
  switch (e.kind) {
    case SendResult::Kind::accepted: sent(t, e.evidence, now_); return {};
    case SendResult::Kind::deferred: deferred(t, e.evidence); return {};
    case SendResult::Kind::unknown: doubtful(t, e.evidence); return {};
    case SendResult::Kind::rejected:
      t.evidence = e.evidence;
      if (e.bad_address) {
        bounced(t, e.evidence);
        return {};
      }
      set_state(t, TouchState::failed, "refused by the mail server", "touch.failed");
      must(on(AddTask{"system", "Refused by the mail server: " + t.title, "other", now_}));
      step_over(t);
      return {};
    case SendResult::Kind::stopped:
      // It took too long to get this far and nothing left: the next attempt finds the next opening.
      if (e.reason == kLostClaim || e.reason == kWindowClosed) {
        deferred(t, e.reason);
        return {};
      }
      cancel(t, e.reason);
      step_over(t);
      return {};
    case SendResult::Kind::logged:
      t.evidence = e.evidence;
      cancel(t, "logged only: no mailbox is set up");
      step_over(t);
      return {};
  }
  return {};
}

void Decider::sent(Touch& t, const std::string& evidence, Instant at) {
  t.sent_at = at;
  t.evidence = evidence;
  set_state(t, TouchState::sent, t.reason, "touch.sent");
  keep_promises(t, at);
  Conversation& conv = c_.conversation;
  conv.last_out_at = std::max(conv.last_out_at.value_or(at), at);
  bool follow_up = t.purpose != contacts::Purpose::transactional;
  bool by_hand = !t.enrollment && !t.edited_by.empty();  // a person answered what had come in when it was written
  if (by_hand && conv.reply_waiting_at && *conv.reply_waiting_at <= t.created_at) conv.reply_waiting_at.reset();
  touch_conversation();
  if (follow_up && at == now_) c_.recent.push_back(at);
  c_.sent_assets.insert(t.assets.begin(), t.assets.end());
  c_.thread_id = t.message_id;
  if (is_open() && conv.stage == Stage::met && follow_up) enter_stage(Stage::following_up, "the follow-up has begun");
  step_over(t);
}

void Decider::deferred(Touch& t, const std::string& evidence) {
  t.evidence = evidence;
  if (t.attempt >= kMaxAttempts) {
    set_state(t, TouchState::failed, "the mail server did not take it after ten attempts", "touch.failed");
    must(on(AddTask{"system", "Could not be sent: " + t.title, "other", now_}));
    return step_over(t);
  }
  size_t n = std::min<size_t>(static_cast<size_t>(t.attempt) - 1, kBackoffMinutes.size() - 1);
  bool by_hand_stopped = !t.enrollment && now_ >= t.expires_at;
  if (by_hand_stopped) return cancel(t, "it was stopped meanwhile");
  bool stopped = t.enrollment && !step_of(t);
  for (const Enrollment& e : c_.enrollments)
    if (e.id == t.enrollment && e.state != sequences::EnrollmentState::active) stopped = true;
  if (stopped) return cancel(t, "its sequence was stopped meanwhile");
  t.next_at = now_ + Minutes{kBackoffMinutes[n]};
  std::string reason =
      t.state == TouchState::in_doubt ? "it did not leave after all: " + evidence : "deferred by the mail server";
  set_state(t, TouchState::approved, std::move(reason), "touch.deferred");
}

// The final dot may have been taken. What a person asked for is sent again under the same Message-ID, which mail
// programs show once; a follow-up is held.
void Decider::doubtful(Touch& t, const std::string& evidence) {
  t.evidence = evidence;
  if (t.purpose == contacts::Purpose::transactional && t.attempt <= kMaxResends) {
    t.next_at = now_ + kResendAfter;
    return set_state(t, TouchState::approved, "in doubt: sent again under the same Message-ID", "touch.deferred");
  }
  t.sent_at = now_;
  t.deadline_at = now_ + kDoubtEnds;
  t.next_at = now_ + kEvidenceWait;
  set_state(t, TouchState::in_doubt, "the outcome of the sending is not known", "touch.in_doubt");
  c_.recent.push_back(now_);
}

void Decider::unsend(Touch& t) {
  if (auto it = std::find(c_.recent.begin(), c_.recent.end(), t.sent_at.value_or(Instant{})); it != c_.recent.end())
    c_.recent.erase(it);  // it does not count against the cap
  t.sent_at.reset();
}

void Decider::answered(Touch& t) {
  constexpr std::string_view kAnswered = "the contact answered it";
  t.reason = kAnswered;
  sent(t, std::string(kAnswered), t.sent_at.value_or(now_));
}

void Decider::in_doubt_timer(Touch& t) {
  if (t.deadline_at && now_ < *t.deadline_at) {
    t.next_at = t.deadline_at;
    mark(t.change);
    fact("touch.waits", t.id.value, {{"state", "in_doubt"}, {"until", to_ms(*t.deadline_at)}});
    return;
  }
  sent(t, "assumed: no evidence against it in 48 hours", t.sent_at.value_or(now_));
}

void Decider::bounced(Touch& t, const std::string& evidence) {
  t.evidence = evidence;
  effects_.suppress_address = t.to_address;
  effects_.suppress_reason = "bounced";
  set_state(t, TouchState::failed, "the address does not exist", "touch.failed");
  fact("contact.point_suppressed", c_.conversation.contact.value, {{"reason", "bounced"}});
  if (c_.contact && c_.contact->email == t.to_address)
    c_.contact->email.clear(), c_.contact->suppressed_reason = "bounced";
  stop_all("the address bounced", true);
  stop_service("the address bounced");
  if (is_open()) must(on(AddTask{"system", "Find a working address", "other", now_}));
}

void Decider::approve(Touch& t, std::string by) {
  auto rules = rules_for(t);
  const sequences::Step* step = step_of(t);
  calendar::Planned open =
      calendar::next_open(std::max(t.due_at, now_), rules, c_.place,
                          step ? absences_for(step) : std::vector<calendar::Interval>{}, *catalog_.holidays);
  t.approved_by = std::move(by);
  t.deadline_at.reset();
  t.next_at = open.at;
  t.due_at = open.at;
  t.expires_at = std::max(t.expires_at, open.at + Millis{std::chrono::hours{24}});
  t.why.insert(t.why.end(), open.reasons.begin(), open.reasons.end());
  set_state(t, TouchState::approved, "approved by " + t.approved_by, "touch.approved");
}

}  // namespace onward::conversations
