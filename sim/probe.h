// What the checks look at: statements of their own, and a log of every state that a row took, written by triggers.
#pragma once
#include <string>

#include "sim/world.h"

namespace onward::sim {

const store::Catalogue& probe();
// A digest of every row of every table.
std::string state_hash(World&);

}  // namespace onward::sim
