// Which hosts of a meeting type may be offered to a customer at all: what the type requires, and what is known about
// the customer before a time is chosen. Hosts who always come are never left out.
#pragma once
#include <set>

#include "app/booking/meeting_types.h"

namespace onward::app::booking {

// What a customer needs, as far as it is known; empty parts ask for nothing.
struct HostWish {
  TeamId team;           // of the qualification
  AgencyId agency;       // asked for
  std::string language;  // the customer's; counts here when the type requires it
};

// {team_id, agency_id, language} of a body. Errors: invalid.
Result<HostWish> host_wish(const Json& body);

struct LeftOut {
  AdvisorId advisor;
  std::string key, about;  // team, agency, language_missing, skill_missing (core/routing), and what is missing
};

class Eligibility {
 public:
  Eligibility(Step&, const MeetingType&, const HostWish&);
  // Empty key: may be offered. The lists are the advisor's columns.
  LeftOut judge(AdvisorId, AgencyId, const std::string& languages, const std::string& skills) const;

 private:
  const MeetingType& type_;
  HostWish wish_;
  std::vector<std::set<int64_t>> teams_;  // of each team that is wanted: its members
  std::vector<std::string> skills_;
};

// Members of a team; none when it is not there.
std::set<int64_t> members_of(Step&, TeamId);
// Skills are compared without case and accents; of a stored list their names.
std::vector<std::string> skill_names(const std::string& stored);
bool speaks(const std::vector<std::string>& languages, std::string_view language);  // by the first part of the tag

}  // namespace onward::app::booking
