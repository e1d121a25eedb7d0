// The promise ledger: what a held conversation owes, to whom, until when, and how it ended.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/zone.h"

namespace onward::promises {

enum class State { owed, kept, broken, waived };
std::string_view to_string(State);
State parse_state(std::string_view);  // of the database's own text

enum class Change { none, created, updated };  // what the shell must save

struct Promise {
  PromiseId id;
  TalkId talk;
  std::string kind;  // recap, asset, check_in, next_step, other
  std::string what;
  AssetId asset;
  AdvisorId by;  // none: the system
  Instant due_at;
  std::string zone;  // in which due_at was promised
  State state = State::owed;
  Instant state_at;
  std::string reason;
  std::optional<Instant> settled_at;  // when it was done, in time or late
  TouchId touch;                      // what is going to keep it, or kept it
  Instant created_at;
  Change change = Change::none;
  bool open() const { return !settled_at && state != State::waived && state != State::kept; }
};

// What a conversation type promises after a talk.
struct Policy {
  bool recap_same_day = true;
  int asset_hours = 48;
  int check_in_days = 7;
  bool operator==(const Policy&) const = default;
};

struct NextStep {
  std::string what;
  std::optional<Instant> due;
};

struct Talk {
  TalkId id;
  Instant held_at;
  std::string summary;
  std::vector<std::string> key_points;
  std::vector<NextStep> next_steps;
  std::vector<std::string> objections;
  std::vector<AssetId> assets;
  bool recap = true;
};

struct NamedAsset {
  AssetId id;
  std::string title;
};

// The obligations of one talk, in order of their due time; ids are still empty. `zone` is the advisor's.
std::vector<Promise> promises_of(const Talk&, const Policy&, const std::vector<NamedAsset>& titles, AdvisorId by,
                                 const Zone& zone, Instant now);

// A promise that will break soon, with the cause.
struct Risk {
  PromiseId promise;
  std::string
      cause;  // approval_pending, mailbox_cap, holiday, window, not_planned, no_consent, no_mailbox, absence, task_open
  std::string detail;  // one sentence
};
struct Outlook {  // what is known of the touch that is to keep a promise
  bool exists = false;
  bool draft = false;
  bool task = false;
  std::string problem;   // what blocks it, empty when nothing
  Instant due_at;        // when it will go
  std::string moved_by;  // the last rule that moved it: holiday, window, quiet_hours, absence, cap, mailbox_cap
  std::optional<Instant> mailbox_free_at;
  bool mailbox_missing = false;
};
constexpr Millis kRiskHorizon{48 * 3'600'000};
// nullopt: not owed, not due within 48 h, or on course.
std::optional<Risk> risk_of(const Promise&, const Outlook&, Instant now);

}  // namespace onward::promises
