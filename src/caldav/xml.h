// XML from outside as a tree (expat). Documents with a DOCTYPE are refused, so there are no entities to expand; depth
// and number of elements are bounded.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace onward::caldav {

inline constexpr int kMaxDepth = 32;
inline constexpr int kMaxElements = 300'000;

struct Element {
  std::string space, name;                                      // namespace and local name
  std::string text;                                             // its own characters, without those of its children
  std::vector<std::pair<std::string, std::string>> attributes;  // local names
  std::vector<Element> children;
  std::string_view attribute(std::string_view name) const;                    // empty: absent
  const Element* child(std::string_view space, std::string_view name) const;  // the first one, or nullptr
};

// Error: Code::invalid.
Result<Element> read_xml(std::string_view text);

// Text made safe between tags and in quoted attributes.
std::string escape_xml(std::string_view);

}  // namespace onward::caldav
