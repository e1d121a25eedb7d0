// Add-to-calendar links. Every value is percent-encoded: what a customer typed stays inside its parameter.
#pragma once
#include <string>

#include "ical/calendar.h"

namespace onward::ical {

enum class OutlookKind { personal, work };  // outlook.live.com, outlook.office.com

// calendar.google.com; in the event's zone, in UTC where the wall clock cannot say the time.
std::string google_link(const Event&);
std::string outlook_link(const Event&, OutlookKind);

}  // namespace onward::ical
