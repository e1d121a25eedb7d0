// What is next, who holds it, and when silence is long enough.
#include "core/conversations/bench_test.h"

namespace onward::conversations {
namespace {

using contacts::Purpose;

struct Next {
  const char* name;
  void (*prepare)(Bench&);
  std::string what;
  std::string by;  // ana, system, bob
  Instant due;
};

void enroll(Bench& b, sequences::Step s) { b.does(Enroll{b.publish(Bench::document({std::move(s)}))}); }
void add_task(Bench& b, Instant due) { b.does(AddTask{"Ana", "Call the bank", "call", due}); }
sequences::Step for_approval(sequences::Step s) {
  s.approval.emplace();
  return s;
}

const std::vector<Next>& all_next() {
  static const std::vector<Next> all = {
      {"nothing is planned", [](Bench& b) { b.does(Tick{}); }, "Decide the next step", "ana", utc_time(3, 17, 30)},
      {"and nobody is named",
       [](Bench& b) {
         b.c.contact.reset();
         b.c.conversation.contact = {};
         b.does(Tick{});
       },
       "Name the contact", "ana", utc_time(3, 17, 30)},
      {"a message of a sequence", [](Bench& b) { enroll(b, Bench::email("hello")); }, "hello", "system",
       utc_time(3, 9, 30)},
      {"a draft is its owner's", [](Bench& b) { enroll(b, for_approval(Bench::email("hello"))); }, "Approve: hello",
       "ana", utc_time(3, 9, 30)},
      {"a draft that says nothing yet",
       [](Bench& b) {
         sequences::Step s = for_approval(Bench::email("hello"));
         s.template_key = "missing";
         enroll(b, s);
       },
       "Mend and approve: hello", "ana", utc_time(3, 9, 30)},
      {"a message in doubt", [](Bench& b) { b.approved(), b.doubted(); }, "Check whether this arrived: first", "ana",
       utc_time(2, 10, 35)},
      {"a message on its way", [](Bench& b) { b.approved(), b.claim(); }, "first", "system", utc_time(2, 10)},
      {"a task of somebody else",
       [](Bench& b) {
         add_task(b, utc_time(5, 10));
         b.c.touches.back().advisor = {5};
         b.does(Tick{});
       },
       "Call the bank", "bob", utc_time(5, 10)},
      {"an appointment",
       [](Bench& b) {
         b.does(StageEntered{Stage::booked, utc_time(6, 10)});
       },
       "Appointment", "ana", utc_time(6, 10)},
      {"the earlier one of two", [](Bench& b) { add_task(b, utc_time(3, 8)), enroll(b, Bench::email("hello")); },
       "Call the bank", "ana", utc_time(3, 8)},
      {"the earlier one of two, the other way",
       [](Bench& b) { add_task(b, utc_time(3, 10)), enroll(b, Bench::email("hello")); }, "hello", "system",
       utc_time(3, 9, 30)},
      {"a task before an appointment",
       [](Bench& b) {
         b.does(StageEntered{Stage::booked, utc_time(6, 10)}), add_task(b, utc_time(5, 10));
       },
       "Call the bank", "ana", utc_time(5, 10)},
      {"a reply before everything, however early the rest",
       [](Bench& b) {
         add_task(b, b.now + Minutes{1}), b.does(ReplyReceived{b.now, "email", "Hm"});
       },
       "Answer the reply", "ana", utc_time(2, 14)},
      {"a reply that was answered",
       [](Bench& b) {
         b.does(ReplyReceived{b.now, "email", "Hm"}), b.does(ReplyAnswered{});
       },
       "Decide the next step", "ana", utc_time(3, 17, 30)},
      {"nobody owns it",
       [](Bench& b) {
         b.c.conversation.owner = {};
         b.does(Tick{});
       },
       "Decide the next step", "system", utc_time(3, 17, 30)},
  };
  return all;
}

TEST(NextAction, EachRule) {
  for (const Next& n : all_next()) {
    SCOPED_TRACE(n.name);
    Bench b;
    n.prepare(b);
    const NextAction& next = b.c.conversation.next;
    EXPECT_EQ(next.what, n.what);
    EXPECT_EQ(next.by, n.by == "ana" ? AdvisorId{3}.text() : n.by == "bob" ? AdvisorId{5}.text() : n.by);
    EXPECT_EQ(format_rfc3339(next.due), format_rfc3339(n.due));
  }
}

TEST(NextAction, ADecisionDoesNotSlideWhileNobodyActs) {
  Bench b;
  b.does(Tick{});
  Instant due = b.c.conversation.next.due;
  b.pass(std::chrono::days{5});
  EXPECT_FALSE(has_fact(b.does(Tick{}), "conversation.next"));
  EXPECT_EQ(b.c.conversation.next.due, due);
}

TEST(NextAction, WhatIsClosedHasNone) {
  Bench b;
  b.does(OutcomeSet{Deal{{}, "won", {}, {}, "", b.now}});
  EXPECT_EQ(b.c.conversation.next, NextAction{});
  EXPECT_EQ(next_timer(b.c), std::nullopt);
}

TEST(NextAction, TheTimeToAnswerCountsBusinessHours) {
  struct Deadline {
    Instant from;
    int hours;
    Instant due;
  };
  const Deadline deadlines[] = {{utc_time(2, 10), 4, utc_time(2, 14)},
                                {utc_time(2, 16), 4, utc_time(3, 11, 30)},
                                {utc_time(6, 16), 4, utc_time(9, 11, 30)},
                                {utc_time(2, 20), 1, utc_time(3, 10)}};
  Bench b;
  for (const Deadline& d : deadlines)
    EXPECT_EQ(format_rfc3339(business_deadline(b.c.owner, b.catalog, d.from, d.hours)), format_rfc3339(d.due));
  b.c.owner.absences = {{utc_time(2, 0), utc_time(4, 0)}};
  EXPECT_EQ(business_deadline(b.c.owner, b.catalog, utc_time(2, 10), 1), utc_time(4, 10)) << "counted from the return";
}

// Silence.
VersionId quiet_after(Bench& b, int days) {
  sequences::Document d = Bench::document({Bench::email("still there", 1)});
  d.trigger = {sequences::TriggerKind::silence, "", days};
  return b.publish(d, 200);
}

struct Silence {
  const char* name;
  void (*prepare)(Bench&);
  std::optional<Instant> at;
};

TEST(NextAction, WhenSilenceIsLongEnough) {
  const Silence silences[] = {
      {"since it was opened", [](Bench&) {}, utc_time(12, 9)},
      {"since the last talk", [](Bench& b) { b.c.conversation.last_talk_at = utc_time(2, 9, 30); },
       utc_time(12, 9, 30)},
      {"since the last word", [](Bench& b) { b.c.conversation.last_in_at = utc_time(2, 9, 40); }, utc_time(12, 9, 40)},
      {"since it was reopened", [](Bench& b) { b.c.conversation.reopened_at = utc_time(2, 9, 50); },
       utc_time(12, 9, 50)},
      {"not since we wrote", [](Bench& b) { b.c.conversation.last_out_at = utc_time(2, 9, 50); }, utc_time(12, 9)},
      {"not beside another sequence", [](Bench& b) { enroll(b, Bench::email("a")); }, std::nullopt},
      {"not while a reply waits", [](Bench& b) { b.c.conversation.reply_waiting_at = b.now; }, std::nullopt},
      {"not before an appointment", [](Bench& b) { b.c.conversation.appointment_at = utc_time(20, 9); }, std::nullopt},
      {"not after an opt-out", [](Bench& b) { b.c.contact->opted_out_at = b.now; }, std::nullopt},
      {"not without a contact", [](Bench& b) { b.c.contact.reset(); }, std::nullopt},
      {"not in another type", [](Bench& b) { b.c.conversation.type = "service"; }, std::nullopt},
  };
  for (const Silence& s : silences) {
    SCOPED_TRACE(s.name);
    Bench b;
    quiet_after(b, 10);
    s.prepare(b);
    b.does(Tick{});
    EXPECT_EQ(b.c.conversation.silence_at, s.at);
  }
}

TEST(NextAction, SilenceStartsItsSequenceOnceAndAgainAfterAWord) {
  Bench b;
  quiet_after(b, 10);
  b.does(Tick{});
  b.at(utc_time(12, 9) - Millis{1});
  b.does(Tick{});
  EXPECT_TRUE(b.c.enrollments.empty());
  b.at(utc_time(12, 9));
  b.does(Tick{});
  ASSERT_EQ(b.c.enrollments.size(), 1u);
  b.does(Unenroll{b.newest().id, "enough"});
  EXPECT_EQ(b.c.conversation.silence_at, std::nullopt) << "once a silence";
  b.at(utc_time(13, 9));
  b.does(ReplyReceived{b.now, "phone", "Yes"});
  b.does(ReplyAnswered{});
  EXPECT_EQ(b.c.conversation.silence_at, utc_time(23, 9));
}

TEST(NextAction, ToReopenBreaksTheSilence) {
  Bench b;
  quiet_after(b, 10);
  b.does(OutcomeSet{Deal{{}, "dormant", {}, {}, "", b.now}});
  EXPECT_EQ(b.c.conversation.silence_at, std::nullopt);
  b.at(utc_time(18, 9));
  b.does(Reopened{});
  EXPECT_EQ(heard_at(b.c.conversation), b.now);
  EXPECT_EQ(b.c.conversation.silence_at, utc_time(28, 9));
  // also after something else had run in between
  enroll(b, Bench::email("a"));
  EXPECT_EQ(b.c.conversation.silence_at, std::nullopt);
  b.does(Unenroll{b.newest().id, "enough"});
  EXPECT_EQ(b.c.conversation.silence_at, utc_time(28, 9));
}

}  // namespace
}  // namespace onward::conversations
