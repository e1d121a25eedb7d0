// An advisor's feed and card as the outside gets them, and the desk's page of calendars.
#include "app/calendars/calendars.h"

#include "app/calendars/feed.h"
#include "pages/book_world_test.h"

namespace onward::pages {
namespace {

namespace calendars = app::calendars;
using testing::has;
using testing::Pairs;
using testing::Response;

class CalendarPages : public testing::BookTest {
 protected:
  AdvisorId advisor() { return *AdvisorId::parse(advisor_); }
  std::string feed_path() {
    Json made = done([&](app::Step& s) { return calendars::open_feed(s, advisor()); });
    return get_string(made, "url").substr(std::string("http://onward.example").size());
  }
  std::string add_calendar(const std::string& url = "https://dav.example/secret-place/") {
    Json made = done([&](app::Step& s) {
      return calendars::add_calendar(
          s, json::object{{"advisor_id", advisor_}, {"kind", "caldav"}, {"url", url}, {"write", true}});
    });
    return get_string(made, "id");
  }
  void enter() {
    Response r = post("/signin", {{"key", key_}});
    ASSERT_EQ(r.status, 303) << r.body;
    cookie = token_in(r);
    csrf = testing::after(get("/contacts").body, "name=\"csrf\" value=\"");
  }
};

TEST_F(CalendarPages, AFeedIsACalendarThatCachesAskAbout) {
  ASSERT_EQ(book().status, 303);
  std::string path = feed_path();
  Response r = get(path);
  ASSERT_EQ(r.status, 200) << r.body;
  EXPECT_EQ(r.header("Content-Type"), "text/calendar; charset=utf-8; method=PUBLISH");
  EXPECT_EQ(r.header("Cache-Control"), "private, no-cache");
  EXPECT_NE(r.header("X-Robots-Tag"), "");
  EXPECT_TRUE(has(r, "SUMMARY:Amara Osei\\, A first <talk>\r\n")) << r.body;
  EXPECT_TRUE(has(r, "UID:" + get_string(appointments().at(0), "id") + "@mail.example\r\n"));
  EXPECT_FALSE(has(r, "amara@osei.example"));
  Response again = get(path, {{"If-None-Match", std::string(r.header("ETag"))}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST_F(CalendarPages, OtherAddressesAreTheSameNothing) {
  std::string path = feed_path(), body = get("/calendars/x.ics").body;
  std::string other = path;
  other[other.size() - 5] = other[other.size() - 5] == '0' ? '1' : '0';
  for (const std::string& unknown : {other, path.substr(0, path.size() - 4), path + ".ics",
                                     std::string("/calendars/.ics"), "/calendars/" + std::string(5000, 'a') + ".ics"}) {
    Response r = get(unknown);
    EXPECT_EQ(r.status, 404) << unknown;
    EXPECT_EQ(r.body, body) << unknown;
  }
  feed_path();
  EXPECT_EQ(get(path).body, body) << "it was renewed";
}

TEST_F(CalendarPages, WhoGuessesHasToWait) {
  int status = 404;
  for (int i = 0; i < 100 && status == 404; ++i) status = get("/calendars/" + std::to_string(i) + ".ics").status;
  EXPECT_EQ(status, 429);
}

TEST_F(CalendarPages, TheCustomerGetsTheAdvisorsCard) {
  std::string token = token_in_location(book());
  Response page = get("/a/" + token);
  EXPECT_TRUE(has(page, "href=\"/a/" + token + "/contact.vcf\""));
  EXPECT_TRUE(has(page, "Contact card"));
  EXPECT_TRUE(has(get("/a/" + token + "?lang=fr"), "Fiche de contact"));
  Response card = get("/a/" + token + "/contact.vcf");
  ASSERT_EQ(card.status, 200);
  EXPECT_EQ(card.header("Content-Type"), "text/vcard; charset=utf-8");
  EXPECT_EQ(card.header("Content-Disposition"), "attachment; filename=\"maya-b-okafor-b.vcf\"");
  EXPECT_EQ(card.header("Cache-Control"), "no-store");
  EXPECT_TRUE(has(card, "FN:Maya <b>Okafor</b>\r\n"));
  EXPECT_TRUE(has(card, "ORG:Harbour"));
  EXPECT_EQ(get("/a/0123456789abcdef0123456789abcdef/contact.vcf").status, 404);
}

TEST_F(CalendarPages, TheDeskSaysHowFreshACalendarIs) {
  EXPECT_EQ(get("/desk/calendars").status, 303) << "only for those who are signed in";
  std::string id = add_calendar();
  enter();
  Response page = get("/desk/calendars");
  ASSERT_EQ(page.status, 200);
  EXPECT_TRUE(has(page, "Calendar of Maya &lt;b&gt;Okafor&lt;/b&gt;: not read yet")) << page.body;
  EXPECT_TRUE(has(page, "dav.example, read and written"));
  EXPECT_FALSE(has(page, "secret-place"));
  EXPECT_TRUE(has(page, "Not fresh"));
  int64_t number = CalendarId::parse(id)->value;
  write([&](app::Step& s) -> Status {
    s.run("calendar_read_well", {number, ports::null_value(), 1, to_ms(s.now), 3, 2, ports::null_value(), 0, 0, 0});
    return {};
  });
  clock.set(clock.now() + 4min);
  page = get("/desk/calendars");
  EXPECT_TRUE(has(page, "read 4 min ago"));
  EXPECT_TRUE(has(page, "Up to date"));
  EXPECT_TRUE(has(page, "2 events were not understood"));
  write([&](app::Step& s) -> Status {
    s.run("calendar_failed",
          {number, std::string("The other server could not be reached: Timeout was reached"), 0, 0, 0});
    return {};
  });
  page = get("/desk/calendars");
  EXPECT_TRUE(has(page, "Cannot be read"));
  EXPECT_TRUE(has(page, "The other server could not be reached: Timeout was reached"));
  post("/language", {{"language", "fr"}, {"next", "/desk/calendars"}});
  page = get("/desk/calendars");
  EXPECT_TRUE(has(page, "lu il y a 4 min"));
  EXPECT_TRUE(has(page, "L’autre serveur est injoignable"));
}

TEST_F(CalendarPages, CalendarsAreAddedAtTheDesk) {
  enter();
  EXPECT_TRUE(has(get("/desk/calendars"), "type=\"password\""));
  Pairs typed = {{"advisor_id", advisor_},
                 {"kind", "ics"},
                 {"url", "https://me:hush@dav.example/"},
                 {"user", ""},
                 {"password", "sesame"}};
  Response refused = post("/desk/calendars", typed);
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(has(refused, "id=\"calendar-url\" name=\"url\" value=\"https://me:hush@dav.example/\"")) << refused.body;
  EXPECT_TRUE(has(refused, "aria-invalid"));
  EXPECT_FALSE(has(refused, "sesame")) << "a password never comes back";
  typed[2].second = "https://dav.example/a.ics";
  typed.emplace_back("write", "yes");
  EXPECT_TRUE(has(post("/desk/calendars", typed), "only a CalDAV calendar can be written"));
  typed[1].second = "caldav";
  EXPECT_EQ(post("/desk/calendars", typed).header("Location"), "/desk/calendars");
  Response page = get("/desk/calendars");
  EXPECT_TRUE(has(page, "dav.example, read and written"));
  EXPECT_FALSE(has(page, "sesame"));
}

TEST_F(CalendarPages, AFeedsAddressIsShownOnce) {
  enter();
  Response opened = post("/desk/calendars/feed", {{"feed_advisor", advisor_}});
  ASSERT_EQ(opened.status, 200);
  EXPECT_EQ(opened.header("Cache-Control"), "no-store");
  size_t at = opened.body.find("/calendars/", opened.body.find("<code>"));
  std::string path = opened.body.substr(at, opened.body.find('<', at) - at);
  cookie.clear();
  EXPECT_EQ(get(path).status, 200) << path;
  cookie.clear();
  enter();
  EXPECT_FALSE(has(get("/desk/calendars"), path));
  EXPECT_EQ(post("/desk/calendars/feed", {{"feed_advisor", "adv_0"}}).status, 404);
}

TEST_F(CalendarPages, TheDeskReadsNowWhenAskedTo) {
  std::string id = add_calendar();
  enter();
  auto next = [&] {
    return get_string(done([&](app::Step& s) { return calendars::get_calendar(s, *CalendarId::parse(id)); }),
                      "next_at");
  };
  std::string before = next();
  clock.set(clock.now() + 1min);
  EXPECT_EQ(get("/desk/calendars/" + id + "/refresh").status, 405);
  EXPECT_EQ(next(), before);
  std::string right = csrf;
  csrf = "wrong";
  EXPECT_EQ(post("/desk/calendars/" + id + "/refresh", {}).status, 403);
  EXPECT_EQ(next(), before);
  csrf = right;
  EXPECT_EQ(post("/desk/calendars/" + id + "/refresh", {}).header("Location"), "/desk/calendars");
  EXPECT_EQ(next(), format_rfc3339(clock.now()));
}

}  // namespace
}  // namespace onward::pages
