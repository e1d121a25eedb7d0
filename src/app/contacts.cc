#include "app/contacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "app/organizations.h"
#include "app/search.h"
#include "app/settings.h"
#include "app/suppression.h"
#include "base/text.h"

namespace onward::app {
namespace {

using ports::opt_int;
using ports::opt_text;

constexpr std::string_view kKinds[] = {"email", "phone"};

std::string list_name(std::string_view kind) { return std::string(kind) + "s"; }

ContactRecord read(const Rows& rows, size_t i) {
  ContactRecord c{.id = ContactId{rows.integer(i, 0)},
                  .name = rows.text(i, 1),
                  .folded = rows.text(i, 12),
                  .language = rows.text(i, 2),
                  .zone = rows.text(i, 3),
                  .country = rows.text(i, 4),
                  .region = rows.text(i, 5),
                  .organization = OrganizationId{rows.integer(i, 6)},
                  .agency = AgencyId{rows.integer(i, 7)}};
  if (!rows.is_null(i, 8)) c.opted_out_at = from_ms(rows.integer(i, 8));
  c.created_at = from_ms(rows.integer(i, 9));
  c.updated_at = from_ms(rows.integer(i, 10));
  c.merged_into = ContactId{rows.integer(i, 11)};
  return c;
}

ContactPoint read_point(const Rows& rows, size_t i) {
  ContactPoint p{.id = rows.integer(i, 6),
                 .kind = rows.text(i, 1),
                 .value = rows.text(i, 2),
                 .folded = rows.text(i, 3),
                 .position = rows.integer(i, 7)};
  if (!rows.is_null(i, 4)) p.suppressed_at = from_ms(rows.integer(i, 4));
  p.suppressed_reason = rows.text(i, 5);
  return p;
}

json::object consent_view(const ConsentRow& c) {
  return {{"id", c.id.text()}, {"purpose", c.purpose}, {"channel", c.channel},      {"state", c.state},
          {"basis", c.basis},  {"source", c.source},   {"at", format_rfc3339(c.at)}};
}

json::array values_of(const ContactRecord& c, std::string_view kind) {
  json::array out;
  for (const ContactPoint& p : c.points)
    if (p.kind == kind) out.push_back(Json(p.value));
  return out;
}

// The addresses of one kind as they are to be kept. Error: the same one twice.
Result<std::vector<ContactPoint>> wanted_points(const Json& body, std::string_view kind) {
  std::vector<ContactPoint> out;
  for (const std::string& given : get_strings(body, list_name(kind))) {
    std::string value = kind == "email" ? canonical_address(given) : std::string(trim(given));
    ContactPoint p{.kind = std::string(kind),
                   .value = value,
                   .folded = ascii_lower(value),
                   .position = static_cast<int64_t>(out.size())};
    if (std::ranges::find(out, p.folded, &ContactPoint::folded) != out.end())
      return fail_field(fmt::format("/{}/{}", list_name(kind), out.size()), "duplicate", "is there twice");
    out.push_back(std::move(p));
  }
  return out;
}

void insert_point(Step& step, ContactId contact, const ContactPoint& p) {
  int64_t id = make_id(step.now, step.rng);
  step.run("contact_point_insert", {id, contact.value, p.kind, p.value, p.folded, p.position});
  if (!suppress_known(step, {{id, p.kind, p.folded}}).empty())
    step.fact("contact.point_suppressed", {}, contact.value, {{"reason", "known from before"}});
}

// Makes the stored list of one kind the wanted one. True when something differs.
bool replace_points(Step& step, const ContactRecord& c, std::string_view kind,
                    const std::vector<ContactPoint>& wanted) {
  bool changed = false;
  for (const ContactPoint& old : c.points) {
    if (old.kind != kind || std::ranges::find(wanted, old.folded, &ContactPoint::folded) != wanted.end()) continue;
    if (old.suppressed_at)  // it does not come back to life with the next contact that has it
      step.run("suppression_put", suppression_params(old.kind, old.folded, *old.suppressed_at, old.suppressed_reason));
    step.run("contact_point_delete", {old.id});
    changed = true;
  }
  for (const ContactPoint& p : wanted) {
    auto old =
        std::ranges::find_if(c.points, [&](const ContactPoint& o) { return o.kind == kind && o.folded == p.folded; });
    if (old == c.points.end()) {
      insert_point(step, c.id, p);
      changed = true;
    } else if (old->value != p.value || old->position != p.position) {
      step.run("contact_point_place", {old->id, p.value, p.position});
      changed = true;
    }
  }
  return changed;
}

Status check_references(Step& step, OrganizationId organization, AgencyId agency) {
  if (organization && !find_organization(step, organization))
    return unknown_reference("organization_id", "organization");
  if (agency && step.run("agency_get", {agency.value}).empty()) return unknown_reference("agency_id", "agency");
  return {};
}

ConsentRow insert_consent(Step& step, ContactId contact, const Json& body) {
  // The newest counts, so ids must rise also within one millisecond.
  int64_t last = step.run("consent_last", {contact.value}).integer(0, 0);
  ConsentRow c{.id = ConsentId{std::max(make_id(step.now, step.rng), last + 1)},
               .purpose = get_string(body, "purpose"),
               .channel = get_string(body, "channel", "any"),
               .state = get_string(body, "state"),
               .basis = get_string(body, "basis", "consent"),
               .source = get_string(body, "source"),
               .at = step.now};
  step.run("consent_insert",
           {c.id.value, contact.value, c.purpose, c.channel, c.state, c.basis, c.source, to_ms(c.at)});
  step.fact("consent.recorded", {}, contact.value,
            {{"consent_id", c.id.text()}, {"purpose", c.purpose}, {"channel", c.channel}, {"state", c.state}});
  return c;
}

// A contact just written, whatever the caller may see of it.
ContactRecord reload(Step& step, ContactId id) {
  return read_contacts(step, step.run("contact_get", {id.value, int64_t{0}, int64_t{0}, int64_t{0}, std::string()}))
      .at(0);
}

Status insert(Step& step, ContactId id, const Json& body) {
  Json house = setting(step, "organization");
  auto organization = TRY(id_of<OrganizationId>(body, "organization_id"));
  auto agency = TRY(id_of<AgencyId>(body, "agency_id"));
  TRY_VOID(check_references(step, organization, agency));
  std::string name(trim(get_string(body, "name")));
  std::string language = get_string(body, "language"), zone = get_string(body, "zone");
  step.run("contact_insert",
           {id.value, name, fold_words(name), language.empty() ? get_string(house, "language") : language,
            zone.empty() ? get_string(house, "zone") : zone, opt_text(get_string(body, "country")),
            opt_text(get_string(body, "region")), opt_int(organization.value), opt_int(agency.value),
            step.caller.actor(), to_ms(step.now)});
  for (std::string_view kind : kKinds)
    for (const ContactPoint& p : TRY(wanted_points(body, kind))) insert_point(step, id, p);
  return {};
}

}  // namespace

std::vector<ContactRecord> read_contacts(Step& step, const Rows& rows) {
  std::vector<ContactRecord> out;
  std::vector<int64_t> ids;
  std::unordered_map<int64_t, size_t> places;
  for (size_t i = 0; i < rows.size(); ++i) {
    out.push_back(read(rows, i));
    ids.push_back(out.back().id.value);
    places[ids.back()] = i;
  }
  if (out.empty()) return out;
  Rows points = step.run("contact_points_of", {id_set(ids)});
  for (size_t i = 0; i < points.size(); ++i)
    out[places.at(points.integer(i, 0))].points.push_back(read_point(points, i));
  Rows consents = step.run("contact_consents_of", {id_set(ids)});
  for (size_t i = 0; i < consents.size(); ++i)
    out[places.at(consents.integer(i, 0))].consents.push_back(
        {ConsentId{consents.integer(i, 1)}, consents.text(i, 2), consents.text(i, 3), consents.text(i, 4),
         consents.text(i, 5), consents.text(i, 6), from_ms(consents.integer(i, 7))});
  return out;
}

json::object contact_view(const ContactRecord& c) {
  json::array suppressed, consents;
  for (const ContactPoint& p : c.points)
    if (p.suppressed_at)
      suppressed.push_back(
          json::object{{"value", p.value}, {"reason", p.suppressed_reason}, {"at", format_rfc3339(*p.suppressed_at)}});
  for (const ConsentRow& row : c.consents) consents.push_back(consent_view(row));
  return {{"id", c.id.text()},
          {"name", c.name},
          {"emails", values_of(c, "email")},
          {"phones", values_of(c, "phone")},
          {"suppressed", std::move(suppressed)},
          {"language", c.language},
          {"zone", c.zone},
          {"country", text_json(c.country)},
          {"region", text_json(c.region)},
          {"organization_id", id_json<OrganizationId>(c.organization.value)},
          {"agency_id", id_json<AgencyId>(c.agency.value)},
          {"opted_out_at", c.opted_out_at ? Json(format_rfc3339(*c.opted_out_at)) : Json(nullptr)},
          {"consents", std::move(consents)},
          {"created_at", format_rfc3339(c.created_at)},
          {"updated_at", format_rfc3339(c.updated_at)}};
}

Result<ContactRecord> find_contact(Step& step, ContactId id) {
  Reach r = reach_of(step.caller);
  std::vector<ContactRecord> found =
      read_contacts(step, step.run("contact_get", {id.value, r.scope, r.agency, r.advisor, r.actor}));
  if (!found.empty() && !found[0].merged_into) return std::move(found[0]);
  // The one merged away has no conversations any more: who sees the other one may know where it went.
  Rows rows = step.run("contact_get", {id.value, int64_t{0}, int64_t{0}, int64_t{0}, std::string()});
  ContactId into{rows.empty() ? 0 : rows.integer(0, 11)};
  if (!into) return not_found("contact");
  auto target = find_contact(step, into);
  if (!target) return fail(target.error());  // not in sight, or merged further
  return fail(Code::conflict, fmt::format("this contact was merged into {}", into.text()));
}

void index_contact(Step& step, ContactId id) {
  ContactRecord c = reload(step, id);
  std::string text = c.name;
  for (const ContactPoint& p : c.points) text += " " + p.value;
  index_text(step, "contact", id.value, text);
}

Result<Json> add_contact(Step& step, const Json& body) {
  TRY_VOID(step.require_change());
  auto id = step.new_id<ContactId>();
  TRY_VOID(insert(step, id, body));
  step.fact("contact.created", {}, id.value);
  if (const Json* consents = find(body, "consents"))
    for (const Json& consent : consents->as_array()) insert_consent(step, id, consent);
  index_contact(step, id);
  return Json(contact_view(reload(step, id)));
}

Result<Json> get_contact(Step& step, ContactId id) { return Json(contact_view(TRY(find_contact(step, id)))); }

Result<json::array> list_contacts(Step& step, const ContactFilter& filter, const Slice& slice) {
  Reach r = reach_of(step.caller);
  json::array out;
  std::string words = fold_words(filter.words);
  if (words.empty() && !filter.words.empty()) return out;
  Rows rows = step.run("contact_list", {slice.after, slice.limit, r.scope, r.agency, r.advisor, r.actor,
                                        opt_text(words), opt_text(ascii_lower(trim(filter.email)))});
  for (const ContactRecord& c : read_contacts(step, rows)) out.push_back(contact_view(c));
  return out;
}

Result<Json> change_contact(Step& step, ContactId id, const Json& body) {
  TRY_VOID(step.require_change());
  ContactRecord c = TRY(find_contact(step, id));
  Changes changes(body);
  std::string name(trim(changes.text("name", c.name)));
  std::string language = changes.text("language", c.language), zone = changes.text("zone", c.zone);
  std::string country = changes.text("country", c.country), region = changes.text("region", c.region);
  auto organization = TRY(changes.id("organization_id", c.organization));
  auto agency = TRY(changes.id("agency_id", c.agency));
  TRY_VOID(check_references(step, changes.touches("organization_id") ? organization : OrganizationId{},
                            changes.touches("agency_id") ? agency : AgencyId{}));
  for (std::string_view kind : kKinds)
    if (has(body, list_name(kind)) && replace_points(step, c, kind, TRY(wanted_points(body, kind))))
      changes.note(list_name(kind));
  if (!changes.any()) return Json(contact_view(c));
  step.run("contact_update", {id.value, name, fold_words(name), language, zone, opt_text(country), opt_text(region),
                              opt_int(organization.value), opt_int(agency.value), to_ms(step.now)});
  step.fact("contact.changed", {}, id.value, changes.fact());
  index_contact(step, id);
  return Json(contact_view(reload(step, id)));
}

Result<Json> delete_contact(Step& step, ContactId id) {
  TRY_VOID(step.require_change());
  ContactRecord c = TRY(find_contact(step, id));
  if (step.run("contact_open_conversations", {id.value}).integer(0, 0) > 0)
    return fail(Code::conflict, "a conversation with this contact is open: close it first");
  step.run("contact_delete", {id.value, to_ms(step.now)});
  step.fact("contact.deleted", {}, id.value);
  unindex(step, "contact", id.value);
  return Json(contact_view(c));
}

Result<Json> add_consent(Step& step, ContactId id, const Json& body) {
  TRY_VOID(step.require_change());
  TRY_VOID(find_contact(step, id));
  return Json(consent_view(insert_consent(step, id, body)));
}

Result<json::array> list_consents(Step& step, ContactId id) {
  ContactRecord c = TRY(find_contact(step, id));
  json::array out;
  for (const ConsentRow& row : c.consents) out.push_back(consent_view(row));
  return out;
}

}  // namespace onward::app
