// Who gets this customer: filters first, then fit in points, then a fair turn among the equally fit. A pure function of
// what is known; the same request over the same candidates gives the same answer, so that it can be replayed.
//
//   Attribution a = route({.language = "fr", .skills = {"mortgage"}, .at = now}, candidates, {});
//   if (a.chosen) ...                      // and store a, with a.turns, in the same transaction
//
// Fairness: every advisor owes turns by weight. Of those who are not ahead of their share the one whose next turn is
// due first is chosen ((turns + 1) / weight), then who has waited longest, then the smaller id. Over any stretch in
// which the same advisors are there, everybody stays within one of the share of the weights. (The smallest turns /
// weight alone does not: many small weights would be served before one large one.) A newcomer and one who was away or
// full begin at the level of the others, so nobody is flooded. A customer who goes to the advisor they already have
// takes no turn.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"

namespace onward::routing {

constexpr std::string_view kVersion = "rules-1";

struct Territory {            // an empty part matches everything
  std::string country;        // ISO 3166-1 alpha-2
  std::string region;         // "FR-69"
  std::string postal_prefix;  // "690"
};
struct Place {
  std::string country, region, postal_code;  // an empty part is not known
};

struct Absence {
  Instant from, to;  // half-open
};

struct Candidate {
  AdvisorId advisor;
  AgencyId agency;
  std::vector<TeamId> teams;
  std::vector<std::string> types;      // conversation types; empty: all
  std::vector<std::string> channels;   // empty: all
  std::vector<std::string> languages;  // BCP 47; empty: not told, which fits no wish
  std::vector<std::string> skills;
  std::vector<Territory> territories;  // empty: everywhere
  std::vector<Absence> absences;
  int capacity = 0;             // 0: no limit
  int load = 0;                 // what counts towards the capacity now
  double weight = 1;            // share of the turns; 0: only customers who are theirs already
  std::optional<double> turns;  // taken so far; absent: new in this rotation
  std::optional<Instant> last_assigned;
};

struct Request {
  std::string type, channel, language;  // empty: not told
  std::vector<std::string> skills;      // all are needed
  std::optional<AgencyId> agency;       // asked for
  std::optional<TeamId> team;           // asked for by the meeting type or the qualification
  Place place;                          // of the customer
  std::optional<AdvisorId> owner;       // whom the customer knows
  Instant at;                           // when somebody has to be there
};

// What a miss does: refuse the candidate, or cost points.
enum class Need { required, preferred };
struct Rules {
  Need language = Need::required;
  Need skills = Need::required;
  Need territory = Need::required;
};

struct Reason {
  std::string
      key;  // relationship, language, language_missing, skill, skill_missing, territory, territory_missing, turn
  double points = 0;  // parts add up to the points of the candidate
  std::string text;   // for staff
};
struct Ranked {
  AdvisorId advisor;
  double points = 0;
  std::vector<Reason> reasons;
};
struct Refusal {
  AdvisorId advisor;
  std::string
      key;  // type, channel, team, agency, language_missing, skill_missing, territory_missing, absent, capacity, weight
  std::string text;
};
struct Turn {
  AdvisorId advisor;
  double turns = 0;
};

// What is stored. Later methods fill the same shape.
struct Attribution {
  std::optional<AdvisorId> chosen;  // none: nobody is left
  std::vector<Ranked> candidates;   // best first
  std::vector<Refusal> refused;     // by id
  std::string method = "rules";
  std::string version{kVersion};
  std::vector<Turn> turns;  // to be stored with the choice; only those that change
};

// `language`: of the texts, en or fr; any other is en.
Attribution route(const Request&, const std::vector<Candidate>&, const Rules&, std::string_view language = "en");

// {"chosen", "method", "version", "candidates": [{"advisor", "points", "reasons": [{"key", "points", "text"}]}],
//  "refused": [{"advisor", "key", "text"}]}
Json to_json(const Attribution&);

}  // namespace onward::routing
