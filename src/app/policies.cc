#include "app/policies.h"

#include "app/record.h"

namespace onward::app {
namespace {

constexpr size_t kMaxTypeKey = 60;

// A name for machines: it stands in addresses, documents and exports.
Status check_type_key(std::string_view key) {
  bool ok = !key.empty() && key.size() <= kMaxTypeKey && key[0] >= 'a' && key[0] <= 'z';
  for (char c : key) ok = ok && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
  if (!ok) return fail_field("/key", "format", "a type's key is small letters, digits and _, beginning with a letter");
  return {};
}

// The stored policy with every value that it leaves open.
json::object policy_view(const conversations::TypePolicy& p) {
  return {{"recap_same_day", p.promises.recap_same_day},
          {"asset_hours", p.promises.asset_hours},
          {"check_in_days", p.promises.check_in_days},
          {"reply_hours", p.reply_hours},
          {"decide_hours", p.decide_hours},
          {"basis", {{"follow_up", p.basis.follow_up}, {"marketing", p.basis.marketing}}}};
}

Json type_view(const Rows& rows, size_t r) {
  Json stages = stored_json(rows.text(r, 2), json::object{}), policy = stored_json(rows.text(r, 3), json::object{});
  return {{"key", rows.text(r, 0)},
          {"label", rows.text(r, 1)},
          {"stages", stages},
          {"policy", policy_view(policy_of(rows.text(r, 0), rows.text(r, 1), policy))},
          {"updated_at", time_text(rows, r, 4)}};
}

}  // namespace

const Shape& type_shape() {
  using namespace shape;
  static const Shape label = line(1, 60);
  static const Shape basis = object(
      {{"follow_up", one_of({"contract", "legitimate_interest", "consent"}), optional,
        "What carries follow-ups; default contract"},
       {"marketing", one_of({"consent", "legitimate_interest"}), optional, "What carries nurture; default consent"}});
  static const Shape policy = object(
      {{"recap_same_day", boolean(), optional, "A recap is owed on the day of the talk; default true"},
       {"asset_hours", integer(1, 720), optional, "Promised assets are owed within this; default 48"},
       {"check_in_days", integer(0, 90), optional, "A check-in is owed by the end of this day; 0: none; default 7"},
       {"reply_hours", integer(1, 240), optional, "Business hours to answer a reply; default 4"},
       {"decide_hours", integer(1, 240), optional, "Business hours to decide what is next; default 16"},
       {"basis", basis, optional, "The lawful basis when the contact has said neither yes nor no"}});
  static const Shape type = object({{"label", label, required, "What people read"},
                                    {"stages",
                                     object({{"hand_raised", label},
                                             {"qualified", label},
                                             {"booked", label},
                                             {"met", label},
                                             {"following_up", label},
                                             {"proposal", label},
                                             {"won", label},
                                             {"lost", label},
                                             {"dormant", label}}),
                                     optional, "Labels of the fixed stages"},
                                    {"policy", policy, optional, "What this type promises"}});
  return type;
}

Result<Json> get_conversation_type(Step& step, const std::string& key) {
  Rows rows = step.run("policy_get", {key});
  if (rows.empty()) return not_found("conversation type");
  return type_view(rows, 0);
}

Result<Json> put_conversation_type(Step& step, const std::string& key, const Json& body) {
  TRY_VOID(step.require_role({Role::owner}));
  TRY_VOID(check_type_key(key));
  TRY_VOID(type_shape().validate(body));
  Json stages = find(body, "stages") ? *find(body, "stages") : Json(json::object{});
  Json policy = find(body, "policy") ? *find(body, "policy") : Json(json::object{});
  step.run("catalog_type_put", {key, get_string(body, "label"), dump(stages), dump(policy), to_ms(step.now)});
  step.fact("conversation_type.put", {}, 0, {{"key", key}, {"policy", policy}});
  step.bump_catalog();
  return get_conversation_type(step, key);
}

Result<Json> list_conversation_types(Step& step) {
  Rows rows = step.run("policy_list");
  json::array data;
  for (size_t r = 0; r < rows.size(); ++r) data.push_back(type_view(rows, r));
  return Json{{"data", std::move(data)}, {"next", nullptr}};
}

}  // namespace onward::app
