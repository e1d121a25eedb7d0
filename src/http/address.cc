#include "http/address.h"

#include <algorithm>
#include <initializer_list>
#include <span>

namespace onward::http {
namespace {

struct V4Range {
  uint32_t network;
  int bits;
  AddressKind kind;
};

constexpr uint32_t v4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return a << 24 | b << 16 | c << 8 | d; }

constexpr V4Range kV4Ranges[] = {
    {v4(0, 0, 0, 0), 8, AddressKind::inside},         // this host: Linux connects 0.0.0.0 to itself
    {v4(10, 0, 0, 0), 8, AddressKind::inside},        // private
    {v4(100, 64, 0, 0), 10, AddressKind::inside},     // shared (CGNAT)
    {v4(127, 0, 0, 0), 8, AddressKind::inside},       // loopback
    {v4(169, 254, 0, 0), 16, AddressKind::inside},    // link-local, cloud metadata
    {v4(172, 16, 0, 0), 12, AddressKind::inside},     // private
    {v4(192, 0, 0, 0), 24, AddressKind::refused},     // protocol assignments
    {v4(192, 0, 2, 0), 24, AddressKind::refused},     // documentation
    {v4(192, 88, 99, 0), 24, AddressKind::refused},   // 6to4 relays
    {v4(192, 168, 0, 0), 16, AddressKind::inside},    // private
    {v4(198, 18, 0, 0), 15, AddressKind::refused},    // benchmarking
    {v4(198, 51, 100, 0), 24, AddressKind::refused},  // documentation
    {v4(203, 0, 113, 0), 24, AddressKind::refused},   // documentation
    {v4(224, 0, 0, 0), 3, AddressKind::refused},      // multicast, reserved, broadcast
};

// Whether the first `bits` of the address are those of `prefix` (which is padded with zeros).
bool within(const std::array<uint8_t, 16>& address, std::initializer_list<uint8_t> prefix, int bits) {
  auto prefix_byte = [&](int i) { return i < static_cast<int>(prefix.size()) ? *(prefix.begin() + i) : uint8_t{0}; };
  for (int i = 0; i * 8 < bits; ++i) {
    int used = std::min(8, bits - i * 8);
    auto mask = static_cast<uint8_t>(0xff << (8 - used));
    if ((address[i] & mask) != (prefix_byte(i) & mask)) return false;
  }
  return true;
}

uint32_t last_four(const std::array<uint8_t, 16>& a) { return v4(a[12], a[13], a[14], a[15]); }

}  // namespace

AddressKind classify_v4(uint32_t address) {
  for (const V4Range& range : kV4Ranges)
    if ((address >> (32 - range.bits)) == (range.network >> (32 - range.bits))) return range.kind;
  return AddressKind::open;
}

AddressKind classify_v6(const std::array<uint8_t, 16>& address) {
  std::array<uint8_t, 16> loopback{};
  loopback[15] = 1;
  if (address == loopback || within(address, {}, 128)) return AddressKind::inside;
  // An IPv4-mapped address reaches its IPv4 address, so it is judged as that one, but never counts as open: no resolver
  // answers with it.
  if (within(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96)) {
    AddressKind kind = classify_v4(last_four(address));
    return kind == AddressKind::inside ? kind : AddressKind::refused;
  }
  if (within(address, {0x00, 0x64, 0xff, 0x9b}, 96)) return classify_v4(last_four(address));  // NAT64
  if (within(address, {0xfc}, 7)) return AddressKind::inside;                                 // unique local
  if (within(address, {0xfe, 0x80}, 10)) return AddressKind::inside;                          // link-local
  if (!within(address, {0x20}, 3)) return AddressKind::refused;                               // not global unicast
  if (within(address, {0x20, 0x01, 0x00}, 23)) return AddressKind::refused;        // protocol assignments, Teredo
  if (within(address, {0x20, 0x01, 0x0d, 0xb8}, 32)) return AddressKind::refused;  // documentation
  if (within(address, {0x20, 0x02}, 16)) return AddressKind::refused;              // 6to4
  if (within(address, {0x3f, 0xff, 0x00}, 20)) return AddressKind::refused;        // documentation
  return AddressKind::open;
}

}  // namespace onward::http
