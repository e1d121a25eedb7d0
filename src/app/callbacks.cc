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

Result<ConversationId> conversation_for(Step& step, const booking::MeetingType& type, ContactId contact) {
  Rows open = step.run("conversation_open_of", {contact.value, type.type});
  if (!open.empty()) return ConversationId{open.integer(0, 0)};
  json::object body{{"contact_id", contact.text()}, {"type", type.type}, {"channel", "callback"}};
  if (AdvisorId host = idle_host(step, type)) body["owner_id"] = host.text();
  Json made = TRY(open_conversation(step, body));
  return *ConversationId::parse(get_string(made, "id"));
}

std::string title_of(const CallWish& wish) {
  std::string title = fmt::format("Call back {}: {}", wish.phone, wish.name);
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

Result<CallPromise> request_call(Step& step, const booking::MeetingType& type, const CallWish& wish) {
  CallPromise out{.time = next_call(step, type)};
  ContactId contact = TRY(contact_for(step, wish));
  out.conversation = TRY(conversation_for(step, type, contact));
  TRY(add_task(step, out.conversation,
               json::object{{"title", title_of(wish)}, {"kind", "call"}, {"due_at", format_rfc3339(out.time.due)}}));
  if (!wish.message.empty()) TRY(add_note(step, out.conversation, json::object{{"text", wish.message}}));
  step.fact("callback.requested", out.conversation, out.conversation.value,
            {{"due", to_ms(out.time.due)}, {"out_of_hours", !out.time.open}, {"meeting_type", type.slug}});
  return out;
}

}  // namespace onward::app
