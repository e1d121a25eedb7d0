#include "app/advisors.h"

#include <fmt/format.h>

#include <set>

#include "app/agencies.h"
#include "app/calendars/calendars.h"
#include "app/settings.h"
#include "base/text.h"

namespace onward::app {
namespace {

using ports::opt_int;
using ports::opt_text;

constexpr int64_t kUsualLevel = 3;  // of a skill given by its name only; 1 learns it, 5 teaches it

struct Advisor {
  AdvisorId id;
  std::string name, email, phone, zone;
  AgencyId agency;
  Json languages = json::array{}, skills = json::array{}, hours = json::array{}, territories = json::array{};
  int64_t capacity = 0;
  MailboxId mailbox;
  Instant created_at, updated_at;
};

Advisor read(const Rows& rows, size_t i) {
  return {.id = AdvisorId{rows.integer(i, 0)},
          .name = rows.text(i, 1),
          .email = rows.text(i, 2),
          .phone = rows.text(i, 3),
          .zone = rows.text(i, 5),
          .agency = AgencyId{rows.integer(i, 4)},
          .languages = stored_json(rows.text(i, 6), json::array{}),
          .skills = stored_json(rows.text(i, 7), json::array{}),
          .hours = stored_json(rows.text(i, 8), json::array{}),
          .territories = stored_json(rows.text(i, 13), json::array{}),
          .capacity = rows.integer(i, 9),
          .mailbox = MailboxId{rows.integer(i, 10)},
          .created_at = from_ms(rows.integer(i, 11)),
          .updated_at = from_ms(rows.integer(i, 12))};
}

json::object view(const Advisor& a) {
  return {{"id", a.id.text()},
          {"name", a.name},
          {"email", text_json(a.email)},
          {"phone", text_json(a.phone)},
          {"agency_id", id_json<AgencyId>(a.agency.value)},
          {"zone", a.zone},
          {"languages", a.languages},
          {"skills", a.skills},
          {"hours", a.hours},
          {"territories", a.territories},
          {"capacity", a.capacity ? Json(a.capacity) : Json(nullptr)},
          {"mailbox_id", id_json<MailboxId>(a.mailbox.value)},
          {"created_at", format_rfc3339(a.created_at)},
          {"updated_at", format_rfc3339(a.updated_at)}};
}

Result<Advisor> load(Step& step, AdvisorId id) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("advisor_get", {id.value, r.scope, r.agency, r.advisor});
  if (rows.empty()) return not_found("advisor");
  return read(rows, 0);
}

// Names alone become {name, level}. Error: Code::invalid at the entry.
Result<Json> normal_skills(const Json& body) {
  json::array out;
  std::set<std::string> seen;
  for (const Json& given : body.at("skills").as_array()) {
    std::string at = fmt::format("/skills/{}", out.size());
    std::string name(trim(given.is_string() ? std::string(given.as_string()) : get_string(given, "name")));
    int64_t level = given.is_object() ? get_int(given, "level", kUsualLevel) : kUsualLevel;
    if (name.empty() || name.size() > 100) return fail_field(at, "format", "must be a name, or {name, level}");
    if (given.is_object() && given.as_object().size() > (find(given, "level") ? 2u : 1u))
      return fail_field(at, "unknown_field", "a skill has a name and a level");
    if (level < 1 || level > 5) return fail_field(at + "/level", "range", "must be from 1 to 5");
    if (!seen.insert(fold_words(name)).second) return fail_field(at, "duplicate", "is there twice");
    out.push_back(json::object{{"name", name}, {"level", level}});
  }
  return Json(std::move(out));
}

Status apply(Step& step, Advisor& a, const Json& body, Changes& c) {
  TRY_VOID(check_hours(body));
  a.name = trim(c.text("name", a.name));
  a.email = canonical_address(c.text("email", a.email));
  a.phone = c.text("phone", a.phone);
  a.zone = c.text("zone", a.zone);
  a.languages = c.value("languages", std::move(a.languages));
  a.hours = c.value("hours", std::move(a.hours));
  a.territories = c.value("territories", std::move(a.territories));
  a.capacity = c.integer("capacity", a.capacity);
  if (find(body, "skills")) {
    Json skills = TRY(normal_skills(body));
    if (skills != a.skills) c.note("skills");
    a.skills = std::move(skills);
  }
  a.agency = TRY(c.id("agency_id", a.agency));
  a.mailbox = TRY(c.id("mailbox_id", a.mailbox));
  if (c.touches("agency_id") && a.agency && step.run("agency_get", {a.agency.value}).empty())
    return unknown_reference("agency_id", "agency");
  if (c.touches("mailbox_id") && a.mailbox && step.run("mailbox_get", {a.mailbox.value}).empty())
    return unknown_reference("mailbox_id", "mailbox");
  return {};
}

// What this caller may change of this advisor, field by field.
Status require_fields(Step& step, const Advisor& a, const Changes& c) {
  const Caller& caller = step.caller;
  if (caller.role == Role::owner) return {};
  std::set<std::string> allowed;
  if (caller.role == Role::manager && caller.agency && a.agency == caller.agency)
    allowed = {"name", "email", "phone", "zone", "languages", "skills", "hours", "territories", "capacity"};
  else if (caller.advisor == a.id && caller.may_change())
    allowed = {"phone", "zone", "languages", "hours"};
  for (const std::string& name : c.names())
    if (!allowed.contains(name))
      return fail(Code::forbidden, fmt::format("you may not change `{}` of this advisor", name));
  return {};
}

ports::Params row(const Advisor& a) {
  return {a.id.value,
          a.name,
          opt_text(a.email),
          opt_text(a.phone),
          opt_int(a.agency.value),
          a.zone,
          dump(a.languages),
          dump(a.skills),
          dump(a.hours),
          opt_int(a.capacity),
          opt_int(a.mailbox.value),
          to_ms(a.updated_at),
          opt_text(a.territories.as_array().empty() ? std::string() : dump(a.territories))};
}

Status require_absences(Step& step, const Advisor& a) {
  const Caller& caller = step.caller;
  TRY_VOID(step.require_change());
  if (caller.role == Role::owner || caller.advisor == a.id) return {};
  if (caller.role == Role::manager && caller.agency && a.agency == caller.agency) return {};
  return fail(Code::forbidden, "your role does not allow this");
}

json::object absence_view(const Rows& rows, size_t i, AdvisorId advisor) {
  return {{"id", AbsenceId{rows.integer(i, 0)}.text()},
          {"advisor_id", advisor.text()},
          {"starts_at", time_text(rows, i, 1)},
          {"ends_at", time_text(rows, i, 2)},
          {"reason", text_json(rows.text(i, 3))}};
}

// Whoever has left signs in nowhere any more. Error: Code::conflict when nobody could sign in as an owner then.
Status revoke_keys(Step& step, AdvisorId id) {
  Rows keys = step.run("key_of_advisor", {id.value, to_ms(step.now)});
  bool owners = false;
  for (size_t i = 0; i < keys.size(); ++i) owners = owners || keys.integer(i, 1) != 0;
  if (owners && step.run("key_owners_besides", {to_ms(step.now), id.value}).integer(0, 0) == 0)
    return fail(Code::conflict, "this advisor holds the last owner key: create another one first");
  for (size_t i = 0; i < keys.size(); ++i) {
    step.run("key_revoke", {keys.integer(i, 0), to_ms(step.now)});
    step.fact("key.revoked", {}, keys.integer(i, 0), {{"reason", "the advisor was deleted"}});
  }
  step.run("session_delete_of_advisor", {id.value});
  return {};
}

// Nobody comes to an appointment whose host is gone.
Status require_nothing_ahead(Step& step, AdvisorId id) {
  Rows ahead = step.run("appointments_of_advisor", {id.value, to_ms(step.now)});
  if (ahead.empty()) return {};
  json::array ids;
  for (size_t r = 0; r < ahead.size(); ++r) ids.emplace_back(AppointmentId{ahead.integer(r, 0)}.text());
  Error e{Code::conflict, "appointments of this advisor are ahead: give them to somebody else first", {}, {}};
  e.members = json::serialize(json::object{{"appointments", std::move(ids)}});
  return fail(std::move(e));
}

}  // namespace

Result<Json> add_advisor(Step& step, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  Json house = setting(step, "organization");
  Advisor a{.id = step.new_id<AdvisorId>(),
            .zone = get_string(house, "zone"),
            .created_at = step.now,
            .updated_at = step.now};
  a.languages = json::array{Json(get_string(house, "language"))};
  bool manager = step.caller.role == Role::manager;
  if (manager) a.agency = step.caller.agency;
  Changes c(body);
  TRY_VOID(apply(step, a, body, c));
  if (manager && (!a.agency || a.agency != step.caller.agency || a.mailbox))
    return fail(Code::forbidden, "a manager adds advisors to the own agency, without a mailbox");
  step.run("advisor_insert", row(a));
  step.fact("advisor.created", {}, a.id.value);
  return Json(view(a));
}

Result<Json> get_advisor(Step& step, AdvisorId id) { return Json(view(TRY(load(step, id)))); }

Result<json::array> list_advisors(Step& step, AgencyId only, const Slice& slice) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("advisor_list", {slice.after, slice.limit, r.scope, r.agency, r.advisor, opt_int(only.value)});
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(view(read(rows, i)));
  return out;
}

Result<Json> change_advisor(Step& step, AdvisorId id, const Json& body) {
  TRY_VOID(step.require_change());
  const Advisor before = TRY(load(step, id));
  Advisor a = before;
  Changes c(body);
  TRY_VOID(apply(step, a, body, c));
  TRY_VOID(require_fields(step, before, c));
  if (!c.any()) return Json(view(a));
  a.updated_at = step.now;
  step.run("advisor_update", row(a));
  step.fact("advisor.changed", {}, id.value, c.fact());
  return Json(view(a));
}

Result<Json> delete_advisor(Step& step, AdvisorId id) {
  TRY_VOID(step.require_role({Role::owner}));
  Advisor a = TRY(load(step, id));
  if (step.run("advisor_open_conversations", {id.value}).integer(0, 0) > 0)
    return fail(Code::conflict, "this advisor owns open conversations: hand them over first");
  TRY_VOID(require_nothing_ahead(step, id));
  TRY_VOID(revoke_keys(step, id));
  calendars::forget_calendars_of(step, id);
  step.run("advisor_delete", {id.value, to_ms(step.now)});
  step.fact("advisor.deleted", {}, id.value);
  return Json(view(a));
}

Result<Json> add_absence(Step& step, AdvisorId advisor, const Json& body) {
  Advisor a = TRY(load(step, advisor));
  TRY_VOID(require_absences(step, a));
  Instant from = TRY(parse_rfc3339(get_string(body, "starts_at"))),
          to = TRY(parse_rfc3339(get_string(body, "ends_at")));
  if (to <= from) return fail_field("/ends_at", "order", "must be later than `starts_at`");
  auto id = step.new_id<AbsenceId>();
  step.run("absence_insert", {id.value, advisor.value, to_ms(from), to_ms(to), opt_text(get_string(body, "reason"))});
  step.fact("absence.added", {}, advisor.value, {{"absence_id", id.text()}});
  return Json(json::object{{"id", id.text()},
                           {"advisor_id", advisor.text()},
                           {"starts_at", format_rfc3339(from)},
                           {"ends_at", format_rfc3339(to)},
                           {"reason", text_json(get_string(body, "reason"))}});
}

Result<json::array> list_absences(Step& step, AdvisorId advisor, const Slice& slice) {
  TRY_VOID(load(step, advisor));
  Rows rows = step.run("absence_list", {advisor.value, slice.after, slice.limit});
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(absence_view(rows, i, advisor));
  return out;
}

Result<Json> delete_absence(Step& step, AdvisorId advisor, AbsenceId id) {
  Advisor a = TRY(load(step, advisor));
  TRY_VOID(require_absences(step, a));
  Rows row = step.run("absence_get", {id.value, advisor.value});
  if (row.empty()) return not_found("absence");
  step.run("absence_delete", {id.value, advisor.value});
  step.fact("absence.removed", {}, advisor.value, {{"absence_id", id.text()}});
  return Json(absence_view(row, 0, advisor));
}

}  // namespace onward::app
