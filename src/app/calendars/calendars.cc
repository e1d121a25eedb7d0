#include "app/calendars/calendars.h"

#include "app/advisors.h"
#include "app/calendars/outbox.h"
#include "app/settings.h"
#include "base/seal.h"
#include "base/text.h"

namespace onward::app::calendars {

using ports::opt_int;
using ports::opt_text;
using shape::nullable;
using shape::optional;
using shape::required;

namespace {

constexpr int kStaleTurns = 3;

std::vector<Field> changeable() {
  return {{"url", shape::url(), required, "Of the ICS file, or of the CalDAV calendar, principal or server"},
          {"user", shape::line(1, 320), nullable, "None: the server asks for no password"},
          {"password", shape::line(0, 1000), nullable, "Goes in and never comes out; a new url or user forgets it"},
          {"write", shape::boolean(), optional, "Whether appointments are written into it; CalDAV only"}};
}

// Host of an address, as it is shown. A shape::url has one, and no user or password before it.
std::string host_in(const std::string& url) {
  std::string_view rest = url;
  rest.remove_prefix(rest.find("://") + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  size_t port = rest.starts_with('[') ? rest.find(':', rest.find(']')) : rest.find(':');
  return ascii_lower(rest.substr(0, port));
}

json::object view(Step& step, const Calendar& c, Millis every) {
  constexpr std::string_view kFreshness[] = {"ok", "stale", "failing"};
  auto time = [](const std::optional<Instant>& t) { return t ? Json(format_rfc3339(*t)) : Json(nullptr); };
  return {{"id", c.id.text()},
          {"advisor_id", c.advisor.text()},
          {"kind", c.kind},
          {"host", c.host},
          {"user", text_json(c.username)},
          {"write", c.writes},
          {"fresh", kFreshness[static_cast<size_t>(freshness_of(c, every, step.now))]},
          {"fetched_at", time(c.fetched_at)},
          {"next_at", format_rfc3339(c.next_at)},
          {"failures", c.failures},
          {"error", text_json(c.error)},
          {"events", c.events},
          {"not_understood", c.not_understood},
          {"problem", text_json(c.problem)},
          {"clashes", step.run("calendar_clashes", {c.id.text(), to_ms(step.now)}).integer(0, 0)},
          {"pending", c.pending},
          {"write_error", text_json(c.write_error)},
          {"created_at", format_rfc3339(c.created_at)},
          {"updated_at", format_rfc3339(c.updated_at)}};
}

Result<Calendar> load(Step& step, CalendarId id) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("calendar_get", {id.value, r.scope, r.agency, r.advisor});
  if (rows.empty()) return not_found("calendar");
  return read_calendar(rows, 0);
}

Result<Calendar> load_to_change(Step& step, CalendarId id) {
  TRY_VOID(step.require_change());
  return load(step, id);
}

Result<Json> answer(Step& step, CalendarId id) { return Json(view(step, TRY(load(step, id)), refresh_every(step))); }

Status check_write(const std::string& kind, bool writes) {
  if (!writes || kind == "caldav") return {};
  return fail_field("/write", "not_allowed", "only a CalDAV calendar can be written");
}

}  // namespace

const Shape& calendar_shape() {
  static const Shape s = [] {
    std::vector<Field> fields = {{"advisor_id", shape::id("adv"), required, "Whose it is"},
                                 {"kind", shape::one_of({"ics", "caldav"}), required, "How it is read"}};
    for (Field& f : changeable()) fields.push_back(std::move(f));
    return shape::object(std::move(fields));
  }();
  return s;
}

const Shape& calendar_patch_shape() {
  static const Shape s = [] {
    std::vector<Field> fields = changeable();
    fields.front().presence = optional;
    return shape::object(std::move(fields));
  }();
  return s;
}

Status require_calendars_of(Step& step, AdvisorId id) {
  Json advisor = TRY(get_advisor(step, id));
  TRY_VOID(step.require_change());
  const Caller& caller = step.caller;
  if (caller.role == Role::owner || caller.advisor == id) return {};
  if (caller.role == Role::manager && caller.agency && get_string(advisor, "agency_id") == caller.agency.text())
    return {};
  return fail(Code::forbidden, "your role does not allow this");
}

Calendar read_calendar(const Rows& rows, size_t r) {
  auto time = [&](size_t column) {
    return rows.is_null(r, column) ? std::nullopt : std::optional(from_ms(rows.integer(r, column)));
  };
  return {.id = {rows.integer(r, 0)},
          .advisor = {rows.integer(r, 1)},
          .kind = rows.text(r, 2),
          .host = rows.text(r, 3),
          .username = rows.text(r, 4),
          .sealed = rows.text(r, 5),
          .validator = rows.text(r, 7),
          .problem = rows.text(r, 12),
          .error = rows.text(r, 14),
          .zone = rows.text(r, 20),
          .advisor_name = rows.text(r, 21),
          .write_error = rows.text(r, 23),
          .writes = rows.integer(r, 6) != 0,
          .whole_at = time(8),
          .fetched_at = time(9),
          .events = rows.integer(r, 10),
          .not_understood = rows.integer(r, 11),
          .failures = rows.integer(r, 13),
          .lease = rows.integer(r, 17),
          .pending = rows.integer(r, 22),
          .next_at = from_ms(rows.integer(r, 15)),
          .held_until = from_ms(rows.integer(r, 16)),
          .created_at = from_ms(rows.integer(r, 18)),
          .updated_at = from_ms(rows.integer(r, 19))};
}

std::string seal_secrets(const Services& services, CalendarId id, const Secrets& s) {
  Json whole = json::object{{"url", s.url}, {"password", s.password}, {"collection", s.collection}};
  return seal(services.secret, "calendar:" + std::to_string(id.value), dump(whole));
}

Result<Secrets> unseal_secrets(const Services& services, const Calendar& c) {
  Json whole = TRY(parse_json(TRY(unseal(services.secret, "calendar:" + std::to_string(c.id.value), c.sealed))));
  return Secrets{get_string(whole, "url"), get_string(whole, "password"), get_string(whole, "collection")};
}

Freshness freshness_of(const Calendar& c, Millis every, Instant now) {
  if (c.failures > 0) return Freshness::failing;
  return c.fetched_at && now - *c.fetched_at <= kStaleTurns * every ? Freshness::ok : Freshness::stale;
}

Millis refresh_every(Step& step) { return Minutes{get_int(setting(step, "calendars"), "refresh_min")}; }

Result<Json> add_calendar(Step& step, const Json& body) {
  AdvisorId advisor = TRY(id_of<AdvisorId>(body, "advisor_id"));
  if (!get_advisor(step, advisor)) return unknown_reference("advisor_id", "advisor");
  TRY_VOID(require_calendars_of(step, advisor));
  std::string kind = get_string(body, "kind"), url = get_string(body, "url");
  bool writes = get_bool(body, "write");
  TRY_VOID(check_write(kind, writes));
  std::string host = host_in(url);
  auto id = step.new_id<CalendarId>();
  std::string sealed = seal_secrets(step.services, id, {url, get_string(body, "password"), {}});
  step.run("calendar_insert", {id.value, advisor.value, kind, host, opt_text(get_string(body, "user")), sealed,
                               int64_t{writes}, to_ms(step.now)});
  if (writes) write_what_lies_ahead(step, id, advisor);
  step.fact("calendar.added", {}, id.value, {{"advisor", advisor.text()}, {"kind", kind}, {"write", writes}});
  return answer(step, id);
}

Result<Json> get_calendar(Step& step, CalendarId id) { return answer(step, id); }

Result<json::array> list_calendars(Step& step, AdvisorId only, const Slice& slice) {
  Reach r = reach_of(step.caller);
  Rows rows = step.run("calendar_list", {slice.after, slice.limit, r.scope, r.agency, r.advisor, opt_int(only.value)});
  Millis every = refresh_every(step);
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(view(step, read_calendar(rows, i), every));
  return out;
}

Result<Json> change_calendar(Step& step, CalendarId id, const Json& body) {
  Calendar c = TRY(load_to_change(step, id));
  Secrets s = TRY(unseal_secrets(step.services, c));
  Changes changed(body);
  std::string url = has(body, "url") ? get_string(body, "url") : s.url;
  std::string user = changed.text("user", c.username);
  if (url != s.url) changed.note("url");
  // A password belongs to the server and user it was given for: it is never offered to another one.
  if (changed.any()) s = {url, {}, {}};
  if (has(body, "password")) s.password = get_string(body, "password"), changed.note("password");
  bool writes = has(body, "write") ? get_bool(body, "write") : c.writes;
  if (writes != c.writes) changed.note("write");
  TRY_VOID(check_write(c.kind, writes));
  std::string host = host_in(url);
  if (!changed.any()) return answer(step, id);
  step.run("calendar_update",
           {id.value, host, opt_text(user), seal_secrets(step.services, id, s), int64_t{writes}, to_ms(step.now)});
  // Another calendar has none of our events yet; the busy time stays until the new address was read.
  if (changed.touches("url")) step.run("calendar_event_drop_all", {id.value});
  if (writes && (!c.writes || changed.touches("url"))) write_what_lies_ahead(step, id, c.advisor);
  if (!writes && c.writes) step.run("calendar_event_touch_all", {id.value, to_ms(step.now)});
  step.fact("calendar.changed", {}, id.value, changed.fact());
  return answer(step, id);
}

Result<Json> delete_calendar(Step& step, CalendarId id) {
  Calendar c = TRY(load_to_change(step, id));
  step.run("calendar_delete", {id.value, to_ms(step.now)});
  step.run("calendar_drop_busy", {id.text()});
  step.run("calendar_event_drop_all", {id.value});
  step.fact("calendar.deleted", {}, id.value, {{"advisor", c.advisor.text()}});
  return Json(view(step, c, refresh_every(step)));
}

void forget_calendars_of(Step& step, AdvisorId advisor) {
  step.run("calendar_event_drop_of", {advisor.value});
  step.run("calendar_delete_of", {advisor.value, to_ms(step.now)});
  step.run("calendar_drop_busy_of", {advisor.value});
}

Result<Json> refresh_calendar(Step& step, CalendarId id) {
  TRY_VOID(load_to_change(step, id));
  step.run("calendar_ask_now", {id.value, to_ms(step.now)});
  step.run("calendar_event_ask_now", {id.value, to_ms(step.now)});
  return answer(step, id);
}

}  // namespace onward::app::calendars
