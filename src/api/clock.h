// Rows that need more than a step: they are given their parts when the API is put together.
#pragma once
#include <mutex>
#include <vector>

#include "api/route.h"
#include "api/schemas.h"
#include "app/forecast.h"

namespace onward::api {

// What the rows reach besides a step. `clock` is null on the real clock.
struct Doors {
  app::Runner* runner = nullptr;
  app::Engine* engine = nullptr;
  ports::Laboratory* laboratory = nullptr;
  ManualClock* clock = nullptr;
  std::mutex* mutex = nullptr;  // one hand on the clock at a time
};

struct Table {
  std::vector<Route> routes;
  Schemas schemas;
};

// Moves the clock to `target`, doing what falls due on the way, and remembers where it stands.
Result<int64_t> move_clock(const Doors&, Instant target);

void add_clock(Table&, const Doors&);

}  // namespace onward::api
