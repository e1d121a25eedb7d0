// The forecast: the same engine on a virtual clock over a copy of the present. What it lists is what will happen when
// nobody intervenes, to the second, because it is what the engine does.
#pragma once
#include "app/engine.h"
#include "ports/laboratory.h"

namespace onward::app {

struct ForecastRequest {
  ConversationId conversation;  // none: everything the caller sees
  int days = 30;                // 1..400
};

// {data: [{at, conversation_id, kind, state, title, step, reason, why, subject, ...}], until, limits: [...]}, in order
// of time. Touches that are skipped, expired or suppressed on the way are listed with their reason.
Result<Json> forecast(Runner& runner, ports::Laboratory& laboratory, const Caller& caller,
                      const ForecastRequest& request);

}  // namespace onward::app
