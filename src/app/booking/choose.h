// Which of the hosts who are free gets a meeting: core/routing, asked with the bookings of the last days as turns.
// Pure: the same candidates give the same choice.
#pragma once
#include <span>
#include <string>

#include "base/id.h"
#include "base/json.h"

namespace onward::app::booking {

struct Candidate {
  AdvisorId id;
  int64_t weight = 1;  // 0: only when nobody else can
  int64_t recent = 0;  // bookings lately
  bool known = false;  // holds the customer's conversation already
};

struct Choice {
  size_t index = 0;
  json::array reasons;  // [{advisor, points, reasons: [{key, points, text}]}], the chosen one first
};

// Whoever knows the customer; else whose turn it is (core/routing/routing.h). Requires at least one candidate.
Choice choose_host(std::span<const Candidate>, Instant start);

}  // namespace onward::app::booking
