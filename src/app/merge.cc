#include "app/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/cases.h"
#include "app/contacts.h"
#include "app/organizations.h"
#include "app/search.h"
#include "base/check.h"
#include "core/conversations/decide.h"

namespace onward::app {
namespace {

using ports::null_value;
using ports::opt_int;
using ports::opt_text;
using ports::Value;

struct Kind {
  std::string_view name;
  std::vector<std::string_view> tables;  // whose rows move
};
const Kind& contact_kind() {
  static const Kind kind{"contact", {"conversation", "enrollment", "touch", "note", "consent", "link"}};
  return kind;
}
const Kind& organization_kind() {
  static const Kind kind{"organization", {"contact", "conversation", "organization"}};
  return kind;
}

Json cell(const Rows& rows, size_t column) {
  const Value& v = rows.at(0, column);
  if (const auto* i = std::get_if<int64_t>(&v)) return *i;
  if (const auto* s = std::get_if<std::string>(&v)) return Json(*s);
  return nullptr;
}

Value bound(const Json& v) {
  if (v.is_int64()) return v.as_int64();
  if (v.is_string()) return std::string(v.as_string());
  return null_value();
}

// Moves the rows of every table; their keys by table.
json::object move_rows(Step& step, const Kind& kind, int64_t loser, int64_t winner) {
  json::object moved;
  for (std::string_view table : kind.tables) {
    Rows held = step.run(fmt::format("merge_{}_{}_held", kind.name, table), {loser});
    json::array keys;
    for (size_t i = 0; i < held.size(); ++i) {
      const Value& key = held.at(i, 0);
      if (const auto* n = std::get_if<int64_t>(&key))
        keys.push_back(*n);
      else
        keys.push_back(Json(std::get<std::string>(key)));
    }
    if (!keys.empty()) step.run(fmt::format("merge_{}_{}_move", kind.name, table), {loser, winner});
    moved[table] = std::move(keys);
  }
  return moved;
}

void return_rows(Step& step, const Kind& kind, const Json& moved, int64_t loser, int64_t winner) {
  for (std::string_view table : kind.tables) {
    const Json* keys = find(moved.at("rows"), table);
    if (keys && !keys->as_array().empty())
      step.run(fmt::format("merge_{}_{}_return", kind.name, table), {winner, loser, dump(*keys)});
  }
}

json::array move_points(Step& step, const ContactRecord& loser, const ContactRecord& winner) {
  json::array moved;
  std::map<std::string, int64_t> next;
  for (const ContactPoint& p : winner.points) next[p.kind] = std::max(next[p.kind], p.position + 1);
  for (const ContactPoint& p : loser.points) {
    bool known =
        std::ranges::any_of(winner.points, [&](const auto& w) { return w.kind == p.kind && w.folded == p.folded; });
    if (known) continue;
    step.run("merge_point_take", {p.id, winner.id.value, next[p.kind]++});
    moved.push_back(json::object{{"id", p.id}, {"position", p.position}});
  }
  return moved;
}

// Addresses that both have: what may not be used at one may not be used at the other.
json::array suppress_shared(Step& step, const ContactRecord& loser, const ContactRecord& winner) {
  json::array out;
  for (const ContactPoint& w : winner.points) {
    for (const ContactPoint& p : loser.points) {
      if (w.suppressed_at || !p.suppressed_at || w.kind != p.kind || w.folded != p.folded) continue;
      step.run("merge_point_suppress", {w.id, to_ms(*p.suppressed_at), p.suppressed_reason});
      out.push_back(json::object{{"id", w.id}, {"at", to_ms(*p.suppressed_at)}});
    }
  }
  return out;
}

const ConsentRow* newest(const std::vector<ConsentRow>& rows, std::string_view purpose, std::string_view channel) {
  const ConsentRow* found = nullptr;
  for (const ConsentRow& c : rows)
    if (c.purpose == purpose && (c.channel == "any" || c.channel == channel) && (!found || found->id < c.id))
      found = &c;
  return found;
}

// Where one of them said no and the other, later, yes: the no is said again for the winner.
json::array keep_refusals(Step& step, const ContactRecord& loser, const ContactRecord& winner) {
  json::array added;
  int64_t newest_id = 0;
  for (const auto* rows : {&winner.consents, &loser.consents})
    for (const ConsentRow& c : *rows) newest_id = std::max(newest_id, c.id.value);
  for (std::string_view purpose : {"follow_up", "marketing"}) {
    for (std::string_view channel : {"email", "phone", "sms", "letter"}) {
      const ConsentRow* a = newest(winner.consents, purpose, channel);
      const ConsentRow* b = newest(loser.consents, purpose, channel);
      if (!a || !b) continue;
      bool a_later = b->id < a->id;
      const ConsentRow& last = a_later ? *a : *b;
      const ConsentRow& first = a_later ? *b : *a;
      if (last.state != "granted" || first.state == "granted") continue;
      newest_id = std::max(make_id(step.now, step.rng), newest_id + 1);
      step.run("consent_insert", {newest_id, winner.id.value, std::string(purpose), std::string(channel), first.state,
                                  first.basis, "merge with " + loser.id.text(), to_ms(step.now)});
      added.push_back(newest_id);
    }
  }
  return added;
}

// What a contact says no to.
struct Refusals {
  bool opted_out = false;
  std::vector<contacts::Purpose> purposes;  // of mail
};

// What `from` says no to and `to` did not.
Refusals refusals_beyond(const ContactRecord& from, const ContactRecord& to) {
  auto refuses = [](const ContactRecord& c, contacts::Purpose p) {
    const ConsentRow* said = newest(c.consents, contacts::to_string(p), "email");
    return said && said->state != "granted";
  };
  Refusals out{.opted_out = from.opted_out_at && !to.opted_out_at, .purposes = {}};
  for (contacts::Purpose p : {contacts::Purpose::follow_up, contacts::Purpose::marketing})
    if (refuses(from, p) && !refuses(to, p)) out.purposes.push_back(p);
  return out;
}

// What runs in conversations whose contact has just become one who said no ends now, not only at the last gate.
Status stop_refused(Step& step, const std::vector<ConversationId>& ids, const Refusals& no, const std::string& detail,
                    json::array& stopped) {
  std::vector<conversations::Decision> decisions;
  auto apply = [&](const conversations::Event& event) -> Status {
    decisions.clear();
    for (conversations::Case& c : load_cases(step, ids, Locking::wait))
      decisions.push_back(TRY(conversations::decide(std::move(c), event, step.catalog(), step.names(), step.now)));
    save_decisions(step, decisions);
    return {};
  };
  if (ids.empty()) return {};
  if (no.opted_out)
    TRY_VOID(apply(conversations::OptedOut{detail, detail}));
  else if (!no.purposes.empty())
    TRY_VOID(apply(conversations::ConsentEnded{no.purposes, detail}));
  for (const conversations::Decision& d : decisions) {
    bool ended = std::ranges::any_of(d.facts, [](const conversations::Fact& f) {
      return f.kind == "enrollment.stopped" || f.kind == "touch.suppressed";
    });
    if (ended) stopped.push_back(d.next.conversation.id.value);
  }
  return {};
}

// Both sides of a contact merge, once the rows have moved. The conversations in which something ended.
Result<json::array> bring_refusals(Step& step, const ContactRecord& loser, const ContactRecord& winner,
                                   const json::array& moved) {
  std::set<int64_t> of_loser;
  for (const Json& id : moved) of_loser.insert(id.as_int64());
  std::vector<ConversationId> theirs, ours;
  Rows running = step.run("merge_contact_running", {winner.id.value});
  for (size_t i = 0; i < running.size(); ++i)
    (of_loser.contains(running.integer(i, 0)) ? theirs : ours).push_back({running.integer(i, 0)});
  json::array stopped;
  TRY_VOID(stop_refused(step, ours, refusals_beyond(loser, winner), "merged with " + loser.id.text(), stopped));
  TRY_VOID(stop_refused(step, theirs, refusals_beyond(winner, loser), "merged into " + winner.id.text(), stopped));
  return stopped;
}

constexpr std::string_view kContactFields[] = {"opted_out_at", "organization_id", "agency_id", "profiling"};

json::object contact_fields(const Rows& r) {
  return {{"opted_out_at", cell(r, 1)},
          {"updated_at", cell(r, 2)},
          {"organization_id", cell(r, 3)},
          {"agency_id", cell(r, 4)},
          {"profiling", cell(r, 5)}};
}

void set_contact(Step& step, int64_t id, json::object& f) {
  step.run("merge_contact_set", {id, bound(f["opted_out_at"]), bound(f["organization_id"]), bound(f["agency_id"]),
                                 bound(f["profiling"]), bound(f["updated_at"])});
}

json::object stricter(const json::object& winner, const json::object& loser) {
  json::object out = winner;
  for (std::string_view field : {"opted_out_at", "organization_id", "agency_id"})
    if (out[field].is_null()) out[field] = loser.at(field);
  if (loser.at("profiling").as_int64() == 0) out["profiling"] = 0;
  return out;
}

constexpr std::string_view kOrganizationFields[] = {"domain", "country", "details", "parent_id"};

json::object organization_fields(const Rows& r) {
  return {{"updated_at", cell(r, 1)},
          {"domain", cell(r, 2)},
          {"country", cell(r, 3)},
          {"details", cell(r, 4)},
          {"parent_id", cell(r, 5)}};
}

void set_organization(Step& step, int64_t id, json::object& f) {
  step.run("merge_organization_set", {id, bound(f["domain"]), bound(f["country"]), bound(f["details"]),
                                      bound(f["parent_id"]), bound(f["updated_at"])});
}

bool stands_above(Step& step, int64_t upper, int64_t lower) {
  constexpr int kMost = 100;
  for (int depth = 0; lower && depth < kMost; ++depth) {
    Rows rows = step.run("organization_parent", {lower});
    lower = rows.empty() ? 0 : rows.integer(0, 0);
    if (lower == upper) return true;
  }
  return false;
}

json::object richer(Step& step, const json::object& winner, const json::object& loser, int64_t winner_id,
                    int64_t loser_id) {
  json::object out = winner;
  for (std::string_view field : {"domain", "country"})
    if (out[field].is_null()) out[field] = loser.at(field);
  Json details = stored_json(std::string(winner.at("details").as_string()), json::object{});
  Json other = stored_json(std::string(loser.at("details").as_string()), json::object{});
  for (const auto& [name, value] : other.as_object())
    if (!details.as_object().contains(name)) details.as_object()[name] = value;
  if (details != stored_json(std::string(winner.at("details").as_string()), json::object{}))
    out["details"] = dump(details);
  // What stood between the two moves below the winner, so the winner takes the loser's place.
  if (stands_above(step, loser_id, winner_id)) out["parent_id"] = loser.at("parent_id");
  return out;
}

// What the merge has set goes back; what somebody changed since then stays.
json::object restored(json::object now, const Json& before, const Json& after, std::span<const std::string_view> fields,
                      Instant at) {
  for (std::string_view field : fields)
    if (now.at(field) == after.at(field)) now[field] = before.at(field);
  bool untouched = now.at("updated_at") == after.at("updated_at");
  now["updated_at"] = untouched ? before.at("updated_at") : Json(to_ms(at));
  return now;
}

Rows lock(Step& step, const Kind& kind, int64_t id) { return step.run(fmt::format("merge_{}_lock", kind.name), {id}); }

// Both rows, always in the same order, so that two merges cannot wait for each other.
std::pair<Rows, Rows> lock_both(Step& step, const Kind& kind, int64_t loser, int64_t winner) {
  if (loser < winner) {
    Rows first = lock(step, kind, loser);
    return {std::move(first), lock(step, kind, winner)};
  }
  Rows second = lock(step, kind, winner);
  return {lock(step, kind, loser), std::move(second)};
}

std::string id_text(std::string_view kind, int64_t id) {
  return kind == "contact" ? ContactId{id}.text() : OrganizationId{id}.text();
}

Json merge_view(const Rows& r) {
  Json moved = stored_json(r.text(0, 4), json::object{});
  json::object counts;
  for (const auto& [table, keys] : moved.at("rows").as_object()) counts[table] = keys.as_array().size();
  if (const Json* points = find(moved, "points")) counts["contact_point"] = points->as_array().size();
  return json::object{{"id", MergeId{r.integer(0, 0)}.text()},
                      {"kind", r.text(0, 1)},
                      {"winner_id", id_text(r.text(0, 1), r.integer(0, 2))},
                      {"loser_id", id_text(r.text(0, 1), r.integer(0, 3))},
                      {"moved", std::move(counts)},
                      {"actor", r.text(0, 5)},
                      {"at", time_text(r, 0, 6)},
                      {"undone_at", time_json(r, 0, 7)}};
}

// Records the merge and closes the loser.
Json finish(Step& step, const Kind& kind, int64_t loser, int64_t winner, const json::object& moved) {
  auto id = step.new_id<MergeId>();
  step.run(fmt::format("merge_{}_gone", kind.name), {loser, to_ms(step.now), winner});
  step.run("merge_insert", {id.value, std::string(kind.name), winner, loser, json::serialize(moved),
                            step.caller.actor(), to_ms(step.now)});
  step.fact(fmt::format("{}.merged", kind.name), {}, winner,
            {{"merge_id", id.text()}, {"loser_id", id_text(kind.name, loser)}});
  unindex(step, kind.name, loser);
  return merge_view(step.run("merge_get", {id.value}));
}

template <class IdType>
Status refuse_itself(IdType loser, IdType winner) {
  if (loser == winner) return fail_field("/into", "same", "must be another record");
  return {};
}

Status undo_contact(Step& step, const Json& moved, int64_t loser, int64_t winner) {
  TRY_VOID(find_contact(step, ContactId{winner}));
  auto [loser_row, winner_row] = lock_both(step, contact_kind(), loser, winner);
  if (loser_row.empty() || loser_row.integer(0, 6) != winner) return fail(Code::conflict, "the merged contact is gone");
  json::object now = contact_fields(winner_row);
  const Json &before = moved.at("winner_before"), &after = moved.at("winner_after");
  // A no that was said since is meant by the one person both were taken for.
  Json loser_opt_out = moved.at("loser").at("opted_out_at");
  if (loser_opt_out.is_null() && now["opted_out_at"] != after.at("opted_out_at")) loser_opt_out = now["opted_out_at"];
  return_rows(step, contact_kind(), moved, loser, winner);
  for (const Json& id : moved.at("consents_added").as_array()) step.run("merge_consent_drop", {id.as_int64()});
  for (const Json& p : moved.at("points").as_array()) {
    Rows point = step.run("merge_point_get", {get_int(p, "id")});
    if (!point.empty() && point.integer(0, 0) == winner)
      step.run("merge_point_take", {get_int(p, "id"), loser, get_int(p, "position")});
  }
  for (const Json& s : moved.at("suppressed").as_array()) {
    Rows point = step.run("merge_point_get", {get_int(s, "id")});
    if (!point.empty() && point.integer(0, 2) == get_int(s, "at"))
      step.run("merge_point_suppress", {get_int(s, "id"), null_value(), null_value()});
  }
  // Nothing starts again by itself; each timeline says so.
  if (const Json* stopped = find(moved, "stopped"))
    for (const Json& id : stopped->as_array())
      step.fact("merge.stop_stays", {id.as_int64()}, id.as_int64(), {{"reason", "the merge was undone"}});
  json::object back = restored(now, before, after, kContactFields, step.now);
  set_contact(step, winner, back);
  step.run("merge_contact_back", {loser, get_int(moved.at("loser"), "updated_at"), bound(loser_opt_out)});
  index_contact(step, ContactId{winner});
  index_contact(step, ContactId{loser});
  return {};
}

Status undo_organization(Step& step, const Json& moved, int64_t loser, int64_t winner) {
  TRY_VOID(find_organization(step, OrganizationId{winner}));
  auto [loser_row, winner_row] = lock_both(step, organization_kind(), loser, winner);
  if (loser_row.empty() || loser_row.integer(0, 6) != winner)
    return fail(Code::conflict, "the merged organization is gone");
  return_rows(step, organization_kind(), moved, loser, winner);
  json::object back = restored(organization_fields(winner_row), moved.at("winner_before"), moved.at("winner_after"),
                               kOrganizationFields, step.now);
  set_organization(step, winner, back);
  step.run("merge_organization_back", {loser, get_int(moved.at("loser"), "updated_at")});
  for (int64_t id : {winner, loser}) {
    Rows row = step.run("organization_get", {id, int64_t{0}, int64_t{0}, int64_t{0}, std::string()});
    index_organization(step, read_organization(row, 0));
  }
  return {};
}

// The merge, if the caller sees its winner.
Result<Rows> find_merge(Step& step, MergeId id) {
  Rows row = step.run("merge_get", {id.value});
  if (row.empty()) return not_found("merge");
  auto hidden = [](const auto& found) { return !found && found.error().code == Code::not_found; };
  if (row.text(0, 1) == "contact" ? hidden(find_contact(step, ContactId{row.integer(0, 2)}))
                                  : hidden(find_organization(step, OrganizationId{row.integer(0, 2)})))
    return not_found("merge");
  return row;
}

}  // namespace

Result<Json> merge_contacts(Step& step, ContactId loser_id, const Json& body) {
  TRY_VOID(step.require_change());
  ContactId winner_id = TRY(id_of<ContactId>(body, "into"));
  TRY_VOID(refuse_itself(loser_id, winner_id));
  auto [loser_row, winner_row] = lock_both(step, contact_kind(), loser_id.value, winner_id.value);
  ContactRecord loser = TRY(find_contact(step, loser_id));
  auto found = find_contact(step, winner_id);
  if (!found) return unknown_reference("into", "contact");
  const ContactRecord& winner = *found;

  json::object before = contact_fields(winner_row), loser_before = contact_fields(loser_row);
  json::object after = stricter(before, loser_before);
  after["updated_at"] = to_ms(step.now);
  json::object moved;
  moved["consents_added"] = keep_refusals(step, loser, winner);
  moved["suppressed"] = suppress_shared(step, loser, winner);
  moved["points"] = move_points(step, loser, winner);
  moved["rows"] = move_rows(step, contact_kind(), loser_id.value, winner_id.value);
  set_contact(step, winner_id.value, after);
  moved["stopped"] = TRY(bring_refusals(step, loser, winner, moved["rows"].at("conversation").as_array()));
  moved["winner_before"] = std::move(before);
  moved["winner_after"] = std::move(after);
  moved["loser"] = std::move(loser_before);
  Json view = finish(step, contact_kind(), loser_id.value, winner_id.value, moved);
  index_contact(step, winner_id);
  return view;
}

Result<Json> merge_organizations(Step& step, OrganizationId loser_id, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  OrganizationId winner_id = TRY(id_of<OrganizationId>(body, "into"));
  TRY_VOID(refuse_itself(loser_id, winner_id));
  auto [loser_row, winner_row] = lock_both(step, organization_kind(), loser_id.value, winner_id.value);
  TRY_VOID(find_organization(step, loser_id));
  auto winner = find_organization(step, winner_id);
  if (!winner) return unknown_reference("into", "organization");

  json::object before = organization_fields(winner_row), loser_before = organization_fields(loser_row);
  json::object after = richer(step, before, loser_before, winner_id.value, loser_id.value);
  after["updated_at"] = to_ms(step.now);
  json::object moved;
  moved["rows"] = move_rows(step, organization_kind(), loser_id.value, winner_id.value);
  set_organization(step, winner_id.value, after);
  moved["winner_before"] = std::move(before);
  moved["winner_after"] = std::move(after);
  moved["loser"] = std::move(loser_before);
  Json view = finish(step, organization_kind(), loser_id.value, winner_id.value, moved);
  index_organization(step, TRY(find_organization(step, winner_id)));
  return view;
}

Result<Json> get_merge(Step& step, MergeId id) { return merge_view(TRY(find_merge(step, id))); }

Result<Json> undo_merge(Step& step, MergeId id) {
  TRY_VOID(step.require_change());
  Rows row = TRY(find_merge(step, id));
  std::string kind = row.text(0, 1);
  int64_t winner = row.integer(0, 2), loser = row.integer(0, 3);
  if (kind == "organization") TRY_VOID(step.require_role({Role::owner, Role::manager}));
  if (step.run("merge_undone", {id.value, to_ms(step.now)}).changed() == 0)
    return fail(Code::conflict, "this merge was undone already");
  Json moved = stored_json(row.text(0, 4), json::object{});
  if (kind == "contact")
    TRY_VOID(undo_contact(step, moved, loser, winner));
  else
    TRY_VOID(undo_organization(step, moved, loser, winner));
  step.fact(kind + ".merge_undone", {}, winner, {{"merge_id", id.text()}, {"loser_id", id_text(kind, loser)}});
  return merge_view(step.run("merge_get", {id.value}));
}

}  // namespace onward::app
