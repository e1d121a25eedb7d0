// Which of the hosts who are free gets a meeting. Pure: the same candidates give the same choice.
#pragma once
#include <span>
#include <string>

#include "base/id.h"
#include "base/json.h"

namespace onward::app::booking {

struct Candidate {
  AdvisorId id;
  int64_t weight = 1;
  int64_t recent = 0;  // bookings lately
  bool known = false;  // holds the customer's conversation already
};

struct Choice {
  size_t index = 0;
  json::array reasons;  // [{host, chosen, recent, weight, because}], the chosen one first
};

// Whoever knows the customer; else who had the fewest bookings for the weight; among equals by `start`, so that they
// take turns. Requires at least one candidate.
Choice choose_host(std::span<const Candidate>, Instant start);

}  // namespace onward::app::booking
