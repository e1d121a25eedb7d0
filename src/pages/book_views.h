// View models of the booking pages: days, times, zones. Pure functions of values.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "pages/book_trail.h"
#include "pages/words.h"

namespace onward::pages {

constexpr int kDaysShown = 7;
constexpr int kDaysAhead = 84;  // how far a visitor may page
constexpr size_t kSoonest = 3;

// "Tuesday 24 November", with the year when it is not that of `today`.
std::string long_day(const Words&, Date, Date today);
// "Tuesday 24 November, 09:00"
std::string long_moment(const Words&, Instant, const Zone&, Instant now);
// "09:00"
std::string clock_text(Instant, const Zone&);

struct Picking {
  const Words& words;
  const Zone& zone;
  Instant now;
  const Trail& trail;
  std::string path;       // of the page itself: links of days and weeks lead there
  std::string week, day;  // as asked for, "2026-11-23"; anything else: the default
};
// What free starts look like: {soonest, days, times, day_heading, previous, next, none, jump, zones, zone_now, ...}.
// `starts` ascend.
json::object picker_model(const Picking&, std::span<const Instant> starts);
// [{start, label}] with day and time.
json::array times_model(const Words&, const Zone&, Instant now, std::span<const Instant> starts);
// Zones to choose from, the one that is chosen among them: [{value, label, chosen}].
json::array zones_model(const Zone& chosen);
// Where the shown week begins.
Date first_day(const Picking&, std::span<const Instant> starts);

// The text of a {language: text} object in this language, else in English, else in whichever there is.
std::string text_in(const Json& texts, const std::string& language);
// What stands before the first heading, and the rest.
struct Told {
  std::string lead, rest;
};
// The parts of a meeting type's education in this language, as Markdown with a heading each; empty: there are none.
std::string education_text(const Words&, const Json& education);
Told split_description(const std::string& markdown);

}  // namespace onward::pages
