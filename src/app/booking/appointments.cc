#include "app/booking/appointments.h"

#include "app/booking/approval.h"
#include "app/booking/attributions.h"
#include "app/booking/life.h"
#include "app/booking/repeat.h"
#include "app/booking/series.h"
#include "app/calendars/outbox.h"
#include "app/case_appointments.h"
#include "app/contacts.h"
#include "app/scope.h"
#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"

namespace onward::app::booking {

using conversations::Conversation;
using ports::opt_int;
using ports::opt_text;

namespace {

constexpr int64_t kPage = 1000;

const std::vector<std::string> kSources = {"web",      "phone", "callback", "chat",  "assistant", "walk_in",
                                           "campaign", "event", "sms",      "email", "api"};
const std::vector<std::string> kMeans = {"in_person", "phone", "video", "at_customer"};

Appointment read(const Rows& rows, size_t r) {
  Appointment a{.id = {rows.integer(r, 0)},
                .type = {rows.integer(r, 1)},
                .conversation = {rows.integer(r, 2)},
                .contact = {rows.integer(r, 3)},
                .advisor = {rows.integer(r, 4)},
                .hosts = rows.text(r, 5),
                .start = from_ms(rows.integer(r, 6)),
                .end = from_ms(rows.integer(r, 7)),
                .local_start = rows.text(r, 8),
                .zone = rows.text(r, 9),
                .channel = rows.text(r, 10),
                .place = rows.text(r, 11),
                .state = rows.text(r, 12),
                .cause = rows.text(r, 13),
                .reason = rows.text(r, 14),
                .note = rows.text(r, 15),
                .late = rows.integer(r, 16) != 0,
                .late_min = rows.integer(r, 17),
                .sequence = rows.integer(r, 18),
                .previous = {rows.integer(r, 19)}};
  if (!rows.is_null(r, 20)) a.checked_in_at = from_ms(rows.integer(r, 20));
  a.created_at = from_ms(rows.integer(r, 21));
  a.updated_at = from_ms(rows.integer(r, 22));
  a.owner = {rows.integer(r, 23)};
  a.agency = {rows.integer(r, 24)};
  if (!rows.is_null(r, 25)) a.approve_by = from_ms(rows.integer(r, 25));
  a.approval_task = {rows.integer(r, 26)};
  a.series = {rows.integer(r, 27)};
  return a;
}

bool hosts_it(const Caller& caller, const Appointment& a) {
  if (!caller.advisor) return false;
  if (caller.advisor == a.advisor) return true;
  Json hosts = stored_json(a.hosts, json::array{});
  for (const Json& id : hosts.as_array())
    if (id.to_number<int64_t>() == caller.advisor.value) return true;
  return false;
}

struct Home {  // of the appointment
  ConversationId id;
  AdvisorId owner;
};

// The open conversation of this contact and type that the caller sees, the newest first.
Result<Home> find_home(Step& step, const Json& body, ContactId contact, const MeetingType& type) {
  if (ConversationId named = TRY(id_of<ConversationId>(body, "conversation_id"))) {
    auto c = visible_case(step, named);
    if (!c) return unknown_reference("conversation_id", "conversation");
    if (c->conversation.contact && c->conversation.contact != contact)
      return fail_field("/conversation_id", "mismatch", "is with another contact");
    if (c->conversation.closed_at) return fail(Code::conflict, "this conversation is closed; reopen it first");
    return Home{named, c->conversation.owner};
  }
  Rows open = step.run("conversation_open_of", {contact.value, type.type});
  for (size_t r = 0; r < open.size(); ++r)
    if (step.caller.sees({open.integer(r, 1)}, {open.integer(r, 2)}))
      return Home{{open.integer(r, 0)}, {open.integer(r, 1)}};
  return Home{};
}

ConversationId open_home(Step& step, const Json& body, ContactId contact, const MeetingType& type,
                         const DeskHost& host) {
  Conversation v;
  v.id = step.new_id<ConversationId>();
  v.contact = contact;
  Rows row = step.run("contact_for_new", {contact.value});
  v.organization = {row.integer(0, 1)};
  v.type = type.type;
  v.channel = get_string(body, "source", "web");
  v.topic = get_string(body, "topic");
  v.owner = host.id;
  v.agency = host.agency;
  v.stage_at = v.opened_at = step.now;
  v.next = {"Qualify the request", step.now, v.owner.text(), {}};
  step.tx.run_many("conversation_insert", std::vector<Params>{conversation_row(v, step.now)});
  index_conversation(step, v);
  step.fact("conversation.opened", v.id, v.id.value,
            {{"stage", to_string(v.stage)}, {"type", v.type}, {"channel", v.channel}});
  return v.id;
}

Result<std::string> channel_of(const Json& body, const MeetingType& type) {
  std::string wanted = get_string(body, "channel");
  if (wanted.empty()) return std::string(type.channels.as_array().front().as_string());
  for (const Json& c : type.channels.as_array())
    if (c.as_string() == wanted) return wanted;
  return fail_field("/channel", "not_allowed", "this meeting type is not offered so");
}

// Where it will be, as far as it is known: what was said, the type's place, the agency's address.
std::string place_of(const Json& body, const MeetingType& type, const DeskHost& host, const std::string& channel) {
  if (std::string said = get_string(body, "place"); !said.empty()) return said;
  if (channel != "in_person" && channel != "video") return {};
  if (!type.place.empty()) return type.place;
  return channel == "in_person" ? host.address : std::string();
}

struct Time {  // what will be booked, and whether it is held already
  Reserved reserved;
  HoldId hold;
};

// A hold that stands is booked as it is; one that has gone is a wish like any other.
Result<Time> reserve_time(Step& step, Wanted wanted, const Json& body) {
  HoldId hold = TRY(id_of<HoldId>(body, "hold_id"));
  if (!hold) return Time{TRY(reserve(step, wanted)), {}};
  auto held = find_hold(step, hold);
  if (!held && (!wanted.type || wanted.start == Instant{})) return unknown_reference("hold_id", "hold");
  if (!held || step.run("seat_of_hold", {hold.value, to_ms(step.now)}).empty()) {
    if (held) wanted.type = held->type, wanted.start = held->start;
    return Time{TRY(reserve(step, wanted)), {}};
  }
  Reserved r{.start = held->start, .end = held->end, .routed = held->routed};
  r.desk = TRY(load_desk(step, held->type, {held->start, held->end, held->zone, wanted.who}));
  Json hosts = stored_json(held->hosts, json::array{});
  for (const Json& id : hosts.as_array())
    for (uint32_t h = 0; h < r.desk.hosts.size(); ++h)
      if (r.desk.hosts[h].id.value == id.to_number<int64_t>()) r.hosts.push_back(h);
  if (r.hosts.size() < hosts.as_array().size()) {  // with other hosts, if there are some: what was kept makes room
    release_hold_seat(step, hold);
    step.run("hold_delete", {hold.value});
    wanted.type = held->type, wanted.start = held->start;
    return Time{TRY(reserve(step, wanted)), {}};
  }
  return Time{std::move(r), hold};
}

Result<Json> write_booking(Step& step, const Json& body, ContactId contact, Home home, Time time) {
  Reserved& r = time.reserved;
  const DeskHost& lead = r.desk.hosts[r.hosts.front()];
  Zone zone = get_string(body, "zone").empty() ? r.desk.input.viewer : TRY(find_zone(get_string(body, "zone")));
  std::string channel = TRY(channel_of(body, r.desk.type));
  if (!home.id) home.id = open_home(step, body, contact, r.desk.type, lead);
  AppointmentId previous = TRY(id_of<AppointmentId>(body, "previous_id"));
  if (previous && !find_appointment(step, previous)) return unknown_reference("previous_id", "appointment");
  auto id = step.new_id<AppointmentId>();
  std::string token = link_token(step.services, id);
  step.run("appointment_insert",
           {id.value, r.desk.type.id.value, home.id.value, lead.id.value, json::serialize(r.host_ids()), to_ms(r.start),
            to_ms(r.end), to_string(zone.local(r.start)), zone.name(), channel,
            opt_text(place_of(body, r.desk.type, lead, channel)), opt_text(get_string(body, "note")), sha256_hex(token),
            opt_int(previous.value), step.caller.actor(), to_ms(step.now)});
  if (!time.hold) {
    take_seat(step, r, {.appointment = id});
  } else {
    check(keep_seat(step, time.hold, id), "the seat was there a moment ago");
    step.run("hold_delete", {time.hold.value});
  }
  step.fact("appointment.booked", home.id, id.value,
            {{"state", "booked"},
             {"start", to_ms(r.start)},
             {"zone", zone.name()},
             {"hosts", advisor_ids(json::serialize(r.host_ids()))},
             {"reasons", r.reasons()}});
  AttributionId why =
      record_attribution(step, {home.id, id, r.desk.type.id, lead.id, get_string(body, "host_reason")}, r.routed);
  calendars::appointment_changed(step, id, json::serialize(r.host_ids()));
  TRY_VOID(enter_booked(step, home.id, id, r));
  json::object out = TRY(get_appointment_as_system(step, id));
  out["reasons"] = r.reasons();
  out["attribution_id"] = why.text();
  out["link"] = step.services.base_url + "/a/" + token;
  return Json(std::move(out));
}

}  // namespace

const Shape& booking_shape() {
  static const Shape person =
      shape::object({{"name", shape::line(1, 200), shape::required, "As the person wants to be called"},
                     {"emails", shape::list(shape::email(), 0, 5), shape::optional, "Who has one of them is known"},
                     {"phones", shape::list(shape::phone(), 0, 5), shape::optional, "Where to call"},
                     {"language", shape::language(), shape::nullable, "Of messages"},
                     {"zone", shape::zone(), shape::nullable, "Where the person lives"}});
  static const Shape s = shape::object(
      {{"hold_id", shape::id("hld"), shape::nullable, "Books what is held; with a start too when the hold may be gone"},
       {"meeting_type_id", shape::id("mty"), shape::nullable, "Needed without a hold"},
       {"start", shape::time(), shape::nullable, "Needed without a hold"},
       {"host_id", shape::id("adv"), shape::nullable, "With this host and nobody else"},
       {"host_reason", shape::line(1, 300), shape::nullable, "Why this host, for the attribution"},
       {"team_id", shape::id("tea"), shape::nullable, "With a member of this team"},
       {"agency_id", shape::id("agy"), shape::nullable, "With somebody of this agency"},
       {"contact_id", shape::id("con"), shape::nullable, "Who comes"},
       {"contact", person, shape::nullable, "Who comes, when there is no id"},
       {"conversation_id", shape::id("cnv"), shape::nullable, "Default: the open one of this contact and type"},
       {"zone", shape::zone(), shape::nullable, "In whose wall clock the time was promised; default the contact's"},
       {"channel", shape::one_of(kMeans), shape::nullable, "Default: the type's first"},
       {"place", shape::line(1, 500), shape::nullable, "Where"},
       {"topic", shape::line(1, 200), shape::nullable, "What it is about"},
       {"source", shape::one_of(kSources), shape::nullable, "Where the hand was raised; default web"},
       {"note", shape::text(1, 2000), shape::nullable, "What the host should know"},
       {"previous_id", shape::id("apt"), shape::nullable, "The appointment that this one replaces"},
       {"series", repeat_shape(), shape::nullable, "Comes again at the same time by the wall clock: all or none"},
       {"answers", shape::any(128 * 1024), shape::nullable, "To the form of the meeting type: keys of questions"},
       {"anyway", shape::boolean(), shape::nullable, "Who was to read an article first has read it"}});
  return s;
}

Result<ContactId> contact_of(Step& step, const Json& body) {
  if (ContactId named = TRY(id_of<ContactId>(body, "contact_id"))) {
    if (!find_contact(step, named)) return unknown_reference("contact_id", "contact");
    return named;
  }
  const Json* given = find(body, "contact");
  if (!given) return fail_field("/contact_id", "required", "name a contact, or say who it is");
  for (const std::string& email : get_strings(*given, "emails")) {
    json::array known = TRY(list_contacts(step, {.email = email}, {0, 1}));
    if (!known.empty()) return *ContactId::parse(get_string(known[0], "id"));
  }
  Json made = TRY(add_contact(step, *given));
  return *ContactId::parse(get_string(made, "id"));
}

json::object appointment_view(const Appointment& a) {
  return {{"id", a.id.text()},
          {"meeting_type_id", a.type.text()},
          {"conversation_id", a.conversation.text()},
          {"contact_id", id_json<ContactId>(a.contact.value)},
          {"advisor_id", a.advisor.text()},
          {"hosts", advisor_ids(a.hosts)},
          {"start", format_rfc3339(a.start)},
          {"end", format_rfc3339(a.end)},
          {"local_start", a.local_start},
          {"zone", a.zone},
          {"channel", a.channel},
          {"place", text_json(a.place)},
          {"state", a.state},
          {"cause", text_json(a.cause)},
          {"reason", text_json(a.reason)},
          {"late_cancellation", a.late},
          {"running_late_min", a.late_min ? Json(a.late_min) : Json(nullptr)},
          {"note", text_json(a.note)},
          {"sequence", a.sequence},
          {"previous_id", id_json<AppointmentId>(a.previous.value)},
          {"approve_by", a.approve_by ? Json(format_rfc3339(*a.approve_by)) : Json(nullptr)},
          {"series_id", id_json<SeriesId>(a.series.value)},
          {"checked_in_at", a.checked_in_at ? Json(format_rfc3339(*a.checked_in_at)) : Json(nullptr)},
          {"created_at", format_rfc3339(a.created_at)},
          {"updated_at", format_rfc3339(a.updated_at)}};
}

Result<Appointment> find_appointment(Step& step, AppointmentId id) {
  Rows row = step.run("appointment_get", {id.value});
  if (row.empty()) return not_found("appointment");
  Appointment a = read(row, 0);
  if (!step.caller.sees(a.owner, a.agency) && !hosts_it(step.caller, a)) return not_found("appointment");
  return a;
}

Result<json::object> get_appointment_as_system(Step& step, AppointmentId id) {
  Rows row = step.run("appointment_get", {id.value});
  if (row.empty()) return not_found("appointment");
  return appointment_view(read(row, 0));
}

Result<Appointment> find_by_token(Step& step, const std::string& token) {
  Rows row = step.run("appointment_by_token", {sha256_hex(token)});
  if (row.empty()) return not_found("appointment");
  Rows whole = step.run("appointment_get", {row.integer(0, 0)});
  return read(whole, 0);
}

Result<Json> get_appointment(Step& step, AppointmentId id) {
  return Json(appointment_view(TRY(find_appointment(step, id))));
}

Result<json::array> list_appointments(Step& step, const AppointmentFilter& f, const Slice& slice) {
  Reach reach = reach_of(step.caller);
  auto time = [](const std::optional<Instant>& t) { return t ? ports::Value(to_ms(*t)) : ports::null_value(); };
  Rows rows = step.run("appointment_list", {slice.after, slice.limit, reach.scope, reach.agency, reach.advisor,
                                            opt_int(f.advisor.value), opt_int(f.conversation.value),
                                            opt_int(f.contact.value), opt_text(f.state), time(f.from), time(f.to)});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(appointment_view(read(rows, r)));
  return out;
}

Result<Json> book(Step& step, const Json& body) {
  TRY_VOID(step.require_change());
  return find(body, "series") ? book_series(step, body) : book_one(step, body);
}

Result<Json> book_one(Step& step, const Json& body) {
  Wanted wanted{.type = TRY(id_of<MeetingTypeId>(body, "meeting_type_id")),
                .zone = get_string(body, "zone"),
                .host = TRY(id_of<AdvisorId>(body, "host_id"))};
  if (find(body, "start")) wanted.start = TRY(parse_rfc3339(get_string(body, "start")));
  bool held = find(body, "hold_id");
  if (!held && !wanted.type) return fail_field("/meeting_type_id", "required", "name a meeting type, or a hold");
  if (!held && !find(body, "start")) return fail_field("/start", "required", "name a start, or a hold");
  MeetingTypeId type_id = wanted.type;
  if (auto hold = held ? find_hold(step, *HoldId::parse(get_string(body, "hold_id"))) : fail(Error{}); hold)
    type_id = hold->type;
  auto type = find_meeting_type(step, type_id);
  if (!type && held && !wanted.type) return unknown_reference("hold_id", "hold");
  if (!type) return unknown_reference("meeting_type_id", "meeting type");
  ContactId contact = TRY(contact_of(step, body));
  Home home = TRY(find_home(step, body, contact, *type));
  wanted.known = home.owner;
  wanted.contact = contact;
  wanted.channel = get_string(body, "channel");
  if (wanted.zone.empty()) wanted.zone = step.run("contact_zone", {contact.value}).text(0, 0);
  wanted.who = TRY(host_wish(body));
  if (const Json* person = find(body, "contact")) wanted.who.language = get_string(*person, "language");
  if (wanted.who.language.empty()) wanted.who.language = step.run("contact_facts", {contact.value}).text(0, 0);
  Time time = TRY(reserve_time(step, wanted, body));
  return write_booking(step, body, contact, home, std::move(time));
}

std::vector<MovedByZone> appointments_moved_by_zone_rules(Step& step) {
  std::vector<MovedByZone> out;
  int64_t after = 0;
  while (true) {
    Rows rows = step.run("appointment_promised", {to_ms(step.now), after, kPage});
    for (size_t r = 0; r < rows.size(); ++r) {
      auto zone = find_zone(rows.text(r, 2));
      auto local = parse_local_time(rows.text(r, 1));
      if (!zone || !local) continue;
      Instant stored = from_ms(rows.integer(r, 3));
      // A repeated wall-clock time may mean its second occurrence: what shows the promised time is right.
      if (zone->local(stored) == *local) continue;
      out.push_back({{rows.integer(r, 0)}, rows.text(r, 1), rows.text(r, 2), stored, zone->at(*local)});
    }
    if (rows.size() < static_cast<size_t>(kPage)) return out;
    after = rows.integer(rows.size() - 1, 0);
  }
}

}  // namespace onward::app::booking
