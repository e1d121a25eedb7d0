// Bad input: made from each route's own shape, refused by name, and nothing has happened afterwards.
#include <gtest/gtest.h>

#include "tests/http/samples.h"

namespace onward::testing {
namespace {

using api::Route;
using app::Role;

// Whether the problem names the pointer, or a place inside it.
bool names(const Json& problem, const std::string& pointer) {
  const Json* errors = find(problem, "errors");
  if (!errors) return false;
  for (const Json& e : errors->as_array()) {
    std::string named = get_string(e, "pointer");
    if (pointer == "*" || named == pointer || named.starts_with(pointer + "/")) return true;
  }
  return false;
}

class Input : public ::testing::Test {
 protected:
  http::Response send(const Route& route, const std::string& body, http::Pairs headers = {}) {
    return world_.send({.method = route.method,
                        .path = world_.path_of(route) + query_of(route),
                        .body = body,
                        .key = world_.key(route.roles.front()),
                        .headers = std::move(headers)});
  }
  void expect_problem(const http::Response& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
    auto problem = parse_json(response.body);
    ASSERT_TRUE(problem) << response.body;
    EXPECT_EQ(get_int(*problem, "status"), status);
    EXPECT_FALSE(get_string(*problem, "detail").empty());
  }

  World world_;
  const std::string before_ = world_.dump();
};

TEST_F(Input, EveryMalformedBodyIsRefusedByName) {
  size_t tried = 0;
  for (const Route& route : world_.api().routes()) {
    if (!route.body) continue;
    for (const Malformed& bad : malformed_of(route.body->json_schema())) {
      SCOPED_TRACE(name_of(route) + ": " + bad.what + ": " + bad.body.substr(0, 200));
      if (bad.body.size() > route.max_body) continue;
      http::Response response = send(route, bad.body);
      expect_problem(response, 400);
      auto problem = parse_json(response.body);
      EXPECT_TRUE(problem && names(*problem, bad.pointer)) << bad.pointer << " is not named: " << response.body;
      ++tried;
    }
    EXPECT_EQ(world_.dump(), before_) << name_of(route);
  }
  EXPECT_GT(tried, 20u);
}

TEST_F(Input, ABodyThatIsTooLargeIs413) {
  for (const Route& route : world_.api().routes()) {
    if (!route.body) continue;
    SCOPED_TRACE(name_of(route));
    expect_problem(send(route, "{\"a\":\"" + std::string(route.max_body, 'x') + "\"}"), 413);
  }
  EXPECT_EQ(world_.dump(), before_);
}

TEST_F(Input, AnotherContentTypeIs415) {
  for (const Route& route : world_.api().routes()) {
    if (!route.body) continue;
    SCOPED_TRACE(name_of(route));
    std::string body = body_of(route);
    for (std::string type :
         {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data"}) {
      http::Response response = world_.send({.method = route.method,
                                             .path = world_.path_of(route) + query_of(route),
                                             .body = body,
                                             .key = world_.key(route.roles.front()),
                                             .headers = {{"Content-Type", type}},
                                             .json_type = false});
      expect_problem(response, 415);
    }
  }
  EXPECT_EQ(world_.dump(), before_);
}

TEST_F(Input, ARouteWithoutABodyTakesNone) {
  for (const Route& route : world_.api().routes()) {
    if (route.body) continue;
    SCOPED_TRACE(name_of(route));
    expect_problem(send(route, "{\"role\":\"owner\"}"), 400);
  }
  EXPECT_EQ(world_.dump(), before_);
}

TEST_F(Input, IdsThatNameNothingAreRefused) {
  for (const Route& route : world_.api().routes()) {
    if (!route.body) continue;
    Json schema = route.body->json_schema();
    for (const auto& [pointer, prefix] : ids_in(schema)) {
      SCOPED_TRACE(name_of(route) + " " + pointer);
      Json body = with(sample_of(schema, Fill::required_only), pointer, Json(World::absent_id(prefix)));
      http::Response response = send(route, onward::dump(body));
      EXPECT_GE(response.status, 400) << response.body;
      EXPECT_LT(response.status, 500) << response.body;
      EXPECT_EQ(world_.dump(), before_);
    }
  }
}

TEST_F(Input, PathsThatNameNothingAre404) {
  for (const Route& route : world_.api().routes()) {
    if (route.path.find("{id}") == std::string::npos) continue;
    std::string good = world_.path_of(route);
    size_t at = good.find('_');
    ASSERT_NE(at, std::string::npos) << good;
    std::string prefix = good.substr(at - 3, 3);
    size_t end = std::min(good.find('/', at), good.size());
    for (std::string id :
         {World::absent_id(prefix), std::string("1"), std::string("xxx_0c4jq8w1x2k3m"), prefix + "_zzzzzzzzzzzzz",
          prefix + "_", std::string(3000, 'a'), std::string("%25"), std::string("'--")}) {
      std::string path = good.substr(0, at - 3) + id + good.substr(end) + query_of(route);
      SCOPED_TRACE(route.method + " " + path.substr(0, 200));
      std::string body = body_of(route);
      http::Response response =
          world_.send({.method = route.method, .path = path, .body = body, .key = world_.key(route.roles.front())});
      // A use case may find the body wanting before it looks for the row; it must not do so for an id of nothing.
      bool well_formed = id == World::absent_id(prefix);
      EXPECT_TRUE(response.status == 404 || (well_formed && response.status == 400))
          << response.status << response.body;
    }
    EXPECT_EQ(world_.dump(), before_) << name_of(route);
  }
}

TEST_F(Input, ParametersAreKnownOnceAndValid) {
  for (const Route& route : world_.api().routes()) {
    SCOPED_TRACE(name_of(route));
    std::string body = body_of(route);
    auto ask = [&](const std::string& query) {
      return world_.send({.method = route.method,
                          .path = world_.path_of(route) + query,
                          .body = body,
                          .key = world_.key(route.roles.front())});
    };
    http::Response unknown = ask("?no_such_parameter=1");
    expect_problem(unknown, 400);
    EXPECT_TRUE(names(*parse_json(unknown.body), "?no_such_parameter"));
    for (const Field& f : route.query) {
      SCOPED_TRACE(f.name);
      Json schema = f.shape.json_schema();
      Json value = sample_of(schema, Fill::required_only);
      std::string text = value.is_string() ? std::string(value.as_string()) : onward::dump(value);
      http::Response twice = ask("?" + f.name + "=" + text + "&" + f.name + "=" + text);
      expect_problem(twice, 400);
      EXPECT_TRUE(names(*parse_json(twice.body), "?" + f.name)) << twice.body;
      std::string long_text(5000, 'x');
      for (std::string bad : {std::string("%00"), std::string("a%0Ab%00"), long_text}) {
        http::Response refused = ask("?" + f.name + "=" + bad);
        EXPECT_EQ(refused.status, 400) << refused.body;
      }
    }
  }
  EXPECT_EQ(world_.dump(), before_);
}

TEST_F(Input, BadIdempotencyKeysAreRefused) {
  for (const Route& route : world_.api().routes()) {
    if (route.method != "POST") continue;
    SCOPED_TRACE(name_of(route));
    std::string body = body_of(route);
    for (std::string key : {std::string(), std::string(201, 'k'), std::string("a b"), std::string("caf\xc3\xa9")}) {
      http::Response response = send(route, body, {{"Idempotency-Key", key}});
      expect_problem(response, 400);
      EXPECT_TRUE(names(*parse_json(response.body), "Idempotency-Key"));
    }
  }
  EXPECT_EQ(world_.dump(), before_);
}

}  // namespace
}  // namespace onward::testing
