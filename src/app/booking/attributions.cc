#include "app/booking/attributions.h"

#include <algorithm>

#include "app/booking/choose.h"
#include "app/scope.h"
#include "base/check.h"
#include "base/text.h"
#include "core/routing/words.h"

namespace onward::app::booking {

using ports::opt_int;
using ports::opt_text;

namespace {

std::vector<std::string> list_of(const std::string& stored) {
  std::vector<std::string> out;
  Json list = stored_json(stored, json::array{});
  for (const Json& one : list.as_array())
    if (one.is_string()) out.emplace_back(one.as_string());
  return out;
}

std::vector<routing::Territory> territories_of(const std::string& stored) {
  std::vector<routing::Territory> out;
  Json list = stored_json(stored, json::array{});
  for (const Json& t : list.as_array())
    out.push_back({get_string(t, "country"), get_string(t, "region"), get_string(t, "postal_prefix")});
  return out;
}

struct Team {
  TeamId id;
  std::set<int64_t> members;
};
std::vector<Team> all_teams(Step& step) {
  std::vector<Team> out;
  Rows rows = step.run("routing_teams");
  for (size_t r = 0; r < rows.size(); ++r) {
    Team team{{rows.integer(r, 0)}, {}};
    for (const std::string& member : list_of(rows.text(r, 1)))
      if (auto id = AdvisorId::parse(member)) team.members.insert(id->value);
    out.push_back(std::move(team));
  }
  return out;
}

std::vector<routing::Candidate> candidates_of(Step& step, const Desk& desk, const std::vector<uint32_t>& hosts) {
  std::vector<int64_t> ids;
  for (uint32_t h : hosts) ids.push_back(desk.hosts[h].id.value);
  Rows rows = step.run("routing_candidates", {id_set(ids), desk.type.id.value});
  std::vector<Team> teams = all_teams(step);
  std::vector<routing::Candidate> out;
  for (size_t r = 0; r < rows.size(); ++r) {
    AdvisorId id{rows.integer(r, 0)};
    routing::Candidate c{.advisor = id,
                         .agency = {rows.integer(r, 1)},
                         .languages = list_of(rows.text(r, 2)),
                         .skills = skill_names(rows.text(r, 3)),
                         .territories = territories_of(rows.text(r, 4)),
                         .capacity = static_cast<int>(rows.integer(r, 5)),
                         .load = static_cast<int>(rows.integer(r, 6))};
    for (const Team& team : teams)
      if (team.members.contains(id.value)) c.teams.push_back(team.id);
    auto host = std::ranges::find(desk.hosts, id, &DeskHost::id);
    c.weight = static_cast<double>(host->weight);
    if (!rows.is_null(r, 7)) c.turns = rows.real(r, 7);
    if (!rows.is_null(r, 8)) c.last_assigned = from_ms(rows.integer(r, 8));
    out.push_back(std::move(c));
  }
  return out;
}

routing::Place place_of(Step& step, ContactId contact) {
  if (!contact) return {};
  Rows row = step.run("contact_facts", {contact.value});
  return row.empty() ? routing::Place{} : routing::Place{row.text(0, 1), row.text(0, 7), ""};
}

routing::Request request_of(Step& step, const Desk& desk, const Asked& asked) {
  routing::Request q{.type = desk.type.type, .channel = asked.channel, .language = asked.who.language, .at = asked.at};
  for (const std::string& skill : get_strings(desk.type.routing, "skills")) q.skills.push_back(fold_words(skill));
  q.place = place_of(step, asked.contact);
  if (asked.known) q.owner = asked.known;
  return q;
}

// What is not known is held against nobody.
routing::Rules rules_of(const Desk& desk, const routing::Place& place, std::vector<routing::Candidate>& candidates) {
  bool known = !place.country.empty() || !place.region.empty() || !place.postal_code.empty();
  if (!known)
    for (routing::Candidate& c : candidates) c.territories.clear();
  using routing::Need;
  bool strict = get_string(desk.type.routing, "territory") == "required";
  return {Need::preferred, Need::required, strict ? Need::required : Need::preferred};
}

json::object view(const Rows& rows, size_t r) {
  Json override = nullptr;
  if (!rows.is_null(r, 10)) {
    override = json::object{{"by", rows.text(r, 10)}, {"reason", text_json(rows.text(r, 11))}};
  }
  return {{"id", AttributionId{rows.integer(r, 0)}.text()},
          {"conversation_id", ConversationId{rows.integer(r, 1)}.text()},
          {"appointment_id", id_json<AppointmentId>(rows.integer(r, 2))},
          {"meeting_type_id", MeetingTypeId{rows.integer(r, 3)}.text()},
          {"chosen", AdvisorId{rows.integer(r, 4)}.text()},
          {"method", rows.text(r, 5)},
          {"model_version", rows.text(r, 6)},
          {"propensity", nullptr},
          {"request", stored_json(rows.text(r, 7), json::object{})},
          {"candidates", stored_json(rows.text(r, 8), json::array{})},
          {"refused", stored_json(rows.text(r, 9), json::array{})},
          {"override", override},
          {"at", time_text(rows, r, 12)}};
}

struct Line {  // of a decision, as it is stored
  AdvisorId chosen;
  std::string method = "fixed", version{routing::kVersion};
  Json request = json::object{}, candidates = json::array{}, refused = json::array{};
  bool by_person = false;
};
AttributionId insert(Step& step, const Booked& b, const Line& l) {
  auto id = step.new_id<AttributionId>();
  std::string by = l.by_person ? step.caller.actor() : "", why = l.by_person ? b.override_reason : "";
  step.run("attribution_insert", {id.value, b.conversation.value, opt_int(b.appointment.value), b.type.value,
                                  l.chosen.value, l.method, l.version, dump(l.request), dump(l.candidates),
                                  dump(l.refused), opt_text(by), opt_text(why), to_ms(step.now)});
  step.fact("attribution.decided", b.conversation, id.value,
            {{"advisor_id", l.chosen.text()}, {"method", l.method}, {"by_person", l.by_person}});
  return id;
}

void take_turns(Step& step, MeetingTypeId type, AdvisorId chosen, const Json& choice, bool by_person) {
  const Json* turns = find(choice, "turns");
  bool counted = false;
  if (turns)
    for (const Json& t : turns->as_array()) {
      AdvisorId id = *AdvisorId::parse(get_string(t, "advisor"));
      double value = get_double(t, "turns");
      counted = counted || id == chosen;
      if (id == chosen)
        step.run("turn_take", {type.value, id.value, value, to_ms(step.now)});
      else if (!by_person)
        step.run("turn_raise", {type.value, id.value, value});
    }
  if (by_person && !counted) step.run("turn_take", {type.value, chosen.value, 1.0, to_ms(step.now)});
}

}  // namespace

json::object routing_request(const Desk& desk, const Asked& asked) {
  json::object out{{"type", desk.type.type}, {"at", format_rfc3339(asked.at)}};
  if (!asked.who.language.empty()) out["language"] = asked.who.language;
  if (!asked.channel.empty()) out["channel"] = asked.channel;
  if (asked.who.team) out["team_id"] = asked.who.team.text();
  if (asked.who.agency) out["agency_id"] = asked.who.agency.text();
  if (asked.known) out["known"] = asked.known.text();
  if (asked.named) out["named"] = asked.named.text();
  if (!desk.type.routing.as_object().empty()) out["rules"] = desk.type.routing;
  return out;
}

Chosen choose_among(Step& step, const Desk& desk, const Asked& asked, const std::vector<uint32_t>& hosts,
                    const std::vector<NotFree>& busy) {
  std::vector<routing::Candidate> candidates = candidates_of(step, desk, hosts);
  routing::Request request = request_of(step, desk, asked);
  routing::Rules rules = rules_of(desk, request.place, candidates);
  routing::Attribution a = choose_host(request, std::move(candidates), rules);
  for (const LeftOut& l : desk.left_out) a.refused.push_back({l.advisor, l.key, routing::say(l.key, "en", l.about)});
  for (const NotFree& n : busy) a.refused.push_back({n.advisor, n.reason, "not free at this time: " + n.reason});
  if (asked.named) a.chosen = asked.named;
  Json choice = routing::to_json(a);
  json::array turns;
  for (const routing::Turn& t : a.turns)
    turns.push_back(json::object{{"advisor", t.advisor.text()}, {"turns", t.turns}});
  choice.as_object()["turns"] = std::move(turns);
  auto at = std::ranges::find_if(hosts, [&](uint32_t h) { return desk.hosts[h].id == *a.chosen; });
  check(at != hosts.end(), "the chosen host is among those who are free");
  return {static_cast<size_t>(at - hosts.begin()), std::move(choice)};
}

json::array reasons_of(const Json& routed) {
  json::array out;
  if (const Json* choices = find(routed, "choices"))
    for (const Json& choice : choices->as_array())
      for (const Json& reason : choice.at("candidates").as_array()) out.push_back(reason);
  return out;
}

AttributionId record_attribution(Step& step, const Booked& b, const Json& routed) {
  AttributionId first;
  Line line{.chosen = b.lead, .by_person = get_bool(routed, "by_person")};
  if (const Json* request = find(routed, "request")) line.request = *request;
  const Json* choices = find(routed, "choices");
  if (!choices || choices->as_array().empty()) return insert(step, b, line);
  for (const Json& choice : choices->as_array()) {
    Line each = line;
    each.chosen = *AdvisorId::parse(get_string(choice, "chosen"));
    each.method = get_string(choice, "method");
    each.version = get_string(choice, "version");
    each.candidates = choice.at("candidates");
    each.refused = choice.at("refused");
    AttributionId id = insert(step, b, each);
    if (!first) first = id;
    take_turns(step, b.type, each.chosen, choice, line.by_person);
  }
  return first;
}

Result<Json> get_attribution(Step& step, AttributionId id) {
  Rows row = step.run("attribution_get", {id.value});
  if (row.empty() || !step.caller.sees({row.integer(0, 13)}, {row.integer(0, 14)})) return not_found("attribution");
  return Json(view(row, 0));
}

Result<json::array> list_attributions(Step& step, const AttributionFilter& f, const Slice& slice) {
  Reach reach = reach_of(step.caller);
  Rows rows = step.run("attribution_list", {slice.after, slice.limit, reach.scope, reach.agency, reach.advisor,
                                            opt_int(f.conversation.value), opt_int(f.appointment.value)});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(view(rows, r));
  return out;
}

}  // namespace onward::app::booking
