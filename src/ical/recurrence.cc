#include "ical/recurrence.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace onward::ical {
namespace {

constexpr int kMaxInterval = 10'000, kMaxCount = 1'000'000;
constexpr size_t kMaxList = 400;

int days_in(int year, int month) {
  using namespace std::chrono;
  return static_cast<int>(
      static_cast<unsigned>((std::chrono::year{year} / std::chrono::month(month) / std::chrono::last).day()));
}

bool contains(const std::vector<int>& list, int n) { return std::find(list.begin(), list.end(), n) != list.end(); }

// ---- reading

std::optional<int> number(std::string_view s, int least, int most) {
  if (s.starts_with('+')) s.remove_prefix(1);
  int n = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (error != std::errc{} || end != s.data() + s.size() || n < least || n > most) return std::nullopt;
  return n;
}

std::vector<std::string_view> split(std::string_view s, char by) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at <= s.size() && out.size() <= kMaxList;) {
    size_t end = std::min(s.find(by, at), s.size());
    out.push_back(s.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// Numbers of a list; zero is never one of them.
std::optional<std::vector<int>> numbers(std::string_view s, int least, int most) {
  std::vector<int> out;
  for (std::string_view part : split(s, ',')) {
    auto n = number(part, least, most);
    if (!n || *n == 0 || out.size() >= kMaxList) return std::nullopt;
    out.push_back(*n);
  }
  return out;
}

std::optional<Weekday> weekday(std::string_view s) {
  constexpr std::string_view kNames[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
  for (unsigned i = 0; i < 7; ++i)
    if (s == kNames[i]) return Weekday{i};
  return std::nullopt;
}

std::optional<std::vector<ByDay>> by_days(std::string_view s) {
  std::vector<ByDay> out;
  for (std::string_view part : split(s, ',')) {
    if (part.size() < 2 || out.size() >= kMaxList) return std::nullopt;
    auto day = weekday(part.substr(part.size() - 2));
    part.remove_suffix(2);
    auto nth = part.empty() ? std::optional<int>(0) : number(part, -53, 53);
    if (!day || !nth || (!part.empty() && *nth == 0)) return std::nullopt;
    out.push_back({*day, *nth});
  }
  return out;
}

template <class T>
bool take(std::optional<T> value, auto& into) {
  if (value) into = std::move(*value);
  return value.has_value();
}

bool read_frequency(std::string_view s, Rule& r) {
  constexpr std::string_view kNames[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
  for (int i = 0; i < 4; ++i)
    if (s == kNames[i]) return r.frequency = static_cast<Frequency>(i), true;
  return false;
}

bool read_part(std::string_view name, std::string_view v, Rule& r) {
  if (name == "FREQ") return read_frequency(v, r);
  if (name == "INTERVAL") return take(number(v, 1, kMaxInterval), r.interval);
  if (name == "COUNT") return take(number(v, 1, kMaxCount), r.count);
  if (name == "BYDAY") return take(by_days(v), r.by_day);
  if (name == "BYMONTHDAY") return take(numbers(v, -31, 31), r.by_month_day);
  if (name == "BYMONTH") return take(numbers(v, 1, 12), r.by_month);
  if (name == "BYSETPOS") return take(numbers(v, -366, 366), r.by_set_pos);
  if (name == "WKST") return take(weekday(v), r.week_start);
  if (name == "UNTIL") {
    auto until = read_moment(v);
    if (until) r.until = *until;
    return until.has_value();
  }
  return name.starts_with("X-");
}

// ---- days of one period

class Days {
 public:
  Days(const Rule& rule, Date start) : r_(rule), start_(start) {}

  // The days of the k-th period, in order and once each; false beyond `last`.
  bool period(int64_t k, Date last, std::vector<Date>& out) const {
    out.clear();
    switch (r_.frequency) {
      case Frequency::daily: {
        Date d = add_days(start_, static_cast<int>(k * r_.interval));
        if (d > last) return false;
        if (in_month(d) && on_month_day(d) && on_weekday(d)) out.push_back(d);
        return true;
      }
      case Frequency::weekly: return week(k, last, out);
      case Frequency::monthly: {
        int64_t month = start_.year * 12LL + start_.month - 1 + k * r_.interval;
        int year = static_cast<int>(month / 12);
        if (year > last.year) return false;
        this->month(year, static_cast<int>(month % 12) + 1, out);
        return true;
      }
      case Frequency::yearly: {
        int64_t year = start_.year + k * r_.interval;
        if (year > last.year) return false;
        this->year(static_cast<int>(year), out);
        return true;
      }
    }
    return false;
  }

  // A period that lies before everything on or after `first`.
  int64_t period_before(Date first) const {
    int64_t periods = 0;
    switch (r_.frequency) {
      case Frequency::daily: periods = days_between(start_, first); break;
      case Frequency::weekly: periods = days_between(start_, first) / 7; break;
      case Frequency::monthly: periods = (first.year - start_.year) * 12LL + first.month - start_.month; break;
      case Frequency::yearly: periods = first.year - start_.year; break;
    }
    return std::max<int64_t>(0, periods / r_.interval - 2);
  }

 private:
  bool in_month(Date d) const { return r_.by_month.empty() || contains(r_.by_month, d.month); }
  bool on_month_day(Date d) const {
    return r_.by_month_day.empty() || contains(r_.by_month_day, d.day) ||
           contains(r_.by_month_day, d.day - days_in(d.year, d.month) - 1);
  }
  // Ordinals count for months and years only.
  bool on_weekday(Date d) const {
    return r_.by_day.empty() ||
           std::any_of(r_.by_day.begin(), r_.by_day.end(), [&](const ByDay& b) { return b.day == weekday_of(d); });
  }
  bool on_nth_weekday(Date d, Date from, Date to) const {
    auto fits = [&](const ByDay& b) {
      if (b.day != weekday_of(d)) return false;
      if (b.nth == 0) return true;
      return b.nth > 0 ? days_between(from, d) / 7 + 1 == b.nth : -(days_between(d, to) / 7 + 1) == b.nth;
    };
    return std::any_of(r_.by_day.begin(), r_.by_day.end(), fits);
  }

  bool week(int64_t k, Date last, std::vector<Date>& out) const {
    int into = static_cast<int>((weekday_of(start_) - r_.week_start).count());
    Date monday = add_days(start_, static_cast<int>(7 * k * r_.interval) - into);
    if (monday > last) return false;
    for (int i = 0; i < 7; ++i) {
      Date d = add_days(monday, i);
      bool day = r_.by_day.empty() ? weekday_of(d) == weekday_of(start_) : on_weekday(d);
      if (day && in_month(d) && on_month_day(d)) out.push_back(d);
    }
    return true;
  }

  void weekdays(Date from, Date to, std::vector<Date>& out) const {
    for (Date d = from; d <= to; d = add_days(d, 1))
      if (on_nth_weekday(d, from, to)) out.push_back(d);
  }

  void month(int year, int month, std::vector<Date>& out) const {
    Date from{year, month, 1}, to{year, month, days_in(year, month)};
    if (!in_month(from)) return;
    if (!r_.by_month_day.empty()) return month_days(from, to, from, to, out);
    if (!r_.by_day.empty()) return weekdays(from, to, out);
    if (start_.day <= to.day) out.push_back({year, month, start_.day});
  }

  // Days of the month by their number; with BYDAY only those, ordinals counted over [first, last].
  void month_days(Date from, Date to, Date first, Date last, std::vector<Date>& out) const {
    for (Date d = from; d <= to; ++d.day)
      if (on_month_day(d) && (r_.by_day.empty() || on_nth_weekday(d, first, last))) out.push_back(d);
  }

  void year(int year, std::vector<Date>& out) const {
    Date first{year, 1, 1}, last{year, 12, 31};
    bool by_month = !r_.by_month.empty();
    if (!by_month && r_.by_month_day.empty() && !r_.by_day.empty()) return weekdays(first, last, out);
    for (int m = 1; m <= 12; ++m) {
      Date from{year, m, 1}, to{year, m, days_in(year, m)};
      if (by_month)
        month(year, m, out);
      else if (!r_.by_month_day.empty())
        month_days(from, to, first, last, out);
      else if (m == start_.month && start_.day <= to.day)
        out.push_back({year, m, start_.day});
    }
  }

  const Rule& r_;
  Date start_;
};

void keep_positions(const std::vector<int>& positions, std::vector<Date>& days) {
  if (positions.empty()) return;
  std::vector<Date> kept;
  int size = static_cast<int>(days.size());
  for (int i = 0; i < size; ++i)
    if (contains(positions, i + 1) || contains(positions, i - size)) kept.push_back(days[i]);
  days = std::move(kept);
}

bool is_over(const Expansion& e, LocalTime t) {
  if (!e.rule.until) return false;
  const Moment& until = *e.rule.until;
  if (until.is_date) return t.date > until.local.date;
  return until.is_utc ? e.at(t) > utc().at(until.local) : t > until.local;
}

}  // namespace

Result<Rule> parse_rule(std::string_view text) {
  Rule r;
  std::set<std::string_view> seen;
  for (std::string_view part : split(text, ';')) {
    if (part.empty()) continue;
    size_t equals = part.find('=');
    std::string_view name = part.substr(0, equals);
    bool known = equals != part.npos && seen.insert(name).second && read_part(name, part.substr(equals + 1), r);
    if (!known) return fail(Code::invalid, fmt::format("the rule's {} is not understood", name.substr(0, 40)));
  }
  if (!seen.contains("FREQ")) return fail(Code::invalid, "the rule's FREQ is not understood");
  return r;
}

std::vector<LocalTime> expand(const Expansion& e, Budget& budget) {
  std::vector<LocalTime> out;
  Days days(e.rule, e.start.date);
  std::vector<Date> found;
  int given = 0;
  // A count has to be counted from the beginning.
  for (int64_t k = e.rule.count ? 0 : days.period_before(e.first); days.period(k, e.last, found); ++k) {
    if (!budget.take(1 + static_cast<int64_t>(found.size()))) return out;
    keep_positions(e.rule.by_set_pos, found);
    for (Date d : found) {
      LocalTime t{d, e.start.time};
      if (t < e.start) continue;
      if (d > e.last || is_over(e, t)) return out;
      if (d >= e.first) out.push_back(t);
      if (e.rule.count && ++given == *e.rule.count) return out;
    }
  }
  return out;
}

}  // namespace onward::ical
