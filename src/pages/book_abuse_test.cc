// What must never happen on the booking pages, whoever sends whatever.
#include "app/settings.h"
#include "pages/book_world_test.h"

namespace onward::pages::testing {
namespace {

TEST_F(BookTest, LookingChangesNothing) {
  std::string details = choose();
  Response sent = book();
  std::string token = token_in_location(sent);
  ASSERT_EQ(token.size(), 32u);
  int64_t before = facts();
  const std::vector<std::string> paths = {"/b",
                                          "/b/first-talk",
                                          details,
                                          "/b/first-talk/call",
                                          "/a/" + token,
                                          "/a/" + token + "/move",
                                          "/a/" + token + "/cancel",
                                          "/a/" + token + "/event.ics"};
  for (const std::string& path : paths)
    for (const char* method : {"GET", "HEAD"}) EXPECT_LT(get(path, {}, method).status, 400) << path;
  EXPECT_EQ(facts(), before);
  EXPECT_EQ(state(), "booked");
}

TEST_F(BookTest, TheAnswerTellsNobodyWhetherAnAddressIsKnown) {
  open_conversation();
  Response known = book({{"email", "amara@example.org"}});
  Response fresh = book({{"email", "nobody@example.org"}});
  EXPECT_EQ(known.status, fresh.status);
  auto page = [&](const Response& r) {
    Response p = get("/a/" + token_in_location(r));
    EXPECT_EQ(p.body.find("amara"), std::string::npos);
    EXPECT_EQ(p.body.find("script&gt;"), std::string::npos) << "the stored name is nobody's business";
    return p.body.size();
  };
  size_t a = page(known), b = page(fresh);
  EXPECT_NEAR(static_cast<double>(a), static_cast<double>(b), 12);  // times differ, what is said does not
}

TEST_F(BookTest, UnknownAndOutlivedLinksLookTheSame) {
  std::string path = "/a/" + token_in_location(book());
  Response unknown = get("/a/00000000000000000000000000000000");
  clock.set(clock.now() + std::chrono::days{60});
  Response outlived = get(path);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(outlived.status, 404);
  auto without_path = [](std::string body, const std::string& p) {
    for (size_t at; (at = body.find(p)) != body.npos;) body.erase(at, p.size());
    return body;
  };
  EXPECT_EQ(without_path(unknown.body, "/a/00000000000000000000000000000000"), without_path(outlived.body, path));
}

TEST_F(BookTest, GuessingTokensIsSlowedDown) {
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    Response r = get(fmt::format("/a/{:032x}", i));
    if (r.status == 429) {
      ++refused;
      EXPECT_FALSE(r.header("Retry-After").empty());
    } else {
      EXPECT_EQ(r.status, 404);
    }
  }
  EXPECT_EQ(refused, 20);
}

TEST_F(BookTest, AProgramsFormIsRefused) {
  Response details = get(choose());
  wait();
  EXPECT_EQ(post("/b/first-talk/details", typed(details, {{"website", "http://spam.example"}})).status, 400);
  Pairs unsigned_form = typed(details);
  std::erase_if(unsigned_form, [](const auto& p) { return p.first == "stamp"; });
  EXPECT_EQ(post("/b/first-talk/details", unsigned_form).status, 403);
  unsigned_form.emplace_back("stamp", stamp(get("/b/first-talk")));
  EXPECT_EQ(post("/b/first-talk/details", unsigned_form).status, 403) << "a stamp is for one purpose";
  EXPECT_EQ(post("/b/first-talk/details", typed(details), {{"Origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(post("/b/first-talk/details", typed(details), {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_TRUE(appointments().empty());
}

TEST_F(BookTest, AFormThatIsFilledInTooFastIsAskedForAgain) {
  Response details = get(choose());
  Response r = post("/b/first-talk/details", typed(details));
  EXPECT_EQ(r.status, 400);
  EXPECT_TRUE(has(r, "That was very fast"));
  EXPECT_TRUE(has(r, "value=\"Amara Osei\""));
  wait();
  EXPECT_EQ(post("/b/first-talk/details", typed(r)).status, 303);
}

TEST_F(BookTest, AFormThatLayTooLongIsAskedForAgain) {
  Response details = get(choose());
  wait(std::chrono::hours{13});
  Response r = post("/b/first-talk/details", typed(details));
  EXPECT_EQ(r.status, 400);
  EXPECT_TRUE(has(r, "had been open for a long time"));
  wait();
  EXPECT_EQ(post("/b/first-talk/details", typed(r)).status, 303);
}

TEST_F(BookTest, WhoComesTooOftenWaits) {
  Response last;
  for (int i = 0; i < 31; ++i) last = post("/b/first-talk", {{"start", "x"}, {"stamp", "x"}});
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(last.header("Retry-After"), "20");
  EXPECT_TRUE(has(last, "many requests"));
  wait(20s);
  EXPECT_NE(post("/b/first-talk", {{"start", "x"}, {"stamp", "x"}}).status, 429);
}

TEST_F(BookTest, OneAddressIsWrittenToThreeTimesAnHour) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(book().status, 303) << i;
  EXPECT_EQ(book().status, 429);
  EXPECT_EQ(book({{"email", "other@osei.example"}}).status, 303);
}

TEST_F(BookTest, MarkupInEveryFieldIsText) {
  std::string bad = "<img src=x onerror=alert(1)>\"'";
  Response r = book({{"name", bad}, {"email", bad}, {"phone", bad}, {"channel", bad}, {"place", bad}, {"note", bad}});
  EXPECT_EQ(r.status, 400);
  EXPECT_FALSE(has(r, "<img"));
  Response booked = book({{"name", bad}, {"channel", "at_customer"}, {"place", bad}, {"note", bad}});
  ASSERT_EQ(booked.status, 303) << booked.body;
  EXPECT_FALSE(has(get(std::string(booked.header("Location"))), "<img"));
  std::string q = http::percent_encode(bad);
  EXPECT_FALSE(has(get("/b/first-talk?week=" + q + "&day=" + q + "&zone=" + q + "&lang=" + q + "&utm_source=" + q +
                       "&ref=" + q + "&embed=1&host=" + q),
                   "<img"));
}

TEST_F(BookTest, LineBreaksAndLinksHaveNoPlaceInAName) {
  for (const char* name :
       {"Amara\r\nBcc: all@example.org", "Amara\nX: y", "Win at https://evil.example", "www.evil.example"})
    EXPECT_EQ(book({{"name", name}}).status, 400) << name;
  for (const char* email :
       {"a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example", "a@b.example\n", "x <a@b.example>"})
    if (Response r = book({{"email", email}}); std::string_view(email) != "a@b.example\n")
      EXPECT_EQ(r.status, 400) << email;
  for (const Json& a : appointments()) EXPECT_EQ(dump(a).find("Bcc"), std::string::npos);
}

TEST_F(BookTest, NothingSendsTheBrowserElsewhere) {
  for (const char* evil : {"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"}) {
    std::string q = http::percent_encode(evil);
    std::string page = "/b/first-talk?next=" + q + "&host=" + q + "&embed=1&ref=" + q;
    Response times = get(page);
    EXPECT_FALSE(has(times, std::string("href=\"") + evil)) << evil;
    Response r =
        post("/b/first-talk", {{"start", offered(times)[0]}, {"stamp", stamp(times)}, {"next", evil}, {"ref", evil}});
    EXPECT_TRUE(std::string(r.header("Location")).starts_with("/b/first-talk/details?")) << r.header("Location");
    clock.set(clock.now() + booking::kHoldTime + 1s);
  }
}

TEST_F(BookTest, LinksAreOfTheConfiguredAddressWhateverTheRequestSays) {
  std::string location(book().header("Location"));
  for (const char* name : {"Host", "X-Forwarded-Host", "Forwarded", "X-Original-Host"}) {
    Response r = get(location, {{name, "evil.example"}});
    EXPECT_TRUE(has(r, "http://onward.example/a/")) << name;
    EXPECT_FALSE(has(r, "evil.example")) << name;
  }
}

TEST_F(BookTest, NobodyElsesHoldCanBeNamed) {
  Response details = get(choose());
  wait();
  Pairs form = typed(details);
  for (auto& [name, value] : form)
    if (name == "hold") value = "hld_0000000000001~" + start_ + ".00000000000000000000000000000000";
  Response r = post("/b/first-talk/details", form);
  EXPECT_EQ(r.header("Location"), "/b/first-talk");
  EXPECT_TRUE(appointments().empty());
}

TEST_F(BookTest, OtherPagesMayFrameOnlyWhatIsMadeForIt) {
  EXPECT_NE(get("/b/first-talk").header("Content-Security-Policy").find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_NE(get("/b/first-talk?embed=1").header("Content-Security-Policy").find("frame-ancestors *;"),
            std::string::npos);
  std::string mine = "/a/" + token_in_location(book());
  EXPECT_NE(get(mine + "?embed=1").header("Content-Security-Policy").find("frame-ancestors 'none'"), std::string::npos);
  done([](app::Step& s) {
    return app::put_setting(s, "booking", json::object{{"embed_on", json::array{"https://www.example.org"}}});
  });
  EXPECT_NE(
      get("/b/first-talk?embed=1").header("Content-Security-Policy").find("frame-ancestors https://www.example.org;"),
      std::string::npos);
}

TEST_F(BookTest, NoPersonalDataStandsInAnAddress) {
  Response sent = book({{"phone", "+33 1 23 45 67 89"}, {"note", "Secret"}});
  std::string location(sent.header("Location"));
  for (const char* word : {"Amara", "osei", "33123", "Secret"})
    EXPECT_EQ(location.find(word), std::string::npos) << word;
  EXPECT_NE(get(location).header("X-Robots-Tag").find("noindex"), std::string::npos);
}

}  // namespace
}  // namespace onward::pages::testing
