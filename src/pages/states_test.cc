// Texts and templates, and every page in canned states, drawn without a database.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "app/embedded.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

json::object locale(const std::string& language) {
  return parse_json(*app::embedded("locales/" + language + ".json"))->as_object();
}

std::set<std::string> names_in(std::string_view text) {
  std::set<std::string> out;
  for (size_t at; (at = text.find('{')) != text.npos; text.remove_prefix(at + 1))
    out.insert(std::string(text.substr(at, text.find('}', at) - at)));
  return out;
}

// Keys that the pages' sources ask for by name.
std::set<std::string> keys_in_sources() {
  std::set<std::string> out;
  for (const auto& file : fs::directory_iterator(fs::path(ONWARD_SOURCE_DIR) / "src/pages")) {
    if (file.path().string().find("_test") != std::string::npos) continue;
    std::string text = read(file.path());
    for (std::string_view call : {"say(\"", "count(\""})
      for (size_t at = 0; (at = text.find(call, at)) != std::string::npos;) {
        at += call.size();
        std::string key = text.substr(at, text.find('"', at) - at);
        if (!key.ends_with('.') && key.find('{') == std::string::npos)
          out.insert(call.starts_with("count") ? key + ".one" : key);
      }
  }
  return out;
}

TEST(Locales, SayTheSameThings) {
  json::object en = locale("en"), fr = locale("fr");
  for (const auto& [key, value] : en) {
    ASSERT_TRUE(fr.contains(key)) << key;
    EXPECT_FALSE(fr[key].as_string().empty()) << key;
    EXPECT_EQ(names_in(value.as_string()), names_in(fr[key].as_string())) << key;
  }
  for (const auto& [key, value] : fr) EXPECT_TRUE(en.contains(key)) << key;
}

TEST(Locales, HaveEveryKeyThatIsAskedFor) {
  json::object en = locale("en");
  std::set<std::string> keys = keys_in_sources();
  EXPECT_GT(keys.size(), 80u);
  for (const std::string& key : keys) {
    EXPECT_TRUE(en.contains(key)) << key;
    if (key.ends_with(".one")) EXPECT_TRUE(en.contains(key.substr(0, key.size() - 3) + "other")) << key;
  }
  for (std::string_view group : {"why", "why_text", "action"})
    for (std::string_view word :
         {"reply_waiting", "promise_broken", "draft_to_mend", "draft_to_approve", "promise_at_risk", "in_doubt",
          "outcome_missing", "task_due", "no_next_step", "going_cold"})
      EXPECT_TRUE(en.contains(std::string(group) + "." + std::string(word))) << group << "." << word;
  for (std::string_view word : {"invalid", "unauthorized", "forbidden", "not_found", "conflict", "precondition",
                                "too_large", "unprocessable", "rate_limited", "unavailable", "unknown", "internal"})
    EXPECT_TRUE(en.contains("problem." + std::string(word))) << word;
}

TEST(Templates, PrintRawOnlyWhatWasMadeSafe) {
  const std::pair<std::string, std::string> safe[] = {
      {"pages/shared.html", "{{{content}}}"},      {"pages/book.html", "{{{content}}}"},
      {"pages/article.html", "{{{content}}}"},     {"pages/article.html", "{{{answer}}}"},
      {"pages/_public_head.html", "{{{jsonld}}}"}, {"pages/desk_article.html", "{{{content}}}"},
      {"pages/desk_article.html", "{{{answer}}}"}, {"pages/appointment.html", "{{{ready}}}"},
      {"pages/book.html", "{{{jsonld}}}"},         {"pages/book_questions.html", "{{{content}}}"}};
  for (const app::EmbeddedText& file : app::embedded_below("pages/")) {
    std::string text(file.text);
    for (const auto& [path, tag] : safe) {
      if (file.path != path) continue;
      size_t at = text.find(tag);
      ASSERT_NE(at, std::string::npos) << path << " prints no " << tag;
      text.erase(at, tag.size());
    }
    EXPECT_EQ(text.find("{{{"), std::string::npos) << file.path;
    EXPECT_EQ(text.find("{{&"), std::string::npos) << file.path;
    EXPECT_EQ(text.find("style="), std::string::npos) << file.path;
    for (std::string_view handler : {"onclick", "onload", "onsubmit", "onerror", "javascript:"})
      EXPECT_EQ(text.find(handler), std::string::npos) << file.path;
  }
}

TEST(Words, TellTimesInTheReadersZone) {
  Words en("en"), fr("fr");
  Zone paris = *find_zone("Europe/Paris");
  Instant now = *parse_rfc3339("2026-03-28T10:00:00Z");
  EXPECT_EQ(en.moment(*parse_rfc3339("2026-03-28T15:30:00Z"), paris, now), "today 16:30");
  EXPECT_EQ(en.moment(*parse_rfc3339("2026-03-29T07:00:00Z"), paris, now),
            "tomorrow 09:00");  // after the clocks went forward
  EXPECT_EQ(fr.moment(*parse_rfc3339("2026-08-04T07:00:00Z"), paris, now), "mar. 4 août à 09:00");
  EXPECT_EQ(en.moment(*parse_rfc3339("2027-01-04T08:00:00Z"), paris, now), "Mon 4 Jan 2027, 09:00");
  EXPECT_EQ(fr.count("today.need", 0), "0 conversation vous attend");
  EXPECT_EQ(en.count("today.need", 0), "0 conversations need you");
}

TEST(Words, TranslateWhatTheEngineSays) {
  Words fr("fr");
  EXPECT_EQ(fr.phrase("Approve: Recap of the talk"), "À approuver : Récapitulatif de l’entretien");
  EXPECT_EQ(fr.phrase("approved by adv_1"), "approuvé par adv_1");
  EXPECT_EQ(fr.phrase("Their own words"), "Their own words");
}

TEST(Languages, AreChosenByWish) {
  EXPECT_EQ(accepted_languages("de;q=0.1, fr-CH, en;q=0.8, *;q=0"), (std::vector<std::string>{"fr-CH", "en", "de"}));
  EXPECT_EQ(choose_language({"de", "FR-ch"}), "fr");
  EXPECT_EQ(choose_language({"", "xx"}), "en");
}

class Canned : public ::testing::TestWithParam<std::string> {
 protected:
  Reader reader() { return {words, zone, now, people}; }
  // The frame of a signed-in page, as frame() gives it.
  json::object framed(json::object model) {
    for (auto& [key, value] : json::object{{"title", "t"},
                                           {"doors", json::array{}},
                                           {"csrf", "c"},
                                           {"demo", false},
                                           {"me", "Maya"},
                                           {"my_role", "r"},
                                           {"tongues", json::array{}},
                                           {"here", "/"},
                                           {"may_change", true},
                                           {"my_zone", "UTC"}})
      model[key] = value;
    return model;
  }
  std::string draw(std::string_view page, json::object model) {
    return renderer.page(page, words, framed(std::move(model)));
  }
  static bool has(const std::string& html, std::string_view text) { return html.find(text) != std::string::npos; }

  Words words{GetParam()};
  Zone zone = *find_zone("Europe/Paris");
  Instant now = *parse_rfc3339("2026-03-02T10:00:00Z");
  std::map<std::string, std::string> people = {{"adv_0000000000001", "Maya Okafor"}};
  Renderer renderer;
};
INSTANTIATE_TEST_SUITE_P(Language, Canned, ::testing::Values("en", "fr"));

Json touch(const char* state, const char* kind = "email") {
  return json::object{{"id", "tou_1"},
                      {"kind", kind},
                      {"state", state},
                      {"title", "Recap <of> the talk"},
                      {"direction", "out"},
                      {"channel", "email"},
                      {"subject", "Our & talk"},
                      {"body", "Dear <Nadia>"},
                      {"zone", "America/New_York"},
                      {"due_at", "2026-03-02T16:00:00Z"},
                      {"reason", "approved by adv_0000000000001"},
                      {"why", json::array{json::object{{"rule", "holiday"}, {"note", "Easter Monday"}}}}};
}

Json row(const char* why) {
  json::object out{
      {"id", "cnv_1"},
      {"contact_name", "Nadia <Benali>"},
      {"stage", "met"},
      {"why", why},
      {"owner_name", "Maya"},
      {"next_action",
       json::object{{"what", "Answer the reply"}, {"due", "2026-03-02T08:00:00Z"}, {"by", "adv_0000000000001"}}},
      {"overdue", true},
      {"opened_at", "2026-02-02T08:00:00Z"},
      {"reply_waiting_at", "2026-03-02T08:00:00Z"},
      {"appointment_at", "2026-03-02T08:00:00Z"}};
  std::string word = why;
  out["touches"] = json::array{touch(word == "in_doubt"   ? "in_doubt"
                                     : word == "task_due" ? "planned"
                                                          : "draft",
                                     word == "task_due" ? "task" : "email")};
  if (word == "draft_to_mend") out["touches"].as_array()[0].as_object()["problem"] = "no value for contact.name";
  out["promises"] = json::array{json::object{{"id", "prm_1"},
                                             {"what", "Send <it>"},
                                             {"state", "owed"},
                                             {"due", "2026-03-03T08:00:00Z"},
                                             {"by", "system"},
                                             {"risk", json::object{{"cause", "approval_pending"}, {"detail", "x"}}}}};
  return out;
}

TEST_P(Canned, TodayWithNothingToDo) {
  std::string html = draw("today", today_model(reader(), json::object{{"data", json::array{}},
                                                                      {"needing_you", 0},
                                                                      {"open", 4},
                                                                      {"snoozed", 1},
                                                                      {"all_clear_until", "2026-03-02T13:30:00Z"}}));
  EXPECT_TRUE(has(html, "14:30"));
  EXPECT_TRUE(has(html, words.say("today.calm").substr(0, 20)));
  std::string empty = draw(
      "today",
      today_model(reader(), json::object{{"data", json::array{}}, {"needing_you", 0}, {"open", 0}, {"snoozed", 0}}));
  EXPECT_TRUE(has(empty, "href=\"/contacts\""));
}

TEST_P(Canned, TodaySaysWhyAndOffersOneAction) {
  for (const char* why : {"reply_waiting", "promise_broken", "draft_to_mend", "draft_to_approve", "promise_at_risk",
                          "in_doubt", "outcome_missing", "task_due", "no_next_step", "going_cold"}) {
    std::string html = draw(
        "today",
        today_model(reader(),
                    json::object{{"data", json::array{row(why)}}, {"needing_you", 1}, {"open", 1}, {"snoozed", 0}}));
    EXPECT_TRUE(has(html, words.say(std::string("why.") + why))) << why;
    EXPECT_TRUE(has(html, "Nadia &lt;Benali&gt;")) << why;
    EXPECT_FALSE(has(html, "<Nadia>")) << why;
    EXPECT_TRUE(has(html, "Send &lt;it&gt;")) << why;
    bool approves = has(html, "action=\"/touches/tou_1/approve\""),
         finishes = has(html, "action=\"/touches/tou_1/done\"");
    bool opens = has(html, "class=\"button primary\"");
    EXPECT_EQ(approves + finishes + opens, 1) << why << html;
    EXPECT_EQ(approves, std::string(why) == "draft_to_approve") << why;
    EXPECT_EQ(finishes, std::string(why) == "task_due") << why;
  }
}

TEST_P(Canned, AConversationShowsWhatComesInTheContactsZone) {
  Json conversation = row("reply_waiting");
  conversation.as_object()["contact_id"] = "con_1";
  conversation.as_object()["enrollments"] = json::array{json::object{{"id", "enr_1"},
                                                                     {"state", "active"},
                                                                     {"name", "After <talk>"},
                                                                     {"reason", "a talk was held"},
                                                                     {"started_at", "2026-03-01T08:00:00Z"}}};
  Json fact = json::object{{"entry", "fact"},
                           {"kind", "step.skipped"},
                           {"actor", "system"},
                           {"at", "2026-03-01T08:00:00Z"},
                           {"data", json::object{{"title", "Article"}, {"reason", "no asset was promised"}}}};
  Json note = json::object{
      {"entry", "note"}, {"text", "<i>note</i>"}, {"author", "adv_0000000000001"}, {"at", "2026-03-01T08:00:00Z"}};
  Json talk =
      json::object{{"entry", "talk"},
                   {"summary", "spoke"},
                   {"key_points", json::array{"<li>"}},
                   {"at", "2026-03-01T08:00:00Z"},
                   {"next_steps", json::array{json::object{{"what", "figures"}, {"due", "2026-03-06T16:00:00Z"}}}}};
  Json sent = touch("sent");
  sent.as_object()["entry"] = "touch";
  sent.as_object()["at"] = "2026-03-01T08:00:00Z";
  Json timeline = json::object{{"next", json::array{touch("planned")}}, {"data", json::array{fact, note, talk, sent}}};
  json::object model{{"c", conversation_model(reader(), conversation, timeline, json::object{{"data", json::array{}}})},
                     {"forms", json::array{}}};
  std::string html = draw("conversation", std::move(model));
  EXPECT_TRUE(has(html, "11:00</time> <span class=\"zone\">America/New_York</span>"));
  EXPECT_TRUE(has(html, words.say("rule.holiday")));
  EXPECT_TRUE(has(html, "Easter Monday"));
  EXPECT_TRUE(has(html, words.say("fact.step.skipped")));
  EXPECT_TRUE(has(html, words.phrase("no asset was promised")));
  EXPECT_TRUE(has(html, "&lt;i&gt;note"));
  EXPECT_TRUE(has(html, "Maya Okafor"));
  EXPECT_TRUE(has(html, "After &lt;talk&gt;"));
  EXPECT_FALSE(has(html, "adv_"));
}

TEST_P(Canned, PipelineAndForecast) {
  Json cold = row("going_cold");
  cold.as_object()["state"] = "gone_cold";
  cold.as_object()["silent_days"] = 12;
  Json pipeline = json::object{
      {"stages", json::array{json::object{{"stage", "met"}, {"count", 1}, {"conversations", json::array{cold}}},
                             json::object{{"stage", "won"}, {"count", 3}, {"conversations", json::array{}}}}}};
  std::string html = draw("pipeline", pipeline_model(reader(), pipeline));
  EXPECT_TRUE(has(html, words.say("pipeline.gone_cold")));
  EXPECT_TRUE(has(html, words.count("pipeline.silent", 12)));
  Json planned = touch("planned");
  planned.as_object()["at"] = "2026-03-05T16:00:00Z";
  planned.as_object()["conversation_id"] = "cnv_1";
  std::string forecast =
      draw("forecast",
           forecast_model(reader(), json::object{{"data", json::array{planned}}, {"until", "2026-04-01T10:00:00Z"}},
                          {{"cnv_1", "Nadia"}}));
  EXPECT_TRUE(has(forecast, "Nadia"));
  EXPECT_TRUE(has(forecast, "America/New_York"));
  EXPECT_TRUE(has(draw("forecast", forecast_model(reader(), json::object{{"data", json::array{}}}, {})),
                  words.say("forecast.nothing")));
}

}  // namespace
}  // namespace onward::pages
