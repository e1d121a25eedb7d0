#include "base/instant.h"

#include <charconv>

#include <fmt/format.h>

#include "base/check.h"

namespace onward {
namespace {

// Reads exactly `digits` decimal digits at `at`; -1 when they are not all there.
int read_digits(std::string_view s, size_t at, size_t digits) {
  if (at + digits > s.size()) return -1;
  int value = 0;
  for (size_t i = 0; i < digits; ++i) {
    char c = s[at + i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

auto bad_time(std::string_view) { return fail(Code::invalid, "must be an RFC 3339 time such as 2026-03-30T08:00:00Z"); }

struct Offset {
  int minutes = 0;
  bool ok = false;
};

Offset read_offset(std::string_view s) {
  if (s == "Z" || s == "z") return {0, true};
  if (s.size() != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':') return {};
  int h = read_digits(s, 1, 2), m = read_digits(s, 4, 2);
  if (h < 0 || h > 23 || m < 0 || m > 59) return {};
  return {(s[0] == '-' ? -1 : 1) * (h * 60 + m), true};
}

// ".123" -> 123; sets `used` to the length of the fraction.
int read_fraction(std::string_view s, size_t& used) {
  used = 0;
  if (s.empty() || s[0] != '.') return 0;
  int ms = 0, scale = 100;
  size_t i = 1;
  for (; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i, scale /= 10) ms += (s[i] - '0') * scale;
  used = i;
  return ms;
}

}  // namespace

std::string format_rfc3339(Instant t) {
  using namespace std::chrono;
  auto day = floor<days>(t);
  year_month_day ymd{day};
  hh_mm_ss<Millis> time{t - day};
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(ymd.year()),
                                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                                time.hours().count(), time.minutes().count(), time.seconds().count());
  if (auto ms = time.subseconds().count()) out += fmt::format(".{:03}", ms);
  return out + "Z";
}

Result<Instant> parse_rfc3339(std::string_view s) {
  using namespace std::chrono;
  if (s.size() < 20 || s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != 't') || s[13] != ':' || s[16] != ':')
    return bad_time(s);
  int y = read_digits(s, 0, 4), mo = read_digits(s, 5, 2), d = read_digits(s, 8, 2);
  int h = read_digits(s, 11, 2), mi = read_digits(s, 14, 2), sec = read_digits(s, 17, 2);
  if (y < 1970 || mo < 1 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || sec < 0 || sec > 60) return bad_time(s);
  year_month_day ymd{year{y}, month(mo), day(d)};
  if (!ymd.ok()) return bad_time(s);
  size_t used = 0;
  int ms = read_fraction(s.substr(19), used);
  Offset offset = read_offset(s.substr(19 + used));
  if (!offset.ok) return bad_time(s);
  Instant t = sys_days{ymd} + hours{h} + minutes{mi} + seconds{sec} + Millis{ms} - minutes{offset.minutes};
  if (t < Instant{}) return bad_time(s);
  return t;
}

Result<Millis> parse_duration(std::string_view s) {
  auto bad = [] { return fail(Code::invalid, "must be an ISO 8601 duration such as P3D or PT2H"); };
  if (s.size() < 2 || s[0] != 'P') return bad();
  int64_t total = 0;
  bool in_time = false, any = false;
  for (size_t i = 1; i < s.size();) {
    if (s[i] == 'T') {
      if (in_time) return bad();
      in_time = true, ++i;
      continue;
    }
    int64_t n = 0;
    auto [end, ec] = std::from_chars(s.data() + i, s.data() + s.size(), n);
    if (ec != std::errc() || end == s.data() + s.size() || n < 0 || n > 1'000'000) return bad();
    i = static_cast<size_t>(end - s.data());
    int64_t unit = 0;
    if (!in_time && s[i] == 'W') unit = 7 * 86'400'000LL;
    if (!in_time && s[i] == 'D') unit = 86'400'000LL;
    if (in_time && s[i] == 'H') unit = 3'600'000LL;
    if (in_time && s[i] == 'M') unit = 60'000LL;
    if (in_time && s[i] == 'S') unit = 1'000LL;
    if (!unit) return bad();
    total += n * unit, any = true, ++i;
  }
  if (!any || s.back() == 'T' || total > 3660LL * 86'400'000) return bad();
  return Millis{total};
}

Instant RealClock::now() const { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

ManualClock::ManualClock(Instant start) : ms_(to_ms(start)) {}
Instant ManualClock::now() const { return from_ms(ms_.load()); }
void ManualClock::set(Instant t) {
  check(to_ms(t) >= ms_.load(), "a manual clock never goes back");
  ms_.store(to_ms(t));
}

}  // namespace onward
