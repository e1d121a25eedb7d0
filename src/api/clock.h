// Rows that need more than a step: they are given their parts when the API is put together.
#pragma once
#include <mutex>
#include <vector>

#include "api/route.h"
#include "api/schemas.h"
#include "app/forecast.h"

namespace onward::api {

struct ClockDoor {
  app::Runner* runner = nullptr;
  app::Engine* engine = nullptr;
  ManualClock* clock = nullptr;
  std::mutex* mutex = nullptr;  // one hand on the clock at a time
};

// Moves the clock to `target`, doing what falls due on the way, and remembers where it stands.
Result<int64_t> move_clock(const ClockDoor&, Instant target);

void add_forecast(std::vector<Route>&, app::Runner&, ports::Laboratory&);
void add_clock(std::vector<Route>&, const ClockDoor&);
void describe_clock(Schemas&);

}  // namespace onward::api
