// Qualification and routing on both engines: forms and their versions, answers at booking, what becomes of a raised
// hand, who gets the customer and why.
#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "app/advisors.h"
#include "app/articles.h"
#include "app/booking/attributions.h"
#include "app/booking/waitlist.h"
#include "app/conversations.h"
#include "app/qualification/drafts.h"
#include "app/qualification/intake.h"
#include "app/qualification/uploads.h"
#include "app/teams.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app::booking;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json parse(const std::string& text) { return *parse_json(text); }

constexpr const char* kForm = R"({"name": "First", "type": "prospect", "title": {"en": "Before"},
  "questions": [
    {"key": "need", "ask": "choice", "label": {"en": "Need"}, "required": true,
     "options": [{"key": "advice", "label": {"en": "Advice"}}, {"key": "rush", "label": {"en": "In a rush"}},
                 {"key": "big", "label": {"en": "Something big"}}, {"key": "look", "label": {"en": "Looking"}},
                 {"key": "later", "label": {"en": "Later"}}, {"key": "offer", "label": {"en": "An offer"}}]},
    {"key": "people", "ask": "number", "label": {"en": "People"}, "unit": "heads",
     "only_if": [{"question": "need", "is": "big"}]},
    {"key": "paper", "ask": "file", "label": {"en": "Paper"}, "accept": ["text/plain"], "max_bytes": 100}],
  "rules": [
    {"key": "rush", "when": [{"question": "need", "is": "rush"}], "do": "call_back", "because": {"en": "Now."}},
    {"key": "big", "when": [{"question": "need", "is": "big"}], "do": "book_with", "team": "Heavy",
     "because": {"en": "Big."}},
    {"key": "look", "when": [{"question": "need", "is": "look"}, {"fact": "returning", "is": "no"}], "do": "read_first",
     "article": "start", "because": {"en": "Read."}},
    {"key": "later", "when": [{"question": "need", "is": "later"}], "do": "waitlist", "because": {"en": "Wait."}},
    {"key": "offer", "when": [{"question": "need", "is": "offer"}], "do": "decline",
     "alternative": {"en": "Write to us."}, "because": {"en": "No request."}}],
  "otherwise": {"do": "book", "because": {"en": "Fine."}}})";

class QualificationWorld : public World {
 protected:
  void SetUp() override {
    for (const Caller& who : {ann_north, bob_north, cid_south})
      must(as(owner, [&](Step& s) {
        return app::change_advisor(s, who.advisor, json::object{{"zone", "Europe/Paris"}});
      }));
    carl = contact("Carl", {{"emails", json::array{"carl@example.org"}},
                            {"phones", json::array{"+33123456789"}},
                            {"zone", "Europe/Paris"}});
    Json article = must(as(owner, [&](Step& s) {
      return app::add_article(
          s, parse(R"({"title": "Start", "slug": "start", "language": "en", "summary": "S", "body": "B"})"));
    }));
    article_ = *ArticleId::parse(text_of(article, "id"));
    must(as(owner, [&](Step& s) { return app::publish_article(s, article_); }));
    form = *FormId::parse(text_of(must(as(owner, [&](Step& s) { return app::add_form(s, parse(kForm)); })), "id"));
  }
  static Json must(Result<Json> r) {
    EXPECT_TRUE(r) << (r ? "" : r.error().message + " " + r.error().detail);
    return r ? *r : Json(json::object{});
  }
  Json type(json::object more = {}, std::vector<Caller> hosts = {}) {
    tick();
    if (hosts.empty()) hosts = {ann_north, bob_north};
    json::array list;
    for (const Caller& h : hosts) list.push_back(json::object{{"advisor_id", h.advisor.text()}});
    json::object body{{"slug", "talk-" + std::to_string(++made_)},
                      {"type", "prospect"},
                      {"name", {{"en", "A talk"}}},
                      {"length_min", 30},
                      {"hosts", list}};
    for (auto& [key, value] : more) body[key] = value;
    return must(as(owner, [&](Step& s) { return add_meeting_type(s, body); }));
  }
  // The `n`th half hour of the working days from the 23rd on.
  static std::string start(int n) {
    return format_rfc3339(*parse_rfc3339("2026-03-23T08:00:00Z") + std::chrono::days{n / 16} + Minutes{30} * (n % 16));
  }
  Result<app::Answer> book(const Json& type, int n, json::object more = {}, const Caller* by = nullptr) {
    tick();
    json::object body{{"meeting_type_id", text_of(type, "id")}, {"start", start(n)}};
    if (!more.contains("contact")) body["contact_id"] = carl.text();
    for (auto& [key, value] : more) body[key] = value;
    return as(by ? *by : owner, [&](Step& s) { return app::take_booking(s, body); });
  }
  Json booked(const Json& type, int n, json::object more = {}) {
    auto a = book(type, n, std::move(more));
    EXPECT_TRUE(a) << (a ? "" : a.error().message);
    EXPECT_EQ(a ? a->status : 0, 201) << (a ? onward::dump(a->body) : "");
    return a ? a->body : Json(json::object{});
  }
  Json attribution(const Json& booking, const Caller* by = nullptr) {
    return must(as(by ? *by : owner, [&](Step& s) {
      return get_attribution(s, *AttributionId::parse(text_of(booking, "attribution_id")));
    }));
  }
  TeamId team(const std::string& name, const Caller& member) {
    Json made = must(as(owner, [&](Step& s) {
      return app::add_team(s, json::object{{"name", name}, {"members", json::array{Json(member.advisor.text())}}});
    }));
    return *TeamId::parse(text_of(made, "id"));
  }
  void change(const Caller& who, const std::string& body) {
    must(as(owner, [&](Step& s) { return app::change_advisor(s, who.advisor, parse(body)); }));
  }

  ContactId carl;
  FormId form;
  int made_ = 0;
  ArticleId article_;
};

class Qualification : public QualificationWorld {};
INSTANTIATE_TEST_SUITE_P(Engines, Qualification, ::testing::Values(ports::Engine::sqlite, ports::Engine::postgres),
                         kind_name);

TEST_P(Qualification, AFormIsPublishedInVersionsAndSaysItsRules) {
  Json first = must(as(ann_north, [&](Step& s) { return app::get_form(s, form); }));
  EXPECT_EQ(first.at("version").as_int64(), 1);
  EXPECT_EQ(first.at("rules").at("en").as_array().size(), 6u);
  EXPECT_EQ(first.at("rules").at("fr").as_array().size(), 6u);
  EXPECT_EQ(first.at("languages"), parse(R"(["en"])"));
  EXPECT_EQ(first.at("missing").as_array().size(), 1u);  // the team is not there
  Json document = parse(kForm);
  EXPECT_EQ(must(as(owner, [&](Step& s) { return app::publish_form(s, form, document); })).at("version").as_int64(), 1);
  document.at("questions").at(1).as_object()["required"] = true;
  EXPECT_EQ(as(ann_north, [&](Step& s) { return app::publish_form(s, form, document); }).error().code, Code::forbidden);
  Json second = must(as(manager_north, [&](Step& s) { return app::publish_form(s, form, document); }));
  EXPECT_EQ(second.at("version").as_int64(), 2);
  Json old = must(as(owner, [&](Step& s) { return app::get_form_version(s, form, 1); }));
  EXPECT_EQ(old.at("document"), parse(kForm));
  auto twice = as(owner, [&](Step& s) { return app::add_form(s, document); });
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().fields.at(0).pointer, "/name");
  document.at("rules").at(1).at("when").at(0).as_object()["question"] = "nothing";
  auto wrong = as(owner, [&](Step& s) { return app::publish_form(s, form, document); });
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().fields.at(0).pointer, HasSubstr("/rules/1/when/0"));
}

TEST_P(Qualification, AMeetingTypeAsksOnlyWhatSpeaksItsLanguages) {
  auto made = as(owner, [&](Step& s) {
    return add_meeting_type(
        s, parse(R"({"slug":"x","type":"prospect","length_min":30,"name":{"en":"A","fr":"B"},"form_id":")" +
                 form.text() + "\"}"));
  });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fields.at(0).code, "language_missing");
  type({{"form_id", form.text()}});
  EXPECT_EQ(as(owner, [&](Step& s) { return app::delete_form(s, form); }).error().code, Code::conflict);
  Json document = parse(kForm);
  document.as_object()["title"] = json::object{{"fr", "Avant"}};
  auto worse = as(owner, [&](Step& s) { return app::publish_form(s, form, document); });
  ASSERT_FALSE(worse);
  EXPECT_EQ(worse.error().fields.at(0).code, "language_missing");
}

TEST_P(Qualification, AnswersAreKeptWithTheAppointmentAndNotAskedTwice) {
  Json t = type({{"form_id", form.text()}});
  auto wrong = book(t, 0, {{"answers", parse(R"({"need": "nonsense", "people": 3})")}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fields.at(0).pointer, "/answers/need");
  Json made = booked(t, 0, {{"answers", parse(R"({"need": "advice"})")}});
  EXPECT_EQ(text_of(made.at("qualification").at("outcome"), "do"), "book");
  ASSERT_EQ(made.at("answers").as_array().size(), 1u);
  EXPECT_EQ(text_of(made.at("answers").at(0), "shown"), "Advice");
  EXPECT_EQ(text_of(made.at("answers").at(0), "appointment_id"), text_of(made, "id"));
  Json again = booked(t, 1, {{"answers", json::object{}}});  // known: required, and not missing
  EXPECT_EQ(text_of(again, "conversation_id"), text_of(made, "conversation_id"));
  EXPECT_EQ(again.at("answers").as_array().size(), 1u);
  booked(t, 2, {{"answers", parse(R"({"need": "big", "people": "12"})")}});  // told anew
  auto id = *ConversationId::parse(text_of(made, "conversation_id"));
  Json all = must(as(owner, [&](Step& s) { return app::list_answers(s, id, "en"); }));
  EXPECT_EQ(all.at("data").as_array().size(), 3u);
  EXPECT_EQ(text_of(all.at("data").at(2), "shown"), "12 heads");
  EXPECT_EQ(as(cid_south, [&](Step& s) { return app::list_answers(s, id, "en"); }).error().code, Code::not_found);
}

TEST_P(Qualification, NoTimeIsGivenAndTheHandIsNotLost) {
  Json t = type({{"form_id", form.text()}});
  std::map<std::string, std::string> next = {
      {"rush", "call"}, {"look", "read"}, {"later", "offer_time"}, {"offer", "none"}};
  for (const auto& [need, step] : next) {
    auto a = book(t, 0,
                  {{"contact", json::object{{"name", "New " + need}, {"phones", json::array{"+33123456780"}}}},
                   {"answers", json::object{{"need", need}}}});
    ASSERT_TRUE(a) << need;
    EXPECT_EQ(a->status, 409) << need;
    EXPECT_EQ(text_of(a->body, "code"), "not_qualified");
    EXPECT_EQ(text_of(a->body, "next_step"), step);
    auto id = *ConversationId::parse(text_of(a->body, "conversation_id"));
    EXPECT_EQ(must(as(owner, [&](Step& s) { return app::list_answers(s, id, "en"); })).at("data").as_array().size(),
              1u);
    Json v = must(as(owner, [&](Step& s) { return app::get_conversation(s, id); }));
    EXPECT_EQ(text_of(v, "stage"), "hand_raised");
    if (need == "rush") {
      EXPECT_THAT(onward::dump(v), HasSubstr("Call back +33123456780: New rush"));
      EXPECT_TRUE(a->body.at("call").is_object());
    }
    if (need == "later") EXPECT_THAT(onward::dump(v), HasSubstr("Offer a time: New later"));
    if (need == "offer") EXPECT_EQ(text_of(a->body.at("outcome").at("alternative"), "en"), "Write to us.");
  }
  auto waits = book(t, 0,
                    {{"contact", json::object{{"name", "Willa"}, {"emails", json::array{"willa@example.org"}}}},
                     {"answers", parse(R"({"need": "later"})")}});
  ASSERT_TRUE(waits);
  EXPECT_EQ(text_of(waits->body, "next_step"), "waitlist");
  auto line = as(owner, [&](Step& s) { return list_waitlist(s, {}, {0, 10}); });
  ASSERT_TRUE(line);
  EXPECT_EQ(line->size(), 1u);
  EXPECT_EQ(booked(t, 0, {{"answers", parse(R"({"need": "look"})")}, {"anyway", true}}).at("state"), "booked");
  auto not_so = book(t, 1, {{"answers", parse(R"({"need": "offer"})")}, {"anyway", true}});
  EXPECT_EQ(not_so->status, 409);
}

TEST_P(Qualification, AnArticleThatIsGoneKeepsNobodyFromBooking) {
  Json t = type({{"form_id", form.text()}});
  must(as(owner, [&](Step& s) { return app::withdraw_article(s, article_); }));
  EXPECT_EQ(text_of(booked(t, 0, {{"answers", parse(R"({"need": "look"})")}}), "state"), "booked");
}

TEST_P(Qualification, ADryRunWritesNothingAndSaysWhy) {
  size_t before = facts().size();
  Json d = must(as(ann_north, [&](Step& s) {
    return app::decide_form(s, form, parse(R"({"answers": {"need": "look"}, "language": "en"})"));
  }));
  EXPECT_EQ(text_of(d.at("outcome"), "do"), "read_first");
  EXPECT_EQ(text_of(d, "rule"), "look");
  EXPECT_EQ(d.at("why").as_array().size(), 2u);
  EXPECT_EQ(d.at("open"), parse(R"(["paper"])"));
  Json known = must(as(ann_north, [&](Step& s) {
    return app::decide_form(s, form, parse(R"({"answers": {"need": "look"}, "facts": {"returning": "yes"}})"));
  }));
  EXPECT_EQ(text_of(known.at("outcome"), "do"), "book");
  EXPECT_EQ(facts().size(), before);
}

TEST_P(Qualification, ATeamOfTheOutcomeGetsTheCustomer) {
  Json t = type({{"form_id", form.text()}});
  Json nobody = booked(t, 0, {{"answers", parse(R"({"need": "big"})")}});  // there is no such team: anybody
  EXPECT_FALSE(text_of(nobody, "advisor_id").empty());
  team("Heavy", bob_north);
  for (int n = 1; n < 4; ++n) {
    Json made = booked(
        t, n,
        {{"contact", json::object{{"name", "Big " + std::to_string(n)}}}, {"answers", parse(R"({"need": "big"})")}});
    EXPECT_EQ(text_of(made, "advisor_id"), bob_north.advisor.text());
    Json why = attribution(made);
    EXPECT_EQ(text_of(why.at("refused").at(0), "advisor"), ann_north.advisor.text());
    EXPECT_EQ(text_of(why.at("refused").at(0), "key"), "team");
  }
  // What is held with somebody else makes room for the team.
  Json hold = must(as(owner, [&](Step& s) {
    return place_hold(
        s, json::object{
               {"meeting_type_id", text_of(t, "id")}, {"start", start(5)}, {"host_id", ann_north.advisor.text()}});
  }));
  Json made = booked(t, 5,
                     {{"hold_id", text_of(hold, "id")},
                      {"answers", parse(R"({"need": "big"})")},
                      {"contact", json::object{{"name", "Big 5"}}}});
  EXPECT_EQ(text_of(made, "advisor_id"), bob_north.advisor.text());
  EXPECT_EQ(text_of(booked(t, 5, {{"contact", json::object{{"name", "Other"}}}}), "advisor_id"),
            ann_north.advisor.text());
}

TEST_P(Qualification, WhatIsRequiredRestrictsWhatIsOfferedAndWhatIsOfferedCanBeBooked) {
  change(ann_north, R"({"languages": ["en", "fr-CA"], "skills": ["Mortgage"]})");
  change(bob_north, R"({"languages": ["en"], "skills": ["mortgage", "Pension"]})");
  Json t = type({{"routing", parse(R"({"language": "required", "skills": ["pension"]})")}}, {ann_north, bob_north});
  auto id = *MeetingTypeId::parse(text_of(t, "id"));
  Instant from = *parse_rfc3339("2026-03-23T00:00:00Z");
  auto offered = [&](const std::string& language) {
    return must(as(owner,
                   [&](Step& s) {
                     return list_slots(s, id, {from, from + 24h, "", {.language = language}}, Refusals::left_out);
                   }))
        .at("data")
        .as_array();
  };
  EXPECT_TRUE(offered("fr").empty());  // Ann has not the skill, Bob not the language
  json::array english = offered("en");
  ASSERT_FALSE(english.empty());
  for (const Json& slot : english) EXPECT_EQ(slot.at("hosts"), json::array{Json(bob_north.advisor.text())});
  auto french = book(t, 0, {{"contact", json::object{{"name", "F"}, {"language", "fr"}}}});
  ASSERT_FALSE(french);
  EXPECT_EQ(french.error().code, Code::conflict);
  int n = 0;
  for (const Json& slot : english)
    EXPECT_EQ(text_of(booked(t, 0,
                             {{"start", slot.at("start")},
                              {"contact", json::object{{"name", "E" + std::to_string(++n)}, {"language", "en"}}}}),
                      "advisor_id"),
              bob_north.advisor.text());
}

TEST_P(Qualification, LanguageAndPlaceArePointsAndAreExplained) {
  change(ann_north, R"({"languages": ["en"], "territories": [{"country": "FR"}]})");
  change(bob_north, R"({"languages": ["fr"], "territories": [{"country": "DE"}]})");
  Json t = type();
  Json french = booked(t, 0, {{"contact", json::object{{"name", "F"}, {"language", "fr"}}}});
  EXPECT_EQ(text_of(french, "advisor_id"), bob_north.advisor.text());
  Json here = booked(t, 1, {{"contact", json::object{{"name", "H"}, {"language", "it"}, {"country", "FR"}}}});
  EXPECT_EQ(text_of(here, "advisor_id"), ann_north.advisor.text());
  Json why = attribution(here);
  EXPECT_EQ(text_of(why, "method"), "rules");
  EXPECT_TRUE(why.at("propensity").is_null());
  EXPECT_TRUE(why.at("override").is_null());
  ASSERT_EQ(why.at("candidates").as_array().size(), 2u);
  for (const Json& candidate : why.at("candidates").as_array()) {
    double sum = 0;
    for (const Json& reason : candidate.at("reasons").as_array()) sum += get_double(reason, "points");
    EXPECT_NEAR(sum, get_double(candidate, "points"), 1e-9);
  }
}

TEST_P(Qualification, TurnsAreSharedAndWhoKnowsTheCustomerKeepsThem) {
  Json t = type({}, {ann_north, bob_north, cid_south});
  std::map<std::string, int> count;
  for (int n = 0; n < 30; ++n)
    ++count[text_of(booked(t, n, {{"contact", json::object{{"name", "C" + std::to_string(n)}}}}), "advisor_id")];
  for (const Caller& who : {ann_north, bob_north, cid_south}) EXPECT_EQ(count[who.advisor.text()], 10);
  Json once = booked(t, 31);
  for (int n = 32; n < 35; ++n) EXPECT_EQ(booked(t, n).at("advisor_id"), once.at("advisor_id"));
}

TEST_P(Qualification, APersonsChoiceIsAnOverrideWithItsReason) {
  Json t = type();
  Json made = booked(t, 0, {{"host_id", bob_north.advisor.text()}, {"host_reason", "They met at the fair"}});
  Json why = attribution(made);
  EXPECT_EQ(text_of(why, "chosen"), bob_north.advisor.text());
  EXPECT_EQ(text_of(why.at("override"), "reason"), "They met at the fair");
  EXPECT_EQ(why.at("candidates").as_array().size(), 2u);
  auto id = *AppointmentId::parse(text_of(made, "id"));
  must(as(owner, [&](Step& s) {
    return reassign(s, id, json::object{{"advisor_id", ann_north.advisor.text()}, {"reason", "Bob is ill"}});
  }));
  auto all = as(owner, [&](Step& s) { return list_attributions(s, {.appointment = id}, {0, 10}); });
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(text_of((*all)[1], "chosen"), ann_north.advisor.text());
  EXPECT_EQ(text_of((*all)[1].at("override"), "reason"), "Bob is ill");
  // The conversation is Bob's: Ann and the other agency do not see why.
  auto see = [&](const Caller& who) {
    return as(who, [&](Step& s) { return list_attributions(s, {.appointment = id}, {0, 10}); })->size();
  };
  EXPECT_EQ(see(bob_north), 2u);
  EXPECT_EQ(see(cid_south), 0u);
  EXPECT_EQ(see(manager_south), 0u);
}

TEST_P(Qualification, RacersShareTheTurns) {
  Json t = type({}, {ann_north, bob_north, cid_south});
  std::vector<ContactId> people;
  for (int n = 0; n < 12; ++n) people.push_back(contact("R" + std::to_string(n)));
  std::vector<std::thread> racers;
  std::atomic<int> done = 0;
  for (int w = 0; w < 3; ++w)
    racers.emplace_back([&, w] {
      for (int n = w * 4; n < w * 4 + 4; ++n) {
        json::object body{{"meeting_type_id", text_of(t, "id")},
                          {"start", start(n % 5)},
                          {"contact_id", people[static_cast<size_t>(n)].text()}};
        Status s = runner_->write(app::Lane::interactive, owner, [&](Step& step) -> Status {
          TRY(app::take_booking(step, body));
          return {};
        });
        if (s) ++done;
      }
    });
  for (std::thread& r : racers) r.join();
  EXPECT_EQ(done, 12);  // five starts of three hosts each
  ports::Rows turns = sql("export_turn", {int64_t{0}, int64_t{100}});
  double sum = 0;
  for (size_t r = 0; r < turns.size(); ++r) sum += turns.real(r, 2);
  EXPECT_EQ(turns.size(), 3u);
  EXPECT_DOUBLE_EQ(sum, 12);
}

TEST_P(Qualification, AFileBelongsToItsDraftThenToTheConversation) {
  Json t = type({{"form_id", form.text()}});
  auto type_id = *MeetingTypeId::parse(text_of(t, "id"));
  std::string content(300'000, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7);
  UploadId big, small;
  FormDraftId draft, other;
  ASSERT_TRUE(as(owner, [&](Step& s) -> Result<Json> {
    auto stored = TRY(app::find_form(s, form));
    draft = app::new_draft(s, type_id, stored);
    other = app::new_draft(s, type_id, stored);
    big = app::add_upload(s, draft, "big.bin", "text/plain", content);
    small = app::add_upload(s, draft, "a.txt", "text/plain", "hello");
    return Json(nullptr);
  }));
  Json reference = json::object{{"id", small.text()}, {"name", "a.txt"}, {"media_type", "text/plain"}, {"bytes", 5}};
  auto ask = [&](FormDraftId of, Json file) {
    return as(owner, [&](Step& s) -> Result<Json> {
      auto stored = TRY(app::find_form(s, form));
      auto q = TRY(app::qualify(s, stored, json::object{{"need", "advice"}, {"paper", file}}, {.draft = of}));
      auto booking = TRY(find_meeting_type(s, type_id));
      return Json(TRY(app::raise_hand(s, booking, carl, "web", q)).conversation.text());
    });
  };
  EXPECT_FALSE(ask(other, reference));
  Json lying = reference;
  lying.as_object()["bytes"] = 4;
  EXPECT_FALSE(ask(draft, lying));
  EXPECT_FALSE(as(owner, [&](Step& s) { return app::read_upload(s, small); }));  // nobody's yet
  ASSERT_TRUE(ask(draft, reference));
  auto file = as(owner, [&](Step& s) { return app::read_upload(s, small); });
  ASSERT_TRUE(file);
  EXPECT_EQ(file->content, "hello");
  EXPECT_FALSE(as(cid_south, [&](Step& s) { return app::read_upload(s, small); }));
  as(owner, [&](Step& s) -> Result<Json> {
    s.run("upload_keep", {big.value, file->upload.conversation.value, draft.value});
    return Json(nullptr);
  });
  EXPECT_EQ(as(owner, [&](Step& s) { return app::read_upload(s, big); })->content, content);
}

}  // namespace
}  // namespace onward::testing
