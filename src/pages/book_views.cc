#include "pages/book_views.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"

namespace onward::pages {
namespace {

// A place of each offset and rule that people live by; whoever lives elsewhere is offered the own zone as well.
constexpr std::string_view kZones[] = {
    "Pacific/Honolulu",   "America/Anchorage",  "America/Los_Angeles", "America/Vancouver",
    "America/Denver",     "America/Phoenix",    "America/Chicago",     "America/Mexico_City",
    "America/New_York",   "America/Toronto",    "America/Bogota",      "America/Lima",
    "America/Caracas",    "America/Halifax",    "America/Santiago",    "America/Martinique",
    "America/Guadeloupe", "America/St_Johns",   "America/Sao_Paulo",   "America/Argentina/Buenos_Aires",
    "Atlantic/Azores",    "Atlantic/Reykjavik", "Europe/London",       "Europe/Dublin",
    "Europe/Lisbon",      "Africa/Casablanca",  "Africa/Abidjan",      "Africa/Lagos",
    "Africa/Algiers",     "Africa/Tunis",       "Europe/Paris",        "Europe/Brussels",
    "Europe/Amsterdam",   "Europe/Luxembourg",  "Europe/Zurich",       "Europe/Berlin",
    "Europe/Madrid",      "Europe/Rome",        "Europe/Vienna",       "Europe/Copenhagen",
    "Europe/Stockholm",   "Europe/Oslo",        "Europe/Warsaw",       "Europe/Prague",
    "Europe/Budapest",    "Europe/Athens",      "Europe/Bucharest",    "Europe/Helsinki",
    "Europe/Kyiv",        "Africa/Cairo",       "Africa/Johannesburg", "Asia/Beirut",
    "Asia/Jerusalem",     "Europe/Istanbul",    "Europe/Moscow",       "Africa/Nairobi",
    "Asia/Riyadh",        "Asia/Dubai",         "Indian/Reunion",      "Indian/Mauritius",
    "Asia/Tehran",        "Asia/Karachi",       "Asia/Kolkata",        "Asia/Kathmandu",
    "Asia/Dhaka",         "Asia/Bangkok",       "Asia/Jakarta",        "Asia/Singapore",
    "Asia/Hong_Kong",     "Asia/Shanghai",      "Asia/Manila",         "Australia/Perth",
    "Asia/Tokyo",         "Asia/Seoul",         "Australia/Adelaide",  "Australia/Brisbane",
    "Australia/Sydney",   "Pacific/Noumea",     "Pacific/Auckland",    "Pacific/Tahiti",
};

using Days = std::map<Date, std::vector<Instant>>;

Days by_day(const Zone& zone, std::span<const Instant> starts) {
  Days out;
  for (Instant start : starts) out[zone.date(start)].push_back(start);
  return out;
}

std::string zone_label(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '_', ' ');
  return out;
}

json::object time_row(const Zone& zone, Instant start) {
  return {{"start", format_rfc3339(start)}, {"label", clock_text(start, zone)}};
}

// The chosen day, else the first of the week that has times.
Date chosen_day(const Picking& p, Date first, const Days& days) {
  Date last = add_days(first, kDaysShown - 1);
  if (auto day = parse_date(p.day); day && first <= *day && *day <= last) return *day;
  auto found = days.lower_bound(first);
  return found != days.end() && found->first <= last ? found->first : first;
}

json::object day_row(const Picking& p, Date date, Date first, Date chosen, size_t count) {
  std::string weekday(to_string(weekday_of(date)));
  return {{"href", p.trail.to(p.path, {{"week", to_string(first)}, {"day", to_string(date)}}) + "#times"},
          {"weekday", p.words.say("weekday." + weekday)},
          {"day", p.words.say("book.short_day", {{"day", std::to_string(date.day)},
                                                 {"month", p.words.say(fmt::format("month.{}", date.month))}})},
          {"count", p.words.count("book.free", static_cast<int64_t>(count))},
          {"free", count > 0},
          {"chosen", date == chosen && count > 0}};
}

json::array kept_without_zone(Trail trail) {
  trail.zone.clear();
  json::array out;
  for (const auto& [name, value] : trail.pairs())
    out.push_back(json::object{{"keep_name", name}, {"keep_value", value}});
  return out;
}

Date pages_until(Date today) { return add_days(today, kDaysAhead); }

}  // namespace

std::string clock_text(Instant at, const Zone& zone) {
  return format_time_of_day(std::chrono::floor<Minutes>(zone.local(at).time));
}

std::string long_day(const Words& words, Date date, Date today) {
  std::string key = date.year == today.year ? "format.long_day" : "format.long_day_year";
  return words.say(key, {{"weekday", words.say(fmt::format("weekday_long.{}", to_string(weekday_of(date))))},
                         {"day", std::to_string(date.day)},
                         {"month", words.say(fmt::format("month_long.{}", date.month))},
                         {"year", std::to_string(date.year)}});
}

std::string long_moment(const Words& words, Instant at, const Zone& zone, Instant now) {
  return words.say("format.moment",
                   {{"day", long_day(words, zone.date(at), zone.date(now))}, {"time", clock_text(at, zone)}});
}

json::array times_model(const Words& words, const Zone& zone, Instant now, std::span<const Instant> starts) {
  json::array out;
  for (Instant start : starts)
    out.push_back(json::object{{"start", format_rfc3339(start)}, {"label", words.moment(start, zone, now)}});
  return out;
}

json::array zones_model(const Zone& chosen) {
  json::array out;
  auto add = [&](std::string_view name) {
    out.push_back(json::object{{"value", name}, {"label", zone_label(name)}, {"chosen", name == chosen.name()}});
  };
  if (std::ranges::find(kZones, chosen.name()) == std::end(kZones)) add(chosen.name());
  for (std::string_view name : kZones) add(name);
  return out;
}

Date first_day(const Picking& p, std::span<const Instant> starts) {
  Date today = p.zone.date(p.now);
  if (auto asked = parse_date(p.week); asked && today <= *asked && *asked <= pages_until(today)) return *asked;
  if (starts.empty()) return today;
  Date soonest = p.zone.date(starts.front());
  return days_between(today, soonest) < kDaysShown ? today : soonest;
}

json::object picker_model(const Picking& p, std::span<const Instant> starts) {
  Days days = by_day(p.zone, starts);
  Date today = p.zone.date(p.now), first = first_day(p, starts), chosen = chosen_day(p, first, days);
  json::array rows, times;
  for (Date d = first; days_between(first, d) < kDaysShown; d = add_days(d, 1))
    rows.push_back(day_row(p, d, first, chosen, days.contains(d) ? days[d].size() : 0));
  for (Instant start : days[chosen]) times.push_back(time_row(p.zone, start));
  auto week = [&](Date d) { return Json(p.trail.to(p.path, {{"week", to_string(d)}}) + "#days"); };
  Date before = std::max(today, add_days(first, -kDaysShown)), after = add_days(first, kDaysShown);
  bool none = times.empty();
  auto later = std::ranges::find_if(starts, [&](Instant s) { return p.zone.date(s) >= after; });
  bool jumps = none && later != starts.end();
  return {{"soonest", times_model(p.words, p.zone, p.now, starts.first(std::min(kSoonest, starts.size())))},
          {"days", std::move(rows)},
          {"times", std::move(times)},
          {"day_heading", long_day(p.words, chosen, today)},
          {"day_count", p.words.count("book.free", static_cast<int64_t>(days[chosen].size()))},
          {"previous", first > today ? week(before) : Json(nullptr)},
          {"following", after <= pages_until(today) ? week(after) : Json(nullptr)},
          {"none", none},
          {"nothing", starts.empty()},
          {"jump", jumps ? week(p.zone.date(*later)) : Json(nullptr)},
          {"jump_day", jumps ? Json(long_day(p.words, p.zone.date(*later), today)) : Json(nullptr)},
          {"zones", zones_model(p.zone)},
          {"zone_name", zone_label(p.zone.name())},
          {"zone_now", clock_text(p.now, p.zone)},
          {"zone_asked", !p.trail.zone.empty()},
          {"here", p.path},
          {"keep", kept_without_zone(p.trail)},
          {"week", p.week.empty() ? Json(nullptr) : Json(to_string(first))}};
}

std::string text_in(const Json& texts, const std::string& language) {
  if (!texts.is_object()) return {};
  for (std::string_view wish : {std::string_view(language), std::string_view("en")})
    if (std::string text = get_string(texts, wish); !text.empty()) return text;
  for (const auto& [tag, text] : texts.as_object())
    if (text.is_string() && !text.as_string().empty()) return std::string(text.as_string());
  return {};
}

std::string education_text(const Words& words, const Json& education) {
  std::string out;
  for (std::string_view part : {"covers", "why", "outcomes", "ready"}) {
    const Json* texts = find(education, part);
    std::string text = texts ? text_in(*texts, words.language()) : std::string();
    if (!text.empty()) out += "\n\n## " + words.word("book.education", part) + "\n\n" + text + "\n";
  }
  return out;
}

Told split_description(const std::string& markdown) {
  size_t at = markdown.starts_with("#") ? 0 : markdown.find("\n#");
  if (at == std::string::npos) return {std::string(trim(markdown)), {}};
  return {std::string(trim(markdown.substr(0, at))), std::string(trim(markdown.substr(at)))};
}

}  // namespace onward::pages
