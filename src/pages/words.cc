#include "pages/words.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "app/embedded.h"
#include "base/check.h"
#include "base/json.h"
#include "base/text.h"

namespace onward::pages {
namespace {

constexpr size_t kMaxTags = 20;

using Texts = std::map<std::string, std::string, std::less<>>;

Texts read_texts(const std::string& language) {
  auto text = app::embedded("locales/" + language + ".json");
  check(text.has_value(), "no locale " + language);
  auto parsed = parse_json(*text);
  check(parsed && parsed->is_object(), "locale " + language);
  Texts out;
  for (const auto& [key, value] : parsed->as_object()) {
    check(value.is_string(), std::string(key));
    out[std::string(key)] = std::string(value.get_string());
  }
  return out;
}

const std::map<std::string, Texts>& catalogue() {
  static const std::map<std::string, Texts> all = [] {
    std::map<std::string, Texts> out;
    for (const std::string& language : languages()) out[language] = read_texts(language);
    return out;
  }();
  return all;
}

std::string fill(const std::string& text, Named values) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = text[i] == '{' ? text.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      out += text[i++];
      continue;
    }
    std::string_view name(text.data() + i + 1, end - i - 1);
    auto value = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == name; });
    if (value == values.end()) {
      out.append(text, i, end - i + 1);
    } else {
      out += value->second;
    }
    i = end + 1;
  }
  return out;
}

double quality(std::string_view parameters) {
  size_t at = parameters.find("q=");
  if (at == parameters.npos) return 1;
  double q = 0;
  std::from_chars(parameters.data() + at + 2, parameters.data() + parameters.size(), q);
  return q;
}

std::string clock_of(LocalTime local) { return format_time_of_day(std::chrono::floor<Minutes>(local.time)); }

}  // namespace

const std::vector<std::string>& languages() {
  static const std::vector<std::string> all = {"en", "fr"};
  return all;
}

std::string choose_language(const std::vector<std::string>& wishes) {
  for (const std::string& wish : wishes) {
    std::string primary = ascii_lower(wish.substr(0, wish.find_first_of("-_")));
    if (std::ranges::find(languages(), primary) != languages().end()) return primary;
  }
  return languages().front();
}

std::vector<std::string> accepted_languages(std::string_view header) {
  std::vector<std::pair<double, std::string>> tags;
  while (!header.empty() && tags.size() < kMaxTags) {
    std::string_view part = header.substr(0, header.find(','));
    header.remove_prefix(std::min(part.size() + 1, header.size()));
    std::string_view tag = trim(part.substr(0, part.find(';')));
    double q = part.find(';') == part.npos ? 1 : quality(part.substr(part.find(';')));
    if (!tag.empty() && q > 0) tags.emplace_back(q, tag);
  }
  std::stable_sort(tags.begin(), tags.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> out;
  for (auto& [q, tag] : tags) out.push_back(std::move(tag));
  return out;
}

Words::Words(const std::string& language) : language_(language) {
  auto found = catalogue().find(language);
  check(found != catalogue().end(), "language " + language);
  texts_ = &found->second;
}

std::string Words::say(std::string_view key, Named values) const {
  auto found = texts_->find(key);
  check(found != texts_->end(), "no text for " + std::string(key));
  return fill(found->second, values);
}

std::string Words::count(std::string_view key, int64_t n) const {
  bool one = n == 1 || (n == 0 && language_ == "fr");
  return say(std::string(key) + (one ? ".one" : ".other"), {{"n", std::to_string(n)}});
}

std::string Words::word(std::string_view group, std::string_view word) const {
  auto found = texts_->find(fmt::format("{}.{}", group, word));
  if (found != texts_->end()) return found->second;
  std::string plain(word);
  std::ranges::replace(plain, '_', ' ');
  return plain;
}

std::string Words::phrase(const std::string& sentence) const {
  auto whole = texts_->find("engine." + sentence);
  if (whole != texts_->end()) return whole->second;
  if (sentence.starts_with("there is no such ")) return say("engine.there is no such thing");
  size_t by = sentence.find(" by ");
  if (by != std::string::npos && has("engine." + sentence.substr(0, by + 3)))
    return say("engine." + sentence.substr(0, by + 3)) + sentence.substr(by + 3);
  size_t colon = sentence.find(": ");
  if (colon == std::string::npos) return sentence;
  auto start = texts_->find("engine." + sentence.substr(0, colon));
  if (start == texts_->end()) return sentence;
  return start->second + say("colon") + phrase(sentence.substr(colon + 2));
}

std::string Words::day(Instant at, const Zone& zone, Instant now) const {
  Date date = zone.date(at), today = zone.date(now);
  std::string weekday = say(fmt::format("weekday.{}", to_string(weekday_of(date))));
  std::string month = say(fmt::format("month.{}", date.month));
  Named parts = {
      {"weekday", weekday}, {"day", std::to_string(date.day)}, {"month", month}, {"year", std::to_string(date.year)}};
  return say(date.year == today.year ? "format.day" : "format.day_year", parts);
}

std::string Words::moment(Instant at, const Zone& zone, Instant now) const {
  LocalTime local = zone.local(at);
  int ahead = days_between(zone.date(now), local.date);
  std::string clock = clock_of(local);
  if (ahead == 0) return say("format.today", {{"time", clock}});
  if (ahead == 1) return say("format.tomorrow", {{"time", clock}});
  return say("format.moment", {{"day", day(at, zone, now)}, {"time", clock}});
}

std::string Words::span(Millis length) const {
  int64_t seconds = std::chrono::floor<std::chrono::seconds>(length).count();
  auto text = [&](std::string_view key, int64_t n) { return say(key, {{"n", std::to_string(n)}}); };
  if (seconds < 60) return text("span.seconds", std::max<int64_t>(seconds, 0));
  if (seconds < 3600) return text("span.minutes", seconds / 60);
  if (seconds < 48 * 3600) return text("span.hours", seconds / 3600);
  return text("span.days", seconds / 86400);
}

}  // namespace onward::pages
