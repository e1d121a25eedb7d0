#include "app/qualification/links.h"

#include <charconv>

#include <fmt/format.h>

#include "app/booking/meeting_types.h"
#include "app/contacts.h"
#include "base/crypto.h"
#include "base/text.h"

namespace onward::app {
namespace {

constexpr size_t kMac = 32;  // hexadecimal digits: 128 bits
constexpr int64_t kUsualDays = 30, kMostDays = 366;

std::string mac_of(const Services& services, std::string_view value) {
  return hmac_sha256_hex(services.secret, fmt::format("booking link\n{}", value)).substr(0, kMac);
}

}  // namespace

const Shape& booking_link_shape() {
  static const Shape s =
      shape::object({{"meeting_type_id", shape::id("mty"), shape::required, "What can be booked by it first"},
                     {"days", shape::integer(1, kMostDays), shape::nullable, "How long it works; default 30"}});
  return s;
}

Result<Json> make_booking_link(Step& step, ContactId id, const Json& body) {
  TRY_VOID(step.require_change());
  TRY(find_contact(step, id));
  auto type = booking::find_meeting_type(step, TRY(id_of<MeetingTypeId>(body, "meeting_type_id")));
  if (!type) return unknown_reference("meeting_type_id", "meeting type");
  Instant ends = step.now + std::chrono::days{get_int(body, "days", kUsualDays)};
  std::string value = fmt::format("{}.{}", id.text(), to_ms(ends) / 1000);
  step.fact("contact.booking_link", {}, id.value, {{"expires_at", to_ms(ends)}});
  return Json(json::object{
      {"url", fmt::format("{}/b/{}?c={}.{}", step.services.base_url, type->slug, value, mac_of(step.services, value))},
      {"expires_at", format_rfc3339(ends)}});
}

Result<Guest> guest_of(Step& step, const std::string& token) {
  size_t mac = token.rfind('.'), time = mac == token.npos ? mac : token.rfind('.', mac - 1);
  if (token.size() > 120 || mac == token.npos || time == token.npos || mac == 0) return not_found("link");
  std::string_view value = std::string_view(token).substr(0, mac);
  if (!equal_constant_time(std::string_view(token).substr(mac + 1), mac_of(step.services, value)))
    return not_found("link");
  int64_t ends = 0;
  std::string_view seconds = value.substr(time + 1);
  if (std::from_chars(seconds.data(), seconds.data() + seconds.size(), ends).ec != std::errc() ||
      from_ms(ends * 1000) < step.now)
    return not_found("link");
  auto id = ContactId::parse(value.substr(0, time));
  auto contact = id ? find_contact(step, *id) : fail(Error{});
  if (!contact && id && contact.error().code == Code::conflict) return not_found("link");
  if (!contact) return not_found("link");
  Guest out{.id = *id, .name = contact->name, .email = {}, .phone = {}, .language = contact->language};
  for (const ContactPoint& p : contact->points) {
    std::string& first = p.kind == "email" ? out.email : out.phone;
    if (first.empty() && !p.suppressed_at) first = p.value;
  }
  return out;
}

std::string first_name(const std::string& name) {
  std::string_view text = trim(name);
  return std::string(text.substr(0, text.find(' ')));
}

std::string masked(const std::string& email) {
  size_t at = email.rfind('@');
  if (at == email.npos || at == 0) return {};
  size_t first = 1;
  while (first < at && (static_cast<unsigned char>(email[first]) & 0xc0) == 0x80) ++first;
  return email.substr(0, first) + "•••" + email.substr(at);
}

}  // namespace onward::app
