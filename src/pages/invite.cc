#include "pages/invite.h"

#include "http/form.h"

namespace onward::pages {
namespace {

constexpr size_t kFold = 75;  // octets of a line, RFC 5545 3.1

// "20261124T090000Z"
std::string basic_utc(Instant t) {
  std::string out;
  for (char c : format_rfc3339(std::chrono::floor<std::chrono::seconds>(t)))
    if (c != '-' && c != ':') out += c;
  return out;
}

// TEXT of RFC 5545 3.3.11; other controls are left out.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      out += c;
    }
  }
  return out;
}

// Folded between characters, never within one.
void line(std::string& out, std::string_view name, std::string_view value) {
  std::string whole = std::string(name) + ":" + std::string(value);
  std::string_view rest = whole;
  size_t room = kFold;
  while (rest.size() > room) {
    size_t end = room;
    while ((static_cast<unsigned char>(rest[end]) & 0xc0) == 0x80) --end;
    out.append(rest.substr(0, end)).append("\r\n ");
    rest.remove_prefix(end);
    room = kFold - 1;
  }
  out.append(rest).append("\r\n");
}

}  // namespace

std::string invite_file(const Invite& i) {
  std::string out;
  line(out, "BEGIN", "VCALENDAR");
  line(out, "VERSION", "2.0");
  line(out, "PRODID", "-//Onward//Onward//EN");
  line(out, "METHOD", "PUBLISH");
  line(out, "BEGIN", "VEVENT");
  line(out, "UID", i.id + "@" + i.domain);
  line(out, "SEQUENCE", std::to_string(i.sequence));
  line(out, "DTSTAMP", basic_utc(i.changed));
  line(out, "DTSTART", basic_utc(i.start));
  line(out, "DTEND", basic_utc(i.end));
  line(out, "STATUS", i.cancelled ? "CANCELLED" : "CONFIRMED");
  line(out, "SUMMARY", escaped(i.summary));
  if (!i.description.empty()) line(out, "DESCRIPTION", escaped(i.description));
  if (!i.location.empty()) line(out, "LOCATION", escaped(i.location));
  if (!i.url.empty()) line(out, "URL", i.url);
  line(out, "END", "VEVENT");
  line(out, "END", "VCALENDAR");
  return out;
}

std::string google_link(const Invite& i) {
  return "https://calendar.google.com/calendar/render?" +
         http::encode_form({{"action", "TEMPLATE"},
                            {"text", i.summary},
                            {"dates", basic_utc(i.start) + "/" + basic_utc(i.end)},
                            {"details", i.description},
                            {"location", i.location}});
}

std::string outlook_link(const Invite& i) {
  return "https://outlook.live.com/calendar/0/deeplink/compose?" +
         http::encode_form({{"path", "/calendar/action/compose"},
                            {"rru", "addevent"},
                            {"subject", i.summary},
                            {"startdt", format_rfc3339(i.start)},
                            {"enddt", format_rfc3339(i.end)},
                            {"body", i.description},
                            {"location", i.location}});
}

}  // namespace onward::pages
