// What kind of place an IP address is, for the egress policy (IANA special-purpose registries, RFC 6890 and
// successors).
#pragma once
#include <array>
#include <cstdint>

namespace onward::http {

enum class AddressKind {
  open,     // globally reachable
  inside,   // loopback, private, link-local, shared, "this host": only when the policy allows it
  refused,  // multicast, broadcast, documentation, benchmarking, tunnels that hide another address: never
};

AddressKind classify_v4(uint32_t address);                        // host byte order
AddressKind classify_v6(const std::array<uint8_t, 16>& address);  // network byte order, as in sockaddr_in6

}  // namespace onward::http
