// What a Board knows; private to slots.
#pragma once
#include <optional>

#include "core/slots/horizon.h"
#include "core/slots/slots.h"
#include "core/slots/spans.h"

namespace onward::slots {

// Bookings that start on one date of a host.
struct DayLoad {
  int64_t day = 0;
  int count = 0;
  int64_t ms = 0;
};

struct HostTimes {
  Spans open;                  // hours, merged, not clipped
  Spans free;                  // within the bounds, without absences and what is occupied
  Spans held;                  // by holds, with their buffers
  std::vector<DayLoad> loads;  // by day; only when there is a limit
};

class Plan {
 public:
  Plan(const Input&, Span bounds);
  const Offer& offer() const { return offer_; }
  std::vector<Explained> explain(int64_t start) const;
  std::vector<Refused> refused() const;

 private:
  enum class UseHorizon { yes, no };
  Plan(const Input&, Span bounds, UseHorizon);

  HostTimes times_of(uint32_t host) const;
  Spans occupied(const Host&) const;
  void name_groups();
  std::vector<int64_t> available_days() const;

  // The ranges in which one choice of hosts is free from end to end.
  Spans meeting_ranges() const;
  std::vector<int64_t> grid_starts() const;
  void make_offer();
  void list_hosts(const std::vector<int64_t>& starts, const std::vector<uint64_t>& masks);
  void mark_free(uint32_t host, const std::vector<int64_t>& starts, std::vector<uint64_t>& masks) const;
  void unmark_limits(uint32_t host, const std::vector<int64_t>& starts, std::vector<uint64_t>& masks) const;
  bool complete(const uint64_t* mask) const;

  // Limits that the candidate would break on a day with this load.
  bool over_count(const DayLoad&) const;
  bool over_time(const DayLoad&) const;
  DayLoad load_on(uint32_t host, int64_t start) const;

  // Reasons, in the order of Reason: those of one host, those of every host, and who else is missing.
  struct Taken;
  struct Look;
  Look look_at(uint32_t host, Span bounds) const;
  bool can(uint32_t host, int64_t start) const;  // whether the host has no reason of its own
  std::vector<Reason> own(uint32_t host, int64_t start, const Look&) const;
  void own_hours(uint32_t host, Span slot, const Look&, std::vector<Reason>&) const;
  void own_occupied(uint32_t host, Span slot, const Look&, std::vector<Reason>&) const;
  void own_rules(uint32_t host, int64_t start, std::vector<Reason>&) const;
  Reason replaced(uint32_t host, Span slot, const Look&) const;
  std::vector<Reason> common(int64_t start) const;
  std::optional<Reason> missing(int64_t start) const;
  std::vector<Reason> reasons(uint32_t host, int64_t start, const Look&) const;
  std::vector<int64_t> usual_starts(uint32_t host) const;
  bool offered(int64_t start, uint32_t host) const;

  Span slot_at(int64_t start) const { return {start, start + length_}; }
  Span occupied_at(int64_t start) const { return {start - before_, start + length_ + after_}; }

  static constexpr uint32_t kAlwaysNeeded = UINT32_MAX;

  const Input& in_;
  Span bounds_;
  int64_t length_, before_, after_, earliest_;  // ms
  const Zone& grid_zone_;
  size_t words_;  // 64 hosts each
  bool limited_;
  std::vector<HostTimes> times_;
  std::vector<uint32_t> group_of_;  // host -> group, or kAlwaysNeeded
  std::vector<uint64_t> needed_;    // mask
  std::vector<uint64_t> groups_;    // one mask after the other
  size_t group_count_ = 0;
  std::optional<Spans> window_;
  std::optional<DaysAhead> days_ahead_;
  std::vector<int64_t> starts_;  // of the grid, offered or not
  Offer offer_;
};

}  // namespace onward::slots
