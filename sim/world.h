// A World: the production application (step runner, engine, use cases) over a store of its own, with a clock that moves
// only when told to, seeded randomness and a courier that does what a script says. One thread, no sockets.
//
//   World w({.seed = 7});
//   AdvisorId ana = w.advisor({.name = "Ana", .zone = "Europe/Paris"});
//   ContactId zoe = w.contact({.name = "Zoe Marchand", .email = "zoe@example.org", .zone = "Europe/Paris", .country =
//   "FR"}); ConversationId c = w.conversation({.contact = zoe, .owner = ana}); w.must(w.call(w.as(ana), [&](Step& s) {
//   return app::log_talk(s, c, body); })); w.advance_to(w.now() + 24h); w.courier().mails(); // what was accepted, in
//   order
//
// A crash is the exception Crash. It may be thrown by the courier's hooks and by the store's faults, passes through the
// engine like the end of the process, and reaches whoever called the world; kill_and_restart() then starts anew.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/engine.h"
#include "app/step.h"
#include "ports/courier.h"
#include "ports/laboratory.h"
#include "store/open.h"

namespace onward::sim {

using app::Caller;
using app::Step;
using ports::Rows;

struct Crash : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A message as it left: handed over completely. `known` is false when the sender never learned that it was taken.
struct Mail {
  TouchId touch;
  std::string message_id, to, subject, body, from;
  Instant at;                 // when the gate was asked
  int64_t facts_at_gate = 0;  // how many facts were committed when the gate was asked
  bool known = true;
  bool unsubscribe = false;  // carries a one-click address
};

// What the outside does with one attempt.
struct Attempt {
  ports::Fate fate = ports::Fate::accepted;
  bool arrives = true;       // with unknown: whether it was taken all the same
  bool bad_address = false;  // with rejected
  std::string evidence;
  int code = 0;
};
// Where a sender is with one message. The hook may move the clock, call use cases, or throw Crash.
enum class Moment {
  claimed,   // `sending` is committed, nothing has left
  gated,     // the gate has said go; the message is about to leave
  handed,    // the other side has the whole message
  reported,  // the engine knows the outcome; it is not committed unless outcomes are settled one by one
};

class FakeCourier final : public ports::Courier {
 public:
  std::function<Attempt(const ports::Message&)> plan;     // not set: everything is accepted
  std::function<void(Moment, const ports::Message&)> at;  // not set: nothing happens
  std::function<int64_t()> facts;                         // set by the world
  const Clock* clock = nullptr;                           // set by the world

  void send(std::vector<ports::Parcel> parcels, const Gate& gate, const Done& done) override;

  const std::vector<Mail>& mails() const { return mails_; }
  int64_t attempts() const { return attempts_; }
  void clear() { mails_.clear(); }

 private:
  void one(const ports::Parcel&, const Gate&, const Done&);
  void pass(Moment, const ports::Message&);
  std::vector<Mail> mails_;
  int64_t attempts_ = 0;
};

// A store whose failures are scripted. `before_write` decides for each write.
enum class WriteFault {
  none,
  unavailable,     // refused before anything happens
  crash_before,    // the process ends at COMMIT, which did not happen
  crash_after,     // ... which did
  unknown_before,  // COMMIT fails; it did not happen
  unknown_after,   // COMMIT fails; it did happen
};

class FaultyStore final : public ports::Store {
 public:
  std::function<WriteFault()> before_write;                // not set: none
  std::function<bool()> before_read;                       // true: refused
  std::function<void(std::string_view)> before_statement;  // of a write; may throw Crash or StoreError
  std::function<void()> after_commit;  // also after a commit whose outcome the caller does not learn

  ports::Store& real() { return *real_; }
  void open(const store::StoreOptions&);  // closes what was open
  bool is_open() const { return real_ != nullptr; }

  Status write(ports::Lane, const Work&) override;
  Status read(const Work&) override;
  ports::Engine engine() const override { return real_->engine(); }
  Result<std::vector<std::string>> migrate() override { return real_->migrate(); }
  Status backup_to(const std::string& path) override { return real_->backup_to(path); }

 private:
  std::unique_ptr<ports::Store> real_;
  std::atomic<store::CommitFault> next_ = store::CommitFault::none;
};

enum class Installation {
  none,
  defaults,  // what everybody starts with
  small,     // one type "advice" with every kind of step: install_small()
};

struct WorldOptions {
  uint64_t seed = 1;
  Instant start = from_ms(1'767'600'000'000);  // 2026-01-05T08:00:00Z, a Monday
  std::string path;                            // of a database file; empty: in memory
  std::string database;                        // of PostgreSQL, empty as yet; then `path` is not asked
  int pool = 1;                                // connections to it
  app::EngineOptions engine;
  Installation installation = Installation::defaults;
  store::Catalogue extra;  // statements and migrations for checks, on top of the program's own
};

struct AgencySpec {
  std::string name = "Agency", zone = "Europe/Paris", country = "FR", region;
};
struct AdvisorSpec {
  std::string name = "Advisor", email, zone = "Europe/Paris";
  AgencyId agency;  // none: one is made
  bool mailbox = true;
  int cap_per_day = 0;  // 0: none
  int gap_s = 1;
};
struct ConsentSpec {
  std::string purpose = "marketing", channel = "any", state = "granted", basis = "consent";
};
struct ContactSpec {
  std::string name = "Contact", email, phone, zone = "Europe/Paris", country, region, language = "en";
  std::vector<ConsentSpec> consents;
};
struct ConversationSpec {
  ContactId contact;
  AdvisorId owner;                                  // none: the least busy one
  std::string type, channel = "web", topic, stage;  // type empty: the first one
};

class World {
 public:
  using Work = std::function<Result<Json>(Step&)>;

  explicit World(WorldOptions = {});
  ~World();

  // One use case in a transaction of its own, or a read.
  Result<Json> call(const Caller&, const Work&);
  Result<Json> look(const Caller&, const Work&);
  Result<Json> call(const Work& work) { return call(app::system_caller(), work); }
  static Json must(Result<Json>);  // a refusal is a Bug

  Caller as(AdvisorId) const;
  AgencyId agency(const AgencySpec&);
  AdvisorId advisor(const AdvisorSpec&);
  ContactId contact(const ContactSpec&);
  ConversationId conversation(const ConversationSpec&);
  AssetId asset(const Json& body);
  // A new sequence or the next version of one, published; conversations on older versions move when `move`.
  Result<SequenceId> sequence(const Json& document, bool move = false);
  Result<Json> absence(AdvisorId, Instant from, Instant to);

  Instant now() const { return clock_.now(); }
  ManualClock& clock() { return clock_; }
  SeededEntropy& entropy() { return entropy_; }
  FakeCourier& courier() { return courier_; }
  FaultyStore& store() { return store_; }
  app::Runner& runner() { return *runner_; }
  app::Engine& engine() { return *engine_; }
  ports::Laboratory& laboratory() { return *laboratory_; }
  const std::string& first_type() const { return first_type_; }

  // Does everything that falls due on the way at its own time. Returns how many things were done.
  Result<int64_t> advance_to(Instant);
  // What is due now, to the end.
  Result<int64_t> run_until_idle();
  // The process is gone and starts again: nothing is flushed, nothing that was not committed survives.
  void kill_and_restart();

  // One named statement in a read of its own.
  Rows rows(std::string_view statement, const ports::Params& = {});
  int64_t facts();  // the number of the last committed fact

 private:
  void open_store();
  void boot();
  void install();
  MailboxId mailbox(const AdvisorSpec&);

  WorldOptions options_;
  store::Catalogue catalogue_;
  ManualClock clock_;
  SeededEntropy entropy_;
  FakeCourier courier_;
  FaultyStore store_;
  std::unique_ptr<ports::Laboratory> laboratory_;
  std::unique_ptr<app::Runner> runner_;
  std::unique_ptr<app::Engine> engine_;
  std::string first_type_;
};

// A small installation for worlds that want nothing else: one type, one sequence with every kind of step, templates in
// three languages, assets.
void install_small(World&);
Json small_document(int version);  // later versions change steps, delays and windows

}  // namespace onward::sim
