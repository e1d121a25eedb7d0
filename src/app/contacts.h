// People outside: names, addresses, language, zone, consents. Who sees a contact:
//   owner, auditor  everybody
//   manager         those of the own agency, those with a conversation there, those without any conversation
//   advisor         those with an own conversation, and whom they made themselves while there is no conversation
// Everybody else is not_found; whoever was merged into a contact that the caller sees is a conflict naming it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/record.h"

namespace onward::app {

struct ContactPoint {
  int64_t id = 0;
  std::string kind;  // email, phone
  std::string value, folded;
  int64_t position = 0;
  std::optional<Instant> suppressed_at;
  std::string suppressed_reason;
};

struct ConsentRow {
  ConsentId id;
  std::string purpose, channel, state, basis, source;
  Instant at;
};

struct ContactRecord {
  ContactId id;
  std::string name, folded, language, zone, country, region;
  OrganizationId organization;
  AgencyId agency;
  std::optional<Instant> opted_out_at;
  Instant created_at, updated_at;
  ContactId merged_into;
  std::vector<ContactPoint> points;
  std::vector<ConsentRow> consents;
};

struct ContactFilter {
  std::string words;  // starts of words of the name
  std::string email;  // a whole address
};

// {name, emails, phones, language, zone, country, region, organization_id, agency_id, consents}
Result<Json> add_contact(Step&, const Json& body);
Result<Json> get_contact(Step&, ContactId);
Result<json::array> list_contacts(Step&, const ContactFilter&, const Slice&);
// Fields that are absent stay; emails and phones replace the list, an address that stays keeps its suppression,
// and one that comes back gets it back (suppression.h).
Result<Json> change_contact(Step&, ContactId, const Json& body);
Result<Json> delete_contact(Step&, ContactId);  // conflict while a conversation is open
// Consents are added, never changed; the newest of a purpose and channel counts.
Result<Json> add_consent(Step&, ContactId, const Json& body);
Result<json::array> list_consents(Step&, ContactId);

// For other use cases.
Result<ContactRecord> find_contact(Step&, ContactId);
// Rows in the columns of contact_get; points and consents are read in two statements for all of them.
std::vector<ContactRecord> read_contacts(Step&, const Rows&);
json::object contact_view(const ContactRecord&);
void index_contact(Step&, ContactId);  // after a change of name or addresses

}  // namespace onward::app
