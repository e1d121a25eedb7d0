#include "app/booking/waitlist.h"

#include <algorithm>

#include "app/booking/approval.h"
#include "app/booking/letters.h"
#include "app/contacts.h"
#include "app/conversations.h"
#include "app/scope.h"
#include "base/crypto.h"

namespace onward::app::booking {

using ports::opt_int;
using ports::opt_text;
using shape::nullable;
using shape::required;

namespace {

constexpr size_t kTokenLength = 32;  // hexadecimal digits: 128 bits
constexpr int64_t kOffers = 3;       // that one entry gets
constexpr int kLongestWish = 92;     // days
constexpr size_t kInLine = 10;       // looked at when something is free

WaitlistEntry read(const Rows& rows, size_t r) {
  WaitlistEntry e{.id = {rows.integer(r, 0)},
                  .type = {rows.integer(r, 1)},
                  .conversation = {rows.integer(r, 2)},
                  .contact = {rows.integer(r, 3)},
                  .from_date = rows.text(r, 4),
                  .to_date = rows.text(r, 5),
                  .from_time = rows.text(r, 6),
                  .to_time = rows.text(r, 7),
                  .zone = rows.text(r, 8),
                  .state = rows.text(r, 9),
                  .why = rows.text(r, 10),
                  .place_at = from_ms(rows.integer(r, 11)),
                  .offers = rows.integer(r, 12),
                  .hold = {rows.integer(r, 13)},
                  .offered_start = from_ms(rows.integer(r, 14)),
                  .appointment = {rows.integer(r, 16)},
                  .created_at = from_ms(rows.integer(r, 17)),
                  .updated_at = from_ms(rows.integer(r, 18)),
                  .owner = {rows.integer(r, 19)},
                  .agency = {rows.integer(r, 20)}};
  if (!rows.is_null(r, 15)) e.next_at = from_ms(rows.integer(r, 15));
  return e;
}

json::object view(const WaitlistEntry& e) {
  Json offer = nullptr;
  if (e.state == "offered")
    offer = json::object{{"start", format_rfc3339(e.offered_start)}, {"until", format_rfc3339(*e.next_at)}};
  return {{"id", e.id.text()},
          {"meeting_type_id", e.type.text()},
          {"conversation_id", e.conversation.text()},
          {"contact_id", e.contact.text()},
          {"from_date", e.from_date},
          {"to_date", e.to_date},
          {"from_time", e.from_time},
          {"to_time", e.to_time},
          {"zone", e.zone},
          {"state", e.state},
          {"why", text_json(e.why)},
          {"offers", e.offers},
          {"offer", offer},
          {"appointment_id", id_json<AppointmentId>(e.appointment.value)},
          {"created_at", format_rfc3339(e.created_at)},
          {"updated_at", format_rfc3339(e.updated_at)}};
}

Result<WaitlistEntry> load(Step& step, WaitlistId id) {
  Rows row = step.run("waitlist_get", {id.value});
  if (row.empty()) return not_found("waitlist entry");
  return read(row, 0);
}

Result<WaitlistEntry> visible(Step& step, WaitlistId id) {
  WaitlistEntry e = TRY(load(step, id));
  if (!step.caller.sees(e.owner, e.agency)) return not_found("waitlist entry");
  return e;
}

// As nobody else changes it now.
Result<WaitlistEntry> locked(Step& step, WaitlistId id) {
  step.run("waitlist_lock", {id.value});
  return load(step, id);
}

// When its wish is over: at the end of its last date.
Instant end_of(const WaitlistEntry& e) {
  return find_zone(e.zone).value_or(utc()).midnight(add_days(*parse_date(e.to_date), 1));
}

Result<ConversationId> conversation_of(Step& step, const MeetingType& type, ContactId contact) {
  Rows open = step.run("conversation_open_of", {contact.value, type.type});
  for (size_t r = 0; r < open.size(); ++r)
    if (step.caller.sees({open.integer(r, 1)}, {open.integer(r, 2)})) return ConversationId{open.integer(r, 0)};
  Json made = TRY(
      open_conversation(step, json::object{{"contact_id", contact.text()}, {"type", type.type}, {"channel", "web"}}));
  return *ConversationId::parse(get_string(made, "id"));
}

Status read_wish(WaitlistEntry& e, const Json& body, const Step& step) {
  e.from_date = get_string(body, "from_date");
  e.to_date = get_string(body, "to_date");
  e.from_time = get_string(body, "from_time", "00:00");
  e.to_time = get_string(body, "to_time", "24:00");
  if (e.to_date < e.from_date) return fail_field("/to_date", "order", "must not be before `from_date`");
  if (days_between(*parse_date(e.from_date), *parse_date(e.to_date)) > kLongestWish)
    return fail_field("/to_date", "range", "must be at most 92 days after `from_date`");
  if (e.to_time <= e.from_time) return fail_field("/to_time", "order", "must be later than `from_time`");
  if (end_of(e) <= step.now) return fail_field("/to_date", "past", "lies in the past");
  return {};
}

// A start that is free and within the wish; the first one.
Result<std::optional<Instant>> free_start(Step& step, const WaitlistEntry& e) {
  Zone zone = find_zone(e.zone).value_or(utc());
  Instant from = std::max(step.now, zone.midnight(*parse_date(e.from_date)));
  Desk desk = TRY(load_desk(step, e.type, {from, end_of(e), e.zone}));
  Minutes first = *parse_time_of_day(e.from_time), last = *parse_time_of_day(e.to_time);
  for (const Offered& o : offered(desk, slots::Board(desk.input))) {
    Millis time = zone.local(o.start).time;
    if (time >= first && time < last) return std::optional(o.start);
  }
  return std::optional<Instant>{};
}

// Holds the start in their name, for as long as offers of this type stand.
Result<bool> offer(Step& step, const MeetingType& type, const WaitlistEntry& e, Instant start) {
  auto made = place_hold(
      step, json::object{{"meeting_type_id", type.id.text()}, {"start", format_rfc3339(start)}, {"zone", e.zone}});
  if (!made) return false;
  auto hold = *HoldId::parse(get_string(*made, "id"));
  Instant until = std::min(step.now + Minutes{type.waitlist_min}, start);
  step.run("hold_prolong", {hold.value, to_ms(until)});
  step.run("seat_prolong", {hold.value, to_ms(until)});
  Rows seat = step.run("seat_of_hold", {hold.value, int64_t{0}});
  step.run("meeting_settle", {seat.integer(0, 0)});
  step.run("waitlist_offer", {e.id.value, hold.value, to_ms(start), to_ms(until), to_ms(step.now)});
  step.fact("waitlist.offered", e.conversation, e.id.value,
            {{"state", "offered"}, {"start", to_ms(start)}, {"until", to_ms(until)}});
  json::object values{{"when", wall_text(start, e.zone)},
                      {"until", wall_text(until, e.zone)},
                      {"zone", e.zone},
                      {"link", step.services.base_url + "/w/" + waitlist_token(step.services, e.id)}};
  TRY_VOID(send_letter(step, e.conversation, "offer", std::move(values), "Tell the customer: a time is free and kept"));
  return true;
}

void give_back(Step& step, HoldId hold) {
  release_hold_seat(step, hold);
  step.run("hold_delete", {hold.value});
}

void end(Step& step, const WaitlistEntry& e, const std::string& why) {
  if (e.hold) give_back(step, e.hold);
  step.run("waitlist_end", {e.id.value, why, to_ms(step.now)});
  step.fact("waitlist.ended", e.conversation, e.id.value, {{"state", "ended"}, {"why", why}});
}

// Its offer, or its wish, is over.
Status pass_on(Step& step, const WaitlistEntry& e) {
  if (e.state == "waiting") return end(step, e, "over"), Status{};
  if (e.offers >= kOffers || end_of(e) <= step.now) {
    end(step, e, "missed");
  } else {
    give_back(step, e.hold);
    // Behind those who have waited meanwhile.
    step.run("waitlist_again", {e.id.value, to_ms(end_of(e)), to_ms(step.now)});
    step.fact("waitlist.passed", e.conversation, e.id.value, {{"state", "waiting"}});
  }
  return offer_to_next(step, e.type);
}

// Holds that ran out while somebody waits.
Result<int64_t> free_expired(Step& step) {
  Rows seats = step.run("seats_expired", {to_ms(step.now)});
  for (size_t r = 0; r < seats.size(); ++r) {
    Rows hosts = step.run("session_hosts", {"[" + std::to_string(seats.integer(r, 0)) + "]"});
    std::vector<int64_t> ids;
    for (size_t h = 0; h < hosts.size(); ++h) ids.push_back(hosts.integer(h, 1));
    release_hold_seat(step, HoldId{seats.integer(r, 1)});
    TRY_VOID(offer_freed(step, id_set(ids)));
  }
  return static_cast<int64_t>(seats.size());
}

}  // namespace

const Shape& waitlist_shape() {
  static const Shape person =
      shape::object({{"name", shape::line(1, 200), required, "As the person wants to be called"},
                     {"emails", shape::list(shape::email(), 1, 5), required, "Where the offer goes"},
                     {"language", shape::language(), nullable, "Of messages"},
                     {"zone", shape::zone(), nullable, "Where the person lives"}});
  static const Shape s = shape::object({{"meeting_type_id", shape::id("mty"), required, "What is waited for"},
                                        {"contact_id", shape::id("con"), nullable, "Who waits"},
                                        {"contact", person, nullable, "Who waits, when there is no id"},
                                        {"from_date", shape::date(), required, "The first day that would do"},
                                        {"to_date", shape::date(), required, "The last one"},
                                        {"from_time", shape::time_of_day(), nullable, "Default 00:00"},
                                        {"to_time", shape::time_of_day(), nullable, "Before then; default 24:00"},
                                        {"zone", shape::zone(), nullable, "Of dates and times; default UTC"}});
  return s;
}

std::string waitlist_token(const Services& services, WaitlistId id) {
  return hmac_sha256_hex(services.secret, "waitlist link " + id.text()).substr(0, kTokenLength);
}

Result<WaitlistEntry> find_waitlist_entry(Step& step, const std::string& token) {
  Rows row = step.run("waitlist_by_token", {sha256_hex(token)});
  if (row.empty()) return not_found("waitlist entry");
  return load(step, {row.integer(0, 0)});
}

Result<Json> join_waitlist(Step& step, const Json& body) {
  TRY_VOID(step.require_change());
  auto type = find_meeting_type(step, TRY(id_of<MeetingTypeId>(body, "meeting_type_id")));
  if (!type) return unknown_reference("meeting_type_id", "meeting type");
  if (!type->active || type->waitlist_min == 0) return fail(Code::conflict, "there is no waitlist for this");
  WaitlistEntry e{.id = step.new_id<WaitlistId>(), .type = type->id, .zone = get_string(body, "zone", "UTC")};
  TRY_VOID(read_wish(e, body, step));
  ContactId contact = TRY(contact_of(step, body));
  e.conversation = TRY(conversation_of(step, *type, contact));
  Rows same = step.run("waitlist_same", {e.conversation.value, type->id.value});
  for (size_t r = 0; r < same.size(); ++r) end(step, TRY(locked(step, {same.integer(r, 0)})), "left");
  std::string token = waitlist_token(step.services, e.id);
  step.run("waitlist_insert",
           {e.id.value, type->id.value, e.conversation.value, e.from_date, e.to_date, e.from_time, e.to_time, e.zone,
            to_ms(step.now), to_ms(end_of(e)), sha256_hex(token), step.caller.actor()});
  step.fact("waitlist.joined", e.conversation, e.id.value, {{"state", "waiting"}, {"meeting_type", type->slug}});
  TRY_VOID(offer_to_next(step, type->id));
  json::object out = view(TRY(load(step, e.id)));
  out["link"] = step.services.base_url + "/w/" + token;
  return Json(std::move(out));
}

Result<Json> get_waitlist_entry(Step& step, WaitlistId id) { return Json(view(TRY(visible(step, id)))); }

Result<json::array> list_waitlist(Step& step, const WaitlistFilter& f, const Slice& slice) {
  Reach reach = reach_of(step.caller);
  Rows rows = step.run("waitlist_list", {slice.after, slice.limit, reach.scope, reach.agency, reach.advisor,
                                         opt_int(f.type.value), opt_text(f.state)});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(view(read(rows, r)));
  return out;
}

Result<Json> leave_waitlist(Step& step, WaitlistId id) {
  TRY_VOID(step.require_change());
  TRY_VOID(visible(step, id));
  WaitlistEntry e = TRY(locked(step, id));
  if (e.state == "waiting" || e.state == "offered") {
    bool offered = e.state == "offered";
    end(step, e, "left");
    if (offered) TRY_VOID(offer_to_next(step, e.type));
  }
  return Json(view(TRY(load(step, id))));
}

Result<Json> take_offer(Step& step, WaitlistId id) {
  TRY_VOID(step.require_change());
  TRY_VOID(visible(step, id));
  WaitlistEntry e = TRY(locked(step, id));
  if (e.state != "offered" || *e.next_at <= step.now) return fail(Code::conflict, "this offer is over");
  Json made = TRY(book(step, json::object{{"hold_id", e.hold.text()},
                                          {"contact_id", e.contact.text()},
                                          {"conversation_id", e.conversation.text()},
                                          {"zone", e.zone},
                                          {"source", "web"}}));
  auto appointment = *AppointmentId::parse(get_string(made, "id"));
  step.run("waitlist_booked", {id.value, appointment.value, to_ms(step.now)});
  step.fact("waitlist.booked", e.conversation, id.value, {{"state", "booked"}, {"appointment_id", appointment.text()}});
  return made;
}

Status offer_to_next(Step& step, MeetingTypeId id) {
  Rows line = step.run("waitlist_line", {id.value, to_ms(step.now)});
  if (line.empty()) return {};
  auto type = find_meeting_type(step, id);
  if (!type || !type->active || type->waitlist_min == 0) return {};
  for (size_t r = 0; r < line.size() && r < kInLine; ++r) {
    WaitlistEntry e = TRY(locked(step, {line.integer(r, 0)}));
    if (e.state != "waiting") continue;
    auto start = TRY(free_start(step, e));
    if (start) TRY(offer(step, *type, e, *start));
  }
  return {};
}

Status offer_freed(Step& step, const std::string& hosts) {
  Rows types = step.run("waitlist_types_of", {hosts});
  for (size_t r = 0; r < types.size(); ++r) TRY_VOID(offer_to_next(step, {types.integer(r, 0)}));
  return {};
}

Result<int64_t> booking_tick(Step& step, int limit) {
  int64_t done = TRY(decline_undecided(step, limit));
  Rows due = step.run("waitlist_due", {to_ms(step.now), int64_t{limit}});
  for (size_t r = 0; r < due.size(); ++r) {
    WaitlistEntry e = TRY(load(step, {due.integer(r, 0)}));
    // An entry before it may have been given what this one lost.
    if (e.next_at && *e.next_at <= step.now) TRY_VOID(pass_on(step, e));
  }
  done += static_cast<int64_t>(due.size());
  done += TRY(free_expired(step));
  return done;
}

}  // namespace onward::app::booking
