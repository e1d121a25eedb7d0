// The lists of an article as people type them in one field each; what is read back is what was written.
//   sources    Title | https://example.org/page | 2026-03-30      one a line, the day may be left out
//   questions  ? What does it cost?                               then the answer, up to the next "? "
//   topics     pension, succession
#pragma once
#include <string>
#include <string_view>

#include "base/json.h"

namespace onward::pages {

std::string sources_text(const json::array& sources);
json::array sources_from(std::string_view text);
std::string questions_text(const json::array& faq);
// Error: invalid at /faq when there is an answer before the first question.
Result<json::array> questions_from(std::string_view text);
std::string topics_text(const json::array& topics);
json::array topics_from(std::string_view text);

}  // namespace onward::pages
