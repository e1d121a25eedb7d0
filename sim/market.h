// What a simulated house has to offer and what it has promised, kept beside the program: hosts with their hours,
// meeting types of every kind, and each time that was acknowledged. Its answers come from this alone, never from the
// program.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/world.h"

namespace onward::sim {

struct MarketHost {
  AdvisorId id;
  Zone zone = utc();
  std::vector<std::pair<Minutes, Minutes>> hours;  // of every day, by its own wall, none past midnight
  std::set<Date> closed;
  std::vector<calendar::Interval> away;
};

struct MarketType {
  struct Host {
    size_t host = 0;
    bool fixed = false;
    std::string group;
  };
  MeetingTypeId id;
  std::string kind;  // for the count: single, pool, collective, groups, seats
  Minutes length{30}, before{0}, after{0}, notice{0};
  int64_t seats = 1;
  int64_t daily_limit = 0;  // 0: none
  bool all = false;
  std::vector<Host> hosts;
  std::string viewer = "Europe/Paris";
};

// A time that somebody was promised, or that is kept for somebody.
struct Entry {
  size_t type = 0;
  Instant start;
  std::vector<AdvisorId> hosts;    // in the order of their ids
  std::optional<Instant> expires;  // of a hold
  std::string state = "booked";

  bool ahead() const { return state == "booked"; }
  bool takes(Instant now) const { return state != "cancelled" && (!expires || *expires > now); }
};

class Market {
 public:
  std::vector<MarketHost> hosts;
  std::vector<MarketType> types;
  std::map<int64_t, Entry> appointments, holds;

  // Whether somebody could come then, by hours, absences, notice, limits and what was promised. Grids are not asked.
  bool could(size_t type, Instant start, Instant now) const;
  // Whether exactly these hosts may take it; a shared time that has begun to fill is joined with its hosts.
  bool fits(const Entry&, Instant now) const;
  // All that speaks for or against a start, for whoever looks for a fault.
  std::string story(size_t type, Instant start, Instant now) const;

 private:
  bool works(const MarketHost&, Instant from, Instant to) const;
  bool free(const MarketType&, size_t host, Instant start, Instant now) const;
  std::vector<const Entry*> of_host(AdvisorId, Instant now) const;
  bool can_join(size_t type, Instant start, Instant now) const;
};

// A random house: agency, hosts and types are made through the use cases.
Market open_house(World&, Rng&);

}  // namespace onward::sim
