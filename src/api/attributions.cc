// Who got a customer, and why.
#include "app/booking/attributions.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::optional;
using shape::required;

Shape view() {
  Shape reason = shape::object({{"key", shape::line(1, 60), required},
                                {"points", shape::number(-1e6, 1e6), required},
                                {"text", shape::text(0, 300), required}});
  Shape candidate = shape::object({{"advisor", shape::id("adv"), required},
                                   {"points", shape::number(-1e6, 1e6), required, "The sum of its reasons"},
                                   {"reasons", shape::list(reason, 0, 50), required}});
  Shape refused = shape::object({{"advisor", shape::id("adv"), required},
                                 {"key", shape::line(1, 60), required},
                                 {"text", shape::text(0, 300), required}});
  Shape override = shape::object({{"by", shape::line(1, 60), required}, {"reason", shape::text(0, 300), nullable}});
  return shape::object(
      {{"id", shape::id("atr"), required},
       {"conversation_id", shape::id("cnv"), required},
       {"appointment_id", shape::id("apt"), nullable},
       {"meeting_type_id", shape::id("mty"), required},
       {"chosen", shape::id("adv"), required},
       {"method", shape::one_of({"rules", "fixed"}), required, "fixed: there was nobody to choose among"},
       {"model_version", shape::line(1, 60), required},
       {"propensity", shape::number(0, 1), nullable, "null: nothing was drawn"},
       {"request", shape::any(64 * 1024), required, "What was asked for"},
       {"candidates", shape::list(candidate, 0, 1000), required, "Best first"},
       {"refused", shape::list(refused, 0, 1000), required},
       {"override", override, nullable, "A person chose, and why"},
       {"at", shape::time(), required}});
}

Result<Answer> list(Step& step, const Call& call) {
  app::booking::AttributionFilter f{TRY(id_in_query<ConversationId>(call, "conversation_id")),
                                    TRY(id_in_query<AppointmentId>(call, "appointment_id"))};
  return listing<AttributionTag>(
      call, [&](const app::Slice& slice) { return app::booking::list_attributions(step, f, slice); });
}

}  // namespace

void add_attributions(std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/attributions",
                    .summary = "Who got which customer, oldest first",
                    .roles = kReaders,
                    .query = paged({{"conversation_id", shape::id("cnv"), optional, "Of this conversation."},
                                    {"appointment_id", shape::id("apt"), optional, "Of this appointment."}}),
                    .answer = "AttributionList",
                    .reads = true,
                    .handle = list});
  routes.push_back({.method = "GET",
                    .path = "/attributions/{id}",
                    .summary = "One decision: candidates, reasons in points, who was refused and why, override",
                    .roles = kReaders,
                    .answer = "Attribution",
                    .reads = true,
                    .handle = with_id<AttributionTag>(app::booking::get_attribution)});
}

void describe_attributions(Schemas& schemas) { schemas.add("Attribution", view()); }

}  // namespace onward::api
