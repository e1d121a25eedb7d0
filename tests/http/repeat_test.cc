// Repeating and comparing: Idempotency-Key, ETag, If-None-Match, If-Match, for every route they apply to.
#include <gtest/gtest.h>

#include "app/keys.h"
#include "tests/http/samples.h"

namespace onward::testing {
namespace {

using api::Route;
using app::Role;

std::vector<Route> every_route() { return World().api().routes(); }

World::Sent sent_of(World& world, const Route& route) {
  return {.method = route.method,
          .path = world.path_of(route) + query_of(route),
          .body = body_of(route),
          .key = world.key(route.roles.front())};
}

TEST(Repeat, APostWithAKeyIsDoneOnce) {
  int done = 0;
  for (const Route& route : every_route()) {
    if (route.method != "POST" || route.reads) continue;
    SCOPED_TRACE(name_of(route));
    World world;
    World::Sent sent = sent_of(world, route);
    sent.headers = {{"Idempotency-Key", "k-1"}};
    http::Response first = world.send(sent);
    std::string after = world.dump();
    EXPECT_EQ(first.header("Idempotent-Replay"), "");
    http::Response second = world.send(sent);
    EXPECT_EQ(world.dump(), after);
    EXPECT_EQ(second.status, first.status);
    if (first.status >= 400) continue;  // errors are not kept: the client may mend and repeat
    ++done;
    EXPECT_EQ(second.header("Idempotent-Replay"), "true");
    if (route.shown_once.empty())
      EXPECT_EQ(second.body, first.body);
    else
      EXPECT_TRUE(parse_json(second.body)->at(route.shown_once).is_null());
    if (sent.body.empty()) continue;
    sent.body += " ";
    EXPECT_EQ(world.send(sent).status, 422);
    EXPECT_EQ(world.dump(), after);
  }
  EXPECT_GT(done, 0);
}

TEST(Repeat, AKeyBelongsToItsCallerAndPath) {
  World world;
  World::Sent sent{.method = "POST",
                   .path = "/api/v1/keys",
                   .body = R"({"role":"auditor","label":"one"})",
                   .key = world.key(Role::owner),
                   .headers = {{"Idempotency-Key", "same"}}};
  http::Response first = world.send(sent);
  ASSERT_EQ(first.status, 201) << first.body;
  sent.key = world.key(Role::owner, Side::far);
  http::Response other = world.send(sent);
  EXPECT_EQ(other.status, 201);
  EXPECT_NE(other.body, first.body);
  EXPECT_EQ(other.header("Idempotent-Replay"), "");
}

TEST(Repeat, NoSecretIsKeptForAReplay) {
  World world;
  World::Sent sent{.method = "POST",
                   .path = "/api/v1/keys",
                   .body = R"({"role":"auditor","label":"one"})",
                   .key = world.key(Role::owner),
                   .headers = {{"Idempotency-Key", "same"}}};
  std::string secret = get_string(*parse_json(world.send(sent).body), "key");
  ASSERT_EQ(secret.size(), 48u);
  bool found = true;
  Status status = world.runner().read(app::system_caller(), [&](app::Step& step) -> Status {
    ports::Rows rows = step.run("dump_idempotency");
    found = rows.size() != 1 || rows.text(0, 3).find(secret) != std::string::npos;
    return {};
  });
  ASSERT_TRUE(status);
  EXPECT_FALSE(found);
  EXPECT_EQ(world.dump().find(secret), std::string::npos);
}

TEST(Etag, EveryGetHasOneAndAnswers304) {
  World world;
  for (const Route& route : world.api().routes()) {
    if (route.method != "GET") continue;
    SCOPED_TRACE(name_of(route));
    World::Sent sent = sent_of(world, route);
    http::Response first = world.send(sent);
    if (first.status != 200) continue;
    std::string tag(first.header("ETag"));
    EXPECT_EQ(tag.size(), 18u);
    for (std::string condition : {tag, "\"other\", " + tag, "W/" + tag, std::string("*")}) {
      sent.headers = {{"If-None-Match", condition}};
      http::Response same = world.send(sent);
      EXPECT_EQ(same.status, 304) << condition;
      EXPECT_EQ(same.header("ETag"), tag);
      EXPECT_TRUE(same.body.empty());
    }
    sent.headers = {{"If-None-Match", "\"other\""}};
    EXPECT_EQ(world.send(sent).status, 200);
  }
}

TEST(Etag, IfMatchStopsTheLostUpdate) {
  for (const Route& route : every_route()) {
    if (route.reads || route.method == "POST") continue;
    SCOPED_TRACE(name_of(route));
    World world;
    World::Sent sent = sent_of(world, route);
    std::string before = world.dump();
    sent.headers = {{"If-Match", "\"0123456789abcdef\""}};
    http::Response stale = world.send(sent);
    EXPECT_EQ(stale.status, 412) << stale.body;
    EXPECT_EQ(world.dump(), before);
    http::Response current = world.send({.path = sent.path, .key = sent.key});
    if (current.status != 200) continue;  // nothing to read at this address: 412 is the only answer
    sent.headers = {{"If-Match", std::string(current.header("ETag"))}};
    http::Response matched = world.send(sent);
    EXPECT_NE(matched.status, 412) << matched.body;
    EXPECT_LT(matched.status, 500) << matched.body;
  }
}

TEST(Key, RevokedOrExpiredOrOrphanedItOpensNothingAtOnce) {
  World world;
  auto make = [&](const std::string& body) {
    http::Response made =
        world.send({.method = "POST", .path = "/api/v1/keys", .body = body, .key = world.key(Role::owner)});
    EXPECT_EQ(made.status, 201) << made.body;
    return *parse_json(made.body);
  };
  auto opens = [&](const Json& key) {
    return world.send({.path = "/api/v1/keys", .key = get_string(key, "key")}).status;
  };
  Json key = make(R"({"role":"owner","label":"spare"})");
  EXPECT_EQ(opens(key), 200);
  http::Response revoked =
      world.send({.method = "DELETE", .path = "/api/v1/keys/" + get_string(key, "id"), .key = world.key(Role::owner)});
  EXPECT_EQ(revoked.status, 200) << revoked.body;
  EXPECT_EQ(opens(key), 401);
  Json brief = make(R"({"role":"owner","label":"brief","expires_at":"2026-03-02T10:00:00Z"})");
  EXPECT_EQ(opens(brief), 200);
  world.clock().set(*parse_rfc3339("2026-03-02T10:00:00Z"));
  EXPECT_EQ(opens(brief), 401);
  std::string orphan = world.key(Role::advisor);
  EXPECT_NE(world.send({.path = "/api/v1/conversations", .key = orphan}).status, 401);
  Status gone = world.runner().write(ports::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    step.run("world_advisor_leaves", {AdvisorId::parse(World::id("adv"))->value});
    return {};
  });
  ASSERT_TRUE(gone);
  EXPECT_EQ(world.send({.path = "/api/v1/conversations", .key = orphan}).status, 401);
}

TEST(Key, TheLastOwnerKeyStays) {
  World world;
  http::Response listed = world.send({.path = "/api/v1/keys?limit=200", .key = world.key(Role::owner)});
  std::vector<std::string> owners;
  const Json all = *parse_json(listed.body);
  for (const Json& key : all.at("data").as_array())
    if (get_string(key, "role") == "owner") owners.push_back(get_string(key, "id"));
  ASSERT_EQ(owners.size(), 2u);
  std::string mine = world.key(Role::owner, Side::far);
  std::vector<int> statuses;
  for (const std::string& id : owners)
    statuses.push_back(world
                           .send({.method = "DELETE",
                                  .path = "/api/v1/keys/" + id,
                                  .key = statuses.empty() ? world.key(Role::owner) : mine})
                           .status);
  // Whichever went first, somebody can still open the door.
  int works = 0;
  for (Side side : {Side::near, Side::far})
    works += world.send({.path = "/api/v1/keys", .key = world.key(Role::owner, side)}).status == 200;
  EXPECT_EQ(works, 1);
  EXPECT_EQ(statuses[0], 200);
  EXPECT_TRUE(statuses[1] == 409 || statuses[1] == 401) << statuses[1];
}

TEST(Setup, TheTokenMakesTheFirstOwnerOnce) {
  World world(Start::bare);
  const Json body{
      {"organization", "Harbour & Lane"}, {"zone", "Europe/Paris"}, {"language", "fr"}, {"name", "Zoe Marchand"}};
  ASSERT_TRUE(app::setup_shape().validate(body));
  std::string stale, token, key;
  auto step = [&](const app::Runner::Work& work) {
    return world.runner().write(ports::Lane::interactive, app::system_caller(), work);
  };
  ASSERT_TRUE(step([&](app::Step& s) -> Status {
    EXPECT_TRUE(app::needs_setup(s));
    stale = TRY(app::begin_setup(s));
    token = TRY(app::begin_setup(s));
    return {};
  }));
  EXPECT_EQ(world.dump().find(token), std::string::npos);
  for (const std::string& wrong : {stale, std::string("guess"), std::string(), token + "x"}) {
    Status status = step([&](app::Step& s) -> Status {
      TRY(app::finish_setup(s, wrong, body));
      return {};
    });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Code::forbidden);
  }
  ASSERT_TRUE(step([&](app::Step& s) -> Status {
    key = get_string(TRY(app::finish_setup(s, token, body)), "key");
    return {};
  }));
  EXPECT_EQ(world.send({.path = "/api/v1/keys", .key = key}).status, 200);
  EXPECT_EQ(world.dump().find(key), std::string::npos);
  Status again = step([&](app::Step& s) -> Status {
    TRY(app::finish_setup(s, token, body));
    return {};
  });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
}

TEST(Setup, IsClosedOnceThereIsAnOwner) {
  World world;
  Status status = world.runner().write(ports::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    EXPECT_FALSE(app::needs_setup(step));
    EXPECT_EQ(app::begin_setup(step).error().code, Code::conflict);
    return {};
  });
  EXPECT_TRUE(status);
}

TEST(Pages, ListsComeInPiecesWithoutGapsOrRepeats) {
  World world;
  std::vector<std::string> seen;
  std::string path = "/api/v1/keys?limit=2";
  for (int i = 0; i < 20 && !path.empty(); ++i) {
    http::Response page = world.send({.path = path, .key = world.key(Role::owner)});
    ASSERT_EQ(page.status, 200) << page.body;
    Json body = *parse_json(page.body);
    EXPECT_LE(body.at("data").as_array().size(), 2u);
    for (const Json& key : body.at("data").as_array()) seen.push_back(get_string(key, "id"));
    std::string link(page.header("Link"));
    EXPECT_EQ(link.empty(), body.at("next").is_null());
    path = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_EQ(seen.size(), 10u);  // four roles on each side, and a spare one each
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
}

}  // namespace
}  // namespace onward::testing
