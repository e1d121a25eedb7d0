#include "ical/wall.h"

#include <algorithm>

#include "base/check.h"

namespace onward::ical {
namespace {

constexpr size_t kMaxOnsets = 5000;
constexpr size_t kMaxClocks = 200;  // of one calendar: each name may cost a look at the disk
constexpr size_t kMaxName = 255;

Instant shifted(LocalTime t, int offset_s) { return utc().at(t) - std::chrono::seconds{offset_s}; }

LocalTime moved(LocalTime t, int seconds) { return utc().local(utc().at(t) + std::chrono::seconds{seconds}); }

void add_onsets(const Component& observance, Date last, Budget& budget, std::vector<Onset>& out) {
  auto start = read_moment(observance.value("DTSTART"));
  auto before = read_offset(observance.value("TZOFFSETFROM")), after = read_offset(observance.value("TZOFFSETTO"));
  if (!start || !before || !after) return;
  out.push_back({start->local, *before, *after});
  auto at = [&](LocalTime t) { return shifted(t, *before); };
  for (const Property& p : observance.properties) {
    if (out.size() > kMaxOnsets) return;
    if (p.name == "RDATE") {
      if (auto t = read_moment(p.value)) out.push_back({t->local, *before, *after});
    } else if (p.name == "RRULE") {
      auto rule = parse_rule(p.value);
      if (!rule) continue;
      for (LocalTime t : expand({*rule, start->local, start->local.date, last, at}, budget))
        out.push_back({t, *before, *after});
    }
  }
}

// "/freeassociation.sourceforge.net/Europe/Paris", "/mozilla.org/20050126_1/Europe/Paris": what stands behind the
// third, second or last slash. A zone's name begins with a capital.
std::optional<Zone> zone_within(std::string_view tzid) {
  size_t from = tzid.size();
  for (int i = 0; i < 3 && from != tzid.npos; ++i) from = from == 0 ? tzid.npos : tzid.rfind('/', from - 1);
  std::string_view name = from == tzid.npos ? tzid : tzid.substr(from + 1);
  for (;;) {
    bool likely = name.size() > 2 && name[0] >= 'A' && name[0] <= 'Z';
    if (auto zone = likely ? find_zone(name) : Result<Zone>(fail(Code::invalid, ""))) return *zone;
    size_t slash = name.find('/');
    if (slash == name.npos) return std::nullopt;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

WallClock::WallClock(std::vector<Onset> onsets) : clock_(std::move(onsets)) {
  auto& all = std::get<1>(clock_);
  check(!all.empty(), "a clock has an offset");
  std::stable_sort(all.begin(), all.end(), [](const Onset& a, const Onset& b) { return a.local < b.local; });
}

Instant WallClock::at(LocalTime t) const {
  if (const Zone* zone = std::get_if<Zone>(&clock_)) return zone->at(t);
  const auto& all = std::get<1>(clock_);
  auto next = std::upper_bound(all.begin(), all.end(), t, [](LocalTime x, const Onset& o) { return x < o.local; });
  if (next == all.begin()) return shifted(t, all.front().before_s);
  const Onset& o = *std::prev(next);
  // The clock jumps from o.local to this; what lies between does not exist.
  bool in_gap = t < moved(o.local, o.after_s - o.before_s);
  return shifted(t, in_gap ? o.before_s : o.after_s);
}

WallClocks::WallClocks(const Component& calendar, Zone floating, Date last, Budget& budget)
    : calendar_(calendar), floating_(floating), last_(last), budget_(budget) {}

const WallClock* WallClocks::find(const std::string& tzid) {
  auto it = known_.find(tzid);
  if (it == known_.end()) {
    auto clock = read(tzid);
    if (!clock && known_.size() >= kMaxClocks) return nullptr;
    it = known_.emplace(tzid, std::move(clock)).first;
  }
  return it->second ? &*it->second : nullptr;
}

std::optional<WallClock> WallClocks::read(const std::string& tzid) {
  if (tzid.size() > kMaxName || known_.size() >= kMaxClocks) return std::nullopt;
  if (auto zone = zone_within(tzid)) return WallClock(*zone);
  if (std::string_view iana = windows_zone(tzid); !iana.empty())
    if (auto zone = find_zone(iana)) return WallClock(*zone);
  return embedded(tzid);
}

std::optional<WallClock> WallClocks::embedded(const std::string& tzid) {
  for (const Component& c : calendar_.children) {
    if (c.name != "VTIMEZONE" || c.value("TZID") != tzid) continue;
    std::vector<Onset> onsets;
    for (const Component& observance : c.children) add_onsets(observance, last_, budget_, onsets);
    if (!onsets.empty()) return WallClock(std::move(onsets));
  }
  return std::nullopt;
}

Instant WallClocks::at(const Moment& m) {
  if (m.is_utc) return utc().at(m.local);
  if (m.tzid.empty()) return floating_.at(m.local);
  if (const WallClock* clock = find(m.tzid)) return clock->at(m.local);
  if (std::find(unknown_.begin(), unknown_.end(), m.tzid) == unknown_.end() && unknown_.size() < 20)
    unknown_.push_back(m.tzid);
  return floating_.at(m.local);
}

}  // namespace onward::ical
