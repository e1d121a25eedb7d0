// Several appointments of one customer, at the same time by the wall clock: booked all or none, with one series_id.
#pragma once
#include "app/booking/appointments.h"

namespace onward::app::booking {

// `body` as for `book`, with `series: {every, count}`. Answers the first one with its `link`, and `series: {id,
// appointments: [{id, start}]}`. A conflict names in `failed` each start that cannot be booked, its reason and the
// nearest free starts; then nothing is booked.
Result<Json> book_series(Step&, const Json& body);

// Cancels this appointment and those of its series that come after it. Answers this one.
Result<Json> cancel_following(Step&, AppointmentId, const Json& body);

}  // namespace onward::app::booking
