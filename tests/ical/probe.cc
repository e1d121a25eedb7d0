// Speaks for src/ical to the readers of other people: one JSON request a line on standard input, one JSON answer a
// line.
//   {"do": "write", "method", "events": [{"uid", "sequence", "start", "end", "zone", "summary", ...}]}  -> {"text"}
//   {"do": "expand", "rule", "start", "first", "last"}                                                  -> {"starts"}
//   {"do": "busy", "text", "from", "to", "zone"}                           -> {"busy": [[ms, ms]], "problems",
//   "events"}
//   {"do": "mail", "method", "event", "subject", "body"}: the whole mail of an invitation                -> {"text"}
//   {"do": "card", ...}                                                                                 -> {"text"}
#include <iostream>
#include <string>

#include "base/json.h"
#include "ical/busy.h"
#include "ical/calendar.h"
#include "ical/invitation.h"
#include "ical/recurrence.h"
#include "ical/vcard.h"
#include "mail/compose.h"

using namespace onward;
using namespace onward::ical;

namespace {

Json error(const Error& e) {
  return json::object{{"error", e.message}, {"at", e.fields.empty() ? "" : e.fields[0].pointer}};
}

Person person(const Json& j) { return {get_string(j, "name"), get_string(j, "email")}; }

Result<Event> event(const Json& j) {
  Event e{.uid = get_string(j, "uid"), .sequence = static_cast<int>(get_int(j, "sequence"))};
  e.stamp = TRY(parse_rfc3339(get_string(j, "stamp", "2026-01-01T00:00:00Z")));
  e.start = TRY(parse_rfc3339(get_string(j, "start")));
  e.end = TRY(parse_rfc3339(get_string(j, "end")));
  e.zone = TRY(find_zone(get_string(j, "zone", "UTC")));
  if (const Json* o = find(j, "organizer")) e.organizer = person(*o);
  if (const Json* list = find(j, "attendees"))
    for (const Json& a : list->as_array()) e.attendees.push_back({.person = person(a)});
  e.summary = get_string(j, "summary");
  e.description = get_string(j, "description");
  e.location = get_string(j, "location");
  e.url = get_string(j, "url");
  e.categories = get_strings(j, "categories");
  return e;
}

Result<Json> write(const Json& j) {
  Calendar c;
  std::string method = get_string(j, "method", "PUBLISH");
  for (Method m : {Method::publish, Method::request, Method::cancel})
    if (to_string(m) == method) c.method = m;
  for (const Json& e : find(j, "events")->as_array()) c.events.push_back(TRY(event(e)));
  return Json(json::object{{"text", TRY(write_calendar(c))}});
}

Result<Json> mail_of(const Json& j) {
  Event e = TRY(event(*find(j, "event")));
  Method method = get_string(j, "method") == "CANCEL" ? Method::cancel : Method::request;
  Invitation made = TRY(invitation(method, e));
  ports::Message m;
  m.from_name = e.organizer->name, m.from_address = e.organizer->email;
  m.to_name = e.attendees[0].person.name, m.to_address = e.attendees[0].person.email;
  m.subject = get_string(j, "subject");
  m.text = get_string(j, "body");
  m.html = "<p>" + m.text + "</p>";
  m.message_id = e.uid;
  m.date = e.stamp;
  m.calendar = {std::string(to_string(method)), made.body, made.file_name};
  return Json(json::object{{"text", mail::compose(m)}});
}

Result<Json> starts(const Json& j) {
  Rule rule = TRY(parse_rule(get_string(j, "rule")));
  Budget budget(2'000'000);
  json::array out;
  Expansion e{rule, TRY(parse_local_time(get_string(j, "start"))), TRY(parse_date(get_string(j, "first"))),
              TRY(parse_date(get_string(j, "last"))), [](LocalTime t) { return utc().at(t); }};
  for (LocalTime t : expand(e, budget)) out.emplace_back(to_string(t));
  return Json(json::object{{"starts", out}});
}

Result<Json> busy(const Json& j) {
  BusyQuery q{.from = TRY(parse_rfc3339(get_string(j, "from"))), .to = TRY(parse_rfc3339(get_string(j, "to")))};
  q.floating = TRY(find_zone(get_string(j, "zone", "UTC")));
  BusyRead read = TRY(read_busy(get_string(j, "text"), q));
  json::array found, problems;
  for (const Busy& b : read.busy) found.push_back(json::array{to_ms(b.from), to_ms(b.to)});
  for (const std::string& p : read.problems) problems.emplace_back(p);
  return Json(json::object{{"busy", found}, {"problems", problems}, {"events", read.events}});
}

Result<Json> card(const Json& j) {
  Card c{.uid = get_string(j, "uid"),
         .name = get_string(j, "name"),
         .family_name = get_string(j, "family_name"),
         .given_name = get_string(j, "given_name"),
         .title = get_string(j, "title"),
         .organization = get_string(j, "organization"),
         .unit = get_string(j, "unit"),
         .email = get_string(j, "email"),
         .phone = get_string(j, "phone"),
         .url = get_string(j, "url"),
         .zone = get_string(j, "zone"),
         .languages = get_strings(j, "languages")};
  return Json(json::object{{"text", TRY(write_card(c))}});
}

Result<Json> answer(const std::string& line) {
  Json j = TRY(parse_json(line));
  std::string what = get_string(j, "do");
  if (what == "write") return write(j);
  if (what == "expand") return starts(j);
  if (what == "busy") return busy(j);
  if (what == "mail") return mail_of(j);
  if (what == "card") return card(j);
  return fail(Code::invalid, "do what?");
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    auto found = answer(line);
    std::cout << dump(found ? *found : error(found.error())) << "\n";
  }
}
