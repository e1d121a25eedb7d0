// Signing in, the first start, what a form must carry, and the forms of a conversation.
#include "pages/house_test.h"

#include "app/touches.h"
#include "pages/guard.h"

namespace onward::pages::testing {
namespace {

bool has(const Response& r, std::string_view text) { return r.body.find(text) != std::string::npos; }

TEST_F(HouseTest, WhoIsNotSignedInComesBackAfterwards) {
  open_pages();
  Response r = get("/pipeline");
  EXPECT_EQ(r.status, 303);
  EXPECT_EQ(r.header("Location"), "/signin?next=%2Fpipeline");
  EXPECT_EQ(post("/signin", {{"key", set_up()}, {"next", "/pipeline"}}).header("Location"), "/pipeline");
}

TEST_F(HouseTest, AKeyOpensASessionThatEnds) {
  open_pages();
  std::string key = set_up();
  Response wrong = post("/signin", {{"key", "onw_wrong"}});
  EXPECT_EQ(wrong.status, 401);
  EXPECT_TRUE(has(wrong, "This API key is not valid."));
  EXPECT_TRUE(wrong.header("Set-Cookie").empty());
  Response r = post("/signin", {{"key", key}});
  EXPECT_NE(r.header("Set-Cookie").find("HttpOnly"), std::string::npos);
  EXPECT_NE(r.header("Set-Cookie").find("SameSite=Lax"), std::string::npos);
  cookie = token_in(r);
  EXPECT_GE(cookie.size(), 43u);
  EXPECT_EQ(get("/today").status, 200);
  clock.set(clock.now() + std::chrono::hours{11});
  EXPECT_EQ(get("/today").status, 200);  // seen: the idle time begins anew
  clock.set(clock.now() + std::chrono::hours{11});
  EXPECT_EQ(get("/today").status, 200);
  clock.set(clock.now() + std::chrono::hours{12});
  EXPECT_EQ(get("/today").status, 303);
}

TEST_F(HouseTest, OverHttpsTheCookieIsSecure) {
  open_pages({.https = true});
  Response r = post("/signin", {{"key", set_up()}});
  EXPECT_TRUE(r.header("Set-Cookie").starts_with("__Host-onward="));
  EXPECT_NE(r.header("Set-Cookie").find("Secure"), std::string::npos);
}

TEST_F(HouseTest, SigningOutEndsTheSession) {
  open_pages();
  sign_in();
  EXPECT_EQ(post("/signout", {}).status, 303);
  EXPECT_EQ(get("/today").header("Location"), "/signin?next=%2Ftoday");
}

TEST_F(HouseTest, OnlyADemonstrationIsEnteredWithoutAKey) {
  open_pages();
  set_up();
  EXPECT_EQ(post("/signin", {{"demo", "yes"}}).status, 401);
  EXPECT_EQ(get("/demo").status, 404);
  EXPECT_FALSE(has(get("/signin"), "Enter the demo"));
  open_pages({.demo = true});
  EXPECT_TRUE(has(get("/signin"), "Enter the demo"));
  Response r = post("/signin", {{"demo", "yes"}});
  EXPECT_EQ(r.status, 303);
  cookie = token_in(r);
  EXPECT_EQ(get("/demo").status, 200);
}

TEST_F(HouseTest, TheFirstStartGivesAKeyOnceAndSignsIn) {
  open_pages();
  std::string token;
  write([&](app::Step& s) -> Status {
    token = TRY(app::begin_setup(s));
    return {};
  });
  Response page = get("/setup?token=" + token);
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(has(page, token));
  Pairs answers = {{"token", token}, {"organization", "Harbour & Lane"}, {"zone", "Nowhere/Land"}, {"language", "fr"},
                   {"name", "Maya"}, {"email", "maya@harbour.example"}};
  Response refused = post("/setup", answers);
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(has(refused, "value=\"Harbour &amp; Lane\""));
  EXPECT_TRUE(has(refused, "href=\"#setup-zone\""));
  answers[2].second = "Europe/Paris";
  Pairs other = answers;
  other[0].second = "guessed";
  EXPECT_EQ(post("/setup", other).status, 403);
  Response done = post("/setup", answers);
  EXPECT_EQ(done.status, 200);
  EXPECT_TRUE(has(done, "onw_"));
  cookie = token_in(done);
  EXPECT_EQ(get("/today").status, 200);
  EXPECT_EQ(get("/setup?token=" + token).header("Location"), "/signin");
  EXPECT_EQ(post("/setup", answers).header("Location"), "/signin");
}

TEST_F(HouseTest, AChangeNeedsTheFormTokenAndOurOwnOrigin) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  int64_t before = facts();
  std::string token = csrf;
  csrf.clear();
  EXPECT_EQ(post(c + "/note", {{"text", "hello"}}).status, 403);
  EXPECT_EQ(post(c + "/note", {{"text", "hello"}, {"csrf", std::string(64, '0')}}).status, 403);
  csrf = token;
  EXPECT_EQ(post(c + "/note", {{"text", "hello"}}, {{"Origin", "https://elsewhere.example"}}).status, 403);
  EXPECT_EQ(post(c + "/note", {{"text", "hello"}}, {{"Origin", "null"}}).status, 403);
  EXPECT_EQ(post(c + "/note", {{"text", "hello"}}, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(facts(), before);
  EXPECT_EQ(
      post(c + "/note", {{"text", "hello"}}, {{"Origin", "http://onward.example"}, {"Sec-Fetch-Site", "same-origin"}})
          .status,
      303);
  EXPECT_EQ(facts(), before + 1);
}

TEST_F(HouseTest, NoOtherMethodChangesAnything) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  int64_t before = facts();
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "PATCH"}) {
    EXPECT_EQ(get(c + "/note?text=x&csrf=" + csrf, {{"X-HTTP-Method-Override", "POST"}}, method).status, 405) << method;
    EXPECT_EQ(get(c + "/opt-out", {}, method).status, 405) << method;
  }
  EXPECT_EQ(facts(), before);
}

TEST(NextPath, StaysInTheHouse) {
  EXPECT_EQ(next_path("/conversations/cnv_0c4jq8w1x2k3m"), "/conversations/cnv_0c4jq8w1x2k3m");
  for (const char* bad : {"", "//evil.example", "/\\evil.example", "/%2f%2fevil.example", "https:evil.example",
                          "https://evil.example", "/today\t//evil", "/today\n", "/todayish", "/signin",
                          "/today/../signin?x", "javascript:alert(1)", "/today?x=1"})
    EXPECT_EQ(next_path(bad), "/today") << bad;
}

TEST_F(HouseTest, EveryPageAnswersAndNothingTypedIsMarkup) {
  open_pages({.demo = true, .forecast = [](const app::Caller&, ConversationId, int) -> Result<Json> {
                return Json(json::object{{"data", json::array{}}});
              }});
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  ASSERT_EQ(post(c + "/note", {{"text", "\"><img src=x onerror=alert(1)>"}}).status, 303);
  for (const std::string& path :
       {std::string("/today"), std::string("/conversations"), c, c + "/talk", std::string("/pipeline"),
        std::string("/contacts"), "/contacts/" + contact_, std::string("/forecast"), std::string("/demo"),
        std::string("/conversations?q=amara"), std::string("/conversations?stage=%22%3E%3Cscript%3E")}) {
    Response r = get(path);
    EXPECT_EQ(r.status, 200) << path;
    EXPECT_EQ(r.body.find("<script>alert"), std::string::npos) << path;
    EXPECT_EQ(r.body.find("<img"), std::string::npos) << path;
    EXPECT_EQ(r.body.find("<b>Okafor"), std::string::npos) << path;
    EXPECT_EQ(r.body.find("style="), std::string::npos) << path;
    EXPECT_EQ(r.header("Cache-Control"), "no-store") << path;
  }
  EXPECT_TRUE(has(get(c), "&lt;script&gt;alert(1)&lt;/script&gt; Amara"));
}

TEST_F(HouseTest, ATalkBecomesPromises) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  Response r = post(c + "/talk", {{"held_at", "2026-03-02T10:30"},
                                  {"summary", "We spoke about the handover."},
                                  {"key_points", "One plan\r\n\r\nA fixed fee"},
                                  {"next_steps_what_0", "Send the figures"},
                                  {"next_steps_due_0", "2026-03-06T17:00"},
                                  {"recap", "yes"}});
  ASSERT_EQ(r.status, 303) << r.body;
  Response page = get(c);
  EXPECT_TRUE(has(page, "Send the figures"));
  EXPECT_TRUE(has(page, "Recap of the talk"));
  EXPECT_TRUE(has(page, "<li>A fixed fee</li>"));
  EXPECT_TRUE(has(page, "datetime=\"2026-03-06T16:00:00Z\""));  // 17:00 in Paris
  EXPECT_TRUE(has(page, "Fri 6 Mar, 17:00"));
}

TEST_F(HouseTest, ARefusedTalkKeepsWhatWasTypedAndNamesTheField) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  Response r = post(c + "/talk", {{"held_at", "2026-03-09T10:30"},
                                  {"summary", "Typed & kept"},
                                  {"key_points", "kept too"},
                                  {"objections", "price"},
                                  {"next_steps_what_1", "Second row"}});
  EXPECT_EQ(r.status, 400);
  EXPECT_TRUE(has(r, "Typed &amp; kept</textarea>"));
  EXPECT_TRUE(has(r, "kept too</textarea>"));
  EXPECT_TRUE(has(r, "value=\"Second row\""));
  EXPECT_TRUE(has(r, "value=\"price\" checked"));
  EXPECT_TRUE(has(r, "href=\"#talk-held_at\">Held at</a>: This must lie in the past."));
  EXPECT_TRUE(has(r, "value=\"2026-03-09T10:30\" required aria-invalid=\"true\" aria-describedby=\"talk-held_at-d\""));
  EXPECT_EQ(facts("talk.held"), 0);
  Response row = post(c + "/talk", {{"summary", "x"}, {"next_steps_due_2", "2026-03-09T10:30"}});
  EXPECT_TRUE(has(row, "href=\"#talk-next_steps_what_2\""));
}

TEST_F(HouseTest, AMessageCanBeTakenBackForTenSeconds) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  ASSERT_EQ(post(c + "/message", {{"subject", "Hello"}, {"body", "A word."}}).status, 303);
  Response page = get(c);
  EXPECT_TRUE(has(page, "Sending in 10 s"));
  size_t at = page.body.find("action=\"/touches/tou_");
  ASSERT_NE(at, std::string::npos);
  std::string skip = page.body.substr(at + 8, page.body.find('"', at + 8) - at - 8);
  EXPECT_TRUE(skip.ends_with("/skip"));
  EXPECT_EQ(post(skip, {}).status, 303);
  EXPECT_FALSE(has(get(c), "Sending in"));
}

TEST_F(HouseTest, AnAnswerTakenBackLeavesTheReplyWaiting) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  ASSERT_EQ(post(c + "/reply", {{"text", "Can we talk?"}, {"channel", "email"}}).status, 303);
  EXPECT_TRUE(has(get("/today"), "Reply waiting"));
  ASSERT_EQ(post(c + "/message", {{"subject", "Yes"}, {"body", "On Thursday."}}).status, 303);
  std::string page = get(c).body;
  size_t at = page.find("action=\"/touches/tou_");
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(post(page.substr(at + 8, page.find('"', at + 8) - at - 8), {}).status, 303);
  EXPECT_TRUE(has(get("/today"), "Reply waiting"));
  ASSERT_EQ(post(c + "/answered", {}).status, 303);
  EXPECT_FALSE(has(get("/today"), "Reply waiting"));
}

TEST_F(HouseTest, ARefusedFormOpensWithItsFault) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation();
  Response r = post(c + "/outcome", {{"kind", "won"}, {"amount", "12 00x"}, {"currency", "EUR"}, {"reason", "kept"}});
  EXPECT_EQ(r.status, 400);
  EXPECT_TRUE(has(r, "id=\"outcome\" open"));
  EXPECT_TRUE(has(r, "value=\"12 00x\""));
  EXPECT_TRUE(has(r, "value=\"won\" required checked"));
  EXPECT_EQ(post(c + "/outcome", {{"kind", "won"}, {"amount", "1 200,50"}, {"currency", "EUR"}}).status, 303);
  EXPECT_TRUE(has(get(c), "This conversation has ended"));
}

TEST_F(HouseTest, AnAuditorSeesNoForms) {
  open_pages();
  sign_in();
  std::string c = "/conversations/" + open_conversation(), key;
  write([&](app::Step& s) -> Status {
    key = TRY(app::create_key(s, {.role = app::Role::auditor, .label = "audit"}));
    return {};
  });
  csrf.clear();
  cookie.clear();
  cookie = token_in(post("/signin", {{"key", key}}));
  Response page = get(c);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find("action=\"/conversations/cnv"), std::string::npos);
  size_t at = page.body.find("name=\"csrf\" value=\"");
  csrf = page.body.substr(at + 19, 64);
  EXPECT_EQ(post(c + "/note", {{"text", "x"}}).status, 403);
}

TEST_F(HouseTest, TheLanguageIsTheReaders) {
  open_pages();
  EXPECT_TRUE(has(get("/signin", {{"Accept-Language", "de, fr-CA;q=0.9, en;q=0.5"}}), "Se connecter"));
  sign_in();
  EXPECT_TRUE(has(get("/today"), "<html lang=\"en\">"));
  EXPECT_EQ(post("/language", {{"language", "fr"}, {"next", "/pipeline"}}).header("Location"), "/pipeline");
  EXPECT_TRUE(has(get("/today"), "<html lang=\"fr\">"));
  EXPECT_EQ(post("/language", {{"language", "xx"}}).status, 400);
}

TEST_F(HouseTest, AssetsAreNamedByTheirContent) {
  open_pages();
  Response page = get("/signin");
  size_t at = page.body.find("/assets/");
  std::string path = page.body.substr(at, page.body.find('"', at) - at);
  Response css = get(path);
  EXPECT_EQ(css.status, 200);
  EXPECT_EQ(css.header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_NE(css.header("Cache-Control").find("immutable"), std::string::npos);
  EXPECT_LE(css.body.size(), 12u * 1024);
  EXPECT_EQ(get("/assets/0000000000000000.css").status, 404);
}

}  // namespace
}  // namespace onward::pages::testing
