// Recurrence rules (RFC 5545 3.3.10) by the wall clock: FREQ DAILY, WEEKLY, MONTHLY, YEARLY with INTERVAL, COUNT,
// UNTIL, BYDAY (with ordinals), BYMONTHDAY, BYMONTH, BYSETPOS, WKST. Every other part, and every finer frequency, is
// refused by name, so that nobody takes a rule for understood that is not.
#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/zone.h"
#include "ical/content.h"

namespace onward::ical {

enum class Frequency { daily, weekly, monthly, yearly };

struct ByDay {
  Weekday day;
  int nth = 0;  // of the month or year, from the end when negative; 0: every one
};

struct Rule {
  Frequency frequency = Frequency::daily;
  int interval = 1;
  std::optional<int> count;
  std::optional<Moment> until;
  std::vector<ByDay> by_day;
  std::vector<int> by_month_day, by_month, by_set_pos;
  Weekday week_start = std::chrono::Monday;
};
// Error: Code::invalid; the message names the part.
Result<Rule> parse_rule(std::string_view);

// Work that a text from outside may cause; shared by all its rules.
class Budget {
 public:
  explicit Budget(int64_t steps) : left_(steps) {}
  bool take(int64_t steps) { return (left_ -= steps) >= 0; }
  bool spent() const { return left_ < 0; }

 private:
  int64_t left_;
};

struct Expansion {
  const Rule& rule;
  LocalTime start;                       // DTSTART
  Date first, last;                      // only starts on these days are wanted
  std::function<Instant(LocalTime)> at;  // for an UNTIL in UTC
};
// The starts that the rule gives, in order; DTSTART only when the rule gives it too. Ends early when the budget is
// spent.
std::vector<LocalTime> expand(const Expansion&, Budget&);

}  // namespace onward::ical
