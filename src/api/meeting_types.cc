// Meeting types: what can be booked, when, and why not.
#include "app/booking/meeting_types.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/booking/slots.h"
#include "core/slots/scenario.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

constexpr std::chrono::days kUsualRange{7};

Shape means() { return shape::one_of({"in_person", "phone", "video", "at_customer"}); }

Shape routing_shape() {
  Shape need = shape::one_of({"required", "preferred"});
  return shape::object(
      {{"language", need, optional,
        "The customer's language: only hosts who speak it, or rather those; default preferred."},
       {"skills", shape::list(shape::line(1, 100), 0, 20), optional, "Hosts must have all of them."},
       {"territory", need, optional, "Hosts of the customer's place only, or rather those; default preferred."},
       {"team_id", shape::id("tea"), nullable, "Members of this team only."}});
}

std::vector<Field> body_fields() {
  static const Shape host = shape::object(
      {{"advisor_id", shape::id("adv"), required, "Who hosts."},
       {"weight", shape::integer(0, 1000), optional, "Of fair rotation; default 1, 0: only when nobody else can."},
       {"fixed", shape::boolean(), optional, "Always needed."},
       {"group", shape::line(1, 60), nullable, "One host of each group is needed."}});
  static const Shape texts = shape::map(shape::text(1, 4000), 50);
  static const Shape education = shape::object({{"covers", texts, optional, "What the talk covers, per language."},
                                                {"why", texts, optional, "Why it matters."},
                                                {"outcomes", texts, optional, "What may come of it."},
                                                {"ready", texts, optional, "What to have ready."}});
  std::vector<Field> out = {
      {"slug", shape::line(1, 60), required, "In addresses: small letters, digits and hyphens."},
      {"type", shape::line(1, 60), required, "Type of the conversations that it leads to."},
      {"name", shape::map(shape::line(1, 200), 50), required, "Text per language."},
      {"description", shape::map(shape::text(1, 4000), 50), optional, "Text per language."},
      {"education", education, optional, "What a customer reads before booking and before the talk."}};
  for (Field& f : slots::type_fields()) out.push_back(std::move(f));
  const std::vector<Field> more = {
      {"channels", shape::list(means(), 1, 4), optional, "How it is offered; default in_person."},
      {"place", shape::line(1, 500), nullable, "Where; default the agency's address."},
      {"seats", shape::integer(1, 1000), optional, "How many can share one meeting; default 1."},
      {"cancel_notice_min", shape::integer(0, 525600), optional, "Later cancellations are late; default a day."},
      {"requires_confirmation", shape::boolean(), optional, "A host confirms each booking."},
      {"approval", shape::boolean(), optional, "A booking is a request until a host approves it."},
      {"approval_hours", shape::integer(1, 240), optional, "Business hours in which a host answers; default 24."},
      {"event", shape::boolean(), optional, "Its starts are its published sessions and nothing else."},
      {"waitlist_min", shape::integer(0, 10080), optional,
       "How long a freed time is kept for who waits for it; 0: no waitlist; default 240."},
      {"reminders", shape::list(shape::integer(0, 525600), 0, 10), optional, "Minutes before."},
      {"active", shape::boolean(), optional, "Whether it can be booked; default yes."},
      {"form_id", shape::id("frm"), nullable, "What is asked before a time is given."},
      {"routing", routing_shape(), optional, "Which of the hosts gets a customer."},
      {"hosts", shape::list(host, 0, 1000), optional, "In the order in which they are looked at."}};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

// What is answered: everything there, and what a body may leave out as null.
Shape view() {
  std::vector<Field> out = {{"id", shape::id("mty"), required}};
  for (Field f : body_fields()) {
    if (f.name == "name" || f.name == "description" || f.name == "education") f.shape = shape::any(1 << 20);
    out.push_back(std::move(f));
  }
  out.push_back({"created_at", shape::time(), required});
  out.push_back({"updated_at", shape::time(), required});
  return shape::object(out);
}

Shape slots_view() {
  Shape slot = shape::object({{"start", shape::time(), required},
                              {"hosts", shape::list(shape::id("adv"), 0, 1000), required},
                              {"seats_left", shape::integer(0, 1000), required}});
  Shape refused = shape::object({{"start", shape::time(), required},
                                 {"host", shape::id("adv"), required},
                                 {"reason", shape::line(1, 60), required}});
  return shape::object({{"data", shape::list(slot, 0, 1'000'000), required},
                        {"refused", shape::list(refused, 0, 1'000'000), required, "What hours alone would give"},
                        {"zone", shape::zone(), required}});
}

Shape explained_view() {
  Shape host = shape::object({{"host", shape::id("adv"), required},
                              {"offered", shape::boolean(), required},
                              {"reasons", shape::list(shape::line(1, 60), 0, 30), required}});
  return shape::object({{"start", shape::time(), required},
                        {"offered", shape::boolean(), required},
                        {"hosts", shape::list(host, 0, 1000), required}});
}

Result<Answer> list(Step& step, const Call& call) {
  return listing<MeetingTypeTag>(
      call, [&](const app::Slice& slice) { return app::booking::list_meeting_types(step, slice); });
}

Result<Answer> slots_of(Step& step, const Call& call) {
  auto id = TRY(call.id<MeetingTypeTag>("id"));
  app::booking::Range range{step.now, {}, call.query("zone")};
  if (std::string from = call.query("from"); !from.empty()) range.from = TRY(parse_rfc3339(from));
  range.to = range.from + kUsualRange;
  if (std::string team = call.query("team_id"); !team.empty()) range.who.team = TRY(TeamId::parse(team));
  if (std::string agency = call.query("agency_id"); !agency.empty()) range.who.agency = TRY(AgencyId::parse(agency));
  range.who.language = call.query("language");
  if (std::string to = call.query("to"); !to.empty()) range.to = TRY(parse_rfc3339(to));
  auto refusals = call.query("refused") == "false" ? app::booking::Refusals::left_out : app::booking::Refusals::listed;
  return ok(app::booking::list_slots(step, id, range, refusals));
}

Result<Answer> why(Step& step, const Call& call) {
  auto id = TRY(call.id<MeetingTypeTag>("id"));
  Instant start = TRY(parse_rfc3339(call.query("start")));
  return ok(app::booking::explain_slot(step, id, start, call.query("zone")));
}

void add_slots(std::vector<Route>& routes) {
  routes.push_back(
      {.method = "GET",
       .path = "/meeting-types/{id}/slots",
       .summary = "What can be booked, and what cannot and why",
       .roles = kReaders,
       .query = {{"from", shape::time(), optional, "Default now."},
                 {"to", shape::time(), optional, "Default seven days later; at most 92 days after from."},
                 {"zone", shape::zone(), optional, "The viewer's; default the first host's."},
                 {"team_id", shape::id("tea"), optional, "With members of this team."},
                 {"agency_id", shape::id("agy"), optional, "With people of this agency."},
                 {"language", shape::language(), optional, "The customer's; counts when the meeting type requires it."},
                 {"refused", shape::one_of({"true", "false"}), optional,
                  "Whether what is not offered is listed too; default true."}},
       .answer = "Slots",
       .reads = true,
       .handle = slots_of});
  routes.push_back({.method = "GET",
                    .path = "/meeting-types/{id}/why",
                    .summary = "Why a start is offered or not, host by host",
                    .roles = kReaders,
                    .query = {{"start", shape::time(), required, "Any time."},
                              {"zone", shape::zone(), optional, "The viewer's; default the first host's."}},
                    .answer = "SlotExplained",
                    .reads = true,
                    .handle = why});
}

}  // namespace

void add_meeting_types(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/meeting-types",
                    .summary = "List meeting types, oldest first",
                    .roles = kReaders,
                    .query = paged(),
                    .answer = "MeetingTypeList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/meeting-types",
                    .summary = "Create a meeting type",
                    .roles = kManagers,
                    .body = shape::object(body_fields()),
                    .answer = "MeetingType",
                    .status = 201,
                    .handle = with_body(app::booking::add_meeting_type)});
  routes.push_back({.method = "GET",
                    .path = "/meeting-types/{id}",
                    .summary = "One meeting type",
                    .roles = kReaders,
                    .answer = "MeetingType",
                    .reads = true,
                    .handle = with_id<MeetingTypeTag>(app::booking::get_meeting_type)});
  routes.push_back({.method = "PATCH",
                    .path = "/meeting-types/{id}",
                    .summary = "Change a meeting type; hosts replace the list",
                    .roles = kManagers,
                    .body = patch_of(body_fields()),
                    .answer = "MeetingType",
                    .handle = with_id<MeetingTypeTag>(app::booking::change_meeting_type)});
  routes.push_back({.method = "DELETE",
                    .path = "/meeting-types/{id}",
                    .summary = "Delete a meeting type without appointments ahead",
                    .roles = kManagers,
                    .answer = "MeetingType",
                    .handle = with_id<MeetingTypeTag>(app::booking::delete_meeting_type)});
  add_slots(routes);
}

void describe_meeting_types(Schemas& schemas) {
  schemas.add("MeetingType", view());
  schemas.add("Slots", slots_view());
  schemas.add("SlotExplained", explained_view());
}

}  // namespace onward::api
