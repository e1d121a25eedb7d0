#include "app/defaults.h"

#include <gmock/gmock.h>

#include <set>

#include "app/assets.h"
#include "app/embedded.h"
#include "app/library_world_test.h"
#include "app/policies.h"
#include "app/sequences.h"
#include "core/library/asset.h"

namespace onward::app {
namespace {

using namespace conversations;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::open_touch;
using testing::running;
using testing::World;

Instant at(std::string_view text) { return *parse_rfc3339(text); }

TEST(Defaults, EverythingIsThereAndCurrent) {
  World w;
  w.write([](Step& s) -> Status {
    std::set<std::string> types, keys;
    for (const auto& [key, policy] : s.catalog().types) types.insert(key);
    EXPECT_EQ(types, (std::set<std::string>{"cross_sell", "partner_introduction", "prospect", "service"}));
    int current = 0;
    for (const auto& [id, v] : s.catalog().versions) {
      current += v.current;
      for (const auto& step : v.document.steps)
        if (!step.template_key.empty()) keys.insert(step.template_key);
    }
    EXPECT_EQ(current, 44);
    for (const std::string& key : keys)
      for (std::string_view language : {"en", "fr"}) {
        const library::Asset* t = library::find_template(s.catalog().assets, key, language, "en");
        EXPECT_TRUE(t && t->language == language) << key << " " << language;
      }
    return {};
  });
}

TEST(Defaults, PutInOnceAndNeverAgain) {
  World w;
  AssetId mine;
  w.write([&](Step& s) -> Status {
    for (const auto& a : s.catalog().assets)
      if (a.key == "recap" && a.language == "fr") mine = a.id;
    TRY(remove_asset(s, mine));
    TRY(put_conversation_type(s, "prospect", json::object{{"label", "Lead"}}));
    TRY(retire_sequence(s, s.catalog().versions.begin()->second.sequence));
    return {};
  });
  int64_t facts = w.facts();
  w.write([](Step& s) { return install_defaults(s); });
  EXPECT_EQ(w.facts(), facts);
  w.write([&](Step& s) -> Status {
    EXPECT_EQ(s.catalog().asset(mine), nullptr);
    EXPECT_EQ(s.catalog().types.at("prospect").label, "Lead");
    return {};
  });
}

// Renders every shipped template for a conversation with a talk and for one that has nothing yet.
TEST(Defaults, EveryMailReadsWellWithMuchAndWithLittle) {
  World w;
  ConversationId bare = w.open("fr"), rich = w.open("en");
  ASSERT_TRUE(w.apply(rich, TalkHeld{w.talk()}));
  std::vector<std::pair<AssetId, std::string>> templates;
  w.write([&](Step& s) -> Status {
    for (const auto& a : s.catalog().assets)
      if (a.kind == "template") templates.emplace_back(a.id, a.key);
    return {};
  });
  EXPECT_EQ(templates.size(), 42u);
  for (const auto& [id, key] : templates)
    for (ConversationId c : {bare, rich}) {
      auto out = w.ask([&, id = id](Step& s) { return preview_asset(s, id, c); });
      ASSERT_TRUE(out);
      if (key == "nurture" || key == "asset_delivery") {  // nothing to send yet: they say so instead of leaving a gap
        EXPECT_TRUE(out->at("subject").is_null());
        EXPECT_FALSE(out->at("missing").as_array().empty());
        continue;
      }
      ASSERT_TRUE(out->at("missing").as_array().empty()) << key << json::serialize(*out);
      std::string body(out->at("body").as_string());
      bool service = key.starts_with("appointment_") && key != "appointment_again";  // not for anybody to switch off
      EXPECT_THAT(body, HasSubstr(service ? "https://onward.example/a/" : "https://onward.example/p/")) << key;
      EXPECT_THAT(body, Not(HasSubstr("{{"))) << key;
      EXPECT_THAT(body, Not(HasSubstr("\n\n\n"))) << key << "\n" << body;
      EXPECT_THAT(body, HasSubstr("Nora Field")) << key;
    }
}

TEST(Defaults, TheRecapSaysWhatWasSaid) {
  World w;
  ConversationId id = w.open();
  ASSERT_TRUE(w.apply(id, TalkHeld{w.talk()}));
  Case c = w.look(id);
  const Touch* recap = open_touch(c, running(c, w.sequence("After the talk"))->id);
  ASSERT_NE(recap, nullptr);
  EXPECT_EQ(recap->state, TouchState::draft);
  EXPECT_EQ(recap->problem, "");
  EXPECT_EQ(recap->subject, "Our talk on Monday 2 March 2026");
  EXPECT_THAT(recap->body, HasSubstr("Hello Ada,"));
  EXPECT_THAT(recap->body, HasSubstr("- The roof is from 1998\n- Done before winter\n"));
  EXPECT_EQ(recap->due_at, at("2026-03-02T10:00:00Z"));
  EXPECT_EQ(recap->deadline_at, at("2026-03-02T13:00:00Z"));  // four of the advisor's hours
}

// The steps of "After the talk", each sent at its time, with nobody doing the reminder's task.
TEST(Defaults, AfterTheTalkGoesOutOnItsDays) {
  World w;
  ConversationId id = w.open();
  auto asset = [&](Step& s) {
    return add_asset(
        s, json::object{{"kind", "case_study"}, {"title", "A house like yours"}, {"language", "en"}, {"body", "Text"}});
  };
  ASSERT_TRUE(w.ask(asset));
  ASSERT_TRUE(w.apply(id, TalkHeld{w.talk()}));
  SequenceId sequence = w.sequence("After the talk");
  Case c = w.look(id);
  const Touch* t = open_touch(c, running(c, sequence)->id);
  ASSERT_TRUE(w.apply(id, Approve{t->id, "adv_1"}));
  std::vector<std::string> got;
  for (int i = 0; i < 10; ++i) {
    c = w.look(id);
    const auto* e = running(c, sequence);
    if (!e) break;
    t = open_touch(c, e->id);
    got.push_back(t->step + " " + to_string(find_zone("Europe/Paris")->local(t->due_at)));
    if (*t->next_at > w.clock.now()) w.clock.set(*t->next_at);
    if (t->kind == "close") {
      ASSERT_TRUE(w.apply(id, Tick{}));
      break;
    }
    ASSERT_TRUE(w.apply(id, SendDue{t->id, 9}));
    ASSERT_TRUE(w.apply(id, SendResult{SendResult::Kind::accepted, t->id, 9, "250", "", false}));
  }
  EXPECT_EQ(got, (std::vector<std::string>{"recap 2026-03-02T11:00:00", "check_in 2026-03-09T08:30:00",
                                           "nurture 2026-03-12T10:00:00", "re_engage 2026-03-18T09:30:00",
                                           "final 2026-03-26T09:30:00", "close 2026-04-09T09:00:00"}));
  EXPECT_EQ(w.look(id).conversation.stage, Stage::dormant);
}

TEST(Defaults, TheCheckInFallsIntoItsPromiseOnEveryWeekday) {
  for (int day = 0; day < 7; ++day) {
    World w;
    w.clock.set(w.clock.now() + std::chrono::days{day});
    ConversationId id = w.open();
    ASSERT_TRUE(w.apply(id, TalkHeld{w.talk()}));
    SequenceId sequence = w.sequence("After the talk");
    Case c = w.look(id);
    ASSERT_TRUE(w.apply(id, Skip{open_touch(c, running(c, sequence)->id)->id, "adv_1", "not needed"}));
    c = w.look(id);
    const Touch* t = open_touch(c, running(c, sequence)->id);
    ASSERT_EQ(t->step, "check_in");
    auto promise =
        std::find_if(c.promises.begin(), c.promises.end(), [](const auto& p) { return p.kind == "check_in"; });
    ASSERT_NE(promise, c.promises.end());
    EXPECT_LE(t->due_at, promise->due_at) << day;
    EXPECT_GE(t->due_at, w.clock.now() + std::chrono::hours{4 * 24}) << day;
  }
}

TEST(Defaults, NoShowAndProposalStart) {
  World w;
  ConversationId id = w.open();
  ASSERT_TRUE(w.apply(id, NoShow{"unknown"}));
  Case c = w.look(id);
  const Touch* sorry = open_touch(c, running(c, w.sequence("After a no-show"))->id);
  EXPECT_EQ(sorry->due_at, w.clock.now() + std::chrono::hours{2});
  const Touch* call = open_touch(c, running(c, w.sequence("Call after a no-show"))->id);
  EXPECT_EQ(call->due_at, at("2026-03-03T09:00:00Z"));
  ASSERT_TRUE(w.apply(id, StageEntered{Stage::proposal, {}}));
  c = w.look(id);
  EXPECT_EQ(open_touch(c, running(c, w.sequence("After the proposal"))->id)->due_at, at("2026-03-05T08:30:00Z"));
  EXPECT_EQ(open_touch(c, running(c, w.sequence("Call about the proposal"))->id)->due_at, at("2026-03-10T09:00:00Z"));
}

TEST(Policies, PutValidatesAndFillsIn) {
  World w;
  auto put = [&](std::string key, Json body) {
    return w.ask([&](Step& s) { return put_conversation_type(s, key, body); });
  };
  auto out = put("claims", json::object{{"label", "Claims"}, {"policy", {{"asset_hours", 24}}}});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->at("policy").at("asset_hours"), 24);
  EXPECT_EQ(out->at("policy").at("basis").at("marketing"), "consent");
  EXPECT_EQ(put("Claims!", json::object{{"label", "x"}}).error().fields[0].pointer, "/key");
  EXPECT_EQ(put("claims", json::object{{"label", "x"}, {"policy", {{"basis", {{"marketing", "contract"}}}}}})
                .error()
                .fields[0]
                .pointer,
            "/policy/basis/marketing");
  w.caller.role = Role::manager;
  EXPECT_EQ(put("claims", json::object{{"label", "x"}}).error().code, Code::forbidden);
}

TEST(Embedded, TextsByPath) {
  EXPECT_TRUE(embedded("defaults/types.yaml"));
  EXPECT_FALSE(embedded("defaults/nothing.yaml"));
  EXPECT_EQ(embedded_below("defaults/messages/fr/").size(), 21u);
}

}  // namespace
}  // namespace onward::app
