// The texts of the pages in one language, from templates/locales/<language>.json: flat keys, values with {names}.
//
//   Words fr("fr");
//   fr.say("form.zone", {{"zone", "Europe/Paris"}});    fr.count("today.need", 2);    // today.need.one,
//   today.need.other
#pragma once
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/zone.h"

namespace onward::pages {

// The languages that are complete, the first is the fallback.
const std::vector<std::string>& languages();
// The first of the wishes that is spoken ("fr-CA" is "fr"); "en" when none is.
std::string choose_language(const std::vector<std::string>& wishes);
// The tags of an Accept-Language header, best first.
std::vector<std::string> accepted_languages(std::string_view header);

using Named = std::initializer_list<std::pair<std::string_view, std::string>>;

class Words {
 public:
  // Requires: one of languages().
  explicit Words(const std::string& language);
  const std::string& language() const { return language_; }
  bool has(std::string_view key) const { return texts_->count(key) > 0; }
  // Requires: the key exists (else a Bug).
  std::string say(std::string_view key, Named values = {}) const;
  std::string count(std::string_view key, int64_t n) const;
  // A machine word of the engine, by the key `group.word`; the word itself in plain letters when it has no text.
  std::string word(std::string_view group, std::string_view word) const;
  // A sentence of the engine: known ones are translated ("engine.<sentence>"), also before a colon; others stay.
  std::string phrase(const std::string& sentence) const;

  // "Tue 24 Nov, 09:00", with the year when it is not that of `now`; "today 09:00" and "tomorrow 09:00" where they are.
  std::string moment(Instant at, const Zone& zone, Instant now) const;
  std::string day(Instant at, const Zone& zone, Instant now) const;
  // "10 s", "5 min", "3 h", "12 d"
  std::string span(Millis length) const;

 private:
  std::string language_;
  const std::map<std::string, std::string, std::less<>>* texts_;
};

}  // namespace onward::pages
