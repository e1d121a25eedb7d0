// Branches and offices: address, zone, opening hours, closed days, services. Everybody reads them; owners change them,
// a manager the own one.
#pragma once
#include "app/record.h"

namespace onward::app {

// {name, address, zone, country, region, hours: [{day, from, to}], closed: [dates], services: [names]}
Result<Json> add_agency(Step&, const Json& body);
Result<Json> get_agency(Step&, AgencyId);
Result<json::array> list_agencies(Step&, const Slice&);
Result<Json> change_agency(Step&, AgencyId, const Json& body);
Result<Json> delete_agency(Step&, AgencyId);  // conflict while advisors or open conversations belong to it

// Opening hours as a body has them. Error: Code::invalid at the entry whose `to` is not later than `from`.
Status check_hours(const Json& body);

}  // namespace onward::app
