#include "ical/links.h"

#include <fmt/format.h>

#include "ical/lines.h"

namespace onward::ical {
namespace {

constexpr size_t kMaxDescription = 1000;  // octets; longer addresses are cut by browsers and mail readers

// Cut between characters.
std::string_view shorten(std::string_view s) {
  if (s.size() <= kMaxDescription) return s;
  size_t size = kMaxDescription;
  while (size > 0 && (static_cast<unsigned char>(s[size]) & 0xC0) == 0x80) --size;
  return s.substr(0, size);
}

void add(std::string& link, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  link += link.back() == '?' ? "" : "&";
  link += name;
  link += '=';
  link += percent_encode(value);
}

std::string details(const Event& e) {
  std::string out(shorten(e.description));
  if (e.url.empty()) return out;
  return out.empty() ? e.url : out + "\n\n" + e.url;
}

}  // namespace

std::string google_link(const Event& e) {
  std::string link = "https://calendar.google.com/calendar/render?";
  bool wall = is_unique_by_the_wall(e.zone, e.start) && is_unique_by_the_wall(e.zone, e.end);
  add(link, "action", "TEMPLATE");
  add(link, "text", e.summary);
  add(link, "dates",
      wall ? local_stamp(e.zone.local(e.start)) + "/" + local_stamp(e.zone.local(e.end))
           : utc_stamp(e.start) + "/" + utc_stamp(e.end));
  if (wall) add(link, "ctz", e.zone.name());
  add(link, "details", details(e));
  add(link, "location", e.location);
  return link;
}

std::string outlook_link(const Event& e, OutlookKind kind) {
  std::string link = fmt::format("https://{}/calendar/0/action/compose?",
                                 kind == OutlookKind::work ? "outlook.office.com" : "outlook.live.com");
  add(link, "rru", "addevent");
  add(link, "subject", e.summary);
  add(link, "startdt", format_rfc3339(std::chrono::floor<std::chrono::seconds>(e.start)));
  add(link, "enddt", format_rfc3339(std::chrono::floor<std::chrono::seconds>(e.end)));
  add(link, "body", details(e));
  add(link, "location", e.location);
  return link;
}

}  // namespace onward::ical
