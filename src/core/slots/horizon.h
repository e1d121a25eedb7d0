// How far ahead may be booked; private to slots.
#pragma once
#include "core/slots/slots.h"
#include "core/slots/spans.h"

namespace onward::slots {

// Whether the date that a zone's wall clock shows is at most `last`, or within [first, last]. Asks the zone only near
// the edges.
class DateRange {
 public:
  DateRange(const Zone& zone, int64_t first_day, int64_t last_day);
  bool has(int64_t ms) const;

 private:
  const Zone& zone_;
  int64_t first_, last_;
  Span surely_;  // instants that are certainly within
  Span maybe_;   // instants that can be within
};

// The horizon of Kind::days for all hosts alike. `available` are the days since 1970 with an offered start, sorted;
// only Count::available asks for them.
class DaysAhead {
 public:
  DaysAhead(const Input&, std::vector<int64_t> available);
  bool has(int64_t ms) const;

 private:
  const Zone& zone_;
  const Horizon& horizon_;
  std::vector<int64_t> available_;
  DateRange dates_;
};

}  // namespace onward::slots
