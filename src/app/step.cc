#include "app/step.h"

#include <algorithm>

#include "base/check.h"
#include "base/crypto.h"

namespace onward::app {
namespace {

constexpr size_t kMacLength = 12;

}  // namespace

std::string_view to_string(Role r) {
  switch (r) {
    case Role::owner: return "owner";
    case Role::manager: return "manager";
    case Role::advisor: return "advisor";
    case Role::auditor: return "auditor";
  }
  return "";
}

Result<Role> parse_role(std::string_view text) {
  for (Role r : {Role::owner, Role::manager, Role::advisor, Role::auditor})
    if (to_string(r) == text) return r;
  return fail(Code::invalid, "must be owner, manager, advisor or auditor");
}

void Step::fact(std::string_view kind, ConversationId conversation, int64_t subject, json::object data) {
  tx.run("fact_insert", {to_ms(now), std::string(kind), ports::opt_int(conversation.value), ports::opt_int(subject),
                         caller.actor(), json::serialize(data)});
}

conversations::Names Step::names() {
  return {rng, [this] { return services.entropy.token(); },
          [this](std::string_view text) { return hmac_sha256_hex(services.secret, text).substr(0, kMacLength); }};
}

void Step::bump_catalog() { run("revision_bump", {std::string("catalog")}); }

Status Step::require_change() const {
  if (!caller.may_change()) return fail(Code::forbidden, "an auditor reads and changes nothing");
  return {};
}

Status Step::require_role(std::initializer_list<Role> roles) const {
  if (std::find(roles.begin(), roles.end(), caller.role) == roles.end())
    return fail(Code::forbidden, "your role does not allow this");
  return {};
}

Runner::Runner(Services services) : services_(std::move(services)) {}

std::shared_ptr<const Catalog> Runner::catalog(Tx& tx) {
  int64_t revision = tx.run("revision_get", {std::string("catalog")}).integer(0, 0);
  std::scoped_lock lock(mutex_);
  if (!catalog_ || revision != revision_) {
    catalog_ = load_catalog(tx, services_);
    revision_ = revision;
  }
  return catalog_;
}

Status Runner::write(Lane lane, const Caller& caller, const Work& work) {
  if (lane == Lane::interactive) last_interactive_ = to_ms(now());
  return services_.store.write(lane, [&](Tx& tx) -> Status {
    Rng rng(services_.entropy.seed(), &ids_);
    Step step(tx, services_.clock.now(), caller, catalog(tx), services_, rng);
    TRY_VOID(work(step));
    if (wake_) tx.after_commit(wake_);
    return {};
  });
}

Status Runner::read(const Caller& caller, const Work& work) {
  return services_.store.read([&](Tx& tx) -> Status {
    Rng rng(services_.entropy.seed(), &ids_);
    Step step(tx, services_.clock.now(), caller, catalog(tx), services_, rng);
    return work(step);
  });
}

Result<Answer> Runner::run(Lane lane, const Caller& caller, const Idempotency& id, const Request& work) {
  Answer answer;
  TRY_VOID(write(lane, caller, [&](Step& step) -> Status {
    if (!id.key_hash.empty()) {
      Rows known = step.run("idempotency_get", {id.key_hash});
      if (!known.empty()) {
        if (known.text(0, 0) != id.body_hash)
          return fail(Code::unprocessable, "this Idempotency-Key was used with another body");
        answer = {static_cast<int>(known.integer(0, 1)), TRY(parse_json(known.text(0, 2)))};
        return {};
      }
    }
    answer = TRY(work(step));
    if (!id.key_hash.empty())
      step.run("idempotency_insert",
               {id.key_hash, id.body_hash, int64_t{answer.status}, dump(answer.body), to_ms(step.now)});
    return {};
  }));
  return answer;
}

Result<Answer> Runner::look(const Caller& caller, const Request& work) {
  Answer answer;
  TRY_VOID(read(caller, [&](Step& step) -> Status {
    answer = TRY(work(step));
    return {};
  }));
  return answer;
}

}  // namespace onward::app
