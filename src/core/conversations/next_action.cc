// What is next, and who holds it. An open conversation always has an answer.
#include <algorithm>

#include <fmt/format.h>

#include "core/conversations/decider.h"
#include "core/library/words.h"

namespace onward::conversations {
namespace {

constexpr std::string_view kDecide = "Decide the next step";
constexpr std::string_view kNameContact = "Name the contact";

}  // namespace

Instant business_deadline(const Advisor& a, const Catalog& catalog, Instant from, int hours) {
  Zone zone = find_zone(a.zone).value_or(utc());
  calendar::Place place{zone, a.country, a.region, a.closed};
  auto closed_day = [&](Date d) {
    if (catalog.holidays && catalog.holidays->find(a.country, a.region, d)) return true;
    return std::find(a.closed.begin(), a.closed.end(), d) != a.closed.end();
  };
  const auto& opening = a.hours.empty() ? calendar::default_hours() : a.hours;
  Instant start = from;
  for (const calendar::Interval& away : a.absences)
    if (away.from <= start && start < away.to) start = away.to;
  return calendar::add_business_hours(start, Minutes{hours * 60}, opening, zone, closed_day);
}

NextAction Decider::next_action() const {
  const Conversation& conv = c_.conversation;
  std::string owner = conv.owner ? conv.owner.text() : "system";
  if (conv.reply_waiting_at)
    return {"Answer the reply",
            business_deadline(c_.owner, catalog_, *conv.reply_waiting_at, policy().reply_hours),
            owner,
            {}};
  std::optional<NextAction> best;
  auto offer = [&](NextAction a) {
    if (!best || a.due < best->due) best = std::move(a);
  };
  for (const Touch& t : c_.touches) {
    if (!t.open() || t.inbound) continue;
    if (t.state == TouchState::draft)
      offer({(t.problem.empty() ? "Approve: " : "Mend and approve: ") + t.title, t.deadline_at.value_or(t.due_at),
             owner, t.id});
    else if (t.state == TouchState::in_doubt)
      offer({"Check whether this arrived: " + t.title, t.next_at.value_or(t.due_at), owner, t.id});
    else if (t.state == TouchState::sending && conv.next.ref == t.id)
      offer(conv.next);  // what is next has begun; it ends in a moment
    else if (t.kind == "task")
      offer({t.title, t.due_at, t.advisor ? t.advisor.text() : owner, t.id});
    else
      offer({t.title, t.next_at.value_or(t.due_at), "system", t.id});
  }
  if (conv.appointment_at && conv.stage == Stage::met)
    offer(
        {"Log the talk", business_deadline(c_.owner, catalog_, *conv.appointment_at, policy().reply_hours), owner, {}});
  else if (conv.appointment_at)
    offer({"Appointment", *conv.appointment_at, owner, {}});
  if (best) return *best;
  std::string_view what = conv.contact ? kDecide : kNameContact;
  if (conv.next.what == what && conv.next.by == owner) return conv.next;  // it does not slide while nobody acts
  return {std::string(what), business_deadline(c_.owner, catalog_, now_, policy().decide_hours), owner, {}};
}

void Decider::update_next() {
  NextAction next = next_action();
  if (next == c_.conversation.next) return;
  c_.conversation.next = next;
  touch_conversation();
  fact("conversation.next", c_.conversation.id.value, {{"what", next.what}, {"due", to_ms(next.due)}, {"by", next.by}});
}

Instant heard_at(const Conversation& c) {
  return std::max({c.opened_at, c.reopened_at.value_or(c.opened_at), c.last_in_at.value_or(c.opened_at),
                   c.last_talk_at.value_or(c.opened_at)});
}

// When the silence that this sequence waits for is long enough; nullopt: it does not wait.
std::optional<Instant> Decider::silence_end(const VersionedDocument& v) const {
  if (!v.current || v.document.type != c_.conversation.type) return std::nullopt;
  if (v.document.trigger.kind != sequences::TriggerKind::silence || !may_enter(v)) return std::nullopt;
  Instant since = heard_at(c_.conversation);
  for (const Enrollment& e : c_.enrollments)
    if (e.sequence == v.sequence && e.started_at >= since) return std::nullopt;  // once per silence
  return since + std::chrono::days{v.document.trigger.days};
}

// A silence sequence starts only while no other is running: the timer is set when the last one ends.
void Decider::update_silence() {
  std::optional<Instant> at;
  bool running = std::any_of(c_.enrollments.begin(), c_.enrollments.end(),
                             [](const Enrollment& e) { return e.state == sequences::EnrollmentState::active; });
  bool quiet = is_open() && !running && !c_.conversation.reply_waiting_at && !c_.conversation.appointment_at;
  if (quiet && c_.contact && !c_.contact->opted_out_at)
    for (const auto& [id, v] : catalog_.versions)
      if (auto end = silence_end(v); end && (!at || *end < *at)) at = end;
  const auto& old = c_.conversation.silence_at;
  if (at && *at <= now_) at = old && *old > now_ ? *old : now_ + Millis{1};
  if (at == old) return;
  c_.conversation.silence_at = at;
  touch_conversation();
}

bool Decider::silence_due() const { return c_.conversation.silence_at && *c_.conversation.silence_at <= now_; }

namespace {

constexpr double kHighRisk = 0.3;

std::optional<std::string> appointment_fact(const Case& c, std::string_view name, const Appointment* a) {
  const auto& known = fact_names();
  if (std::find(known.begin(), known.end(), name) == known.end()) return std::nullopt;
  if (!a) return "";
  auto yes = [](bool b) { return std::string(b ? "yes" : "no"); };
  if (name == "appointment.meeting_type") return a->meeting_type;
  if (name == "appointment.channel") return a->channel;
  if (name == "appointment.cause") return a->cause;
  if (name == "appointment.confirmed") return yes(a->state == "confirmed" || a->state == "checked_in");
  if (name == "appointment.no_show_risk") return no_show_risk(*a) >= kHighRisk ? "high" : "low";
  if (name == "appointment.first_visit") return yes(a->first_visit);
  if (name == "appointment.follows") return yes(a->follows);
  if (name == "appointment.moved") return yes(a->sequence > 0);
  if (name == "appointment.to_prepare")
    return yes(!library::in_language(a->ready, c.contact ? c.contact->language : "").empty());
  return yes(a->late_cancellation);
}

}  // namespace

std::optional<std::string> fact_value(const Case& c, std::string_view name, Instant now, const Appointment* about) {
  if (name.starts_with("appointment.")) return appointment_fact(c, name, about);
  auto yes = [](bool b) { return std::string(b ? "yes" : "no"); };
  if (name == "contact.language") return c.contact ? c.contact->language : "";
  if (name == "contact.country") return c.contact ? c.contact->country : "";
  if (name == "contact.has_email") return yes(c.contact && !c.contact->email.empty());
  if (name == "contact.has_phone") return yes(c.contact && !c.contact->phone.empty());
  if (name == "conversation.type") return c.conversation.type;
  if (name == "conversation.channel") return c.conversation.channel;
  if (name == "conversation.topic") return c.conversation.topic;
  if (name == "conversation.stage") return std::string(to_string(c.conversation.stage));
  if (name == "assets_opened") return yes(c.assets_opened);
  if (name == "objection") return c.objections.empty() ? "" : c.objections.back();
  if (name == "promised_assets")
    return yes(std::any_of(c.promises.begin(), c.promises.end(),
                           [](const Promise& p) { return p.kind == "asset" && p.open(); }));
  if (name == "days_since_talk") {
    if (!c.conversation.last_talk_at) return "";
    return fmt::format("{}", std::chrono::floor<std::chrono::days>(now - *c.conversation.last_talk_at).count());
  }
  return std::nullopt;
}

const std::vector<std::string>& fact_names() {
  static const std::vector<std::string> names = {"contact.language",
                                                 "contact.country",
                                                 "contact.has_email",
                                                 "contact.has_phone",
                                                 "conversation.type",
                                                 "conversation.channel",
                                                 "conversation.topic",
                                                 "conversation.stage",
                                                 "assets_opened",
                                                 "objection",
                                                 "promised_assets",
                                                 "days_since_talk",
                                                 "appointment.meeting_type",
                                                 "appointment.channel",
                                                 "appointment.confirmed",
                                                 "appointment.no_show_risk",
                                                 "appointment.first_visit",
                                                 "appointment.moved",
                                                 "appointment.to_prepare",
                                                 "appointment.cause",
                                                 "appointment.late_cancellation",
                                                 "appointment.follows"};
  return names;
}

}  // namespace onward::conversations
