// The world does what it says, and every check can fail: each is shown a world in which its rule is broken.
#include "sim/world.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "app/conversations.h"
#include "app/sequences.h"
#include "base/check.h"
#include "base/log.h"
#include "sim/probe.h"
#include "sim/simulation.h"

namespace onward::sim {
namespace {

const Json kTalk =
    json::object{{"summary", "We spoke"}, {"next_steps", json::array{json::object{{"what", "Send the plan"}}}}};

store::Catalogue with_sabotage() {
  store::Catalogue out = probe();
  out.statements.push_back({"sim_sabotage.sql", R"(
-- name: break_state
UPDATE touch SET state = 'suppressed', ended_at = ?2, next_at = NULL WHERE id = ?1
-- name: break_timer
UPDATE touch SET next_at = NULL WHERE id = ?1
-- name: break_opt_out
UPDATE contact SET opted_out_at = ?2 WHERE id = ?1
-- name: break_purpose
UPDATE touch SET purpose = 'marketing' WHERE id = ?1
-- name: break_next
UPDATE conversation SET next_ref = 1 WHERE id = ?1
-- name: open_touches
SELECT id, state, kind, step FROM touch WHERE ended_at IS NULL ORDER BY id
)"});
  return out;
}

class WorldTest : public ::testing::Test {
 protected:
  WorldTest() : world_({.seed = 5, .installation = Installation::small, .extra = with_sabotage()}) {
    set_log_level(static_cast<LogLevel>(static_cast<int>(LogLevel::error) + 1));
    advisor_ = world_.advisor({.name = "Ana", .gap_s = 0});
    contact_ =
        world_.contact({.name = "Zoe Marchand", .email = "zoe@example.org", .zone = "Europe/Paris", .country = "FR"});
    conversation_ = world_.conversation({.contact = contact_, .owner = advisor_, .stage = "qualified"});
  }
  void talk() {
    World::must(world_.call(world_.as(advisor_), [&](Step& s) { return app::log_talk(s, conversation_, kTalk); }));
  }
  void advance(Millis by) {
    World::must(world_.advance_to(world_.now() + by).map([](int64_t) { return Json(nullptr); }));
  }
  void sabotage(std::string_view statement, ports::Params params) {
    World::must(world_.call([&](Step& s) -> Result<Json> {
      s.run(statement, params);
      return Json(nullptr);
    }));
  }
  std::string state_of(TouchId id) { return world_.rows("sim_touch", {id.value}).text(0, 8); }
  TouchId first_message() {
    Rows open = world_.rows("open_touches");
    for (size_t r = 0; r < open.size(); ++r)
      if (open.text(r, 2) == "email" || open.text(r, 2) == "asset") return {open.integer(r, 0)};
    return {};
  }
  // Calls `look` in the moment in which the recap has been claimed and nothing has left.
  void at_the_recap(const std::function<void(TouchId)>& look) {
    bool reached = false;
    world_.courier().at = [&](Moment moment, const ports::Message& m) {
      if (moment != Moment::claimed) return;
      reached = true;
      look(m.touch);
    };
    talk();
    advance(std::chrono::hours{3});
    EXPECT_TRUE(reached);
  }
  template <class F>
  void expect_broken(Rule rule, F look) {
    try {
      look();
      ADD_FAILURE() << "nothing was found";
    } catch (const Violation& v) {
      EXPECT_EQ(v.rule, rule) << v.what();
    }
  }

  World world_;
  AdvisorId advisor_;
  ContactId contact_;
  ConversationId conversation_;
};

TEST_F(WorldTest, SendsTheRecapOnceAtItsTime) {
  Instant before = world_.now();
  talk();
  advance(std::chrono::hours{4});
  ASSERT_EQ(world_.courier().mails().size(), 1u);
  const Mail& mail = world_.courier().mails()[0];
  EXPECT_EQ(mail.at, before + std::chrono::hours{1});
  EXPECT_EQ(mail.to, "zoe@example.org");
  EXPECT_NE(mail.body.find("We spoke"), std::string::npos);
  EXPECT_EQ(state_of(mail.touch), "sent");
}

class CrashTest : public WorldTest, public ::testing::WithParamInterface<Moment> {};

TEST_P(CrashTest, NeverSendsTwice) {
  TouchId touch;
  world_.courier().at = [&](Moment m, const ports::Message& message) {
    if (touch || m != GetParam()) return;
    touch = message.touch;
    throw Crash("test");
  };
  talk();
  EXPECT_THROW((void)world_.advance_to(world_.now() + std::chrono::hours{3}), Crash);
  world_.kill_and_restart();
  EXPECT_EQ(state_of(touch), "sending");
  advance(std::chrono::minutes{6});
  EXPECT_EQ(state_of(touch), "in_doubt") << "the lease has ended";
  advance(std::chrono::hours{49});
  EXPECT_EQ(state_of(touch), "sent") << "held, and assumed";
  bool left = GetParam() == Moment::handed || GetParam() == Moment::reported;
  int64_t copies = 0;
  for (const Mail& m : world_.courier().mails()) copies += m.touch == touch;
  EXPECT_EQ(copies, left ? 1 : 0);
}
INSTANTIATE_TEST_SUITE_P(AtEveryMoment, CrashTest,
                         ::testing::Values(Moment::claimed, Moment::gated, Moment::handed, Moment::reported));

TEST_F(WorldTest, TwoSendersKeepOneContactsCap) {
  AdvisorId other = world_.advisor({.name = "Ben", .email = "ben@firm.example", .gap_s = 0});
  ConversationId second = world_.conversation({.contact = contact_, .owner = other, .stage = "qualified"});
  Json document = *parse_json(R"({"name":"At once","type":"advice","trigger":{"on":"manual"},"steps":[
    {"key":"one","do":"email","title":"One","template":"advice_check_in","delay":{"hours":0}}]})");
  SequenceId sequence = *world_.sequence(document);
  for (ConversationId c : {conversation_, second})
    World::must(world_.call([&](Step& s) { return app::add_enrollment(s, c, sequence); }));
  int senders = 0;
  world_.courier().at = [&](Moment moment, const ports::Message&) {
    if (moment == Moment::claimed && ++senders == 1) EXPECT_TRUE(world_.engine().send_once());
  };
  advance(std::chrono::hours{5});
  EXPECT_EQ(world_.courier().mails().size(), 1u) << "the other one waits for the gap";
  advance(std::chrono::hours{24});
  EXPECT_EQ(world_.courier().mails().size(), 2u);
}

TEST_F(WorldTest, ACommitIsLostBeforeAndKeptAfter) {
  for (auto [fault, kept] : {std::pair{WriteFault::crash_before, false}, {WriteFault::crash_after, true}}) {
    int64_t before = world_.facts();
    world_.store().before_write = [fault = fault] { return fault; };
    EXPECT_THROW(talk(), Crash);
    world_.store().before_write = nullptr;
    world_.kill_and_restart();
    EXPECT_EQ(world_.facts() > before, kept);
  }
  world_.store().before_write = [] { return WriteFault::unavailable; };
  auto refused = world_.call([](Step&) -> Result<Json> { return Json(nullptr); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
}

TEST(World, KeepsWhatIsInItsFileAcrossARestart) {
  auto path = std::filesystem::temp_directory_path() / "onward_world_test.db";
  std::filesystem::remove(path);
  {
    World w({.path = path.string(), .installation = Installation::small});
    ContactId id = w.contact({.name = "Zoe"});
    w.kill_and_restart();
    EXPECT_TRUE(w.call([&](Step& s) -> Result<Json> {
                   return Json(!s.run("contact_for_new", {id.value}).empty());
                 })->as_bool());
  }
  std::filesystem::remove(path);
}

TEST_F(WorldTest, FindsAStateWithoutAFact) {
  talk();
  Checks checks(world_);
  sabotage("break_state", {first_message().value, to_ms(world_.now())});
  expect_broken(Rule::facts, [&] { checks.on_commit(); });
}

TEST_F(WorldTest, FindsATouchWithoutATimer) {
  talk();
  Checks checks(world_);
  checks.at_rest();
  sabotage("break_timer", {first_message().value});
  expect_broken(Rule::nothing_lost, [&] { checks.at_rest(); });
}

TEST_F(WorldTest, FindsATimerThatHasPassed) {
  talk();
  Checks checks(world_);
  world_.clock().set(world_.now() + std::chrono::hours{2});  // and the engine sleeps
  expect_broken(Rule::nothing_lost, [&] { checks.at_rest(); });
}

TEST_F(WorldTest, FindsANextActionThatHasEnded) {
  talk();
  Checks checks(world_);
  sabotage("break_next", {conversation_.value});
  expect_broken(Rule::next_action, [&] { checks.at_rest(); });
}

TEST_F(WorldTest, FindsAMessageAfterAReply) {
  at_the_recap([&](TouchId touch) {
    Checks checks(world_);
    checks.on_gate(touch);
    World::must(world_.call([&](Step& s) {
      return app::log_reply(s, conversation_, json::object{{"channel", "email"}, {"text", "no"}});
    }));
    expect_broken(Rule::stops_hold, [&] { checks.on_gate(touch); });
  });
  EXPECT_TRUE(world_.courier().mails().empty());
}

TEST_F(WorldTest, FindsAMessageToWhomOptedOut) {
  at_the_recap([&](TouchId touch) {
    Checks checks(world_);
    sabotage("break_opt_out", {contact_.value, to_ms(world_.now())});
    expect_broken(Rule::stops_hold, [&] { checks.on_gate(touch); });
  });
}

TEST_F(WorldTest, FindsAMessageOutsideOfItsWindow) {
  at_the_recap([&](TouchId touch) {
    Checks checks(world_);
    world_.clock().set(world_.now() + std::chrono::hours{14});
    expect_broken(Rule::window, [&] { checks.on_gate(touch); });
  });
}

TEST_F(WorldTest, FindsMarketingWithoutConsent) {
  at_the_recap([&](TouchId touch) {
    Checks checks(world_);
    sabotage("break_purpose", {touch.value});
    expect_broken(Rule::consent, [&] { checks.on_gate(touch); });
  });
}

TEST_F(WorldTest, FindsASecondCopy) {
  talk();
  advance(std::chrono::hours{2});
  Checks checks(world_);
  checks.on_mail(world_.courier().mails().at(0));
  expect_broken(Rule::no_duplicates, [&] { checks.on_mail(world_.courier().mails().at(0)); });
}

TEST(Simulation, TheSameSeedEndsInTheSameState) {
  set_log_level(static_cast<LogLevel>(static_cast<int>(LogLevel::error) + 1));
  Options options{.seed = 11, .days = 20, .contacts = 6, .faults = {true, true, true, true, true}};
  Report first = Simulation(options).run(), again = Simulation(options).run();
  EXPECT_EQ(first.hash, again.hash);
  EXPECT_EQ(first.happened, again.happened);
  options.seed = 12;
  EXPECT_NE(Simulation(options).run().hash, first.hash);
}

}  // namespace
}  // namespace onward::sim
