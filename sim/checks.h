// The invariants, checked while a world runs. Each check counts what it looked at; the first that fails throws
// Violation. They read the tables and the outside (what the courier took), never what the engine says of itself.
#pragma once
#include <array>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/world.h"

namespace onward::sim {

enum class Rule {
  nothing_lost,   // every touch ends, or has a timer, or waits for a person
  stops_hold,     // nothing leaves after a reply, booking, opt-out or outcome
  window,         // inside its window, not early, not stale, under the cap
  no_duplicates,  // no follow-up twice
  facts,          // every change of a state has its fact; the facts rebuild the states
  next_action,    // an open conversation has one; promises are owed in time, or broken, or kept with evidence
  consent,        // no marketing without consent, nothing against a refusal
  forecast,       // what was forecast is what happened
  appointments,   // what is sent around one tells what stands; whoever has one is told
  sound,          // no assertion failed, no refusal that a person could not explain
  booking,        // a time is sold once, and what was offered can be booked (sim/bookings.h)
};
constexpr size_t kRules = 10;  // that Checks counts: all but the last
std::string_view to_string(Rule);

struct Violation : std::runtime_error {
  Violation(Rule rule, const std::string& what)
      : std::runtime_error(std::string(to_string(rule)) + ": " + what), rule(rule) {}
  Rule rule;
};

class Checks {
 public:
  explicit Checks(World& world);
  std::function<void(const std::string&)> trace;  // set: told of every fact

  void on_commit();           // facts and changes since the last look
  void on_gate(TouchId);      // the gate has said go
  void on_mail(const Mail&);  // it was handed over
  void at_rest();             // everything due is done and the system was up
  void at_end();
  void may_repeat(TouchId touch) { excused_.insert(touch.value); }  // a person said wrongly that it did not arrive

  const std::array<int64_t, kRules>& counts() const { return counts_; }
  void count(Rule rule, int64_t n = 1) { counts_[static_cast<size_t>(rule)] += n; }
  void require(bool holds, Rule rule, const std::string& what);

 private:
  struct Sending;
  Sending read_sending(TouchId);
  void check_stops(const Sending&);
  void check_window(const Sending&);
  void check_cap(const Sending&, int gap_hours, int count, int days);
  void check_consent(const Sending&);
  void check_appointment(const Sending&);
  void none(std::string_view statement, const ports::Params&, Rule, std::string_view what);

  World& world_;
  std::array<int64_t, kRules> counts_{};
  int64_t last_fact_ = 0, last_change_ = 0;
  std::unordered_map<int64_t, std::string> told_;     // what the facts say, by subject
  std::unordered_map<int64_t, std::string> changed_;  // what the tables were changed to
  std::unordered_map<int64_t, std::vector<Instant>> mailed_;
  std::set<int64_t> excused_;
};

}  // namespace onward::sim
