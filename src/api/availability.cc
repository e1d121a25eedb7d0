// Exceptions of an advisor's hours, and journeys.
#include "app/booking/availability.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using namespace app::booking;
using shape::nullable;
using shape::required;

Route reading(std::string path, std::string summary, std::string answer,
              std::function<Result<Answer>(Step&, const Call&)> handle) {
  return {.method = "GET",
          .path = std::move(path),
          .summary = std::move(summary),
          .roles = kReaders,
          .query = paged(),
          .answer = std::move(answer),
          .reads = true,
          .handle = std::move(handle)};
}

Route adding(std::string path, std::string summary, Shape body, std::string answer, IdAndBody<AdvisorTag> use_case) {
  return {.method = "POST",
          .path = std::move(path),
          .summary = std::move(summary),
          .roles = kChangers,
          .body = std::move(body),
          .answer = std::move(answer),
          .status = 201,
          .handle = with_id<AdvisorTag>(use_case, 201)};
}

Route removing(std::string path, std::string summary, std::string answer,
               std::function<Result<Answer>(Step&, const Call&)> handle) {
  return {.method = "DELETE",
          .path = std::move(path),
          .summary = std::move(summary),
          .roles = kChangers,
          .answer = std::move(answer),
          .handle = std::move(handle)};
}

Result<Answer> exceptions(Step& step, const Call& call) {
  auto advisor = TRY(call.id<AdvisorTag>("id"));
  return listing<ExceptionTag>(call, [&](const app::Slice& slice) { return list_exceptions(step, advisor, slice); });
}
Result<Answer> travel(Step& step, const Call& call) {
  auto advisor = TRY(call.id<AdvisorTag>("id"));
  return listing<TravelTag>(call, [&](const app::Slice& slice) { return list_travel(step, advisor, slice); });
}

}  // namespace

void add_availability(std::vector<Route>& routes) {
  static const Shape exception = shape::object({{"date", shape::date(), required, "By the advisor's calendar."},
                                                {"from", shape::time_of_day(), nullable, "Without: closed."},
                                                {"to", shape::time_of_day(), nullable, "Without: closed."}});
  static const Shape journey = shape::object({{"from", shape::date(), required, "First date."},
                                              {"to", shape::date(), required, "Last date."},
                                              {"zone", shape::zone(), required, "Where the hours are meant."}});
  routes.push_back(
      reading("/advisors/{id}/exceptions", "Dates with other hours than usual", "HoursExceptionList", exceptions));
  routes.push_back(adding("/advisors/{id}/exceptions", "A date has other hours than usual, or none", exception,
                          "HoursException", add_exception));
  routes.push_back(
      removing("/advisors/{id}/exceptions/{exception}", "A date has its usual hours again", "HoursException",
               [](Step& s, const Call& c) -> Result<Answer> {
                 return ok(delete_exception(s, TRY(c.id<AdvisorTag>("id")), TRY(c.id<ExceptionTag>("exception"))));
               }));
  routes.push_back(reading("/advisors/{id}/travel", "When an advisor works in another zone", "TravelList", travel));
  routes.push_back(
      adding("/advisors/{id}/travel", "An advisor will work in another zone", journey, "Travel", add_travel));
  routes.push_back(removing("/advisors/{id}/travel/{journey}", "A journey is called off", "Travel",
                            [](Step& s, const Call& c) -> Result<Answer> {
                              return ok(delete_travel(s, TRY(c.id<AdvisorTag>("id")), TRY(c.id<TravelTag>("journey"))));
                            }));
}

void describe_availability(Schemas& schemas) {
  schemas.add("HoursException", shape::object({{"id", shape::id("exc"), required},
                                               {"advisor_id", shape::id("adv"), required},
                                               {"date", shape::date(), required},
                                               {"closed", shape::boolean(), required},
                                               {"from", shape::time_of_day(), nullable},
                                               {"to", shape::time_of_day(), nullable}}));
  schemas.add("Travel", shape::object({{"id", shape::id("trv"), required},
                                       {"advisor_id", shape::id("adv"), required},
                                       {"from", shape::date(), required},
                                       {"to", shape::date(), required},
                                       {"zone", shape::zone(), required}}));
}

}  // namespace onward::api
