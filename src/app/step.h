// The step runner: one step, one transaction. Business rows, timers, outgoing messages, facts and the idempotency
// record of a request commit together or not at all; nothing leaves before the commit.
//
//   Result<Answer> a = runner.run(Lane::interactive, caller, idempotency, [&](Step& step) -> Result<Answer> {
//     return Answer{201, TRY(log_talk(step, id, body))};
//   });
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "app/caller.h"
#include "base/json.h"
#include "base/rng.h"
#include "core/conversations/case.h"
#include "ports/store.h"

namespace onward::app {

using conversations::Catalog;
using ports::Lane;
using ports::Params;
using ports::Rows;
using ports::Tx;

// What the use cases need from the outside; owned by main, the simulator or a test.
struct Services {
  ports::Store& store;
  const Clock& clock;
  Entropy& entropy;
  std::string secret;       // the installation's key: Message-ID digests, sealing
  std::string base_url;     // of public pages, without a trailing slash
  std::string mail_domain;  // right side of Message-IDs
};

// One transaction under way.
class Step {
 public:
  Step(Tx& tx, Instant now, const Caller& caller, std::shared_ptr<const Catalog> catalog, const Services& services,
       Rng& rng)
      : tx(tx), now(now), caller(caller), services(services), rng(rng), catalog_(std::move(catalog)) {}

  Rows run(std::string_view statement, const Params& values = {}) { return tx.run(statement, values); }
  // Adds a fact; written with the step. conversation and subject may be 0.
  void fact(std::string_view kind, ConversationId conversation, int64_t subject, json::object data = {});
  template <class IdType>
  IdType new_id() {
    return IdType{make_id(now, rng)};
  }
  const Catalog& catalog() const { return *catalog_; }
  std::shared_ptr<const Catalog> shared_catalog() const { return catalog_; }
  conversations::Names names();
  // What nodes keep in memory (policies, sequences, library, settings) has changed.
  void bump_catalog();
  // Error::forbidden unless the caller may change things / has one of the roles.
  Status require_change() const;
  Status require_role(std::initializer_list<Role> roles) const;

  Tx& tx;
  const Instant now;
  const Caller& caller;
  const Services& services;
  Rng& rng;

 private:
  std::shared_ptr<const Catalog> catalog_;
};

struct Answer {
  int status = 200;
  Json body;
};

// Names a request that may be repeated. key_hash covers caller, method, path and the client's key.
struct Idempotency {
  std::string key_hash;  // empty: none
  std::string body_hash;
};

class Runner {
 public:
  explicit Runner(Services services);

  using Work = std::function<Status(Step&)>;
  using Request = std::function<Result<Answer>(Step&)>;
  Status write(Lane lane, const Caller& caller, const Work& work);
  Status read(const Caller& caller, const Work& work);
  // A repeated request gets the stored answer; the same key with another body is Code::unprocessable.
  Result<Answer> run(Lane lane, const Caller& caller, const Idempotency& idempotency, const Request& work);
  Result<Answer> look(const Caller& caller, const Request& work);

  const Services& services() const { return services_; }
  Instant now() const { return services_.clock.now(); }
  // Whether an interactive write was asked for within the last two seconds.
  bool people_write() const { return to_ms(now()) - last_interactive_.load() < 2000; }
  // Called after each commit of a write: loops look at their timers again.
  void on_commit(std::function<void()> wake) { wake_ = std::move(wake); }

 private:
  std::shared_ptr<const Catalog> catalog(Tx& tx);
  Services services_;
  std::mutex mutex_;
  std::shared_ptr<const Catalog> catalog_;
  int64_t revision_ = 0;
  std::function<void()> wake_;
  std::atomic<int64_t> last_interactive_{-1'000'000};  // ms
  IdClock ids_;
};

// Reads policies, published sequences, library and settings. Throws StoreError.
std::shared_ptr<const Catalog> load_catalog(Tx& tx, const Services& services);

}  // namespace onward::app
