// Requests, the waitlist and the question why, as people see them.
#include "app/booking/approval.h"
#include "app/booking/hands.h"
#include "app/booking/waitlist.h"
#include "pages/book_world_test.h"

#include <gmock/gmock.h>

namespace onward::pages::testing {
namespace {

using ::testing::HasSubstr;

class BookKinds : public BookTest {
 protected:
  MeetingTypeId type() {
    Json types = done([](app::Step& s) -> Result<Json> { return Json(TRY(booking::list_meeting_types(s, {0, 10}))); });
    return *MeetingTypeId::parse(get_string(types.as_array().at(0), "id"));
  }
  void change_type(json::object body) {
    MeetingTypeId id = type();
    done([&](app::Step& s) { return booking::change_meeting_type(s, id, body); });
  }
  std::vector<Json> entries() {
    std::vector<Json> out;
    done([&](app::Step& s) -> Result<Json> {
      for (Json& e : TRY(booking::list_waitlist(s, {}, {0, 100}))) out.push_back(std::move(e));
      return Json(nullptr);
    });
    return out;
  }
  std::string token(const Json& entry) {
    std::string out;
    done([&](app::Step& s) -> Result<Json> {
      out = booking::waitlist_token(s.services, *WaitlistId::parse(get_string(entry, "id")));
      return Json(nullptr);
    });
    return out;
  }
  Response join(Pairs more = {}) {
    Response page = get("/b/first-talk/wait");
    EXPECT_EQ(page.status, 200) << page.body;
    wait();
    Pairs form = {{"name", "Amara Osei"},
                  {"email", "amara@osei.example"},
                  {"times", "any"},
                  {"from_date", after(page.body, "name=\"from_date\" value=\"")},
                  {"to_date", after(page.body, "name=\"to_date\" value=\"")},
                  {"stamp", stamp(page)}};
    for (auto& [name, value] : more) {
      std::erase_if(form, [&, n = name](const auto& p) { return p.first == n; });
      form.emplace_back(name, value);
    }
    return post("/b/first-talk/wait", form);
  }
};

TEST_F(BookKinds, ARequestSaysSoAndADeclinedOneOffersOtherTimes) {
  change_type({{"approval", true}});
  Response booked = book();
  ASSERT_EQ(booked.status, 303) << booked.body;
  Response done_page = get(std::string(booked.header("Location")));
  EXPECT_TRUE(has(done_page, "We have received your request"));
  EXPECT_FALSE(has(done_page, "Your appointment is booked"));
  EXPECT_TRUE(has(done_page, "We keep this time for you and will tell you by"));
  std::string mine = "/a/" + token_in_location(booked);
  EXPECT_FALSE(has(get(mine), "Yes, I will come"));
  EXPECT_TRUE(has(get(mine + "?lang=fr"), "Nous gardons cet horaire pour vous"));

  auto id = *AppointmentId::parse(get_string(appointments().at(0), "id"));
  done([&](app::Step& s) { return booking::decline(s, id, json::object{}); });
  Response declined = get(mine);
  EXPECT_TRUE(has(declined, "this time does not work for us after all"));
  std::vector<std::string> nearest = offered(declined);
  ASSERT_EQ(nearest.size(), 3u);
  // One of them is held as if it had been chosen on the booking page.
  Response held = post("/b/first-talk", {{"start", nearest[0]}, {"stamp", stamp(declined)}});
  EXPECT_EQ(held.status, 303) << held.body;
  EXPECT_THAT(std::string(held.header("Location")), HasSubstr("/b/first-talk/details?hold="));
}

TEST_F(BookKinds, AnApprovedRequestIsAnAppointment) {
  change_type({{"approval", true}});
  Response booked = book();
  auto id = *AppointmentId::parse(get_string(appointments().at(0), "id"));
  done([&](app::Step& s) { return booking::approve(s, id); });
  Response mine = get("/a/" + token_in_location(booked));
  EXPECT_FALSE(has(mine, "will tell you by"));
  EXPECT_TRUE(has(mine, "Choose another time"));
}

TEST_F(BookKinds, TheWaitlistIsJoinedOfferedTakenAndLeft) {
  change_type({{"notice_min", 60 * 24 * 60}, {"horizon", {{"kind", "days"}, {"days", 5}}}});  // nothing is free
  Response full = get("/b/first-talk");
  EXPECT_TRUE(has(full, "/b/first-talk/wait"));
  EXPECT_TRUE(has(get("/b/first-talk/wait?lang=fr"), "Dès qu’un horaire qui vous convient se libère"));
  Response sent = join();
  ASSERT_EQ(sent.status, 303) << sent.body;
  EXPECT_TRUE(has(get(std::string(sent.header("Location"))), "You are on the list"));
  ASSERT_EQ(entries().size(), 1u);
  std::string place = "/w/" + token(entries()[0]);
  EXPECT_TRUE(has(get(place), "You are waiting"));
  EXPECT_FALSE(has(sent, place));  // the link goes by mail only

  change_type({{"notice_min", 0}, {"horizon", nullptr}});
  MeetingTypeId id = type();
  done([&](app::Step& s) -> Result<Json> {
    TRY_VOID(booking::offer_to_next(s, id));
    return Json(nullptr);
  });
  Response offer = get(place);
  EXPECT_TRUE(has(offer, "A time is free for you"));
  EXPECT_TRUE(has(get(place + "?lang=fr"), "Un horaire est libre pour vous"));
  EXPECT_EQ(get_string(entries()[0], "state"), "offered");  // looking changes nothing
  wait();
  Response taken = post(place, {{"act", "take"}, {"stamp", stamp(offer)}});
  ASSERT_EQ(taken.status, 303) << taken.body;
  EXPECT_THAT(std::string(taken.header("Location")), HasSubstr("/a/"));
  EXPECT_EQ(get_string(entries()[0], "state"), "booked");
  EXPECT_TRUE(has(get(place), "You have an appointment"));
  ASSERT_EQ(appointments().size(), 1u);
}

TEST_F(BookKinds, APlaceIsLeftByItsLinkAndForeignFormsChangeNothing) {
  change_type({{"notice_min", 60 * 24 * 60}, {"horizon", {{"kind", "days"}, {"days", 5}}}});
  join();
  std::string place = "/w/" + token(entries().at(0));
  EXPECT_EQ(post(place, {{"act", "leave"}, {"stamp", "x"}}).status, 403);
  EXPECT_EQ(get_string(entries()[0], "state"), "waiting");
  Response page = get(place);
  wait();
  EXPECT_EQ(post(place, {{"act", "leave"}, {"stamp", stamp(page)}}).status, 303);
  EXPECT_EQ(get_string(entries()[0], "why"), "left");
  EXPECT_TRUE(has(get(place), "You are not on the list any more"));
  EXPECT_EQ(get("/w/0123456789abcdef0123456789abcdef").status, 404);
}

TEST_F(BookKinds, AWishThatCannotBeIsAskedForAgainAndStays) {
  Response wrong = join({{"email", "nobody"}, {"name", "Amara <b>"}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_TRUE(has(wrong, "This is not an e-mail address"));
  EXPECT_TRUE(has(wrong, "Amara &lt;b&gt;"));
  Response order = join({{"to_date", "2020-01-01"}});
  EXPECT_EQ(order.status, 400);
  EXPECT_TRUE(entries().empty());
  change_type({{"waitlist_min", 0}});
  EXPECT_EQ(get("/b/first-talk/wait").status, 303);
}

TEST_F(BookKinds, StaffSeeWhyATimeIsNotOffered) {
  cookie = token_in(post("/signin", {{"key", key_}}));
  Response asked = get("/desk/why?type=" + type().text() + "&day=2026-03-08&time=10:00&zone=Europe/London");
  ASSERT_EQ(asked.status, 200) << asked.body;
  EXPECT_TRUE(has(asked, "not offered"));
  EXPECT_TRUE(has(asked, "It is outside the weekly hours."));  // a Sunday
  book();
  EXPECT_TRUE(has(get("/desk/why"), "of 1 came outside opening hours"));
  EXPECT_TRUE(has(get("/desk/why?day=nonsense&time=99:99&zone=Nowhere"), "Why is this time not offered?"));
}

}  // namespace
}  // namespace onward::pages::testing
