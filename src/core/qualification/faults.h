// What a form of the right shape can still have wrong.
#pragma once
#include "core/qualification/form.h"

namespace onward::qualification {

// No fields: nothing is wrong. `raw` is the document the form was read from.
Error faults_of(const Form&, const Json& raw);

}  // namespace onward::qualification
