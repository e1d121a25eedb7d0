// The ledger inside a decision: owing, keeping, breaking, waiving.
#include <fmt/format.h>

#include "core/conversations/decider.h"

namespace onward::conversations {

using promises::State;

void Decider::owe(Promise p) {
  p.id = new_id<PromiseTag>();
  fact("promise.owed", p.id.value,
       {{"state", "owed"}, {"kind", p.kind}, {"due_at", to_ms(p.due_at)}, {"by", p.by ? p.by.text() : "system"}});
  if (p.kind == "next_step") {  // somebody has to do it: a task of that person
    Touch t = new_touch("task", p.what);
    t.channel = "other";
    t.keeps = "next_step";
    t.due_at = p.due_at;
    t.zone = p.zone;
    t.expires_at = p.due_at + std::chrono::days{365};
    t.next_at = p.due_at;
    t.priority = 20;
    p.touch = t.id;
    fact("touch.planned", t.id.value, {{"state", "planned"}, {"title", t.title}, {"due_at", to_ms(t.due_at)}});
    c_.touches.push_back(std::move(t));
  }
  c_.promises.push_back(std::move(p));
}

void Decider::settle(Promise& p, State state, std::string reason) {
  p.state = state;
  p.state_at = now_;
  p.reason = std::move(reason);
  if (state == State::kept) p.settled_at = now_;
  mark(p.change);
  fact(fmt::format("promise.{}", promises::to_string(state)), p.id.value,
       {{"state", promises::to_string(state)}, {"reason", p.reason}});
}

// A promise that was broken stays broken; that it was done after all is recorded beside it. Only when it turns out that
// what was in doubt had been done in time it was kept after all.
void Decider::keep_promises(const Touch& t, Instant at) {
  for (Promise& p : c_.promises) {
    if (!p.open()) continue;
    bool by_kind = !t.keeps.empty() && t.keeps == p.kind && t.keeps != "next_step";
    bool named = p.touch == t.id;
    if (!by_kind && !named) continue;
    if (p.kind == "asset" && std::find(t.assets.begin(), t.assets.end(), p.asset) == t.assets.end()) continue;
    p.touch = t.id;
    keep_promise(p, at, t.is_message() ? "sent" : "done");
  }
}

void Decider::keep_promise(Promise& p, Instant at, std::string_view how) {
  bool late_news = p.state == State::broken && at < now_;
  if ((p.state == State::owed || late_news) && at <= p.due_at) {
    settle(p, State::kept, late_news ? "sent in time, known only now" : std::string(how));
    p.settled_at = at;
    return;
  }
  if (p.state == State::owed) settle(p, State::broken, "done, but after it was due");
  p.settled_at = at;
  mark(p.change);
  fact("promise.done_late", p.id.value, {{"state", promises::to_string(p.state)}});
}

void Decider::break_due_promises() {
  for (Promise& p : c_.promises) {
    if (p.state != State::owed || p.due_at > now_) continue;
    std::string why = p.created_at >= p.due_at ? "it was due before the talk was logged" : "it was not done in time";
    settle(p, State::broken, std::move(why));
  }
}

void Decider::waive_all(std::string_view reason) {
  for (Promise& p : c_.promises) {
    if (!p.open()) continue;
    if (p.state == State::owed) settle(p, State::waived, std::string(reason));
  }
}

Status Decider::on(const WaivePromise& e) {
  for (Promise& p : c_.promises) {
    if (p.id != e.promise) continue;
    if (p.state != State::owed) return fail(Code::conflict, "only a promise that is owed can be waived");
    settle(p, State::waived, fmt::format("{} ({})", e.reason, e.by));
    if (Touch* t = p.touch ? find_touch(p.touch) : nullptr; t && t->open() && t->kind == "task" && !t->enrollment)
      cancel(*t, "the promise was waived");
    return {};
  }
  return fail(Code::conflict, "this promise is settled");
}

Status Decider::on(const KeepPromise& e) {
  for (Promise& p : c_.promises) {
    if (p.id != e.promise || !p.open()) continue;
    Touch* t = p.touch ? find_touch(p.touch) : nullptr;
    if (t && t->open() && t->kind == "task") return on(TaskDone{t->id, e.by, e.note});
    keep_promise(p, now_, "done");  // this promise alone, not its like from other talks
    fact("promise.by_hand", p.id.value, {{"state", promises::to_string(p.state)}, {"by", e.by}});
    return {};
  }
  return fail(Code::conflict, "this promise is settled");
}

namespace {

// The last rule that moved it. A window only says when the day begins on which a holiday, an absence or a cap let it
// go.
std::string moved_by(const Touch& t) {
  std::string by, hours;
  for (const calendar::Reason& r : t.why) {
    if (r.rule == "holiday" || r.rule == "absence" || r.rule == "cap") by = r.rule;
    if (r.rule == "window" || r.rule == "quiet_hours") hours = r.rule;
  }
  return by.empty() ? hours : by;
}

// When a step that comes later in a running sequence will keep it; nullopt: none will.
std::optional<Instant> kept_later(const Case& c, const Promise& p, const Catalog& catalog) {
  for (const Enrollment& e : c.enrollments) {
    auto v = catalog.versions.find(e.version);
    if (e.state != sequences::EnrollmentState::active || v == catalog.versions.end()) continue;
    const auto& steps = v->second.document.steps;
    for (size_t i = static_cast<size_t>(v->second.document.index_of(e.step) + 1); i < steps.size(); ++i) {
      if (steps[i].keeps.empty() || steps[i].keeps != p.kind) continue;
      Instant base = steps[i].base == sequences::Base::trigger ? e.anchor_at : e.previous_at;
      auto rules = sequences::rules_of(v->second.document, steps[i]);
      return calendar::plan(base, steps[i].delay, rules, c.place, {}, *catalog.holidays).at;
    }
  }
  return std::nullopt;
}

}  // namespace

promises::Outlook outlook_of(const Case& c, const Promise& p, const Catalog& catalog) {
  promises::Outlook o;
  o.mailbox_missing = !c.owner.mailbox;
  for (const Touch& t : c.touches) {
    bool serves = t.open() && (t.id == p.touch || (!t.keeps.empty() && t.keeps == p.kind && t.keeps != "next_step"));
    if (!serves) continue;
    o.exists = true;
    o.draft = t.state == TouchState::draft;
    o.task = t.kind == "task";
    o.problem = t.problem.empty() ? "" : "problem";
    o.due_at = t.next_at.value_or(t.due_at);
    o.moved_by = moved_by(t);
    return o;
  }
  if (auto later = kept_later(c, p, catalog)) {
    o.exists = true;
    o.due_at = *later;
  }
  return o;
}

}  // namespace onward::conversations
