#include "app/booking/holds.h"

#include "app/booking/waitlist.h"

namespace onward::app::booking {
namespace {

constexpr Millis kForgetAfter = 1h;

json::object view(const Hold& h) {
  return {{"id", h.id.text()},
          {"meeting_type_id", h.type.text()},
          {"start", format_rfc3339(h.start)},
          {"end", format_rfc3339(h.end)},
          {"zone", h.zone},
          {"hosts", advisor_ids(h.hosts)},
          {"reasons", h.reasons},
          {"expires_at", format_rfc3339(h.expires_at)},
          {"created_at", format_rfc3339(h.created_at)}};
}

// Holds that nobody came back for and that stand in nobody's way.
void sweep(Step& step) {
  Rows old = step.run("seats_forgotten", {to_ms(step.now - kForgetAfter)});
  for (size_t r = 0; r < old.size(); ++r) release_hold_seat(step, HoldId{old.integer(r, 1)});
  step.run("holds_forgotten", {to_ms(step.now - kForgetAfter)});
}

}  // namespace

Result<Hold> find_hold(Step& step, HoldId id) {
  Rows row = step.run("hold_get", {id.value});
  // An id is a name and no secret: to others it is as if there were none. The system acts for whoever has the link.
  std::string me = step.caller.actor();
  if (row.empty() || (me != row.text(0, 7) && me != system_caller().actor())) return not_found("hold");
  Rows routing = step.run("hold_routing", {id.value});
  return Hold{.id = id,
              .type = {row.integer(0, 1)},
              .start = from_ms(row.integer(0, 2)),
              .end = from_ms(row.integer(0, 3)),
              .expires_at = from_ms(row.integer(0, 8)),
              .created_at = from_ms(row.integer(0, 9)),
              .zone = row.text(0, 4),
              .hosts = row.text(0, 5),
              .actor = row.text(0, 7),
              .reasons = stored_json(row.text(0, 6), json::array{}),
              .routed = stored_json(routing.text(0, 0), json::object{})};
}

Result<Json> place_hold(Step& step, const Json& body) {
  TRY_VOID(step.require_change());
  sweep(step);
  Wanted wanted{.type = TRY(id_of<MeetingTypeId>(body, "meeting_type_id")),
                .start = TRY(parse_rfc3339(get_string(body, "start"))),
                .zone = get_string(body, "zone"),
                .host = TRY(id_of<AdvisorId>(body, "host_id")),
                .who = TRY(host_wish(body))};
  auto type = find_meeting_type(step, wanted.type);
  if (!type) return unknown_reference("meeting_type_id", "meeting type");
  Reserved r = TRY(reserve(step, wanted));
  Hold h{.id = step.new_id<HoldId>(),
         .type = wanted.type,
         .start = r.start,
         .end = r.end,
         .expires_at = step.now + kHoldTime,
         .created_at = step.now,
         .zone = r.desk.input.viewer.name(),
         .hosts = json::serialize(r.host_ids()),
         .actor = step.caller.actor(),
         .reasons = r.reasons(),
         .routed = r.routed};
  step.run("hold_insert", {h.id.value, h.type.value, to_ms(h.start), to_ms(h.end), h.zone, h.hosts, dump(h.reasons),
                           h.actor, to_ms(h.expires_at), to_ms(h.created_at)});
  step.run("hold_routing_set", {h.id.value, dump(h.routed)});
  take_seat(step, r, {.hold = h.id, .expires = h.expires_at});
  step.fact("hold.placed", {}, h.id.value,
            {{"meeting_type_id", h.type.text()}, {"start", to_ms(h.start)}, {"hosts", advisor_ids(h.hosts)}});
  return Json(view(h));
}

Result<Json> get_hold(Step& step, HoldId id) { return Json(view(TRY(find_hold(step, id)))); }

Result<Json> release_hold(Step& step, HoldId id) {
  TRY_VOID(step.require_change());
  Hold h = TRY(find_hold(step, id));
  release_hold_seat(step, id);
  step.run("hold_delete", {id.value});
  step.fact("hold.released", {}, id.value, {{"start", to_ms(h.start)}});
  TRY_VOID(offer_freed(step, h.hosts));
  return Json(view(h));
}

}  // namespace onward::app::booking
