// The shipped qualification forms are right and lead where they say.
#include <gtest/gtest.h>

#include "app/embedded.h"
#include "app/yaml.h"
#include "core/qualification/answers.h"

namespace onward::app {
namespace {

using namespace qualification;

const Date kToday{2026, 3, 30};

Form shipped(const std::string& name) {
  auto text = embedded("defaults/forms/" + name + ".yaml");
  EXPECT_TRUE(text) << name;
  auto yaml = parse_yaml(*text);
  EXPECT_TRUE(yaml) << (yaml ? "" : yaml.error().message);
  auto form = parse_form(*yaml);
  EXPECT_TRUE(form) << (form ? "" : form.error().message);
  return form ? *form : Form{};
}

std::string leads_to(const Form& form, std::string_view raw, const Facts& facts = {}) {
  Answers known;
  auto answers = check_answers(form, *parse_json(raw), {.known = known, .facts = facts, .today = kToday});
  if (!answers) return answers.error().message;
  Decision d = decide_outcome(form, *answers, facts, kToday);
  return std::string(to_string(d.outcome.kind)) + " " + d.rule_key;
}

TEST(ShippedForms, are_complete_in_both_languages) {
  for (const char* name : {"prospect_first_talk", "partner_introduction"}) {
    Form form = shipped(name);
    for (const Question& q : form.questions) {
      EXPECT_TRUE(q.label.contains("en") && q.label.contains("fr")) << q.key;
      EXPECT_TRUE(q.help.empty() || (q.help.contains("en") && q.help.contains("fr"))) << q.key;
      for (const Option& o : q.options) EXPECT_TRUE(o.label.contains("en") && o.label.contains("fr")) << o.key;
    }
    for (const Rule& r : form.rules) EXPECT_TRUE(r.outcome.because.contains("fr")) << r.key;
    EXPECT_EQ(describe(form, "fr").size(), form.rules.size() + 1);
  }
}

TEST(ShippedForms, lead_a_prospect_where_they_say) {
  Form form = shipped("prospect_first_talk");
  EXPECT_EQ(leads_to(form, R"({"need": "offer"})"), "decline offers");
  EXPECT_EQ(leads_to(form, R"({"need": "problem", "who": "me", "when": "dated", "deadline": "2026-04-01"})"),
            "call_back urgent");
  EXPECT_EQ(leads_to(form, R"({"need": "project", "who": "company", "people": 80, "when": "soon"})"),
            "book_with large_company");
  EXPECT_EQ(leads_to(form, R"({"need": "advice", "who": "me", "when": "looking"})"), "read_first finding_out");
  EXPECT_EQ(leads_to(form, R"({"need": "advice", "who": "me", "when": "looking"})", {{"returning", "yes"}}), "book ");
  EXPECT_EQ(leads_to(form, R"({"need": "advice", "who": "me", "when": "soon"})"), "book ");
  EXPECT_EQ(leads_to(form, R"({"need": "offer", "who": "me"})"), "/who is not asked with these answers");
}

TEST(ShippedForms, lead_a_partner_where_they_say) {
  Form form = shipped("partner_introduction");
  EXPECT_EQ(leads_to(form, R"({"purpose": "introduce", "agreed": "not_yet"})"), "decline not_agreed");
  EXPECT_EQ(leads_to(form, R"({"purpose": "introduce", "agreed": "yes_agreed", "topic": "A loan"})"), "book ");
  EXPECT_EQ(leads_to(form, R"({"purpose": "ask"})"), "call_back shared_customer");
  EXPECT_EQ(leads_to(form, R"({"purpose": "together", "fields": ["law", "other"], "customers": 20})"),
            "book_with partnership");
  EXPECT_EQ(leads_to(form, R"({"purpose": "together", "fields": "law", "customers": 3})"), "waitlist small_partner");
}

}  // namespace
}  // namespace onward::app
