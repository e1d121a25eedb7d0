#include "app/embedded.h"

namespace onward::app {

std::optional<std::string_view> embedded(std::string_view path) {
  for (const EmbeddedText& t : embedded_texts())
    if (t.path == path) return t.text;
  return std::nullopt;
}

std::vector<EmbeddedText> embedded_below(std::string_view prefix) {
  std::vector<EmbeddedText> out;
  for (const EmbeddedText& t : embedded_texts())
    if (t.path.starts_with(prefix)) out.push_back(t);
  return out;
}

}  // namespace onward::app
