// The people who hold conversations, and when they are away. Owners and auditors see all, everybody else the own
// agency's. Owners change everything, managers their agency's advisors, advisors their own phone, zone, languages and
// hours.
#pragma once
#include "app/record.h"

namespace onward::app {

// {name, email, phone, agency_id, zone, languages, skills: [{name, level}] or [names], hours, capacity, mailbox_id}
Result<Json> add_advisor(Step&, const Json& body);
Result<Json> get_advisor(Step&, AdvisorId);
Result<json::array> list_advisors(Step&, AgencyId only, const Slice&);  // only: none for every agency
Result<Json> change_advisor(Step&, AdvisorId, const Json& body);
// Revokes the advisor's keys and ends the sessions. Conflict while owning open conversations or the last owner key.
Result<Json> delete_advisor(Step&, AdvisorId);

// {starts_at, ends_at, reason}; conversations take it into account when they are next decided.
Result<Json> add_absence(Step&, AdvisorId, const Json& body);
Result<json::array> list_absences(Step&, AdvisorId, const Slice&);
Result<Json> delete_absence(Step&, AdvisorId, AbsenceId);

}  // namespace onward::app
