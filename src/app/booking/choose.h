// Which of the hosts who are free gets a meeting: core/routing, asked so that what was offered can be booked. Pure.
#pragma once
#include <vector>

#include "core/routing/routing.h"

namespace onward::app::booking {

// As the rules say; when that leaves nobody, first the territory only counts in points, then nobody is full, then those
// come who come when nobody else can (weight 0). Requires at least one candidate, and that all of them have the skills.
routing::Attribution choose_host(const routing::Request&, std::vector<routing::Candidate>, routing::Rules,
                                 std::string_view language = "en");

}  // namespace onward::app::booking
