// Shapes of the views that several nouns answer with.
#pragma once
#include <vector>

#include "base/schema.h"

namespace onward::api {

std::vector<Field> conversation_fields();
std::vector<Field> touch_fields(bool with_body);
Shape touch_summary_shape();  // without the text of messages
Shape promise_view_shape();
Shape enrollment_view_shape();
Shape talk_view_shape();

}  // namespace onward::api
