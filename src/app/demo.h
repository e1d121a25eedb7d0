// The demo organization "Harbour & Lane": a handful of lifelike records, made through the use cases over two weeks of
// the manual clock, so that they are what people and the engine would have made. Every name and address is invented.
#pragma once
#include <functional>

#include "app/step.h"

namespace onward::app {

constexpr int kDemoDays = 14;  // how long before the present the demo's clock starts

// Does nothing when it is there already. `advance` moves the clock, doing what falls due.
Status install_demo(Runner& runner, const std::function<Status(Millis)>& advance);

}  // namespace onward::app
