// Where an account's calendar is (RFC 6764, RFC 4791 6.2, RFC 5397).
#pragma once
#include "caldav/exchange.h"
#include "caldav/multistatus.h"

namespace onward::caldav {

// The account's collection, with a slash at its end. Errors: as Exchange; not_found when there is no calendar.
Result<std::string> find_collection(const ports::CalendarAccount&, const Exchange&);

// PROPFIND of these properties ("<d:getetag/>", with the prefixes d, c and cs).
struct Found {
  std::vector<Resource> resources;
  std::string url;  // that answered
};
Result<Found> propfind(const Exchange&, const std::string& url, int depth, std::string_view properties);

}  // namespace onward::caldav
