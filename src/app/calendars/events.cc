#include "app/calendars/events.h"

#include <map>

#include "app/embedded.h"
#include "base/check.h"

namespace onward::app::calendars {
namespace {

// "meet.phone" in a language that is spoken, else in English.
std::string meeting_word(const std::string& language, const std::string& channel) {
  static const std::map<std::string, Json> locales = [] {
    std::map<std::string, Json> out;
    for (const EmbeddedText& text : embedded_below("locales/")) {
      std::string name(text.path.substr(text.path.find('/') + 1));
      out[name.substr(0, name.find('.'))] = *parse_json(text.text);
    }
    return out;
  }();
  auto found = locales.find(language.substr(0, language.find('-')));
  if (found == locales.end()) found = locales.find("en");
  check(found != locales.end());
  return get_string(found->second, "meet." + channel, channel);
}

std::string in_language(const Json& texts, const std::string& language) {
  for (const std::string& wish : {language, language.substr(0, language.find('-')), std::string("en")})
    if (std::string text = get_string(texts, wish); !text.empty()) return text;
  if (!texts.is_object() || texts.as_object().empty()) return {};
  return get_string(texts, texts.as_object().begin()->key());
}

}  // namespace

bool Shown::is_hosted_by(AdvisorId advisor) const {
  Json list = stored_json(hosts, json::array{});
  return std::ranges::any_of(list.as_array(), [&](const Json& id) { return id.to_number<int64_t>() == advisor.value; });
}

Shown read_shown(const Rows& rows, size_t r) {
  return {.id = {rows.integer(r, 0)},
          .start = from_ms(rows.integer(r, 1)),
          .end = from_ms(rows.integer(r, 2)),
          .updated_at = from_ms(rows.integer(r, 8)),
          .zone = rows.text(r, 3),
          .channel = rows.text(r, 4),
          .place = rows.text(r, 5),
          .state = rows.text(r, 6),
          .customer = rows.text(r, 10),
          .type_name = stored_json(rows.text(r, 9), json::object{}),
          .sequence = rows.integer(r, 7),
          .hosts = rows.text(r, 11)};
}

std::string event_uid(const Services& services, AppointmentId id) { return id.text() + "@" + services.mail_domain; }

bool is_event_uid(const Services& services, std::string_view uid) {
  size_t at = uid.find('@');
  return at != uid.npos && uid.substr(at + 1) == services.mail_domain && AppointmentId::parse(uid.substr(0, at));
}

ical::Event event_of(const Services& services, const Shown& a, const std::string& language) {
  ical::Event e{.uid = event_uid(services, a.id),
                .sequence = static_cast<int>(a.sequence),
                .stamp = a.updated_at,
                .start = a.start,
                .end = a.end,
                .zone = find_zone(a.zone).value_or(utc())};
  std::string type = in_language(a.type_name, language);
  e.summary = a.customer.empty() ? type : type.empty() ? a.customer : a.customer + ", " + type;
  e.description = meeting_word(language, a.channel);
  e.location = a.place.empty() ? e.description : a.place;
  if (a.state == "requested") e.status = ical::EventStatus::tentative;
  return e;
}

}  // namespace onward::app::calendars
