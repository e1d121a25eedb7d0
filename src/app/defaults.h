// What a new installation starts with: conversation types, templates in English and French, published sequences. Their
// texts live in templates/defaults; docs/sequences.md says why each is as it is.
#pragma once
#include "app/step.h"

namespace onward::app {

// Puts in what was never put in before, and nothing that is there already: what an owner changed stays changed, what an
// owner removed stays removed. To be called at every start, with an owner's or the system's caller.
Status install_defaults(Step&);

}  // namespace onward::app
