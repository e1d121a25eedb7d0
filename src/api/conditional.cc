#include "api/conditional.h"

#include "base/crypto.h"

namespace onward::api {
namespace {

constexpr size_t kTagLength = 16;

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

}  // namespace

std::string etag_of(std::string_view body) { return '"' + sha256_hex(body).substr(0, kTagLength) + '"'; }

bool names_etag(std::string_view field, std::string_view etag, Compare compare) {
  if (trimmed(field) == "*") return true;
  while (!field.empty()) {  // our tags hold no comma, so a foreign tag torn at its comma matches nothing
    size_t comma = field.find(',');
    std::string_view tag = trimmed(field.substr(0, comma));
    if (compare == Compare::weak && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
    field.remove_prefix(comma == field.npos ? field.size() : comma + 1);
  }
  return false;
}

}  // namespace onward::api
