#include "http/router.h"

#include <gtest/gtest.h>

#include "base/check.h"

namespace onward::http {
namespace {

Handler says(std::string text) {
  return [text](const Request& request) {
    std::string body = text;
    for (const auto& [name, value] : request.params) body += fmt::format(" {}={}", name, value);
    return Response::text(200, body);
  };
}

std::string ask(const Router& router, std::string method, std::string path) {
  Response response = router.handle({.method = std::move(method), .path = std::move(path)});
  return response.status == 200 ? response.body : fmt::format("{} {}", response.status, response.header("Allow"));
}

Router sample() {
  Router router;
  router.add("GET", "/", says("home"));
  router.add("GET", "/contacts", says("list"));
  router.add("POST", "/contacts", says("create"));
  router.add("GET", "/contacts/{id}", says("show"));
  router.add("POST", "/contacts/{contact}/merge", says("merge"));
  router.add("GET", "/contacts/import", says("import"));
  router.add("GET", "/contacts/import/help", says("help"));
  router.add("GET", "/app/{path...}", says("asset"));
  router.add("GET", "/app/", says("console"));
  return router;
}

TEST(Router, LiteralsBeatParametersBeatRests) {
  Router router = sample();
  EXPECT_EQ(ask(router, "GET", "/"), "home");
  EXPECT_EQ(ask(router, "GET", "/contacts/con_1"), "show id=con_1");
  EXPECT_EQ(ask(router, "GET", "/contacts/import"), "import");
  EXPECT_EQ(ask(router, "POST", "/contacts/con_1/merge"), "merge contact=con_1");
  EXPECT_EQ(ask(router, "POST", "/contacts/import/merge"), "merge contact=import");  // steps back out of the literal
  EXPECT_EQ(ask(router, "GET", "/app/a/b.js"), "asset path=a/b.js");
  EXPECT_EQ(ask(router, "GET", "/app/"), "console");
}

TEST(Router, UnknownPathsAre404) {
  Router router = sample();
  for (std::string path :
       {"/contacts/", "/contact", "/contacts/con_1/merge/x", "/contacts//merge", "/app", "/CONTACTS"})
    EXPECT_EQ(ask(router, "GET", path), "404 ") << path;
}

TEST(Router, KnownPathWithAnotherMethodIs405WithAllow) {
  Router router = sample();
  EXPECT_EQ(ask(router, "DELETE", "/contacts"), "405 GET, HEAD, POST");
  EXPECT_EQ(ask(router, "GET", "/contacts/con_1/merge"), "405 POST");
  EXPECT_EQ(ask(router, "HEAD", "/contacts/con_1/merge"), "405 POST");
  EXPECT_EQ(ask(router, "get", "/contacts"), "405 GET, HEAD, POST");  // methods are case-sensitive
}

TEST(Router, HeadIsServedByGet) { EXPECT_EQ(ask(sample(), "HEAD", "/contacts/con_1"), "show id=con_1"); }

TEST(Router, OverrideHeadersChangeNothing) {
  Router router = sample();
  Request request{.method = "GET", .path = "/contacts/con_1/merge", .query = {{"_method", "POST"}}};
  request.headers = {{"X-HTTP-Method-Override", "POST"}};
  EXPECT_EQ(router.handle(request).status, 405);
}

TEST(Router, ListsRoutesInOrderAndRefusesDoubles) {
  Router router = sample();
  ASSERT_EQ(router.routes().size(), 9u);
  EXPECT_EQ(router.routes()[4], (std::pair<std::string, std::string>("POST", "/contacts/{contact}/merge")));
  EXPECT_EQ(router.match("GET", "/contacts/7").pattern, "/contacts/{id}");
  EXPECT_THROW(router.add("GET", "/contacts/{other}", says("x")), Bug);
  EXPECT_THROW(router.add("GET", "no-slash", says("x")), Bug);
  EXPECT_THROW(router.add("GET", "/a/{rest...}/b", says("x")), Bug);
  EXPECT_THROW(router.add("GET", "/a/x{id}", says("x")), Bug);
}

}  // namespace
}  // namespace onward::http
