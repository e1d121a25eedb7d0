// The ledger: what is owed, and how it ends.
#include "core/conversations/bench_test.h"

namespace onward::conversations {
namespace {

using promises::State;

Promise owed(std::string kind, Instant due, int64_t id = 500) {
  Promise p;
  p.id = {id};
  p.kind = p.what = std::move(kind);
  p.due_at = due;
  p.created_at = utc_time(1, 0);
  p.zone = "UTC";
  return p;
}

const Promise& settled(const Decision& d, int64_t id = 500) {
  static const Promise none;
  for (const Promise& p : d.next.promises)
    if (p.id == PromiseId{id}) return p;
  ADD_FAILURE() << "the promise is gone";
  return none;
}

struct Keeping {
  const char* name;
  int due_minutes;  // from the moment it is done
  bool was_broken;
  State state;
  const char* reason;
};
const Keeping kKeepings[] = {
    {"in time", 60, false, State::kept, "done"},
    {"on the dot", 0, false, State::kept, "done"},
    {"late, and nobody had noticed", -1, false, State::broken, "done, but after it was due"},
    {"late", -60, true, State::broken, "it was not done in time"},
};

TEST(Promising, KeptByHandInTimeOrLate) {
  for (const Keeping& k : kKeepings) {
    SCOPED_TRACE(k.name);
    Bench b;
    b.c.promises = {owed("recap", b.now + Minutes{k.due_minutes})};
    if (k.was_broken) b.does(Tick{});
    Decision d = b.does(KeepPromise{{500}, "Ana", "on paper"});
    EXPECT_EQ(settled(d).state, k.state);
    EXPECT_EQ(settled(d).reason, k.reason);
    EXPECT_EQ(settled(d).settled_at, b.now);
    EXPECT_TRUE(has_fact(d, "promise.by_hand"));
    EXPECT_EQ(has_fact(d, "promise.done_late"), k.state == State::broken);
    EXPECT_EQ(b.refused(KeepPromise{{500}, "Ana", ""}).code, Code::conflict) << "once";
  }
}

TEST(Promising, WhatIsKeptByHandNamesNoTouchThatIsNotThere) {
  for (bool planned : {false, true}) {
    Bench b;
    b.c.promises = {owed("check_in", utc_time(9, 12))};
    sequences::Step step = Bench::email("check_in", 2);
    step.keeps = "check_in";
    if (planned) b.does(Enroll{b.publish(Bench::document({step}))});
    TouchId serving = planned ? b.only_open().id : TouchId{};
    Decision d = b.does(KeepPromise{{500}, "Ana", ""});
    EXPECT_EQ(settled(d).touch, serving);
    EXPECT_EQ(settled(d).state, State::kept);
    EXPECT_EQ(d.next.touches.size(), planned ? 1u : 0u) << "nothing is made up";
  }
}

TEST(Promising, KeepingOneByHandLeavesItsLikeOwed) {
  Bench b;
  b.c.promises = {owed("check_in", utc_time(9, 12), 500), owed("check_in", utc_time(9, 12), 501)};
  Decision d = b.does(KeepPromise{{501}, "Ana", ""});
  EXPECT_EQ(settled(d, 500).state, State::owed);
  EXPECT_EQ(settled(d, 501).state, State::kept);
}

TEST(Promising, AMessageThatKeepsAKindKeepsAllOfIt) {
  Bench b;
  b.c.promises = {owed("check_in", utc_time(9, 12), 500), owed("recap", utc_time(9, 12), 501),
                  owed("check_in", utc_time(2, 10, 30), 502)};
  sequences::Step step = Bench::email("check_in", 0);
  step.delay.at.reset();
  step.keeps = "check_in";
  b.does(Enroll{b.publish(Bench::document({step}))});
  b.pass(Minutes{20});
  b.claim();
  Decision d = b.does(b.result(SendResult::Kind::accepted));
  EXPECT_EQ(settled(d, 500).state, State::kept);
  EXPECT_EQ(settled(d, 500).reason, "sent");
  EXPECT_EQ(settled(d, 500).touch, b.claimed);
  EXPECT_EQ(settled(d, 501).state, State::owed);
  EXPECT_EQ(settled(d, 502).state, State::kept);
}

TEST(Promising, AnAssetIsKeptOnlyByTheMessageThatCarriesIt) {
  Bench b;
  AssetId scope = b.add_asset("Scope"), prices = b.add_asset("Prices");
  b.c.promises = {owed("asset", utc_time(9, 12), 500), owed("asset", utc_time(9, 12), 501)};
  b.c.promises[0].asset = scope;
  b.c.promises[1].asset = prices;
  b.written().keeps = "asset";
  b.c.touches.back().assets = {scope};
  b.claim();
  Decision d = b.does(b.result(SendResult::Kind::accepted));
  EXPECT_EQ(settled(d, 500).state, State::kept);
  EXPECT_EQ(settled(d, 501).state, State::owed);
}

TEST(Promising, ItBreaksAtItsTimeAndNotBefore) {
  Bench b;
  Instant due = b.now + std::chrono::hours{1};
  b.c.promises = {owed("recap", due)};
  b.at(due - Millis{1});
  EXPECT_FALSE(has_fact(b.does(Tick{}), "promise.broken"));
  b.at(due);
  EXPECT_TRUE(has_fact(b.does(Tick{}), "promise.broken", "it was not done in time"));
  EXPECT_EQ(b.promise("recap").state, State::broken);
  EXPECT_FALSE(has_fact(b.does(Tick{}), "promise.broken")) << "once";
}

TEST(Promising, WhatWasInDoubtKeptItAfterAll) {
  for (bool in_time : {true, false}) {
    Bench b;
    sequences::Step step = Bench::email("recap", 0);
    step.delay.at.reset();
    step.keeps = "recap";
    b.c.promises = {owed("recap", b.now + (in_time ? Minutes{10} : Minutes{1}))};
    b.does(Enroll{b.publish(Bench::document({step}))});
    b.doubted();  // five minutes later
    b.pass(std::chrono::hours{1});
    b.does(Tick{});
    EXPECT_EQ(b.promise("recap").state, State::broken);
    Decision d = b.does(Resolve{b.claimed, "Ana", true});
    EXPECT_EQ(settled(d).state, in_time ? State::kept : State::broken);
    if (in_time) EXPECT_EQ(settled(d).reason, "sent in time, known only now");
    EXPECT_EQ(settled(d).settled_at, utc_time(2, 10, 5));
  }
}

TEST(Promising, ATalkOwesWhatItsTypeSays) {
  Bench b;
  b.catalog.types["advice"].promises.asset_hours = 24;
  TalkHeld held;
  held.talk.held_at = b.now;
  held.talk.assets = {b.add_asset("Scope")};
  held.talk.next_steps = {{"Send the quote", utc_time(4, 17)}};
  b.does(held);
  EXPECT_EQ(b.promise("recap").due_at, utc_time(2, 23, 59));
  EXPECT_EQ(b.promise("asset").due_at, utc_time(3, 10));
  EXPECT_EQ(b.promise("check_in").due_at, utc_time(9, 23, 59));
  EXPECT_EQ(b.promise("next_step").due_at, utc_time(4, 17));
  EXPECT_EQ(b.promise("next_step").by, AdvisorId{3});
  const Touch& task = b.by_title("Send the quote");
  EXPECT_EQ(b.promise("next_step").touch, task.id);
  EXPECT_EQ(task.advisor, AdvisorId{3});
}

TEST(Promising, TheTaskOfANextStepAndItsPromiseEndTogether) {
  for (int way : {0, 1, 2}) {
    SCOPED_TRACE(way);
    Bench b;
    TalkHeld held;
    held.talk.held_at = b.now;
    held.talk.recap = false;
    held.talk.next_steps = {{"Send the quote", utc_time(4, 17)}};
    b.does(held);
    TouchId task = b.by_title("Send the quote").id;
    PromiseId id = b.promise("next_step").id;
    Event event = way == 0   ? Event(TaskDone{task, "Ana", ""})
                  : way == 1 ? Event(KeepPromise{id, "Ana", "sent"})
                             : Event(WaivePromise{id, "Ana", "not needed"});
    Decision d = b.does(event);
    EXPECT_EQ(settled(d, id.value).state, way == 2 ? State::waived : State::kept);
    EXPECT_EQ(b.ended(task).state, way == 2 ? TouchState::suppressed : TouchState::done);
  }
}

TEST(Promising, OnlyWhatIsOwedIsWaived) {
  Bench b;
  b.c.promises = {owed("recap", b.now)};
  b.does(Tick{});
  EXPECT_EQ(b.refused(WaivePromise{{500}, "Ana", ""}).code, Code::conflict) << "broken stays broken";
  EXPECT_EQ(b.refused(WaivePromise{{501}, "Ana", ""}).code, Code::conflict) << "there is none";
}

TEST(Promising, AnOptOutWaivesWhatWouldBeWritten) {
  Bench b;
  b.c.promises = {owed("recap", utc_time(9, 0), 500), owed("next_step", utc_time(9, 0), 501)};
  Decision d = b.does(OptedOut{"page", ""});
  EXPECT_EQ(settled(d, 500).state, State::waived);
  EXPECT_EQ(settled(d, 501).state, State::owed) << "a person's own promise is no mail";
}

struct Danger {
  const char* name;
  void (*prepare)(Bench&);
  const char* cause;  // empty: none
};

void plan(Bench& b, sequences::Step s) {
  s.keeps = "check_in";
  b.does(Enroll{b.publish(Bench::document({std::move(s)}))});
}
const Danger kDangers[] = {
    {"nothing is planned", [](Bench&) {}, "not_planned"},
    {"it goes in time", [](Bench& b) { plan(b, Bench::email("check_in", 1)); }, ""},
    {"it goes too late by its own delay", [](Bench& b) { plan(b, Bench::email("check_in", 3)); }, "window"},
    {"a person is away",
     [](Bench& b) {
       b.c.owner.absences = {{utc_time(3, 0), utc_time(5, 0)}};
       plan(b, Bench::email("check_in", 1));
     },
     "absence"},
    {"a day off lies between",
     [](Bench& b) {
       b.c.place.extra_closed = {{2026, 3, 3}, {2026, 3, 4}};
       plan(b, Bench::email("check_in", 1));
     },
     "holiday"},
    {"the frequency cap holds it",
     [](Bench& b) {
       b.catalog.cap = {.gap_hours = 72, .count = 3, .days = 7};
       b.c.recent = {utc_time(2, 9)};
       plan(b, Bench::email("check_in", 1));
     },
     "cap"},
    {"a draft waits",
     [](Bench& b) {
       sequences::Step s = Bench::email("check_in", 1);
       s.approval.emplace();
       plan(b, s);
     },
     "approval_pending"},
    {"a person has to do it", [](Bench& b) { plan(b, Bench::task("check_in", 1)); }, "task_open"},
    {"no mailbox",
     [](Bench& b) {
       b.c.owner.mailbox = {};
       plan(b, Bench::email("check_in", 1));
     },
     "no_mailbox"},
};

TEST(Promising, WhatPutsItAtRisk) {
  for (const Danger& danger : kDangers) {
    SCOPED_TRACE(danger.name);
    Bench b;
    b.c.promises = {owed("check_in", utc_time(4, 9))};
    danger.prepare(b);
    auto risk = promises::risk_of(b.promise("check_in"), outlook_of(b.c, b.promise("check_in"), b.catalog), b.now);
    EXPECT_EQ(risk ? risk->cause : "", danger.cause);
  }
}

TEST(Promising, AStepThatComesLaterMayStillKeepIt) {
  Bench b;
  b.c.promises = {owed("check_in", utc_time(5, 12))};
  sequences::Step late = Bench::email("check_in", 2);
  late.base = sequences::Base::trigger;
  late.keeps = "check_in";
  b.does(Enroll{b.publish(Bench::document({Bench::email("before", 1), late}))});
  auto outlook = outlook_of(b.c, b.promise("check_in"), b.catalog);
  EXPECT_TRUE(outlook.exists);
  EXPECT_EQ(outlook.due_at, utc_time(4, 9, 30));
}

}  // namespace
}  // namespace onward::conversations
