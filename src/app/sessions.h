// Browsers that are signed in. A session belongs to an API key and ends with it, after an idle time, or when its holder
// signs out. Its token has 256 random bits; only the SHA-256 is kept.
//
//   std::string token = TRY(open_session(step, key_text, kSessionIdle));     // into a cookie
//   std::optional<Session> session = find_session(step, session_hash(token));
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/step.h"

namespace onward::app {

constexpr Millis kSessionIdle{12 * 3'600'000};
constexpr Millis kDemoIdle{3650LL * 24 * 3'600'000};  // a demo's clock is moved by weeks

struct Session {
  Caller caller;
  std::string name;                    // the advisor's; empty: a key that belongs to nobody
  std::string zone;                    // the advisor's, else the organization's
  std::string chosen_language;         // by hand; empty: not chosen
  std::vector<std::string> languages;  // the advisor's
  Instant seen_at;
};

std::string session_hash(std::string_view token);
// The new session's token. Error: unauthorized (no such key in force).
Result<std::string> open_session(Step&, std::string_view key_text, Millis idle);
// For demonstrations only: as the first owner, whose key is made when there is none. Error: conflict (no advisor yet).
Result<std::string> open_demo_session(Step&);
std::optional<Session> find_session(Step&, const std::string& hash);
void see_session(Step&, const std::string& hash);  // the idle time counts from now
void choose_language(Step&, const std::string& hash, const std::string& language);
void close_session(Step&, const std::string& hash);

// Names of advisors by the text of their ids, as facts and reasons mention them.
std::map<std::string, std::string> people(Step&);

}  // namespace onward::app
