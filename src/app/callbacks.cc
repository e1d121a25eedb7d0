#include "app/callbacks.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/advisors.h"
#include "app/agencies.h"
#include "app/contacts.h"
#include "app/conversations.h"
#include "app/notes.h"
#include "core/calendar/calendar.h"

namespace onward::app {
namespace {

constexpr size_t kMaxTitle = 200;

Json agency_of(Step& step, const booking::MeetingType& type) {
  for (const booking::TypeHost& host : type.hosts) {
    auto advisor = get_advisor(step, host.advisor);
    auto id = advisor ? AgencyId::parse(get_string(*advisor, "agency_id")) : Result<AgencyId>(fail(Error{}));
    auto agency = id ? get_agency(step, *id) : Result<Json>(fail(Error{}));
    if (agency) return std::move(*agency);
  }
  return json::object{};
}

std::vector<calendar::Opening> hours_of(const Json& agency) {
  std::vector<calendar::Opening> out;
  if (const Json* hours = find(agency, "hours"))
    for (const Json& h : hours->as_array())
      out.push_back({*parse_weekday(get_string(h, "day")), *parse_time_of_day(get_string(h, "from")),
                     *parse_time_of_day(get_string(h, "to"))});
  return out.empty() ? calendar::default_hours() : out;
}

Result<ContactId> contact_for(Step& step, const CallWish& wish) {
  if (!wish.email.empty()) {
    json::array known = TRY(list_contacts(step, {.email = wish.email}, {0, 1}));
    if (!known.empty()) return *ContactId::parse(get_string(known[0], "id"));
  }
  json::object contact{{"name", wish.name}, {"phones", json::array{Json(wish.phone)}}, {"language", wish.language}};
  if (!wish.email.empty()) contact["emails"] = json::array{Json(wish.email)};
  if (!wish.zone.empty()) contact["zone"] = wish.zone;
  Json made = TRY(add_contact(step, contact));
  return *ContactId::parse(get_string(made, "id"));
}

// The host with the fewest open conversations.
AdvisorId idle_host(Step& step, const booking::MeetingType& type) {
  AdvisorId best;
  int64_t fewest = 0;
  for (const booking::TypeHost& host : type.hosts) {
    int64_t open = step.run("advisor_open_conversations", {host.advisor.value}).integer(0, 0);
    if (best && open >= fewest) continue;
    best = host.advisor;
    fewest = open;
  }
  return best;
}

std::string title_of(const std::string& phone, const std::string& name) {
  std::string title = phone.empty() ? "Call back: " + name : fmt::format("Call back {}: {}", phone, name);
  size_t end = std::min(title.size(), kMaxTitle);
  while (end < title.size() && (static_cast<unsigned char>(title[end]) & 0xc0) == 0x80) --end;
  return title.substr(0, end);
}

}  // namespace

CallTime next_call(Step& step, const booking::MeetingType& type) {
  Json agency = agency_of(step, type);
  Zone zone = find_zone(get_string(agency, "zone", "UTC")).value_or(utc());
  std::string country = get_string(agency, "country"), region = get_string(agency, "region");
  std::vector<std::string> closed = get_strings(agency, "closed");
  const calendar::HolidayTable* holidays = step.catalog().holidays;
  auto is_closed = [&](Date d) {
    if (holidays && !country.empty() && holidays->find(country, region, d)) return true;
    return std::ranges::count(closed, to_string(d)) > 0;
  };
  std::vector<calendar::Opening> hours = hours_of(agency);
  CallTime out{.zone = zone.name()};
  out.from = calendar::add_business_hours(step.now, Minutes{0}, hours, zone, is_closed);
  out.due = calendar::add_business_hours(step.now, kCallWithin, hours, zone, is_closed);
  out.open = out.from == step.now;
  return out;
}

Result<ConversationId> hand_raised(Step& step, const booking::MeetingType& type, ContactId contact,
                                   const std::string& channel) {
  Rows open = step.run("conversation_open_of", {contact.value, type.type});
  for (size_t r = 0; r < open.size(); ++r)
    if (step.caller.sees({open.integer(r, 1)}, {open.integer(r, 2)})) return ConversationId{open.integer(r, 0)};
  json::object body{{"contact_id", contact.text()}, {"type", type.type}, {"channel", channel}};
  AdvisorId host = step.caller.role == Role::advisor ? AdvisorId{} : idle_host(step, type);
  if (host) body["owner_id"] = host.text();
  Json made = TRY(open_conversation(step, body));
  return *ConversationId::parse(get_string(made, "id"));
}

Result<CallTime> promise_call(Step& step, const booking::MeetingType& type, ConversationId conversation,
                              const std::string& phone, const std::string& name) {
  CallTime time = next_call(step, type);
  TRY(add_task(step, conversation,
               json::object{{"title", title_of(phone, name)}, {"kind", "call"}, {"due_at", format_rfc3339(time.due)}}));
  step.fact("callback.requested", conversation, conversation.value,
            {{"due", to_ms(time.due)}, {"out_of_hours", !time.open}, {"meeting_type", type.slug}});
  return time;
}

Result<CallPromise> request_call(Step& step, const booking::MeetingType& type, const CallWish& wish) {
  CallPromise out;
  ContactId contact = TRY(contact_for(step, wish));
  out.conversation = TRY(hand_raised(step, type, contact, "callback"));
  out.time = TRY(promise_call(step, type, out.conversation, wish.phone, wish.name));
  if (!wish.message.empty()) TRY(add_note(step, out.conversation, json::object{{"text", wish.message}}));
  return out;
}

}  // namespace onward::app
