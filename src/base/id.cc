#include "base/id.h"

#include <fmt/format.h>

#include "base/check.h"

namespace onward {
namespace {

// Crockford base32 in lower case: no i, l, o, u. Thirteen characters hold 64 bits and keep the order.
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kDigits = 13;
constexpr int64_t kEpochMs = 1'577'836'800'000;  // 2020-01-01
constexpr int kRandomBits = 21;

}  // namespace

std::string format_id(std::string_view prefix, int64_t value) {
  std::string out;
  out.reserve(prefix.size() + 1 + kDigits);
  out.append(prefix).push_back('_');
  auto bits = static_cast<uint64_t>(value);
  for (int shift = 60; shift >= 0; shift -= 5) out.push_back(kAlphabet[(bits >> shift) & 31]);
  return out;
}

Result<int64_t> parse_id(std::string_view prefix, std::string_view text) {
  auto bad = [&] { return fail(Code::invalid, fmt::format("must be an id such as {}_0c4jq8w1x2k3m", prefix)); };
  if (text.size() != prefix.size() + 1 + kDigits || !text.starts_with(prefix) || text[prefix.size()] != '_')
    return bad();
  uint64_t bits = 0;
  for (char c : text.substr(prefix.size() + 1)) {
    size_t digit = kAlphabet.find(c);
    if (digit == kAlphabet.npos || bits >> 59) return bad();
    bits = bits << 5 | digit;
  }
  if (bits == 0 || bits >> 63) return bad();
  return static_cast<int64_t>(bits);
}

int64_t make_id(Instant now, Rng& rng) {
  int64_t ms = std::max<int64_t>(to_ms(now) - kEpochMs, 1);
  check(ms >> 42 == 0);
  int64_t candidate = ms << kRandomBits | static_cast<int64_t>(rng.next() & ((1u << kRandomBits) - 1));
  return rng.ids() ? rng.ids()->after(candidate, kRandomBits) : candidate;
}

}  // namespace onward
