// Everything that may happen to one message while it leaves, in every order: a reply, an opt-out, an outcome or a
// booking against claim, gate, hand-over and settling.
#pragma once
#include <cstdint>
#include <string>

#include "sim/checks.h"

namespace onward::sim {

// Runs n random interleavings; returns what was counted, in lines. Throws Violation.
std::string interleavings(uint64_t seed, int64_t n);

}  // namespace onward::sim
