#include "http/message.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "http/wire.h"

namespace onward::http {
namespace {

TEST(Message, HeaderNamesIgnoreCase) {
  Request request;
  request.headers = {{"Content-TYPE", "a"}, {"X", "1"}, {"content-type", "b"}};
  EXPECT_EQ(request.header("content-type"), "a");
  EXPECT_EQ(request.header("x"), "1");
  EXPECT_EQ(request.header("y"), "");
  EXPECT_EQ(find_header(request.headers, "y"), std::nullopt);
}

TEST(Message, SetReplacesAndAddKeeps) {
  Response response;
  response.set("Cache-Control", "no-store").set("cache-control", "max-age=1");
  response.add("Set-Cookie", "a=1").add("Set-Cookie", "b=2");
  ASSERT_EQ(response.headers.size(), 3u);
  EXPECT_EQ(response.header("Cache-Control"), "max-age=1");
  EXPECT_EQ(response.headers[2].second, "b=2");
}

TEST(Message, HeadersCannotSmuggleLines) {
  Response response;
  for (std::string_view bad : {std::string_view("a\r\nSet-Cookie: x=1"), std::string_view("a\nb"),
                               std::string_view("a\0b", 3), std::string_view("\x7f")})
    EXPECT_THROW(response.set("X", bad), Bug);
  for (std::string_view bad : {"", "a b", "a:", "a\r\n", "\xc3\xa4"}) EXPECT_THROW(response.set(bad, "v"), Bug);
  EXPECT_TRUE(response.headers.empty());
  response.headers.emplace_back("X", "1\r\nY: 2");  // past set(): the second guard
  EXPECT_THROW(serialize_head(response, {}), Bug);
}

TEST(Message, RedirectStaysOnTheSite) {
  EXPECT_EQ(Response::redirect(303, "/a/b?x=%2f%2fevil").header("Location"), "/a/b?x=%2f%2fevil");
  for (std::string_view away :
       {"//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "", "/%2f/evil.example",
        "/%5Cevil", "\t//evil", "/\t/evil", "/a\r\nSet-Cookie: x=1", "a"}) {
    EXPECT_FALSE(is_local_path(away)) << away;
    EXPECT_THROW(Response::redirect(303, away), Bug) << away;
    EXPECT_EQ(local_path_or(away, "/app/"), "/app/") << away;
  }
  EXPECT_EQ(local_path_or("/today", "/app/"), "/today");
  EXPECT_THROW(Response::redirect_away(303, "javascript:alert(1)"), Bug);
  EXPECT_EQ(Response::redirect_away(302, "https://example.org/").header("Location"), "https://example.org/");
}

TEST(Message, ProblemCarriesFieldsButNoDetail) {
  Error error{Code::invalid, "Wrong.", {{"/emails/0", "too_long", "Too long."}}, "secret"};
  Response response = Response::problem(error);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(*parse_json(response.body),
            *parse_json(R"({"type":"about:blank","title":"Bad Request","status":400,"code":"invalid","detail":"Wrong.",
                            "errors":[{"pointer":"/emails/0","code":"too_long","message":"Too long."}]})"));
}

TEST(Wire, AddsSecurityHeadersOnlyWhereAbsent) {
  Response response = Response::text(200, "hello");
  response.set("content-security-policy", "default-src 'self'").set("Date", "never").set("Connection", "upgrade");
  std::string head = serialize_head(response, {.date = "now", .request_id = "r1", .keep_alive = false});
  EXPECT_EQ(head.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(head.find("content-security-policy: default-src 'self'\r\n"), std::string::npos);
  for (std::string_view line :
       {"X-Content-Type-Options: nosniff\r\n", "X-Frame-Options: DENY\r\n",
        "Cross-Origin-Opener-Policy: same-origin\r\n", "Referrer-Policy: same-origin\r\n", "Date: now\r\n",
        "Connection: close\r\n", "X-Request-Id: r1\r\n", "Content-Length: 5\r\n", "HTTP/1.1 200 OK\r\n"})
    EXPECT_NE(head.find(line), std::string::npos) << line;
  EXPECT_EQ(head.find("never"), std::string::npos);
  EXPECT_EQ(head.find("upgrade"), std::string::npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(Wire, NoContentHasNoLengthAndNoBody) {
  EXPECT_EQ(serialize_head(Response::no_content(), {}).find("Content-Length"), std::string::npos);
  EXPECT_THROW(serialize_head({.status = 204, .body = "x"}, {}), Bug);
}

TEST(Wire, DateIsImfFixdate) {
  EXPECT_EQ(http_date(*parse_rfc3339("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(*parse_rfc3339("2024-02-29T23:59:59.999Z")), "Thu, 29 Feb 2024 23:59:59 GMT");
}

}  // namespace
}  // namespace onward::http
