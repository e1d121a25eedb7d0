#include "core/qualification/form.h"

#include <gtest/gtest.h>

#include "core/qualification/answers.h"
#include "core/qualification/sample_test.h"

namespace onward::qualification {
namespace {

TEST(Forms, are_read) {
  auto form = parse_form(sample());
  ASSERT_TRUE(form) << form.error().message;
  EXPECT_EQ(form->questions.size(), 6u);
  EXPECT_EQ(form->rules.size(), 5u);
  const Question& budget = form->questions[1];
  EXPECT_EQ(budget.kind, QuestionKind::number);
  EXPECT_EQ(budget.unit, "EUR");
  EXPECT_EQ(budget.only_if.size(), 1u);
  EXPECT_EQ(say(budget.label, "fr-CA"), "Votre budget");
  EXPECT_EQ(say(budget.label, "de"), "Your budget");
  EXPECT_EQ(say({{"fr", "x"}}, "de"), "x");
  EXPECT_EQ(say({}, "de"), "");
}

struct Fault {
  const char* name;
  void (*change)(Json&);
  const char* pointer;
  const char* code;
};
json::object& question(Json& j, size_t i) { return j.at("questions").as_array()[i].as_object(); }
json::object& rule(Json& j, size_t i) { return j.at("rules").as_array()[i].as_object(); }
Json condition(std::string_view text) { return *parse_json(text); }

const Fault kFaults[] = {
    {"choice without options", [](Json& j) { question(j, 0).erase("options"); }, "/questions/0/options", "required"},
    {"options of a number", [](Json& j) { question(j, 1)["options"] = question(j, 0)["options"]; },
     "/questions/1/options", "not_allowed"},
    {"no label", [](Json& j) { question(j, 2).erase("label"); }, "/questions/2/label", "required"},
    {"label in no language", [](Json& j) { question(j, 2)["label"] = json::object{}; }, "/questions/2/label",
     "required"},
    {"label in a language that is none",
     [](Json& j) {
       question(j, 2)["label"] = json::object{{"??", "x"}};
     },
     "/questions/2/label", "format"},
    {"two questions of one key", [](Json& j) { question(j, 3)["key"] = "budget"; }, "/questions/3/key", "duplicate"},
    {"a key with blanks", [](Json& j) { question(j, 0)["key"] = "to pic"; }, "/questions/0/key", "format"},
    {"a limit below the least", [](Json& j) { question(j, 1)["max"] = -1; }, "/questions/1/max", "range"},
    {"a later question",
     [](Json& j) { question(j, 0)["only_if"] = condition(R"([{"question":"budget","at_least":1}])"); },
     "/questions/0/only_if/0/question", "unknown"},
    {"an option that is not offered",
     [](Json& j) { rule(j, 0)["when"] = condition(R"([{"question":"topic","is":"boat"}])"); }, "/rules/0/when/0/is",
     "unknown"},
    {"two comparisons",
     [](Json& j) { rule(j, 0)["when"] = condition(R"([{"question":"topic","is":"home","is_not":"car"}])"); },
     "/rules/0/when/0", "format"},
    {"no comparison", [](Json& j) { rule(j, 0)["when"] = condition(R"([{"question":"topic"}])"); }, "/rules/0/when/0",
     "format"},
    {"a fact and a question",
     [](Json& j) { rule(j, 0)["when"] = condition(R"([{"question":"topic","fact":"x","is":"home"}])"); },
     "/rules/0/when/0", "format"},
    {"a choice that is at least",
     [](Json& j) { rule(j, 0)["when"] = condition(R"([{"question":"topic","at_least":3}])"); },
     "/rules/0/when/0/at_least", "not_allowed"},
    {"a number that is text",
     [](Json& j) { rule(j, 0)["when"] = condition(R"([{"question":"budget","at_most":"3"}])"); },
     "/rules/0/when/0/at_most", "type"},
    {"a date that is none",
     [](Json& j) { rule(j, 0)["when"] = condition(R"([{"question":"start","at_most":"soon"}])"); },
     "/rules/0/when/0/at_most", "type"},
    {"nobody to book with", [](Json& j) { rule(j, 2).erase("team"), rule(j, 2).erase("meeting_type"); },
     "/rules/2/team", "required"},
    {"nothing to read", [](Json& j) { rule(j, 1).erase("article"); }, "/rules/1/article", "required"},
    {"sent away with nothing", [](Json& j) { rule(j, 3).erase("alternative"); }, "/rules/3/alternative", "required"},
    {"no reason for staff", [](Json& j) { rule(j, 3).erase("because"); }, "/rules/3/because", "required"},
    {"a team for a call", [](Json& j) { rule(j, 0)["team"] = "A"; }, "/rules/0/do", "not_allowed"},
    {"two rules of one key", [](Json& j) { rule(j, 1)["key"] = "urgent"; }, "/rules/1/key", "duplicate"},
    {"no otherwise", [](Json& j) { j.as_object().erase("otherwise"); }, "/otherwise", "required"},
    {"an unknown field", [](Json& j) { question(j, 1)["script"] = "x"; }, "/questions/1/script", "unknown_field"},
    {"a media type that is none", [](Json& j) { question(j, 5)["accept"] = json::array{"pdf"}; },
     "/questions/5/accept/0", "format"},
};

TEST(Forms, name_the_field_that_is_wrong) {
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.name);
    Json j = sample();
    fault.change(j);
    auto valid = validate_form(j);
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().code, Code::invalid);
    ASSERT_FALSE(valid.error().fields.empty());
    EXPECT_EQ(valid.error().fields[0].pointer, fault.pointer);
    EXPECT_EQ(valid.error().fields[0].code, fault.code);
  }
}

TEST(Forms, read_as_sentences) {
  Form form = *parse_form(sample());
  std::vector<std::string> en = describe(form, "en"), fr = describe(form, "fr");
  ASSERT_EQ(en.size(), 6u);
  EXPECT_EQ(en[0], "If “Start” is within 3 days from today: offer to call back, because: It is urgent.");
  EXPECT_EQ(en[1],
            "If “Topic” is “Home” and “Your budget” is at most 500 EUR: ask to read “first-steps” first, because: "
            "Little money.");
  EXPECT_EQ(en[2],
            "If “Topic” is “Home” or “Car” and what is known as “returning” is “yes”: book “Review” with the team "
            "“Regulars”, because: Known.");
  EXPECT_EQ(en[5], "Otherwise: book an appointment, because: Fine.");
  EXPECT_EQ(fr[1],
            "Si « Sujet » est « Maison » et « Votre budget » vaut au plus 500 EUR : demander de lire d'abord "
            "« first-steps », parce que : Peu d'argent.");
  EXPECT_EQ(fr[3],
            "Si « Sujet » est « Autre chose » : décliner aimablement et proposer : Appelez notre partenaire., parce "
            "que : Hors de notre métier.");
}

}  // namespace
}  // namespace onward::qualification
