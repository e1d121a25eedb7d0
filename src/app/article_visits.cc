#include "app/article_visits.h"

#include <algorithm>
#include <functional>

#include "app/articles.h"
#include "base/log.h"
#include "core/articles/visitor.h"

namespace onward::app {
namespace {

constexpr int kMaxDays = 366;
constexpr int kMaxRounds = 10;          // that one visitor writes for the others
constexpr size_t kMaxWaiting = 10'000;  // kinds of visits; while the database is away

bool is_ai(articles::AgentKind kind) {
  using enum articles::AgentKind;
  return kind == ai_training || kind == ai_search || kind == ai_user;
}

struct Totals {
  int64_t all = 0, people = 0, ai = 0, ai_referrals = 0;
  void add(const articles::Agent& agent, const articles::Referrer& referrer, int64_t visits) {
    all += visits;
    if (agent.kind == articles::AgentKind::person) people += visits;
    if (is_ai(agent.kind)) ai += visits;
    if (referrer.kind == articles::ReferrerKind::ai) ai_referrals += visits;
  }
};

json::array ranked(const std::map<std::string, int64_t>& counts,
                   const std::function<std::string(const std::string&)>& kind) {
  std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater<>(), [](const auto& pair) { return pair.second; });
  json::array out;
  for (const auto& [name, visits] : sorted)
    out.push_back(json::object{{"name", name}, {"kind", kind(name)}, {"visits", visits}});
  return out;
}

}  // namespace

void VisitTally::add(ArticleVisit visit) {
  {
    std::scoped_lock lock(mutex_);
    if (waiting_.size() >= kMaxWaiting && !waiting_.contains(visit)) return;
    ++waiting_[std::move(visit)];
    if (writing_) return;
    writing_ = true;
  }
  for (int round = 0; round < kMaxRounds; ++round) {
    Counts counts;
    {
      std::scoped_lock lock(mutex_);
      counts.swap(waiting_);
      if (counts.empty()) {
        writing_ = false;
        return;
      }
    }
    if (write(counts)) continue;
    std::scoped_lock lock(mutex_);  // the next visitor tries again
    for (auto& [key, visits] : counts) waiting_[key] += visits;
    writing_ = false;
    return;
  }
  std::scoped_lock lock(mutex_);  // so many come that the next one is near
  writing_ = false;
}

bool VisitTally::write(const Counts& counts) {
  Status done = runner_.write(Lane::background, system_caller(), [&](Step& step) -> Status {
    for (const auto& [v, visits] : counts)
      step.run("article_visit_add", {v.day, v.page, v.article, v.agent, v.referrer, visits});
    return {};
  });
  if (!done) log_warning("visits.not_counted", {{"detail", Json(done.error().message)}});
  return done.has_value();
}

Result<Json> article_visits(Step& step, ArticleId id, Date from, Date to) {
  TRY(get_article(step, id));
  if (from > to || days_between(from, to) > kMaxDays)
    return fail_field("?from", "range", "?from must lie at most 366 days before ?to");
  Rows rows = step.run("article_visits", {id.value, to_string(from), to_string(to)});
  Totals totals;
  json::array data;
  for (size_t r = 0; r < rows.size(); ++r) {
    const articles::Agent& agent = articles::agent_named(rows.text(r, 2));
    const articles::Referrer& referrer = articles::referrer_named(rows.text(r, 3));
    totals.add(agent, referrer, rows.integer(r, 4));
    data.push_back(json::object{{"day", rows.text(r, 0)},
                                {"page", rows.text(r, 1)},
                                {"agent", rows.text(r, 2)},
                                {"agent_kind", to_string(agent.kind)},
                                {"referrer", rows.text(r, 3)},
                                {"referrer_kind", to_string(referrer.kind)},
                                {"visits", rows.integer(r, 4)}});
  }
  return Json{
      {"data", std::move(data)},
      {"totals",
       json::object{
           {"all", totals.all}, {"people", totals.people}, {"ai", totals.ai}, {"ai_referrals", totals.ai_referrals}}}};
}

Json all_article_visits(Step& step, Date from) {
  Rows rows = step.run("article_visits_all", {to_string(from)});
  std::map<std::string, int64_t> agents, referrers;
  for (size_t r = 0; r < rows.size(); ++r) {
    agents[rows.text(r, 0)] += rows.integer(r, 2);
    referrers[rows.text(r, 1)] += rows.integer(r, 2);
  }
  auto agent_kind = [](const std::string& name) { return std::string(to_string(articles::agent_named(name).kind)); };
  auto place_kind = [](const std::string& name) { return std::string(to_string(articles::referrer_named(name).kind)); };
  return {{"agents", ranked(agents, agent_kind)}, {"referrers", ranked(referrers, place_kind)}};
}

}  // namespace onward::app
