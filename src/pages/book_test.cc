// The booking pages: from a link to an appointment, and what goes wrong on the way.
#include "app/conversations.h"
#include "pages/book_details.h"
#include "pages/book_world_test.h"

namespace onward::pages::testing {
namespace {

TEST_F(BookTest, FromALinkToAnAppointment) {
  Response times = get("/b/first-talk");
  EXPECT_TRUE(has(times, "A first &lt;talk&gt;"));
  EXPECT_TRUE(has(times, "Lead &amp; more."));
  EXPECT_TRUE(has(times, "Soonest"));
  EXPECT_TRUE(times.header("Set-Cookie").empty());
  Response details = get(choose());
  EXPECT_EQ(details.status, 200) << details.body;
  EXPECT_TRUE(has(details, "Kept for you until"));
  EXPECT_TRUE(has(details, "autocomplete=\"email\""));
  wait();
  Response sent = post("/b/first-talk/details", typed(details, {{"note", "My question"}}));
  ASSERT_EQ(sent.status, 303) << sent.body;
  Response done_page = get(std::string(sent.header("Location")));
  EXPECT_EQ(done_page.status, 200) << done_page.body;
  EXPECT_TRUE(has(done_page, "Your appointment is booked"));
  EXPECT_TRUE(has(done_page, "Europe/Paris"));
  EXPECT_TRUE(has(done_page, "calendar.google.com"));
  EXPECT_TRUE(has(done_page, "http://onward.example/a/"));
  ASSERT_EQ(appointments().size(), 1u);
  EXPECT_EQ(get_string(appointments()[0], "start"), start_);
  EXPECT_EQ(get_string(appointments()[0], "note"), "My question");
}

TEST_F(BookTest, AnEarlierEnquiryIsTheSameConversation) {
  std::string conversation = open_conversation();
  book({{"email", "amara@example.org"}, {"name", "Somebody else"}, {"phone", "+44 117 496 0101"}});
  ASSERT_EQ(appointments().size(), 1u);
  EXPECT_EQ(get_string(appointments()[0], "conversation_id"), conversation);
  EXPECT_NE(get_string(appointments()[0], "note").find("Somebody else"), std::string::npos);
}

TEST_F(BookTest, WhatIsWrongStandsBesideItsFieldAndTypedStays) {
  Response r = book({{"name", "Amara"}, {"email", "amara at home"}, {"channel", "phone"}, {"note", "<i>kept</i>"}});
  EXPECT_EQ(r.status, 400);
  EXPECT_TRUE(has(r, "This is not an e-mail address"));
  EXPECT_TRUE(has(r, "value=\"amara at home\""));
  EXPECT_TRUE(has(r, "&lt;i&gt;kept&lt;/i&gt;"));
  EXPECT_TRUE(has(r, "aria-invalid=\"true\""));
  EXPECT_TRUE(has(r, "href=\"#details-phone\""));
  EXPECT_TRUE(appointments().empty());
  wait();
  Pairs again = typed(r, {});
  EXPECT_EQ(post("/b/first-talk/details", again).status, 303);
}

TEST_F(BookTest, ATimeThatWentIsAnswered409WithTheNearestThree) {
  Response times = get("/b/first-talk");
  std::string stale = stamp(times), start = offered(times)[1];
  std::string other = choose("/b/first-talk", 1);
  Response r = post("/b/first-talk", {{"start", start}, {"stamp", stale}});
  EXPECT_EQ(r.status, 409);
  EXPECT_TRUE(has(r, "That time has just gone"));
  EXPECT_TRUE(has(r, "role=\"alert\""));
  EXPECT_GE(offered(r).size(), 3u);
}

TEST_F(BookTest, AHoldThatWentKeepsWhatWasTyped) {
  Response details = get(choose());
  clock.set(clock.now() + booking::kHoldTime + 1s);
  wait();
  std::string rival_start = start_;
  Response times = get("/b/first-talk");
  ASSERT_EQ(post("/b/first-talk", {{"start", rival_start}, {"stamp", stamp(times)}}).status, 303);
  Response r = post("/b/first-talk/details", typed(details, {{"note", "typed once"}}));
  EXPECT_EQ(r.status, 409);
  EXPECT_TRUE(has(r, "typed once"));
  EXPECT_TRUE(has(r, "value=\"Amara Osei\""));
  EXPECT_EQ(offered(r).size(), 3u);
  wait();
  Pairs form = typed(r, {{"start", offered(r)[0]}});
  EXPECT_EQ(post("/b/first-talk/details", form).status, 303);
  ASSERT_EQ(appointments().size(), 1u);
  EXPECT_EQ(get_string(appointments()[0], "start"), offered(r)[0]);
}

TEST_F(BookTest, AnExpiredHoldIsBookedWhenNobodyTookIt) {
  Response details = get(choose());
  clock.set(clock.now() + booking::kHoldTime + 1s);
  wait();
  EXPECT_EQ(post("/b/first-talk/details", typed(details)).status, 303);
  EXPECT_EQ(get_string(appointments().at(0), "start"), start_);
}

TEST_F(BookTest, SendingTwiceBooksOnce) {
  Response details = get(choose());
  wait();
  Pairs form = typed(details);
  Response first = post("/b/first-talk/details", form), second = post("/b/first-talk/details", form);
  EXPECT_EQ(first.header("Location"), second.header("Location"));
  EXPECT_EQ(appointments().size(), 1u);
}

TEST_F(BookTest, MyAppointmentIsConfirmedMovedAndCancelledByPost) {
  std::string path = "/a/" + token_in_location(book());
  Response mine = get(path);
  EXPECT_EQ(post(path, {{"stamp", stamp(mine)}}).header("Location"), path + "?confirmed=1");
  EXPECT_EQ(state(), "confirmed");
  Response move = get(path + "/move");
  ASSERT_GT(offered(move).size(), 4u);
  std::string later = offered(move)[4];
  EXPECT_EQ(post(path + "/move", {{"stamp", stamp(move)}, {"start", later}}).status, 303);
  EXPECT_EQ(get_string(appointments()[0], "start"), later);
  Response sure = get(path + "/cancel");
  EXPECT_EQ(post(path + "/cancel", {{"stamp", stamp(sure)}, {"reason", "ill <b>"}}).header("Location"), path);
  EXPECT_EQ(state(), "cancelled");
  Response after_that = get(path);
  EXPECT_TRUE(has(after_that, "This appointment is cancelled"));
  EXPECT_TRUE(has(after_that, "href=\"/b/first-talk\""));
  EXPECT_EQ(get(path + "/move").status, 303);
}

TEST_F(BookTest, MovingToATimeThatWentKeepsTheOldOne) {
  std::string path = "/a/" + token_in_location(book());
  Response move = get(path + "/move");
  std::string wanted = offered(move)[0];
  Response times = get("/b/first-talk");
  ASSERT_EQ(post("/b/first-talk", {{"start", wanted}, {"stamp", stamp(times)}}).status, 303);
  Response r = post(path + "/move", {{"stamp", stamp(move)}, {"start", wanted}});
  EXPECT_EQ(r.status, 409) << r.body;
  EXPECT_TRUE(has(r, "That time has just gone"));
  EXPECT_EQ(get_string(appointments()[0], "start"), start_);
}

TEST_F(BookTest, ACallBackIsPromisedAtOnceAlsoAtNight) {
  clock.set(*parse_rfc3339("2026-03-06T22:30:00Z"));  // a Friday night
  Response form = get("/b/first-talk/call");
  EXPECT_TRUE(has(form, "Monday 9 March between 09:00 and 10:00"));
  wait();
  Response sent =
      post("/b/first-talk/call",
           {{"stamp", stamp(form)}, {"name", "Noor"}, {"phone", "+33 1 23 45 67 89"}, {"note", "My mortgage"}});
  ASSERT_EQ(sent.status, 303) << sent.body;
  Response told = get(std::string(sent.header("Location")));
  EXPECT_TRUE(has(told, "We will call you"));
  EXPECT_TRUE(has(told, "Monday 9 March between 09:00 and 10:00"));
  EXPECT_EQ(facts("callback.requested"), 1);
  Json open =
      done([](app::Step& s) -> Result<Json> { return Json(TRY(app::list_conversations(s, {.open_only = true}))); });
  ASSERT_EQ(open.as_array().size(), 1u);
  Json c = done([&](app::Step& s) {
    return app::get_conversation(s, *ConversationId::parse(get_string(open.as_array()[0], "id")));
  });
  std::string text = dump(c);
  EXPECT_NE(text.find("Call back +33123456789: Noor"), std::string::npos) << text;
  EXPECT_NE(text.find("2026-03-09T09:00:00Z"), std::string::npos) << "due at ten in Paris: " << text;
}

TEST_F(BookTest, ACallBackWithoutANumberIsAskedAgain) {
  Response form = get("/b/first-talk/call");
  wait();
  Response r = post("/b/first-talk/call", {{"stamp", stamp(form)}, {"name", "Noor"}, {"phone", "soon"}});
  EXPECT_EQ(r.status, 400);
  EXPECT_TRUE(has(r, "This is not a phone number"));
  EXPECT_TRUE(has(r, "value=\"soon\""));
  EXPECT_EQ(get("/b/first-talk/call?done=2026-03-09T08:00:00Z~2026-03-09T09:00:00Z.00").body.find("We will call you"),
            std::string::npos);
}

TEST_F(BookTest, WhereAVisitorCameFromArrivesWithTheBooking) {
  std::string details = choose("/b/first-talk?utm_source=letter&ref=north&lang=fr");
  EXPECT_NE(details.find("utm_source=letter"), std::string::npos);
  Response page = get(details);
  EXPECT_TRUE(has(page, "Vos coordonnées"));
  wait();
  for (const char* field :
       {"name=\"utm_source\" value=\"letter\"", "name=\"ref\" value=\"north\"", "name=\"lang\" value=\"fr\""})
    EXPECT_TRUE(has(page, field)) << field;
  Pairs form = typed(page, {{"utm_source", "letter"}, {"ref", "north"}});
  ASSERT_EQ(post("/b/first-talk/details", form).status, 303);
  EXPECT_EQ(facts("booking.came_from"), 1);
}

TEST_F(BookTest, ATypeThatIsNotOfferedIsNotThere) {
  EXPECT_EQ(get("/b/no-such").status, 404);
  EXPECT_EQ(get("/b/no-such/call").status, 404);
  done([](app::Step& s) -> Result<Json> {
    auto type = TRY(booking::find_meeting_type(s, "first-talk"));
    return booking::change_meeting_type(s, type.id, json::object{{"active", false}});
  });
  EXPECT_EQ(get("/b/first-talk").status, 404);
  EXPECT_FALSE(has(get("/b"), "first-talk"));
}

TEST_F(BookTest, TimesAreShownInTheChosenZone) {
  Response paris = get("/b/first-talk"), tokyo = get("/b/first-talk?zone=Asia%2FTokyo");
  EXPECT_TRUE(has(paris, "value=\"Europe/Paris\" selected"));
  EXPECT_TRUE(has(tokyo, "value=\"Asia/Tokyo\" selected"));
  EXPECT_TRUE(has(tokyo, "19:00"));  // it is now
  EXPECT_TRUE(has(get("/b/first-talk?zone=Nowhere%2FNone"), "value=\"Europe/Paris\" selected"));
  EXPECT_EQ(offered(paris)[0], offered(tokyo)[0]);
}

TEST_F(BookTest, StaffSeeWhatWasPromisedAndWhereAVisitorCameFrom) {
  Response form = get("/b/first-talk/call?utm_source=letter");
  wait();
  post("/b/first-talk/call",
       {{"stamp", stamp(form)}, {"name", "Noor"}, {"phone", "+33123456789"}, {"email", "n@o.example"}});
  Response details = get(choose());
  wait();
  ASSERT_EQ(post("/b/first-talk/details", typed(details, {{"email", "n@o.example"}, {"utm_source", "letter"}})).status,
            303);
  std::string conversation = get_string(appointments().at(0), "conversation_id");
  cookie = token_in(post("/signin", {{"key", key_}}));
  Response page = get("/conversations/" + conversation);
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(has(page, "Asked to be called"));
  EXPECT_TRUE(has(page, "Call back +33123456789: Noor"));
  EXPECT_TRUE(has(page, "letter"));
}

TEST_F(BookTest, StaffTakeEachStepOfAnAppointmentBeneathItsBriefing) {
  Response details = get(choose());
  wait();
  ASSERT_EQ(post("/b/first-talk/details", typed(details, {{"email", "n@o.example"}})).status, 303);
  std::string path = "/appointments/" + get_string(appointments().at(0), "id");
  cookie = token_in(post("/signin", {{"key", key_}}));
  Response page = get(path);
  EXPECT_TRUE(has(page, "action=\"" + path + "/late\""));
  EXPECT_FALSE(has(page, "/no-show\""));  // it has not begun
  read_csrf(page);
  auto act = [&](const std::string& action, const Pairs& more) { return post(path + "/" + action, more); };
  Response wrong = act("late", {{"minutes", "many"}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_TRUE(has(wrong, "many"));
  EXPECT_EQ(act("late", {{"minutes", "15"}}).status, 303);
  EXPECT_EQ(get_int(appointments().at(0), "running_late_min"), 15);
  EXPECT_EQ(act("no-show", {{"cause", "customer"}}).status, 409);
  EXPECT_EQ(act("nothing", {}).status, 404);
  EXPECT_EQ(act("cancel", {{"reason", "Ill"}}).status, 303);
  EXPECT_EQ(get_string(appointments().at(0), "state"), "cancelled");
  EXPECT_FALSE(has(get(path), "action=\"" + path));
}

TEST_F(BookTest, TheLoaderIsSmallAndKeepsItsName) {
  Response r = get("/embed.js");
  EXPECT_EQ(r.status, 200);
  EXPECT_LE(r.body.size(), 3072u);
  EXPECT_EQ(r.header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(r.body.find("innerHTML"), std::string::npos);
}

TEST(PhoneNumbers, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(phone_number("+44 (0)117 496-0101", ""), "+441174960101");
  EXPECT_EQ(phone_number("0117 496 0101", "GB"), "+441174960101");
  EXPECT_EQ(phone_number("0033 1 23 45 67 89", "GB"), "+33123456789");
  EXPECT_FALSE(phone_number("0117 496 0101", ""));
  EXPECT_FALSE(phone_number("call me", "GB"));
  EXPECT_FALSE(phone_number("+44 117\r\n", "GB"));
}

TEST(Origins, AreSchemeAndHostOnly) {
  for (const char* good : {"https://example.org", "http://localhost:8080", "http://[::1]:80"})
    EXPECT_TRUE(is_origin(good));
  for (const char* bad :
       {"", "https://", "https://a/b", "javascript:x", "https://a b", "https://a\"", "*", "https://A@b", "null"})
    EXPECT_FALSE(is_origin(bad)) << bad;
}

}  // namespace
}  // namespace onward::pages::testing
