#include "core/library/words.h"

#include <array>

#include <fmt/format.h>

namespace onward::library {
namespace {

struct Words {
  std::string_view language;
  std::array<std::string_view, 7> weekdays;  // Sunday first
  std::array<std::string_view, 12> months;
  std::string_view form;  // weekday, day, month, year
};

constexpr std::array<Words, 4> kWords = {{
    {"en",
     {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
     {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December"},
     "{0} {1} {2} {3}"},
    {"fr",
     {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
     {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
      "décembre"},
     "{0} {1} {2} {3}"},
    {"de",
     {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
     {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
      "Dezember"},
     "{0}, {1}. {2} {3}"},
    {"es",
     {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
     {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
      "diciembre"},
     "{0} {1} de {2} de {3}"},
}};

}  // namespace

std::string date_in_words(Date d, std::string_view language) {
  for (const Words& w : kWords) {
    if (language.substr(0, 2) != w.language) continue;
    std::string day = d.day == 1 && w.language == "fr" ? "1er" : fmt::format("{}", d.day);
    return fmt::format(fmt::runtime(w.form), w.weekdays[weekday_of(d).c_encoding()], day,
                       w.months[static_cast<size_t>(d.month - 1)], d.year);
  }
  return to_string(d);
}

}  // namespace onward::library
