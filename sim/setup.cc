// Who is there when a simulation begins: agencies in several zones, advisors, contacts from many countries.
#include <fmt/format.h>

#include "app/conversations.h"
#include "app/settings.h"
#include "sim/simulation.h"

namespace onward::sim {
namespace {

struct Home {
  std::string zone, country, region, language;
};
// Zones with large offsets, half-hour offsets, early and late changes of the clocks, and none.
const std::vector<Home> kHomes = {{"Europe/Paris", "FR", "", "fr"},      {"Europe/Berlin", "DE", "DE-BY", "de"},
                                  {"Europe/London", "GB", "", "en"},     {"Europe/Dublin", "IE", "", "en"},
                                  {"America/New_York", "US", "", "en"},  {"America/Los_Angeles", "US", "", "en"},
                                  {"America/Sao_Paulo", "BR", "", "pt"}, {"Africa/Casablanca", "MA", "", "fr"},
                                  {"Asia/Tokyo", "JP", "", "ja"},        {"Asia/Kolkata", "IN", "", "en"},
                                  {"Asia/Kathmandu", "", "", "en"},      {"Australia/Lord_Howe", "AU", "", "en"},
                                  {"Pacific/Apia", "", "", "en"},        {"Pacific/Kiritimati", "", "", "en"},
                                  {"America/St_Johns", "CA", "", "fr"},  {"UTC", "", "", "en"}};
const std::vector<std::string> kChannels = {"web", "phone", "walk_in", "event", "email"};

}  // namespace

void Simulation::settle_in() {
  install_small(world_);
  types_ = {"advice", "advice"};
  Rows all = world_.rows("catalog_types");
  for (size_t r = 0; r < all.size(); ++r) types_.push_back(all.text(r, 0));
  Rows assets = world_.rows("catalog_assets");
  for (size_t r = 0; r < assets.size(); ++r)
    if (assets.text(r, 1) != "template") assets_.push_back({assets.integer(r, 0)});
  make_policies();
  make_advisors();
  make_meeting_type();
  for (int i = 0; i < options_.contacts; ++i) make_contact();
}

void Simulation::make_policies() {
  json::object cap{{"gap_hours", 12 + static_cast<int64_t>(people_.below(24))},
                   {"count", 1 + static_cast<int64_t>(people_.below(5))},
                   {"days", 2 + static_cast<int64_t>(people_.below(10))}};
  World::must(world_.call([&](Step& s) { return app::put_setting(s, "cap", cap); }));
}

void Simulation::make_advisors() {
  gaps_ = people_.chance(0.6);
  size_t agencies = 1 + people_.below(3);
  for (size_t g = 0; g < agencies; ++g) {
    const Home& home = one_of(kHomes);
    AgencyId agency = world_.agency({fmt::format("Agency {}", g + 1), home.zone, home.country, home.region});
    size_t people = 1 + people_.below(3);
    for (size_t a = 0; a < people; ++a) {
      AdvisorSpec spec{.name = fmt::format("Advisor {}.{}", g + 1, a + 1),
                       .email = fmt::format("a{}.{}@firm.example", g + 1, a + 1),
                       .zone = people_.chance(0.8) ? home.zone : one_of(kHomes).zone,
                       .agency = agency,
                       .mailbox = people_.chance(0.95)};
      spec.cap_per_day = gaps_ && people_.chance(0.3) ? 2 + static_cast<int>(people_.below(4)) : 0;
      spec.gap_s = gaps_ ? static_cast<int>(people_.below(90)) : 0;
      advisors_.push_back({world_.advisor(spec), *find_zone(spec.zone), {}});
      size_t index = advisors_.size() - 1;
      in(some_time(20), [this, index] { advisor_day(index); });
      in(some_time(24 * 25), [this, index] { holiday(index); });
    }
  }
}

void Simulation::make_contact() {
  const Home& home = one_of(kHomes);
  size_t n = contacts_.size() + 1;
  ContactSpec spec{.name = fmt::format("Customer {}", n),
                   .zone = home.zone,
                   .country = home.country,
                   .region = home.region,
                   .language = home.language};
  if (people_.chance(0.95)) spec.email = fmt::format("customer{}@example{}.org", n, n % 3);
  if (people_.chance(0.5)) spec.phone = fmt::format("+3312345{:04}", n);
  if (people_.chance(0.5)) spec.consents.push_back({});
  if (people_.chance(0.1)) spec.consents.push_back({.purpose = "follow_up", .state = "refused"});
  if (people_.chance(0.1)) spec.consents.push_back({.purpose = "marketing", .channel = "email", .state = "withdrawn"});
  ContactId id = world_.contact(spec);
  contacts_.push_back({id, spec.name});
  size_t conversations = 1 + (people_.chance(0.25) ? 1 : 0);
  for (size_t i = 0; i < conversations; ++i)
    in(some_time(24.0 * options_.days / 4), [this, id] { open_conversation(id); });
}

void Simulation::open_conversation(ContactId contact) {
  size_t advisor = people_.below(advisors_.size());
  json::object body{{"contact_id", contact.text()},
                    {"type", one_of(types_)},
                    {"channel", one_of(kChannels)},
                    {"owner_id", advisors_[advisor].id.text()}};
  if (people_.chance(0.5)) body["topic"] = "pensions";
  if (people_.chance(0.3)) body["stage"] = "qualified";
  auto made = world_.call([&](Step& s) { return app::open_conversation(s, body); });
  if (!tell("opened", made)) return;
  size_t index = talks_.size();
  talks_.push_back({*ConversationId::parse(get_string(*made, "id")), contact, advisor});
  in(some_time(40), [this, index] { talk(index); });
  in(some_time(24 * 6), [this, index] { customer_turn(index); });
}

}  // namespace onward::sim
