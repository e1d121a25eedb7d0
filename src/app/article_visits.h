// How often public pages were asked for, by kinds of visitors (core/articles/visitor). No cookie, no address, no header
// is kept.
#pragma once
#include <map>
#include <mutex>
#include <string>

#include "app/step.h"
#include "base/zone.h"

namespace onward::app {

struct ArticleVisit {
  std::string day;   // "2026-03-30", UTC
  std::string page;  // article, markdown, index, atom, sitemap, robots, llms
  int64_t article = 0;
  std::string agent, referrer;
  auto operator<=>(const ArticleVisit&) const = default;
};

// Counts that are on their way to the database. Whoever comes while somebody writes only adds to what the writer takes
// next, so that any number of visitors waits for one transaction at a time, and none of them for another's.
class VisitTally {
 public:
  explicit VisitTally(Runner& runner) : runner_(runner) {}
  void add(ArticleVisit visit);

 private:
  using Counts = std::map<ArticleVisit, int64_t>;
  bool write(const Counts& counts);
  Runner& runner_;
  std::mutex mutex_;
  bool writing_ = false;
  Counts waiting_;
};

// {data: [{day, page, agent, agent_kind, referrer, referrer_kind, visits}], totals: {all, people, ai, ai_referrals}}.
// Both days included. Error: not_found; invalid when `from` is later than `to` or more than 366 days before it.
Result<Json> article_visits(Step&, ArticleId, Date from, Date to);
// Of all public pages: {agents: [{name, kind, visits}], referrers: [{name, kind, visits}]}, most first.
Json all_article_visits(Step&, Date from);

}  // namespace onward::app
