#include "core/sequences/touch.h"

namespace onward::sequences {

std::string_view to_string(TouchState s) {
  switch (s) {
    case TouchState::planned: return "planned";
    case TouchState::draft: return "draft";
    case TouchState::approved: return "approved";
    case TouchState::sending: return "sending";
    case TouchState::sent: return "sent";
    case TouchState::in_doubt: return "in_doubt";
    case TouchState::failed: return "failed";
    case TouchState::suppressed: return "suppressed";
    case TouchState::expired: return "expired";
    case TouchState::done: return "done";
  }
  return "";
}

TouchState parse_touch_state(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(TouchState::done); ++i)
    if (to_string(static_cast<TouchState>(i)) == text) return static_cast<TouchState>(i);
  return TouchState::planned;
}

bool ended(TouchState s) {
  return s == TouchState::sent || s == TouchState::failed || s == TouchState::suppressed || s == TouchState::expired ||
         s == TouchState::done;
}

std::string_view to_string(EnrollmentState s) {
  switch (s) {
    case EnrollmentState::active: return "active";
    case EnrollmentState::done: return "done";
    case EnrollmentState::stopped: return "stopped";
  }
  return "";
}

}  // namespace onward::sequences
