#include "app/captured.h"

namespace onward::app {

std::vector<CapturedMail> captured_mails(Step& step, TouchId touch, int limit) {
  Rows rows = step.run("captured_page", {ports::opt_int(touch.value), int64_t{limit}});
  std::vector<CapturedMail> out;
  for (size_t i = 0; i < rows.size(); ++i)
    out.push_back({TouchId{rows.integer(i, 0)}, from_ms(rows.integer(i, 1)), rows.text(i, 2), rows.text(i, 3),
                   rows.text(i, 4), rows.text(i, 5), rows.text(i, 6)});
  return out;
}

}  // namespace onward::app
