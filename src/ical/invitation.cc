#include "ical/invitation.h"

#include <fmt/format.h>

#include "base/check.h"

namespace onward::ical {

Result<Invitation> invitation(Method method, const Event& event) {
  check(method == Method::request || method == Method::cancel, "an invitation asks or cancels");
  Invitation out;
  out.content_type = fmt::format("text/calendar; charset=UTF-8; method={}; component=VEVENT", to_string(method));
  out.body = TRY(write_calendar({.method = method, .events = {event}}));
  out.file_name = method == Method::cancel ? "cancel.ics" : "invite.ics";
  return out;
}

}  // namespace onward::ical
