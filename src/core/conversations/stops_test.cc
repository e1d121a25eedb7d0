// The stop rules as a table: what an event does to a touch in each state, and to the sequence it belongs to.
#include <functional>

#include "core/conversations/bench_test.h"

namespace onward::conversations {
namespace {

using contacts::Purpose;

// What is open when the event comes.
struct Situation {
  const char* name;
  std::function<TouchId(Bench&)> make;
};

TouchId first_of(Bench& b, std::vector<sequences::Step> steps) {
  b.does(Enroll{b.publish(Bench::document(std::move(steps)))});
  return b.only_open().id;
}

sequences::Step with_approval(sequences::Step s) {
  s.approval.emplace();
  return s;
}

const std::vector<Situation>& situations() {
  static const std::vector<Situation> all = {
      {"planned",
       [](Bench& b) {
         return first_of(b, {Bench::email("a", 2), Bench::email("b", 3)});
       }},
      {"draft",
       [](Bench& b) {
         return first_of(b, {with_approval(Bench::email("a", 2)), Bench::email("b", 3)});
       }},
      {"approved",
       [](Bench& b) {
         TouchId id = first_of(b, {with_approval(Bench::email("a", 2)), Bench::email("b", 3)});
         b.does(Approve{id, "Ana"});
         return id;
       }},
      {"sending", [](Bench& b) { return b.approved(), b.claim().id; }},
      {"in_doubt", [](Bench& b) { return b.approved(), b.doubted().id; }},
      {"task",
       [](Bench& b) {
         return first_of(b, {Bench::task("a", 2), Bench::email("b", 3)});
       }},
      {"written",
       [](Bench& b) {
         return b.does(Compose{"Ana", "By hand", "Text"}), b.c.touches.back().id;
       }},
      {"written, sending", [](Bench& b) { return b.written(), b.claim().id; }},
      {"written, transactional", [](Bench& b) { return b.written(Purpose::transactional).id; }},
      {"own task",
       [](Bench& b) {
         b.does(AddTask{"Ana", "Call the bank", "call", b.now + std::chrono::hours{5}});
         return b.c.touches.back().id;
       }},
  };
  return all;
}

struct Rule {
  const char* event;
  std::function<Event(const Bench&, TouchId)> make;
  // The state of the touch afterwards, in the order of situations(); "!" behind it: it may leave no second time.
  std::vector<std::string> states;
  bool sequence_goes_on;
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {"a reply",
       [](const Bench& b, TouchId) {
         return ReplyReceived{b.now, "phone", "Hm"};
       },
       {"suppressed", "suppressed", "suppressed", "sending", "in_doubt", "suppressed", "suppressed", "sending!",
        "approved", "planned"},
       false},
      {"a mail that answers",
       [](const Bench& b, TouchId) {
         return ReplyReceived{b.now + Millis{0}, "email", "Hm"};
       },
       {"suppressed", "suppressed", "suppressed", "sending", "sent", "suppressed", "suppressed", "sending!", "approved",
        "planned"},
       false},
      {"a reply with a date",
       [](const Bench& b, TouchId) {
         return ReplyReceived{b.now, "phone", "Later", utc_time(20, 10)};
       },
       {"planned", "draft", "approved", "sending", "in_doubt", "planned", "approved", "sending", "approved", "planned"},
       true},
      {"a booking",
       [](const Bench&, TouchId) {
         return StageEntered{Stage::booked, utc_time(20, 10)};
       },
       {"suppressed", "suppressed", "suppressed", "sending", "in_doubt", "suppressed", "suppressed", "sending!",
        "approved", "planned"},
       false},
      {"another stage",
       [](const Bench&, TouchId) {
         return StageEntered{Stage::proposal, {}};
       },
       {"planned", "draft", "approved", "sending", "in_doubt", "planned", "approved", "sending", "approved", "planned"},
       true},
      {"an opt-out",
       [](const Bench&, TouchId) {
         return OptedOut{"page", ""};
       },
       {"suppressed", "suppressed", "suppressed", "sending", "in_doubt", "suppressed", "suppressed", "sending!",
        "approved", "planned"},
       false},
      {"no to follow-ups",
       [](const Bench&, TouchId) {
         return ConsentEnded{{Purpose::follow_up}, ""};
       },
       {"suppressed", "suppressed", "suppressed", "sending", "in_doubt", "suppressed", "suppressed", "sending!",
        "approved", "planned"},
       false},
      {"no to marketing",
       [](const Bench&, TouchId) {
         return ConsentEnded{{Purpose::marketing}, ""};
       },
       {"planned", "draft", "approved", "sending", "in_doubt", "planned", "approved", "sending", "approved", "planned"},
       true},
      {"an outcome",
       [](const Bench& b, TouchId) {
         return OutcomeSet{Deal{{}, "won", {}, {}, "", b.now}};
       },
       {"suppressed", "suppressed", "suppressed", "sending", "in_doubt", "suppressed", "suppressed", "sending!",
        "approved", "suppressed"},
       false},
      {"a talk",
       [](const Bench& b, TouchId) {
         TalkHeld held;
         held.talk.held_at = b.now;
         held.talk.recap = false;
         return held;
       },
       {"suppressed", "suppressed", "suppressed", "sending", "in_doubt", "suppressed", "approved", "sending",
        "approved", "planned"},
       false},
      {"no show",
       [](const Bench&, TouchId) { return NoShow{"customer"}; },
       {"planned", "draft", "approved", "sending", "in_doubt", "planned", "approved", "sending", "approved", "planned"},
       true},
      {"a held appointment",
       [](const Bench&, TouchId) { return AppointmentHeld{}; },
       {"planned", "draft", "approved", "sending", "in_doubt", "planned", "approved", "sending", "approved", "planned"},
       true},
      {"a cancelled appointment",
       [](const Bench&, TouchId) {
         return AppointmentCancelled{{}, "cancelled", {}};
       },
       {"planned", "draft", "approved", "sending", "in_doubt", "planned", "approved", "sending", "approved", "planned"},
       true},
      {"a skip",
       [](const Bench&, TouchId id) {
         return Skip{id, "Ana", ""};
       },
       {"suppressed", "suppressed", "suppressed", "", "", "suppressed", "suppressed", "", "suppressed", "suppressed"},
       true},
  };
  return all;
}

std::string state_after(const Decision& d, TouchId id) {
  for (const Touch& t : d.next.touches) {
    if (t.id != id) continue;
    std::string state(sequences::to_string(t.state));
    return !t.enrollment && t.state == TouchState::sending && t.expires_at <= utc_time(3, 0) ? state + "!" : state;
  }
  return "gone";
}

TEST(Stops, WhatEachEventDoesToEachTouch) {
  for (const Rule& rule : rules()) {
    ASSERT_EQ(rule.states.size(), situations().size());
    for (size_t i = 0; i < situations().size(); ++i) {
      SCOPED_TRACE(std::string(rule.event) + " while " + situations()[i].name);
      Bench b;
      TouchId id = situations()[i].make(b);
      b.pass(Minutes{1});
      Event event = rule.make(b, id);
      if (rule.states[i].empty()) {
        EXPECT_EQ(b.refused(event).code, Code::conflict);
        continue;
      }
      bool ran = b.active();
      Decision d = b.does(event);
      EXPECT_EQ(state_after(d, id), rule.states[i]);
      EXPECT_EQ(b.active(), ran && rule.sequence_goes_on);
      if (rule.sequence_goes_on) continue;
      for (const Touch& t : b.c.touches)
        EXPECT_TRUE(!t.enrollment || t.state == TouchState::sending || t.state == TouchState::in_doubt)
            << t.title << " is open though its sequence is not";
    }
  }
}

TEST(Stops, EveryStopSaysWhy) {
  const std::pair<Event, std::string_view> kWhy[] = {
      {ReplyReceived{utc_time(2, 10), "phone", "Hm"}, "the contact replied"},
      {StageEntered{Stage::booked, utc_time(20, 10)}, "an appointment was booked"},
      {OptedOut{"page", ""}, "the contact opted out"},
      {OptedOut{"merged with con_1", "merged with con_1"}, "the contact opted out: merged with con_1"},
      {ConsentEnded{{Purpose::follow_up}, "merged with con_1"}, "consent_withdrawn: merged with con_1"},
      {OutcomeSet{Deal{{}, "lost", {}, {}, "", utc_time(2, 10)}}, "the outcome is lost"},
  };
  for (const auto& [event, why] : kWhy) {
    SCOPED_TRACE(why);
    Bench b;
    TouchId id = first_of(b, {Bench::email("a", 2)});
    Decision d = b.does(event);
    EXPECT_EQ(b.ended(id).reason, why);
    EXPECT_EQ(b.newest().end_reason, why);
    EXPECT_TRUE(has_fact(d, "enrollment.stopped", why));
    EXPECT_TRUE(has_fact(d, "touch.suppressed", why));
  }
}

TEST(Stops, AfterAnEndedConsentOnlyWhatNeedsItIsPassedOver) {
  Bench b;
  sequences::Step offer = Bench::email("offer", 1);
  offer.purpose = Purpose::marketing;
  b.does(Enroll{b.publish(Bench::document({offer, Bench::email("check", 2)}))});
  TouchId id = b.only_open().id;
  b.c.contact->consents.push_back({Purpose::marketing, "any", "withdrawn", "consent", "", b.now});
  b.does(ConsentEnded{{Purpose::marketing}, ""});
  EXPECT_EQ(b.ended(id).state, TouchState::suppressed);
  EXPECT_EQ(b.only_open().step, "check");
  EXPECT_TRUE(b.active());
}

TEST(Stops, ASequenceOfTasksGoesOnWithoutConsent) {
  Bench b;
  TouchId id = first_of(b, {Bench::task("call", 1), Bench::task("again", 3)});
  b.does(ConsentEnded{{Purpose::follow_up, Purpose::marketing}, ""});
  EXPECT_EQ(b.only_open().id, id);
}

}  // namespace
}  // namespace onward::conversations
