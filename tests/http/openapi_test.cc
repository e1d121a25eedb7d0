// The OpenAPI document says what is: every row is there, every reference leads somewhere, and real answers fit.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/http/samples.h"

namespace onward::testing {
namespace {

using api::Route;
using app::Role;

std::string lower(std::string s) {
  for (char& c : s) c |= 32;
  return s;
}

void collect_refs(const Json& value, std::vector<std::string>& out) {
  if (value.is_array())
    for (const Json& item : value.as_array()) collect_refs(item, out);
  if (!value.is_object()) return;
  for (const auto& [key, member] : value.as_object()) {
    if (key == "$ref" && member.is_string()) out.emplace_back(member.as_string());
    collect_refs(member, out);
  }
}

class OpenApi : public ::testing::Test {
 protected:
  World world_;
  const Json document_ = *parse_json(world_.send({.path = "/openapi.json"}).body);
};

TEST_F(OpenApi, IsServedWithoutAKey) {
  http::Response response = world_.send({.path = "/openapi.json"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Content-Type"), "application/json");
  EXPECT_EQ(get_string(document_, "openapi"), "3.1.0");
  EXPECT_EQ(get_string(document_.at("info"), "version"), "9.9.9");
}

TEST_F(OpenApi, HasEveryRouteWithItsRolesParametersAndBody) {
  size_t count = 0;
  for (const auto& [path, methods] : document_.at("paths").as_object()) count += methods.as_object().size();
  EXPECT_EQ(count, world_.api().routes().size());
  std::set<std::string> ids;
  for (const Route& route : world_.api().routes()) {
    SCOPED_TRACE(route.method + " " + route.path);
    const Json& operation = document_.at("paths").at(route.path).at(lower(route.method));
    EXPECT_EQ(operation.at("x-roles").as_array().size(), route.roles.size());
    EXPECT_EQ(operation.as_object().contains("requestBody"), route.body.has_value());
    EXPECT_TRUE(operation.at("responses").as_object().contains(std::to_string(route.status)));
    EXPECT_TRUE(ids.insert(get_string(operation, "operationId")).second) << "operationId is taken";
    EXPECT_FALSE(get_string(operation, "summary").empty());
    std::set<std::string> parameters;
    if (const Json* list = find(operation, "parameters"))
      for (const Json& p : list->as_array()) parameters.insert(get_string(p, "name"));
    for (const Field& f : route.query) EXPECT_TRUE(parameters.contains(f.name)) << f.name;
  }
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
  std::vector<std::string> refs;
  collect_refs(document_, refs);
  EXPECT_GT(refs.size(), 10u);
  for (const std::string& ref : refs) {
    ASSERT_TRUE(ref.starts_with("#/")) << ref;
    json::error_code ec;
    EXPECT_NE(document_.find_pointer(ref.substr(1), ec), nullptr) << ref;
  }
}

// The answer of every route that can be called with the world's rows fits its schema: nothing undescribed, nothing
// missing.
TEST(OpenApiAnswers, FitTheirSchemas) {
  size_t checked = 0;
  World table;
  const Json document = *parse_json(table.send({.path = "/openapi.json"}).body);
  for (const Route& route : table.api().routes()) {
    if (route.answer.empty()) continue;
    SCOPED_TRACE(route.method + " " + route.path);
    World world;
    World::Sent sent{.method = route.method,
                     .path = world.path_of(route) + query_of(route),
                     .body = body_of(route),
                     .key = world.key(route.roles.front())};
    http::Response response = world.send(sent);
    if (response.status >= 300) continue;
    EXPECT_EQ(response.status, route.status) << response.body;
    auto body = parse_json(response.body);
    ASSERT_TRUE(body) << response.body;
    for (const std::string& fault : faults_of(*body, api::schema_ref(route.answer), document)) ADD_FAILURE() << fault;
    ++checked;
  }
  EXPECT_GT(checked, 2u);
}

TEST_F(OpenApi, IsWrittenForTheValidator) {  // tests/http/validate.mjs reads it
  const char* named = std::getenv("ONWARD_OPENAPI_OUT");
  std::ofstream out(named ? named : ::testing::TempDir() + "onward-openapi.json");
  out << onward::dump(document_);
  ASSERT_TRUE(out.good());
}

TEST(Probes, TellLifeReadinessAndNumbers) {
  World world;
  EXPECT_EQ(world.send({.path = "/healthz"}).status, 200);
  EXPECT_EQ(world.send({.path = "/readyz"}).status, 200);
  world.send({.path = "/api/v1/keys", .key = world.key(Role::owner)});
  world.send({.path = "/api/v1/keys/" + World::id("key"), .key = world.key(Role::owner)});
  world.send({.path = "/api/v1/keys"});
  http::Response metrics = world.send({.path = "/metrics"});
  EXPECT_EQ(metrics.header("X-Robots-Tag"), "noindex");
  for (std::string_view line : {"onward_http_requests_total{method=\"GET\",route=\"/keys\",status=\"200\"} 1\n",
                                "onward_http_requests_total{method=\"GET\",route=\"/keys\",status=\"401\"} 1\n",
                                "onward_http_requests_total{method=\"GET\",route=\"/keys/{id}\",status=\"200\"} 1\n",
                                "onward_http_request_seconds_count{method=\"GET\",route=\"/keys\"} 2\n",
                                "onward_http_request_seconds_bucket{method=\"GET\",route=\"/keys\",le=\"+Inf\"} 2\n"})
    EXPECT_NE(metrics.body.find(line), std::string::npos) << line << metrics.body;
  EXPECT_EQ(metrics.body.find(World::id("key")), std::string::npos) << "ids do not belong into metrics";
}

}  // namespace
}  // namespace onward::testing
