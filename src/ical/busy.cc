#include "ical/busy.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "ical/event_times.h"
#include "ical/lines.h"
#include "ical/recurrence.h"
#include "ical/wall.h"

namespace onward::ical {
namespace {

using std::chrono::days;

constexpr auto kMaxRange = days{366 * 5};
constexpr size_t kMaxProblems = 20;

// Takes no time of its own, yet still replaces what it overrides.
bool is_free(const Component& event) {
  return event.value("TRANSP") == "TRANSPARENT" || event.value("STATUS") == "CANCELLED" ||
         event.value("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE";
}

class BusyReader {
 public:
  explicit BusyReader(const BusyQuery& q) : q_(q), budget_(q.limits.steps) {}

  Result<BusyRead> run(std::string_view text) {
    Content content = TRY(read_content(text, q_.limits));
    if (content.lines_left_out > 0) problem("", "lines that are too long or no calendar lines were left out");
    for (const Component& calendar : content.calendars)
      if (calendar.value("METHOD") != "CANCEL") TRY_VOID(read_calendar(calendar));
    std::sort(out_.busy.begin(), out_.busy.end(), [](const Busy& a, const Busy& b) {
      return std::tie(a.from, a.to, a.uid) < std::tie(b.from, b.to, b.uid);
    });
    return std::move(out_);
  }

 private:
  Status read_calendar(const Component& calendar) {
    WallClocks clocks(calendar, q_.floating, last_day(), budget_);
    overridden_.clear();
    for (const Component& c : calendar.children)
      if (c.name == "VEVENT") note_override(c, clocks);
    for (const Component& c : calendar.children) {
      if (c.name == "VEVENT") read_event(c, clocks);
      if (c.name == "VFREEBUSY") read_freebusy(c, clocks);
      if (budget_.spent()) return fail(Code::too_large, "the calendar's recurrences take too long to work out");
      if (out_.busy.size() > q_.limits.busy) return fail(Code::too_large, "the calendar has too many entries");
    }
    for (const std::string& tzid : clocks.unknown())
      problem("", "the time zone " + tzid + " is not known, its times are read as local");
    return {};
  }

  Date last_day() const { return add_days(utc().date(q_.to), 2); }

  void note_override(const Component& event, WallClocks& clocks) {
    const Property* id = event.find("RECURRENCE-ID");
    if (!id) return;
    if (auto m = read_moment(id->value, id->param("TZID")))
      overridden_[std::string(event.value("UID"))].insert(clocks.at(*m));
  }

  void read_event(const Component& event, WallClocks& clocks) {
    ++out_.events;
    auto times = read_times(event);
    std::string uid(event.value("UID").substr(0, 255));
    if (!times) return problem(uid, times.error().message);
    const Property* id = event.find("RECURRENCE-ID");
    if (id && id->param("RANGE") == "THISANDFUTURE") problem(uid, "a change of all further times is read as of one");
    if (is_free(event)) return;
    bool tentative = event.value("STATUS") == "TENTATIVE";
    for (auto [from, to] : instances(*times, event, id != nullptr, clocks, uid)) add({from, to, uid, tentative});
  }

  std::vector<std::pair<Instant, Instant>> instances(const Times& t, const Component& event, bool overrides,
                                                     WallClocks& clocks, const std::string& uid) {
    std::map<Instant, Instant> out;
    Instant first = clocks.at(t.start);
    Length length = length_of(t, clocks);
    out[first] = end_of(t.start, length, clocks);
    if (!overrides) {
      add_rule(t, event, length, clocks, uid, out);
      add_dates(event, length, clocks, uid, out);
      drop_dates(event, clocks, uid, out);
    }
    auto replaced = overridden_.find(std::string(event.value("UID")));
    if (!overrides && replaced != overridden_.end())
      std::erase_if(out, [&](const auto& instance) { return replaced->second.contains(instance.first); });
    return {out.begin(), out.end()};
  }

  void add_rule(const Times& t, const Component& event, const Length& length, WallClocks& clocks,
                const std::string& uid, std::map<Instant, Instant>& out) {
    for (const Property& p : event.properties) {
      if (p.name == "EXRULE") problem(uid, "EXRULE is not understood");
      if (p.name != "RRULE") continue;
      auto rule = parse_rule(p.value);
      if (!rule) {
        problem(uid, rule.error().message);
        continue;
      }
      if (rule->until && t.start.is_date) rule->until->is_date = true;
      auto at = [&](LocalTime local) {
        Moment m = t.start;
        m.local = local;
        return clocks.at(m);
      };
      Date from = std::max(add_days(utc().date(q_.from), -2 - length.at_most_days()), Date{1, 1, 1});
      for (LocalTime local : expand({*rule, t.start.local, from, last_day(), at}, budget_)) {
        Moment m = t.start;
        m.local = local;
        out[at(local)] = end_of(m, length, clocks);
      }
    }
  }

  void add_dates(const Component& event, const Length& length, WallClocks& clocks, const std::string& uid,
                 std::map<Instant, Instant>& out) {
    each_value(event, "RDATE", [&](std::string_view value, const Property& p) {
      std::string_view start = value.substr(0, value.find('/'));
      auto m = read_moment(start, p.param("TZID"));
      if (!m) return problem(uid, "RDATE: " + m.error().message);
      if (start.size() == value.size()) {
        out[clocks.at(*m)] = end_of(*m, length, clocks);
      } else if (auto period = read_period(value, p.param("TZID"), clocks)) {
        out[period->first] = period->second;
      } else {
        problem(uid, "RDATE: " + period.error().message);
      }
    });
  }

  void drop_dates(const Component& event, WallClocks& clocks, const std::string& uid, std::map<Instant, Instant>& out) {
    each_value(event, "EXDATE", [&](std::string_view value, const Property& p) {
      auto m = read_moment(value, p.param("TZID"));
      if (!m) return problem(uid, "EXDATE: " + m.error().message);
      if (!m->is_date) {
        out.erase(clocks.at(*m));
        return;
      }
      // A day without a time takes away what begins on it.
      Instant day = clocks.at(*m);
      out.erase(out.lower_bound(day), out.lower_bound(day + days{1}));
    });
  }

  void read_freebusy(const Component& c, WallClocks& clocks) {
    for (const Property& p : c.properties) {
      if (p.name != "FREEBUSY" || p.param("FBTYPE") == "FREE") continue;
      each_part(p.value, [&](std::string_view value) {
        auto period = read_period(value, p.param("TZID"), clocks);
        if (!period) return problem("", "FREEBUSY: " + period.error().message);
        add({period->first, period->second, "", p.param("FBTYPE") == "BUSY-TENTATIVE"});
      });
    }
  }

  void add(Busy b) {
    if (b.from < b.to && b.from < q_.to && b.to > q_.from) out_.busy.push_back(std::move(b));
  }

  void problem(const std::string& uid, const std::string& what) {
    ++out_.not_understood;
    if (out_.problems.size() < kMaxProblems)
      out_.problems.push_back(clean(uid.empty() ? what : fmt::format("{}: {}", uid, what)).substr(0, 400));
  }

  const BusyQuery& q_;
  Budget budget_;
  BusyRead out_;
  std::map<std::string, std::set<Instant>> overridden_;
};

}  // namespace

Result<BusyRead> read_busy(std::string_view text, const BusyQuery& q) {
  if (q.to < q.from || q.to - q.from > kMaxRange) return fail_field("/to", "range", "the range is at most five years");
  return BusyReader(q).run(text);
}

std::vector<Busy> merged(std::vector<Busy> all) {
  std::sort(all.begin(), all.end(), [](const Busy& a, const Busy& b) { return a.from < b.from; });
  std::vector<Busy> out;
  for (const Busy& b : all) {
    if (!out.empty() && b.from <= out.back().to)
      out.back().to = std::max(out.back().to, b.to);
    else
      out.push_back({b.from, b.to, {}, false});
  }
  return out;
}

}  // namespace onward::ical
