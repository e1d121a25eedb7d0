#include "ical/vcard.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/schema.h"
#include "ical/calendar.h"
#include "ical/lines.h"

namespace onward::ical {
namespace {

bool is_plain(std::string_view s, size_t most) {
  return s.size() <= most && std::all_of(s.begin(), s.end(), [](char c) { return c > ' ' && c < 0x7F; });
}
bool is_language(std::string_view s) {
  return !s.empty() && s.size() <= 35 &&
         std::all_of(s.begin(), s.end(), [](unsigned char c) { return std::isalnum(c) || c == '-'; });
}
bool is_phone(std::string_view s) {
  return s.size() >= 4 && s.size() <= 16 && s[0] == '+' &&
         std::all_of(s.begin() + 1, s.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
}

Status check_card(const Card& c) {
  if (c.uid.empty() || !is_plain(c.uid, 255))
    return fail_field("/uid", "format", "must be 1 to 255 printable characters without blanks");
  if (c.name.empty()) return fail_field("/name", "required", "is required");
  if (!c.email.empty() && !is_email(c.email)) return fail_field("/email", "format", "must be one email address");
  if (!c.phone.empty() && !is_phone(c.phone)) return fail_field("/phone", "format", "must be like +33123456789");
  bool web = c.url.starts_with("https://") || c.url.starts_with("http://");
  if (!c.url.empty() && (!web || !is_plain(c.url, 2000))) return fail_field("/url", "format", "must be a web address");
  if (!c.zone.empty()) {
    auto zone = find_zone(c.zone);
    if (!zone) return fail_field("/zone", "format", zone.error().message);
  }
  for (size_t i = 0; i < c.languages.size(); ++i)
    if (!is_language(c.languages[i]))
      return fail_field(fmt::format("/languages/{}", i), "format", "must be a language such as fr");
  return {};
}

// Outside of structured values a semicolon stands for itself (RFC 6350 4.1).
std::string plain(std::string_view s) {
  std::string out;
  for (size_t from = 0;; ++from) {
    size_t to = std::min(s.find(';', from), s.size());
    out += escape_text(s.substr(from, to - from));
    if (to == s.size()) return out;
    out += ';';
    from = to;
  }
}

void structured(Lines& out, std::string_view name, std::initializer_list<std::string_view> parts) {
  std::string value;
  for (const std::string_view* part = parts.begin(); part != parts.end(); ++part)
    value += (part == parts.begin() ? "" : ";") + escape_text(*part);
  out.raw(name, value);
}

}  // namespace

Result<std::string> write_card(const Card& c) {
  TRY_VOID(check_card(c));
  Lines out;
  out.begin("VCARD");
  out.raw("VERSION", "4.0");
  out.raw("KIND", "individual");
  out.raw("UID", plain(c.uid));
  out.raw("FN", plain(c.name));
  structured(out, "N", {c.family_name, c.given_name, "", "", ""});
  if (!c.title.empty()) out.raw("TITLE", plain(c.title));
  if (!c.organization.empty()) structured(out, "ORG", {c.organization, c.unit});
  if (!c.email.empty()) out.raw("EMAIL;TYPE=work", plain(c.email));
  if (!c.phone.empty()) out.raw("TEL;VALUE=uri;TYPE=\"work,voice\"", "tel:" + c.phone);
  if (c.address) {
    const Address& a = *c.address;
    structured(out, "ADR;TYPE=work", {"", "", a.street, a.city, a.region, a.postal_code, a.country});
  }
  if (!c.url.empty()) out.raw("URL", c.url);
  if (!c.zone.empty()) out.raw("TZ", plain(c.zone));
  for (size_t i = 0; i < c.languages.size(); ++i)
    out.raw(fmt::format("LANG;PREF={}", std::min<size_t>(i + 1, 100)), c.languages[i]);
  out.raw("REV", utc_stamp(c.revised));
  out.end("VCARD");
  return out.str();
}

}  // namespace onward::ical
