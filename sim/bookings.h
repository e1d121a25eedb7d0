// Contested bookings: many people want the same few times of a random house. They look, hold, book, reschedule, cancel,
// reassign and forget, while hosts go away and the program crashes between any two statements; what the program
// acknowledged, offered and refused is judged by the market's own books and by the rows.
//
// Rules: no two meetings of a host overlap, no meeting has more people than seats, what was acknowledged stands and
// nothing else does, what was offered can be booked when nobody came between, and a refusal names times that are free.
#pragma once
#include <cstdint>
#include <string>

#include "sim/checks.h"

namespace onward::sim {

struct BookingOptions {
  uint64_t seed = 1;
  int64_t count = 20'000;  // of what people do
  std::string database;    // postgresql://…, empty and its own; none: SQLite in memory
  int clients = 1;         // who act at the very same time; more than one: PostgreSQL, without faults
  bool faults = true;      // crashes and failing commits
};

// Returns what was counted, in lines. Throws Violation.
std::string bookings(const BookingOptions&);

}  // namespace onward::sim
