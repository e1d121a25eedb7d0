// An appointment for a calendar: links that fill a form of a well-known calendar, and a file that any reads (RFC 5545).
#pragma once
#include <string>

#include "base/instant.h"

namespace onward::pages {

struct Invite {
  std::string id;  // "apt_..."
  int64_t sequence = 0;
  Instant start, end, changed;
  std::string summary, description, location, url, domain;
  bool cancelled = false;
};

std::string invite_file(const Invite&);  // text/calendar with CRLF, folded at 75 octets
std::string google_link(const Invite&);
std::string outlook_link(const Invite&);

}  // namespace onward::pages
