#include "app/sequences.h"

#include <gmock/gmock.h>

#include "app/assets.h"
#include "app/embedded.h"
#include "app/library_world_test.h"
#include "app/publishing.h"
#include "app/yaml.h"

namespace onward::app {
namespace {

using namespace conversations;
using ::testing::HasSubstr;
using testing::open_touch;
using testing::running;
using testing::World;

Json shipped_document(std::string_view file = "after_the_talk.yaml") {
  return *parse_yaml(*embedded("defaults/sequences/" + std::string(file)));
}
Json& step_at(Json& document, size_t i) { return document.at("steps").as_array()[i]; }

Result<Json> add(World& w, const Json& document) {
  return w.ask([&](Step& s) { return add_sequence(s, json::object{{"document", document}}); });
}
Result<Json> preview(World& w, SequenceId id, int number) {
  return w.ask([&](Step& s) { return preview_publication(s, id, number); });
}
Result<Json> publish(World& w, SequenceId id, int number, bool move, const std::string& digest) {
  return w.ask([&](Step& s) { return publish_sequence(s, id, number, move, digest); });
}

// ---- YAML

TEST(Yaml, EveryShippedDocumentComesBackAsItWas) {
  for (const EmbeddedText& t : embedded_below("defaults/sequences/")) {
    Json document = *parse_yaml(t.text);
    std::string text = document_yaml(document);
    auto again = parse_yaml(text);
    ASSERT_TRUE(again) << t.path << "\n" << text << again.error().message;
    EXPECT_EQ(*again, document) << t.path << "\n" << text;
    EXPECT_EQ(document_yaml(*again), text);
  }
}

TEST(Yaml, AwkwardTextsComeBackAsTheyWere) {
  json::array texts;
  for (std::string_view s : {"",
                             " ",
                             "yes",
                             "No",
                             "on",
                             "null",
                             "~",
                             "true",
                             "09:30",
                             "12",
                             "1e3",
                             "-5",
                             "+5",
                             ".5",
                             "0x1f",
                             "2026-03-30",
                             "a: b",
                             "a #b",
                             "#a",
                             "- a",
                             "[a]",
                             "{a}",
                             "{{contact.name}}",
                             "it's",
                             "\"q\"",
                             "a\\b",
                             "tab\there",
                             "one\ntwo",
                             "one\n\n two\n",
                             "one\n",
                             " lead\nx",
                             "trail \nx",
                             "\n",
                             "a\n\n",
                             "é ü 日本",
                             "a:",
                             "*x",
                             "&x",
                             "!x",
                             "%x",
                             "@x",
                             "`x",
                             "|",
                             ">",
                             "?",
                             "a, b",
                             "=",
                             "<<",
                             "x\x01y"})
    texts.emplace_back(json::string_view(s.data(), s.size()));
  Json value = json::object{{"texts", texts},
                            {"n", 5},
                            {"d", 2.5},
                            {"b", true},
                            {"nothing", nullptr},
                            {"e", json::array{}},
                            {"o", json::object{}},
                            {"nested", {{{"a", {{"b", {1, 2, {3}}}}}, {"c", "x\ny"}}}}};
  for (const Json& t : texts) value.as_object()["key " + std::string(t.as_string())] = t;
  auto again = parse_yaml(to_yaml(value));
  ASSERT_TRUE(again) << again.error().message << "\n" << to_yaml(value);
  EXPECT_EQ(*again, value) << to_yaml(value);
}

TEST(Yaml, ReadsTheCoreTypesAndLeavesTimesAlone) {
  auto v = parse_yaml("a: 1\nb: 1.5\nc: true\nd: yes\ne: 09:30\nf: ~\ng: '7'\nh: !!str 8\ni:\n");
  ASSERT_TRUE(v) << v.error().message;
  EXPECT_EQ(*v, Json(json::object{{"a", 1},
                                  {"b", 1.5},
                                  {"c", true},
                                  {"d", "yes"},
                                  {"e", "09:30"},
                                  {"f", nullptr},
                                  {"g", "7"},
                                  {"h", "8"},
                                  {"i", nullptr}}));
}

TEST(Yaml, RefusesWhatIsUnsafeWithItsLine) {
  auto why = [](const std::string& text) {
    auto v = parse_yaml(text);
    return v ? std::string("read") : v.error().message;
  };
  EXPECT_THAT(why("a: 1\nb: 2\na: 3\n"), HasSubstr("line 3: the key a comes twice"));
  EXPECT_THAT(why("a: &x 1\nb: *x\n"), HasSubstr("line 1: anchors"));
  EXPECT_THAT(why("a: [1\n"), HasSubstr("line"));
  EXPECT_THAT(why("a: !!binary aGk=\n"), HasSubstr("tags"));
  EXPECT_THAT(why("? [a]\n: b\n"), HasSubstr("plain text"));
  EXPECT_THAT(why("--- 1\n--- 2\n"), HasSubstr("more than one"));
  EXPECT_THAT(why(""), HasSubstr("nothing here"));
  EXPECT_THAT(why(std::string(70'000, 'a')), HasSubstr("64 KiB"));
  EXPECT_THAT(why("\xff\xfe"), HasSubstr("UTF-8"));
  EXPECT_THAT(why("a: 99999999999999999999\n"), HasSubstr("too large"));
  EXPECT_EQ(why(std::string(16, '[') + std::string(16, ']')), "read");
  EXPECT_THAT(why(std::string(17, '[') + std::string(17, ']')), HasSubstr("16 levels"));
  EXPECT_THAT(why(std::string(30'000, '[')), HasSubstr("line 1"));
}

// ---- documents and versions

TEST(Sequences, FaultsPointIntoTheDocument) {
  World w;
  Json d = shipped_document();
  step_at(d, 0).as_object()["template"] = "no_such_template";
  step_at(d, 1).at("only_if").at(0).as_object()["fact"] = "weather";
  auto r = add(w, d);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, Code::invalid);
  ASSERT_EQ(r.error().fields.size(), 2u);
  EXPECT_EQ(r.error().fields[0].pointer, "/document/steps/0/template");
  EXPECT_EQ(r.error().fields[1].pointer, "/document/steps/1/only_if/0/fact");
  d = shipped_document();
  step_at(d, 0).as_object()["colour"] = "red";
  EXPECT_EQ(add(w, d).error().fields[0].pointer, "/document/steps/0/colour");
  d = shipped_document();
  d.as_object()["type"] = "service";
  EXPECT_EQ(add(w, d).error().fields[0].pointer, "/document/type");
}

TEST(Sequences, ADraftIsReplacedAndAPublishedVersionIsNot) {
  World w;
  SequenceId id = w.sequence("After the talk");
  Json d = shipped_document();
  step_at(d, 0).as_object()["title"] = "First try";
  auto first = add(w, d);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->at("draft"), 2);
  EXPECT_EQ(first->at("published"), 1);
  step_at(d, 0).as_object()["title"] = "Second try";
  EXPECT_EQ(add(w, d)->at("draft"), 2);
  auto version = w.ask([&](Step& s) { return get_sequence_version(s, id, 2); });
  EXPECT_EQ(version->at("document"), d);
  EXPECT_EQ(*parse_yaml(get_string(*version, "yaml")), d);
  EXPECT_THAT(get_string(*version, "yaml"), HasSubstr("title: Second try"));
  EXPECT_EQ(w.ask([&](Step& s) { return get_sequence_version(s, id, 1); })->at("document"), shipped_document());
  ASSERT_TRUE(publish(w, id, 2, false, ""));
  EXPECT_EQ(publish(w, id, 2, false, "").error().code, Code::conflict);
  EXPECT_EQ(add(w, d)->at("draft"), 3);
}

TEST(Sequences, RetiringStopsNewStartsOnlyAndFreesTheName) {
  World w;
  SequenceId id = w.sequence("After the talk");
  ConversationId on = w.open(), later = w.open();
  ASSERT_TRUE(w.apply(on, TalkHeld{w.talk()}));
  ASSERT_TRUE(w.ask([&](Step& s) { return retire_sequence(s, id); }));
  ASSERT_TRUE(w.apply(later, TalkHeld{w.talk()}));
  EXPECT_NE(running(w.look(on), id), nullptr);
  EXPECT_EQ(running(w.look(later), id), nullptr);
  auto again = add(w, shipped_document());
  ASSERT_TRUE(again);
  EXPECT_NE(get_string(*again, "id"), id.text());
  EXPECT_EQ(w.ask([&](Step& s) { return retire_sequence(s, id); }).error().code, Code::conflict);
  EXPECT_EQ(w.ask([&](Step& s) { return add_enrollment(s, later, id); }).error().code, Code::invalid);
}

TEST(Enrollments, StartListAndStop) {
  World w;
  ConversationId c = w.open();
  SequenceId id = w.sequence("Gone quiet");
  auto started = w.ask([&](Step& s) { return add_enrollment(s, c, id); });
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(started->at("state"), "active");
  EXPECT_EQ(w.ask([&](Step& s) { return add_enrollment(s, c, id); }).error().code, Code::conflict);
  SequenceId other_type = w.sequence("After the talk: service");
  EXPECT_EQ(w.ask([&](Step& s) { return add_enrollment(s, c, other_type); }).error().code, Code::invalid);
  auto list = [&](EnrollmentFilter f) { return *w.ask([&](Step& s) { return list_enrollments(s, f); }); };
  ASSERT_EQ(list({.conversation = c}).size(), 1u);
  EXPECT_EQ(list({.conversation = c})[0].at("name"), "Gone quiet");
  EXPECT_EQ(list({.state = "stopped"}).size(), 0u);
  EnrollmentId e = *EnrollmentId::parse(get_string(*started, "id"));
  auto stopped = w.ask([&](Step& s) { return stop_enrollment(s, e, "asked to wait"); });
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->at("end_reason"), "asked to wait");
  EXPECT_EQ(w.ask([&](Step& s) { return stop_enrollment(s, e, "again"); }).error().code, Code::conflict);
  w.caller = {.role = Role::advisor, .advisor = AdvisorId{2}};
  EXPECT_EQ(list({}).size(), 0u);
  EXPECT_EQ(w.ask([&](Step& s) { return stop_enrollment(s, e, "x"); }).error().code, Code::not_found);
}

// ---- publishing

// Pushes a conversation some random moves along its sequence: skipped, approved, edited, sent, on the wire, in doubt.
void push_along(World& w, ConversationId id, SequenceId sequence, Rng& rng) {
  for (uint64_t moves = rng.below(6); moves > 0; --moves) {
    Case c = w.look(id);
    const auto* e = running(c, sequence);
    const Touch* t = e ? open_touch(c, e->id) : nullptr;
    if (!t || t->state == TouchState::sending || t->state == TouchState::in_doubt) return;
    TouchId touch = t->id;
    uint64_t what = rng.below(4);
    if (t->state == TouchState::draft && what == 0) {
      (void)w.apply(id, Edit{touch, "adv_1", "Another subject", {}, {}});
      return;
    }
    if (t->state == TouchState::draft && what < 3) {
      ASSERT_TRUE(w.apply(id, Approve{touch, "adv_1"}));
      continue;
    }
    if (!t->is_message() || what == 3) {
      (void)w.apply(id, Skip{touch, "adv_1", "not needed"});
      continue;
    }
    if (!t->next_at || t->state == TouchState::draft) return;
    if (*t->next_at > w.clock.now()) w.clock.set(*t->next_at);
    ASSERT_TRUE(w.apply(id, SendDue{touch, 9}));
    c = w.look(id);
    e = running(c, sequence);
    t = e ? open_touch(c, e->id) : nullptr;
    if (!t || t->id != touch || t->state != TouchState::sending || what == 0) return;
    auto kind = what == 1 ? SendResult::Kind::unknown : SendResult::Kind::accepted;
    ASSERT_TRUE(w.apply(id, SendResult{kind, touch, 9, "evidence", "", false}));
  }
}

// Another order of things: a step gone, a new one, other days, an approval more.
Json second_edition() {
  Json d = shipped_document();
  auto& steps = d.at("steps").as_array();
  steps.erase(steps.begin() + 2);                                                // check_in
  step_at(d, 2).at("delay").as_object()["days"] = 3;                             // nurture
  step_at(d, 3).as_object()["approval"] = {{"by", "person"}, {"then", "skip"}};  // re_engage
  steps.insert(steps.begin() + 4, json::object{{"key", "extra"},
                                               {"do", "task"},
                                               {"title", "Call again"},
                                               {"task", "call"},
                                               {"instruction", "Call"},
                                               {"delay", {{"days", 20}}}});
  return d;
}

struct Population {
  std::vector<ConversationId> ids;
};
Population populate(World& w, uint64_t seed) {
  Rng rng(seed);
  Population p;
  SequenceId sequence = w.sequence("After the talk");
  (void)w.ask([&](Step& s) {
    return add_asset(s, json::object{{"kind", "article"}, {"title", "Reading"}, {"language", "en"}, {"body", "b"}});
  });
  for (int i = 0; i < 22; ++i) {
    p.ids.push_back(w.open(i % 3 ? "en" : "fr"));
    EXPECT_TRUE(w.apply(p.ids.back(), TalkHeld{w.talk()}));
    push_along(w, p.ids.back(), sequence, rng);
    if (rng.chance(0.08)) (void)w.apply(p.ids.back(), OptedOut{"phone"});
    w.clock.set(w.clock.now() + std::chrono::minutes{static_cast<int>(rng.below(600))});
  }
  return p;
}

void expect_moved(const Case& c, const Json& move, VersionId to, Instant now) {
  EnrollmentId id = *EnrollmentId::parse(get_string(move, "enrollment_id"));
  const sequences::Enrollment* e = nullptr;
  for (const auto& x : c.enrollments)
    if (x.id == id) e = &x;
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->version, to);
  const Touch* t = open_touch(c, id);
  if (move.at("step_after").is_null()) {
    EXPECT_EQ(e->state, sequences::EnrollmentState::done);
    EXPECT_EQ(t, nullptr);
    return;
  }
  ASSERT_NE(t, nullptr);
  EXPECT_EQ(t->step, get_string(move, "step_after"));
  if (get_bool(move, "at_once"))
    EXPECT_EQ(t->due_at, now);
  else
    EXPECT_EQ(format_rfc3339(t->due_at), get_string(move, "due_after"));
}

class Publishing : public ::testing::TestWithParam<uint64_t> {};

TEST_P(Publishing, WhatIsShownIsWhatHappens) {
  World w;
  populate(w, GetParam());
  SequenceId id = w.sequence("After the talk");
  ASSERT_TRUE(add(w, second_edition()));
  auto shown = preview(w, id, 2);
  ASSERT_TRUE(shown) << shown.error().message;
  const json::array& moves = shown->at("moves").as_array();
  EXPECT_GT(moves.size(), 5u);
  EXPECT_EQ(get_int(shown->at("counts"), "moves") + get_int(shown->at("counts"), "stays"),
            static_cast<int64_t>(moves.size()));
  std::map<int64_t, Case> before;
  for (const Json& m : moves) {
    ConversationId c = *ConversationId::parse(get_string(m, "conversation_id"));
    before.emplace(c.value, w.look(c));
  }
  int64_t moved_before = w.facts("enrollment.moved"), others = w.facts();
  w.clock.set(w.clock.now() + std::chrono::milliseconds{1500});  // somebody reads the preview
  auto done = publish(w, id, 2, true, get_string(*shown, "digest"));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->at("moved"), shown->at("counts").at("moves"));
  EXPECT_EQ(w.facts("enrollment.moved") - moved_before, get_int(shown->at("counts"), "moves"));
  EXPECT_GT(w.facts(), others);
  VersionId to = *VersionId::parse(get_string(done->at("versions").at(0), "id"));
  for (const Json& m : moves) {
    ConversationId c = *ConversationId::parse(get_string(m, "conversation_id"));
    Case after = w.look(c);
    EnrollmentId e = *EnrollmentId::parse(get_string(m, "enrollment_id"));
    if (get_string(m, "verdict") == "moves") {
      expect_moved(after, m, to, w.clock.now());
      std::vector<std::string> skipped;
      w.write([&](Step& s) -> Status {
        Rows rows = s.run("world_skipped", {e.value, to_ms(w.clock.now())});
        for (size_t r = 0; r < rows.size(); ++r) {
          Json data = *parse_json(rows.text(r, 0));
          skipped.push_back(get_string(data, "step") + ": " + get_string(data, "reason"));
        }
        return {};
      });
      EXPECT_EQ(skipped, get_strings(m, "skipped"));
    } else {
      const Touch* was = open_touch(before.at(c.value), e);
      const Touch* is = open_touch(after, e);
      ASSERT_TRUE(was && is);
      EXPECT_EQ(was->id, is->id);
      EXPECT_EQ(was->state, is->state);
      EXPECT_EQ(was->due_at, is->due_at);
      EXPECT_NE(running(after, id)->version, to);
      EXPECT_FALSE(get_string(m, "why").empty());
    }
  }
}

TEST_P(Publishing, AnotherDigestChangesNothing) {
  World w;
  Population p = populate(w, GetParam());
  SequenceId id = w.sequence("After the talk");
  ASSERT_TRUE(add(w, second_edition()));
  auto shown = preview(w, id, 2);
  bool changed = false;
  for (ConversationId c : p.ids) {
    Case k = w.look(c);
    const auto* e = running(k, id);
    if (!e || changed) continue;
    changed = w.apply(c, Unenroll{e->id, "changed meanwhile"}).has_value();
  }
  ASSERT_TRUE(changed);
  int64_t facts = w.facts();
  auto refused = publish(w, id, 2, true, get_string(*shown, "digest"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(w.facts(), facts);
  EXPECT_TRUE(w.ask([&](Step& s) { return get_sequence_version(s, id, 2); })->at("published_at").is_null());
  EXPECT_EQ(publish(w, id, 2, true, "").error().fields[0].pointer, "/digest");
}

INSTANTIATE_TEST_SUITE_P(Seeds, Publishing, ::testing::Values(1, 2, 3, 4, 5));

TEST(PublishingAlone, WithoutMovingEverybodyStaysAndNewOnesStartOnTheNewVersion) {
  World w;
  SequenceId id = w.sequence("After the talk");
  ConversationId old = w.open(), fresh = w.open();
  ASSERT_TRUE(w.apply(old, TalkHeld{w.talk()}));
  VersionId first = running(w.look(old), id)->version;
  ASSERT_TRUE(add(w, second_edition()));
  ASSERT_TRUE(publish(w, id, 2, false, ""));
  ASSERT_TRUE(w.apply(fresh, TalkHeld{w.talk()}));
  EXPECT_EQ(running(w.look(old), id)->version, first);
  EXPECT_NE(running(w.look(fresh), id)->version, first);
}

TEST(PublishingAlone, ATemplateThatWentMeanwhileRefuses) {
  World w;
  SequenceId id = w.sequence("After the talk");
  Json text = json::object{{"kind", "template"}, {"key", "short_lived"}, {"title", "t"},
                           {"language", "en"},   {"subject", "s"},       {"body", "b"}};
  auto added = w.ask([&](Step& s) { return add_asset(s, text); });
  Json d = shipped_document();
  step_at(d, 0).as_object()["template"] = "short_lived";
  ASSERT_TRUE(add(w, d));
  ASSERT_TRUE(w.ask([&](Step& s) { return remove_asset(s, *AssetId::parse(get_string(*added, "id"))); }));
  auto refused = publish(w, id, 2, false, "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields[0].pointer, "/document/steps/0/template");
}

TEST(PublishingAlone, OnlyAnOwnerPublishes) {
  World w;
  ASSERT_TRUE(add(w, second_edition()));
  SequenceId id = w.sequence("After the talk");
  w.caller.role = Role::manager;
  EXPECT_EQ(publish(w, id, 2, false, "").error().code, Code::forbidden);
  EXPECT_EQ(add(w, second_edition()).error().code, Code::forbidden);
  EXPECT_EQ(preview(w, id, 2).error().code, Code::forbidden);
}

}  // namespace
}  // namespace onward::app
