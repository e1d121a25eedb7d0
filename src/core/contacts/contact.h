// A contact as the engine sees it, and the one rule that says whether a touch has a lawful basis.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/instant.h"

namespace onward::contacts {

enum class Purpose {
  transactional,  // what the person asked for right now: confirmation, cancellation, reminder
  follow_up,      // the conversation that the person opened: recap, promised asset, check-in
  marketing,      // nurture and offers
};
std::string_view to_string(Purpose);
Result<Purpose> parse_purpose(std::string_view);

struct Consent {  // rows are in the order they were given; the newest that fits counts
  Purpose purpose = Purpose::marketing;
  std::string channel;  // any, email, phone, sms, letter
  std::string state;    // granted, refused, withdrawn
  std::string basis;    // consent, contract, legitimate_interest
  std::string source;
  Instant at;
};

struct Contact {
  ContactId id;
  std::string name;
  std::string language = "en";  // BCP 47
  std::string zone = "UTC";     // IANA
  std::string country, region;  // ISO 3166-1 alpha-2, and a region of the holiday table; may be empty
  OrganizationId organization;
  std::string organization_name;
  std::string email;              // the first address that is not suppressed; empty when there is none
  std::string suppressed_reason;  // why the only addresses cannot be used; empty otherwise
  std::string phone;
  std::optional<Instant> opted_out_at;
  std::vector<Consent> consents;
};

// What carries a touch when the contact has said neither yes nor no; configured per conversation type.
struct BasisPolicy {
  std::string follow_up =
      "contract";  // GDPR Art. 6(1)(b): steps at the request of the person; or legitimate_interest, consent
  std::string marketing = "consent";  // ePrivacy Art. 13(1); or legitimate_interest where soft opt-in applies
  bool operator==(const BasisPolicy&) const = default;
};

struct Permission {
  bool allowed = false;
  std::string basis;   // the basis that carries it, when allowed
  std::string reason;  // why not, as a machine word: opted_out, consent_refused, consent_withdrawn, no_consent
};
// channel: email, phone, sms, letter. Transactional touches need no consent, only an address.
Permission may_touch(const Contact&, Purpose, std::string_view channel, const BasisPolicy&);

// "Zoe Marchand" -> "Zoe"; empty when there is no name.
std::string first_name(std::string_view name);

}  // namespace onward::contacts
