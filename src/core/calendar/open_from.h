// The second half of plan(); private to calendar.
#pragma once
#include "core/calendar/calendar.h"

namespace onward::calendar {

// Moves out.at (and out.local) to the first opening at or after it, appending the reasons.
void open_from(Planned& out, const SendRules&, const Place&, const std::vector<Interval>& absences,
               const HolidayTable&);

}  // namespace onward::calendar
