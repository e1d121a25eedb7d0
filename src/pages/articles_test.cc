// Articles as the public, programs and the desk see them.
#include "app/articles.h"

#include "app/advisors.h"
#include "app/agencies.h"
#include "pages/article_forms.h"
#include "pages/article_texts.h"
#include "pages/article_views.h"
#include "pages/house_test.h"

namespace onward::pages::testing {
namespace {

bool has(std::string_view body, std::string_view text) { return body.find(text) != std::string_view::npos; }

const std::string kNasty = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&]]>--> {{{content}}}";

class ArticlesTest : public HouseTest {
 protected:
  void SetUp() override {
    open_pages();
    key_ = set_up();
  }
  Json add(json::object body, bool publish = true) {
    body.emplace("language", "en");
    body.emplace("summary", "A summary.");
    body.emplace("body", "Text.");
    return done([&](app::Step& s) -> Result<Json> {
      Json made = TRY(app::add_article(s, Json(body)));
      if (!publish) return made;
      return app::publish_article(s, *ArticleId::parse(get_string(made, "id")));
    });
  }
  Json visits(const Json& article) {
    return done([&](app::Step& s) {
      return app::article_visits(s, *ArticleId::parse(get_string(article, "id")), {2026, 3, 1}, {2026, 3, 3});
    });
  }
  void sign_in_as_owner() {
    Response r = post("/signin", {{"key", key_}});
    ASSERT_EQ(r.status, 303);
    cookie = token_in(r);
    Response page = get("/contacts");
    csrf = page.body.substr(page.body.find("name=\"csrf\" value=\"") + 19, 64);
  }
  std::string key_;
};

TEST_F(ArticlesTest, APublicPageIsCompleteAndSetsNoCookie) {
  json::object body{
      {"title", "What advice costs"},
      {"body", "# One\n\n## Two\n\ntext"},
      {"author_name", "Maya Okafor"},
      {"author_credentials", "planner"},
      {"reviewed_by", "Tom"},
      {"sources",
       json::array{json::object{{"title", "A law"}, {"url", "https://example.org/law"}, {"accessed", "2026-01-15"}}}},
      {"faq", json::array{json::object{{"question", "How much?"}, {"answer", "A *fee*."}}}},
      {"topics", json::array{"fees"}}};
  add(body);
  Response r = get("/articles/what-advice-costs");
  ASSERT_EQ(r.status, 200) << r.body;
  EXPECT_TRUE(r.header("Set-Cookie").empty());
  for (std::string_view part :
       {"<h1>What advice costs</h1>", "Maya Okafor", "planner", "datetime=\"2026-03-02T10:00:00Z\"", "Mon 2 Mar 2026",
        "Reviewed by Tom", "href=\"https://example.org/law\" rel=\"noopener\"", "Thu 15 Jan 2026",
        "<summary>How much?</summary>", "A <em>fee</em>.", "<h2>One</h2>", "<h3>Two</h3>",
        "rel=\"canonical\" href=\"http://onward.example/articles/what-advice-costs\"", "\"@type\":\"FAQPage\"",
        "\"datePublished\":\"2026-03-02T11:00:00+01:00\""})
    EXPECT_TRUE(has(r.body, part)) << part;
  EXPECT_FALSE(has(r.body, "src=")) << "no script, no picture";
}

TEST_F(ArticlesTest, UnknownDraftAndWithdrawnAre404And410) {
  add({{"title", "Draft"}}, false);
  Json gone = add({{"title", "Gone"}, {"body", "Secret now"}});
  done([&](app::Step& s) { return app::withdraw_article(s, *ArticleId::parse(get_string(gone, "id"))); });
  Response draft = get("/articles/draft"), unknown = get("/articles/unknown");
  EXPECT_EQ(draft.status, 404);
  EXPECT_EQ(draft.body, unknown.body);  // a draft cannot be told from nothing
  EXPECT_EQ(get("/articles/draft.md").status, 404);
  EXPECT_EQ(get("/articles/.md").status, 404);
  EXPECT_EQ(get("/articles/%").status, 404);
  for (const char* path : {"/articles/gone", "/articles/gone.md"}) {
    Response r = get(path);
    EXPECT_EQ(r.status, 410);
    EXPECT_FALSE(has(r.body, "Secret"));
    EXPECT_EQ(r.header("X-Robots-Tag"), "noindex");
  }
  for (const char* path : {"/articles/", "/articles/atom.xml", "/sitemap.xml", "/llms.txt"}) {
    EXPECT_FALSE(has(get(path).body, "gone")) << path;
    EXPECT_FALSE(has(get(path).body, "/draft")) << path;
  }
}

TEST_F(ArticlesTest, ATextSpeaksItsOwnLanguageAndNamesItsTranslations) {
  Json en = add({{"title", "Costs"}});
  add({{"title", "Coûts"}, {"language", "fr"}, {"translation_of", get_string(en, "id")}});
  add({{"title", "Kosten"}, {"language", "de"}, {"translation_of", get_string(en, "id")}});
  Response fr = get("/articles/couts", {{"Accept-Language", "en"}});
  EXPECT_TRUE(has(fr.body, "<html lang=\"fr\">"));
  EXPECT_TRUE(has(fr.body, "Publié le"));
  EXPECT_EQ(fr.header("Content-Language"), "fr");
  for (const char* tongue :
       {"en\" href=\"http://onward.example/articles/costs", "fr\" href=\"http://onward.example/articles/couts",
        "de\" href=\"http://onward.example/articles/kosten"})
    EXPECT_TRUE(has(fr.body, std::string("hreflang=\"") + tongue)) << tongue;
  EXPECT_TRUE(has(get("/articles/kosten").body, "<h1 lang=\"de\">Kosten</h1>"));
  EXPECT_TRUE(has(get("/articles/").body, "Costs"));
  EXPECT_FALSE(has(get("/articles/").body, "Coûts"));
  EXPECT_TRUE(has(get("/articles/?language=fr").body, "Coûts"));
  EXPECT_TRUE(has(get("/articles/?language=xx%22%3E").body, "Costs"));
}

TEST_F(ArticlesTest, TheListGoesByTopicAndPage) {
  for (int i = 1; i <= 25; ++i)
    add({{"title", "Number " + std::to_string(i)}, {"topics", json::array{i == 3 ? "a & b" : "many"}}});
  Response first = get("/articles/"), second = get("/articles/?page=2");
  EXPECT_TRUE(has(first.body, "rel=\"next\" href=\"/articles/?language=en&amp;page=2\""));
  EXPECT_TRUE(has(second.body, "rel=\"prev\""));
  EXPECT_FALSE(has(second.body, "rel=\"next\""));
  EXPECT_TRUE(has(second.body, "Number 1<"));
  Response topic = get("/articles/?language=en&topic=a%20%26%20b");
  EXPECT_TRUE(has(topic.body, "Number 3<"));
  EXPECT_FALSE(has(topic.body, "Number 4<"));
  for (const char* odd :
       {"/articles/?page=-1", "/articles/?page=99999999999999", "/articles/?topic=none", "/articles/?page=0"})
    EXPECT_EQ(get(odd).status, 200) << odd;
  EXPECT_EQ(get("/articles").header("Location"), "/articles/");
}

TEST_F(ArticlesTest, CachesAskAndAreTold) {
  Json article = add({{"title", "Costs"}});
  for (const char* path : {"/articles/costs", "/articles/costs.md", "/articles/", "/articles/atom.xml", "/sitemap.xml",
                           "/robots.txt", "/llms.txt"}) {
    Response r = get(path);
    ASSERT_EQ(r.status, 200) << path;
    EXPECT_TRUE(r.compressible) << path;
    EXPECT_EQ(get(path, {{"If-None-Match", std::string(r.header("ETag"))}}).status, 304) << path;
    // These two also list what can be booked, which changes at other times than the articles do.
    if (path == std::string_view("/sitemap.xml") || path == std::string_view("/llms.txt")) {
      EXPECT_EQ(r.header("Last-Modified"), "") << path;
      continue;
    }
    EXPECT_EQ(r.header("Last-Modified"), "Mon, 02 Mar 2026 10:00:00 GMT") << path;
    EXPECT_EQ(get(path, {{"If-Modified-Since", "Mon, 02 Mar 2026 10:00:00 GMT"}}).status, 304) << path;
  }
  std::string tag(get("/articles/costs").header("ETag"));
  clock.set(clock.now() + std::chrono::hours{1});
  done([&](app::Step& s) -> Result<Json> {
    ArticleId id = *ArticleId::parse(get_string(article, "id"));
    TRY(app::edit_article(s, id, json::object{{"body", "New."}}));
    return app::publish_article(s, id);
  });
  EXPECT_EQ(get("/articles/costs", {{"If-None-Match", tag}}).status, 200);
}

TEST_F(ArticlesTest, VisitsAreCountedWithoutAnythingOfTheVisitor) {
  Json article = add({{"title", "Costs"}});
  int64_t before = facts();
  get("/articles/costs", {{"User-Agent", "GPTBot/1.2"}, {"Cookie", "a=b"}});
  get("/articles/costs.md", {{"User-Agent", "Claude-User"}});
  get("/articles/costs", {{"User-Agent", "Mozilla/5.0 Firefox/1.0"}, {"Referer", "https://chatgpt.com/"}});
  get("/articles/costs?utm_source=perplexity.ai", {{"User-Agent", "Mozilla/5.0 Firefox/1.0"}});
  get("/articles/costs", {{"User-Agent", "GPTBot/1.2"}}, "HEAD");
  get("/articles/costs", {{"Sec-Purpose", "prefetch"}});
  get("/articles/unknown", {{"User-Agent", "GPTBot/1.2"}});
  Json counts = visits(article);
  EXPECT_EQ(counts.at("totals"), Json(json::object{{"all", 4}, {"people", 2}, {"ai", 2}, {"ai_referrals", 2}}));
  EXPECT_EQ(facts(), before);
}

TEST_F(ArticlesTest, NothingNastyComesThrough) {
  json::object body{{"title", kNasty},
                    {"slug", "nasty"},
                    {"summary", kNasty},
                    {"body", kNasty + "\n\n```\n" + kNasty + "\n```\n"},
                    {"author_name", kNasty},
                    {"author_credentials", kNasty},
                    {"reviewed_by", kNasty},
                    {"sources", json::array{json::object{{"title", kNasty}, {"url", "https://example.org/?a=b&c='"}}}},
                    {"faq", json::array{json::object{{"question", kNasty}, {"answer", kNasty}}}},
                    {"topics", json::array{"</a><b>"}}};
  add(body);
  for (const char* path : {"/articles/nasty", "/articles/"}) {
    Response r = get(path);
    ASSERT_EQ(r.status, 200);
    EXPECT_FALSE(has(r.body, "<script>alert")) << path;
    EXPECT_FALSE(has(r.body, "<img")) << path;
    EXPECT_FALSE(has(r.body, "</a><b>")) << path;
    size_t scripts = 0;
    for (size_t at = 0; (at = r.body.find("<script", at)) != std::string::npos; ++at) ++scripts;
    EXPECT_EQ(scripts, 1u) << path;  // the data block
  }
  std::string twin = get("/articles/nasty.md").body;
  std::string outside = twin.substr(0, twin.find("```")) + twin.substr(twin.rfind("```"));
  EXPECT_FALSE(has(outside, "<script"));
  EXPECT_FALSE(has(outside, "<img"));
  for (const char* path : {"/articles/atom.xml", "/sitemap.xml", "/llms.txt"}) {
    EXPECT_FALSE(has(get(path).body, "<script")) << path;
    EXPECT_FALSE(has(get(path).body, "<img")) << path;
  }
}

TEST_F(ArticlesTest, TheHostHeaderNamesNothing) {
  add({{"title", "Costs"}});
  for (const char* path : {"/articles/costs", "/articles/costs.md", "/articles/atom.xml", "/sitemap.xml", "/robots.txt",
                           "/llms.txt", "/articles/"}) {
    Response r = get(path, {{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}});
    EXPECT_FALSE(has(r.body, "evil.example")) << path;
    for (const auto& [name, value] : r.headers) EXPECT_FALSE(has(value, "evil.example")) << name;
  }
}

TEST_F(ArticlesTest, AgenciesAreBusinessesWithHoursAndAReservation) {
  done([](app::Step& s) {
    return app::add_agency(
        s, json::object{{"name", "Quay"},
                        {"address", "1 Quay"},
                        {"zone", "Europe/Paris"},
                        {"country", "FR"},
                        {"hours", json::array{json::object{{"day", "mon"}, {"from", "09:00"}, {"to", "24:00"}}}}});
  });
  EXPECT_FALSE(has(get("/articles/").body, "ReserveAction"));
  open_pages({.booking = [](app::Step&) { return std::optional<std::string>("/b/talk"); }});
  Response r = get("/articles/");
  for (std::string_view part :
       {"\"@type\":\"LocalBusiness\"", "\"name\":\"Harbour, Quay\"", "\"streetAddress\":\"1 Quay\"",
        "https://schema.org/Monday", "\"closes\":\"23:59\"", "\"@type\":\"ReserveAction\"",
        "\"urlTemplate\":\"http://onward.example/b/talk\"", "href=\"/b/talk\"", "Mon 09:00–24:00"})
    EXPECT_TRUE(has(r.body, part)) << part << r.body;
}

TEST_F(ArticlesTest, TheDeskWritesPreviewsPublishesAndTakesBack) {
  EXPECT_EQ(get("/desk/articles").header("Location"), "/signin?next=%2Fdesk%2Farticles");
  sign_in_as_owner();
  http::Pairs form{{"title", "Costs"},
                   {"language", "en"},
                   {"translation_of", ""},
                   {"slug", ""},
                   {"summary", "What it costs"},
                   {"body", "Some **text**"},
                   {"author_name", "Maya"},
                   {"review_due", "2026-01-01"},
                   {"sources", "A law | https://example.org/law | 2026-01-02\r\n"},
                   {"faq", "? Why?\r\nBecause.\r\n"},
                   {"topics", "fees, start"}};
  http::Pairs preview = form;
  preview.emplace_back("preview", "yes");
  Response shown = post("/desk/articles", preview);
  EXPECT_TRUE(has(shown.body, "Some <strong>text</strong>"));
  EXPECT_EQ(facts("article.created"), 0);
  Response made = post("/desk/articles", form);
  ASSERT_EQ(made.status, 303) << made.body;
  std::string path(made.header("Location"));
  EXPECT_EQ(get("/articles/costs").status, 404);
  EXPECT_EQ(post(path + "/publish", {}).status, 303);
  EXPECT_TRUE(has(get("/articles/costs").body, "Some <strong>text</strong>"));
  form.emplace_back("version", "1");
  form[0].second = "What it costs today";
  EXPECT_EQ(post(path, form).status, 303);
  Response late = post(path, form);  // the version is another one now
  EXPECT_EQ(late.status, 412);
  EXPECT_TRUE(has(late.body, "somebody else has changed"));
  EXPECT_TRUE(has(late.body, "value=\"What it costs today\""));  // what was typed stays
  Response seen = get(path + "/seen");
  for (std::string_view part : {"Its review is overdue.", "The newest changes are not public yet.",
                                "# What it costs today", "FAQPage", "<strong>Why?</strong>", "Because."})
    EXPECT_TRUE(has(seen.body, part)) << part;
  EXPECT_EQ(post(path + "/withdraw", {}).status, 303);
  EXPECT_EQ(get("/articles/costs").status, 410);
  EXPECT_EQ(get(path).status, 200);
  EXPECT_EQ(get("/desk/articles").status, 200);
}

TEST_F(ArticlesTest, TheDeskGoesOnWhereItsListEnds) {
  for (int i = 1; i <= 51; ++i) add({{"title", "Number " + std::to_string(i)}});
  sign_in_as_owner();
  Response first = get("/desk/articles?q=number");
  EXPECT_TRUE(has(first.body, "Number 50<"));
  EXPECT_FALSE(has(first.body, "Number 51<"));
  size_t at = first.body.find("/desk/articles?q=number&amp;after=art_");
  ASSERT_NE(at, std::string::npos);
  std::string id = first.body.substr(at + 34, 17);
  Response second = get("/desk/articles?q=number&after=" + id);
  EXPECT_TRUE(has(second.body, "Number 51<")) << id;
  EXPECT_FALSE(has(second.body, "Number 50<"));
}

TEST_F(ArticlesTest, TheDeskPointsAtWhatIsWrongAndShowsNothingNasty) {
  sign_in_as_owner();
  Response r = post("/desk/articles", {{"title", kNasty},
                                       {"language", "en"},
                                       {"summary", "s"},
                                       {"body", "[a](javascript:alert(1)) " + kNasty},
                                       {"sources", "x | javascript:alert(1)"},
                                       {"faq", "no question"},
                                       {"topics", ""}});
  EXPECT_EQ(r.status, 400);
  EXPECT_FALSE(has(r.body, "<script>alert"));
  EXPECT_TRUE(has(r.body, "href=\"#article-faq\""));
  r = post("/desk/articles", {{"title", "T"},
                              {"language", "en"},
                              {"summary", "s"},
                              {"body", "b"},
                              {"sources", "x | javascript:alert(1)"},
                              {"faq", ""},
                              {"topics", ""}});
  EXPECT_EQ(r.status, 400);
  EXPECT_TRUE(has(r.body, "href=\"#article-sources\""));
  r = post("/desk/articles",
           {{"title", kNasty}, {"body", kNasty}, {"faq", "? " + kNasty + "\n" + kNasty}, {"preview", "yes"}});
  EXPECT_EQ(r.status, 200);
  EXPECT_FALSE(has(r.body, "<script>alert"));
  EXPECT_FALSE(has(r.body, "<img"));
}

TEST(ArticleForms, GiveBackWhatTheyWereGiven) {
  json::array sources{json::object{{"title", "A | B"}, {"url", "https://example.org"}, {"accessed", "2026-01-02"}},
                      json::object{{"title", "C"}, {"url", "https://example.org/c"}}};
  EXPECT_EQ(sources_from(sources_text(sources)), sources);
  json::array faq{json::object{{"question", "Why?"}, {"answer", "One.\n\nTwo?"}},
                  json::object{{"question", "So?"}, {"answer", "- a"}}};
  EXPECT_EQ(*questions_from(questions_text(faq)), faq);
  EXPECT_FALSE(questions_from("an answer"));
  EXPECT_FALSE(questions_from("? a question"));
  EXPECT_EQ(topics_from(topics_text(json::array{"a", "b c"})), (json::array{"a", "b c"}));
  EXPECT_EQ(topics_from(" , a ,, "), json::array{"a"});
}

TEST(JsonLd, CannotEndItsScriptAndReadsTheSame) {
  std::string nasty = kNasty + "\xe2\x80\xa8\xe2\x80\xa9";
  json::object node{{"@type", "Article"}, {"headline", nasty}};
  std::string text = jsonld::block({node});
  for (std::string_view bad : {"<", ">", "&", "\xe2\x80\xa8", "\xe2\x80\xa9"}) EXPECT_FALSE(has(text, bad)) << bad;
  EXPECT_EQ(get_string(parse_json(text)->at("@graph").at(0), "headline"), nasty);
  EXPECT_EQ(*parse_json(jsonld::indented(node)), Json(node));
}

TEST(JsonLd, AnEventTellsItsTimeInItsZone) {
  jsonld::Occasion talk{.name = "Evening",
                        .description = "On pensions",
                        .url = "https://onward.example/b/evening",
                        .start = *parse_rfc3339("2026-03-29T17:00:00Z"),
                        .end = *parse_rfc3339("2026-03-29T18:30:00Z"),
                        .zone = *find_zone("Europe/Paris"),
                        .place = "Quay",
                        .address = "1 Quay",
                        .organizer = "Harbour",
                        .seats_left = 3};
  json::object event = jsonld::event(talk);
  EXPECT_EQ(get_string(event, "startDate"), "2026-03-29T19:00:00+02:00");
  EXPECT_EQ(get_int(event, "remainingAttendeeCapacity"), 3);
  EXPECT_EQ(get_string(event.at("potentialAction"), "@type"), "ReserveAction");
  talk.cancelled = true;
  talk.place = talk.address = "";
  event = jsonld::event(talk);
  EXPECT_FALSE(event.contains("potentialAction"));
  EXPECT_EQ(get_string(event, "eventStatus"), "https://schema.org/EventCancelled");
  EXPECT_EQ(get_string(event.at("location"), "@type"), "VirtualLocation");
  EXPECT_EQ(jsonld::with_offset(*parse_rfc3339("2026-01-01T00:00:00Z"), *find_zone("America/St_Johns")),
            "2025-12-31T20:30:00-03:30");
}

TEST(ArticleTexts, HeadingsBeginWhereThePageWantsThem) {
  EXPECT_EQ(article_html("### A\n\n#### B"), "<h2>A</h2>\n<h3>B</h3>\n");
  EXPECT_EQ(article_html("# A\n\n###### B", 4), "<h4>A</h4>\n<h6>B</h6>\n");
  EXPECT_EQ(article_html("|a|b|\n|---|---|\n|1|2|\n").substr(0, 20), "<table tabindex=\"0\">");
  EXPECT_EQ(article_html("`<h1>` <h1>x</h1>"), "<p><code>&lt;h1&gt;</code> &lt;h1&gt;x&lt;/h1&gt;</p>\n");
}

TEST(ArticleTexts, XmlHoldsOnlyWhatXmlMayHold) {
  EXPECT_EQ(xml_escaped("<a b='c'>&\"\x01\x1f\xef\xbf\xbe\xef\xbf\xbf]]>\xc3\xa9"),
            "&lt;a b=&#39;c&#39;&gt;&amp;&quot;]]&gt;\xc3\xa9");
}

}  // namespace
}  // namespace onward::pages::testing
