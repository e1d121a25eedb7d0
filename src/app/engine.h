// The engine's shell: does what is due. The same code runs under the real clock, a manual one, the forecast and the
// simulator; only the Clock, the Store and the Courier differ.
//
// A message leaves in two phases: a transaction commits `sending` with a lease, the courier sends, a second one commits
// the outcome. Whatever a crash leaves in `sending` becomes in_doubt when its lease ends.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "app/cases.h"
#include "app/step.h"
#include "ports/courier.h"

namespace onward::app {

struct EngineOptions {
  int batch = 200;               // conversations per transaction
  int batch_beside_people = 15;  // while people write: their writes wait for at most one such transaction
  Millis lease{300'000};
  bool log_only = false;  // no mail leaves: messages are logged and suppressed with that reason
  // Commit outcomes as they come (real servers), those that come meanwhile together; else all at the end of a batch.
  bool settle_at_once = false;
};

struct EngineCounters {
  std::atomic<int64_t> ticks{0}, claimed{0}, sent{0}, deferred{0}, failed{0}, stopped{0}, in_doubt{0}, errors{0};
};

class Engine {
 public:
  // `courier` may be null while nothing can be sent; then messages are logged only.
  Engine(Runner& runner, ports::Courier* courier, EngineOptions options = {});

  // Everything that is due now, to the end. Returns how many things were done; an error when the store refuses.
  Result<int64_t> run_due();
  // One batch of timers that are not sends (deadlines, promises, silence, leases). Returns how many conversations.
  Result<int64_t> tick_once();
  // Claims, sends and settles one batch of the mailbox that waits longest and is not being served. 0: nothing to send.
  Result<int64_t> send_once();
  // The earliest instant at which something will be due; nullopt: nothing ever. May lie in the past: it is due now.
  Result<std::optional<Instant>> next_wake();
  // The last gate before a message leaves: empty, or the reason to stop. One read.
  std::string gate(TouchId, int64_t lease_token);

  const EngineCounters& counters() const { return counters_; }

 private:
  struct Claim {
    TouchId touch;
    int64_t lease_token = 0;
    ports::Parcel parcel;
    Case held;  // as it was committed with the claim
  };
  struct Outcome {
    const Claim* claim;
    ports::Delivery delivery;
  };
  class Settling;

  Result<int64_t> tick_bookings();
  Result<std::vector<MailboxId>> due_mailboxes();
  std::optional<MailboxId> take_mailbox(const std::vector<MailboxId>&);
  void release_mailbox(MailboxId);
  Result<std::vector<Claim>> claim(MailboxId);
  void claim_in(Step&, MailboxId, std::vector<Claim>&);
  void deliver(std::vector<Claim>&);
  Status settle(const std::vector<Outcome>&);
  void settle_and_log(std::vector<Outcome>);
  void count(const ports::Delivery&);
  int batch() const;

  Runner& runner_;
  ports::Courier* courier_;
  EngineOptions options_;
  EngineCounters counters_;
  std::mutex mutex_;
  std::set<MailboxId> busy_;
};

}  // namespace onward::app
