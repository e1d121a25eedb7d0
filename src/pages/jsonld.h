// Structured data (schema.org, JSON-LD 1.1) for public pages: what the page says, said for machines. Values only; a
// page prints jsonld::block() raw inside <script type="application/ld+json">, a data block that is never run.
//
//   model["jsonld"] = jsonld::block({jsonld::article(view, site, url), jsonld::questions(view, url)});
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/zone.h"

namespace onward::pages::jsonld {

// Who speaks, on every page.
struct Site {
  std::string base_url;  // without a trailing slash
  std::string firm;
  std::string language;                                    // BCP 47
  Zone zone = utc();                                       // of dates
  json::array agencies;                                    // views of app::list_agencies
  std::optional<std::string> booking_path = std::nullopt;  // where a talk can be booked: ReserveAction
};

json::object publisher(const Site&);
// Of an article's view (app/articles.h) at its absolute address.
json::object article(const Json& article, const Site&, const std::string& url);
// FAQPage; nullopt without questions.
std::optional<json::object> questions(const Json& article, const std::string& url);
// With address and opening hours, and a ReserveAction where talks can be booked.
json::object local_business(const Json& agency, const Site&);

struct Occasion {
  std::string name, description;
  std::string url;  // absolute
  Instant start, end;
  Zone zone = utc();
  std::string place, address;  // empty: online
  std::string organizer;
  std::optional<int64_t> seats_left = std::nullopt;
  bool cancelled = false;
};
json::object event(const Occasion&);  // of several people, with an offer of its seats

// A talk of one customer with one advisor, at times of the customer's choice.
struct Bookable {
  std::string name, description;
  std::string url;                    // absolute, where it is booked
  std::string phone = {};             // where it can be asked for as well
  std::optional<Instant> first = {};  // the first free time; none: nothing is free for now
  Zone zone = utc();
};
// Provided by the first agency, in its opening hours, or by the organization.
json::object service(const Bookable&, const Site&);
json::object reserve_action(const std::string& absolute_url, const std::string& what);

// A graph as text in which nothing can end the script element or begin a comment: < > & and line separators are
// written as escapes.
std::string block(json::array graph);

// For people to read: indented, not for a page's source.
std::string indented(const Json&);

// "2026-03-30T09:00:00+02:00"
std::string with_offset(Instant, const Zone&);

}  // namespace onward::pages::jsonld
