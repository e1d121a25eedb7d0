#include "core/library/asset.h"

#include <algorithm>

namespace onward::library {
namespace {

bool has(const std::vector<std::string>& list, std::string_view item) {
  return !item.empty() && std::find(list.begin(), list.end(), item) != list.end();
}

// "fr-CA" speaks "fr".
bool same_language(std::string_view a, std::string_view b) { return a.substr(0, 2) == b.substr(0, 2); }

struct Fit {
  int score = 0;
  std::string why;
};

void add(Fit& fit, int points, std::string_view what, std::string_view name) {
  fit.score += points;
  if (!fit.why.empty()) fit.why += "; ";
  fit.why.append(what).append(" ").append(name);
}

Fit fit_of(const Asset& a, const Wish& wish) {
  Fit fit;
  for (const std::string& objection : wish.objections)
    if (has(a.objections, objection)) add(fit, 4, "answers the objection", objection);
  if (has(a.topics, wish.topic)) add(fit, 2, "about", wish.topic);
  if (has(a.stages, wish.stage)) add(fit, 1, "made for the stage", wish.stage);
  return fit;
}

bool untagged(const Asset& a) { return a.topics.empty() && a.objections.empty() && a.stages.empty(); }

}  // namespace

Choice choose(const std::vector<Asset>& assets, const std::vector<std::string>& kinds, const Wish& wish, Instant now) {
  Choice best;
  int best_score = -1;
  for (const Asset& a : assets) {
    if (!has(kinds, a.kind) || !a.usable(now) || !same_language(a.language, wish.language)) continue;
    if (wish.already_sent.contains(a.id)) continue;
    Fit fit = fit_of(a, wish);
    if (fit.score == 0 && !untagged(a)) continue;
    if (fit.score < best_score || (fit.score == best_score && best.asset && best.asset->id > a.id)) continue;
    best_score = fit.score;
    best = {&a, (fit.why.empty() ? "for everybody" : fit.why) + "; not sent before"};
  }
  return best;
}

const Asset* find_template(const std::vector<Asset>& assets, std::string_view key, std::string_view language,
                           std::string_view fallback) {
  const Asset* found = nullptr;
  int rank = 0;
  for (const Asset& a : assets) {
    if (a.kind != "template" || a.key != key) continue;
    int r = same_language(a.language, language) ? 3 : same_language(a.language, fallback) ? 2 : 1;
    if (r > rank) found = &a, rank = r;
  }
  return found;
}

}  // namespace onward::library
