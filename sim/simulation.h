// One simulated installation: customers and advisors who behave as people do, the production application between them,
// and faults. Everything comes from one seed.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/checks.h"
#include "sim/world.h"

namespace onward::sim {

struct Faults {
  bool crash = false;   // the process ends: around commits, between claim and send, while sending, before settling
  bool smtp = false;    // refusals, timeouts and broken connections at every step of a delivery
  bool clock = false;   // down for hours or days, and steps of the clock while it runs
  bool commit = false;  // COMMIT fails; it may have happened
  bool slow = false;    // the disk does not answer for a while
  bool any() const { return crash || smtp || clock || commit || slow; }
};

struct Options {
  uint64_t seed = 1;
  int days = 30;
  int contacts = 20;
  Faults faults;
  bool verbose = false;
};

struct Report {
  std::array<int64_t, kRules> checked{};
  std::map<std::string, int64_t> happened;  // talks, replies, mails, crashes, ...
  std::string hash;
};

class Simulation {
 public:
  explicit Simulation(const Options&);
  Report run();  // throws Violation

 private:
  using Action = std::function<void()>;
  struct Person {
    ContactId id;
    std::string name;
  };
  struct Advisor {
    AdvisorId id;
    Zone zone = utc();
    Instant back_at;  // from a holiday
  };
  struct Talkative {  // a conversation that somebody takes part in
    ConversationId id;
    ContactId contact;
    size_t advisor = 0;
  };

  // the course of events (simulation.cc)
  void at(Instant when, Action);
  void in(Millis, Action);
  void drive(Instant to);
  void act(const Action&);
  void restart(const std::string& where);
  void rest();
  bool tell(const char* what,
            const Result<Json>&);  // whether it was done; refusals that nobody could explain end the run
  Millis some_time(double mean_hours);
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[people_.below(list.size())];
  }
  void note(const std::string& what) { ++report_.happened[what]; }
  void trace(const std::string& what);

  // who is there (setup.cc)
  void settle_in();
  void make_advisors();
  void make_contact();
  void open_conversation(ContactId);
  void make_policies();

  // what the outside does (outside.cc)
  Attempt plan(const ports::Message&);
  void passing(Moment, const ports::Message&);
  WriteFault before_write();
  void after_mail(const Mail&);
  void late_evidence(TouchId, int64_t token, bool arrived);
  void downtime();
  void race(const ports::Message&);
  void leases_run_out();
  void second_sender();

  // customers (customers.cc)
  void customer_turn(size_t conversation);
  void reply(size_t conversation, bool later);
  void book(size_t conversation);
  void look_at_assets(size_t conversation);
  void change_mind(size_t conversation);
  void move_away(ContactId);
  Result<Json> opt_out(ContactId);
  Result<Json> withdraw(ContactId);
  Result<Json> do_reply(ConversationId, bool later);
  Result<Json> do_book(ConversationId);
  Result<Json> do_outcome(ConversationId);

  // appointments (appointments.cc)
  void make_meeting_type();
  std::optional<std::string> offered_start();
  void appoint(size_t conversation);
  void change_appointment(AppointmentId);
  Result<Json> cancel_appointment(AppointmentId);
  void end_appointment(size_t conversation, AppointmentId);

  // advisors (advisors.cc)
  void advisor_day(size_t advisor);
  void work_on_drafts(size_t advisor);
  void work_on_tasks(size_t advisor);
  void resolve_doubts(size_t advisor);
  void care_for(size_t conversation);
  void talk(size_t conversation);
  void small_move(size_t conversation);
  void rare_move(size_t conversation);
  Json talk_body(Instant held_at);

  // the firm (firm.cc)
  void publish();
  void merge();
  void holiday(size_t advisor);

  // the forecast (foresight.cc)
  void check_forecast();

  Options options_;
  World world_;
  Checks checks_;
  Rng people_, luck_;  // who does what; what goes wrong
  Report report_;
  std::multimap<Instant, Action> diary_;
  std::vector<Advisor> advisors_;
  std::vector<Person> contacts_;
  std::vector<Talkative> talks_;
  std::vector<AssetId> assets_;
  std::vector<std::string> types_;
  MeetingTypeId meeting_type_;
  std::deque<Mail> fresh_;  // mails whose effects on their readers are still to come
  size_t seen_mails_ = 0;
  std::unordered_map<int64_t, bool> arrived_;  // what became of messages whose outcome is unknown
  Instant end_;
  Instant slow_until_;
  Instant rested_at_;
  int version_ = 0;
  bool second_ = false;  // a second sender is at work
  bool quiet_ = false;   // nobody does anything and nothing fails
  bool gaps_ = false;    // mailboxes have gaps or caps
  int step_ms_ = 0;
};

}  // namespace onward::sim
