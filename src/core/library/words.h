// Dates in the reader's language, for mails and pages: "Monday 30 March 2026", "lundi 30 mars 2026".
#pragma once
#include <string>
#include <string_view>

#include "base/zone.h"

namespace onward::library {

// Languages known: en, fr, de, es; any other gets the ISO form.
std::string date_in_words(Date, std::string_view language);

}  // namespace onward::library
