// Scenarios in a few words, and their starts as text.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/slots/slots.h"

namespace onward::slots {

inline Instant at(std::string_view rfc3339) { return *parse_rfc3339(rfc3339); }
inline Zone zone(std::string_view name) { return *find_zone(name); }
inline Minutes clock_time(std::string_view hh_mm) { return *parse_time_of_day(hh_mm); }

// "09:00-12:00" on every day of the week.
inline void open_daily(Schedule& s, std::string_view hours) {
  for (unsigned day = 0; day < 7; ++day)
    s.hours.push_back({Weekday{day}, clock_time(hours.substr(0, 5)), clock_time(hours.substr(6))});
}
inline Host host(std::string id, std::string_view hours, std::string_view zone_name = "Europe/Paris") {
  Host out{.id = std::move(id), .zone = zone(zone_name)};
  if (!hours.empty()) open_daily(out.schedule, hours);
  return out;
}

// Monday 2026-03-30 in Paris (UTC+2), asked for the day before.
inline Input monday(std::string_view hours = "09:00-12:00", int length = 30, int step = 30) {
  Input in{.now = at("2026-03-29T08:00:00Z"), .from = at("2026-03-29T22:00:00Z"), .to = at("2026-03-30T22:00:00Z")};
  in.viewer = zone("Europe/Paris");
  in.type.length = Minutes{length}, in.type.step = Minutes{step};
  in.hosts.push_back(host("a", hours));
  return in;
}
// An instant of that Monday by Paris's wall.
inline Instant paris(std::string_view hh_mm) { return zone("Europe/Paris").at({{2026, 3, 30}, clock_time(hh_mm)}); }
inline Interval between(std::string_view from, std::string_view to) { return {paris(from), paris(to)}; }
inline Booked booked(std::string_view from, std::string_view to, int before = 0, int after = 0) {
  return {paris(from), paris(to), Minutes{before}, Minutes{after}};
}

// "09:00 09:30" by the viewer's wall; the day in front when it changes: "28: 09:00 29: 09:00".
inline std::string starts(const Input& in, bool days = false) {
  Board board(in);
  std::string out;
  int day = 0;
  for (const Slot& s : board.offer().slots) {
    LocalTime local = in.viewer.local(s.start);
    if (!out.empty()) out += ' ';
    if (days && local.date.day != day) out += fmt::format("{}: ", day = local.date.day);
    out += format_time_of_day(std::chrono::duration_cast<Minutes>(local.time));
  }
  return out;
}
// "09:00 a,b | 10:00 a"
inline std::string with_hosts(const Input& in) {
  Board board(in);
  std::string out;
  for (const Slot& s : board.offer().slots) {
    Minutes time = std::chrono::duration_cast<Minutes>(in.viewer.local(s.start).time);
    out += fmt::format("{}{} ", out.empty() ? "" : " | ", format_time_of_day(time));
    std::string ids;
    for (uint32_t h : board.offer().hosts_of(s)) ids += (ids.empty() ? "" : ",") + in.hosts[h].id;
    out += ids;
  }
  return out;
}

}  // namespace onward::slots
