// Holds and appointments: booking and its life.
#include "app/booking/appointments.h"
#include "app/booking/briefing.h"
#include "app/qualification/intake.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/booking/approval.h"
#include "app/booking/repeat.h"

namespace onward::api {
namespace {

using namespace app::booking;
using shape::nullable;
using shape::optional;
using shape::required;

const std::vector<std::string> kStates = {"requested", "booked",  "confirmed", "checked_in",
                                          "held",      "no_show", "cancelled", "declined"};

Shape reason_view() { return shape::any(2000); }

Shape hold_view() {
  return shape::object({{"id", shape::id("hld"), required},
                        {"meeting_type_id", shape::id("mty"), required},
                        {"start", shape::time(), required},
                        {"end", shape::time(), required},
                        {"zone", shape::zone(), required},
                        {"hosts", shape::list(shape::id("adv"), 1, 1000), required},
                        {"reasons", shape::list(reason_view(), 0, 1000), required, "Why these hosts"},
                        {"expires_at", shape::time(), required},
                        {"created_at", shape::time(), required}});
}

std::vector<Field> appointment_fields() {
  return {{"id", shape::id("apt"), required},
          {"meeting_type_id", shape::id("mty"), required},
          {"conversation_id", shape::id("cnv"), required},
          {"contact_id", shape::id("con"), nullable},
          {"advisor_id", shape::id("adv"), required, "Who leads it"},
          {"hosts", shape::list(shape::id("adv"), 1, 1000), required},
          {"start", shape::time(), required},
          {"end", shape::time(), required},
          {"local_start", shape::line(1, 40), required, "As it was promised, by the wall clock of `zone`"},
          {"zone", shape::zone(), required},
          {"channel", shape::one_of({"in_person", "phone", "video", "at_customer"}), required},
          {"place", shape::line(0, 500), nullable},
          {"state", shape::one_of(kStates), required},
          {"cause", shape::one_of({"customer", "advisor", "technical", "unknown"}), nullable, "Of a no-show"},
          {"reason", shape::line(0, 300), nullable, "Of a cancellation"},
          {"late_cancellation", shape::boolean(), required},
          {"running_late_min", shape::integer(1, 600), nullable},
          {"note", shape::text(0, 2000), nullable},
          {"sequence", shape::integer(0, 1'000'000), required, "Of the invitation; grows with every change"},
          {"previous_id", shape::id("apt"), nullable},
          {"approve_by", shape::time(), nullable, "While it is requested: undecided then, it is declined"},
          {"series_id", shape::id("srs"), nullable},
          {"checked_in_at", shape::time(), nullable},
          {"created_at", shape::time(), required},
          {"updated_at", shape::time(), required}};
}

Shape booking_view() {
  std::vector<Field> fields = appointment_fields();
  fields.push_back({"reasons", shape::list(reason_view(), 0, 1000), required, "Why these hosts"});
  fields.push_back({"attribution_id", shape::id("atr"), required, "Why these hosts, in full"});
  fields.push_back(
      {"answers", shape::list(app::answer_view_shape(), 0, 30), optional, "What was answered to its form"});
  fields.push_back({"qualification", app::qualification_view_shape(), optional, "What the answers led to"});
  fields.push_back({"link", shape::line(1, 500), nullable, "The customer's own; shown once"});
  Shape one = shape::object({{"id", shape::id("apt"), required}, {"start", shape::time(), required}});
  fields.push_back({"series",
                    shape::object({{"id", shape::id("srs"), required},
                                   {"appointments", shape::list(one, 1, kMostRepeats), required}}),
                    optional, "All that were booked"});
  return shape::object(fields);
}

using Action = Result<Json> (*)(Step&, AppointmentId, const Json&);

Route action(std::string name, std::string summary, const Shape& body, Action use_case) {
  return {.method = "POST",
          .path = "/appointments/{id}/" + name,
          .summary = std::move(summary),
          .roles = kChangers,
          .body = body,
          .answer = "Appointment",
          .handle = with_id<AppointmentTag>(use_case)};
}

Route bare(std::string name, std::string summary, Result<Json> (*use_case)(Step&, AppointmentId)) {
  return {.method = "POST",
          .path = "/appointments/{id}/" + name,
          .summary = std::move(summary),
          .roles = kChangers,
          .answer = "Appointment",
          .handle = with_id<AppointmentTag>(use_case)};
}

Result<Answer> list(Step& step, const Call& call) {
  AppointmentFilter f{.advisor = TRY(id_in_query<AdvisorId>(call, "advisor_id")),
                      .conversation = TRY(id_in_query<ConversationId>(call, "conversation_id")),
                      .contact = TRY(id_in_query<ContactId>(call, "contact_id")),
                      .state = call.query("state")};
  if (std::string from = call.query("from"); !from.empty()) f.from = TRY(parse_rfc3339(from));
  if (std::string to = call.query("to"); !to.empty()) f.to = TRY(parse_rfc3339(to));
  return listing<AppointmentTag>(call, [&](const app::Slice& slice) { return list_appointments(step, f, slice); });
}

void add_holds(std::vector<Route>& routes) {
  static const Shape body = shape::object(
      {{"meeting_type_id", shape::id("mty"), required, "What is to be booked."},
       {"start", shape::time(), required, "One that is offered."},
       {"zone", shape::zone(), nullable, "The viewer's; default the first host's."},
       {"host_id", shape::id("adv"), nullable, "With this host and nobody else."},
       {"team_id", shape::id("tea"), nullable, "With a member of this team."},
       {"agency_id", shape::id("agy"), nullable, "With somebody of this agency."},
       {"language", shape::language(), nullable, "The customer's; counts when the meeting type requires it."}});
  routes.push_back({.method = "POST",
                    .path = "/holds",
                    .summary = "Keep a time for ten minutes, with the host who would be assigned",
                    .roles = kChangers,
                    .body = body,
                    .answer = "Hold",
                    .status = 201,
                    .handle = with_body(place_hold)});
  routes.push_back({.method = "GET",
                    .path = "/holds/{id}",
                    .summary = "One hold",
                    .roles = kReaders,
                    .answer = "Hold",
                    .reads = true,
                    .handle = with_id<HoldTag>(get_hold)});
  routes.push_back({.method = "DELETE",
                    .path = "/holds/{id}",
                    .summary = "Give a held time back",
                    .roles = kChangers,
                    .answer = "Hold",
                    .handle = with_id<HoldTag>(release_hold)});
}

}  // namespace

void add_appointments(std::vector<Route>& routes) {
  add_holds(routes);
  routes.push_back({.method = "GET",
                    .path = "/appointments",
                    .summary = "List appointments, oldest booking first",
                    .roles = kReaders,
                    .query = paged({{"advisor_id", shape::id("adv"), optional, "Led by."},
                                    {"conversation_id", shape::id("cnv"), optional, "Of this conversation."},
                                    {"contact_id", shape::id("con"), optional, "With this contact."},
                                    {"state", shape::one_of(kStates), optional, "In this state."},
                                    {"from", shape::time(), optional, "Starting then or later."},
                                    {"to", shape::time(), optional, "Starting before."}}),
                    .answer = "AppointmentList",
                    .reads = true,
                    .handle = list});
  routes.push_back(
      {.method = "POST",
       .path = "/appointments",
       .summary = "Book a held time, or a start directly; answers may lead elsewhere, which is a 409 with what is next",
       .roles = kChangers,
       .body = booking_shape(),
       .answer = "Booking",
       .status = 201,
       .handle = [](Step& s, const Call& c) { return app::take_booking(s, c.body); },
       .shown_once = "link"});
  routes.push_back({.method = "GET",
                    .path = "/appointments/{id}",
                    .summary = "One appointment",
                    .roles = kReaders,
                    .answer = "Appointment",
                    .reads = true,
                    .handle = with_id<AppointmentTag>(app::booking::get_appointment)});
  routes.push_back(
      {.method = "GET",
       .path = "/appointments/{id}/briefing",
       .summary = "What a host reads before: answers, history, what was read, objections, why this host",
       .roles = kReaders,
       .query = {{"language", shape::language(), optional, "Of questions and answers; default en."}},
       .answer = "Briefing",
       .reads = true,
       .handle = [](Step& s, const Call& c) -> Result<Answer> {
         std::string language = c.query("language");
         return ok(app::booking::briefing(s, TRY(c.id<AppointmentTag>("id")), language.empty() ? "en" : language));
       }});
  routes.push_back(bare("confirm", "The host agrees, or the customer says to come", confirm));
  routes.push_back(bare("approve", "The host agrees to what was requested", approve));
  routes.push_back(
      action("decline", "The host does not; the customer is told and offered other times", decline_shape(), decline));
  routes.push_back(action("cancel", "It does not take place; the time is free again", cancel_shape(), cancel));
  routes.push_back(action("reschedule", "Another time in the same conversation", reschedule_shape(), reschedule));
  routes.push_back(action("reassign", "Another host at the same time", reassign_shape(), reassign));
  routes.push_back(bare("check-in", "The customer is there", check_in));
  routes.push_back(bare("held", "They met; the talk waits to be logged", held));
  routes.push_back(action("no-show", "Nobody met, and why", no_show_shape(), no_show));
  routes.push_back(action("running-late", "It will begin later", late_shape(), running_late));
}

void describe_appointments(Schemas& schemas) {
  schemas.add("Hold", hold_view());
  schemas.add("Appointment", shape::object(appointment_fields()));
  schemas.add("Booking", booking_view());
  schemas.add("Briefing", briefing_shape());
}

}  // namespace onward::api
