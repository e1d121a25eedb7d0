#include "core/contacts/contact.h"

namespace onward::contacts {

std::string_view to_string(Purpose p) {
  switch (p) {
    case Purpose::transactional: return "transactional";
    case Purpose::follow_up: return "follow_up";
    case Purpose::marketing: return "marketing";
  }
  return "";
}

Result<Purpose> parse_purpose(std::string_view s) {
  for (Purpose p : {Purpose::transactional, Purpose::follow_up, Purpose::marketing})
    if (to_string(p) == s) return p;
  return fail(Code::invalid, "must be transactional, follow_up or marketing");
}

Permission may_touch(const Contact& contact, Purpose purpose, std::string_view channel, const BasisPolicy& policy) {
  if (purpose == Purpose::transactional) return {true, "contract", {}};
  if (contact.opted_out_at) return {false, {}, "opted_out"};
  const Consent* said = nullptr;
  for (const Consent& c : contact.consents)
    if (c.purpose == purpose && (c.channel == "any" || c.channel == channel)) said = &c;
  if (said && said->state == "granted") return {true, said->basis, {}};
  if (said) return {false, {}, said->state == "refused" ? "consent_refused" : "consent_withdrawn"};
  const std::string& basis = purpose == Purpose::follow_up ? policy.follow_up : policy.marketing;
  if (basis == "consent") return {false, {}, "no_consent"};
  return {true, basis, {}};
}

std::string first_name(std::string_view name) { return std::string(name.substr(0, name.find(' '))); }

}  // namespace onward::contacts
