#include "core/routing/routing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "core/routing/words.h"

namespace onward::routing {
namespace {

// What each part of the fit is worth. A relationship outweighs all the rest together.
constexpr double kRelationship = 1000;
constexpr double kLanguage = 20, kNoLanguage = -25;
constexpr double kSkill = 10, kNoSkill = -50;
constexpr double kCountry = 5, kRegion = 10, kPostal = 15, kNoTerritory = -15;

template <class T>
bool contains(const std::vector<T>& list, const T& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// "pt-BR" serves a wish for "pt" and the other way round; "pt-BR" and "pt-PT" serve each other too.
std::string_view spoken(std::string_view tag) { return tag.substr(0, tag.find('-')); }
bool speaks(const Candidate& c, std::string_view language) {
  std::string wanted = ascii_lower(spoken(language));
  return std::any_of(c.languages.begin(), c.languages.end(),
                     [&](const std::string& l) { return ascii_lower(spoken(l)) == wanted; });
}

std::string without_blanks(std::string_view s) {
  std::string out;
  for (char c : ascii_lower(s))
    if (c != ' ' && c != '-') out += c;
  return out;
}

struct Match {
  double points = kNoTerritory;
  std::string what;
};

// The narrowest part of a territory that the place lies in; nothing when it lies outside or cannot be told.
Match match(const Territory& t, const Place& p) {
  Match out{0, ""};
  auto part = [&](const std::string& wanted, bool inside, double points) {
    if (wanted.empty()) return true;
    if (inside) out = {points, wanted};
    return inside;
  };
  bool fits =
      part(t.country, t.country == p.country, kCountry) && part(t.region, t.region == p.region, kRegion) &&
      part(t.postal_prefix, without_blanks(p.postal_code).starts_with(without_blanks(t.postal_prefix)), kPostal);
  return fits ? out : Match{};
}

Match best_territory(const Candidate& c, const Place& p) {
  if (c.territories.empty()) return {0, ""};
  Match best;
  for (const Territory& t : c.territories)
    if (Match m = match(t, p); m.points > best.points) best = m;
  return best;
}

std::string name_of(const Place& p) {
  for (const std::string* part : {&p.postal_code, &p.region, &p.country})
    if (!part->empty()) return *part;
  return "?";
}

const Absence* absence_at(const Candidate& c, Instant at) {
  for (const Absence& a : c.absences)
    if (a.from <= at && at < a.to) return &a;
  return nullptr;
}

struct Fit {
  const Candidate* candidate;
  std::vector<Reason> reasons;
  double points = 0;
  double turns = 0;  // with newcomers at the level of the others
  void add(Reason r) {
    points += r.points;
    reasons.push_back(std::move(r));
  }
};

class Router {
 public:
  Router(const Request& request, const Rules& rules, std::string_view language)
      : q_(request), rules_(rules), language_(language) {}

  Attribution run(const std::vector<Candidate>& candidates) {
    std::vector<const Candidate*> all;
    for (const Candidate& c : candidates) all.push_back(&c);
    std::sort(all.begin(), all.end(), [](auto* a, auto* b) { return a->advisor < b->advisor; });
    for (const Candidate* c : all) {
      check(c->weight >= 0, "a weight is not negative");
      if (std::string key = refusal(*c); !key.empty())
        out_.refused.push_back({c->advisor, key, say(key, language_, about(key, *c))});
      else
        fits_.push_back(fit(*c));
    }
    rank();
    store_turns(all);
    for (Fit& f : fits_) out_.candidates.push_back({f.candidate->advisor, f.points, std::move(f.reasons)});
    if (!out_.candidates.empty()) out_.chosen = out_.candidates[0].advisor;
    return std::move(out_);
  }

 private:
  bool is_owner(const Candidate& c) const { return q_.owner && *q_.owner == c.advisor; }
  bool lacks_language(const Candidate& c) const { return !q_.language.empty() && !speaks(c, q_.language); }
  std::string lacking_skill(const Candidate& c) const {
    for (const std::string& skill : q_.skills)
      if (!contains(c.skills, skill)) return skill;
    return "";
  }
  // Away and full come last: they alone are made up for when the others move on.
  std::string refusal(const Candidate& c) const {
    if (!q_.type.empty() && !c.types.empty() && !contains(c.types, q_.type)) return "type";
    if (!q_.channel.empty() && !c.channels.empty() && !contains(c.channels, q_.channel)) return "channel";
    if (q_.team && !contains(c.teams, *q_.team)) return "team";
    if (q_.agency && c.agency != *q_.agency) return "agency";
    if (rules_.language == Need::required && lacks_language(c)) return "language_missing";
    if (rules_.skills == Need::required && !lacking_skill(c).empty()) return "skill_missing";
    if (rules_.territory == Need::required && best_territory(c, q_.place).points < 0) return "territory_missing";
    if (c.weight == 0 && !is_owner(c)) return "weight";
    if (absence_at(c, q_.at)) return "absent";
    if (c.capacity > 0 && c.load >= c.capacity) return "capacity";
    return "";
  }

  std::string about(std::string_view key, const Candidate& c) const {
    if (key == "type") return q_.type;
    if (key == "channel") return q_.channel;
    if (key == "language_missing") return q_.language;
    if (key == "skill_missing") return lacking_skill(c);
    if (key == "territory_missing") return name_of(q_.place);
    if (key == "absent") return format_rfc3339(absence_at(c, q_.at)->to);
    if (key == "capacity") return fmt::format("{}/{}", c.load, c.capacity);
    return "";
  }

  Reason reason(std::string_view key, double points, std::string_view what) const {
    return {std::string(key), points, say(key, language_, what)};
  }

  Fit fit(const Candidate& c) const {
    Fit f{&c, {}, 0, 0};
    if (is_owner(c)) f.add(reason("relationship", kRelationship, ""));
    if (!q_.language.empty())
      f.add(lacks_language(c) ? reason("language_missing", kNoLanguage, q_.language)
                              : reason("language", kLanguage, q_.language));
    for (const std::string& skill : q_.skills)
      f.add(contains(c.skills, skill) ? reason("skill", kSkill, skill) : reason("skill_missing", kNoSkill, skill));
    Match m = best_territory(c, q_.place);
    if (m.points > 0) f.add(reason("territory", m.points, m.what));
    if (m.points < 0) f.add(reason("territory_missing", m.points, name_of(q_.place)));
    return f;
  }

  // Best fit first; the equally fit in the order of their turns.
  void rank() {
    std::stable_sort(fits_.begin(), fits_.end(), [](const Fit& a, const Fit& b) { return a.points > b.points; });
    for (auto from = fits_.begin(); from != fits_.end();) {
      auto to = std::find_if(from, fits_.end(), [&](const Fit& f) { return f.points != from->points; });
      take_turns({from, to});
      from = to;
    }
  }

  // Turns per weight, over those who have taken some.
  static double level(std::vector<Fit>::iterator from, std::vector<Fit>::iterator to) {
    double turns = 0, weight = 0;
    for (auto f = from; f != to; ++f)
      if (f->candidate->turns) turns += *f->candidate->turns, weight += f->candidate->weight;
    return weight > 0 ? turns / weight : 0;
  }

  void take_turns(std::pair<std::vector<Fit>::iterator, std::vector<Fit>::iterator> equal) {
    auto [from, to] = equal;
    double now = level(from, to);
    if (from == fits_.begin()) level_ = now;
    for (auto f = from; f != to; ++f) f->turns = f->candidate->turns.value_or(now * f->candidate->weight);
    auto ahead = [&](const Fit& f) { return f.turns > now * f.candidate->weight + 1e-9; };
    auto due = [](const Fit& f) { return (f.turns + 1) / std::max(f.candidate->weight, 1e-9); };
    std::stable_sort(from, to, [&](const Fit& a, const Fit& b) {
      if (ahead(a) != ahead(b)) return ahead(b);
      if (due(a) != due(b)) return due(a) < due(b);
      return a.candidate->last_assigned.value_or(Instant::min()) < b.candidate->last_assigned.value_or(Instant::min());
    });
    double size = static_cast<double>(to - from);
    for (auto f = from; f != to; ++f) {
      auto place = static_cast<double>(f - from);
      f->add(reason("turn", 1 - place / size, fmt::format("{}/{}", place + 1, size)));
    }
  }

  void store_turns(const std::vector<const Candidate*>& all) {
    if (fits_.empty()) return;
    const Fit& best = fits_[0];
    // Who is theirs already costs nobody a turn.
    if (is_owner(*best.candidate)) return;
    out_.turns.push_back({best.candidate->advisor, best.turns + 1});
    for (const Fit& f : fits_)
      if (!f.candidate->turns && f.candidate != best.candidate) out_.turns.push_back({f.candidate->advisor, f.turns});
    for (const Refusal& r : out_.refused) {
      if (r.key != "absent" && r.key != "capacity") continue;
      auto c = std::find_if(all.begin(), all.end(), [&](auto* x) { return x->advisor == r.advisor; });
      double made_up = level_ * (*c)->weight;
      if ((*c)->turns.value_or(-1) < made_up) out_.turns.push_back({r.advisor, made_up});
    }
    std::sort(out_.turns.begin(), out_.turns.end(), [](auto& a, auto& b) { return a.advisor < b.advisor; });
  }

  const Request& q_;
  const Rules& rules_;
  std::string_view language_;
  std::vector<Fit> fits_;
  double level_ = 0;  // of the best group
  Attribution out_;
};

}  // namespace

Attribution route(const Request& request, const std::vector<Candidate>& candidates, const Rules& rules,
                  std::string_view language) {
  return Router(request, rules, language).run(candidates);
}

Json to_json(const Attribution& a) {
  json::array candidates, refused;
  for (const Ranked& r : a.candidates) {
    json::array reasons;
    for (const Reason& reason : r.reasons)
      reasons.push_back(json::object{{"key", reason.key}, {"points", reason.points}, {"text", reason.text}});
    candidates.push_back(json::object{{"advisor", r.advisor.text()}, {"points", r.points}, {"reasons", reasons}});
  }
  for (const Refusal& r : a.refused)
    refused.push_back(json::object{{"advisor", r.advisor.text()}, {"key", r.key}, {"text", r.text}});
  return json::object{{"chosen", a.chosen ? Json(a.chosen->text()) : Json(nullptr)},
                      {"method", a.method},
                      {"version", a.version},
                      {"candidates", candidates},
                      {"refused", refused}};
}

}  // namespace onward::routing
