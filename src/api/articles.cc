#include "app/articles.h"

#include "api/nouns.h"
#include "api/records.h"
#include "app/article_visits.h"

namespace onward::api {
namespace {

using namespace shape;

constexpr int kDefaultDays = 30;

const std::vector<std::string> kStates = {"draft", "published", "withdrawn"};

std::vector<Field> article_fields() {
  Shape source = object({{"title", line(1, 300), required}, {"url", url(), required}, {"accessed", date(), nullable}});
  Shape question = object({{"question", line(1, 300), required}, {"answer", text(1, 4000), required}});
  return {{"id", id("art"), required},
          {"slug", line(1, 80), required, "Its address is /articles/{slug}"},
          {"language", language(), required},
          {"translation_of", id("art"), nullable, "The first of those that are translations of each other"},
          {"state", one_of(kStates), required},
          {"version", integer(1, 1'000'000), required, "The newest; every edit is a new one"},
          {"live_version", integer(1, 1'000'000), nullable, "What the public sees, or saw last"},
          {"published_at", time(), nullable, "The first time"},
          {"live_at", time(), nullable, "Since when the live version is public"},
          {"withdrawn_at", time(), nullable},
          {"created_at", time(), required},
          {"updated_at", time(), required},
          {"title", line(1, 200), required},
          {"summary", line(1, 400), required},
          {"author_id", id("adv"), nullable},
          {"author_name", line(1, 200), nullable},
          {"author_credentials", line(1, 300), nullable},
          {"reviewed_by", line(1, 200), nullable},
          {"review_due", date(), nullable},
          {"sources", shape::list(source, 0, 40), required},
          {"faq", shape::list(question, 0, 40), required},
          {"topics", shape::list(line(1, 60), 0, 10), required},
          {"body", text(1, app::kMaxArticleBody), optional, "Markdown; of one article, not in lists"}};
}

Result<Answer> list_them(Step& step, const Call& call) {
  Page page = TRY(page_of(call));
  app::ArticleFilter filter{call.query("language"), call.query("state"), call.query("q"), page.after, page.limit + 1};
  json::array rows = TRY(app::list_articles(step, filter));
  return Answer{200, page_json(std::move(rows), page,
                               [](const Json& a) { return ArticleId::parse(get_string(a, "id"))->value; })};
}

Result<Answer> versions(Step& step, const Call& call) {
  return short_list(app::list_article_versions(step, TRY(call.id<ArticleTag>("id"))));
}

// Without ?to= up to today, without ?from= the 30 days before.
Result<Answer> visits(Step& step, const Call& call) {
  ArticleId article = TRY(call.id<ArticleTag>("id"));
  Date to = utc().date(step.now);
  if (auto given = parse_date(call.query("to"))) to = *given;
  Date from = add_days(to, -kDefaultDays);
  if (auto given = parse_date(call.query("from"))) from = *given;
  return ok(app::article_visits(step, article, from, to));
}

Route reading(std::string path, std::string summary, std::string answer,
              std::function<Result<Answer>(Step&, const Call&)> handle) {
  return {.method = "GET",
          .path = std::move(path),
          .summary = std::move(summary),
          .roles = kReaders,
          .answer = std::move(answer),
          .reads = true,
          .handle = std::move(handle)};
}

Route writing(std::string method, std::string path, std::string summary,
              std::function<Result<Answer>(Step&, const Call&)> handle) {
  return {.method = std::move(method),
          .path = std::move(path),
          .summary = std::move(summary),
          .roles = kManagers,
          .answer = "Article",
          .handle = std::move(handle)};
}

}  // namespace

void add_articles(std::vector<Route>& routes) {
  Route all = reading("/articles", "Authority content in every state", "ArticleList", list_them);
  all.query = paged({{"language", language()},
                     {"state", one_of(kStates)},
                     {"q", line(1, 100), shape::optional, "In titles and summaries"}});
  routes.push_back(std::move(all));
  Route add = writing("POST", "/articles", "Begin an article: a draft", with_body(app::add_article));
  add.body = app::article_shape();
  add.status = 201;
  routes.push_back(std::move(add));
  routes.push_back(
      reading("/articles/{id}", "One article, its newest version", "Article", with_id<ArticleTag>(app::get_article)));
  Route edit = writing("PATCH", "/articles/{id}", "Edit an article: a new version, not public until it is published",
                       with_id<ArticleTag>(app::edit_article));
  edit.body = app::article_patch_shape();
  routes.push_back(std::move(edit));
  routes.push_back(writing("POST", "/articles/{id}/publish", "Make the newest version public",
                           with_id<ArticleTag>(app::publish_article)));
  routes.push_back(writing("POST", "/articles/{id}/withdraw", "Take it back: its address answers 410 from then on",
                           with_id<ArticleTag>(app::withdraw_article)));
  routes.push_back(
      reading("/articles/{id}/versions", "Every text it ever had, newest first", "ArticleVersionList", versions));
  Route counts =
      reading("/articles/{id}/visits", "How often it was asked for, by kinds of visitors and by where they came from",
              "ArticleVisits", visits);
  counts.query = {{"from", date(), shape::optional, "30 days before ?to when left out"},
                  {"to", date(), shape::optional, "Today (UTC) when left out"}};
  routes.push_back(std::move(counts));
}

void describe_articles(Schemas& schemas) {
  schemas.add("Article", object(article_fields()));
  schemas.add("ArticleVersion", object({{"number", integer(1, 1'000'000), required},
                                        {"title", line(1, 200), required},
                                        {"summary", line(1, 400), required},
                                        {"body", text(1, app::kMaxArticleBody), required},
                                        {"editor", line(1, 60), required},
                                        {"at", time(), required}}));
  Shape count = integer(0, INT64_MAX);
  Shape row =
      object({{"day", date(), required, "UTC"},
              {"page", one_of({"article", "markdown"}), required},
              {"agent", line(1, 60), required, "A known program, \"person\" or \"program\""},
              {"agent_kind", one_of({"person", "ai_training", "ai_search", "ai_user", "search", "program"}), required},
              {"referrer", line(1, 60), required, "A known place, \"none\", \"own\" or \"other\""},
              {"referrer_kind", one_of({"none", "own", "ai", "search", "other"}), required},
              {"visits", count, required}});
  Shape totals = object({{"all", count, required},
                         {"people", count, required},
                         {"ai", count, required, "Programs of AI tools"},
                         {"ai_referrals", count, required, "Came from an AI tool's answer"}});
  schemas.add("ArticleVisits",
              object({{"data", shape::list(row, 0, 100'000), required}, {"totals", totals, required}}));
}

}  // namespace onward::api
