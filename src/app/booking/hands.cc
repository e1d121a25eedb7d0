#include "app/booking/hands.h"

#include "app/callbacks.h"

namespace onward::app::booking {
namespace {

std::string_view word(Answered a) {
  switch (a) {
    case Answered::booked: return "booked";
    case Answered::requested: return "requested";
    case Answered::call: return "call";
    case Answered::waitlist: return "waitlist";
  }
  return "";
}

}  // namespace

void count_hand(Step& step, const MeetingType& type, Answered answered) {
  bool open = next_call(step, type).open;
  step.run("hand_raised", {to_string(utc().date(step.now)), type.id.value, std::string(word(answered)), int64_t{open}});
}

Hands hands_raised(Step& step, int days) {
  Rows rows = step.run("hands_raised", {to_string(add_days(utc().date(step.now), -days))});
  Hands out;
  for (size_t r = 0; r < rows.size(); ++r) {
    int64_t n = rows.integer(r, 2);
    (rows.integer(r, 1) ? out.open : out.closed) += n;
    if (rows.integer(r, 1)) continue;
    for (auto [answered, count] : {std::pair{Answered::booked, &out.booked},
                                   {Answered::requested, &out.requested},
                                   {Answered::call, &out.call},
                                   {Answered::waitlist, &out.waitlist}})
      if (rows.text(r, 0) == word(answered)) *count += n;
  }
  return out;
}

}  // namespace onward::app::booking
