// Which starts a free range gives; private to slots.
#pragma once
#include "core/slots/slots.h"
#include "core/slots/spans.h"

namespace onward::slots {

class Grid {
 public:
  // `earliest`: starts are not before its minute; INT64_MIN for no such bound.
  Grid(const MeetingType&, const Zone&, int64_t earliest);

  // Adds the starts of `range`. Ranges come in the order of their start.
  void add(Span range);
  // Sorted, each once.
  const std::vector<int64_t>& starts() const { return starts_; }

  // `ms` cut down to the minute that the wall shows.
  static int64_t cut_to_minute(const Zone&, int64_t ms);

 private:
  int64_t first_start(Span range) const;
  int64_t compact(int64_t cut, int64_t minute, Span range) const;
  int64_t next_multiple(int64_t ms, int64_t minute, int64_t of) const;
  int64_t wall_minute(int64_t ms) const;  // past the hour

  const Zone& zone_;
  int64_t earliest_, length_, stride_, offset_;  // ms
  int64_t multiple_;                             // minutes
  Fill fill_;
  std::vector<int64_t> starts_;
};

}  // namespace onward::slots
