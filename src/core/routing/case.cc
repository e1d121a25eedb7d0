#include "core/routing/case.h"

#include <fmt/format.h>

#include <set>

namespace onward::routing {
namespace {

using shape::nullable;
using shape::object;
using shape::required;

Shape words() { return shape::list(shape::line(1, 100), 0, 200); }

Shape request_shape() {
  return object({{"type", shape::line(1, 60), nullable},
                 {"channel", shape::line(1, 60), nullable},
                 {"language", shape::language(), nullable},
                 {"skills", words()},
                 {"agency", shape::id("agy"), nullable},
                 {"team", shape::id("tea"), nullable},
                 {"place",
                  object({{"country", shape::country(), nullable},
                          {"region", shape::line(1, 20), nullable},
                          {"postal_code", shape::line(1, 20), nullable}}),
                  nullable},
                 {"owner", shape::id("adv"), nullable, "Whom the customer knows"},
                 {"at", shape::time(), required, "When somebody has to be there"}});
}

Shape candidate_shape() {
  Shape territory = object({{"country", shape::country(), nullable},
                            {"region", shape::line(1, 20), nullable},
                            {"postal_prefix", shape::line(1, 20), nullable}});
  return object(
      {{"advisor", shape::id("adv"), required},
       {"agency", shape::id("agy"), nullable},
       {"teams", shape::list(shape::id("tea"), 0, 100)},
       {"types", words()},
       {"channels", words()},
       {"languages", words()},
       {"skills", words()},
       {"territories", shape::list(territory, 0, 100)},
       {"absences", shape::list(object({{"from", shape::time(), required}, {"to", shape::time(), required}}), 0, 1000)},
       {"capacity", shape::integer(0, 1'000'000), nullable},
       {"load", shape::integer(0, 1'000'000), nullable},
       {"weight", shape::number(0, 1000), nullable, "Default 1"},
       {"turns", shape::number(0, 1e12), nullable, "null: new in this rotation"},
       {"last_assigned", shape::time(), nullable}});
}

template <class IdType>
std::optional<IdType> id_at(const Json& j, std::string_view key) {
  if (!find(j, key)) return std::nullopt;
  return *IdType::parse(get_string(j, key));
}

std::optional<Instant> time_at(const Json& j, std::string_view key) {
  if (!find(j, key)) return std::nullopt;
  return *parse_rfc3339(get_string(j, key));
}

Need need_at(const Json& rules, std::string_view key) {
  return get_string(rules, key, "required") == "required" ? Need::required : Need::preferred;
}

Request read_request(const Json& j) {
  Request q{.type = get_string(j, "type"),
            .channel = get_string(j, "channel"),
            .language = get_string(j, "language"),
            .skills = get_strings(j, "skills"),
            .agency = id_at<AgencyId>(j, "agency"),
            .team = id_at<TeamId>(j, "team"),
            .owner = id_at<AdvisorId>(j, "owner"),
            .at = *time_at(j, "at")};
  if (const Json* p = find(j, "place"))
    q.place = {get_string(*p, "country"), get_string(*p, "region"), get_string(*p, "postal_code")};
  return q;
}

Candidate read_candidate(const Json& j) {
  Candidate c{.advisor = *AdvisorId::parse(get_string(j, "advisor")),
              .agency = id_at<AgencyId>(j, "agency").value_or(AgencyId{}),
              .types = get_strings(j, "types"),
              .channels = get_strings(j, "channels"),
              .languages = get_strings(j, "languages"),
              .skills = get_strings(j, "skills"),
              .capacity = static_cast<int>(get_int(j, "capacity")),
              .load = static_cast<int>(get_int(j, "load"))};
  for (const std::string& team : get_strings(j, "teams")) c.teams.push_back(*TeamId::parse(team));
  if (const Json* list = find(j, "territories"))
    for (const Json& t : list->as_array())
      c.territories.push_back({get_string(t, "country"), get_string(t, "region"), get_string(t, "postal_prefix")});
  if (const Json* list = find(j, "absences"))
    for (const Json& a : list->as_array()) c.absences.push_back({*time_at(a, "from"), *time_at(a, "to")});
  if (const Json* weight = find(j, "weight")) c.weight = weight->to_number<double>();
  if (const Json* turns = find(j, "turns")) c.turns = turns->to_number<double>();
  c.last_assigned = time_at(j, "last_assigned");
  return c;
}

}  // namespace

const Shape& case_shape() {
  static const Shape need = shape::one_of({"required", "preferred"});
  static const Shape s = object(
      {{"request", request_shape(), required, "What is asked for"},
       {"rules", object({{"language", need}, {"skills", need}, {"territory", need}}), nullable, "Default required"},
       {"language", shape::one_of({"en", "fr"}), nullable, "Of the texts"},
       {"candidates", shape::list(candidate_shape(), 0, 10'000), required, "Who could come"}});
  return s;
}

Result<Case> read_case(const Json& j) {
  TRY_VOID(case_shape().validate(j));
  Case out{.request = read_request(j.at("request")),
           .rules = {},
           .candidates = {},
           .language = get_string(j, "language", "en")};
  if (const Json* rules = find(j, "rules"))
    out.rules = {need_at(*rules, "language"), need_at(*rules, "skills"), need_at(*rules, "territory")};
  std::set<AdvisorId> seen;
  for (const Json& c : j.at("candidates").as_array()) {
    out.candidates.push_back(read_candidate(c));
    if (!seen.insert(out.candidates.back().advisor).second)
      return fail_field(fmt::format("/candidates/{}/advisor", out.candidates.size() - 1), "duplicate",
                        "is there twice");
  }
  return out;
}

}  // namespace onward::routing
