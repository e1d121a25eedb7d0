// API keys and the first start. A key is 256 random bits; only its SHA-256 is kept, its text is given out once.
//
//   std::string text = TRY(create_key(step, {.role = Role::auditor, .label = "yearly audit"}));   // "onw_…"
//   std::optional<Caller> caller = find_caller(step, key_hash(text));
#pragma once
#include <optional>
#include <string>

#include "app/step.h"
#include "base/schema.h"

namespace onward::app {

struct NewKey {
  Role role = Role::auditor;
  AdvisorId advisor;  // required for manager and advisor: it says whose conversations, or whose agency
  std::string label;
  std::optional<Instant> expires_at;
};

std::string key_hash(std::string_view key_text);
// The key's text. Errors: invalid (no advisor where one is needed, no such advisor, already expired). For those who
// hold the database: checks no caller.
Result<std::string> create_key(Step&, const NewKey&);
// Who holds the key now: nobody when it is unknown, revoked, expired, or its advisor has been deleted.
std::optional<Caller> find_caller(Step&, const std::string& hash);

// For the API; owners only.
Result<Json> add_key(Step&, const Json& body);  // {role, advisor_id, label, expires_at}: the view, with `key`
Result<json::array> list_keys(Step&, int64_t after, int limit);
Result<Json> get_key(Step&, KeyId);
// Error: conflict for the last owner key in force.
Result<Json> revoke_key(Step&, KeyId);

// First start. Nobody has ever had an owner key:
bool needs_setup(Step&);
// A fresh one-time token, replacing the one before. Error: conflict when the setup is done.
Result<std::string> begin_setup(Step&);
const Shape& setup_shape();  // {organization, zone, language, name, email}
// Makes the first agency, advisor and owner key, and burns the token. body: valid by setup_shape(). Answers {key,
// agency_id, advisor_id}. Errors: forbidden (wrong token), conflict (done already).
Result<Json> finish_setup(Step&, std::string_view token, const Json& body);

}  // namespace onward::app
