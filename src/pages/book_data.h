// What the booking pages say to machines: where a page stands in each language, and structured data of what is booked.
#pragma once
#include "pages/book_desk.h"
#include "pages/jsonld.h"

namespace onward::pages {

constexpr size_t kDatesTold = 8;  // of a group, the next ones

// Views of the meeting types that the public may find: /b, the site map and llms.txt.
json::array listed_types(app::Step&);

struct Alternate {
  std::string language, url;  // absolute; "x-default": the page that asks the browser
};
// A booking page in every language.
std::vector<Alternate> alternates_of(const std::string& base_url, const std::string& path);
// `canonical` and `alternates` of a page that search engines may list. What else stands in its address, week, zone or
// where the visitor came from, makes no other page.
void add_addresses(json::object& model, const Visitor&, const std::string& path);

// A talk is a Service of the agency that gives it, a group an Event for each of its next dates; both with the page as
// the place where they are reserved. For jsonld::block().
json::array offer_graph(const Visitor&, const Offer&);

}  // namespace onward::pages
