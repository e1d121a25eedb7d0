// /api/v1, /openapi.json, /healthz, /readyz and /metrics on a router.
//
//   api::Api api(runner, {.version = "0.1.0"}, api::whole_table(doors));
//   api.mount(router);                             // the Api must outlive the router
//
// A request passes: credentials (401), role (403), query (400), Content-Type (415), size (413), JSON and shape (400),
// Idempotency-Key (400, 422), then one transaction in which the key is looked at again, If-Match is compared (412) and
// the handler runs. Every error is a problem document; what it hides is logged with the request id.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "api/clock.h"
#include "api/metrics.h"
#include "api/route.h"
#include "api/schemas.h"
#include "http/router.h"

namespace onward::api {

struct ApiOptions {
  std::string version = "0.0.0";               // of the program, for the OpenAPI document
  std::function<std::string()> extra_metrics;  // Prometheus text of other parts, appended to /metrics
};

// Every row there is: the nouns, the forecast and, on a manual clock, the rows that move it.
Table whole_table(const Doors& doors);

class Api {
 public:
  Api(app::Runner& runner, ApiOptions options, Table table);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  void mount(http::Router& router);
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Reply;
  http::Response serve(const Route& route, const http::Request& request);
  http::Response answer(const Route& route, const http::Request& request);
  Result<app::Caller> authenticate(const std::string& hash);
  Result<Reply> perform(const Route& route, const app::Caller& caller, const std::string& hash, const Call& call);
  Result<Reply> perform_direct(const Route& route, const app::Caller& caller, const Call& call);
  Status compare_etag(const Route& route, Step& step, const Call& call) const;
  http::Response render(const Route& route, const http::Request& request, Reply reply) const;
  const Route* find_route(std::string_view method, std::string_view path) const;
  http::Response ready();
  http::Response metrics() const;

  app::Runner& runner_;
  const ApiOptions options_;
  std::vector<Route> routes_;
  HttpMetrics metrics_;
  http::Response openapi_;  // as text: as a tree it takes megabytes
};

// The OpenAPI 3.1 document of these rows.
Json openapi_document(const std::vector<Route>& routes, Schemas& schemas, const std::string& version);

}  // namespace onward::api
