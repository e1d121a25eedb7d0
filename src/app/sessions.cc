#include "app/sessions.h"

#include "app/keys.h"
#include "app/record.h"
#include "app/settings.h"
#include "base/check.h"
#include "base/crypto.h"

namespace onward::app {
namespace {

std::string start(Step& step, KeyId key, Millis idle) {
  step.run("session_delete_old", {to_ms(step.now)});
  std::string token = step.services.entropy.token() + step.services.entropy.token();
  step.run("session_insert", {session_hash(token), key.value, to_ms(step.now), int64_t{idle.count()}});
  step.fact("session.opened", {}, key.value);
  return token;
}

}  // namespace

std::string session_hash(std::string_view token) { return sha256_hex(token); }

Result<std::string> open_session(Step& step, std::string_view key_text, Millis idle) {
  std::optional<Caller> caller = find_caller(step, key_hash(key_text));
  if (!caller) return fail(Code::unauthorized, "this API key is not valid");
  return start(step, caller->key, idle);
}

Result<std::string> open_demo_session(Step& step) {
  Rows key = step.run("session_demo_key", {to_ms(step.now)});
  if (!key.empty()) return start(step, KeyId{key.integer(0, 0)}, kDemoIdle);
  Rows advisor = step.run("session_demo_advisor");
  if (advisor.empty()) return fail(Code::conflict, "there is no advisor yet");
  NewKey wanted{.role = Role::owner, .advisor = AdvisorId{advisor.integer(0, 0)}, .label = "demo"};
  return open_session(step, TRY(create_key(step, wanted)), kDemoIdle);
}

std::optional<Session> find_session(Step& step, const std::string& hash) {
  Rows rows = step.run("session_find", {hash, to_ms(step.now)});
  if (rows.empty()) return std::nullopt;
  auto role = parse_role(rows.text(0, 1));
  check(role.has_value(), "role of a stored key");
  Session s;
  s.caller = {*role, AdvisorId{rows.integer(0, 2)}, AgencyId{rows.integer(0, 3)}, KeyId{rows.integer(0, 0)}};
  s.name = rows.text(0, 4);
  s.zone = rows.text(0, 5);
  if (s.zone.empty()) s.zone = get_string(setting(step, "organization"), "zone", "UTC");
  Json languages = stored_json(rows.text(0, 6), json::array{});
  for (const Json& language : languages.as_array())
    if (language.is_string()) s.languages.emplace_back(language.get_string());
  s.chosen_language = rows.text(0, 7);
  s.seen_at = from_ms(rows.integer(0, 8));
  return s;
}

void see_session(Step& step, const std::string& hash) { step.run("session_seen", {hash, to_ms(step.now)}); }

void choose_language(Step& step, const std::string& hash, const std::string& language) {
  step.run("session_language", {hash, language});
}

void close_session(Step& step, const std::string& hash) { step.run("session_delete", {hash}); }

std::map<std::string, std::string> people(Step& step) {
  Rows rows = step.run("session_people");
  std::map<std::string, std::string> out;
  for (size_t i = 0; i < rows.size(); ++i) out[AdvisorId{rows.integer(i, 0)}.text()] = rows.text(i, 1);
  return out;
}

}  // namespace onward::app
