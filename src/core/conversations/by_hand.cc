// What people do: approve, edit, skip, finish, answer, write; and what the contact does: reply.
#include <fmt/format.h>

#include "core/conversations/decider.h"

namespace onward::conversations {

Status Decider::on(const ReplyReceived& e) {
  if (e.at > now_) return fail_field("/at", "future", "a reply that came in lies in the past");
  Touch in = new_touch("reply", e.subject.empty() ? "Reply" : e.subject);
  in.inbound = true;
  in.channel = e.channel;
  in.body = e.text;
  in.state = TouchState::done;
  in.sent_at = e.at;
  in.ended_at = now_;
  in.message_id = e.message_id;
  fact("reply.received", in.id.value, {{"state", "done"}, {"channel", e.channel}, {"at", to_ms(e.at)}});
  c_.conversation.last_in_at = e.at;
  c_.conversation.snoozed_until.reset();
  touch_conversation();
  std::vector<TouchId> arrived;  // to go on with a sequence may grow the list of touches
  for (const Touch& t : c_.touches)
    if (proves_arrival(e, t)) arrived.push_back(t.id);
  for (TouchId id : arrived) answered(*find_touch(id));
  if (!e.message_id.empty()) c_.thread_id = e.message_id;
  Stage stage = c_.conversation.stage;
  if (stage == Stage::lost || stage == Stage::dormant) must(on(Reopened{}));
  if (e.resume_at && *e.resume_at > now_) {
    resume_on(*e.resume_at);
  } else {
    stop_all("the contact replied", true);
    c_.conversation.reply_waiting_at = e.at;
  }
  c_.touches.push_back(std::move(in));
  return {};
}

// A message in doubt is proved by a reply that names it. A mail that does not say what it answers proves what was sent
// before it; a call or a visit says nothing about a mail.
bool Decider::proves_arrival(const ReplyReceived& e, const Touch& t) const {
  if (t.state != TouchState::in_doubt) return false;
  if (!e.in_reply_to.empty()) return e.in_reply_to == t.message_id;
  return e.channel == "email" && t.sent_at && e.at > *t.sent_at;
}

Status Decider::on(const MessageAnswered& e) {
  Touch& t = *TRY(get_touch(e.touch));
  if (t.state != TouchState::in_doubt) return fail(Code::conflict, "only a touch in doubt is resolved");
  answered(t);
  return {};
}

// "Call me in March": what is next moves there and the rest keeps its distance to it.
void Decider::resume_on(Instant at) {
  bool moved = false;
  for (Touch& t : c_.touches) {
    if (!t.open() || !t.enrollment || t.state == TouchState::sending || t.state == TouchState::in_doubt) continue;
    Enrollment* e = find_enrollment(t.enrollment);
    if (!e || e->state != sequences::EnrollmentState::active || is_service(*e)) continue;
    const sequences::Step* step = step_of(t);
    auto open = calendar::next_open(at, rules_for(t), c_.place, absences_for(step), *catalog_.holidays);
    open.reasons.insert(open.reasons.begin(), {"reply", t.due_at, at, "the contact named a date"});
    Millis shift = open.at - t.due_at;
    e->anchor_at += shift;
    mark(e->change);
    if (t.state == TouchState::draft) t.deadline_at = open.at;
    Millis valid = t.expires_at - t.due_at;
    move(t, open, "the contact named a date");
    t.expires_at = open.at + valid;
    moved = true;
  }
  if (!moved) must(on(AddTask{"system", "Get in touch as agreed", "call", at}));
}

Status Decider::on(const ReplyAnswered&) {
  if (!c_.conversation.reply_waiting_at) return fail(Code::conflict, "no reply is waiting");
  c_.conversation.reply_waiting_at.reset();
  touch_conversation();
  fact("reply.answered", c_.conversation.id.value);
  return {};
}

Status Decider::on(const Approve& e) {
  Touch& t = *TRY(get_touch(e.touch));
  if (t.state != TouchState::draft) return fail(Code::conflict, "only a draft is approved");
  if (!t.problem.empty()) return fail(Code::conflict, "mend the draft first: " + t.problem);
  approve(t, e.by);
  return {};
}

Status Decider::on(const Edit& e) {
  Touch& t = *TRY(get_touch(e.touch));
  if (t.state != TouchState::draft && t.state != TouchState::planned && t.state != TouchState::approved)
    return fail(Code::conflict, "what is on its way cannot be edited");
  if (t.kind == "close") return fail(Code::conflict, "a closing has no text");
  bool text = e.subject || e.body;
  if (text && t.is_message() && t.body.empty()) {
    if (Status written = write_body(t); !written && !(e.subject && e.body)) return written;
  }
  if (e.subject) t.subject = *e.subject;
  if (e.body) t.body = *e.body;
  if (text && !t.subject.empty() && !t.body.empty()) t.problem.clear();
  if (text) t.edited_by = e.by;
  mark(t.change);
  fact("touch.edited", t.id.value, {{"state", sequences::to_string(t.state)}, {"by", e.by}});
  if (e.due_at) {
    const sequences::Step* step = step_of(t);
    auto rules = rules_for(t);
    calendar::Planned open{*e.due_at, {}, {}, true};
    if (t.is_message())
      open = calendar::next_open(std::max(*e.due_at, now_), rules, c_.place,
                                 step ? absences_for(step) : std::vector<calendar::Interval>{}, *catalog_.holidays);
    Millis valid = t.expires_at - t.due_at;
    move(t, open, "moved by a person");
    t.expires_at = open.at + valid;
    if (t.state == TouchState::draft) t.deadline_at = std::max(t.deadline_at.value_or(open.at), open.at);
  }
  return {};
}

Status Decider::on(const Skip& e) {
  Touch& t = *TRY(get_touch(e.touch));
  if (t.state == TouchState::sending || t.state == TouchState::in_doubt)
    return fail(Code::conflict, "what is on its way cannot be skipped");
  cancel(t, e.reason.empty() ? fmt::format("skipped by {}", e.by) : fmt::format("skipped by {}: {}", e.by, e.reason));
  step_over(t);
  return {};
}

Status Decider::on(const TaskDone& e) {
  Touch& t = *TRY(get_touch(e.touch));
  if (t.kind != "task") return fail(Code::conflict, "only a task is done by a person");
  t.sent_at = now_;
  t.edited_by = e.by;
  if (!e.note.empty()) t.evidence = e.note;
  set_state(t, TouchState::done, fmt::format("done by {}", e.by), "touch.done");
  keep_promises(t, now_);
  if (t.channel == "call" || t.channel == "letter") {
    c_.conversation.last_out_at = now_;
    touch_conversation();
  }
  step_over(t);
  return {};
}

Status Decider::on(const Resolve& e) {
  Touch& t = *TRY(get_touch(e.touch));
  if (t.state != TouchState::in_doubt) return fail(Code::conflict, "only a touch in doubt is resolved");
  if (e.arrived) {
    sent(t, fmt::format("confirmed by {}", e.by), t.sent_at.value_or(now_));
    return {};
  }
  unsend(t);
  if (!t.enrollment && now_ >= t.expires_at) {  // its conversation was stopped while nobody knew
    cancel(t, fmt::format("did not arrive, says {}, and was stopped meanwhile", e.by));
    return {};
  }
  t.next_at = now_;
  t.expires_at = std::max(t.expires_at, now_ + Millis{std::chrono::hours{24}});
  set_state(t, TouchState::approved, fmt::format("did not arrive, says {}", e.by), "touch.approved");
  return {};
}

Status Decider::on(const Compose& e) {
  if (!c_.contact) return fail(Code::conflict, "no contact is named in this conversation");
  if (c_.contact->email.empty()) return fail(Code::conflict, "this contact has no usable e-mail address");
  auto permission = contacts::may_touch(*c_.contact, e.purpose, "email", policy().basis);
  if (!permission.allowed) return fail(Code::conflict, "this contact must not be written to: " + permission.reason);
  Touch t = new_touch("email", e.subject);
  t.subject = e.subject;
  t.body = e.body;
  t.state = TouchState::approved;
  t.purpose = e.purpose;
  if (e.purpose != contacts::Purpose::transactional) t.approved_by = t.edited_by = e.by;
  t.due_at = now_ + e.hold;
  t.next_at = t.due_at;
  t.expires_at = t.due_at + std::chrono::hours{48};
  t.priority = 5;
  fact("touch.approved", t.id.value,
       {{"state", "approved"}, {"title", t.title}, {"due_at", to_ms(t.due_at)}, {"by", e.by}});
  c_.touches.push_back(std::move(t));
  return {};
}

Status Decider::on(const AddTask& e) {
  Touch t = new_touch("task", e.title);
  t.channel = e.kind;
  t.due_at = e.due_at;
  t.zone = c_.owner.zone;
  t.next_at = e.due_at > now_ ? std::optional(e.due_at) : std::nullopt;
  t.expires_at = e.due_at + std::chrono::days{365};
  fact("touch.planned", t.id.value,
       {{"state", "planned"}, {"title", t.title}, {"due_at", to_ms(t.due_at)}, {"by", e.by}});
  c_.touches.push_back(std::move(t));
  return {};
}

}  // namespace onward::conversations
