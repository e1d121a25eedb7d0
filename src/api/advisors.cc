// Advisors and their absences.
#include "app/advisors.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

Shape territory();

std::vector<Field> body_fields() {
  return {
      {"name", shape::line(1, 200), required, "As customers know the person."},
      {"email", shape::email(), nullable, "Where the person is written to."},
      {"phone", shape::phone(), nullable, "Where the person is called."},
      {"agency_id", shape::id("agy"), nullable, "Where the person works."},
      {"zone", shape::zone(), optional, "The house's, when left out."},
      {"languages", shape::list(shape::language(), 0, 20), optional, "The house's, when left out."},
      {"skills", shape::list(shape::any(500), 0, 50), optional,
       "Names, or objects {name, level} with a level from 1 to 5."},
      {"hours", hours_shape(), optional,
       "Working hours by the person's clock; none: Monday to Friday, 09:00 to 17:30."},
      {"territories", shape::list(territory(), 0, 100), optional,
       "Whose customers the person takes; none: everybody's."},
      {"capacity", shape::integer(1, 10'000), nullable, "How many open conversations are enough."},
      {"mailbox_id", shape::id("mbx"), nullable, "Where the person's mail leaves from."},
  };
}

Shape territory() {
  return shape::object({{"country", shape::country(), nullable, "Empty parts match everything."},
                        {"region", shape::line(1, 20), nullable, "FR-69"},
                        {"postal_prefix", shape::line(1, 20), nullable, "690"}});
}

Shape view() {
  Shape skill = shape::object({{"name", shape::line(1, 100), required}, {"level", shape::integer(1, 5), required}});
  return shape::object({{"id", shape::id("adv"), required},
                        {"name", shape::line(0, 200), required},
                        {"email", shape::line(0, 320), nullable},
                        {"phone", shape::line(0, 40), nullable},
                        {"agency_id", shape::id("agy"), nullable},
                        {"zone", shape::zone(), required},
                        {"languages", shape::list(shape::language(), 0, 20), required},
                        {"skills", shape::list(skill, 0, 50), required},
                        {"hours", hours_shape(), required},
                        {"territories", shape::list(territory(), 0, 100), required},
                        {"capacity", shape::integer(1, 10'000), nullable},
                        {"mailbox_id", shape::id("mbx"), nullable},
                        {"created_at", shape::time(), required},
                        {"updated_at", shape::time(), required}});
}

const Shape kNewAbsence = shape::object({{"starts_at", shape::time(), required, "From then on."},
                                         {"ends_at", shape::time(), required, "Until then."},
                                         {"reason", shape::line(1, 200), nullable, "Why, for colleagues."}});

Shape absence_view() {
  return shape::object({{"id", shape::id("abs"), required},
                        {"advisor_id", shape::id("adv"), required},
                        {"starts_at", shape::time(), required},
                        {"ends_at", shape::time(), required},
                        {"reason", shape::line(0, 200), nullable}});
}

Result<Answer> list(Step& step, const Call& call) {
  AgencyId only;
  if (std::string agency = call.query("agency_id"); !agency.empty()) only = TRY(AgencyId::parse(agency));
  return listing<AdvisorTag>(call, [&](const app::Slice& slice) { return app::list_advisors(step, only, slice); });
}

Result<Answer> absences(Step& step, const Call& call) {
  auto advisor = TRY(call.id<AdvisorTag>("id"));
  return listing<AbsenceTag>(call, [&](const app::Slice& slice) { return app::list_absences(step, advisor, slice); });
}

void add_absences(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/advisors/{id}/absences",
                    .summary = "When an advisor is away",
                    .roles = kReaders,
                    .query = paged(),
                    .answer = "AbsenceList",
                    .reads = true,
                    .handle = absences});
  routes.push_back({.method = "POST",
                    .path = "/advisors/{id}/absences",
                    .summary = "An advisor will be away",
                    .roles = kChangers,
                    .body = kNewAbsence,
                    .answer = "Absence",
                    .status = 201,
                    .handle = with_id<AdvisorTag>(app::add_absence, 201)});
  routes.push_back({.method = "DELETE",
                    .path = "/advisors/{id}/absences/{absence}",
                    .summary = "An absence is called off",
                    .roles = kChangers,
                    .answer = "Absence",
                    .handle = [](Step& s, const Call& c) -> Result<Answer> {
                      return ok(app::delete_absence(s, TRY(c.id<AdvisorTag>("id")), TRY(c.id<AbsenceTag>("absence"))));
                    }});
}

}  // namespace

void add_advisors(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/advisors",
                    .summary = "List advisors, oldest first",
                    .roles = kReaders,
                    .query = paged({{"agency_id", shape::id("agy"), optional, "Of this agency only."}}),
                    .answer = "AdvisorList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "POST",
                    .path = "/advisors",
                    .summary = "Create an advisor",
                    .roles = kManagers,
                    .body = shape::object(body_fields()),
                    .answer = "Advisor",
                    .status = 201,
                    .handle = with_body(app::add_advisor)});
  routes.push_back({.method = "GET",
                    .path = "/advisors/{id}",
                    .summary = "One advisor",
                    .roles = kReaders,
                    .answer = "Advisor",
                    .reads = true,
                    .handle = with_id<AdvisorTag>(app::get_advisor)});
  routes.push_back({.method = "PATCH",
                    .path = "/advisors/{id}",
                    .summary = "Change an advisor; advisors change their own phone, zone, languages and hours",
                    .roles = kChangers,
                    .body = patch_of(body_fields()),
                    .answer = "Advisor",
                    .handle = with_id<AdvisorTag>(app::change_advisor)});
  routes.push_back({.method = "DELETE",
                    .path = "/advisors/{id}",
                    .summary = "Delete an advisor without open conversations",
                    .roles = kOwner,
                    .answer = "Advisor",
                    .handle = with_id<AdvisorTag>(app::delete_advisor)});
  add_absences(routes);
}

void describe_advisors(Schemas& schemas) {
  schemas.add("Advisor", view());
  schemas.add("Absence", absence_view());
}

}  // namespace onward::api
