// Booking on both engines: what is offered is bookable, a start is sold once, and a conversation moves with its
// appointment.
#include "app/booking/appointments.h"

#include <gmock/gmock.h>

#include <thread>

#include "app/advisors.h"
#include "app/booking/slots.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app::booking;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;

Json parse(const std::string& text) { return *parse_json(text); }

class BookingWorld : public World {
 protected:
  // Ann and Bob in Paris, Monday to Friday 09:00 to 12:00.
  void SetUp() override {
    Json hours = parse(R"([{"day":"mon","from":"09:00","to":"12:00"},{"day":"tue","from":"09:00","to":"12:00"},
      {"day":"wed","from":"09:00","to":"12:00"},{"day":"thu","from":"09:00","to":"12:00"},
      {"day":"fri","from":"09:00","to":"12:00"}])");
    for (const Caller& who : {ann_north, bob_north})
      must(as(owner, [&](Step& s) {
        return app::change_advisor(s, who.advisor, json::object{{"zone", "Europe/Paris"}, {"hours", hours}});
      }));
    carl = contact("Carl", {{"emails", json::array{"carl@example.org"}}, {"zone", "Europe/Paris"}});
  }

  static Json must(Result<Json> r) {
    EXPECT_TRUE(r) << (r ? "" : r.error().message + " " + r.error().detail);
    return r ? *r : Json(json::object{});
  }
  MeetingTypeId meeting_type(json::object more = {}, std::vector<Caller> hosts = {}) {
    tick();
    if (hosts.empty()) hosts = {ann_north};
    json::array list;
    for (const Caller& h : hosts) list.push_back(json::object{{"advisor_id", h.advisor.text()}});
    json::object body{{"slug", "talk-" + std::to_string(++made_)},
                      {"type", "prospect"},
                      {"name", {{"en", "A talk"}}},
                      {"length_min", 30},
                      {"step_min", 30},
                      {"hosts", list}};
    for (auto& [key, value] : more) body[key] = value;
    Json made = must(as(owner, [&](Step& s) { return add_meeting_type(s, body); }));
    return *MeetingTypeId::parse(text_of(made, "id"));
  }
  std::vector<std::string> starts(MeetingTypeId type, const std::string& from = "2026-03-23T00:00:00Z",
                                  const std::string& to = "2026-03-24T00:00:00Z") {
    std::vector<std::string> out;
    Json slots = must(as(owner, [&](Step& s) {
      return list_slots(s, type, {*parse_rfc3339(from), *parse_rfc3339(to), "Europe/Paris"}, Refusals::listed);
    }));
    for (const Json& slot : slots.at("data").as_array()) out.push_back(get_string(slot, "start"));
    return out;
  }
  Result<Json> try_book(MeetingTypeId type, const std::string& start, json::object more = {},
                        const Caller* by = nullptr) {
    tick();
    json::object body{{"meeting_type_id", type.text()}, {"start", start}};
    if (!more.contains("contact")) body["contact_id"] = carl.text();
    for (auto& [key, value] : more) body[key] = value;
    return as(by ? *by : owner, [&](Step& s) { return book(s, body); });
  }
  Json booked(MeetingTypeId type, const std::string& start, json::object more = {}) {
    return must(try_book(type, start, std::move(more)));
  }
  AppointmentId id_of(const Json& appointment) { return *AppointmentId::parse(text_of(appointment, "id")); }
  std::string stage_of(const Json& appointment) {
    return sql("t_stage", {ConversationId::parse(get_string(appointment, "conversation_id"))->value}).text(0, 0);
  }
  std::string next_of(const Json& appointment) {
    return sql("t_stage", {ConversationId::parse(get_string(appointment, "conversation_id"))->value}).text(0, 1);
  }
  int64_t occupied() { return sql("t_occupied").integer(0, 0); }
  void at(const std::string& time) { clock_.set(*parse_rfc3339(time)); }

  ContactId carl;
  int made_ = 0;
};

class Booking : public BookingWorld {};
INSTANTIATE_TEST_SUITE_P(Engines, Booking, ::testing::Values(ports::Engine::sqlite, ports::Engine::postgres),
                         kind_name);

TEST_P(Booking, SlotsComeFromHoursAbsencesExceptionsHolidaysAndBusyTime) {
  auto type = meeting_type();
  EXPECT_EQ(starts(type),
            (std::vector<std::string>{"2026-03-23T08:00:00Z", "2026-03-23T08:30:00Z", "2026-03-23T09:00:00Z",
                                      "2026-03-23T09:30:00Z", "2026-03-23T10:00:00Z", "2026-03-23T10:30:00Z"}));
  must(as(owner, [&](Step& s) {
    return app::add_absence(s, ann_north.advisor,
                            parse(R"({"starts_at":"2026-03-23T08:00:00Z","ends_at":"2026-03-23T08:45:00Z"})"));
  }));
  sql("t_busy", {int64_t{1}, ann_north.advisor.value, to_ms(*parse_rfc3339("2026-03-23T09:00:00Z")),
                 to_ms(*parse_rfc3339("2026-03-23T09:30:00Z"))});
  sql("t_exception", {int64_t{2}, ann_north.advisor.value, std::string("2026-03-24")});
  EXPECT_EQ(starts(type),
            (std::vector<std::string>{"2026-03-23T09:30:00Z", "2026-03-23T10:00:00Z", "2026-03-23T10:30:00Z"}));
  EXPECT_TRUE(starts(type, "2026-03-24T00:00:00Z", "2026-03-25T00:00:00Z").empty());
  Json why = must(as(
      auditor, [&](Step& s) { return explain_slot(s, type, *parse_rfc3339("2026-03-23T09:00:00Z"), "Europe/Paris"); }));
  EXPECT_FALSE(why.at("offered").as_bool());
  EXPECT_EQ(why.at("hosts").at(0).at("reasons"), parse(R"(["busy"])"));
  auto backwards = as(owner, [&](Step& s) {
    return list_slots(s, type, {clock_.now(), clock_.now(), ""}, Refusals::listed);
  });
  ASSERT_FALSE(backwards);
  EXPECT_EQ(backwards.error().code, Code::invalid);
}

TEST_P(Booking, EverythingOfferedCanBeBookedAndThenIsNotOffered) {
  auto type = meeting_type({{"buffer_after_min", 15}}, {ann_north, bob_north});
  int count = 0;
  for (auto left = starts(type); !left.empty() && count < 20; left = starts(type), ++count) {
    Json made = booked(type, left.front());
    EXPECT_EQ(get_string(made, "state"), "booked");
    EXPECT_THAT(get_strings(made, "hosts"), IsSubsetOf({ann_north.advisor.text(), bob_north.advisor.text()}));
  }
  EXPECT_EQ(count, 6);  // three of each host, whose times begin anew on the half hour after a buffer
  EXPECT_TRUE(starts(type).empty());
}

TEST_P(Booking, TheConversationMovesWithItsAppointment) {
  auto type = meeting_type({{"cancel_notice_min", 60}});
  Json made = booked(type, "2026-03-23T09:00:00Z", {{"topic", "A pension"}, {"zone", "Asia/Tokyo"}});
  EXPECT_EQ(get_string(made, "local_start"), "2026-03-23T18:00:00");
  EXPECT_THAT(get_string(made, "link"), HasSubstr("https://example.test/a/"));
  EXPECT_EQ(stage_of(made), "booked");
  EXPECT_EQ(next_of(made), "Appointment");
  auto id = id_of(made);

  tick();
  Json moved =
      must(as(owner, [&](Step& s) { return reschedule(s, id, parse(R"({"start":"2026-03-24T08:00:00Z"})")); }));
  EXPECT_EQ(moved.at("sequence").as_int64(), 1);
  EXPECT_EQ(get_string(moved, "local_start"), "2026-03-24T17:00:00");
  EXPECT_EQ(get_string(moved, "conversation_id"), get_string(made, "conversation_id"));
  EXPECT_EQ(occupied(), 1);
  EXPECT_THAT(starts(type), Contains("2026-03-23T09:00:00Z"));

  EXPECT_EQ(as(owner, [&](Step& s) { return held(s, id); }).error().code, Code::conflict);
  at("2026-03-24T07:55:00Z");
  must(as(ann_north, [&](Step& s) { return check_in(s, id); }));
  Json met = must(as(ann_north, [&](Step& s) { return held(s, id); }));
  EXPECT_EQ(get_string(met, "state"), "held");
  EXPECT_EQ(stage_of(met), "met");
  EXPECT_EQ(next_of(met), "Log the talk");
  EXPECT_EQ(as(owner, [&](Step& s) { return cancel(s, id, parse("{}")); }).error().code, Code::conflict);
  EXPECT_THAT(facts(), ::testing::IsSupersetOf({"appointment.booked", "appointment.rescheduled",
                                                "appointment.checked_in", "appointment.held", "conversation.booked"}));
}

TEST_P(Booking, CancellingFreesTheTimeAndSaysWhetherItWasLate) {
  auto type = meeting_type({{"cancel_notice_min", 60}});
  Json early = booked(type, "2026-03-23T09:00:00Z"), late = booked(type, "2026-03-23T10:00:00Z");
  EXPECT_EQ(get_string(early, "conversation_id"), get_string(late, "conversation_id"));
  Json first = must(as(owner, [&](Step& s) { return cancel(s, id_of(early), parse(R"({"reason":"ill"})")); }));
  EXPECT_FALSE(first.at("late_cancellation").as_bool());
  EXPECT_EQ(stage_of(first), "booked");  // another one is ahead
  at("2026-03-23T09:30:00Z");
  Json second = must(as(owner, [&](Step& s) { return cancel(s, id_of(late), parse("{}")); }));
  EXPECT_TRUE(second.at("late_cancellation").as_bool());
  EXPECT_EQ(stage_of(second), "qualified");
  EXPECT_EQ(next_of(second), "Decide the next step");
  EXPECT_EQ(occupied(), 0);
}

TEST_P(Booking, NoShowsNameTheirCauseAndTheNextBookingTheOneBefore) {
  auto type = meeting_type();
  Json made = booked(type, "2026-03-23T09:00:00Z");
  auto missed = [&] {
    return as(owner, [&](Step& s) { return no_show(s, id_of(made), parse(R"({"cause":"customer"})")); });
  };
  EXPECT_EQ(missed().error().code, Code::conflict);
  at("2026-03-23T09:20:00Z");
  Json gone = must(missed());
  EXPECT_EQ(get_string(gone, "cause"), "customer");
  EXPECT_EQ(stage_of(gone), "following_up");
  Json again = booked(type, "2026-03-24T09:00:00Z", {{"previous_id", text_of(made, "id")}});
  EXPECT_EQ(get_string(again, "previous_id"), get_string(made, "id"));
  EXPECT_EQ(get_string(again, "conversation_id"), get_string(made, "conversation_id"));
}

TEST_P(Booking, HoldsKeepATimeForTenMinutes) {
  auto type = meeting_type();
  json::object wish{{"meeting_type_id", type.text()}, {"start", "2026-03-23T09:00:00Z"}};
  auto hold = [&] {
    tick();
    return as(owner, [&](Step& s) { return place_hold(s, wish); });
  };
  Json first = must(hold());
  auto second = hold();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_EQ(parse(second.error().members).at("nearest").as_array().size(), 3u);
  EXPECT_EQ(try_book(type, "2026-03-23T09:00:00Z").error().code, Code::conflict);
  EXPECT_THAT(starts(type), ::testing::Not(Contains("2026-03-23T09:00:00Z")));
  json::object by_hold{{"hold_id", text_of(first, "id")}, {"contact_id", carl.text()}};
  Json made = must(as(owner, [&](Step& s) { return book(s, by_hold); }));
  EXPECT_EQ(get_string(made, "start"), "2026-03-23T09:00:00Z");
  EXPECT_FALSE(as(owner, [&](Step& s) { return book(s, by_hold); }));

  wish["start"] = "2026-03-23T10:00:00Z";
  Json left = must(hold());
  clock_.set(clock_.now() + 11min);
  EXPECT_THAT(starts(type), Contains("2026-03-23T10:00:00Z"));
  booked(type, "2026-03-23T10:00:00Z");
  auto gone = as(owner, [&](Step& s) {
    return book(s, json::object{{"hold_id", text_of(left, "id")}, {"contact_id", carl.text()}});
  });
  EXPECT_EQ(gone.error().code, Code::conflict);

  wish["start"] = "2026-03-23T10:30:00Z";
  Json third = must(hold());
  must(as(owner, [&](Step& s) { return release_hold(s, *HoldId::parse(text_of(third, "id"))); }));
  EXPECT_THAT(starts(type), Contains("2026-03-23T10:30:00Z"));
}

TEST_P(Booking, APersonIsKnownByAnAddressAndTheSameTalkGoesOn) {
  auto type = meeting_type({}, {ann_north, bob_north});
  auto enquiry = conversation(carl, bob_north.advisor, north);
  Json made = booked(type, "2026-03-23T09:00:00Z",
                     {{"contact", {{"name", "C."}, {"emails", json::array{"CARL@example.org"}}}}});
  EXPECT_EQ(get_string(made, "contact_id"), carl.text());
  EXPECT_EQ(get_string(made, "conversation_id"), enquiry.text());
  EXPECT_EQ(get_string(made, "advisor_id"), bob_north.advisor.text());  // knows Carl
  Json fresh = booked(type, "2026-03-23T09:00:00Z",
                      {{"contact", {{"name", "Dora"}, {"emails", json::array{"dora@example.org"}}}}});
  EXPECT_EQ(get_string(fresh, "advisor_id"), ann_north.advisor.text());
  EXPECT_NE(get_string(fresh, "contact_id"), carl.text());
}

TEST_P(Booking, ReassigningKeepsTheTime) {
  auto type = meeting_type({}, {ann_north, bob_north});
  Json made = booked(type, "2026-03-23T09:00:00Z", {{"host_id", ann_north.advisor.text()}});
  json::object to_bob{{"advisor_id", bob_north.advisor.text()}};
  Json moved = must(as(manager_north, [&](Step& s) { return reassign(s, id_of(made), to_bob); }));
  EXPECT_EQ(get_string(moved, "advisor_id"), bob_north.advisor.text());
  EXPECT_EQ(get_string(moved, "start"), get_string(made, "start"));
  Json other = booked(type, "2026-03-23T09:00:00Z");
  EXPECT_EQ(get_string(other, "advisor_id"), ann_north.advisor.text());
  auto refused = as(owner, [&](Step& s) { return reassign(s, id_of(other), to_bob); });
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(occupied(), 2);
}

TEST_P(Booking, OthersSeeNothingOfIt) {
  auto type = meeting_type();
  Json made = booked(type, "2026-03-23T09:00:00Z");
  for (const Caller& stranger : {cid_south, manager_south, bob_north}) {
    EXPECT_EQ(as(stranger, [&](Step& s) { return get_appointment(s, id_of(made)); }).error().code, Code::not_found);
    EXPECT_EQ(as(stranger, [&](Step& s) { return cancel(s, id_of(made), parse("{}")); }).error().code, Code::not_found);
    EXPECT_TRUE(as(stranger, [&](Step& s) { return list_appointments(s, {}, {}); })->empty());
  }
  EXPECT_EQ(as(ann_north, [&](Step& s) { return list_appointments(s, {}, {}); })->size(), 1u);
  EXPECT_EQ(as(auditor, [&](Step& s) { return cancel(s, id_of(made), parse("{}")); }).error().code, Code::forbidden);
  std::string link = get_string(made, "link"), token = link.substr(link.rfind('/') + 1);
  EXPECT_EQ(as(owner, [&](Step& s) -> Result<Json> { return Json(TRY(find_by_token(s, token)).id.text()); }),
            Json(get_string(made, "id")));
}

TEST_P(Booking, TheSchemaItselfRefusesOverlaps) {
  auto type = meeting_type();
  Json made = booked(type, "2026-03-23T09:00:00Z");
  int64_t nine = to_ms(*parse_rfc3339("2026-03-23T09:00:00Z"));
  auto insert = [&](int64_t id, int64_t from_min, int64_t to_min, const Caller& host) {
    return store_->write(ports::Lane::interactive, [&](ports::Tx& tx) -> Status {
      int64_t from = nine + from_min * 60000, to = nine + to_min * 60000;
      tx.run("meeting_insert", {id, type.value, from, to, int64_t{1}});
      tx.run("occupied_insert", {id, host.advisor.value, from, to, from, to, ports::null_value()});
      return {};
    });
  };
  for (auto [from, to] : {std::pair{0, 30}, {-10, 1}, {29, 40}, {10, 20}, {-60, 90}}) {
    Status refused = insert(5, from, to, ann_north);
    ASSERT_FALSE(refused) << from << " to " << to;
    EXPECT_EQ(refused.error().code, Code::conflict);
  }
  EXPECT_TRUE(insert(6, -30, 0, ann_north));
  EXPECT_TRUE(insert(7, 30, 60, ann_north));
  EXPECT_TRUE(insert(8, 0, 30, bob_north));
  Status moved = store_->write(ports::Lane::interactive, [&](ports::Tx& tx) -> Status {
    tx.run("t_move_occupied", {int64_t{7}, nine + 10 * 60000, nine + 40 * 60000});
    return {};
  });
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Code::conflict);
  Status beyond = store_->write(ports::Lane::interactive, [&](ports::Tx& tx) -> Status {
    tx.run("seat_insert",
           {int64_t{6}, int64_t{2}, int64_t{1}, ports::null_value(), id_of(made).value, ports::null_value()});
    return {};
  });
  EXPECT_EQ(beyond.error().code, Code::conflict);  // there is one seat
}

// How a crowd of clients fares who all want one start.
struct Fares {
  int booked = 0, told_nearest = 0, other = 0;
};

class Race : public BookingWorld {
 protected:
  Fares race(MeetingTypeId type, int clients) {
    std::vector<ContactId> people;
    for (int i = 0; i < clients; ++i) people.push_back(contact("P" + std::to_string(i)));
    std::vector<int> fates(people.size());
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < people.size(); ++i)
      threads.emplace_back([&, i] {
        json::object body{
            {"meeting_type_id", type.text()}, {"start", "2026-03-23T09:00:00Z"}, {"contact_id", people[i].text()}};
        auto r = as(owner, [&](Step& s) { return book(s, body); });
        if (r)
          fates[i] = 1;
        else if (r.error().code == Code::conflict && !r.error().members.empty() &&
                 parse(r.error().members).at("nearest").as_array().size() == 3)
          fates[i] = 2;
      });
    threads.clear();
    Fares out;
    for (int fate : fates) ++(fate == 1 ? out.booked : fate == 2 ? out.told_nearest : out.other);
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, Race, ::testing::Values(ports::Engine::sqlite, ports::Engine::postgres), kind_name);

TEST_P(Race, OneSeatIsSoldOnce) {
  Fares fares = race(meeting_type(), 200);
  EXPECT_EQ(fares.booked, 1);
  EXPECT_EQ(fares.told_nearest, 199);
}

TEST_P(Race, FiveSeatsAreSoldFiveTimes) {
  auto type = meeting_type({{"seats", 5}});
  Fares fares = race(type, 200);
  EXPECT_EQ(fares.booked, 5);
  EXPECT_EQ(fares.told_nearest, 195);
  EXPECT_EQ(occupied(), 1);
}

TEST_P(Race, APoolOfTwoSellsAStartTwice) {
  Fares fares = race(meeting_type({}, {ann_north, bob_north}), 60);
  EXPECT_EQ(fares.booked, 2);
  EXPECT_EQ(fares.told_nearest, 58);
}

TEST_P(Booking, SharedMeetingsAreOfferedUntilTheyAreFull) {
  auto type = meeting_type({{"seats", 2}, {"length_min", 60}});
  std::vector<std::string> before = starts(type);
  Json first = booked(type, "2026-03-23T09:00:00Z");
  Json list = must(as(owner, [&](Step& s) {
    return list_slots(s, type, {*parse_rfc3339("2026-03-23T00:00:00Z"), *parse_rfc3339("2026-03-24T00:00:00Z"), ""},
                      Refusals::left_out);
  }));
  int found = 0;
  for (const Json& slot : list.at("data").as_array())
    if (get_string(slot, "start") == "2026-03-23T09:00:00Z") {
      ++found;
      EXPECT_EQ(slot.at("seats_left").as_int64(), 1);
    }
  EXPECT_EQ(found, 1);
  Json second = booked(type, "2026-03-23T09:00:00Z");
  EXPECT_THAT(starts(type), ::testing::Not(Contains("2026-03-23T09:00:00Z")));
  EXPECT_EQ(try_book(type, "2026-03-23T09:00:00Z").error().code, Code::conflict);
  must(as(owner, [&](Step& s) { return cancel(s, id_of(first), parse("{}")); }));
  EXPECT_THAT(starts(type), Contains("2026-03-23T09:00:00Z"));
  must(as(owner, [&](Step& s) { return cancel(s, id_of(second), parse("{}")); }));
  EXPECT_EQ(occupied(), 0);
  EXPECT_EQ(starts(type), before);
}

TEST_P(Booking, WhatWasPromisedAsLocalTimeIsListedWhenTheRulesChange) {
  auto type = meeting_type();
  Json made = booked(type, "2026-03-23T09:00:00Z"), right = booked(type, "2026-03-23T10:00:00Z");
  auto moved = [&] {
    std::vector<MovedByZone> out;
    Status read = runner_->read(owner, [&](Step& s) -> Status {
      out = appointments_moved_by_zone_rules(s);
      return {};
    });
    EXPECT_TRUE(read);
    return out;
  };
  EXPECT_TRUE(moved().empty());
  // As if Paris had been an hour behind its present rules when it was booked.
  sql("t_promise", {id_of(made).value, std::string("2026-03-23T11:00:00")});
  auto found = moved();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, id_of(made));
  EXPECT_EQ(format_rfc3339(found[0].promised), "2026-03-23T10:00:00Z");
}

}  // namespace
}  // namespace onward::testing
