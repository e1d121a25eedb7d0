// Contacts and their consents.
#include "app/contacts.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/qualification/links.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

constexpr size_t kMostAddresses = 20;

Shape consent_shape() {
  return shape::object({
      {"purpose", shape::one_of({"follow_up", "marketing"}), required, "What for."},
      {"channel", shape::one_of({"any", "email", "phone", "sms", "letter"}), optional, "Any, when left out."},
      {"state", shape::one_of({"granted", "refused", "withdrawn"}), required, "What the person said."},
      {"basis", shape::one_of({"consent", "contract", "legitimate_interest"}), optional, "Consent, when left out."},
      {"source", shape::line(1, 500), required, "Where and how it was said."},
  });
}

std::vector<Field> body_fields() {
  return {
      {"name", shape::line(1, 200), required, "The whole name."},
      {"emails", shape::list(shape::email(), 0, kMostAddresses), optional, "The first one is written to."},
      {"phones", shape::list(shape::phone(), 0, kMostAddresses), optional, "The first one is called."},
      {"language", shape::language(), optional, "The house's, when left out."},
      {"zone", shape::zone(), optional, "The house's, when left out."},
      {"country", shape::country(), nullable, "Its public holidays are kept free of messages."},
      {"region", shape::line(1, 20), nullable, "A region of the country, for its holidays."},
      {"organization_id", shape::id("org"), nullable, "Where the person works."},
      {"agency_id", shape::id("agy"), nullable, "The agency that looks after the person."},
  };
}

Shape new_contact() {
  std::vector<Field> fields = body_fields();
  fields.push_back({"consents", shape::list(consent_shape(), 0, 20), optional, "What the person has said already."});
  return shape::object(std::move(fields));
}

std::vector<Field> consent_view() {
  return {{"id", shape::id("cns"), required},
          {"purpose", shape::line(1, 20), required},
          {"channel", shape::line(1, 20), required},
          {"state", shape::line(1, 20), required},
          {"basis", shape::line(1, 40), required},
          {"source", shape::text(0, 500), required},
          {"at", shape::time(), required}};
}

Shape contact_view() {
  return shape::object({
      {"id", shape::id("con"), required},
      {"name", shape::line(0, 200), required},
      {"emails", shape::list(shape::line(1, 320), 0, 200), required},
      {"phones", shape::list(shape::line(1, 40), 0, 200), required},
      {"suppressed",
       shape::list(shape::object({{"value", shape::line(1, 320), required},
                                  {"reason", shape::line(0, 100), required},
                                  {"at", shape::time(), required}}),
                   0, 200),
       required, "Addresses that nothing is sent to, and why."},
      {"language", shape::language(), required},
      {"zone", shape::zone(), required},
      {"country", shape::country(), nullable},
      {"region", shape::line(0, 20), nullable},
      {"organization_id", shape::id("org"), nullable},
      {"agency_id", shape::id("agy"), nullable},
      {"opted_out_at", shape::time(), nullable, "Since then nothing is sent but what the person asks for."},
      {"consents", shape::list(shape::object(consent_view()), 0, 10000), required, "Oldest first; the newest counts."},
      {"created_at", shape::time(), required},
      {"updated_at", shape::time(), required},
  });
}

Result<Answer> list(Step& step, const Call& call) {
  return listing<ContactTag>(call, [&](const app::Slice& slice) {
    return app::list_contacts(step, {call.query("q"), call.query("email")}, slice);
  });
}

}  // namespace

void add_contacts(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/contacts",
                    .summary = "List contacts, oldest first",
                    .roles = kReaders,
                    .query = paged({{"q", shape::line(1, 200), optional, "Starts of words of the name."},
                                    {"email", shape::line(1, 320), optional, "A whole e-mail address."}}),
                    .answer = "ContactList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/contacts",
                    .summary = "Create a contact",
                    .roles = kChangers,
                    .body = new_contact(),
                    .answer = "Contact",
                    .status = 201,
                    .handle = with_body(app::add_contact)});
  routes.push_back({.method = "GET",
                    .path = "/contacts/{id}",
                    .summary = "One contact",
                    .roles = kReaders,
                    .answer = "Contact",
                    .reads = true,
                    .handle = with_id<ContactTag>(app::get_contact)});
  routes.push_back({.method = "PATCH",
                    .path = "/contacts/{id}",
                    .summary = "Change a contact; what is left out stays",
                    .roles = kChangers,
                    .body = patch_of(body_fields()),
                    .answer = "Contact",
                    .handle = with_id<ContactTag>(app::change_contact)});
  routes.push_back({.method = "DELETE",
                    .path = "/contacts/{id}",
                    .summary = "Delete a contact without open conversations",
                    .roles = kChangers,
                    .answer = "Contact",
                    .handle = with_id<ContactTag>(app::delete_contact)});
  routes.push_back({.method = "POST",
                    .path = "/contacts/{id}/consents",
                    .summary = "Record what the person said",
                    .roles = kChangers,
                    .body = consent_shape(),
                    .answer = "Consent",
                    .status = 201,
                    .handle = with_id<ContactTag>(app::add_consent, 201)});
  routes.push_back({.method = "GET",
                    .path = "/contacts/{id}/consents",
                    .summary = "Everything the person said, oldest first",
                    .roles = kReaders,
                    .answer = "ConsentList",
                    .reads = true,
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return short_list(app::list_consents(s, TRY(c.id<ContactTag>("id"))));
                    }});
  routes.push_back({.method = "POST",
                    .path = "/contacts/{id}/booking-link",
                    .summary = "The contact's own link to a booking page: what is known is not asked again",
                    .roles = kChangers,
                    .body = app::booking_link_shape(),
                    .answer = "BookingLink",
                    .status = 201,
                    .handle = with_id<ContactTag>(app::make_booking_link, 201),
                    .shown_once = "url"});
}

void describe_contacts(Schemas& schemas) {
  schemas.add("Contact", contact_view());
  schemas.add("Consent", shape::object(consent_view()));
  schemas.add("BookingLink", shape::object({{"url", shape::line(1, 500), nullable, "Shown once"},
                                            {"expires_at", shape::time(), required}}));
}

}  // namespace onward::api
