#include "http/form.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "http/target.h"

namespace onward::http {
namespace {

using namespace std::string_literals;

TEST(Form, KeepsOrderAndRepeats) {
  auto form = parse_form("b=2&a=1+%2B+1&b=%C3%A4&empty=&bare&&x=y=z");
  ASSERT_TRUE(form);
  Pairs expected = {{"b", "2"}, {"a", "1 + 1"}, {"b", "ä"}, {"empty", ""}, {"bare", ""}, {"x", "y=z"}};
  EXPECT_EQ(*form, expected);
  EXPECT_EQ(form_value(*form, "b"), "2");
  EXPECT_EQ(form_value(*form, "no"), std::nullopt);
  EXPECT_TRUE(parse_form("")->empty());
}

TEST(Form, RoundTrips) {
  Pairs pairs = {{"a b", "x&y=z%\r\n"}, {"ä", "日本+"}, {"e", ""}};
  EXPECT_EQ(*parse_form(encode_form(pairs)), pairs);
  EXPECT_EQ(encode_form({{"a b", "ä/"}}), "a+b=%C3%A4%2F");
}

TEST(Form, RefusesWhatIsNotText) {
  for (std::string_view bad :
       {"a=%", "a=%4", "a=%zz", "a=%00", "%00=a", "a=%ff", "a=%C0%80", "a=%ED%A0%80", "a=%F4%90%80%80"}) {
    auto form = parse_form(bad);
    ASSERT_FALSE(form) << bad;
    EXPECT_EQ(form.error().code, Code::invalid) << bad;
  }
}

TEST(Form, HoldsItsLimits) {
  FormLimits limits{.max_pairs = 2, .max_name = 3, .max_value = 4};
  EXPECT_TRUE(parse_form("abc=1234&d=%31%32%33%34", limits));
  for (std::string_view big : {"a=1&b=2&c=3", "abcd=1", "a=12345", "a=%31%32%33%34%35"}) {
    auto form = parse_form(big, limits);
    ASSERT_FALSE(form) << big;
    EXPECT_EQ(form.error().code, Code::too_large) << big;
  }
}

TEST(Form, NeedsItsContentType) {
  Request request{.body = "a=1"};
  EXPECT_FALSE(parse_form(request));
  request.headers = {{"Content-Type", "Application/X-WWW-Form-URLencoded ; charset=utf-8"}};
  EXPECT_EQ(parse_form(request)->size(), 1u);
  request.headers = {{"Content-Type", "text/plain"}};
  EXPECT_FALSE(parse_form(request));
}

TEST(Percent, EncodesAllButUnreserved) {
  EXPECT_EQ(percent_encode("aZ9-._~ +/?&ä"), "aZ9-._~%20%2B%2F%3F%26%C3%A4");
  EXPECT_EQ(*percent_decode("%41+%2b"), "A++");
  EXPECT_FALSE(percent_decode("%"));
}

TEST(Cookie, BuildsWithSafeDefaults) {
  EXPECT_EQ(build_set_cookie({.name = "__Host-session", .value = "abc", .max_age = std::chrono::seconds(60)}),
            "__Host-session=abc; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax");
  EXPECT_EQ(build_set_cookie({.name = "s",
                              .value = "",
                              .path = "/app/",
                              .max_age = std::chrono::seconds(0),
                              .http_only = false,
                              .secure = false,
                              .same_site = SameSite::strict}),
            "s=; Path=/app/; Max-Age=0; SameSite=Strict");
}

TEST(Cookie, RefusesToBuildNonsense) {
  for (std::string value : {"a;b"s, "a b"s, "a\r\nb"s, "\""s, "ä"s, "a\0b"s})
    EXPECT_THROW(build_set_cookie({.name = "s", .value = value}), Bug) << value;
  EXPECT_THROW(build_set_cookie({.name = "a=b", .value = "x"}), Bug);
  EXPECT_THROW(build_set_cookie({.name = "__Host-a", .value = "x", .secure = false}), Bug);
  EXPECT_THROW(build_set_cookie({.name = "__Host-a", .value = "x", .path = "/b"}), Bug);
  EXPECT_THROW(build_set_cookie({.name = "a", .value = "x", .path = "/; Domain=evil"}), Bug);
}

TEST(Cookie, ParsesWhatBrowsersSend) {
  Pairs expected = {{"a", "1"}, {"b", "2=3"}, {"c", "q"}, {"e", ""}};
  EXPECT_EQ(parse_cookies("a=1; b=2=3;c=\"q\"; junk; =x; d=a b; e="), expected);
  Request request;
  request.headers = {{"cookie", "x=1; y=2; y=3"}};
  EXPECT_EQ(cookie(request, "y"), "2");
  EXPECT_EQ(cookie(request, "z"), std::nullopt);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "a=1;";
  EXPECT_EQ(parse_cookies(many).size(), 64u);
}

TEST(Target, DecodesPathAndQuery) {
  auto target = parse_target("/b/caf%C3%A9+x/?q=a+b&q=%26");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/b/café+x/");
  Pairs query = {{"q", "a b"}, {"q", "&"}};
  EXPECT_EQ(target->query, query);
  EXPECT_EQ(parse_target("http://host:1/a?b")->path, "/a");
  EXPECT_EQ(parse_target("http://host")->path, "/");
  EXPECT_EQ(parse_target("/.well-known/..a")->path, "/.well-known/..a");
}

TEST(Target, RefusesWhatOthersCouldReadDifferently) {
  for (std::string_view bad :
       {"",        "a",        "*",           "host:443",     "/%00",         "/%",      "/%4",    "/%gg",
        "/a/../b", "/..",      "/a/%2e%2e/b", "/./a",         "/a/.",         "/a\\b",   "/a%5cb", "/%2f/evil",
        "/a%2Fb",  "//evil",   "/a//b",       "/%ff",         "/%C0%AE",      "/%0d%0a", "/\x7f",  "/a?x=%00",
        "/a?x=%",  "/a?x=%ff", "/a#b",        "ftp://host/a", "http://host?b"})
    EXPECT_FALSE(parse_target(bad)) << bad;
}

TEST(ClientAddress, BelievesOnlyTrustedProxies) {
  std::vector<std::string> trusted = {"10.0.0.1", "10.0.0.2"};
  EXPECT_EQ(client_address("8.8.8.8", "1.1.1.1", trusted), "8.8.8.8");
  EXPECT_EQ(client_address("10.0.0.1", "1.1.1.1", trusted), "1.1.1.1");
  EXPECT_EQ(client_address("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", trusted), "1.1.1.1");
  EXPECT_EQ(client_address("10.0.0.1", "6.6.6.6, junk", trusted), "10.0.0.1");
  EXPECT_EQ(client_address("10.0.0.1", "", trusted), "10.0.0.1");
}

}  // namespace
}  // namespace onward::http
