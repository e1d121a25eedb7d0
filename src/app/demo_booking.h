// What can be booked in the demonstration. Internal to the demo.
#pragma once
#include <vector>

#include "app/step.h"

namespace onward::app {

Status add_demo_meeting_types(Step&, const std::vector<AdvisorId>& hosts);

}  // namespace onward::app
