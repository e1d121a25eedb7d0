// What mails link to: a look changes nothing, a person's word does.
#include "app/library_pages.h"
#include "pages/house_test.h"
#include "pages/markdown.h"

namespace onward::pages::testing {
namespace {

bool has(const Response& r, std::string_view text) { return r.body.find(text) != std::string::npos; }

class PublicTest : public HouseTest {
 protected:
  void SetUp() override {
    open_pages();
    set_up();
    conversation = open_conversation();
    write([&](app::Step& s) -> Status {
      int64_t contact = ContactId::parse(contact_)->value, c = ConversationId::parse(conversation)->value;
      s.run("t_asset", {int64_t{5}, std::string("What advice costs")});
      s.run("t_asset_version",
            {int64_t{5},
             std::string(
                 "# Costs\n\n<script>alert(1)</script>\n\n[go](javascript:alert(1)) [ok](https://example.org)\n")});
      s.run("t_link", {sha256_hex("prefs"), std::string("preferences"), contact, c, ports::null_value()});
      s.run("t_link", {sha256_hex("paper"), std::string("asset"), contact, c, int64_t{5}});
      return {};
    });
  }
  bool opted_out() {
    return get_string(done([&](app::Step& s) { return app::get_contact(s, *ContactId::parse(contact_)); }),
                      "opted_out_at") != "";
  }
  int64_t views() {
    int64_t n = 0;
    write([&](app::Step& s) -> Status {
      n = s.run("t_views", {sha256_hex("paper")}).integer(0, 0);
      return {};
    });
    return n;
  }
  std::string conversation;
};

TEST_F(PublicTest, LookingAtPreferencesChangesNothing) {
  int64_t before = facts();
  for (const char* method : {"GET", "HEAD"}) {
    Response r = get("/p/prefs?List-Unsubscribe=One-Click&wish=nothing", {}, method);
    EXPECT_EQ(r.status, 200);
    EXPECT_TRUE(r.header("Set-Cookie").empty());
    EXPECT_NE(r.header("X-Robots-Tag").find("noindex"), std::string::npos);
    EXPECT_FALSE(has(r, "Amara"));
  }
  EXPECT_EQ(facts(), before);
  EXPECT_FALSE(opted_out());
}

TEST_F(PublicTest, OneClickUnsubscribesWithoutCookieTokenOrPage) {
  Response r = post("/p/prefs", {{"List-Unsubscribe", "One-Click"}}, {{"Origin", "https://mail.example"}});
  EXPECT_EQ(r.status, 200);
  EXPECT_TRUE(r.header("Set-Cookie").empty());
  EXPECT_TRUE(opted_out());
  EXPECT_EQ(post("/p/prefs", {{"List-Unsubscribe", "One-Click"}}).status, 200);  // again: the same
  EXPECT_EQ(post("/p/unknown", {{"List-Unsubscribe", "One-Click"}}).status, 404);
}

TEST_F(PublicTest, OneClickMayComeAsMultipart) {
  Request request;
  request.method = "POST";
  request.path = "/p/prefs";
  request.headers = {{"Content-Type", "multipart/form-data; boundary=x"}};
  request.body = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
  EXPECT_EQ(send(std::move(request)).status, 200);
  EXPECT_TRUE(opted_out());
}

TEST_F(PublicTest, AChoiceIsKeptAndCanBeTakenBack) {
  EXPECT_EQ(post("/p/prefs", {{"wish", "nothing"}}).header("Location"), "/p/prefs?saved=1");
  EXPECT_TRUE(opted_out());
  EXPECT_TRUE(has(get("/p/prefs"), "value=\"nothing\" checked"));
  EXPECT_EQ(post("/p/prefs", {{"wish", "no_marketing"}}).status, 303);
  EXPECT_FALSE(opted_out());
  EXPECT_TRUE(has(get("/p/prefs"), "value=\"no_marketing\" checked"));
  EXPECT_EQ(post("/p/prefs", {{"wish", "everything"}}).status, 303);
  EXPECT_TRUE(has(get("/p/prefs"), "value=\"everything\" checked"));
  EXPECT_EQ(post("/p/prefs", {{"wish", "more"}}).status, 400);
}

TEST_F(PublicTest, LeavingThePageAsItIsGrantsNothing) {
  EXPECT_EQ(post("/p/prefs", {{"wish", "everything"}}).status, 303);
  EXPECT_EQ(facts("consent.recorded"), 0);
}

TEST_F(PublicTest, OnlyAPersonsLookIsAView) {
  EXPECT_EQ(get("/s/paper", {}, "HEAD").status, 200);
  EXPECT_EQ(get("/s/paper", {{"Purpose", "prefetch"}}).status, 200);
  EXPECT_EQ(get("/s/paper", {{"Sec-Purpose", "prefetch;prerender"}}).status, 200);
  EXPECT_EQ(views(), 0);
  Response r = get("/s/paper");
  EXPECT_EQ(views(), 1);
  EXPECT_EQ(facts("asset.viewed"), 1);
  EXPECT_TRUE(has(r, "What advice costs"));
  EXPECT_FALSE(has(r, "<script>alert"));
  EXPECT_FALSE(has(r, "href=\"javascript"));
  EXPECT_EQ(get("/s/prefs").status, 404);  // a token opens its own kind only
  EXPECT_EQ(get("/p/paper").status, 404);
}

TEST(Markdown, IsSafeHtml) {
  EXPECT_EQ(markdown_html("a *b*"), "<p>a <em>b</em></p>\n");
  EXPECT_NE(markdown_html("[a](/articles/b)").find("href=\"/articles/b\""), std::string::npos);
  EXPECT_EQ(markdown_html("[a](//evil.example)").find("href"), std::string::npos);
  for (const char* bad :
       {"<script>x</script>", "<img src=x onerror=y>", "![a](https://elsewhere.example/x.png)", "[a](javascript:x)",
        "[a](JaVaScRiPt:x)", "[a](data:text/html,x)", "<javascript:x>", "[a](vbscript:x)", "[a](java\tscript:x)"}) {
    std::string html = markdown_html(bad);
    EXPECT_EQ(html.find("<script"), std::string::npos) << html;
    EXPECT_EQ(html.find("<img"), std::string::npos) << html;
    EXPECT_EQ(html.find("href=\"java"), std::string::npos) << html;
    EXPECT_EQ(html.find("href=\"Ja"), std::string::npos) << html;
    EXPECT_EQ(html.find("href=\"data"), std::string::npos) << html;
    EXPECT_EQ(html.find("href=\"vb"), std::string::npos) << html;
  }
}

}  // namespace
}  // namespace onward::pages::testing
