#include "base/zone.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <fmt/format.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>

#include "base/check.h"

namespace onward {
namespace {

using std::chrono::sys_days;

sys_days to_days(Date d) {
  using namespace std::chrono;
  return sys_days{year{d.year} / month(d.month) / day(d.day)};
}
Date from_days(sys_days days) {
  std::chrono::year_month_day ymd{days};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

struct Entry {
  std::string name;
  cctz::time_zone zone;
};

// Zones live as long as the process, so a Zone is two pointers and cheap to copy.
std::map<std::string, std::unique_ptr<Entry>, std::less<>>& registry() {
  static std::map<std::string, std::unique_ptr<Entry>, std::less<>> zones;
  return zones;
}
std::mutex& registry_mutex() {
  static std::mutex mutex;
  return mutex;
}

constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr size_t kMaxZoneName = 64;

bool plausible_zone_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxZoneName || name[0] == '/' || name.find("..") != name.npos) return false;
  // Files beside the zones: the machine's own, the default rules, and copies that count leap seconds.
  if (name == "localtime" || name == "posixrules" || name.starts_with("right/") || name.starts_with("posix/"))
    return false;
  return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/") == name.npos;
}

}  // namespace

Date add_days(Date d, int n) { return from_days(to_days(d) + std::chrono::days{n}); }
int days_between(Date from, Date to) { return static_cast<int>((to_days(to) - to_days(from)).count()); }
Weekday weekday_of(Date d) { return Weekday{to_days(d)}; }
std::string to_string(Date d) { return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day); }

Result<Date> parse_date(std::string_view s) {
  auto t = s.size() == 10 ? parse_rfc3339(std::string(s) + "T00:00:00Z") : Result<Instant>(fail(Code::invalid, ""));
  if (!t) return fail(Code::invalid, "must be a date such as 2026-03-30");
  return from_days(std::chrono::floor<std::chrono::days>(*t));
}

Result<Minutes> parse_time_of_day(std::string_view s) {
  auto digit = [&](size_t i) { return s[i] >= '0' && s[i] <= '9'; };
  if (s.size() == 5 && digit(0) && digit(1) && s[2] == ':' && digit(3) && digit(4)) {
    int h = (s[0] - '0') * 10 + (s[1] - '0'), m = (s[3] - '0') * 10 + (s[4] - '0');
    if ((h < 24 && m < 60) || (h == 24 && m == 0)) return Minutes{h * 60 + m};
  }
  return fail(Code::invalid, "must be a time of day such as 09:00");
}
std::string format_time_of_day(Minutes m) { return fmt::format("{:02}:{:02}", m.count() / 60, m.count() % 60); }

Result<Weekday> parse_weekday(std::string_view s) {
  for (unsigned i = 0; i < kWeekdays.size(); ++i)
    if (kWeekdays[i] == s) return Weekday{i};
  return fail(Code::invalid, "must be one of mon, tue, wed, thu, fri, sat, sun");
}
std::string_view to_string(Weekday d) { return kWeekdays[d.c_encoding()]; }

std::string to_string(LocalTime t) {
  auto s = std::chrono::duration_cast<std::chrono::seconds>(t.time).count();
  return fmt::format("{}T{:02}:{:02}:{:02}", to_string(t.date), s / 3600, s / 60 % 60, s % 60);
}
Result<LocalTime> parse_local_time(std::string_view s) {
  auto t = s.size() >= 19 ? parse_rfc3339(std::string(s) + "Z") : Result<Instant>(fail(Code::invalid, ""));
  if (!t) return fail(Code::invalid, "must be a local time such as 2026-03-30T09:00:00");
  auto day = std::chrono::floor<std::chrono::days>(*t);
  return LocalTime{from_days(day), *t - day};
}

Result<Zone> find_zone(std::string_view name) {
  std::scoped_lock lock(registry_mutex());
  auto it = registry().find(name);
  if (it == registry().end()) {
    auto entry = std::make_unique<Entry>();
    entry->name = name;
    if (!plausible_zone_name(name) || !cctz::load_time_zone(entry->name, &entry->zone))
      return fail(Code::invalid, "must be an IANA time zone such as Europe/Paris");
    it = registry().emplace(entry->name, std::move(entry)).first;
  }
  Zone zone;
  zone.zone_ = &it->second->zone;
  zone.name_ = &it->second->name;
  return zone;
}

Zone utc() {
  static const Zone zone = *find_zone("UTC");
  return zone;
}

LocalTime Zone::local(Instant t) const {
  check(zone_ != nullptr, "a Zone comes from find_zone");
  auto offset = zone_->lookup(std::chrono::floor<std::chrono::seconds>(t)).offset;
  Instant wall = t + std::chrono::seconds{offset};
  auto day = std::chrono::floor<std::chrono::days>(wall);
  return {from_days(day), wall - day};
}

Located Zone::locate(LocalTime local) const {
  check(zone_ != nullptr, "a Zone comes from find_zone");
  auto seconds = std::chrono::floor<std::chrono::seconds>(local.time);
  Millis rest = local.time - seconds;
  cctz::civil_second civil = cctz::civil_second(local.date.year, local.date.month, local.date.day) + seconds.count();
  auto found = zone_->lookup(civil);
  // `pre` is the time under the offset before the transition: right for a gap and the first one of a fold.
  Located out{LocalKind::unique, std::chrono::time_point_cast<Millis>(found.pre) + rest};
  if (found.kind == cctz::time_zone::civil_lookup::SKIPPED) out.kind = LocalKind::skipped;
  if (found.kind == cctz::time_zone::civil_lookup::REPEATED) out.kind = LocalKind::repeated;
  return out;
}

int Zone::offset_s(Instant t) const { return zone_->lookup(std::chrono::floor<std::chrono::seconds>(t)).offset; }

}  // namespace onward
