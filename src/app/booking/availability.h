// When an advisor's hours are others than usual: exceptions of a date, and journeys to another zone. Advisors keep
// their own, managers those of their agency.
#pragma once
#include "app/record.h"

namespace onward::app::booking {

// {date, from, to}: without from and to it is closed. Several of one date are its hours together.
Result<Json> add_exception(Step&, AdvisorId, const Json& body);
Result<json::array> list_exceptions(Step&, AdvisorId, const Slice&);
Result<Json> delete_exception(Step&, AdvisorId, ExceptionId);

// {from, to, zone}: on these dates the hours are meant in that zone.
Result<Json> add_travel(Step&, AdvisorId, const Json& body);
Result<json::array> list_travel(Step&, AdvisorId, const Slice&);
Result<Json> delete_travel(Step&, AdvisorId, TravelId);

}  // namespace onward::app::booking
