// Sequences: when one starts, what its steps become, and how it moves to another version.
#include "core/conversations/bench_test.h"
#include "core/conversations/publish.h"

namespace onward::conversations {
namespace {

using contacts::Purpose;
using sequences::EnrollmentState;
using sequences::Reentry;
using sequences::TriggerKind;

enum class Before { nothing, running, ended };
struct Entry {
  Reentry reentry;
  Before before;
  int runs;           // in all, after the trigger has come
  const char* first;  // state of the run that was there
};
constexpr Entry kEntries[] = {
    {Reentry::never, Before::nothing, 1, ""},           {Reentry::never, Before::running, 1, "active"},
    {Reentry::never, Before::ended, 1, "stopped"},      {Reentry::after_end, Before::nothing, 1, ""},
    {Reentry::after_end, Before::running, 1, "active"}, {Reentry::after_end, Before::ended, 2, "stopped"},
    {Reentry::restart, Before::nothing, 1, ""},         {Reentry::restart, Before::running, 2, "stopped"},
    {Reentry::restart, Before::ended, 2, "stopped"},
};

sequences::Document on_no_show(Reentry reentry) {
  sequences::Document d = Bench::document({Bench::email("sorry", 1)});
  d.trigger.kind = TriggerKind::no_show;
  d.reentry = reentry;
  return d;
}

TEST(Enrolling, WhoMayEnterAgain) {
  for (const Entry& e : kEntries) {
    SCOPED_TRACE(::testing::Message() << static_cast<int>(e.reentry) << " " << static_cast<int>(e.before));
    Bench b;
    VersionId v = b.publish(on_no_show(e.reentry));
    if (e.before != Before::nothing) b.does(Enroll{v});
    if (e.before == Before::ended) b.does(Unenroll{b.newest().id, "enough"});
    b.does(NoShow{"customer"});
    EXPECT_EQ(b.c.enrollments.size(), static_cast<size_t>(e.runs));
    if (*e.first) EXPECT_EQ(sequences::to_string(b.c.enrollments.front().state), e.first);
    auto open = std::count_if(b.c.touches.begin(), b.c.touches.end(), [](const Touch& t) { return t.open(); });
    EXPECT_EQ(open, b.active() ? 1 : 0);
  }
}

TEST(Enrolling, WhatATriggerDoesNotStart) {
  const std::pair<const char*, void (*)(Bench&, sequences::Document&)> kCases[] = {
      {"another trigger", [](Bench&, auto& d) { d.trigger.kind = TriggerKind::talk_held; }},
      {"another type", [](Bench&, auto& d) { d.type = "service"; }},
      {"another stage",
       [](Bench&, auto& d) {
         d.stages = {"proposal", "booked"};
       }},
      {"a closed conversation",
       [](Bench& b, auto&) {
         b.does(OutcomeSet{Deal{{}, "lost", {}, {}, "", b.now}});
       }},
  };
  for (const auto& [name, change] : kCases) {
    SCOPED_TRACE(name);
    Bench b;
    sequences::Document d = on_no_show(Reentry::after_end);
    change(b, d);
    b.publish(d);
    if (b.c.conversation.closed_at)
      EXPECT_EQ(b.refused(NoShow{"customer"}).code, Code::conflict);
    else
      b.does(NoShow{"customer"});
    EXPECT_TRUE(b.c.enrollments.empty());
  }
}

TEST(Enrolling, OnlyTheNewestVersionStarts) {
  Bench b;
  b.publish(on_no_show(Reentry::after_end));
  VersionId second = b.publish(on_no_show(Reentry::after_end));
  b.does(NoShow{"customer"});
  ASSERT_EQ(b.c.enrollments.size(), 1u);
  EXPECT_EQ(b.newest().version, second);
}

TEST(Enrolling, ByHandIsRefusedWhatRunsOrIsNotThere) {
  Bench b;
  VersionId v = b.publish(Bench::document({Bench::email("a")}));
  b.does(Enroll{v});
  EXPECT_EQ(b.refused(Enroll{v}).code, Code::conflict);
  EXPECT_EQ(b.refused(Enroll{VersionId{1}}).code, Code::not_found);
  b.does(Unenroll{b.newest().id, "enough"});
  EXPECT_EQ(b.refused(Unenroll{b.newest().id, "enough"}).code, Code::not_found);
  b.does(Enroll{v});
  EXPECT_EQ(b.c.enrollments.size(), 2u);
}

struct Skipping {
  const char* name;
  void (*prepare)(Bench&, sequences::Step&);
  const char* reason;  // empty: it is not passed over
};
const Skipping kSkips[] = {
    {"a fact that holds",
     [](Bench&, auto& s) {
       s.only_if = {{"contact.has_email", "is", "yes"}};
     },
     ""},
    {"a fact that does not",
     [](Bench&, auto& s) {
       s.only_if = {{"contact.has_phone", "is", "yes"}};
     },
     "only if contact.has_phone is yes"},
    {"a denial that holds",
     [](Bench&, auto& s) {
       s.only_if = {{"conversation.stage", "is_not", "proposal"}};
     },
     ""},
    {"a denial that does not",
     [](Bench&, auto& s) {
       s.only_if = {{"conversation.stage", "is_not", "met"}};
     },
     "only if conversation.stage is not met"},
    {"one of two",
     [](Bench&, auto& s) {
       s.only_if = {{"contact.has_email", "is", "yes"}, {"contact.country", "is", "FR"}};
     },
     "only if contact.country is FR"},
    {"what may change until then",
     [](Bench&, auto& s) {
       s.only_if = {{"assets_opened", "is", "yes"}};
     },
     ""},
    {"no address", [](Bench& b, auto&) { b.c.contact->email.clear(); }, "no_email_address"},
    {"no consent to marketing",
     [](Bench& b, auto& s) { s.purpose = Purpose::marketing, b.c.contact->consents.clear(); }, "no_consent"},
    {"opted out", [](Bench& b, auto&) { b.c.contact->opted_out_at = b.now; }, "opted_out"},
    {"no contact", [](Bench& b, auto&) { b.c.contact.reset(); }, "no contact is named"},
    {"nothing was promised", [](Bench&, auto& s) { s.kind = sequences::StepKind::asset, s.pick = "promised"; },
     "no asset was promised"},
    {"the library is empty",
     [](Bench&, auto& s) { s.kind = sequences::StepKind::asset, s.pick = "best_fit", s.kinds = {"scope"}; },
     "no asset of the library fits that was not sent before"},
    {"a window that never opens",
     [](Bench&, auto& s) {
       s.window = calendar::Window{{}, Minutes{0}, Minutes{0}};
     },
     "no opening in the send window within 400 days"},
};

TEST(Enrolling, WhatIsPassedOverSaysWhy) {
  for (const Skipping& skip : kSkips) {
    SCOPED_TRACE(skip.name);
    Bench b;
    sequences::Step first = Bench::email("first");
    skip.prepare(b, first);
    Decision d = b.does(Enroll{b.publish(Bench::document({first, Bench::task("then")}))});
    EXPECT_EQ(b.only_open().step, *skip.reason ? "then" : "first");
    if (*skip.reason) EXPECT_TRUE(has_fact(d, "step.skipped", skip.reason));
  }
}

TEST(Enrolling, WhatMayChangeIsLookedAtWhenItsTimeComes) {
  for (bool opened : {false, true}) {
    Bench b;
    sequences::Step first = Bench::email("first");
    first.only_if = {{"assets_opened", "is", "yes"}};
    b.does(Enroll{b.publish(Bench::document({first, Bench::task("then")}))});
    TouchId id = b.only_open().id;
    b.c.assets_opened = opened;
    b.at(*b.only_open().next_at);
    b.does(SendDue{id, Bench::kToken});
    EXPECT_EQ(b.only_open().step, opened ? "first" : "then");
    if (!opened) EXPECT_EQ(b.ended(id).reason, "only if assets_opened is yes");
  }
}

TEST(Enrolling, ASequenceOfNothingIsDoneAtOnce) {
  Bench b;
  sequences::Step never = Bench::email("never");
  never.only_if = {{"contact.has_phone", "is", "yes"}};
  Decision d = b.does(Enroll{b.publish(Bench::document({never, never}))});
  EXPECT_EQ(b.newest().state, EnrollmentState::done);
  EXPECT_TRUE(has_fact(d, "enrollment.done", "every step is done"));
  EXPECT_TRUE(b.c.touches.empty());
}

TEST(Enrolling, WhenAStepIsPlanned) {
  struct Plan {
    const char* name;
    void (*prepare)(Bench&, sequences::Step&);
    Instant at;
    const char* rule;
  };
  const Plan plans[] = {
      {"the next morning", [](Bench&, auto&) {}, utc_time(3, 9, 30), "delay"},
      {"not on a weekend", [](Bench&, auto& s) { s.delay.amount = 5; }, utc_time(9, 8, 30), "window"},
      {"not while the advisor is away",
       [](Bench& b, auto&) {
         b.c.owner.absences = {{utc_time(3, 0), utc_time(5, 0)}};
       },
       utc_time(5, 8, 30), "absence"},
      {"away, and it does not matter",
       [](Bench& b, auto& s) {
         b.c.owner.absences = {{utc_time(3, 0), utc_time(5, 0)}};
         s.avoid_absence = false;
       },
       utc_time(3, 9, 30), "delay"},
      {"twenty hours after the last one", [](Bench& b, auto&) { b.c.recent = {utc_time(2, 16)}; }, utc_time(3, 12),
       "cap"},
      {"three in seven days are enough",
       [](Bench& b, auto&) {
         b.c.recent = {utc_time(1, 10), utc_time(1, 11), utc_time(2, 9)};
       },
       utc_time(9, 8, 30), "cap"},
      {"what keeps a promise is not held back",
       [](Bench& b, auto& s) {
         b.c.recent = {utc_time(2, 16)};
         s.keeps = "recap";
       },
       utc_time(3, 9, 30), "delay"},
      {"a task has no window", [](Bench&, auto& s) { s = Bench::task("first", 5); }, utc_time(7, 9, 30), "delay"},
  };
  for (const Plan& p : plans) {
    SCOPED_TRACE(p.name);
    Bench b;
    sequences::Step first = Bench::email("first");
    p.prepare(b, first);
    b.does(Enroll{b.publish(Bench::document({first}))});
    const Touch& t = b.only_open();
    EXPECT_EQ(format_rfc3339(t.due_at), format_rfc3339(p.at));
    EXPECT_TRUE(std::any_of(t.why.begin(), t.why.end(), [&](const auto& r) { return r.rule == p.rule; }));
    EXPECT_EQ(t.expires_at, t.due_at + std::chrono::hours{120});
  }
}

TEST(Enrolling, AWaitMovesWhatComesAfterIt) {
  Bench b;
  sequences::Step wait = Bench::email("wait", 3);
  wait.kind = sequences::StepKind::wait;
  b.does(Enroll{b.publish(Bench::document({wait, Bench::email("then", 1)}))});
  EXPECT_EQ(b.only_open().due_at, utc_time(6, 9, 30)) << "three days and one";
}

TEST(Enrolling, ATalkLoggedLateCountsFromTheTalk) {
  Bench b;
  sequences::Document d = Bench::document({Bench::email("soon", 1), Bench::email("later", 3)});
  d.trigger.kind = TriggerKind::talk_held;
  d.steps[1].base = sequences::Base::trigger;
  b.publish(d);
  b.at(utc_time(4, 15));
  TalkHeld held;
  held.talk.held_at = utc_time(2, 10);
  b.does(held);
  const Touch& t = *b.by_step("soon");
  EXPECT_EQ(t.due_at, utc_time(4, 15)) << "its time has passed: as soon as it may leave";
  EXPECT_EQ(t.why.back().rule, "late");
}

// Moving to another version.
struct Moving {
  const char* name;
  std::vector<std::string> before, after;
  int ended;               // steps of the old version that are over
  const char* goes_on_at;  // empty: it ends
};
const Moving kMoves[] = {
    {"the same step", {"a", "b", "c"}, {"a", "b", "c"}, 1, "b"},
    {"the step has moved to the front", {"a", "b"}, {"b", "a"}, 1, "b"},
    {"the step is gone", {"a", "b", "c"}, {"a", "c"}, 1, "c"},
    {"the step and the one before are gone", {"a", "b", "c"}, {"a", "x"}, 2, "x"},
    {"nothing is left behind it", {"a", "b"}, {"x", "a"}, 1, ""},
    {"nothing is shared", {"a", "b"}, {"x", "y"}, 1, "x"},
};

std::vector<sequences::Step> tasks(const std::vector<std::string>& keys) {
  std::vector<sequences::Step> out;
  for (const std::string& key : keys) out.push_back(Bench::task(key, 1));
  return out;
}

TEST(Enrolling, WhereAMoveGoesOn) {
  for (const Moving& m : kMoves) {
    SCOPED_TRACE(m.name);
    Bench b;
    b.does(Enroll{b.publish(Bench::document(tasks(m.before)))});
    for (int i = 0; i < m.ended; ++i) b.does(TaskDone{b.only_open().id, "Ana", ""});
    TouchId old = b.only_open().id;
    VersionId to = b.publish(Bench::document(tasks(m.after)));
    b.does(MoveVersion{b.newest().id, to});
    EXPECT_EQ(b.ended(old).reason, "moved to a new version");
    EXPECT_EQ(b.newest().version, to);
    EXPECT_EQ(b.active(), *m.goes_on_at != 0);
    if (*m.goes_on_at) EXPECT_EQ(b.only_open().step, m.goes_on_at);
  }
}

TEST(Enrolling, WhatIsApprovedOrOnItsWayStaysOnItsVersion) {
  const std::pair<const char*, void (*)(Bench&)> kCases[] = {
      {"its message is on its way", [](Bench& b) { b.claim(); }},
      {"its message is in doubt", [](Bench& b) { b.doubted(); }},
      {"its message is approved", [](Bench& b) { b.claim(), b.does(b.result(SendResult::Kind::deferred)); }},
  };
  for (const auto& [why, prepare] : kCases) {
    SCOPED_TRACE(why);
    Bench b;
    b.approved();
    prepare(b);
    VersionId to = b.publish(Bench::document({Bench::email("first"), Bench::email("other")}));
    EXPECT_EQ(b.refused(MoveVersion{b.newest().id, to}).code, Code::conflict);
    Rng rng(1);
    Names names{rng, [] { return std::string("t"); }, [](std::string_view) { return std::string("m"); }};
    auto shown = preview_move(b.c, b.newest().id, to, b.catalog, names, b.now);
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->verdict, Verdict::stays);
    EXPECT_EQ(shown->why, why);
  }
}

TEST(Enrolling, ADraftNobodyApproves) {
  struct Deadline {
    sequences::AtDeadline then;
    const char* state;
  };
  for (auto [then, state] :
       {Deadline{sequences::AtDeadline::send, "approved"}, Deadline{sequences::AtDeadline::skip, "suppressed"},
        Deadline{sequences::AtDeadline::hold, "draft"}}) {
    SCOPED_TRACE(state);
    Bench b;
    sequences::Step first = Bench::email("first");
    first.approval = sequences::ApprovalRule{4, then};
    b.does(Enroll{b.publish(Bench::document({first, Bench::task("then")}))});
    TouchId id = b.only_open().id;
    EXPECT_EQ(b.only_open().state, TouchState::draft);
    b.at(*b.only_open().deadline_at);
    Decision d = b.does(Tick{});
    for (const Touch& t : d.next.touches)
      if (t.id == id) EXPECT_EQ(sequences::to_string(t.state), state);
    EXPECT_EQ(b.only_open().step, then == sequences::AtDeadline::skip ? "then" : "first");
    if (then != sequences::AtDeadline::hold) continue;
    b.at(b.only_open().expires_at);
    b.does(Tick{});
    EXPECT_EQ(b.ended(id).state, TouchState::expired) << "it is not held for ever";
    EXPECT_EQ(b.only_open().step, "then");
  }
}

TEST(Enrolling, AClosingClosesUnlessItsConditionFails) {
  for (bool applies : {true, false}) {
    Bench b;
    sequences::Step close = Bench::task("close");
    close.kind = sequences::StepKind::close;
    close.close_reason = "Gone quiet";
    close.only_if = {{"conversation.stage", "is", "met"}};
    b.does(Enroll{b.publish(Bench::document({close}))});
    if (!applies) b.does(StageEntered{Stage::proposal, {}});
    b.at(*b.only_open().next_at);
    b.does(Tick{});
    EXPECT_EQ(b.c.conversation.stage, applies ? Stage::dormant : Stage::proposal);
    EXPECT_EQ(b.c.conversation.close_reason, applies ? "Gone quiet" : "");
    EXPECT_EQ(b.newest().state, EnrollmentState::done);
  }
}

// Templates: what they may name is what there is.
TEST(Composing, AnInternalReasonIsNoVariable) {
  EXPECT_TRUE(check_template(*parse_template("{{contact.name}} {{preferences_url}}"), template_variables()));
  EXPECT_FALSE(check_template(*parse_template("{{why_asset}}"), template_variables()));
  Bench b;
  b.add_template("odd", "Hello", "Because {{why_asset}}");
  sequences::Step first = Bench::email("first");
  first.template_key = "odd";
  first.approval.emplace();
  b.does(Enroll{b.publish(Bench::document({first}))});
  EXPECT_NE(b.only_open().problem.find("why_asset"), std::string::npos);
}

TEST(Composing, EveryVariableHasAValueWhenEverythingIsKnown) {
  Bench b;
  AssetId scope = b.add_asset("Scope");
  b.c.contact->organization_name = "Acme";
  b.c.owner.email = "ana@example.org";
  b.c.owner.phone = "+33 1";
  b.c.conversation.topic = "Heating";
  b.c.talk = Talk{
      .id = {9}, .held_at = b.now, .summary = "We talked.", .key_points = {"price"}, .next_steps = {{"Quote", b.now}}};
  Touch t;
  t.id = {8};
  t.assets = {scope};
  t.enrollment = {7};
  Enrollment about;
  about.id = t.enrollment;
  about.appointment = {6};
  b.c.enrollments.push_back(about);
  b.c.appointments.push_back({.id = {6},
                              .names = {{"en", "First talk"}},
                              .ready = {{"en", "A bill"}},
                              .start = b.now,
                              .end = b.now,
                              .channel = "phone",
                              .place = "Here",
                              .with = "Ana",
                              .reason = "Ill",
                              .running_late_min = 5,
                              .link = "https://onward.example/a/t",
                              .others = {b.now}});
  Rng rng(1);
  Names names{rng, [] { return std::string("t"); }, [](std::string_view) { return std::string("m"); }};
  for (const auto& [path, type] : template_variables()) {
    SCOPED_TRACE(path);
    size_t item = path.find("[]");
    std::string text = type == VariableType::boolean ? "{{#if " + path + "}}x{{else}}x{{/if}}"
                       : type == VariableType::list  ? "{{#each " + path + "}}x{{/each}}"
                       : item == std::string::npos
                           ? "{{" + path + "}}"
                           : "{{#each " + path.substr(0, item) + "}}{{this" + path.substr(item + 2) + "}}{{/each}}";
    std::string key = "t" + path;
    b.add_template(key, "Subject", text);
    auto content = compose(b.c, t, key, b.catalog, names, b.now);
    ASSERT_TRUE(content) << content.error().message;
    EXPECT_FALSE(content->body.empty());
  }
}

}  // namespace
}  // namespace onward::conversations
