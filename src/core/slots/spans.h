// Sets of time as sorted lists of half-open ranges in milliseconds; private to slots.
#pragma once
#include <cstdint>
#include <vector>

#include "base/instant.h"

namespace onward::slots {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 24 * 60 * kMinute;

struct Span {
  int64_t from = 0, to = 0;  // [from, to)
  bool empty() const { return to <= from; }
  bool covers(Span s) const { return from <= s.from && s.to <= to; }
  bool meets(Span s) const { return from < s.to && s.from < to; }
  bool operator==(const Span&) const = default;
};
using Spans = std::vector<Span>;

// Sorts, drops empty ones and glues what overlaps or touches.
void merge(Spans&);
// Cuts every range to `bounds`.
void clip(Spans&, Span bounds);
// What of `open` is not in `blocked`. Both merged; so is the result.
Spans subtract(const Spans& open, const Spans& blocked);
// Sorts by start and leaves out what lies inside another: then both starts and ends rise strictly.
void keep_outermost(Spans&);
// All intersections that are not empty, outermost only. Both outermost.
Spans intersections(const Spans& a, const Spans& b);
// Whether one range of a merged list covers `s`.
bool covered(const Spans& merged, Span s);

}  // namespace onward::slots
