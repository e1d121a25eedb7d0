// The texts of templates/ inside the binary, by their path there: "defaults/types.yaml", "locales/fr.json".
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace onward::app {

struct EmbeddedText {
  std::string_view path;
  std::string_view text;
};

// All of them, by path.
const std::vector<EmbeddedText>& embedded_texts();
// nullopt: there is no such text.
std::optional<std::string_view> embedded(std::string_view path);
// Those whose path begins with `prefix`.
std::vector<EmbeddedText> embedded_below(std::string_view prefix);

}  // namespace onward::app
