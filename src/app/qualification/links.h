// A contact's own link to the booking pages: who it is is known, so that name, address and what was answered are not
// asked again. The link is a MAC of the installation's key over contact and end; nothing is stored. Whoever has it can
// book for that contact; it shows a first name and a masked address, and no answer.
#pragma once
#include "app/record.h"
#include "base/schema.h"

namespace onward::app {

const Shape& booking_link_shape();  // {meeting_type_id, days}
// {url, expires_at}. Errors: not_found; invalid.
Result<Json> make_booking_link(Step&, ContactId, const Json& body);

struct Guest {
  ContactId id;
  std::string name, email, phone;  // the first ones; email and phone may be empty
  std::string language;
};
// Whom a token names. Errors: not_found: forged, expired, or the contact is gone.
Result<Guest> guest_of(Step&, const std::string& token);

std::string first_name(const std::string& name);
std::string masked(const std::string& email);  // "a•••@example.org"

}  // namespace onward::app
