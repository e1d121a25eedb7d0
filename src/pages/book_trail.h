// What a visitor of the booking pages carries from step to step, in links and forms, instead of a session: language and
// zone as chosen, whether the page is shown inside another, and where the visitor came from.
#pragma once
#include <string>

#include "base/json.h"
#include "http/form.h"

namespace onward::pages {

constexpr size_t kMaxAttribution = 100;  // bytes of each value

struct Trail {
  std::string language;     // chosen here; empty: what the browser wishes
  std::string zone;         // chosen; empty: the hosts'
  bool embedded = false;    // inside another page
  std::string host;         // that page's origin, "https://example.org"
  std::string draft;        // signed: what was answered so far (pages/book_questions.h)
  std::string guest;        // a contact's own link (app/qualification/links.h)
  http::Pairs attribution;  // utm_*, ref: as they came, cut

  http::Pairs pairs() const;
  // `path` with this trail and `more` as its query.
  std::string to(const std::string& path, const http::Pairs& more = {}) const;
  json::array hidden() const;  // [{name, value}] for forms
};

// From a query or a form; what is malformed is left out.
Trail read_trail(const http::Pairs& given);

// "https://example.org:8443": scheme, host and port of a page that may be told of a booking.
bool is_origin(std::string_view text);

}  // namespace onward::pages
