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

const std::string& in_language(const std::map<std::string, std::string>& texts, std::string_view language) {
  static const std::string kNone;
  for (std::string_view wanted : {language, language.substr(0, language.find('-')), std::string_view("en")})
    if (auto it = texts.find(std::string(wanted)); it != texts.end()) return it->second;
  return texts.empty() ? kNone : texts.begin()->second;
}

std::string channel_in_words(std::string_view channel, std::string_view language) {
  struct Meeting {
    std::string_view language, in_person, phone, video, at_customer;
  };
  static constexpr std::array<Meeting, 4> kMeetings = {{
      {"en", "in person", "by phone", "by video", "at your place"},
      {"fr", "en personne", "par téléphone", "en visioconférence", "chez vous"},
      {"de", "persönlich", "am Telefon", "per Video", "bei Ihnen"},
      {"es", "en persona", "por teléfono", "por videollamada", "en su domicilio"},
  }};
  const Meeting* m = &kMeetings.front();
  for (const Meeting& candidate : kMeetings)
    if (language.substr(0, 2) == candidate.language) m = &candidate;
  if (channel == "in_person") return std::string(m->in_person);
  if (channel == "phone") return std::string(m->phone);
  return std::string(channel == "video" ? m->video : m->at_customer);
}

}  // namespace onward::library
