#include "http/conditional.h"

#include <gtest/gtest.h>

namespace onward::http {
namespace {

const Instant kWhen = *parse_rfc3339("2026-03-02T10:00:00.500Z");

Response ask(Pairs headers, std::optional<Instant> modified = kWhen) {
  Request request;
  request.headers = std::move(headers);
  return revalidated(request, Response::text(200, "hello"), modified);
}

TEST(Conditional, ReadsTheDatesThatItWrites) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), *parse_rfc3339("1994-11-06T08:49:37Z"));
  for (const char* bad :
       {"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT"})
    EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
}

TEST(Conditional, WhoHasItGetsNothing) {
  Response fresh = ask({});
  EXPECT_EQ(fresh.status, 200);
  EXPECT_EQ(fresh.header("Last-Modified"), "Mon, 02 Mar 2026 10:00:00 GMT");
  EXPECT_EQ(fresh.header("Cache-Control"), "public, no-cache");
  std::string tag(fresh.header("ETag"));
  for (const std::string& field : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    Response r = ask({{"If-None-Match", field}});
    EXPECT_EQ(r.status, 304) << field;
    EXPECT_EQ(r.body, "");
    EXPECT_EQ(r.header("ETag"), tag);
    EXPECT_EQ(r.header("Content-Type"), "");
  }
  EXPECT_EQ(ask({{"If-None-Match", "\"x\""}}).status, 200);
}

TEST(Conditional, TheTagWinsOverTheDate) {
  EXPECT_EQ(ask({{"If-Modified-Since", "Mon, 02 Mar 2026 10:00:00 GMT"}}).status, 304);
  EXPECT_EQ(ask({{"If-Modified-Since", "Mon, 02 Mar 2026 09:59:59 GMT"}}).status, 200);
  EXPECT_EQ(ask({{"If-Modified-Since", "nonsense"}}).status, 200);
  EXPECT_EQ(ask({{"If-None-Match", "\"x\""}, {"If-Modified-Since", "Mon, 02 Mar 2026 10:00:00 GMT"}}).status, 200);
  EXPECT_EQ(ask({{"If-Modified-Since", "Mon, 02 Mar 2026 10:00:00 GMT"}}, std::nullopt).status, 200);
}

TEST(Conditional, OnlyAGoodAnswerIsKept) {
  Response r = revalidated(Request{}, Response::text(404, "no"), kWhen);
  EXPECT_EQ(r.header("ETag"), "");
  EXPECT_EQ(r.header("Cache-Control"), "");
}

}  // namespace
}  // namespace onward::http
