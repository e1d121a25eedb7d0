// The catalog from the database: policies, sequences, library, settings.
#include "app/policies.h"
#include "app/step.h"
#include "base/log.h"

namespace onward::app {

using namespace conversations;

namespace {

void read_types(Tx& tx, Catalog& out) {
  Rows rows = tx.run("catalog_types", {});
  for (size_t r = 0; r < rows.size(); ++r) {
    TypePolicy p = policy_of(rows.text(r, 0), rows.text(r, 1), *parse_json(rows.text(r, 3)));
    out.types[p.key] = p;
  }
}

void read_versions(Tx& tx, Catalog& out) {
  Rows rows = tx.run("catalog_versions", {});
  for (size_t r = 0; r < rows.size(); ++r) {
    auto document = sequences::parse_document(*parse_json(rows.text(r, 3)));
    if (!document) {
      log_error("sequence.unreadable", {{"version", VersionId{rows.integer(r, 0)}.text()}});
      continue;
    }
    VersionId id{rows.integer(r, 0)};
    out.versions[id] = {
        {rows.integer(r, 1)}, id, static_cast<int>(rows.integer(r, 2)), rows.integer(r, 4) != 0, std::move(*document)};
  }
}

void read_assets(Tx& tx, Catalog& out) {
  Rows rows = tx.run("catalog_assets", {});
  for (size_t r = 0; r < rows.size(); ++r) {
    library::Asset a;
    a.id = {rows.integer(r, 0)};
    a.kind = rows.text(r, 1);
    a.key = rows.text(r, 2);
    a.title = rows.text(r, 3);
    a.language = rows.text(r, 4);
    Json tags = *parse_json(rows.text(r, 5));
    a.topics = get_strings(tags, "topics");
    a.objections = get_strings(tags, "objections");
    a.stages = get_strings(tags, "stages");
    a.version = static_cast<int>(rows.integer(r, 6));
    if (!rows.is_null(r, 7)) a.expires_at = from_ms(rows.integer(r, 7));
    a.subject = rows.text(r, 8);
    a.body = rows.text(r, 9);
    if (a.kind == "template") {
      auto body = parse_template(a.body), subject = parse_template(a.subject);
      if (body) out.parsed_bodies.emplace(a.id, std::move(*body));
      if (subject) out.parsed_subjects.emplace(a.id, std::move(*subject));
    }
    out.assets.push_back(std::move(a));
  }
}

void read_settings(Tx& tx, Catalog& out) {
  Rows rows = tx.run("setting_list", {});
  for (size_t r = 0; r < rows.size(); ++r) {
    Json value = *parse_json(rows.text(r, 1));
    if (rows.text(r, 0) == "organization") {
      out.organization_name = get_string(value, "name");
      out.language = get_string(value, "language", "en");
    }
    if (rows.text(r, 0) == "cap") {
      out.cap.gap_hours = static_cast<int>(get_int(value, "gap_hours", out.cap.gap_hours));
      out.cap.count = static_cast<int>(get_int(value, "count", out.cap.count));
      out.cap.days = static_cast<int>(get_int(value, "days", out.cap.days));
    }
  }
}

}  // namespace

TypePolicy policy_of(const std::string& key, const std::string& label, const Json& policy) {
  TypePolicy p;
  p.key = key;
  p.label = label;
  p.promises.recap_same_day = get_bool(policy, "recap_same_day", true);
  p.promises.asset_hours = static_cast<int>(get_int(policy, "asset_hours", 48));
  p.promises.check_in_days = static_cast<int>(get_int(policy, "check_in_days", 7));
  p.reply_hours = static_cast<int>(get_int(policy, "reply_hours", 4));
  p.decide_hours = static_cast<int>(get_int(policy, "decide_hours", 16));
  if (const Json* basis = find(policy, "basis")) {
    p.basis.follow_up = get_string(*basis, "follow_up", "contract");
    p.basis.marketing = get_string(*basis, "marketing", "consent");
  }
  return p;
}

std::shared_ptr<const Catalog> load_catalog(Tx& tx, const Services& services) {
  auto out = std::make_shared<Catalog>();
  read_types(tx, *out);
  read_versions(tx, *out);
  read_assets(tx, *out);
  read_settings(tx, *out);
  out->base_url = services.base_url;
  out->mail_domain = services.mail_domain;
  out->holidays = &calendar::public_holidays();
  return out;
}

}  // namespace onward::app
