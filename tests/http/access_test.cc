// Who may call what: every route with every kind of key, and every route from the other side of the wall.
#include <gtest/gtest.h>

#include "api/gate.h"
#include "app/keys.h"
#include "tests/http/samples.h"

namespace onward::testing {
namespace {

using api::Route;
using app::Role;

constexpr Role kRoles[] = {Role::owner, Role::manager, Role::advisor, Role::auditor};

std::vector<Route> every_route() { return World().api().routes(); }

TEST(Access, TheTableIsNotEmptyAndEveryRouteNamesItsRoles) {
  ASSERT_GE(every_route().size(), 4u);
  for (const Route& route : every_route()) EXPECT_FALSE(route.roles.empty()) << name_of(route);
}

TEST(Access, EveryRouteRefusesWhoHasNoKey) {
  World world;
  std::string before = world.dump();
  std::string near = world.key(Role::owner);
  for (const Route& route : world.api().routes()) {
    SCOPED_TRACE(name_of(route));
    World::Sent sent{.method = route.method, .path = world.path_of(route) + query_of(route), .body = body_of(route)};
    for (std::string key :
         {std::string(), std::string("x"), near.substr(0, near.size() - 1), near + "A", std::string(5000, 'k')}) {
      sent.key = key;
      http::Response response = world.send(sent);
      EXPECT_EQ(response.status, 401);
      EXPECT_EQ(response.header("WWW-Authenticate"), "Bearer realm=\"onward\"");
    }
    sent.key.clear();
    sent.headers = {{"Authorization", "Basic " + near}};
    EXPECT_EQ(world.send(sent).status, 401);
  }
  EXPECT_EQ(world.dump(), before);
}

TEST(Access, EveryRouteAnswersItsRolesAndRefusesTheOthers) {
  for (const Route& route : every_route()) {
    for (Role role : kRoles) {
      SCOPED_TRACE(name_of(route) + " as " + std::string(app::to_string(role)));
      World world;
      std::string before = world.dump();
      http::Response response = world.send({.method = route.method,
                                            .path = world.path_of(route) + query_of(route),
                                            .body = body_of(route),
                                            .key = world.key(role)});
      bool allowed = std::find(route.roles.begin(), route.roles.end(), role) != route.roles.end();
      if (allowed) {
        EXPECT_NE(response.status, 401);
        EXPECT_NE(response.status, 403) << response.body;
        EXPECT_LT(response.status, 500) << response.body;
      } else {
        EXPECT_EQ(response.status, 403);
        EXPECT_NE(response.body.find(api::kRoleRefusal), std::string::npos) << response.body;
      }
      if (!allowed || route.reads || response.status >= 400) EXPECT_EQ(world.dump(), before);
    }
  }
}

TEST(Access, AnAuditorChangesNothingWhateverTheTableSays) {
  for (const Route& route : every_route()) {
    if (route.reads) continue;
    bool may = std::find(route.roles.begin(), route.roles.end(), Role::auditor) != route.roles.end();
    EXPECT_FALSE(may) << name_of(route) << " changes something and lets auditors in";
  }
}

// Prefixes of what belongs to one advisor; the rest (agencies, assets, sequences, ...) is everybody's.
bool is_scoped(const std::string& path_or_id) {
  for (std::string_view word : {"/contacts/", "/conversations/", "/promises/", "/touches/", "/talks/", "/enrollments/",
                                "/deals/", "/appointments/"})
    if (path_or_id.find(word) != std::string::npos) return true;
  return false;
}

std::string path_to_nothing(const std::string& path) {
  size_t at = path.find('_') - 3, end = std::min(path.find('/', at), path.size());
  return path.substr(0, at) + World::absent_id(path.substr(at, 3)) + path.substr(end);
}

TEST(Scope, WhatBelongsToTheOtherSideDoesNotExist) {
  World world;
  std::string before = world.dump();
  int tried = 0;
  for (const Route& route : world.api().routes()) {
    std::string path = world.path_of(route, Side::near);
    if (route.path.find('{') == std::string::npos || !is_scoped(path)) continue;
    for (Role role : {Role::advisor, Role::manager}) {
      if (std::find(route.roles.begin(), route.roles.end(), role) == route.roles.end()) continue;
      for (Fill fill : {Fill::required_only, Fill::everything}) {
        SCOPED_TRACE(name_of(route) + " as a foreign " + std::string(app::to_string(role)));
        World::Sent sent{.method = route.method,
                         .path = path + query_of(route, Side::far),
                         .body = body_of(route, fill, Side::far),
                         .key = world.key(role, Side::far)};
        http::Response foreign = world.send(sent);
        sent.path = path_to_nothing(path) + query_of(route, Side::far);
        http::Response nothing = world.send(sent);
        ++tried;
        EXPECT_GE(foreign.status, 400) << foreign.body;
        EXPECT_LT(foreign.status, 500) << foreign.body;
        // Not even that it exists can be told from the answer.
        EXPECT_EQ(foreign.status, nothing.status);
        EXPECT_EQ(foreign.body, nothing.body);
      }
    }
  }
  EXPECT_EQ(world.dump(), before);
  bool has_contacts = false;
  for (const Route& route : world.api().routes()) has_contacts = has_contacts || is_scoped(route.path + "/");
  if (has_contacts) EXPECT_GT(tried, 0);
}

// Agencies, advisors, teams and organizations are names everybody works with; people and conversations are not.
bool names_only(const Route& route) {
  for (std::string_view noun : {"/agencies", "/advisors", "/teams", "/organizations"})
    if (route.path.starts_with(noun)) return true;
  return false;
}

TEST(Scope, NoAnswerCarriesWordsOfTheOtherSide) {
  for (const Route& route : every_route()) {
    if (names_only(route)) continue;
    World world;
    for (Role role : {Role::advisor, Role::manager}) {
      SCOPED_TRACE(name_of(route) + " as a foreign " + std::string(app::to_string(role)));
      std::string query = query_of(route, Side::far);
      for (const Field& f : route.query)
        if (f.name == "q") query = "?q=" + std::string(kMarker);
      http::Response response = world.send({.method = route.method,
                                            .path = world.path_of(route, Side::far) + query,
                                            .body = body_of(route, Fill::required_only, Side::far),
                                            .key = world.key(role, Side::far)});
      EXPECT_EQ(response.body.find(kMarker), std::string::npos) << response.body;
    }
  }
}

TEST(Scope, AnIdInABodyOrQueryOpensNothingOnTheOtherSide) {
  for (const Route& route : every_route()) {
    if (!route.body) continue;
    Json schema = route.body->json_schema();
    for (const auto& [pointer, prefix] : ids_in(schema)) {
      if (prefix != "con" && prefix != "cnv" && prefix != "prm" && prefix != "tou") continue;
      if (std::find(route.roles.begin(), route.roles.end(), Role::advisor) == route.roles.end()) continue;
      SCOPED_TRACE(name_of(route) + " with a foreign " + pointer);
      World world;
      std::string before = world.dump();
      Json body = with(sample_of(schema, Fill::required_only, Side::far), pointer, Json(World::id(prefix, Side::near)));
      http::Response response = world.send({.method = route.method,
                                            .path = world.path_of(route, Side::far) + query_of(route, Side::far),
                                            .body = onward::dump(body),
                                            .key = world.key(Role::advisor, Side::far)});
      EXPECT_GE(response.status, 400) << response.body;
      EXPECT_LT(response.status, 500) << response.body;
      EXPECT_EQ(response.body.find(kMarker), std::string::npos) << response.body;
      EXPECT_EQ(world.dump(), before);
    }
  }
}

// Whether a pattern with parameters serves this path too: /sequences/{id} and /sequences/parse.
bool serves(const Route& route, const std::string& method, const std::string& path) {
  if (route.method != method && !(method == "HEAD" && route.method == "GET")) return false;
  std::string pattern = "/api/v1" + route.path;
  size_t p = 0, t = 0;
  while (p < pattern.size() && t < path.size()) {
    if (pattern[p] == '{') {
      p = std::min(pattern.find('/', p), pattern.size());
      t = std::min(path.find('/', t), path.size());
    } else if (pattern[p++] != path[t++]) {
      return false;
    }
  }
  return p == pattern.size() && t == path.size();
}

TEST(Methods, APathKnowsItsMethodsOnly) {
  World world;
  std::map<std::string, std::set<std::string>> known;
  for (const Route& route : world.api().routes()) {
    known[world.path_of(route)].insert(route.method);
    if (route.method == "GET") known[world.path_of(route)].insert("HEAD");
  }
  std::string before = world.dump();
  for (const auto& [path, methods] : known) {
    for (std::string method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "_method"}) {
      const std::vector<Route>& routes = world.api().routes();
      if (std::any_of(routes.begin(), routes.end(), [&](const Route& r) { return serves(r, method, path); })) continue;
      SCOPED_TRACE(method + " " + path);
      http::Response response = world.send({.method = method, .path = path, .key = world.key(Role::owner)});
      EXPECT_EQ(response.status, 405);
      for (const std::string& m : methods) EXPECT_NE(response.header("Allow").find(m), std::string_view::npos);
    }
  }
  EXPECT_EQ(world.dump(), before);
}

TEST(Methods, NothingOverridesTheMethod) {
  World world;
  std::string before = world.dump();
  for (const Route& route : world.api().routes()) {
    if (route.method != "GET") continue;
    SCOPED_TRACE(route.path);
    for (std::string_view header : {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"})
      world.send({.path = world.path_of(route) + query_of(route),
                  .key = world.key(Role::owner),
                  .headers = {{std::string(header), "DELETE"}}});
    http::Response response =
        world.send({.path = world.path_of(route) + "?_method=DELETE", .key = world.key(Role::owner)});
    EXPECT_EQ(response.status, 400);
  }
  EXPECT_EQ(world.dump(), before);
}

}  // namespace
}  // namespace onward::testing
