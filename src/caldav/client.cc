#include "caldav/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "caldav/discovery.h"
#include "ical/busy.h"
#include "ical/calendar.h"
#include "ical/lines.h"

namespace onward::caldav {

using ports::CalendarAccount;
using ports::CalendarItem;
using ports::CalendarQuery;
using ports::CalendarReading;
using ports::CalendarWritten;

namespace {

constexpr size_t kMaxFetched = 1000;  // objects that are got one by one
constexpr int kMaxWriteTries = 3;

// Several calendars' or objects' busy time, gathered.
class Gathering {
 public:
  explicit Gathering(const CalendarQuery& query) : query_(query) {}

  Status add(std::string_view text) {
    ical::BusyRead read =
        TRY(ical::read_busy(text, {.from = query_.from, .to = query_.to, .floating = query_.floating}));
    events_ += read.events;
    not_understood_ += read.not_understood;
    if (problem_.empty() && !read.problems.empty()) problem_ = read.problems.front();
    for (ical::Busy& b : read.busy)
      if (!query_.ours || !query_.ours(b.uid)) busy_.push_back(std::move(b));
    return {};
  }
  // An object of a collection that is none: said, and the others count all the same.
  void add_object(const std::string& text) {
    Status added = add(text);
    if (added) return;
    ++events_;
    ++not_understood_;
    if (problem_.empty()) problem_ = added.error().message;
  }
  CalendarReading finish() {
    CalendarReading out{.events = events_, .not_understood = not_understood_, .problem = std::move(problem_)};
    for (const ical::Busy& b : ical::merged(std::move(busy_))) out.busy.push_back({b.from, b.to});
    return out;
  }

 private:
  const CalendarQuery& query_;
  std::vector<ical::Busy> busy_;
  int events_ = 0, not_understood_ = 0;
  std::string problem_;
};

// --- ICS ---

// "etag\nlast-modified", as the server wrote them.
std::string validator_of(const http::ClientResponse& response) {
  std::string etag(response.header("ETag")), modified(response.header("Last-Modified"));
  return etag.empty() && modified.empty() ? std::string() : etag + '\n' + modified;
}

http::Pairs conditional_headers(const std::string& validator) {
  http::Pairs out{{"Accept", "text/calendar"}};
  size_t line = validator.find('\n');
  if (line == validator.npos) return out;
  if (line > 0) out.emplace_back("If-None-Match", validator.substr(0, line));
  if (line + 1 < validator.size()) out.emplace_back("If-Modified-Since", validator.substr(line + 1));
  return out;
}

Result<CalendarReading> read_ics(const CalendarAccount& account, const CalendarQuery& query) {
  Exchange exchange(account);
  Told told = TRY(exchange.ask({.url = account.url, .headers = conditional_headers(query.validator)}, 304));
  if (told.response.status == 304 && !query.validator.empty())
    return CalendarReading{.unchanged = true, .validator = query.validator};
  Gathering gathering(query);
  TRY_VOID(gathering.add(told.response.body));
  CalendarReading out = gathering.finish();
  out.validator = validator_of(told.response);
  return out;
}

// --- CalDAV ---

std::string report_body(const CalendarQuery& query) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><c:calendar-query xmlns:d=\"{}\" xmlns:c=\"{}\">"
      "<d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name=\"VCALENDAR\">"
      "<c:comp-filter name=\"VEVENT\"><c:time-range start=\"{}\" end=\"{}\"/></c:comp-filter>"
      "</c:comp-filter></c:filter></c:calendar-query>",
      kDav, kCalDav, ical::utc_stamp(query.from), ical::utc_stamp(query.to));
}

Status gather_report(const std::vector<Resource>& resources, Gathering& gathering) {
  for (const Resource& r : resources) {
    if (r.status == 507) return fail(Code::too_large, "The calendar has more events than its server gives out.");
    if (std::string data = r.text(kCalDav, "calendar-data"); !data.empty()) gathering.add_object(data);
  }
  return {};
}

// For servers that know no REPORT: each object by itself.
Status gather_objects(const Exchange& exchange, const std::string& collection, Gathering& gathering) {
  Found found = TRY(propfind(exchange, collection, 1, "<d:getetag/><d:getcontenttype/><d:resourcetype/>"));
  size_t fetched = 0;
  for (const Resource& r : found.resources) {
    const Element* type = r.props.child(kDav, "resourcetype");
    if (type && type->child(kDav, "collection")) continue;
    if (r.text(kDav, "getcontenttype").find("calendar") == std::string::npos && !r.href.ends_with(".ics")) continue;
    if (++fetched > kMaxFetched)
      return fail(Code::too_large, "The calendar has more events than can be read one by one.");
    Told told = TRY(exchange.ask({.url = TRY(resolve(found.url, r.href))}, 404));
    if (told.response.status != 404) gathering.add_object(told.response.body);
  }
  return {};
}

Status gather_collection(const Exchange& exchange, const std::string& collection, const CalendarQuery& query,
                         Gathering& gathering) {
  Told told = TRY(exchange.send({.method = "REPORT",
                                 .url = collection,
                                 .headers = {{"Depth", "1"}, {"Content-Type", "application/xml; charset=utf-8"}},
                                 .body = report_body(query)}));
  int status = told.response.status;
  if (status == 207) return gather_report(TRY(read_multistatus(told.response.body)), gathering);
  bool unknown_here = status == 400 || status == 405 || status == 415 || status == 422 || status == 501;
  return unknown_here ? gather_objects(exchange, collection, gathering) : Status(fail(error_of(status)));
}

// What the collection says it is at; empty: it does not say.
Result<std::string> state_of(const Exchange& exchange, const std::string& collection) {
  Found found = TRY(propfind(exchange, collection, 0, "<cs:getctag/><d:sync-token/>"));
  for (const Resource& r : found.resources) {
    if (std::string tag = r.text(kCalendarServer, "getctag"); !tag.empty()) return tag;
    if (std::string token = r.text(kDav, "sync-token"); !token.empty()) return token;
  }
  return std::string();
}

Result<CalendarReading> read_collection(const CalendarAccount& account, const CalendarQuery& query) {
  Exchange exchange(account);
  std::string collection = TRY(find_collection(account, exchange));
  // Asked before the events are: what changes in between is then read once too often, never not at all.
  std::string state = TRY(state_of(exchange, collection));
  if (!state.empty() && state == query.validator)
    return CalendarReading{.unchanged = true, .validator = state, .collection = collection};
  Gathering gathering(query);
  TRY_VOID(gather_collection(exchange, collection, query, gathering));
  CalendarReading out = gathering.finish();
  out.validator = state;
  out.collection = collection;
  return out;
}

// --- writing ---

std::string address_of(const std::string& collection, const CalendarItem& item) {
  return collection + ical::percent_encode(item.uid, "@") + ".ics";
}

// Whether two texts are the same version of the same event.
bool same_version(const std::string& a, const std::string& b) {
  auto one = ical::read_content(a, {}), other = ical::read_content(b, {});
  auto event_of = [](const ical::Content& content) -> const ical::Component* {
    for (const ical::Component& calendar : content.calendars)
      for (const ical::Component& c : calendar.children)
        if (c.name == "VEVENT") return &c;
    return nullptr;
  };
  const ical::Component *x = one ? event_of(*one) : nullptr, *y = other ? event_of(*other) : nullptr;
  if (!x || !y) return false;
  return std::ranges::all_of(std::initializer_list<std::string_view>{"UID", "SEQUENCE", "DTSTART", "DTEND", "LOCATION"},
                             [&](std::string_view name) { return x->value(name) == y->value(name); });
}

struct There {  // what the server has now
  bool is = false;
  std::string text, etag;
};
Result<There> look_at(const Exchange& exchange, const std::string& url) {
  Told told = TRY(exchange.send({.url = url}));
  int status = told.response.status;
  if (status == 404 || status == 410) return There{};
  if (status / 100 != 2) return fail(error_of(status));
  return There{true, std::move(told.response.body), std::string(told.response.header("ETag"))};
}

// An earlier attempt may have arrived though its answer did not; somebody may have changed or deleted the event in the
// calendar. The appointment is right: what is there is looked at, left alone when it is this version, else replaced.
Result<std::string> put_object(const Exchange& exchange, const std::string& url, const CalendarItem& item) {
  std::string etag = item.etag;
  for (int tries = 0; tries < kMaxWriteTries; ++tries) {
    std::pair<std::string, std::string> condition{"If-None-Match", "*"};
    if (!etag.empty()) condition = {"If-Match", etag};
    Told told = TRY(exchange.send({.method = "PUT",
                                   .url = url,
                                   .headers = {{"Content-Type", "text/calendar; charset=utf-8"}, condition},
                                   .body = item.text}));
    int status = told.response.status;
    if (status / 100 == 2) return std::string(told.response.header("ETag"));
    bool gone = !etag.empty() && (status == 404 || status == 410);
    if (status != 412 && !gone) return fail(error_of(status));
    There there = TRY(look_at(exchange, url));
    if (there.is && same_version(there.text, item.text)) return there.etag;
    if (there.is && there.etag.empty()) return fail(Code::invalid, "The calendar's server gives no ETag.");
    etag = there.etag;
  }
  return fail(Code::conflict, "The event changes in the calendar faster than it can be written.");
}

Status remove_object(const Exchange& exchange, const std::string& url) {
  Told told = TRY(exchange.send({.method = "DELETE", .url = url}));
  int status = told.response.status;
  if (status / 100 == 2 || status == 404 || status == 410) return {};
  return fail(error_of(status));
}

}  // namespace

Result<CalendarReading> Client::read(const CalendarAccount& account, const CalendarQuery& query) {
  return account.kind == ports::CalendarKind::ics ? read_ics(account, query) : read_collection(account, query);
}

Result<CalendarWritten> Client::put(const CalendarAccount& account, const CalendarItem& item) {
  Exchange exchange(account);
  std::string collection = TRY(find_collection(account, exchange));
  return CalendarWritten{TRY(put_object(exchange, address_of(collection, item), item)), collection};
}

Result<CalendarWritten> Client::remove(const CalendarAccount& account, const CalendarItem& item) {
  Exchange exchange(account);
  std::string collection = TRY(find_collection(account, exchange));
  TRY_VOID(remove_object(exchange, address_of(collection, item)));
  return CalendarWritten{{}, collection};
}

}  // namespace onward::caldav
