// What happens to a conversation when its appointment moves, is cancelled, takes place or does not.
#include "core/conversations/bench_test.h"

namespace onward::conversations {
namespace {

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
  b.does(AppointmentGone{"cancelled", {}});
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
  b.does(AppointmentGone{"cancelled", utc_time(20, 10)});
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

}  // namespace
}  // namespace onward::conversations
