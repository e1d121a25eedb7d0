// The steps of an appointment's life as staff take them.
#pragma once
#include <string>
#include <vector>

#include "pages/form.h"
#include "pages/visit.h"

namespace onward::pages {

struct Refused {
  std::string action;
  Error error;
};
// The forms of the steps that are open to it now. `others`: who could host it instead.
json::array appointment_forms(const Visit&, const Json& appointment, const std::vector<Choice>& others, const Refused*);
// The briefing, with the form that was refused.
http::Response draw_briefing(const Visit&, const Refused*);

}  // namespace onward::pages
