// The words that documents use for the values of an enumeration: one table, read both ways.
//
//   constexpr Name<Kind> kKinds[] = {{Kind::email, "email"}, {Kind::task, "task"}};
//   value_of(kKinds, "task"); name_of(kKinds, Kind::task); names_of(kKinds);
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace onward {

template <class Enum>
struct Name {
  Enum value;
  std::string_view name;
};

// The first value for a word that is none of them: texts have passed a shape made from names_of().
template <class Enum, size_t N>
Enum value_of(const Name<Enum> (&names)[N], std::string_view text) {
  for (const auto& n : names)
    if (n.name == text) return n.value;
  return names[0].value;
}
template <class Enum, size_t N>
std::string_view name_of(const Name<Enum> (&names)[N], Enum value) {
  for (const auto& n : names)
    if (n.value == value) return n.name;
  return "";
}
template <class Enum, size_t N>
std::vector<std::string> names_of(const Name<Enum> (&names)[N]) {
  std::vector<std::string> out;
  for (const auto& n : names) out.emplace_back(n.name);
  return out;
}

}  // namespace onward
