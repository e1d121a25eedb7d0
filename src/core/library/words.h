// Dates in the reader's language, for mails and pages: "Monday 30 March 2026", "lundi 30 mars 2026".
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/zone.h"

namespace onward::library {

// The text in this language, else in its base ("fr-CA" -> "fr"), else in English, else the first there is; empty: none.
const std::string& in_language(const std::map<std::string, std::string>&, std::string_view language);

// How people meet: in_person, phone, video, at_customer. Languages as below; any other is English.
std::string channel_in_words(std::string_view channel, std::string_view language);

// Languages known: en, fr, de, es; any other gets the ISO form.
std::string date_in_words(Date, std::string_view language);

}  // namespace onward::library
