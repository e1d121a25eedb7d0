// Demonstrations keep their mails instead of sending them.
#pragma once
#include <string>
#include <vector>

#include "app/step.h"

namespace onward::app {

struct CapturedMail {
  TouchId touch;
  Instant at;
  std::string raw;  // as it would have gone out
  std::string subject, text, name, address;
};

// The newest first, at most `limit`; of one touch, or of all (none given).
std::vector<CapturedMail> captured_mails(Step&, TouchId, int limit);

}  // namespace onward::app
