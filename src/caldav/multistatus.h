// WebDAV's answer about several resources (RFC 4918 13) and what CalDAV says in it (RFC 4791).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "caldav/xml.h"

namespace onward::caldav {

inline constexpr std::string_view kDav = "DAV:";
inline constexpr std::string_view kCalDav = "urn:ietf:params:xml:ns:caldav";
inline constexpr std::string_view kCalendarServer = "http://calendarserver.org/ns/";

struct Resource {
  std::string href;  // as written: absolute, or a path
  int status = 200;  // of the resource itself
  Element props;     // those that it has, as children

  std::string text(std::string_view space, std::string_view name) const;  // of a property, trimmed
  // The href inside a property such as current-user-principal; empty: absent.
  std::string href_in(std::string_view space, std::string_view name) const;
  bool is_calendar() const;  // a collection of events
};

// Error: Code::invalid when it is no multistatus.
Result<std::vector<Resource>> read_multistatus(std::string_view xml);

}  // namespace onward::caldav
