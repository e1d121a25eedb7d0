// What goes wrong, and where: deliveries, commits, the disk, the clock, and people who act while a message is leaving.
#include <fmt/format.h>

#include "app/cases.h"
#include "sim/simulation.h"

namespace onward::sim {
namespace {

struct Trouble {
  ports::Fate fate;
  int code;
  const char* evidence;
  bool bad_address;
  double odds;  // of 1000 messages
};
// Each step of an SMTP session at which the other side may refuse, fall silent or hang up.
constexpr Trouble kTroubles[] = {
    {ports::Fate::deferred, 0, "connect: refused", false, 15},
    {ports::Fate::deferred, 0, "banner: timeout", false, 8},
    {ports::Fate::deferred, 421, "EHLO: 421 busy", false, 8},
    {ports::Fate::deferred, 0, "STARTTLS: reset", false, 5},
    {ports::Fate::deferred, 454, "AUTH: 454 later", false, 5},
    {ports::Fate::deferred, 451, "MAIL: 451 later", false, 8},
    {ports::Fate::deferred, 450, "RCPT: 450 greylisted", false, 40},
    {ports::Fate::rejected, 550, "RCPT: 550 no such user", true, 6},
    {ports::Fate::rejected, 554, "RCPT: 554 blocked", false, 6},
    {ports::Fate::rejected, 552, "DATA: 552 too large", false, 4},
    {ports::Fate::deferred, 0, "DATA: reset before the final dot", false, 10},
    {ports::Fate::deferred, 452, "final dot: 452 full", false, 10},
    {ports::Fate::rejected, 554, "final dot: 554 refused", false, 6},
    {ports::Fate::unknown, 0, "final dot: timeout", false, 15},
    {ports::Fate::unknown, 0, "final dot: reset", false, 15},
};
constexpr double kCrashInSend = 0.01;  // at each moment of a message
constexpr double kCrashAtCommit = 0.002;
constexpr double kUnknownCommit = 0.004;
constexpr double kRace = 0.03;

}  // namespace

Attempt Simulation::plan(const ports::Message&) {
  if (!options_.faults.smtp || quiet_) return {};
  double draw = luck_.unit() * 1000;
  for (const Trouble& t : kTroubles) {
    draw -= t.odds;
    if (draw >= 0) continue;
    note(t.fate == ports::Fate::deferred ? "deferred" : t.fate == ports::Fate::rejected ? "rejected" : "in doubt");
    return {t.fate, luck_.chance(0.5), t.bad_address, t.evidence, t.code};
  }
  return {};
}

void Simulation::passing(Moment moment, const ports::Message& m) {
  if (moment == Moment::gated) {
    checks_.on_gate(m.touch);
    trace(fmt::format("leaves {} {}", m.touch.text(), m.subject));
  }
  const auto& mails = world_.courier().mails();
  for (; seen_mails_ < mails.size(); ++seen_mails_) {
    checks_.on_mail(mails[seen_mails_]);
    arrived_[mails[seen_mails_].touch.value] = true;
    fresh_.push_back(mails[seen_mails_]);
    note("mails");
  }
  if (quiet_) return;
  if (options_.faults.crash && luck_.chance(kCrashInSend))
    throw Crash(fmt::format("while sending ({})", static_cast<int>(moment)));
  if (options_.faults.slow && moment == Moment::claimed && luck_.chance(0.02)) {
    world_.clock().set(world_.now() + Millis{luck_.below(luck_.chance(0.8) ? 120'000 : 900'000)});
    note("slow deliveries");
    leases_run_out();
  }
  if (luck_.chance(kRace)) race(m);
  if (options_.faults.smtp && moment == Moment::gated && luck_.chance(0.05)) {  // the report comes again, or late
    int64_t token = world_.rows("sim_conversation_of_touch", {m.touch.value}).integer(0, 1);
    in(some_time(3), [this, touch = m.touch, token] { late_evidence(touch, token, arrived_[touch.value]); });
  }
}

// Somebody acts at the very moment in which a message is on its way out.
void Simulation::race(const ports::Message& m) {
  Rows row = world_.rows("sim_conversation_of_touch", {m.touch.value});
  if (row.empty()) return;
  ConversationId id{row.integer(0, 0)};
  ContactId contact{world_.rows("sim_contact_of", {id.value}).integer(0, 0)};
  Rows about = world_.rows("sim_about", {m.touch.value});
  if (!about.empty() && people_.chance(0.6)) {
    AppointmentId appointment{about.integer(0, 0)};
    if (people_.chance(0.5)) return change_appointment(appointment);
    tell("cancellation in the race", cancel_appointment(appointment));
    return;
  }
  switch (people_.below(6)) {
    case 0: tell("reply in the race", do_reply(id, people_.chance(0.3))); break;
    case 1: tell("opt-out in the race", opt_out(contact)); break;
    case 2: tell("booking in the race", do_book(id)); break;
    case 3: tell("consent withdrawn in the race", withdraw(contact)); break;
    case 4: second_sender(); break;
    default: tell("outcome in the race", do_outcome(id)); break;
  }
}

// While a sender is slow the timers go on: what it holds may be in doubt by the time it reports.
void Simulation::leases_run_out() {
  auto ticked = world_.engine().tick_once();
  tell("ticks beside", ticked.map([](int64_t) { return Json(nullptr); }));
}

// Another sender of the same process takes what the other mailboxes have, while this one is still busy.
void Simulation::second_sender() {
  if (second_) return;
  second_ = true;
  Result<int64_t> sent = 0;
  try {
    sent = world_.engine().send_once();
  } catch (...) {
    second_ = false;
    throw;
  }
  second_ = false;
  tell("sends beside", sent.map([](int64_t) { return Json(nullptr); }));
}

// A second report about the same attempt, through the same door as the first one.
void Simulation::late_evidence(TouchId touch, int64_t token, bool arrived) {
  using Kind = conversations::SendResult::Kind;
  if (!arrived || token == 0) return;
  ConversationId id{world_.rows("sim_conversation_of_touch", {touch.value}).integer(0, 0)};
  tell("late report", world_.call([&](Step& s) -> Result<Json> {
    conversations::SendResult result{.kind = Kind::accepted, .touch = touch, .lease_token = token, .evidence = "late"};
    TRY(app::apply_event(s, id, result));
    return Json(nullptr);
  }));
}

WriteFault Simulation::before_write() {
  if (quiet_) return WriteFault::none;
  if (options_.faults.slow) {
    if (world_.now() < slow_until_) return WriteFault::unavailable;
    if (luck_.chance(0.003)) {
      slow_until_ = world_.now() + Millis{1000 + static_cast<int64_t>(luck_.below(900'000))};
      note("slow disks");
      return WriteFault::unavailable;
    }
  }
  if (options_.faults.crash && luck_.chance(kCrashAtCommit))
    return luck_.chance(0.5) ? WriteFault::crash_before : WriteFault::crash_after;
  if (options_.faults.commit && luck_.chance(kUnknownCommit)) {
    note("unknown commits");
    return luck_.chance(0.5) ? WriteFault::unknown_before : WriteFault::unknown_after;
  }
  return WriteFault::none;
}

// The machine is off, or its clock was wrong and jumps forward while everything runs.
void Simulation::downtime() {
  in(some_time(24 * 15), [this] { downtime(); });
  bool long_one = luck_.chance(0.3);
  Millis away{static_cast<int64_t>(luck_.below(long_one ? 7ull * 24 * 3'600'000 : 8ull * 3'600'000))};
  world_.clock().set(world_.now() + away);
  note(long_one ? "days down" : "hours down");
  if (luck_.chance(0.7)) world_.kill_and_restart();
}

// What its reader does with it.
void Simulation::after_mail(const Mail& mail) {
  if (quiet_) return;
  ConversationId id{world_.rows("sim_conversation_of_touch", {mail.touch.value}).integer(0, 0)};
  size_t index = 0;
  while (index < talks_.size() && talks_[index].id != id) ++index;
  if (index == talks_.size()) return;
  double draw = people_.unit();
  if (draw < 0.25)
    in(some_time(20), [this, index] { look_at_assets(index); });
  else if (draw < 0.35)
    in(some_time(20), [this, index] { reply(index, people_.chance(0.3)); });
  else if (draw < 0.38)
    in(some_time(10), [this, index] { change_mind(index); });
  else if (draw < 0.43)
    in(some_time(30), [this, index] { people_.chance(0.5) ? book(index) : appoint(index); });
}

}  // namespace onward::sim
