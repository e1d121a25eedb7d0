#include "app/keys.h"

#include "base/check.h"
#include "base/crypto.h"

namespace onward::app {
namespace {

constexpr std::string_view kKeyPrefix = "onw_";
constexpr std::string_view kSetupToken = "setup_token_hash";

// Two tokens of 128 bits; base64url of each leaves 22 characters, so the text is always 48 characters long.
std::string new_secret(Entropy& entropy) { return entropy.token() + entropy.token(); }

struct Made {
  KeyId id;
  std::string text;
};

Status check_advisor(Step& step, const NewKey& key) {
  bool needed = key.role == Role::manager || key.role == Role::advisor;
  if (needed && !key.advisor)
    return fail_field("/advisor_id", "required", "a key for a manager or an advisor belongs to an advisor");
  if (key.advisor && step.run("key_advisor", {key.advisor.value}).empty())
    return fail_field("/advisor_id", "not_found", "there is no such advisor");
  return {};
}

Result<Made> make_key(Step& step, const NewKey& key) {
  TRY_VOID(check_advisor(step, key));
  if (key.expires_at && *key.expires_at <= step.now)
    return fail_field("/expires_at", "too_small", "must be in the future");
  Made made{step.new_id<KeyId>(), std::string(kKeyPrefix) + new_secret(step.services.entropy)};
  ports::Value expires = key.expires_at ? ports::Value{to_ms(*key.expires_at)} : ports::null_value();
  step.run("key_insert", {made.id.value, key_hash(made.text), std::string(to_string(key.role)),
                          ports::opt_int(key.advisor.value), key.label, to_ms(step.now), expires});
  step.fact("key.created", {}, made.id.value, {{"role", to_string(key.role)}, {"advisor_id", key.advisor.text()}});
  return made;
}

Json moment(const Rows& rows, size_t row, size_t column) {
  if (rows.is_null(row, column)) return nullptr;
  return Json(format_rfc3339(from_ms(rows.integer(row, column))));
}

json::object view(const Rows& rows, size_t row) {
  json::object out{{"id", KeyId{rows.integer(row, 0)}.text()}, {"role", rows.text(row, 1)}, {"advisor_id", nullptr}};
  if (!rows.is_null(row, 2)) out["advisor_id"] = AdvisorId{rows.integer(row, 2)}.text();
  out["label"] = rows.text(row, 3);
  out["created_at"] = moment(rows, row, 4);
  out["expires_at"] = moment(rows, row, 5);
  out["revoked_at"] = moment(rows, row, 6);
  return out;
}

Result<json::object> load(Step& step, KeyId id) {
  Rows rows = step.run("key_get", {id.value});
  if (rows.empty()) return fail(Code::not_found, "there is no such key");
  return view(rows, 0);
}

void keep_setting(Step& step, std::string_view key, const Json& value) {
  step.run("setting_put", {std::string(key), dump(value), to_ms(step.now)});
}

}  // namespace

std::string key_hash(std::string_view key_text) { return sha256_hex(key_text); }

Result<std::string> create_key(Step& step, const NewKey& key) { return TRY(make_key(step, key)).text; }

std::optional<Caller> find_caller(Step& step, const std::string& hash) {
  Rows rows = step.run("key_find", {hash, to_ms(step.now)});
  if (rows.empty()) return std::nullopt;
  auto role = parse_role(rows.text(0, 1));
  check(role.has_value(), "role of a stored key");
  return Caller{*role, AdvisorId{rows.integer(0, 2)}, AgencyId{rows.integer(0, 3)}, KeyId{rows.integer(0, 0)}};
}

Result<Json> add_key(Step& step, const Json& body) {
  TRY_VOID(step.require_role({Role::owner}));
  NewKey key{.role = TRY(parse_role(get_string(body, "role"))), .label = get_string(body, "label")};
  if (find(body, "advisor_id")) key.advisor = TRY(AdvisorId::parse(get_string(body, "advisor_id")));
  if (find(body, "expires_at")) key.expires_at = TRY(parse_rfc3339(get_string(body, "expires_at")));
  Made made = TRY(make_key(step, key));
  json::object out = TRY(load(step, made.id));
  out["key"] = made.text;
  return Json(std::move(out));
}

Result<json::array> list_keys(Step& step, int64_t after, int limit) {
  TRY_VOID(step.require_role({Role::owner}));
  Rows rows = step.run("key_list", {after, int64_t{limit}});
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(view(rows, i));
  return out;
}

Result<Json> get_key(Step& step, KeyId id) {
  TRY_VOID(step.require_role({Role::owner}));
  return Json(TRY(load(step, id)));
}

Result<Json> revoke_key(Step& step, KeyId id) {
  TRY_VOID(step.require_role({Role::owner}));
  json::object key = TRY(load(step, id));
  if (!key["revoked_at"].is_null()) return Json(std::move(key));
  bool in_force = key["expires_at"].is_null() || TRY(parse_rfc3339(get_string(key, "expires_at"))) > step.now;
  if (get_string(key, "role") == "owner" && in_force && step.run("key_owners", {to_ms(step.now)}).integer(0, 0) == 1)
    return fail(Code::conflict, "this is the last owner key: create another one first");
  step.run("key_revoke", {id.value, to_ms(step.now)});
  step.fact("key.revoked", {}, id.value);
  return Json(TRY(load(step, id)));
}

const Shape& setup_shape() {
  static const Shape shape = shape::object({{"organization", shape::line(1, 200), shape::required},
                                            {"zone", shape::zone(), shape::required},
                                            {"language", shape::language(), shape::required},
                                            {"name", shape::line(1, 200), shape::required},
                                            {"email", shape::email(), shape::nullable}});
  return shape;
}

bool needs_setup(Step& step) { return step.run("key_any_owner").empty(); }

Result<std::string> begin_setup(Step& step) {
  if (!needs_setup(step)) return fail(Code::conflict, "Onward is set up already");
  std::string token = step.services.entropy.token();
  keep_setting(step, kSetupToken, Json(sha256_hex(token)));
  return token;
}

Result<Json> finish_setup(Step& step, std::string_view token, const Json& body) {
  if (!needs_setup(step)) return fail(Code::conflict, "Onward is set up already");
  Rows known = step.run("setting_get", {std::string(kSetupToken)});
  std::string hash = known.empty() ? std::string() : known.text(0, 0);
  if (!equal_constant_time(hash, dump(Json(sha256_hex(token)))))
    return fail(Code::forbidden, "this setup link is not valid; restart Onward to get a new one");
  keep_setting(step, kSetupToken, nullptr);
  std::string zone = get_string(body, "zone"), language = get_string(body, "language");
  keep_setting(step, "organization",
               {{"name", get_string(body, "organization")}, {"language", language}, {"zone", zone}});
  auto agency = step.new_id<AgencyId>();
  step.run("setup_agency_insert", {agency.value, get_string(body, "organization"), zone, to_ms(step.now)});
  auto advisor = step.new_id<AdvisorId>();
  step.run("setup_advisor_insert", {advisor.value, get_string(body, "name"), ports::opt_text(get_string(body, "email")),
                                    agency.value, zone, dump(json::array{Json(language)}), to_ms(step.now)});
  Made made = TRY(make_key(step, {.role = Role::owner, .advisor = advisor, .label = "setup"}));
  step.fact("setup.done", {}, agency.value);
  step.bump_catalog();
  return Json{{"key", made.text}, {"agency_id", agency.text()}, {"advisor_id", advisor.text()}};
}

}  // namespace onward::app
