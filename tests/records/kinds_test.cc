// Kinds of meetings on both engines: events, series, approval, the waitlist; and who may touch a hold.
#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "app/advisors.h"
#include "app/booking/approval.h"
#include "app/booking/hands.h"
#include "app/booking/holds.h"
#include "app/booking/sessions.h"
#include "app/booking/slots.h"
#include "app/booking/waitlist.h"
#include "app/engine.h"
#include "app/loops.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app::booking;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Json parse(const std::string& text) { return *parse_json(text); }

// It is Friday, 20 March 2026, 09:46 UTC. Ann and Bob in Paris, Monday to Friday 09:00 to 12:00.
class Kinds : public World {
 protected:
  void SetUp() override {
    Json hours = parse(R"([{"day":"mon","from":"09:00","to":"12:00"},{"day":"tue","from":"09:00","to":"12:00"},
      {"day":"wed","from":"09:00","to":"12:00"},{"day":"thu","from":"09:00","to":"12:00"},
      {"day":"fri","from":"09:00","to":"12:00"}])");
    for (const Caller& who : {ann_north, bob_north})
      must(as(owner, [&](Step& s) {
        return app::change_advisor(s, who.advisor, json::object{{"zone", "Europe/Paris"}, {"hours", hours}});
      }));
    carl = person("carl");
    engine_ = std::make_unique<app::Engine>(*runner_, nullptr);
  }
  static Json must(Result<Json> r) {
    EXPECT_TRUE(r) << (r ? "" : r.error().message + " " + r.error().detail);
    return r ? *r : Json(json::object{});
  }
  ContactId person(const std::string& name) {
    return contact(name, {{"emails", json::array{Json(name + "@example.org")}}, {"zone", "Europe/Paris"}});
  }
  MeetingTypeId meeting_type(json::object more = {}, std::vector<Caller> hosts = {}) {
    tick();
    if (hosts.empty()) hosts = {ann_north};
    json::array list;
    for (const Caller& h : hosts) list.push_back(json::object{{"advisor_id", h.advisor.text()}});
    json::object body{{"slug", "kind-" + std::to_string(++made_)},
                      {"type", "prospect"},
                      {"name", {{"en", "A talk"}}},
                      {"length_min", 60},
                      {"hosts", list}};
    for (auto& [key, value] : more) body[key] = value;
    return *MeetingTypeId::parse(text_of(must(as(owner, [&](Step& s) { return add_meeting_type(s, body); })), "id"));
  }
  std::vector<std::string> starts(MeetingTypeId type, const std::string& from, const std::string& to) {
    std::vector<std::string> out;
    Json slots = must(as(owner, [&](Step& s) {
      return list_slots(s, type, {*parse_rfc3339(from), *parse_rfc3339(to), "Europe/Paris"}, Refusals::left_out);
    }));
    for (const Json& slot : slots.at("data").as_array()) out.push_back(get_string(slot, "start"));
    return out;
  }
  std::vector<std::string> monday(MeetingTypeId type) {
    return starts(type, "2026-03-23T00:00:00Z", "2026-03-24T00:00:00Z");
  }
  Result<Json> try_book(MeetingTypeId type, const std::string& start, ContactId who, json::object more = {}) {
    tick();
    json::object body{{"meeting_type_id", type.text()}, {"start", start}, {"contact_id", who.text()}};
    for (auto& [key, value] : more) body[key] = value;
    return as(owner, [&](Step& s) { return book(s, body); });
  }
  Json booked(MeetingTypeId type, const std::string& start, ContactId who, json::object more = {}) {
    return must(try_book(type, start, who, std::move(more)));
  }
  static AppointmentId id_of(const Json& a) { return *AppointmentId::parse(text_of(a, "id")); }
  Json shown(AppointmentId id) {
    return must(as(owner, [&](Step& s) { return get_appointment(s, id); }));
  }
  std::string stage_of(const Json& a) {
    return sql("t_stage", {ConversationId::parse(get_string(a, "conversation_id"))->value}).text(0, 0);
  }
  std::string next_of(const Json& a) {
    return sql("t_stage", {ConversationId::parse(get_string(a, "conversation_id"))->value}).text(0, 1);
  }
  Json joined(MeetingTypeId type, ContactId who, json::object more = {}) {
    tick();
    json::object body{{"meeting_type_id", type.text()},
                      {"contact_id", who.text()},
                      {"from_date", "2026-03-23"},
                      {"to_date", "2026-03-23"},
                      {"zone", "Europe/Paris"}};
    for (auto& [key, value] : more) body[key] = value;
    return must(as(owner, [&](Step& s) { return join_waitlist(s, body); }));
  }
  Json entry(const Json& made) {
    return must(as(owner, [&](Step& s) { return get_waitlist_entry(s, *WaitlistId::parse(text_of(made, "id"))); }));
  }
  void advance(const std::string& to) {
    auto done = app::advance(*engine_, clock_, *parse_rfc3339(to));
    EXPECT_TRUE(done) << (done ? "" : done.error().message + done.error().detail);
  }

  ContactId carl;
  std::unique_ptr<app::Engine> engine_;
  int made_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Engines, Kinds, ::testing::Values(ports::Engine::sqlite, ports::Engine::postgres), kind_name);

// --- approval ---

TEST_P(Kinds, ARequestOccupiesItsTimeUntilTheHostDecides) {
  auto type = meeting_type({{"approval", true}});
  Json asked = booked(type, "2026-03-23T08:00:00Z", carl);
  EXPECT_EQ(get_string(asked, "state"), "requested");
  EXPECT_NE(get_string(asked, "approve_by"), "");
  EXPECT_NE(stage_of(asked), "booked");
  EXPECT_THAT(next_of(asked), HasSubstr("Approve or decline"));
  EXPECT_THAT(monday(type), Not(Contains("2026-03-23T08:00:00Z")));
  EXPECT_EQ(as(owner, [&](Step& s) { return confirm(s, id_of(asked)); }).error().code, Code::conflict);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_appointments(s, {.state = "requested"}, {}); })->size(), 1u);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_appointments(s, {.state = "booked"}, {}); })->size(), 0u);

  Json agreed = must(as(ann_north, [&](Step& s) { return approve(s, id_of(asked)); }));
  EXPECT_EQ(get_string(agreed, "state"), "confirmed");
  EXPECT_TRUE(agreed.at("approve_by").is_null());
  EXPECT_EQ(stage_of(agreed), "booked");
  EXPECT_EQ(next_of(agreed), "Appointment");
  EXPECT_THAT(facts(), Contains("appointment.approved"));
  EXPECT_EQ(as(ann_north, [&](Step& s) { return approve(s, id_of(asked)); }).error().code, Code::conflict);
}

TEST_P(Kinds, WhatIsDeclinedIsFreeAndTheCustomerIsTold) {
  auto type = meeting_type({{"approval", true}});
  Json asked = booked(type, "2026-03-23T08:00:00Z", carl);
  EXPECT_EQ(as(cid_south, [&](Step& s) { return decline(s, id_of(asked), parse("{}")); }).error().code,
            Code::not_found);
  Json gone = must(as(ann_north, [&](Step& s) { return decline(s, id_of(asked), parse(R"({"reason":"I am ill"})")); }));
  EXPECT_EQ(get_string(gone, "state"), "declined");
  EXPECT_EQ(get_string(gone, "reason"), "I am ill");
  EXPECT_THAT(monday(type), Contains("2026-03-23T08:00:00Z"));
  ports::Rows mail = sql("t_messages");
  ASSERT_EQ(mail.size(), 1u);
  EXPECT_THAT(mail.text(0, 1), HasSubstr("I am ill"));
  EXPECT_THAT(mail.text(0, 1), HasSubstr("- 2026-03-23 10:00"));  // by the customer's wall clock
}

TEST_P(Kinds, AnUndecidedRequestIsDeclinedAtItsDeadline) {
  auto type = meeting_type({{"approval", true}, {"approval_hours", 2}});
  Json asked = booked(type, "2026-03-25T08:00:00Z", carl);
  // Two hours of Ann's opening time from Friday 10:46: 75 minutes on Friday, the rest on Monday.
  std::string by = get_string(asked, "approve_by");
  EXPECT_GT(by, "2026-03-23T08:00:00Z");
  EXPECT_LT(by, "2026-03-23T09:00:00Z");
  advance("2026-03-23T08:00:00Z");
  EXPECT_EQ(get_string(shown(id_of(asked)), "state"), "requested");
  advance("2026-03-23T09:00:00Z");
  EXPECT_EQ(get_string(shown(id_of(asked)), "state"), "declined");
  EXPECT_THAT(starts(type, "2026-03-25T00:00:00Z", "2026-03-26T00:00:00Z"), Contains("2026-03-25T08:00:00Z"));
}

TEST_P(Kinds, AHostNeedsNobodysApprovalAndAMovedTimeIsAskedForAnew) {
  auto type = meeting_type({{"approval", true}});
  Json made = must(as(ann_north, [&](Step& s) {
    return book(s, json::object{{"meeting_type_id", type.text()},
                                {"start", "2026-03-23T08:00:00Z"},
                                {"contact", {{"name", "Dora"}, {"emails", json::array{"dora@example.org"}}}}});
  }));
  EXPECT_EQ(get_string(made, "state"), "booked");
  Json moved = must(
      as(owner, [&](Step& s) { return reschedule(s, id_of(made), parse(R"({"start":"2026-03-24T08:00:00Z"})")); }));
  EXPECT_EQ(get_string(moved, "state"), "requested");
  EXPECT_NE(stage_of(moved), "booked");
  Json off = must(as(owner, [&](Step& s) { return cancel(s, id_of(made), parse("{}")); }));
  EXPECT_EQ(get_string(off, "state"), "cancelled");
  EXPECT_TRUE(off.at("approve_by").is_null());
}

// --- events ---

TEST_P(Kinds, AnEventIsOfferedAtItsSessionsAndNowhereElse) {
  auto type = meeting_type({{"event", true}, {"seats", 2}});
  EXPECT_TRUE(monday(type).empty());
  EXPECT_EQ(try_book(type, "2026-03-23T08:00:00Z", carl).error().code, Code::conflict);
  auto other = meeting_type();
  // Saturday evening is outside Ann's hours: whoever publishes says when.
  auto outside = as(manager_north, [&](Step& s) {
    return publish_sessions(s, type, parse(R"({"starts":["2026-03-23T08:00:00Z","2026-03-28T18:00:00Z"]})"));
  });
  ASSERT_FALSE(outside);
  EXPECT_EQ(parse(outside.error().members).at("failed").as_array().size(), 1u);
  Json made = must(as(manager_north, [&](Step& s) {
    return publish_sessions(s, type, parse(R"({"first":"2026-03-23T08:00:00Z","zone":"Europe/Paris",
      "repeat":{"every":"week","count":2}})"));
  }));
  ASSERT_EQ(made.at("data").as_array().size(), 2u);
  EXPECT_EQ(get_string(made.at("data").at(1), "start"), "2026-03-30T07:00:00Z");  // the clocks have changed
  EXPECT_EQ(monday(type), (std::vector<std::string>{"2026-03-23T08:00:00Z"}));
  EXPECT_THAT(monday(other), Not(Contains("2026-03-23T08:00:00Z")));  // Ann is there

  Json first = booked(type, "2026-03-23T08:00:00Z", carl);
  booked(type, "2026-03-23T08:00:00Z", person("dora"));
  EXPECT_TRUE(monday(type).empty());
  auto full = try_book(type, "2026-03-23T08:00:00Z", person("emil"));
  ASSERT_FALSE(full);
  EXPECT_EQ(get_string(parse(full.error().members).at("nearest").at(0), "start"), "2026-03-30T07:00:00Z");
  must(as(owner, [&](Step& s) { return cancel(s, id_of(first), parse("{}")); }));
  EXPECT_EQ(monday(type).size(), 1u);
}

TEST_P(Kinds, ASessionStandsWithoutPeopleAndIsTakenBackOnlyThen) {
  auto type = meeting_type({{"event", true}, {"seats", 3}});
  Json made = must(
      as(owner, [&](Step& s) { return publish_sessions(s, type, parse(R"({"starts":["2026-03-23T08:00:00Z"]})")); }));
  auto session = *EventSessionId::parse(text_of(made.at("data").at(0), "id"));
  Json one = booked(type, "2026-03-23T08:00:00Z", carl);
  auto take_back = [&] { return as(owner, [&](Step& s) { return take_back_session(s, type, session); }); };
  EXPECT_EQ(take_back().error().code, Code::conflict);
  must(as(owner, [&](Step& s) { return cancel(s, id_of(one), parse("{}")); }));
  EXPECT_EQ(sql("t_occupied").integer(0, 0), 1);
  // A hold that runs out leaves the session where it is.
  must(as(owner, [&](Step& s) {
    return place_hold(s, json::object{{"meeting_type_id", type.text()}, {"start", "2026-03-23T08:00:00Z"}});
  }));
  clock_.set(clock_.now() + 30min);
  EXPECT_EQ(try_book(meeting_type(), "2026-03-23T08:00:00Z", carl).error().code, Code::conflict);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_sessions(s, type); })->at(0).at("seats_left").as_int64(), 3);
  auto twice =
      as(owner, [&](Step& s) { return publish_sessions(s, type, parse(R"({"starts":["2026-03-23T08:00:00Z"]})")); });
  EXPECT_EQ(twice.error().code, Code::conflict);
  must(take_back());
  EXPECT_EQ(sql("t_occupied").integer(0, 0), 0);
}

// --- series ---

TEST_P(Kinds, ASeriesIsBookedAtTheSameWallClockTime) {
  auto type = meeting_type();
  Json made = booked(type, "2026-03-23T08:00:00Z", carl,
                     {{"zone", "Europe/Paris"}, {"series", {{"every", "week"}, {"count", 3}}}});
  const json::array& all = made.at("series").at("appointments").as_array();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(get_string(all[0], "start"), "2026-03-23T08:00:00Z");
  EXPECT_EQ(get_string(all[1], "start"), "2026-03-30T07:00:00Z");
  EXPECT_EQ(get_string(all[2], "start"), "2026-04-06T07:00:00Z");
  for (const Json& one : all) {
    Json a = shown(id_of(one));
    EXPECT_EQ(get_string(a, "local_start").substr(11), "09:00:00");
    EXPECT_EQ(get_string(a, "series_id"), get_string(made, "series_id"));
    EXPECT_EQ(get_string(a, "conversation_id"), get_string(made, "conversation_id"));
  }
  EXPECT_EQ(sql("t_stage", {ConversationId::parse(get_string(made, "conversation_id"))->value}).integer(0, 2),
            to_ms(*parse_rfc3339("2026-03-23T08:00:00Z")));

  must(as(owner, [&](Step& s) { return cancel(s, id_of(all[1]), parse(R"({"scope":"following"})")); }));
  EXPECT_EQ(get_string(shown(id_of(all[0])), "state"), "booked");
  EXPECT_EQ(get_string(shown(id_of(all[1])), "state"), "cancelled");
  EXPECT_EQ(get_string(shown(id_of(all[2])), "state"), "cancelled");
  EXPECT_EQ(stage_of(made), "booked");
}

TEST_P(Kinds, ASeriesIsBookedAllOrNotAtAllAndSaysWhichFail) {
  auto type = meeting_type();
  booked(type, "2026-03-30T07:00:00Z", person("dora"));
  auto refused = try_book(type, "2026-03-23T08:00:00Z", carl,
                          {{"zone", "Europe/Paris"}, {"series", {{"every", "week"}, {"count", 3}}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  Json failed = parse(refused.error().members).at("failed");
  ASSERT_EQ(failed.as_array().size(), 1u);
  EXPECT_EQ(get_string(failed.at(0), "start"), "2026-03-30T07:00:00Z");
  EXPECT_EQ(get_string(failed.at(0), "reason"), "appointment");
  EXPECT_EQ(failed.at(0).at("nearest").as_array().size(), 3u);
  EXPECT_THAT(monday(type), Contains("2026-03-23T08:00:00Z"));
  EXPECT_EQ(sql("t_occupied").integer(0, 0), 1);
}

// --- waitlist ---

TEST_P(Kinds, WhoWaitsFirstIsOfferedWhatIsFreed) {
  auto type = meeting_type({{"waitlist_min", 120}});
  std::vector<Json> taken;
  for (const std::string& start : monday(type)) taken.push_back(booked(type, start, carl));
  ASSERT_EQ(taken.size(), 3u);
  Json early = joined(type, person("dora"), {{"to_time", "10:00"}}), second = joined(type, person("emil"));
  EXPECT_THAT(get_string(early, "link"), HasSubstr("https://example.test/w/"));
  EXPECT_EQ(get_string(entry(early), "state"), "waiting");

  // 11:00 in Paris: not what Dora wishes.
  must(as(ann_north, [&](Step& s) { return cancel(s, id_of(taken[2]), parse("{}")); }));
  EXPECT_EQ(get_string(entry(early), "state"), "waiting");
  Json offered = entry(second);
  EXPECT_EQ(get_string(offered, "state"), "offered");
  EXPECT_EQ(get_string(offered.at("offer"), "start"), "2026-03-23T10:00:00Z");
  EXPECT_TRUE(monday(type).empty());  // it is kept
  ports::Rows mail = sql("t_messages");
  ASSERT_EQ(mail.size(), 1u);
  EXPECT_THAT(mail.text(0, 1), HasSubstr("https://example.test/w/"));

  Json made = must(as(owner, [&](Step& s) { return take_offer(s, *WaitlistId::parse(text_of(second, "id"))); }));
  EXPECT_EQ(get_string(made, "start"), "2026-03-23T10:00:00Z");
  EXPECT_EQ(get_string(entry(second), "state"), "booked");
  EXPECT_EQ(get_string(entry(second), "appointment_id"), get_string(made, "id"));
  EXPECT_EQ(get_string(made, "conversation_id"), get_string(second, "conversation_id"));
}

TEST_P(Kinds, AnOfferThatIsNotTakenPassesToTheNext) {
  auto type = meeting_type({{"waitlist_min", 60}});
  std::vector<Json> taken;
  for (const std::string& start : monday(type)) taken.push_back(booked(type, start, carl));
  Json first = joined(type, person("dora")), second = joined(type, person("emil"));
  must(as(owner, [&](Step& s) { return cancel(s, id_of(taken[0]), parse("{}")); }));
  std::string until = get_string(entry(first).at("offer"), "until");
  EXPECT_EQ(get_string(entry(second), "state"), "waiting");
  advance(format_rfc3339(*parse_rfc3339(until) + 1s));
  EXPECT_EQ(get_string(entry(first), "state"), "waiting");
  EXPECT_EQ(get_string(entry(second), "state"), "offered");
  EXPECT_EQ(as(owner, [&](Step& s) { return take_offer(s, *WaitlistId::parse(text_of(first, "id"))); }).error().code,
            Code::conflict);
  // Emil leaves: Dora is the next again.
  must(as(owner, [&](Step& s) { return leave_waitlist(s, *WaitlistId::parse(text_of(second, "id"))); }));
  EXPECT_EQ(get_string(entry(second), "state"), "ended");
  EXPECT_EQ(get_string(entry(first), "state"), "offered");
  EXPECT_EQ(entry(first).at("offers").as_int64(), 2);
  // After three offers, and at the end of the last day wished for, the list forgets.
  advance("2026-03-24T12:00:00Z");
  EXPECT_EQ(get_string(entry(first), "state"), "ended");
  EXPECT_EQ(get_string(entry(first), "why"), "missed");
}

TEST_P(Kinds, AHoldThatRunsOutIsOfferedToWhoWaits) {
  auto type = meeting_type();
  auto left = monday(type);
  for (size_t i = 1; i < left.size(); ++i) booked(type, left[i], carl);
  must(as(owner, [&](Step& s) {
    return place_hold(s, json::object{{"meeting_type_id", type.text()}, {"start", left[0]}});
  }));
  Json waits = joined(type, person("dora"));
  EXPECT_EQ(get_string(waits, "state"), "waiting");
  advance(format_rfc3339(clock_.now() + 11min));
  EXPECT_EQ(get_string(entry(waits), "state"), "offered");
  EXPECT_EQ(get_string(entry(waits).at("offer"), "start"), left[0]);
}

TEST_P(Kinds, AWishThatPassesEndsAndANewOneTakesItsPlace) {
  auto type = meeting_type();
  for (const std::string& start : monday(type)) booked(type, start, carl);
  ContactId dora = person("dora");
  Json first = joined(type, dora), again = joined(type, dora, {{"from_time", "09:00"}, {"to_time", "10:00"}});
  EXPECT_EQ(get_string(entry(first), "why"), "left");
  EXPECT_EQ(get_string(entry(again), "state"), "waiting");
  for (const Caller& stranger : {cid_south, manager_south})
    EXPECT_EQ(as(stranger, [&](Step& s) { return get_waitlist_entry(s, *WaitlistId::parse(text_of(again, "id"))); })
                  .error()
                  .code,
              Code::not_found);
  advance("2026-03-24T00:00:00Z");
  EXPECT_EQ(get_string(entry(again), "why"), "over");
  auto none = meeting_type({{"waitlist_min", 0}});
  EXPECT_EQ(as(owner,
               [&](Step& s) {
                 return join_waitlist(s, json::object{{"meeting_type_id", none.text()},
                                                      {"contact_id", dora.text()},
                                                      {"from_date", "2026-03-25"},
                                                      {"to_date", "2026-03-25"}});
               })
                .error()
                .code,
            Code::conflict);
}

// --- what else holds ---

TEST_P(Kinds, AHoldIsWhoseItIs) {
  auto type = meeting_type();
  Json made = must(as(ann_north, [&](Step& s) {
    return place_hold(s, json::object{{"meeting_type_id", type.text()}, {"start", "2026-03-23T08:00:00Z"}});
  }));
  auto id = *HoldId::parse(text_of(made, "id"));
  Caller foreign_owner{app::Role::owner, {}, {}, KeyId{77}};
  for (const Caller& other : {bob_north, manager_north, auditor, foreign_owner})
    EXPECT_EQ(as(other, [&](Step& s) { return get_hold(s, id); }).error().code, Code::not_found);
  EXPECT_EQ(as(bob_north, [&](Step& s) { return release_hold(s, id); }).error().code, Code::not_found);
  auto stolen = as(foreign_owner, [&](Step& s) {
    return book(s, json::object{{"hold_id", id.text()}, {"contact_id", carl.text()}});
  });
  EXPECT_EQ(stolen.error().code, Code::invalid);
  must(as(ann_north, [&](Step& s) { return release_hold(s, id); }));
}

TEST_P(Kinds, ASharedMeetingIsJoinedWithinTheHorizonOnly) {
  auto type = meeting_type({{"seats", 3}, {"horizon", {{"kind", "days"}, {"days", 5}}}});
  Json near = booked(type, "2026-03-23T08:00:00Z", carl);
  must(as(owner,
          [&](Step& s) { return change_meeting_type(s, type, parse(R"({"horizon":{"kind":"days","days":1}})")); }));
  EXPECT_TRUE(monday(type).empty());
  auto late = try_book(type, "2026-03-23T08:00:00Z", person("dora"));
  ASSERT_FALSE(late);
  EXPECT_EQ(get_string(parse(late.error().members), "reason"), "horizon");
  clock_.set(*parse_rfc3339("2026-03-22T09:00:00Z"));
  booked(type, "2026-03-23T08:00:00Z", person("emil"));
}

TEST_P(Kinds, WhoJoinsWhileTheLastOneLeavesKeepsTheSeat) {
  auto type = meeting_type({{"seats", 3}});
  json::object wish{
      {"meeting_type_id", type.text()}, {"start", "2026-03-23T08:00:00Z"}, {"contact_id", person("dora").text()}};
  Json leaving = booked(type, "2026-03-23T08:00:00Z", carl);
  std::optional<Result<Json>> came, left;
  std::promise<void> seated;
  {
    std::jthread joins([&] {
      came = as(owner, [&](Step& s) {
        auto made = book(s, wish);
        seated.set_value();
        std::this_thread::sleep_for(1500ms);  // not committed as yet
        return made;
      });
    });
    seated.get_future().wait();
    std::jthread leaves([&] { left = as(owner, [&](Step& s) { return cancel(s, id_of(leaving), parse("{}")); }); });
  }
  must(*left);
  Json there = must(*came);
  EXPECT_EQ(sql("t_seats_of", {id_of(there).value}).integer(0, 0), 1);
  EXPECT_EQ(sql("t_occupied").integer(0, 0), 1);
}

TEST_P(Kinds, AnAdvisorWithAppointmentsAheadIsNotDeleted) {
  auto type = meeting_type({}, {ann_north, bob_north});
  auto talk = conversation(carl, bob_north.advisor, north);
  Json made = booked(type, "2026-03-23T08:00:00Z", carl, {{"host_id", ann_north.advisor.text()}});
  EXPECT_EQ(get_string(made, "conversation_id"), talk.text());
  auto refused = as(owner, [&](Step& s) { return app::delete_advisor(s, ann_north.advisor); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(parse(refused.error().members).at("appointments").at(0), Json(text_of(made, "id")));
  must(as(owner, [&](Step& s) {
    return reassign(s, id_of(made), json::object{{"advisor_id", bob_north.advisor.text()}});
  }));
  EXPECT_TRUE(as(owner, [&](Step& s) { return app::delete_advisor(s, ann_north.advisor); }));
}

TEST_P(Kinds, RaisedHandsAreCountedByTheAgencysHours) {
  auto type = meeting_type();
  auto raise = [&](const std::string& at, Answered how) {
    clock_.set(*parse_rfc3339(at));
    must(as(owner, [&](Step& s) -> Result<Json> {
      count_hand(s, TRY(find_meeting_type(s, type)), how);
      return Json(nullptr);
    }));
  };
  raise("2026-03-23T10:00:00Z", Answered::booked);
  raise("2026-03-23T21:00:00Z", Answered::booked);
  raise("2026-03-23T22:00:00Z", Answered::call);
  raise("2026-03-23T22:30:00Z", Answered::call);
  must(as(owner, [&](Step& s) -> Result<Json> {
    Hands h = hands_raised(s, 30);
    EXPECT_EQ(h.open, 1);
    EXPECT_EQ(h.closed, 3);
    EXPECT_EQ(h.booked, 1);
    EXPECT_EQ(h.call, 2);
    EXPECT_DOUBLE_EQ(h.share(), 0.75);
    return Json(nullptr);
  }));
}

}  // namespace
}  // namespace onward::testing
