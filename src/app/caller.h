// Who asks. Every use case takes one; what a role may see and do is decided here and nowhere else.
//   owner    everything
//   manager  everything of the own agency, and the policies' results; no keys, no settings
//   advisor  own conversations and their contacts
//   auditor  reads everything, changes nothing
#pragma once
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace onward::app {

enum class Role { owner, manager, advisor, auditor };
std::string_view to_string(Role);
Result<Role> parse_role(std::string_view);

struct Caller {
  Role role = Role::owner;
  AdvisorId advisor;  // none for owner and auditor keys that belong to nobody
  AgencyId agency;    // the advisor's
  KeyId key;

  // For facts: "adv_…", "key_…" or "system".
  std::string actor() const { return advisor ? advisor.text() : key ? key.text() : "system"; }
  bool sees_all() const { return role == Role::owner || role == Role::auditor; }
  bool may_change() const { return role != Role::auditor; }
  // Whether a conversation with this owner and agency is visible.
  bool sees(AdvisorId owner, AgencyId owner_agency) const {
    if (sees_all()) return true;
    if (role == Role::manager) return agency && owner_agency == agency;
    return advisor && owner == advisor;
  }
};

inline Caller system_caller() { return {}; }

}  // namespace onward::app
