#include "app/calendars/card.h"

#include "app/advisors.h"
#include "app/settings.h"
#include "base/text.h"
#include "ical/vcard.h"

namespace onward::app::calendars {
namespace {

// "Zoë Müller" -> "zoe-muller.vcf"; a name without Latin letters keeps the advisor's id.
std::string file_name(const std::string& name, AdvisorId advisor) {
  std::string out;
  for (char c : fold_words(name)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) out += c;
    if (c == ' ' && !out.empty()) out += '-';
  }
  return (out.empty() || out.size() > 100 ? advisor.text() : out) + ".vcf";
}

}  // namespace

Result<Json> get_card(Step& step, AdvisorId advisor) {
  Json a = TRY(get_advisor(step, advisor));
  ical::Card card{.uid = advisor.text() + "@" + step.services.mail_domain,
                  .name = get_string(a, "name"),
                  .organization = get_string(setting(step, "organization"), "name"),
                  .email = get_string(a, "email"),
                  .phone = get_string(a, "phone"),
                  .url = step.services.base_url,
                  .zone = get_string(a, "zone"),
                  .languages = get_strings(a, "languages"),
                  .revised = TRY(parse_rfc3339(get_string(a, "updated_at")))};
  if (auto agency = AgencyId::parse(get_string(a, "agency_id"))) {
    Rows row = step.run("agency_get", {agency->value});
    if (!row.empty()) {
      card.unit = row.text(0, 1);
      if (!row.text(0, 2).empty()) card.address = ical::Address{.street = row.text(0, 2)};
    }
  }
  return Json(json::object{{"advisor_id", advisor.text()},
                           {"file_name", file_name(card.name, advisor)},
                           {"content_type", "text/vcard; charset=utf-8"},
                           {"text", TRY(ical::write_card(card))}});
}

}  // namespace onward::app::calendars
