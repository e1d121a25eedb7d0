// From the time of a message to its end: every outcome, every retry, and what is still heard when nobody knows.
#include <algorithm>

#include "core/conversations/bench_test.h"

namespace onward::conversations {
namespace {

using contacts::Purpose;
using Kind = SendResult::Kind;

constexpr Purpose kPurposes[] = {Purpose::transactional, Purpose::follow_up, Purpose::marketing};

struct Outcome {
  const char* name;
  Kind kind;
  std::string_view reason;
  bool bad_address;
  const char* state;  // of a follow-up afterwards
  const char* late;   // when the report comes once the touch is in doubt; empty: it is refused
  int retry_minutes;
};
constexpr Outcome kOutcomes[] = {
    {"accepted", Kind::accepted, "", false, "sent", "sent", 0},
    {"deferred", Kind::deferred, "", false, "approved", "approved", 5},
    {"rejected", Kind::rejected, "", false, "failed", "failed", 0},
    {"no such address", Kind::rejected, "", true, "failed", "failed", 0},
    {"unknown", Kind::unknown, "", false, "in_doubt", "", 30},
    {"stopped for good", Kind::stopped, "opted_out", false, "suppressed", "suppressed", 0},
    {"lost its claim", Kind::stopped, kLostClaim, false, "approved", "approved", 5},
    {"window closed", Kind::stopped, kWindowClosed, false, "approved", "approved", 5},
    {"logged", Kind::logged, "", false, "suppressed", "suppressed", 0},
};

SendResult report(const Bench& b, const Outcome& o, int64_t token = Bench::kToken) {
  SendResult r = b.result(o.kind, token);
  r.reason = o.reason;
  r.bad_address = o.bad_address;
  return r;
}

const Touch& touch_of(const Decision& d, TouchId id) {
  for (const Touch& t : d.next.touches)
    if (t.id == id) return t;
  static const Touch none;
  ADD_FAILURE() << "the touch is gone";
  return none;
}

TEST(Sending, EveryOutcomeOfEveryPurpose) {
  for (Purpose purpose : kPurposes) {
    for (const Outcome& o : kOutcomes) {
      SCOPED_TRACE(std::string(o.name) + ", " + std::string(contacts::to_string(purpose)));
      Bench b;
      b.approved(purpose);
      b.claim();
      const Decision d = b.does(report(b, o));
      const Touch& t = touch_of(d, b.claimed);
      bool again = purpose == Purpose::transactional && o.kind == Kind::unknown;
      EXPECT_EQ(sequences::to_string(t.state), again ? "approved" : o.state);
      EXPECT_EQ(t.sent_at.has_value(), o.kind == Kind::accepted || (o.kind == Kind::unknown && !again));
      int minutes = again ? 5 : o.retry_minutes;
      EXPECT_EQ(t.next_at, minutes ? std::optional<Instant>(b.now + Minutes{minutes}) : std::nullopt);
      EXPECT_EQ(t.lease_until, std::nullopt);
      EXPECT_EQ(t.lease_token, t.state == TouchState::in_doubt ? Bench::kToken : 0);
      EXPECT_EQ(d.effects.suppress_address, o.bad_address ? "zoe@example.org" : "");
      EXPECT_EQ(b.active(), !o.bad_address);
      EXPECT_EQ(b.by_step("second") != nullptr, !t.open() && !o.bad_address) << "the next step opens when this ended";
    }
  }
}

TEST(Sending, AReportThatComesOnceItIsInDoubt) {
  for (Purpose purpose : kPurposes) {
    for (const Outcome& o : kOutcomes) {
      SCOPED_TRACE(std::string(o.name) + ", " + std::string(contacts::to_string(purpose)));
      Bench b;
      b.approved(purpose);
      b.doubted(4);  // what is transactional has been sent again three times
      b.c.recent = {*b.by_step("first")->sent_at};
      b.pass(Minutes{3});
      if (!*o.late) {
        EXPECT_EQ(b.refused(report(b, o)).code, Code::conflict);
        continue;
      }
      const Decision d = b.does(report(b, o));
      const Touch& t = touch_of(d, b.claimed);
      EXPECT_EQ(sequences::to_string(t.state), o.late);
      EXPECT_EQ(t.sent_at.has_value(), o.kind == Kind::accepted);
      if (o.kind != Kind::accepted) EXPECT_TRUE(d.next.recent.empty()) << "what did not leave is not counted";
      EXPECT_EQ(t.deadline_at, std::nullopt);
      EXPECT_EQ(t.lease_token, 0);
      if (t.open()) EXPECT_EQ(t.next_at, b.now + Minutes{60}) << "after the fourth attempt";
      EXPECT_EQ(d.effects.suppress_address, o.bad_address ? "zoe@example.org" : "");
      EXPECT_EQ(b.by_step("second") != nullptr, !t.open() && !o.bad_address);
      EXPECT_TRUE(std::any_of(d.facts.begin(), d.facts.end(), [&](const Fact& f) {
        return f.subject == t.id.value && f.data.contains("state") && f.data.at("state").as_string() == o.late;
      }));
    }
  }
}

TEST(Sending, OnlyTheSameAttemptMayTakeADoubtBack) {
  for (const Outcome& o : kOutcomes) {
    for (int64_t token : {Bench::kToken + 1, int64_t{0}}) {
      SCOPED_TRACE(o.name);
      Bench b;
      b.approved();
      b.doubted();
      if (o.kind == Kind::accepted)
        EXPECT_EQ(touch_of(b.does(report(b, o, token)), b.claimed).state, TouchState::sent) << "whoever sent it";
      else
        EXPECT_EQ(b.refused(report(b, o, token)).code, Code::conflict);
    }
  }
}

TEST(Sending, AStrangersReportIsRefusedWhileItIsOnTheWire) {
  for (const Outcome& o : kOutcomes) {
    SCOPED_TRACE(o.name);
    Bench b;
    b.approved();
    b.claim();
    EXPECT_EQ(b.refused(report(b, o, Bench::kToken + 1)).code, Code::conflict);
    EXPECT_EQ(b.refused(report(b, o, 0)).code, Code::conflict);
  }
}

TEST(Sending, AReportAboutAnEarlierAttemptIsRefused) {
  Bench b;
  b.approved();
  b.doubted();
  b.does(Resolve{b.claimed, "Ana", false});
  b.does(SendDue{b.claimed, Bench::kToken + 1});
  EXPECT_EQ(b.refused(b.result(Kind::stopped)).code, Code::conflict);
  b.pass(Minutes{5});
  b.does(Tick{});
  EXPECT_EQ(b.by_step("first")->state, TouchState::in_doubt);
  EXPECT_EQ(b.refused(b.result(Kind::stopped)).code, Code::conflict) << "the second attempt may have arrived";
}

TEST(Sending, WhatWasStoppedInTheMeantimeIsNotTriedAgain) {
  for (bool doubt : {false, true}) {
    for (bool by_hand : {false, true}) {
      SCOPED_TRACE(doubt ? "in doubt" : "on the wire");
      Bench b;
      by_hand ? b.written() : b.approved();
      doubt ? b.doubted() : b.claim();
      b.does(OptedOut{"page", ""});
      EXPECT_TRUE(b.only_open().open()) << "nobody knows yet";
      Decision d = b.does(b.result(Kind::deferred));
      EXPECT_EQ(touch_of(d, b.claimed).state, TouchState::suppressed);
    }
  }
}

TEST(Sending, TheScheduleOfRetriesAndItsEnd) {
  Bench b;
  b.approved();
  constexpr int kMinutes[] = {5, 15, 30, 60, 120, 240, 240, 240, 240};
  for (int attempt = 1; attempt <= 9; ++attempt) {
    SCOPED_TRACE(attempt);
    b.by_step("first")->next_at = b.now;
    b.does(SendDue{b.by_step("first")->id, Bench::kToken});
    b.claimed = b.by_step("first")->id;
    EXPECT_EQ(b.by_step("first")->attempt, attempt);
    b.does(b.result(Kind::deferred));
    EXPECT_EQ(b.by_step("first")->next_at, b.now + Minutes{kMinutes[attempt - 1]});
  }
  b.by_step("first")->next_at = b.now;
  b.does(SendDue{b.claimed, Bench::kToken});
  Decision d = b.does(b.result(Kind::deferred));
  EXPECT_EQ(touch_of(d, b.claimed).state, TouchState::failed);
  EXPECT_NE(b.by_step("second"), nullptr);
  EXPECT_EQ(b.by_title("Could not be sent: first").kind, "task");
}

TEST(Sending, TransactionalMailIsSentAgainThreeTimes) {
  for (int attempt = 1; attempt <= 5; ++attempt) {
    SCOPED_TRACE(attempt);
    Bench b;
    b.approved(Purpose::transactional);
    b.claim(attempt);
    std::string message_id = b.by_step("first")->message_id;
    b.does(b.result(Kind::unknown));
    const Touch& t = *b.by_step("first");
    EXPECT_EQ(sequences::to_string(t.state), attempt <= 3 ? "approved" : "in_doubt");
    EXPECT_EQ(t.next_at, b.now + Minutes{attempt <= 3 ? 5 : 30});
    EXPECT_EQ(t.message_id, message_id) << "mail programs show it once";
  }
}

TEST(Sending, ALeaseThatEndsIsADoubtOrAResend) {
  for (Purpose purpose : kPurposes) {
    Bench b;
    b.approved(purpose);
    b.claim();
    b.pass(Minutes{5} - Millis{1});
    b.does(Tick{});
    EXPECT_EQ(b.by_step("first")->state, TouchState::sending) << "the lease is not over";
    b.pass(Millis{1});
    b.does(Tick{});
    EXPECT_EQ(b.by_step("first")->state,
              purpose == Purpose::transactional ? TouchState::approved : TouchState::in_doubt);
  }
}

TEST(Sending, ADoubtEndsAfterTwoDaysAsSentWhenItBegan) {
  Bench b;
  b.approved();
  b.doubted();
  Instant began = b.now;
  EXPECT_EQ(b.by_step("first")->next_at, began + Minutes{30});
  b.at(began + Minutes{30});
  b.does(Tick{});
  EXPECT_EQ(b.by_step("first")->state, TouchState::in_doubt);
  EXPECT_EQ(b.by_step("first")->next_at, began + std::chrono::hours{48});
  b.at(began + std::chrono::hours{48} - Millis{1});
  b.does(Tick{});
  EXPECT_EQ(b.by_step("first")->state, TouchState::in_doubt);
  b.pass(Millis{1});
  b.does(Tick{});
  EXPECT_EQ(b.ended(b.claimed).state, TouchState::sent);
  EXPECT_EQ(b.ended(b.claimed).sent_at, began);
  EXPECT_EQ(b.c.conversation.last_out_at, began);
  EXPECT_GT(b.by_step("second")->due_at, b.now) << "three days after the beginning";
}

TEST(Sending, APersonResolvesADoubt) {
  for (bool arrived : {true, false}) {
    Bench b;
    b.approved();
    b.doubted();
    Instant began = b.now;
    b.pass(Minutes{20});
    Decision d = b.does(Resolve{b.claimed, "Ana", arrived});
    const Touch& t = touch_of(d, b.claimed);
    EXPECT_EQ(t.state, arrived ? TouchState::sent : TouchState::approved);
    EXPECT_EQ(t.sent_at, arrived ? std::optional(began) : std::nullopt);
    EXPECT_EQ(d.next.recent.empty(), !arrived);
    EXPECT_EQ(b.refused(Resolve{b.claimed, "Ana", arrived}).code, Code::conflict) << "only once";
  }
}

struct Answer {
  const char* name;
  std::string channel;
  bool names_it, names_another;
  int minutes_after;
  bool proves;
};
const Answer kAnswers[] = {
    {"a mail that names it", "email", true, false, 5, true},
    {"a mail that names it, by a clock that is slow", "email", true, false, -5, true},
    {"a mail that names another", "email", false, true, 5, false},
    {"a mail without a header", "email", false, false, 5, true},
    {"a mail without a header at the same moment", "email", false, false, 0, false},
    {"a mail without a header from before", "email", false, false, -1, false},
    {"a call", "phone", false, false, 5, false},
};

TEST(Sending, WhatAReplyProves) {
  for (const Answer& a : kAnswers) {
    SCOPED_TRACE(a.name);
    Bench b;
    b.approved();
    Instant began = (b.doubted(), b.now);
    std::string id = b.by_step("first")->message_id;
    b.pass(Minutes{30});
    ReplyReceived reply{.at = began + Minutes{a.minutes_after}, .channel = a.channel, .text = "Thanks"};
    reply.in_reply_to = a.names_it ? id : a.names_another ? "other@example.org" : "";
    Decision d = b.does(reply);
    const Touch& t = touch_of(d, b.claimed);
    EXPECT_EQ(t.state, a.proves ? TouchState::sent : TouchState::in_doubt);
    EXPECT_EQ(has_fact(d, "touch.sent", "the contact answered it"), a.proves);
    if (a.proves) EXPECT_EQ(t.sent_at, began);
    EXPECT_EQ(b.by_step("second"), nullptr) << "the reply stops what comes next, proved or not";
    EXPECT_FALSE(b.active());
    EXPECT_EQ(b.c.conversation.reply_waiting_at, reply.at);
  }
}

TEST(Sending, AnAnswerElsewhereProvesItAndTheSequenceGoesOn) {
  Bench b;
  b.approved();
  b.doubted();
  b.does(MessageAnswered{b.claimed});
  EXPECT_EQ(b.ended(b.claimed).state, TouchState::sent);
  EXPECT_EQ(b.ended(b.claimed).reason, "the contact answered it");
  EXPECT_NE(b.by_step("second"), nullptr);
  EXPECT_EQ(b.refused(MessageAnswered{b.by_step("second")->id}).code, Code::conflict) << "it is not in doubt";
}

struct Refusal {
  const char* name;
  void (*prepare)(Bench&);
  const char* state;
  std::string reason;
};
const Refusal kRefusals[] = {
    {"opted out", [](Bench& b) { b.c.contact->opted_out_at = b.now; }, "suppressed", "opted_out"},
    {"no address", [](Bench& b) { b.c.contact->email.clear(); }, "suppressed", "no_email_address"},
    {"suppressed", [](Bench& b) { b.c.contact->email.clear(), b.c.contact->suppressed_reason = "bounced"; },
     "suppressed", "address_suppressed: bounced"},
    {"refused",
     [](Bench& b) {
       b.c.contact->consents.push_back({Purpose::follow_up, "email", "refused", "consent", "", b.now});
     },
     "suppressed", "consent_refused"},
    {"no contact", [](Bench& b) { b.c.contact.reset(); }, "suppressed", "no contact is named"},
    {"stale", [](Bench& b) { b.at(b.by_step("first")->expires_at); }, "expired", "stale"},
};

TEST(Sending, WhatIsRefusedWhenItsTimeComes) {
  for (const Refusal& r : kRefusals) {
    SCOPED_TRACE(r.name);
    Bench b;
    TouchId id = b.approved().id;
    b.pass(Minutes{1});
    r.prepare(b);
    Decision d = b.does(SendDue{id, Bench::kToken});
    EXPECT_EQ(sequences::to_string(touch_of(d, id).state), r.state);
    EXPECT_TRUE(touch_of(d, id).reason.starts_with(r.reason)) << touch_of(d, id).reason;
    EXPECT_EQ(touch_of(d, id).attempt, 0);
  }
}

TEST(Sending, WhatIsNotDueIsNotClaimed) {
  Bench b;
  TouchId id = b.approved().id;
  b.by_step("first")->next_at = b.now + Minutes{1};
  EXPECT_EQ(b.refused(SendDue{id, Bench::kToken}).code, Code::conflict) << "too early";
  b.pass(Minutes{1});
  b.does(SendDue{id, Bench::kToken});
  EXPECT_EQ(b.refused(SendDue{id, Bench::kToken + 1}).code, Code::conflict) << "another sender has it";
  EXPECT_EQ(b.refused(SendDue{TouchId{5}, Bench::kToken}).code, Code::conflict) << "there is no such touch";
}

TEST(Sending, OutsideOfTheWindowItMovesToTheNextOpening) {
  Bench b;
  TouchId id = b.approved().id;
  b.at(utc_time(2, 19));
  Decision d = b.does(SendDue{id, Bench::kToken});
  EXPECT_EQ(touch_of(d, id).state, TouchState::planned);
  EXPECT_EQ(touch_of(d, id).next_at, utc_time(3, 8, 30));
  EXPECT_EQ(touch_of(d, id).attempt, 0);
}

TEST(Sending, TheLastGateKnowsWhenTheWindowCloses) {
  for (auto [minute, closes] : {std::pair(50, false), std::pair(57, true)}) {
    Bench b;
    TouchId id = b.approved().id;
    b.at(utc_time(2, 17, minute));
    Decision d = b.does(SendDue{id, Bench::kToken});
    EXPECT_EQ(touch_of(d, id).state, TouchState::sending);
    EXPECT_EQ(touch_of(d, id).deadline_at, closes ? std::optional(utc_time(2, 18)) : std::nullopt);
    EXPECT_EQ(touch_of(d, id).lease_until, b.now + Minutes{5});
  }
}

TEST(Sending, AMessageThatCannotBeWrittenWaitsForAPerson) {
  Bench b;
  b.add_template("broken", "About {{asset.title}}", "Text");
  sequences::Step step = Bench::email("first", 0);
  step.delay.at.reset();
  step.template_key = "broken";
  b.does(Enroll{b.publish(Bench::document({step}))});
  TouchId id = b.only_open().id;
  Decision d = b.does(SendDue{id, Bench::kToken});
  EXPECT_EQ(touch_of(d, id).state, TouchState::draft);
  EXPECT_NE(touch_of(d, id).problem.find("asset.title"), std::string::npos);
  EXPECT_EQ(b.c.conversation.next.what, "Mend and approve: first");
}

TEST(Sending, TheSecondAttemptSaysTheSameUnderTheSameName) {
  Bench b;
  b.approved();
  const Touch first = b.claim();
  EXPECT_EQ(first.subject, "Hello Zoe");
  EXPECT_EQ(first.to_address, "zoe@example.org");
  b.does(b.result(Kind::deferred));
  b.c.contact->name = "Somebody Else";
  b.pass(Minutes{5});
  b.does(SendDue{b.claimed, Bench::kToken});
  const Touch& second = *b.by_step("first");
  EXPECT_EQ(second.attempt, 2);
  EXPECT_EQ(second.message_id, first.message_id);
  EXPECT_EQ(second.body, first.body);
  Decision d = b.does(b.result(Kind::accepted));
  EXPECT_EQ(touch_of(d, b.claimed).reason, "") << "not why the first one failed";
}

TEST(Sending, ABounceStopsEverything) {
  Bench b;
  b.approved();
  b.claim();
  SendResult r = b.result(Kind::rejected);
  r.bad_address = true;
  Decision d = b.does(r);
  EXPECT_EQ(d.effects.suppress_reason, "bounced");
  EXPECT_TRUE(b.c.contact->email.empty());
  EXPECT_EQ(b.only_open().title, "Find a working address");
}

}  // namespace
}  // namespace onward::conversations
