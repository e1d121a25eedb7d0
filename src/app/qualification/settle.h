// What was decided, as far as the house is ready for it.
#pragma once
#include "app/step.h"
#include "core/qualification/answers.h"

namespace onward::app {

// An article that is not there (any more) keeps nobody from booking.
void settle_outcome(Step&, qualification::Decision&);

}  // namespace onward::app
