// The parsed form of a template; private to base.
#pragma once
#include <optional>

#include "base/template.h"

namespace onward {

struct Template::Node {
  enum class Kind { text, value, condition, each };
  Kind kind = Kind::text;
  std::string text;                     // literal text
  VariableUse use;                      // everything else
  std::string declared;                 // use.declared(), written once
  std::vector<std::string> segments;    // use.path, split
  std::optional<std::string> fallback;  // value
  std::vector<Node> body;               // condition, each
  std::vector<Node> otherwise;          // condition
};

}  // namespace onward
