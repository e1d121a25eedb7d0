#include "core/slots/grid.h"

#include <algorithm>
#include <array>

namespace onward::slots {
namespace {

constexpr int64_t kHour = 60 * kMinute;

int64_t multiple_of(Minutes step) {
  for (int64_t m : {60, 30, 20, 15, 10, 5})
    if (step.count() % m == 0) return m;
  return 1;
}

int64_t floor_mod(int64_t a, int64_t b) { return ((a % b) + b) % b; }

int64_t wall_ms(const Zone& zone, int64_t ms) { return ms + zone.offset_s(from_ms(ms)) * int64_t{1000}; }

}  // namespace

Grid::Grid(const MeetingType& type, const Zone& zone, int64_t earliest)
    : zone_(zone),
      earliest_(earliest),
      length_(type.length.count() * kMinute),
      stride_((type.step + type.offset).count() * kMinute),
      offset_(type.offset.count() * kMinute),
      multiple_(multiple_of(type.step)),
      fill_(type.fill) {}

int64_t Grid::cut_to_minute(const Zone& zone, int64_t ms) { return ms - floor_mod(wall_ms(zone, ms), kMinute); }

int64_t Grid::wall_minute(int64_t ms) const { return floor_mod(wall_ms(zone_, ms), kHour) / kMinute; }

// The earliest instant after `ms`, whose wall minute is `minute`, that shows a multiple of `of`.
int64_t Grid::next_multiple(int64_t ms, int64_t minute, int64_t of) const {
  int64_t straight = ms + (of - minute % of) * kMinute;
  if (zone_.offset_s(from_ms(ms)) == zone_.offset_s(from_ms(straight))) return straight;
  int64_t t = ms + kMinute;  // the clocks change on the way: minute by minute
  while (wall_minute(t) % of != 0) t += kMinute;
  return t;
}

int64_t Grid::compact(int64_t cut, int64_t minute, Span range) const {
  int64_t spare = (range.to - cut) / kMinute % multiple_;
  for (int64_t of : {multiple_, int64_t{15}, int64_t{5}}) {
    int64_t moved = next_multiple(cut, minute, of);
    if (moved - cut <= spare * kMinute) return moved;
  }
  return cut;
}

int64_t Grid::first_start(Span range) const {
  int64_t cut = cut_to_minute(zone_, std::max(range.from, earliest_));
  int64_t minute = wall_minute(cut);
  if (minute % multiple_ == 0) return cut + offset_;
  return (fill_ == Fill::compact ? compact(cut, minute, range) : next_multiple(cut, minute, multiple_)) + offset_;
}

void Grid::add(Span range) {
  if (std::max(range.from, earliest_) >= range.to) return;
  int64_t start = first_start(range);
  auto after = std::lower_bound(starts_.begin(), starts_.end(), start);
  if (after != starts_.begin() && start - *std::prev(after) < stride_) start = *std::prev(after) + stride_;
  if (starts_.empty() || start > starts_.back()) {
    for (; start + length_ <= range.to; start += stride_) starts_.push_back(start);
    return;
  }
  // Only the tail of what is there can mingle with what this range adds.
  size_t old = starts_.size();
  auto tail = std::lower_bound(starts_.begin(), starts_.end(), start) - starts_.begin();
  auto known = static_cast<size_t>(tail);
  for (; start + length_ <= range.to; start += stride_) {
    while (known < old && starts_[known] < start) ++known;
    if (known == old || starts_[known] != start) starts_.push_back(start);
  }
  if (starts_.size() > old && starts_[old] < starts_[old - 1])
    std::inplace_merge(starts_.begin() + tail, starts_.begin() + static_cast<long>(old), starts_.end());
}

}  // namespace onward::slots
