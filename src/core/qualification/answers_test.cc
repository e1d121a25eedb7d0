#include "core/qualification/answers.h"

#include <gtest/gtest.h>

#include "core/qualification/sample_test.h"
#include "core/qualification/values.h"

namespace onward::qualification {
namespace {

const Date kToday{2026, 3, 30};

struct Answering : testing::Test {
  Form form = *parse_form(sample());
  Answers known;
  Facts facts;

  Result<Answers> check(std::string_view raw) {
    return check_answers(form, *parse_json(raw), {.known = known, .facts = facts, .today = kToday});
  }
  // "pointer code" of each fault.
  std::vector<std::string> faults(std::string_view raw) {
    auto checked = check(raw);
    if (checked) return {};
    std::vector<std::string> out;
    for (const FieldError& f : checked.error().fields) out.push_back(f.pointer + " " + f.code);
    return out;
  }
  std::string asked(const Answers& answers) {
    std::string out;
    for (const Question* q : visible_questions(form, answers, {.known = known, .facts = facts, .today = kToday}))
      out += q->key + " ";
    return out;
  }
  Decision decide(std::string_view raw) { return decide_outcome(form, *check(raw), facts, kToday); }
};
using Faults = std::vector<std::string>;

TEST_F(Answering, shows_questions_when_earlier_answers_ask_for_them) {
  EXPECT_EQ(asked({}), "topic start note plan ");
  Answers a = {{"topic", std::vector<std::string>{"home"}}};
  EXPECT_EQ(asked(a), "topic budget start note plan ");
  a["budget"] = 200000.0;
  EXPECT_EQ(asked(a), "topic budget loan start note plan ");
  a["topic"] = std::vector<std::string>{"other"};  // hides the budget, and what hangs on it
  EXPECT_EQ(asked(a), "topic start note plan ");
}

TEST_F(Answering, asks_nothing_twice) {
  known = {{"topic", std::vector<std::string>{"home"}}, {"budget", 200000.0}};
  facts["returning"] = "yes";
  EXPECT_EQ(asked({}), "loan start note ");
  auto checked = check(R"({"loan": "no"})");
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->size(), 3u);  // with what was known
  EXPECT_EQ(std::get<double>(checked->at("budget")), 200000.0);
  EXPECT_EQ(faults(R"({"budget": 5})"), Faults{"/budget known"});
}

TEST_F(Answering, takes_what_browsers_send) {
  auto a = check(R"({"topic": "home", "budget": "1 500,50", "loan": "", "start": "2026-04-30", "note": "  a b ",
                     "plan": null})");
  ASSERT_TRUE(a) << a.error().message;
  EXPECT_EQ(std::get<std::vector<std::string>>(a->at("topic")), std::vector<std::string>{"home"});
  EXPECT_EQ(std::get<double>(a->at("budget")), 1500.5);
  EXPECT_EQ(std::get<Date>(a->at("start")), (Date{2026, 4, 30}));
  EXPECT_EQ(std::get<std::string>(a->at("note")), "a b");
  EXPECT_FALSE(a->contains("loan") || a->contains("plan"));
}

TEST_F(Answering, refuses_hostile_input_field_by_field) {
  const std::string ok = R"("topic": ["car"], "budget": 10)";
  EXPECT_EQ(faults("[]"), Faults{" type"});
  EXPECT_EQ(faults("{}"), Faults{"/topic required"});
  EXPECT_EQ(faults(R"({"topic": ["car"]})"), Faults{"/budget required"});
  EXPECT_EQ(faults("{" + ok + R"(, "admin": true})"), Faults{"/admin unknown_question"});
  EXPECT_EQ(faults("{" + ok + R"(, "a/b~c": 1})"), Faults{"/a~1b~0c unknown_question"});
  EXPECT_EQ(faults(R"({"topic": "boat"})"), Faults{"/topic not_offered"});
  EXPECT_EQ(faults(R"({"topic": ["car", "car"]})"), Faults{"/topic duplicate"});
  EXPECT_EQ(faults(R"({"topic": {"a": 1}})"), Faults{"/topic type"});
  EXPECT_EQ(faults(R"({"topic": [["car"]]})"), Faults{"/topic type"});
  EXPECT_EQ(faults(R"({"topic": "car", "budget": -1})"), Faults{"/budget range"});
  EXPECT_EQ(faults(R"({"topic": "car", "budget": 1e9})"), Faults{"/budget range"});
  EXPECT_EQ(faults(R"({"topic": "car", "budget": "1e400"})"), Faults{"/budget type"});
  EXPECT_EQ(faults(R"({"topic": "car", "budget": true})"), Faults{"/budget type"});
  EXPECT_EQ(faults("{" + ok + R"(, "loan": "yes"})"), Faults{"/loan not_shown"});
  EXPECT_EQ(faults(R"({"topic": "other", "budget": 3})"), Faults{"/budget not_shown"});
  EXPECT_EQ(faults("{" + ok + R"(, "start": "2026-03-29"})"), Faults{"/start range"});
  EXPECT_EQ(faults("{" + ok + R"(, "start": "2028-01-01"})"), Faults{"/start range"});
  EXPECT_EQ(faults("{" + ok + R"(, "start": "2026-02-30"})"), Faults{"/start format"});
  EXPECT_EQ(faults("{" + ok + R"(, "start": 5})"), Faults{"/start type"});
  EXPECT_EQ(faults("{" + ok + R"(, "note": "123456789012345678901"})"), Faults{"/note too_long"});
  EXPECT_EQ(faults("{" + ok + R"(, "note": "a\nb"})").size(), 1u);
  EXPECT_EQ(faults("{" + ok + R"(, "note": "a\u0000b"})").size(), 1u);
  EXPECT_EQ(faults("{" + ok + R"(, "note": 5})"), Faults{"/note type"});
}

TEST_F(Answering, takes_one_choice_where_one_is_asked) {
  EXPECT_EQ(faults(R"({"topic": "car", "budget": 200000, "loan": ["yes", "no"]})"), Faults{"/loan too_long"});
}

TEST_F(Answering, does_not_blame_what_hangs_on_a_fault) {
  EXPECT_EQ(faults(R"({"topic": "boat", "budget": 5, "note": 1})"), (Faults{"/topic not_offered", "/note type"}));
}

TEST_F(Answering, takes_files_as_references_only) {
  auto file = [&](std::string_view more) {
    return faults(R"({"topic": "other", "plan": {"id": "f1", "name": "plan.pdf", )" + std::string(more) + "}}");
  };
  EXPECT_EQ(file(R"("media_type": "application/pdf", "bytes": 1000)"), Faults{});
  EXPECT_EQ(file(R"("media_type": "image/webp", "bytes": 1)"), Faults{});
  EXPECT_EQ(file(R"("media_type": "text/html", "bytes": 1)"), Faults{"/plan not_offered"});
  EXPECT_EQ(file(R"("media_type": "application/pdf", "bytes": 1001)"), Faults{"/plan too_large"});
  EXPECT_EQ(file(R"("media_type": "application/pdf", "bytes": 1, "path": "/x")"), Faults{"/plan type"});
  EXPECT_EQ(faults(R"({"topic": "other", "plan": "data:text/html,x"})"), Faults{"/plan type"});
  EXPECT_EQ(faults(R"({"topic": "other", "plan": {"id": "1", "name": "../x", "media_type": "image/png", "bytes": 1}})"),
            Faults{"/plan format"});
}

TEST_F(Answering, names_every_fault_at_once) {
  EXPECT_EQ(faults(R"({"topic": "car", "budget": "x", "start": "x", "note": 5, "zzz": 1})"),
            (Faults{"/zzz unknown_question", "/budget type", "/start format", "/note type"}));
}

TEST_F(Answering, comes_back_from_storage) {
  auto first = check(R"({"topic": ["home", "car"], "budget": 200000, "loan": "no", "start": "2026-04-01", "note": "é",
                         "plan": {"id": "f", "name": "a.pdf", "media_type": "application/pdf", "bytes": 5}})");
  ASSERT_TRUE(first) << first.error().message;
  json::object stored;
  for (const auto& [key, answer] : *first) stored[key] = to_json(answer);
  auto second = check(dump(stored));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(show(form.questions[0], first->at("topic"), "fr"), "Maison, Voiture");
  EXPECT_EQ(show(form.questions[1], first->at("budget"), "en"), "200000 EUR");
}

TEST_F(Answering, lets_the_first_rule_that_holds_win) {
  Decision urgent = decide(R"({"topic": "home", "budget": 100, "start": "2026-04-02"})");
  EXPECT_EQ(urgent.outcome.kind, OutcomeKind::call_back);
  EXPECT_EQ(urgent.rule_key, "urgent");
  EXPECT_EQ(urgent.why, std::vector<std::string>{"“Start” is within 3 days from today (answer: 2026-04-02)"});
  Decision small = decide(R"({"topic": "home", "budget": 500, "start": "2026-04-03"})");
  EXPECT_EQ(small.outcome.kind, OutcomeKind::read_first);
  EXPECT_EQ(small.outcome.article, "first-steps");
  EXPECT_EQ(small.rule, 1);
  EXPECT_EQ(small.why[1], "“Your budget” is at most 500 EUR (answer: 500 EUR)");
  EXPECT_EQ(say(small.outcome.because, "fr"), "Peu d'argent.");
  Decision plain = decide(R"({"topic": "home", "budget": 500.5})");
  EXPECT_EQ(plain.outcome.kind, OutcomeKind::book);
  EXPECT_EQ(plain.rule, -1);
  EXPECT_EQ(decide(R"({"topic": ["other", "car"], "budget": 1})").outcome.kind, OutcomeKind::decline);
}

TEST_F(Answering, looks_at_facts) {
  facts["returning"] = "yes";
  Decision known_one = decide(R"({"topic": "car", "budget": 100})");
  EXPECT_EQ(known_one.outcome.kind, OutcomeKind::book_with);
  EXPECT_EQ(known_one.outcome.team, "Regulars");
  EXPECT_EQ(known_one.why[1], "what is known as “returning” is “yes” (answer: yes)");
  facts = {{"load", "90"}};
  EXPECT_EQ(decide(R"({"topic": "car", "budget": 100000, "loan": "no"})").outcome.kind, OutcomeKind::waitlist);
  facts = {{"load", "89.9"}};
  EXPECT_EQ(decide(R"({"topic": "car", "budget": 100000, "loan": "no"})").outcome.kind, OutcomeKind::book);
  facts = {{"load", "a lot"}};
  EXPECT_EQ(decide(R"({"topic": "car", "budget": 100000, "loan": "no"})").outcome.kind, OutcomeKind::book);
}

TEST_F(Answering, never_decides_by_an_answer_that_is_not_shown) {
  Answers slipped = {
      {"topic", std::vector<std::string>{"other"}}, {"budget", 200000.0}, {"loan", std::vector<std::string>{"yes"}}};
  facts["load"] = "95";
  EXPECT_EQ(decide_outcome(form, slipped, facts, kToday).rule_key, "foreign");
}

TEST(Values, are_read_as_people_write_them) {
  EXPECT_EQ(parse_number("1 234,5"), 1234.5);
  EXPECT_EQ(parse_number("1\u202F234"), 1234);
  EXPECT_EQ(parse_number(" -2.25 "), -2.25);
  for (const char* bad : {"", " ", "1,2,3", "1e3", "--1", "inf", "nan", "0x10", "12 EUR", "-", "."})
    EXPECT_FALSE(parse_number(bad)) << bad;
  EXPECT_EQ(parse_day("1951-02-28"), (Date{1951, 2, 28}));
  for (const char* bad : {"2026-2-3", "2026-02-29", "1899-01-01", "2026-13-01", "2026/01/01", "20260101", ""})
    EXPECT_FALSE(parse_day(bad)) << bad;
}

}  // namespace
}  // namespace onward::qualification
