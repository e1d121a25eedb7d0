// `onward forecast`: what will happen when nobody intervenes, as a table.
#pragma once
#include "base/json.h"

namespace onward::cli {

void print_forecast(const Json& forecast);

}  // namespace onward::cli
