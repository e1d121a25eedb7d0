#include "app/agencies.h"

#include <fmt/format.h>

#include "app/settings.h"
#include "base/text.h"
#include "base/zone.h"

namespace onward::app {
namespace {

using ports::opt_text;

struct Agency {
  AgencyId id;
  std::string name, address, zone, country, region;
  Json hours = json::array{}, closed = json::array{}, services = json::array{};
  Instant created_at, updated_at;
};

Agency read(const Rows& rows, size_t i) {
  return {.id = AgencyId{rows.integer(i, 0)},
          .name = rows.text(i, 1),
          .address = rows.text(i, 2),
          .zone = rows.text(i, 3),
          .country = rows.text(i, 4),
          .region = rows.text(i, 5),
          .hours = stored_json(rows.text(i, 6), json::array{}),
          .closed = stored_json(rows.text(i, 7), json::array{}),
          .services = stored_json(rows.text(i, 8), json::array{}),
          .created_at = from_ms(rows.integer(i, 9)),
          .updated_at = from_ms(rows.integer(i, 10))};
}

json::object view(const Agency& a) {
  return {{"id", a.id.text()},
          {"name", a.name},
          {"address", text_json(a.address)},
          {"zone", a.zone},
          {"country", text_json(a.country)},
          {"region", text_json(a.region)},
          {"hours", a.hours},
          {"closed", a.closed},
          {"services", a.services},
          {"created_at", format_rfc3339(a.created_at)},
          {"updated_at", format_rfc3339(a.updated_at)}};
}

Result<Agency> load(Step& step, AgencyId id) {
  Rows rows = step.run("agency_get", {id.value});
  if (rows.empty()) return not_found("agency");
  return read(rows, 0);
}

Status apply(Agency& a, const Json& body, Changes& c) {
  TRY_VOID(check_hours(body));
  a.name = trim(c.text("name", a.name));
  a.address = c.text("address", a.address);
  a.zone = c.text("zone", a.zone);
  a.country = c.text("country", a.country);
  a.region = c.text("region", a.region);
  a.hours = c.value("hours", std::move(a.hours));
  a.closed = c.value("closed", std::move(a.closed));
  a.services = c.value("services", std::move(a.services));
  return {};
}

ports::Params row(const Agency& a) {
  return {a.id.value,
          a.name,
          a.address.empty() ? ports::null_value() : ports::Value(a.address),
          a.zone,
          opt_text(a.country),
          opt_text(a.region),
          dump(a.hours),
          dump(a.closed),
          dump(a.services),
          to_ms(a.updated_at)};
}

}  // namespace

Status check_hours(const Json& body) {
  const Json* hours = find(body, "hours");
  if (!hours) return {};
  for (size_t i = 0; i < hours->as_array().size(); ++i) {
    const Json& entry = hours->as_array()[i];
    auto from = parse_time_of_day(get_string(entry, "from")), to = parse_time_of_day(get_string(entry, "to"));
    if (!from) return fail_field(fmt::format("/hours/{}/from", i), "format", from.error().message);
    if (!to) return fail_field(fmt::format("/hours/{}/to", i), "format", to.error().message);
    if (*from >= *to) return fail_field(fmt::format("/hours/{}/to", i), "order", "must be later than `from`");
  }
  return {};
}

Result<Json> add_agency(Step& step, const Json& body) {
  TRY_VOID(step.require_role({Role::owner}));
  Agency a{.id = step.new_id<AgencyId>(),
           .zone = get_string(setting(step, "organization"), "zone"),
           .created_at = step.now,
           .updated_at = step.now};
  Changes c(body);
  TRY_VOID(apply(a, body, c));
  step.run("agency_insert", row(a));
  step.fact("agency.created", {}, a.id.value);
  return Json(view(a));
}

Result<Json> get_agency(Step& step, AgencyId id) { return Json(view(TRY(load(step, id)))); }

Result<json::array> list_agencies(Step& step, const Slice& slice) {
  Rows rows = step.run("agency_list", {slice.after, slice.limit});
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(view(read(rows, i)));
  return out;
}

Result<Json> change_agency(Step& step, AgencyId id, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  Agency a = TRY(load(step, id));
  if (step.caller.role == Role::manager && step.caller.agency != id)
    return fail(Code::forbidden, "a manager changes the own agency only");
  Changes c(body);
  TRY_VOID(apply(a, body, c));
  if (!c.any()) return Json(view(a));
  a.updated_at = step.now;
  step.run("agency_update", row(a));
  step.fact("agency.changed", {}, id.value, c.fact());
  return Json(view(a));
}

Result<Json> delete_agency(Step& step, AgencyId id) {
  TRY_VOID(step.require_role({Role::owner}));
  Agency a = TRY(load(step, id));
  if (step.run("agency_users", {id.value}).integer(0, 0) > 0)
    return fail(Code::conflict, "advisors or open conversations belong to this agency");
  step.run("agency_delete", {id.value, to_ms(step.now)});
  step.fact("agency.deleted", {}, id.value);
  return Json(view(a));
}

}  // namespace onward::app
