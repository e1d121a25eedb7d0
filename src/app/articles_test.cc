#include "app/articles.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "app/article_visits.h"
#include "app/library_world_test.h"
#include "app/markdown_check.h"

namespace onward::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::World;

json::object an_article(const char* title = "What advice costs", const char* language = "en") {
  return {
      {"title", title}, {"language", language}, {"summary", "It depends on who pays."}, {"body", "# Fees\n\nA fee."}};
}
Result<Json> add(World& w, const json::object& body) {
  return w.ask([&](Step& s) { return add_article(s, Json(body)); });
}
ArticleId id_in(const Json& view) { return *ArticleId::parse(get_string(view, "id")); }
Result<Json> edit(World& w, ArticleId id, json::object body) {
  return w.ask([&](Step& s) { return edit_article(s, id, Json(body)); });
}
Result<Json> publish(World& w, ArticleId id) {
  return w.ask([&](Step& s) { return publish_article(s, id); });
}
Result<Json> live(World& w, const char* slug) {
  return w.ask([&](Step& s) { return find_live_article(s, slug); });
}
void later(World& w) { w.clock.set(w.clock.now() + std::chrono::hours{1}); }

TEST(Articles, APublicArticleIsTheVersionThatWasPublished) {
  World w;
  Json made = *add(w, an_article());
  EXPECT_EQ(get_string(made, "slug"), "what-advice-costs");
  EXPECT_EQ(get_string(made, "state"), "draft");
  EXPECT_EQ(live(w, "what-advice-costs").error().code, Code::not_found);
  Json published = *publish(w, id_in(made));
  EXPECT_EQ(get_string(published, "published_at"), format_rfc3339(w.clock.now()));
  later(w);
  Json edited = *edit(w, id_in(made), {{"body", "Another text."}});
  EXPECT_EQ(get_int(edited, "version"), 2);
  EXPECT_EQ(get_int(edited, "live_version"), 1);
  EXPECT_EQ(get_string(*live(w, "what-advice-costs"), "body"), "# Fees\n\nA fee.");
  later(w);
  Json again = *publish(w, id_in(made));
  EXPECT_EQ(get_string(again, "published_at"), get_string(published, "published_at"));
  EXPECT_EQ(get_string(again, "live_at"), format_rfc3339(w.clock.now()));
  EXPECT_EQ(get_string(*live(w, "what-advice-costs"), "body"), "Another text.");
  later(w);
  EXPECT_EQ(*publish(w, id_in(made)), again);  // nothing new: nothing changes
  json::array versions = *w.ask([&](Step& s) { return list_article_versions(s, id_in(made)); });
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(get_string(versions[1], "body"), "# Fees\n\nA fee.");
}

TEST(Articles, SavingWhatIsThereIsNoVersion) {
  World w;
  Json made = *add(w, an_article());
  later(w);
  EXPECT_EQ(*edit(w, id_in(made), {{"title", "What advice costs"}, {"author_name", nullptr}}), made);
}

TEST(Articles, AnAddressIsOneAndStands) {
  World w;
  Json first = *add(w, an_article()), second = *add(w, an_article());
  EXPECT_EQ(get_string(second, "slug"), "what-advice-costs-2");
  json::object taken = an_article();
  taken["slug"] = "what-advice-costs";
  EXPECT_EQ(add(w, taken).error().code, Code::conflict);
  for (const char* bad : {"Upper", "a b", "a/b", "..", "-a", "a--b", "a.md", "é"}) {
    taken["slug"] = bad;
    auto refused = add(w, taken);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/slug") << bad;
  }
  EXPECT_EQ(get_string(*edit(w, id_in(first), {{"slug", "costs"}}), "slug"), "costs");
  publish(w, id_in(first));
  EXPECT_EQ(edit(w, id_in(first), {{"slug", "other"}}).error().code, Code::conflict);
  EXPECT_THAT(get_string(*add(w, an_article("Τιμή")), "slug"), HasSubstr("article-"));
}

TEST(Articles, AWithdrawnOneIsGoneAndCanComeBack) {
  World w;
  Json made = *add(w, an_article());
  EXPECT_EQ(w.ask([&](Step& s) { return withdraw_article(s, id_in(made)); }).error().code, Code::conflict);
  publish(w, id_in(made));
  later(w);
  auto gone = w.ask([&](Step& s) { return withdraw_article(s, id_in(made)); });
  ASSERT_TRUE(gone);
  EXPECT_EQ(get_string(*gone, "state"), "withdrawn");
  EXPECT_EQ(get_string(*live(w, "what-advice-costs"), "state"), "withdrawn");
  w.write([&](Step& s) -> Status {
    EXPECT_TRUE(list_live_articles(s).empty());
    EXPECT_EQ(live_changed_at(s), w.clock.now());
    return {};
  });
  EXPECT_EQ(get_string(*publish(w, id_in(made)), "withdrawn_at"), "");
}

TEST(Articles, TranslationsKnowEachOther) {
  World w;
  Json en = *add(w, an_article());
  json::object body = an_article("Ce que coûte un conseil", "fr");
  body["translation_of"] = get_string(en, "id");
  Json fr = *add(w, body);
  body["title"] = "Encore";
  EXPECT_EQ(add(w, body).error().code, Code::conflict);  // there is a French one
  body["language"] = "de";
  body["translation_of"] = get_string(fr, "id");  // of a translation: of the original
  Json de = *add(w, body);
  EXPECT_EQ(get_string(de, "translation_of"), get_string(en, "id"));
  publish(w, id_in(en));
  publish(w, id_in(de));
  w.write([&](Step& s) -> Status {
    json::array known = live_translations(s, de);
    EXPECT_EQ(known.size(), 2u);  // French is a draft
    EXPECT_EQ(list_live_articles(s, "de").size(), 1u);
    return {};
  });
}

TEST(Articles, TheAuthorIsNamedAndLinksAreHarmless) {
  World w;
  json::object body = an_article();
  body["author_id"] = AdvisorId{1}.text();
  EXPECT_EQ(get_string(*add(w, body), "author_name"), "Nora Field");
  body["author_id"] = AdvisorId{77}.text();
  EXPECT_EQ(add(w, body).error().fields.at(0).pointer, "/author_id");
  body.erase("author_id");
  for (const char* bad :
       {"[a](javascript:alert(1))", "[a](JAVASCRIPT:x)", "[a](java&#115;cript:x)", "[a](data:text/html,x)",
        "[a][b]\n\n[b]: vbscript:x", "[a](//evil.example)", "<javascript:x>", "[a](/\\evil.example)"}) {
    body["body"] = bad;
    auto refused = add(w, body);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/body") << bad;
    EXPECT_EQ(refused.error().fields.at(0).code, "link") << bad;
  }
  body["body"] = "[a](https://example.org) [b](mailto:a@example.org) [c](/articles/x) [d](#top) `[e](javascript:x)`";
  body["faq"] = json::array{json::object{{"question", "Why?"}, {"answer", "[a](javascript:x)"}}};
  EXPECT_EQ(add(w, body).error().fields.at(0).pointer, "/faq/0/answer");
  body["faq"] = json::array{};
  EXPECT_TRUE(add(w, body));
}

TEST(Articles, OnlyOwnersAndManagersWrite) {
  World w;
  Json made = *add(w, an_article());
  for (Role role : {Role::advisor, Role::auditor}) {
    w.caller.role = role;
    EXPECT_EQ(add(w, an_article("Other")).error().code, Code::forbidden);
    EXPECT_EQ(edit(w, id_in(made), {{"title", "Other"}}).error().code, Code::forbidden);
    EXPECT_EQ(publish(w, id_in(made)).error().code, Code::forbidden);
  }
  w.caller.role = Role::manager;
  EXPECT_TRUE(publish(w, id_in(made)));
}

TEST(Articles, WarningsSayWhatIsMissing) {
  World w;
  Json bare = *add(w, an_article());
  EXPECT_THAT(article_warnings(bare, {2026, 3, 2}),
              ElementsAre("not_public", "no_author", "no_credentials", "no_review", "no_source", "no_faq", "no_topic",
                          "short_summary"));
  json::object body = an_article("Complete");
  body["summary"] = "Advice is paid by the hour, by a fixed fee or by a commission from somebody else.";
  body["author_name"] = "Nora Field";
  body["author_credentials"] = "adviser";
  body["reviewed_by"] = "Tom";
  body["review_due"] = "2026-03-01";
  body["sources"] = json::array{json::object{{"title", "A law"}, {"url", "https://example.org/law"}}};
  body["faq"] = json::array{json::object{{"question", "Why?"}, {"answer", "Because."}}};
  body["topics"] = json::array{"fees"};
  Json full = *publish(w, id_in(*add(w, body)));
  EXPECT_THAT(article_warnings(full, {2026, 3, 1}), ElementsAre());
  EXPECT_THAT(article_warnings(full, {2026, 3, 2}), ElementsAre("review_overdue"));
  Json edited = *edit(w, id_in(full), {{"title", "Completer"}});
  EXPECT_THAT(article_warnings(edited, {2026, 3, 1}), ElementsAre("changes_not_public"));
}

TEST(Visits, AreCountedByKindsAndNothingElse) {
  World w;
  ArticleId id = id_in(*add(w, an_article()));
  VisitTally tally(*w.runner);
  constexpr int kThreads = 8, kEach = 50;
  std::vector<std::thread> visitors;
  for (int t = 0; t < kThreads; ++t)
    visitors.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) tally.add({"2026-03-01", "article", id.value, "gptbot", "none"});
    });
  for (std::thread& v : visitors) v.join();
  tally.add({"2026-03-02", "article", id.value, "person", "chatgpt"});
  tally.add({"2026-03-02", "markdown", id.value, "claude-user", "none"});
  tally.add({"2026-03-02", "index", 0, "person", "google"});
  Json visits = *w.ask([&](Step& s) { return article_visits(s, id, {2026, 3, 1}, {2026, 3, 2}); });
  EXPECT_EQ(visits.at("totals"),
            Json(json::object{
                {"all", kThreads * kEach + 2}, {"people", 1}, {"ai", kThreads * kEach + 1}, {"ai_referrals", 1}}));
  EXPECT_EQ(visits.at("data").as_array().size(), 3u);
  auto one_day = w.ask([&](Step& s) { return article_visits(s, id, {2026, 3, 2}, {2026, 3, 2}); });
  EXPECT_EQ(get_int(one_day->at("totals"), "all"), 2);
  EXPECT_EQ(w.ask([&](Step& s) {
               return article_visits(s, id, {2026, 3, 2}, {2026, 3, 1});
             })
                .error()
                .code,
            Code::invalid);
  w.write([&](Step& s) -> Status {
    Json all = all_article_visits(s, {2026, 3, 1});
    EXPECT_EQ(get_string(all.at("agents").at(0), "name"), "gptbot");
    EXPECT_EQ(get_string(all.at("agents").at(0), "kind"), "ai_training");
    return {};
  });
}

TEST(MarkdownCheck, NothingIsLeftThatCouldBeTakenForHtml) {
  EXPECT_EQ(without_html("a <b>x</b>"), "a &lt;b>x&lt;/b>");
  EXPECT_EQ(without_html("`<b>` and <i>"), "`<b>` and &lt;i>");
  EXPECT_EQ(without_html("```\n<script>\n```\n<script>"), "```\n<script>\n```\n&lt;script>");
  EXPECT_EQ(without_html("    <code>\n\ntext"), "    <code>\n\ntext");
  EXPECT_EQ(without_html("<https://example.org/>"), "<https://example.org/>");
  EXPECT_EQ(without_html("\\`<script>`"), "\\`&lt;script>`");
  EXPECT_EQ(without_html("\\<b>"), "&lt;b>");
  EXPECT_EQ(without_html("<!-- x -->"), "&lt;!-- x -->");
  EXPECT_EQ(without_html("``<b>` <i>"), "``&lt;b>` &lt;i>");  // no code: the runs differ
  EXPECT_EQ(markdown_escaped("A [b](c) <d> & &amp; `e`\nf"), "A \\[b\\](c) &lt;d\\> & &amp;amp; \\`e\\` f");
}

TEST(MarkdownCheck, PassagesAreHeadingsWithTheirFirstParagraph) {
  auto found = passages("Before\nthe first.\n\n## Why *so*?\n\nBecause `x`.\n\nMore.\n\n# Then\n\n- a\n");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].opening, "Before the first.");
  EXPECT_EQ(found[1].heading, "Why so?");
  EXPECT_EQ(found[1].level, 2);
  EXPECT_EQ(found[1].opening, "Because x.");
  EXPECT_EQ(found[2].heading, "Then");
}

}  // namespace
}  // namespace onward::app
