// What happens to a conversation when its appointment moves, is cancelled, takes place or does not.
#include "core/conversations/bench_test.h"

namespace onward::conversations {
namespace {

using sequences::EnrollmentState;

// A sequence that every booking starts, and one that every no-show starts.
void publish_preparation(Bench& b) {
  sequences::Document before = Bench::document({Bench::email("prepare", 1), Bench::email("remind", 2)});
  before.trigger = {};
  before.trigger.kind = sequences::TriggerKind::stage_entered;
  before.trigger.stage = "booked";
  before.reentry = sequences::Reentry::restart;
  b.publish(before, 200);
  sequences::Document after = Bench::document({Bench::email("sorry", 1)});
  after.trigger = {};
  after.trigger.kind = sequences::TriggerKind::no_show;
  b.publish(after, 300);
}

Event booking(int day) { return StageEntered{Stage::booked, utc_time(day, 10)}; }

TEST(Appointments, ABookingStartsThePreparationAndAnotherTimeStartsItAnew) {
  Bench b;
  publish_preparation(b);
  b.does(booking(10));
  TouchId first = b.only_open().id;
  EXPECT_EQ(b.only_open().step, "prepare");
  b.pass(Minutes{5});
  b.does(booking(12));
  EXPECT_EQ(b.ended(first).state, TouchState::suppressed);
  EXPECT_EQ(b.only_open().step, "prepare");
  EXPECT_EQ(b.c.conversation.next.what, "prepare");
  EXPECT_EQ(b.c.conversation.appointment_at, utc_time(12, 10));
}

TEST(Appointments, ACancellationStopsThePreparationAndGoesBack) {
  Bench b;
  publish_preparation(b);
  b.does(booking(10));
  b.does(AppointmentCancelled{{}, "cancelled", {}});
  EXPECT_FALSE(b.active());
  EXPECT_EQ(b.newest().end_reason, "cancelled");
  EXPECT_EQ(b.c.conversation.stage, Stage::qualified);
  EXPECT_FALSE(b.c.conversation.appointment_at);
  EXPECT_EQ(b.c.conversation.next.what, "Decide the next step");
}

TEST(Appointments, ThePreparationGoesOnForAnotherAppointment) {
  Bench b;
  publish_preparation(b);
  b.does(booking(10));
  b.does(AppointmentCancelled{{}, "cancelled", utc_time(20, 10)});
  EXPECT_TRUE(b.active());
  EXPECT_EQ(b.c.conversation.stage, Stage::booked);
  EXPECT_EQ(b.c.conversation.appointment_at, utc_time(20, 10));
}

TEST(Appointments, AHeldOneWaitsForItsTalk) {
  Bench b;
  publish_preparation(b);
  b.does(booking(10));
  b.at(utc_time(10, 11));
  b.does(AppointmentHeld{});
  EXPECT_FALSE(b.active());
  EXPECT_EQ(b.c.conversation.stage, Stage::met);
  EXPECT_EQ(b.c.conversation.next.what, "Log the talk");
  EXPECT_GT(b.c.conversation.next.due, utc_time(10, 10));
  TalkHeld talk;
  talk.talk.held_at = b.now;
  talk.talk.recap = false;
  b.does(talk);
  EXPECT_NE(b.c.conversation.next.what, "Log the talk");
}

TEST(Appointments, ANoShowEndsThePreparationAndStartsTheRecovery) {
  Bench b;
  publish_preparation(b);
  b.does(booking(10));
  b.at(utc_time(10, 11));
  b.does(NoShow{"customer"});
  EXPECT_EQ(b.only_open().step, "sorry");
  EXPECT_EQ(b.c.conversation.stage, Stage::following_up);
}

// What is sent around an appointment that was booked here.

sequences::Step service(std::string key, sequences::Before before) {
  sequences::Step s = Bench::email(std::move(key));
  s.purpose = contacts::Purpose::transactional;
  s.delay = {calendar::Delay::Unit::hours, 0, {}, {}};
  s.before = before;
  return s;
}
sequences::Step at_once(std::string key) {
  sequences::Step s = service(std::move(key), {});
  s.before.reset();
  return s;
}

sequences::Document about(sequences::TriggerKind kind, std::vector<sequences::Step> steps) {
  sequences::Document d = Bench::document(std::move(steps));
  d.trigger = {};
  d.trigger.kind = kind;
  d.reentry = sequences::Reentry::restart;
  d.rules.window = {{true, true, true, true, true, true, true}, Minutes{7 * 60}, Minutes{21 * 60}};
  d.rules.quiet_from = Minutes{21 * 60}, d.rules.quiet_to = Minutes{7 * 60};
  return d;
}

using sequences::TriggerKind;

class Around : public ::testing::Test {
 protected:
  Around() { publish(b); }
  static void publish(Bench& b) {
    b.publish(
        about(TriggerKind::appointment_booked, {at_once("confirm"), service("day", {.days = 1, .at = Minutes{540}}),
                                                service("soon", {.reminders = true})}),
        400);
    b.publish(about(TriggerKind::appointment_cancelled, {at_once("gone")}), 500);
    b.publish(about(TriggerKind::appointment_late, {at_once("late")}), 600);
  }
  static Appointment appointment(int64_t id, int day, int hour = 15) {
    return {.id = {id},
            .meeting_type = "first-talk",
            .names = {{"en", "First talk"}},
            .reminders = {Minutes{120}, Minutes{1440}},
            .start = utc_time(day, hour),
            .end = utc_time(day, hour) + Minutes{30},
            .channel = "phone",
            .state = "booked",
            .link = "https://onward.example/a/t",
            .booked_at = utc_time(2, 10)};
  }
  void sent() {
    b.at(std::max(b.now, *b.only_open().next_at));
    b.claim();
    b.does(b.result(SendResult::Kind::accepted));
  }
  Bench b;
};

TEST_F(Around, EachMessageHasItsTimeBeforeTheAppointment) {
  b.does(AppointmentBooked{appointment(1, 10), {}});
  EXPECT_EQ(b.only_open().step, "confirm");
  EXPECT_EQ(b.only_open().due_at, b.now);
  EXPECT_EQ(b.c.conversation.stage, Stage::booked);
  sent();
  EXPECT_EQ(b.only_open().due_at, utc_time(9, 9));
  EXPECT_EQ(b.only_open().why.front().rule, "before");
  sent();
  EXPECT_EQ(b.only_open().due_at, utc_time(9, 15));  // each of the reminders in its turn
  sent();
  EXPECT_EQ(b.only_open().due_at, utc_time(10, 13));
  EXPECT_EQ(b.only_open().expires_at, utc_time(10, 15));
  sent();
  EXPECT_FALSE(b.active());
  EXPECT_EQ(b.newest().state, EnrollmentState::done);
}

TEST_F(Around, ATimeThatHasPassedIsSkippedAndNobodyIsRemindedLate) {
  b.does(AppointmentBooked{appointment(1, 2, 13), {}});  // in three hours
  sent();
  EXPECT_EQ(b.only_open().due_at, utc_time(2, 11));
  b.at(utc_time(2, 13));
  b.does(Tick{});
  EXPECT_FALSE(b.active());
}

TEST_F(Around, AReminderInTheNightComesInTheMorningOrNotAtAll) {
  b.does(AppointmentBooked{appointment(1, 10, 8), {}});
  sent();
  b.does(Skip{b.only_open().id, "adv_1", ""});
  b.does(Skip{b.only_open().id, "adv_1", ""});
  EXPECT_EQ(b.only_open().due_at, utc_time(10, 7));  // two hours before would be at six
  Bench early;
  early.publish(about(TriggerKind::appointment_booked, {service("soon", {.span = Minutes{60}})}), 400);
  early.does(AppointmentBooked{appointment(1, 10, 7), {}});
  EXPECT_FALSE(early.active());  // before seven nothing leaves
}

TEST_F(Around, NothingElseStopsIt) {
  const std::vector<Event> others = {ReplyReceived{b.now, "email", "See you then", {}, "", "", ""},
                                     OptedOut{"link", ""}, OutcomeSet{{{}, "lost", {}, "", "price", b.now}},
                                     AppointmentBooked{appointment(2, 12), utc_time(10, 15)}};
  for (const Event& other : others) {
    SCOPED_TRACE(other.index());
    Bench b;
    publish(b);
    b.does(AppointmentBooked{appointment(1, 10), {}});
    b.claim();
    b.does(b.result(SendResult::Kind::accepted));
    TouchId day = b.only_open().id;
    b.does(other);
    ASSERT_TRUE(b.by_step("day"));
    EXPECT_EQ(b.by_step("day")->id, day);
    b.at(utc_time(9, 9));
    b.does(SendDue{day, Bench::kToken, Millis{1000}});
    EXPECT_EQ(b.by_step("day")->state, TouchState::sending);
  }
}

TEST_F(Around, ItEndsWithTheAppointment) {
  Appointment gone = appointment(1, 10);
  gone.state = "cancelled";
  b.does(AppointmentBooked{appointment(1, 10), {}});
  TouchId confirm = b.only_open().id;
  b.does(AppointmentCancelled{gone, "the appointment was cancelled", {}});
  EXPECT_EQ(b.ended(confirm).state, TouchState::suppressed);
  EXPECT_EQ(b.only_open().step, "gone");
  EXPECT_EQ(b.c.conversation.stage, Stage::qualified);
  b.does(AppointmentBooked{appointment(2, 11), {}});  // the notice of the first one still has to leave
  EXPECT_TRUE(b.by_step("gone"));
  EXPECT_TRUE(b.by_step("confirm"));
}

TEST_F(Around, AMoveStartsItAnewForTheOtherTime) {
  b.does(AppointmentBooked{appointment(1, 10), {}});
  sent();
  TouchId day = b.only_open().id;
  Appointment moved = appointment(1, 20);
  moved.sequence = 1;
  b.does(AppointmentBooked{moved, {}});
  EXPECT_EQ(b.ended(day).state, TouchState::suppressed);
  EXPECT_EQ(b.only_open().step, "confirm");
  EXPECT_EQ(b.newest().reason, "the appointment was moved");
  sent();
  EXPECT_EQ(b.only_open().due_at, utc_time(19, 9));
}

TEST_F(Around, WhoConfirmsIsNotAskedAgain) {
  sequences::Step ask = service("ask", {.span = Minutes{48 * 60}});
  ask.only_if = {{"appointment.no_show_risk", "is", "high"}, {"appointment.confirmed", "is", "no"}};
  sequences::Step call = Bench::task("call");
  call.before = sequences::Before{.span = Minutes{24 * 60}};
  call.delay = {calendar::Delay::Unit::hours, 0, {}, {}};
  call.only_if = ask.only_if;
  b.publish(about(TriggerKind::appointment_booked, {ask, call}), 400);
  Appointment likely = appointment(1, 10);  // eight days ahead
  EXPECT_GE(no_show_risk(likely), 0.3);
  b.does(AppointmentBooked{likely, {}});
  sent();
  b.at(utc_time(9, 15));
  b.does(Tick{});
  ASSERT_EQ(b.only_open().step, "call");
  likely.state = "confirmed";
  b.does(AppointmentConfirmed{likely});
  EXPECT_FALSE(b.active());
  Appointment tomorrow = appointment(2, 3);
  EXPECT_LT(no_show_risk(tomorrow), 0.3);
  tomorrow.earlier_no_shows = 1;
  EXPECT_GE(no_show_risk(tomorrow), 0.3);
}

TEST_F(Around, ATaskThatNobodyDidEndsWhenTheAppointmentBegins) {
  sequences::Step call = Bench::task("call");
  call.before = sequences::Before{.span = Minutes{24 * 60}};
  b.publish(about(TriggerKind::appointment_booked, {call}), 400);
  b.does(AppointmentBooked{appointment(1, 10), {}});
  TouchId id = b.only_open().id;
  b.at(utc_time(9, 15));
  b.does(Tick{});
  EXPECT_EQ(b.only_open().next_at, utc_time(10, 15));
  b.at(utc_time(10, 15));
  b.does(Tick{});
  EXPECT_EQ(b.ended(id).state, TouchState::expired);
  EXPECT_FALSE(b.active());
}

TEST_F(Around, AnOutcomeLeavesTheTaskOfAnAppointmentThatStands) {
  sequences::Step call = Bench::task("call");
  call.before = sequences::Before{.span = Minutes{24 * 60}};
  b.publish(about(TriggerKind::appointment_booked, {call}), 400);
  b.does(AppointmentBooked{appointment(1, 10), {}});
  b.does(OutcomeSet{{{}, "won", {}, "", "", b.now}});
  EXPECT_EQ(b.only_open().step, "call");
  EXPECT_TRUE(b.active());
}

TEST_F(Around, ASequenceThatNamesTheMeetingTypeTakesThePlaceOfTheOthers) {
  sequences::Document own = about(TriggerKind::appointment_booked, {at_once("own")});
  own.trigger.meeting_types = {"first-talk"};
  b.publish(own, 700);
  sequences::Document foreign = about(TriggerKind::appointment_booked, {at_once("foreign")});
  foreign.trigger.meeting_types = {"other-talk"};
  b.publish(foreign, 800);
  b.does(AppointmentBooked{appointment(1, 10), {}});
  EXPECT_EQ(b.only_open().step, "own");
}

TEST_F(Around, WhatFollowsATalkCanDependOnItsMeetingType) {
  for (const auto& [slug, sequence] : {std::pair{"first-talk", 710}, {"other-talk", 720}, {"", 730}}) {
    sequences::Document after = Bench::document({Bench::email(*slug ? slug : "any")});
    after.trigger = {};
    after.trigger.kind = TriggerKind::talk_held;
    if (*slug) after.trigger.meeting_types = {slug};
    b.publish(after, sequence);
  }
  b.does(AppointmentBooked{appointment(1, 10), {}});
  b.at(utc_time(10, 16));
  TalkHeld talk;
  talk.talk.held_at = utc_time(10, 15);
  talk.talk.recap = false;
  b.does(talk);
  EXPECT_TRUE(b.by_step("first-talk"));
  EXPECT_FALSE(b.by_step("other-talk"));
  EXPECT_FALSE(b.by_step("any"));
}

TEST_F(Around, RunningLateIsToldAtOnceAndNoShowKnowsItsAppointment) {
  b.does(AppointmentBooked{appointment(1, 10), {}});
  sent();
  Appointment late = appointment(1, 10);
  late.running_late_min = 15;
  b.at(utc_time(10, 14));
  b.does(RunningLate{late});
  EXPECT_EQ(b.by_step("late")->due_at, b.now);
  sequences::Step ours = Bench::email("ours");
  ours.only_if = {{"appointment.cause", "is", "advisor"}};
  sequences::Document after = Bench::document({ours});
  after.trigger = {};
  after.trigger.kind = TriggerKind::no_show;
  b.publish(after, 900);
  Appointment missed = appointment(1, 10);
  missed.state = "no_show";
  missed.cause = "advisor";
  b.does(NoShow{"advisor", missed});
  EXPECT_EQ(b.only_open().step, "ours");
  EXPECT_EQ(b.c.conversation.stage, Stage::following_up);
}

TEST_F(Around, ABookingOpensWhatHadGoneDormant) {
  b.does(OutcomeSet{{{}, "dormant", {}, "", "quiet", b.now}});
  b.does(AppointmentBooked{appointment(1, 10), {}});
  EXPECT_FALSE(b.c.conversation.closed_at);
  EXPECT_EQ(b.c.conversation.stage, Stage::booked);
}

}  // namespace
}  // namespace onward::conversations
