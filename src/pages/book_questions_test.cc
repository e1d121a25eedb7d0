// Questions on the way to a time: asked one after the other, kept on the server, decided, and never in an address.
#include "app/articles.h"
#include "app/booking/waitlist.h"
#include "app/qualification/intake.h"
#include "app/qualification/links.h"
#include "app/teams.h"
#include "pages/book_world_test.h"

namespace onward::pages::testing {
namespace {

class QuestionsTest : public BookTest {
 protected:
  void SetUp() override {
    BookTest::SetUp();
    ask("first-talk", "First talk");
  }
  void ask(const std::string& slug, const std::string& form) {
    done([&](app::Step& s) -> Result<Json> {
      std::string id;
      for (const Json& f : TRY(app::list_forms(s, {0, 100})))
        if (get_string(f, "name") == form) id = get_string(f, "id");
      auto type = TRY(booking::find_meeting_type(s, slug));
      return booking::change_meeting_type(s, type.id, json::object{{"form_id", id}});
    });
  }
  // What the page carries in hidden fields.
  static Pairs carried(const Response& page) {
    Pairs out;
    for (std::string name : {"stamp", "asked", "hold", "d", "c", "lang"})
      if (std::string value = after(page.body, "name=\"" + name + "\" value=\""); !value.empty())
        out.emplace_back(name, value);
    return out;
  }
  Response answer(const Response& page, Pairs answers, const std::string& path = "/b/first-talk/questions") {
    Pairs form = carried(page);
    for (auto& [name, value] : answers) form.emplace_back("q." + name, value);
    wait();
    return post(path, form);
  }
  // The times of somebody whose answers lead to a plain appointment.
  std::string times_after() {
    Response on = answer(get("/b/first-talk"),
                         {{"need", "advice"}, {"who", "me"}, {"when", "soon"}, {"details", "A roof & a wall"}});
    EXPECT_EQ(on.status, 303) << on.body;
    return std::string(on.header("Location"));
  }
  Response choose_at(const std::string& page) {
    Response times = get(page);
    EXPECT_EQ(times.status, 200) << times.body;
    start_ = offered(times).at(0);
    Pairs form = carried(times);
    form.emplace_back("start", start_);
    return post("/b/first-talk", form);
  }
  Pairs details(const Response& page, Pairs more = {}) {
    Pairs form = typed(page, std::move(more));
    for (const char* name : {"d", "c"})
      if (std::string value = after(page.body, std::string("name=\"") + name + "\" value=\""); !value.empty())
        form.emplace_back(name, value);
    return form;
  }
  Response multipart(const Response& page, Pairs answers, const std::string& file, const std::string& type,
                     const std::string& content) {
    Pairs form = carried(page);
    for (auto& [name, value] : answers) form.emplace_back("q." + name, value);
    std::string body;
    for (const auto& [name, value] : form)
      body += "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    body += "--XX\r\nContent-Disposition: form-data; name=\"q.document\"; filename=\"" + file +
            "\"\r\nContent-Type: " + type + "\r\n\r\n" + content + "\r\n--XX--\r\n";
    Request request;
    request.method = "POST";
    request.path = "/b/first-talk/questions";
    request.headers = {{"Content-Type", "multipart/form-data; boundary=XX"}};
    request.body = body;
    wait();
    return send(std::move(request));
  }
  json::array answers_of(const std::string& conversation) {
    json::array out;
    write([&](app::Step& s) -> Status {
      out = app::answers_view(s, *ConversationId::parse(conversation), "en");
      return {};
    });
    return out;
  }
};

TEST_F(QuestionsTest, AreAskedBeforeTheTimeAndBringUpEachOther) {
  Response first = get("/b/first-talk");
  EXPECT_EQ(first.status, 200);
  EXPECT_TRUE(has(first, "What is it about?"));
  EXPECT_FALSE(has(first, "How many people work there?"));
  EXPECT_TRUE(offered(first).empty());
  Response nothing = answer(first, {});
  EXPECT_EQ(nothing.status, 400);
  EXPECT_TRUE(has(nothing, "This is needed."));
  Response company = answer(first, {{"need", "advice"}, {"who", "company"}, {"when", "soon"}});
  EXPECT_EQ(company.status, 200);
  EXPECT_TRUE(has(company, "bring up a little more"));
  EXPECT_TRUE(has(company, "How many people work there?"));
  EXPECT_TRUE(has(company, "checked"));  // what was answered stays
  Response on = answer(company, {{"need", "advice"}, {"who", "me"}, {"when", "soon"}, {"people", "12"}});
  EXPECT_EQ(on.status, 303) << on.body;  // an answer that is not shown any more is dropped
  EXPECT_FALSE(offered(get(std::string(on.header("Location")))).empty());
}

TEST_F(QuestionsTest, AnswersTravelToTheAppointmentAndStandInNoAddress) {
  std::string page = times_after();
  EXPECT_EQ(page.find("advice"), std::string::npos);
  EXPECT_EQ(page.find("roof"), std::string::npos);
  Response held = choose_at(page);
  ASSERT_EQ(held.status, 303) << held.body;
  Response at = get(std::string(held.header("Location")));
  ASSERT_EQ(at.status, 200) << at.body;
  wait();
  Response bad = post("/b/first-talk/details", details(at, {{"email", "nonsense"}}));
  EXPECT_EQ(bad.status, 400);
  Response sent = post("/b/first-talk/details", details(bad));
  ASSERT_EQ(sent.status, 303) << sent.body;
  json::array answers = answers_of(get_string(appointments().at(0), "conversation_id"));
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(get_string(answers[0], "appointment_id"), get_string(appointments().at(0), "id"));
  EXPECT_NE(json::serialize(answers).find("A roof & a wall"), std::string::npos);
}

TEST_F(QuestionsTest, ALostRaceLosesNoAnswer) {
  std::string page = times_after();
  Response held = choose_at(page);
  Response at = get(std::string(held.header("Location")));
  clock.set(clock.now() + 11min);
  done([&](app::Step& s) -> Result<Json> {  // somebody else is faster
    auto type = TRY(booking::find_meeting_type(s, std::string("first-talk")));
    return booking::book(
        s, json::object{
               {"meeting_type_id", type.id.text()}, {"start", start_}, {"contact", json::object{{"name", "Rival"}}}});
  });
  wait();
  Response gone = post("/b/first-talk/details", details(at));
  ASSERT_EQ(gone.status, 409) << gone.body;
  Pairs again = details(gone, {{"start", offered(gone).at(0)}});
  Response sent = post("/b/first-talk/details", again);
  ASSERT_EQ(sent.status, 303) << sent.body;
  EXPECT_EQ(answers_of(get_string(appointments().at(1), "conversation_id")).size(), 4u);
}

TEST_F(QuestionsTest, AnArticleFirstAndThenAnywayOnlyWhereTheRuleAllows) {
  done([](app::Step& s) -> Result<Json> {
    Json made = TRY(app::add_article(s, json::object{{"title", "What it brings"},
                                                     {"slug", "what-a-first-talk-brings"},
                                                     {"language", "en"},
                                                     {"summary", "A lot."},
                                                     {"body", "Text"}}));
    return app::publish_article(s, *ArticleId::parse(get_string(made, "id")));
  });
  Response on = answer(get("/b/first-talk"), {{"need", "advice"}, {"who", "me"}, {"when", "looking"}});
  ASSERT_EQ(on.status, 303);
  std::string next(on.header("Location"));
  EXPECT_EQ(next.rfind("/b/first-talk/next", 0), 0u);
  Response page = get(next);
  EXPECT_TRUE(has(page, "Something to read first"));
  EXPECT_TRUE(has(page, "/articles/what-a-first-talk-brings"));
  EXPECT_EQ(get("/b/first-talk?" + next.substr(next.find('?') + 1)).status, 303);  // no way around
  Pairs form = carried(page);
  form.emplace_back("do", "anyway");
  wait();
  Response times = post("/b/first-talk/next", form);
  ASSERT_EQ(times.status, 303) << times.body;
  EXPECT_FALSE(offered(get(std::string(times.header("Location")))).empty());
  Response no = answer(get("/b/first-talk"), {{"need", "offer"}});
  Response declined = get(std::string(no.header("Location")));
  EXPECT_TRUE(has(declined, "Please write to us."));
  std::string where(no.header("Location"));
  Pairs forced = {{"d", where.substr(where.find("d=") + 2)}};
  forced.emplace_back("stamp", stamp(page));  // of another page of the same kind
  forced.emplace_back("do", "anyway");
  wait();
  Response still = post("/b/first-talk/next", forced);
  EXPECT_EQ(std::string(still.header("Location")).rfind("/b/first-talk/next", 0), 0u) << still.body;
}

TEST_F(QuestionsTest, AnUrgentDateIsACallAndTheAnswersGoAlong) {
  Response date = answer(get("/b/first-talk"), {{"need", "project"}, {"who", "me"}, {"when", "dated"}});
  EXPECT_TRUE(has(date, "Which date?"));
  Response on = answer(date, {{"need", "project"}, {"who", "me"}, {"when", "dated"}, {"deadline", "2026-03-03"}});
  std::string where(on.header("Location"));
  EXPECT_EQ(where.rfind("/b/first-talk/call", 0), 0u);
  Response call = get(where);
  EXPECT_TRUE(has(call, "a call is faster"));
  Pairs form = carried(call);
  form.insert(form.end(), {{"name", "Amara Osei"}, {"phone", "+441174960101"}});
  wait();
  ASSERT_EQ(post("/b/first-talk/call", form).status, 303);
  write([&](app::Step& s) -> Status {
    json::array all = TRY(app::list_conversations(s, {}));
    EXPECT_EQ(app::answers_view(s, *ConversationId::parse(get_string(all.at(0), "id")), "en").size(), 4u);
    return {};
  });
}

TEST_F(QuestionsTest, TheWaitlistOffersATime) {
  done([&](app::Step& s) -> Result<Json> {
    auto type = TRY(booking::find_meeting_type(s, std::string("first-talk")));
    return booking::change_meeting_type(s, type.id,
                                        json::object{{"type", "partner_introduction"}, {"form_id", nullptr}});
  });
  ask("first-talk", "Partner introduction");
  Response more = answer(get("/b/first-talk"), {{"purpose", "together"}});
  Response on = answer(more, {{"purpose", "together"}, {"fields", "law"}, {"customers", "3"}});
  ASSERT_EQ(on.status, 303) << on.body;
  Response page = get(std::string(on.header("Location")));
  EXPECT_TRUE(has(page, "We offer you a time"));
  Pairs form = carried(page);
  form.insert(form.end(), {{"name", "Amara Osei"}, {"email", "amara@osei.example"}});
  wait();
  Response listed = post("/b/first-talk/next", form);
  EXPECT_EQ(listed.status, 200) << listed.body;
  EXPECT_TRUE(has(listed, "You are on the list"));
  EXPECT_EQ(post("/b/first-talk/next", form).status, 200);
  write([&](app::Step& s) -> Status {
    json::array all = TRY(app::list_conversations(s, {}));
    EXPECT_EQ(all.size(), 1u);
    json::array line = TRY(booking::list_waitlist(s, {}, {0, 10}));
    EXPECT_EQ(line.size(), 1u);
    EXPECT_EQ(get_string(line.at(0), "state"), "offered");
    return {};
  });
}

TEST_F(QuestionsTest, AFileIsTakenWithinItsLimitsAndReadByStaffOnly) {
  Response first = get("/b/first-talk");
  Response more = answer(first, {{"need", "problem"}, {"who", "me"}, {"when", "soon"}});
  EXPECT_TRUE(has(more, "multipart/form-data"));
  Pairs rest = {{"need", "problem"}, {"who", "me"}, {"when", "soon"}};
  EXPECT_EQ(multipart(more, rest, "x.exe", "application/x-msdownload", "MZ").status, 400);
  Response wrong =
      multipart(more, {{"need", "problem"}, {"who", "me"}}, "l\"e<t>ter.pdf", "application/pdf", "%PDF \0x");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_TRUE(has(wrong, "has been received"));  // whatever else is wrong
  EXPECT_FALSE(has(wrong, "e<t>ter"));
  Response on = answer(wrong, rest);
  ASSERT_EQ(on.status, 303) << on.body;
  Response held = choose_at(std::string(on.header("Location")));
  Response at = get(std::string(held.header("Location")));
  wait();
  ASSERT_EQ(post("/b/first-talk/details", details(at)).status, 303);
  std::string file;
  for (const Json& a : answers_of(get_string(appointments().at(0), "conversation_id")))
    if (get_string(a, "question") == "document") file = get_string(a.at("value"), "id");
  ASSERT_FALSE(file.empty());
  EXPECT_EQ(get("/files/" + file).status, 303);  // to sign in
  Response in = post("/signin", {{"key", key_}});
  cookie = token_in(in);
  Response saved = get("/files/" + file);
  EXPECT_EQ(saved.status, 200);
  EXPECT_EQ(saved.body, "%PDF ");
  EXPECT_EQ(saved.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(std::string(saved.header("Content-Disposition")).rfind("attachment; filename*=UTF-8''", 0), 0u);
  Response briefing = get("/appointments/" + get_string(appointments().at(0), "id"));
  EXPECT_EQ(briefing.status, 200) << briefing.body;
  EXPECT_TRUE(has(briefing, "/files/" + file));
  EXPECT_TRUE(has(briefing, "A problem that has to be solved"));
  EXPECT_TRUE(has(briefing, "Why this host"));
  Response page = get("/conversations/" + get_string(appointments().at(0), "conversation_id"));
  EXPECT_TRUE(has(page, "/appointments/" + get_string(appointments().at(0), "id")));
}

TEST_F(QuestionsTest, ALinkOfItsOwnAsksLessAndTellsNothing) {
  std::string url;
  ContactId contact;
  std::string conversation = open_conversation();
  done([&](app::Step& s) -> Result<Json> {
    json::array found = TRY(app::list_contacts(s, {.email = "amara@example.org"}, {0, 1}));
    contact = *ContactId::parse(get_string(found.at(0), "id"));
    TRY(app::change_contact(s, contact, json::object{{"name", "Amara Secretname"}}));
    auto type = TRY(booking::find_meeting_type(s, std::string("first-talk")));
    auto form = TRY(app::find_form(s, type.form));
    auto q = TRY(
        app::qualify(s, form, json::object{{"need", "advice"}, {"who", "me"}, {"when", "soon"}}, {.contact = contact}));
    app::keep_answers(s, q, *ConversationId::parse(conversation), {});
    Json made = TRY(app::make_booking_link(s, contact, json::object{{"meeting_type_id", type.id.text()}}));
    url = get_string(made, "url");
    return made;
  });
  std::string path = url.substr(std::string("http://onward.example").size());
  Response page = get(path);
  EXPECT_TRUE(page.header("Set-Cookie").empty());
  EXPECT_TRUE(has(page, "Good to see you again, Amara."));
  EXPECT_FALSE(has(page, "What is it about?"));  // known
  EXPECT_TRUE(has(page, "Is there anything we should know before?"));
  for (std::string_view secret : {"Secretname", "amara@example.org", "advice", "Advice on"})
    EXPECT_FALSE(has(page, secret));
  Response on = answer(page, {});
  ASSERT_EQ(on.status, 303) << on.body;
  Response held = choose_at(std::string(on.header("Location")));
  Response at = get(std::string(held.header("Location")));
  EXPECT_TRUE(has(at, "This appointment is for Amara (a•••@example.org)."));
  EXPECT_FALSE(has(at, "autocomplete=\"email\""));
  EXPECT_FALSE(has(at, "Secretname"));
  wait();
  Response sent = post("/b/first-talk/details", details(at));
  ASSERT_EQ(sent.status, 303) << sent.body;
  EXPECT_EQ(get_string(appointments().at(0), "conversation_id"), conversation);
  EXPECT_EQ(get_string(appointments().at(0), "contact_id"), contact.text());
  std::string forged = path;
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_FALSE(has(get(forged), "Good to see you again"));
  clock.set(clock.now() + std::chrono::days{31});
  EXPECT_FALSE(has(get(path), "Good to see you again"));
}

TEST_F(QuestionsTest, DraftsOfOthersAndForgedOnesAreNobodys) {
  std::string page = times_after();
  size_t at = page.find("d=fdr_");
  ASSERT_NE(at, std::string::npos) << page;
  std::string forged = page;
  forged[forged.find('.', at) + 1] ^= 1;
  EXPECT_TRUE(has(get(forged), "What is it about?"));
  clock.set(clock.now() + std::chrono::hours{25});
  EXPECT_TRUE(has(get(page), "What is it about?"));
}

}  // namespace
}  // namespace onward::pages::testing
