// What a request says about itself, methods, headers, addresses, is believed nowhere. docs/security-tests.md names the
// attacks that each of these stands for.
#include "app/articles.h"
#include "pages/book_world_test.h"

namespace onward::pages::testing {
namespace {

constexpr std::string_view kPayloads[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "javascript:alert(1)//",
    "{{{content}}}{{#csrf}}{{csrf}}{{/csrf}}",
    "<a href=https://evil.example>prize</a>",
    "\xef\xbc\x9cscript\xef\xbc\x9e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "<!--#exec cmd=\"id\"-->",
};

class HostileRequest : public BookTest {
 protected:
  void SetUp() override {
    BookTest::SetUp();
    done([this](app::Step& s) -> Result<Json> {
      Json made = TRY(app::add_article(
          s, json::object{{"title", "Costs"}, {"language", "en"}, {"summary", "S."}, {"body", "Text."}}));
      article_ = get_string(made, "id");
      return app::publish_article(s, *ArticleId::parse(article_));
    });
    booked_ = std::string(book().header("Location"));
    mine_ = "/a/" + booked_.substr(booked_.find("a=") + 2, 32);
  }
  // Where the public may send a form.
  std::vector<std::string> forms() const {
    return {"/b/first-talk", "/b/first-talk/details", "/b/first-talk/call", mine_, mine_ + "/move", mine_ + "/cancel"};
  }
  std::vector<std::string> pages_of_the_public() const {
    return {"/b",
            "/b/first-talk",
            "/b/first-talk/call",
            booked_,
            mine_,
            mine_ + "/move",
            "/signin",
            "/articles/",
            "/articles/costs",
            "/llms.txt",
            "/today",
            mine_ + "/cancel",
            "/robots.txt",
            "/sitemap.xml",
            "/articles/atom.xml",
            "/a/none",
            mine_ + "/event.ics"};
  }
  // A form with a stamp of its own page, as a person would have sent it.
  Pairs good(const std::string& path) {
    std::string page = path == "/b/first-talk/details" ? choose() : path;
    Response r = get(page);
    wait();
    Pairs form{{"stamp", stamp(r)},       {"name", "Amara Osei"},   {"email", "x@osei.example"},
               {"phone", "+33123456789"}, {"channel", "in_person"}, {"reason", "why"}};
    if (std::string hold = after(r.body, "name=\"hold\" value=\""); !hold.empty()) form.emplace_back("hold", hold);
    if (std::vector<std::string> times = offered(r); !times.empty()) form.emplace_back("start", times.back());
    return form;
  }
  std::string article_, booked_, mine_;
};

TEST_F(HostileRequest, NoMethodButPostSendsAForm) {
  for (const std::string& path : forms()) {
    std::string query = "?" + http::encode_form(good(path)) + "&_method=POST&method=post";
    int64_t before = facts();
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "post", "POSTS"})
      for (const char* header : {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}) {
        Response r = get(path + query, {{header, "POST"}}, method);
        bool reads = std::string_view(method) == "GET" || std::string_view(method) == "HEAD";
        EXPECT_TRUE(reads ? r.status == 200 || r.status == 303 || r.status == 404 : r.status == 405)
            << method << " " << path << " " << r.status;
      }
    EXPECT_EQ(facts(), before) << path;
    wait(60s);  // for the buckets
  }
  EXPECT_EQ(appointments().size(), 1u);
  EXPECT_EQ(state(), "booked");
}

TEST_F(HostileRequest, AFormFromElsewhereIsRefusedWhereverItGoes) {
  const Pairs elsewhere[] = {
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Sec-Fetch-Site", "none"}},
      {{"Sec-Fetch-Site", "SAME-ORIGIN"}},
      {{"Sec-Fetch-Site", "same-origin, cross-site"}},
      {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://onward.example"}},
      {{"Origin", "null"}},
      {{"Origin", "https://evil.example"}},
      {{"Origin", "http://onward.example.evil.example"}},
      {{"Origin", "http://evilonward.example"}},
      {{"Origin", "http://onward.example:8443"}},
      {{"Origin", "http://onward.example@evil.example"}},
      {{"Origin", "//onward.example"}},
      {{"Origin", "onward.example"}},
      {{"Origin", "file://"}},
      {{"Origin", "http://evil.example/onward.example"}},
  };
  for (const std::string& path : forms()) {
    Pairs form = good(path);
    int64_t before = facts();
    for (const Pairs& headers : elsewhere) {
      EXPECT_EQ(post(path, form, headers).status, 403) << path << " " << headers[0].first << ": " << headers[0].second;
      wait(60s);  // for the buckets; a stamp lasts longer
    }
    EXPECT_EQ(facts(), before) << path;
  }
  EXPECT_EQ(state(), "booked");
  Pairs form = good(mine_ + "/cancel");
  EXPECT_EQ(
      post(mine_ + "/cancel", form, {{"Origin", "http://onward.example"}, {"Sec-Fetch-Site", "same-origin"}}).status,
      303)
      << "the same form from here is taken";
  EXPECT_EQ(state(), "cancelled");
}

TEST_F(HostileRequest, NoHeaderNamesThisHouse) {
  const std::pair<const char*, const char*> headers[] = {{"Host", "evil.example"},
                                                         {"Host", "evil.example:80"},
                                                         {"Host", "onward.example.evil.example"},
                                                         {"Host", "onward.example@evil.example"},
                                                         {"Host", "onward.example:@evil.example"},
                                                         {"Host", "evil.example/onward.example"},
                                                         {"Host", ""},
                                                         {"X-Forwarded-Host", "evil.example"},
                                                         {"X-Forwarded-Host", "onward.example, evil.example"},
                                                         {"X-Forwarded-Server", "evil.example"},
                                                         {"X-Forwarded-Proto", "evil.example"},
                                                         {"X-Forwarded-Port", "1.evil.example"},
                                                         {"X-Forwarded-Prefix", "/evil.example"},
                                                         {"X-Forwarded-Path", "//evil.example"},
                                                         {"Forwarded", "host=evil.example;proto=https"},
                                                         {"X-Host", "evil.example"},
                                                         {"X-Original-Host", "evil.example"},
                                                         {"X-Original-URL", "//evil.example"},
                                                         {"X-Rewrite-URL", "http://evil.example/"},
                                                         {"X-HTTP-Host-Override", "evil.example"},
                                                         {"Base-Url", "http://evil.example"},
                                                         {"Via", "1.1 evil.example"}};
  for (const auto& [name, value] : headers) {
    for (const std::string& path : pages_of_the_public()) {
      Response r = get(path, {{name, value}});
      EXPECT_FALSE(has(r, "evil.example")) << name << ": " << value << " " << path;
      for (const auto& [answered, text] : r.headers)
        EXPECT_EQ(text.find("evil.example"), std::string::npos) << name << " " << path << " " << answered;
    }
    EXPECT_TRUE(has(get(booked_, {{name, value}}), "http://onward.example/a/")) << name;
    wait(60s);
  }
}

TEST_F(HostileRequest, WhatComesInHeadersIsShownNowhere) {
  for (std::string_view payload : kPayloads) {
    Pairs headers;
    for (const char* name : {"Referer", "User-Agent", "Accept-Language", "X-Forwarded-For", "Accept", "Origin", "From"})
      headers.emplace_back(name, payload);
    for (const std::string& path : pages_of_the_public()) {
      Response r = get(path, headers);
      EXPECT_FALSE(has(r, payload)) << path << " " << payload;
      EXPECT_FALSE(has(r, "alert(1)")) << path << " " << payload;
    }
    wait(60s);
  }
  // Visits were counted by kinds: what those who look after the articles see has nothing of them either.
  cookie = token_in(post("/signin", {{"key", key_}}));
  for (const std::string& path : {std::string("/desk/articles"), "/desk/articles/" + article_, std::string("/today")}) {
    Response r = get(path);
    ASSERT_EQ(r.status, 200) << path;
    for (std::string_view payload : kPayloads) EXPECT_FALSE(has(r, payload)) << path << " " << payload;
    EXPECT_FALSE(has(r, "alert(1)")) << path;
  }
}

TEST_F(HostileRequest, AfterSigningInOneStaysHere) {
  for (const char* next : {"//evil.example",
                           "///evil.example",
                           "////evil.example",
                           "/\\evil.example",
                           "\\\\evil.example",
                           "/\\/evil.example",
                           "\\/\\/evil.example",
                           "/%2f%2fevil.example",
                           "%2f%2fevil.example",
                           "/%5cevil.example",
                           "https:evil.example",
                           "https:/evil.example",
                           "https://evil.example",
                           "HTTPS://evil.example",
                           "//evil.example/today",
                           "/\tevil.example",
                           "/\t/evil.example",
                           "/\n/evil.example",
                           "/\r\nLocation: //evil.example",
                           "\t//evil.example",
                           " //evil.example",
                           "javascript:alert(1)",
                           "data:text/html,x",
                           "//evil.example%00/today",
                           "/today@evil.example",
                           "/today//evil.example/..",
                           "/.evil.example",
                           "/..//evil.example",
                           "/today?next=//evil.example",
                           "/today#@evil.example",
                           "\xe3\x80\x82//evil.example",
                           "//\xe2\x80\xae"
                           "elpmaxe.live",
                           "/\xef\xbc\x8f"
                           "evil.example"}) {
    Response r = post("/signin", {{"key", key_}, {"next", next}});
    std::string to(r.header("Location"));
    if (std::iscntrl(static_cast<unsigned char>(next[1])) != 0 ||
        std::iscntrl(static_cast<unsigned char>(next[0])) != 0)
      EXPECT_TRUE(r.status == 303 || r.status == 400) << next;  // no text of a form
    else
      EXPECT_EQ(r.status, 303) << next;
    EXPECT_EQ(to, r.status == 303 ? "/today" : "") << next;
    wait(60s);
    Response page = get("/signin?next=" + http::percent_encode(next));
    EXPECT_FALSE(has(page, "href=\"//evil")) << next;
    EXPECT_FALSE(has(page, std::string("href=\"") + next)) << next;
  }
}

}  // namespace
}  // namespace onward::pages::testing
