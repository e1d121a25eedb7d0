#include "app/search.h"

#include "api/nouns.h"
#include "api/route.h"

namespace onward::api {

using shape::nullable;
using shape::required;

void add_search(std::vector<Route>& routes) {
  routes.push_back(
      {.method = "GET",
       .path = "/search",
       .summary = "Find contacts, organizations and conversations by words",
       .roles = kReaders,
       .query = {{"q", shape::line(1, 200), required, "Whole words; the last one may be the start of one."}},
       .answer = "FoundList",
       .reads = true,
       .handle = [](Step& s, const Call& c) { return ok(app::search(s, c.query("q"))); }});
}

void describe_search(Schemas& schemas) {
  schemas.add("Found", shape::object({{"kind", shape::one_of({"contact", "organization", "conversation"}), required},
                                      {"id", shape::line(1, 40), required},
                                      {"title", shape::text(0, 1000), required},
                                      {"subtitle", shape::text(0, 1000), nullable, "Whose it is."}}));
}

}  // namespace onward::api
