// Who may be there twice: the same e-mail address or phone number, or the same name in the same organization or mail
// domain; for organizations the same name without its legal form, or the same domain. Nothing is ever merged by itself.
#pragma once
#include "app/contacts.h"
#include "app/organizations.h"

namespace onward::app {

struct Likeness {
  int score = 0;                     // 0..100: the sum of the reasons' points, at most 100
  std::vector<std::string> reasons;  // same_email, same_phone, same_name, same_organization, same_domain, same_country
};
Likeness likeness(const ContactRecord&, const ContactRecord&);
Likeness likeness(const OrganizationRecord&, const OrganizationRecord&);

// [{id, name, score, reasons}], the likeliest first; at most 100.
Result<json::array> duplicates_of(Step&, ContactId);
Result<json::array> duplicates_of(Step&, OrganizationId);

// One row for each record with duplicates among the newer ones, so that each pair is there once:
// [{kind, id, name, duplicates: [{id, name, score, reasons}]}], by id.
Result<json::array> list_contact_duplicates(Step&, const Slice&);
Result<json::array> list_organization_duplicates(Step&, const Slice&);

}  // namespace onward::app
