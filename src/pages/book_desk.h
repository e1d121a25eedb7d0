// What the pages of booking share: who comes, what can be booked, the frame around every page. Internal to pages.
#pragma once
#include "app/booking/slots.h"
#include "app/callbacks.h"
#include "app/qualification/drafts.h"
#include "app/qualification/links.h"
#include "pages/book_guard.h"
#include "pages/book_trail.h"
#include "pages/book_views.h"
#include "pages/form.h"

namespace onward::pages {

// Somebody at the booking pages: nobody is signed in, the link is all there is.
struct Visitor {
  const House& house;
  const http::Request& request;
  Trail trail;
  Words words;
  Instant now;

  std::string query(std::string_view name) const { return request.query_value(name).value_or(""); }
};
// `given`: the query of a GET, the form of a POST. `preferred`: a language when none was chosen here.
Visitor visitor_of(const House&, const http::Request&, const http::Pairs& given, const std::string& preferred = {});

// A meeting type as the pages see it, read in one transaction.
struct Offer {
  app::booking::Desk desk;
  std::vector<Instant> starts;  // free ones, ascending
  app::CallTime call;
  std::string firm, phone;
  bool walk_in = true;
  std::vector<std::string> embed_on;
  json::array agencies;                   // views of its hosts' agencies (app/agencies.h), when starts are wanted
  std::optional<app::StoredForm> form;    // what is asked here
  bool decisive = false;                  // answers may lead elsewhere: they come before the time
  std::optional<app::FormDraft> draft;    // what was answered so far
  std::optional<app::Qualified> decided;  // everything was
  std::string elsewhere;                  // the slug that the answers lead to, when it is another one
  app::booking::HostWish who;
  std::optional<app::Guest> guest;  // whom a signed link names

  bool gives_time() const;  // decided so
  const app::booking::MeetingType& type() const { return desk.type; }
  const Zone& zone() const { return desk.input.viewer; }
};
enum class Starts { wanted, left_out };
// Error: not_found, also while the type is not offered.
Result<Offer> load_offer(app::Step&, const std::string& slug, const Visitor&, Starts);
Result<Offer> read_offer(const Visitor&, const std::string& slug, Starts);

enum class Part { time, details, done, none, need };  // the steps on top of the page
// What the frame shows: title, languages, steps, exits, what the forms carry.
json::object book_frame(const Visitor&, const Offer&, const std::string& title, Part);
// The page with its headers: who may frame it, no cache, no index unless `indexed`.
enum class Index { no, yes };
http::Response draw_book(const Visitor&, const Offer*, std::string_view page, json::object model, int status = 200,
                         Index = Index::no);
// What holds this start for this visitor.
Json hold_body(const Offer&, Instant start);
// Who answers the questions here.
app::Answerer answerer_of(const Visitor&, const std::optional<app::Guest>&);
http::Response draw_book_error(const Visitor&, const Error&);
http::Response draw_too_often(const Visitor&, Millis wait);

// The nearest free starts that a conflict names.
std::vector<Instant> nearest_of(const Error&);

}  // namespace onward::pages
