// vCard 4.0 (RFC 6350) of an advisor, for a customer's address book.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace onward::ical {

struct Address {
  std::string street, city, region, postal_code, country;
};

struct Card {
  std::string uid;   // 1..255 printable ASCII characters without blanks
  std::string name;  // as people say it; required
  std::string family_name, given_name;
  std::string title, organization, unit;  // unit: the agency
  std::string email, phone;               // one plain address; E.164
  std::optional<Address> address;
  std::string url;                     // http or https
  std::string zone;                    // IANA
  std::vector<std::string> languages;  // BCP 47, best first
  Instant revised;
};

// Error: Code::invalid with the pointer of the field.
Result<std::string> write_card(const Card&);

}  // namespace onward::ical
