#include "app/booking/eligible.h"

#include <algorithm>

#include "base/text.h"

namespace onward::app::booking {
namespace {

std::vector<std::string> texts(const std::string& stored) {
  std::vector<std::string> out;
  Json list = stored_json(stored, json::array{});
  for (const Json& one : list.as_array())
    if (one.is_string()) out.emplace_back(one.as_string());
  return out;
}

std::string spoken(std::string_view tag) { return ascii_lower(tag.substr(0, tag.find('-'))); }

}  // namespace

Result<HostWish> host_wish(const Json& body) {
  return HostWish{TRY(id_of<TeamId>(body, "team_id")), TRY(id_of<AgencyId>(body, "agency_id")),
                  get_string(body, "language")};
}

std::set<int64_t> members_of(Step& step, TeamId id) {
  std::set<int64_t> out;
  Rows row = step.run("team_get", {id.value});
  if (row.empty()) return out;
  for (const std::string& member : texts(row.text(0, 2)))
    if (auto advisor = AdvisorId::parse(member)) out.insert(advisor->value);
  return out;
}

std::vector<std::string> skill_names(const std::string& stored) {
  std::vector<std::string> out;
  Json list = stored_json(stored, json::array{});
  for (const Json& one : list.as_array())
    out.push_back(fold_words(one.is_string() ? std::string(one.as_string()) : get_string(one, "name")));
  return out;
}

bool speaks(const std::vector<std::string>& languages, std::string_view language) {
  return std::ranges::any_of(languages, [&](const std::string& l) { return spoken(l) == spoken(language); });
}

Eligibility::Eligibility(Step& step, const MeetingType& type, const HostWish& wish) : type_(type), wish_(wish) {
  TeamId own;
  if (auto id = id_of<TeamId>(type.routing, "team_id")) own = *id;
  for (TeamId team : {own, wish.team})
    if (team) teams_.push_back(members_of(step, team));
  skills_ = get_strings(type.routing, "skills");
  if (get_string(type.routing, "language") != "required") wish_.language.clear();
}

LeftOut Eligibility::judge(AdvisorId id, AgencyId agency, const std::string& languages,
                           const std::string& skills) const {
  for (const std::set<int64_t>& team : teams_)
    if (!team.contains(id.value)) return {id, "team", ""};
  if (wish_.agency && agency != wish_.agency) return {id, "agency", ""};
  if (!wish_.language.empty() && !speaks(texts(languages), wish_.language))
    return {id, "language_missing", wish_.language};
  if (!skills_.empty()) {
    std::vector<std::string> has = skill_names(skills);
    for (const std::string& wanted : skills_)
      if (std::ranges::find(has, fold_words(wanted)) == has.end()) return {id, "skill_missing", wanted};
  }
  return {id, "", ""};
}

}  // namespace onward::app::booking
