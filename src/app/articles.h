// Authority content: articles that the public reads, in one language each, with author, dates, sources and answers.
//
// Every edit is a new, immutable version; the public sees the version that was published last. The address of an
// article stands from its first publication on, also after it was withdrawn. Owners and managers write, everybody else
// reads.
#pragma once
#include "app/record.h"
#include "base/schema.h"

namespace onward::app {

constexpr size_t kMaxArticleBody = 64 * 1024;
constexpr int kMaxPublicArticles = 5000;  // that one list, feed or site map names

// {title, language, slug, translation_of, summary, body, author_id, author_name, author_credentials, reviewed_by,
// review_due, sources: [{title, url, accessed}], faq: [{question, answer}], topics: []}
const Shape& article_shape();
const Shape& article_patch_shape();  // without language and translation_of

struct ArticleFilter {
  std::string language, state, q;  // empty: any; q looks in titles and summaries
  int64_t after = 0;
  int limit = 51;
};

Result<Json> add_article(Step&, const Json& body);               // a draft
Result<Json> get_article(Step&, ArticleId);                      // its newest version
Result<json::array> list_articles(Step&, const ArticleFilter&);  // by id, without bodies
Result<json::array> list_article_versions(Step&, ArticleId);     // newest first
Result<Json> edit_article(Step&, ArticleId, const Json& body);
Result<Json> publish_article(Step&, ArticleId);   // its newest version; again: nothing changes
Result<Json> withdraw_article(Step&, ArticleId);  // conflict unless it is published

// For the public. Views are of the live version.
// Error: not_found, also for drafts. A withdrawn article is found: its `state` says so.
Result<Json> find_live_article(Step&, std::string_view slug);
// Latest first, without bodies. Empty language: all.
json::array list_live_articles(Step&, std::string_view language = {}, int limit = kMaxPublicArticles);
// Published ones that share the original, this one included: [{slug, language}].
json::array live_translations(Step&, const Json& article);
// When what the public sees of articles changed last; nullopt: there has never been one.
std::optional<Instant> live_changed_at(Step&);

// What weakens an article in the eyes of readers and machines, as words: no_author, no_credentials, not_public,
// changes_not_public, no_source, no_review, review_overdue, no_faq, no_topic, short_summary.
std::vector<std::string> article_warnings(const Json& article, Date today);

}  // namespace onward::app
