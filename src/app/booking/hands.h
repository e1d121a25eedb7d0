// Hands raised on the public pages, and how each was answered at once: by day, within the agency's hours or outside.
#pragma once
#include "app/booking/meeting_types.h"

namespace onward::app::booking {

enum class Answered { booked, requested, call, waitlist };
void count_hand(Step&, const MeetingType&, Answered);

struct Hands {
  int64_t open = 0, closed = 0;                               // within and outside opening hours
  int64_t booked = 0, requested = 0, call = 0, waitlist = 0;  // of those outside
  double share() const { return open + closed ? static_cast<double>(closed) / static_cast<double>(open + closed) : 0; }
};
Hands hands_raised(Step&, int days);

}  // namespace onward::app::booking
