#include "core/routing/routing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace onward::routing {
namespace {

const Instant kNow = from_ms(1774857600000);

Candidate advisor(int64_t id, double weight = 1) {
  return {.advisor = {id}, .agency = {1}, .languages = {"fr"}, .weight = weight, .turns = 0.0};
}

std::vector<int64_t> order(const Attribution& a) {
  std::vector<int64_t> out;
  for (const Ranked& r : a.candidates) out.push_back(r.advisor.value);
  return out;
}
std::string refused(const Attribution& a, int64_t id) {
  for (const Refusal& r : a.refused)
    if (r.advisor.value == id) return r.key;
  return "";
}

TEST(Routing, refuses_with_a_reason_who_does_not_fit) {
  std::vector<Candidate> all;
  for (int64_t id = 1; id <= 10; ++id) {
    all.push_back(advisor(id));
    all.back().skills = {"mortgage", "tax"};
    all.back().teams = {{7}};
    all.back().territories = {{"FR", "", ""}};
  }
  all[0].languages = {"de"};
  all[1].skills = {"tax"};
  all[2].territories = {{"BE", "", ""}};
  all[3].agency = {2};
  all[4].absences = {{kNow - 1h, kNow + 1h}};
  all[5].capacity = 5, all[5].load = 5;
  all[6].teams = {};
  all[7].types = {"service"};
  all[8].channels = {"phone"};
  Request q{.type = "prospect", .channel = "video", .language = "fr-CA", .skills = {"mortgage"}, .at = kNow};
  q.agency = AgencyId{1};
  q.team = TeamId{7};
  q.place = {"FR", "FR-69", "69001"};
  Attribution a = route(q, all, {});
  EXPECT_EQ(order(a), std::vector<int64_t>{10});
  EXPECT_EQ(a.chosen, AdvisorId{10});
  std::map<int64_t, std::string> wanted = {{1, "language_missing"},
                                           {2, "skill_missing"},
                                           {3, "territory_missing"},
                                           {4, "agency"},
                                           {5, "absent"},
                                           {6, "capacity"},
                                           {7, "team"},
                                           {8, "type"},
                                           {9, "channel"}};
  for (auto& [id, key] : wanted) EXPECT_EQ(refused(a, id), key) << id;
  EXPECT_EQ(a.refused[5].text, "is full (5/5)");
  EXPECT_EQ(route(q, all, {}, "fr").refused[0].text, "ne parle pas fr-CA");
}

TEST(Routing, adds_up_its_points) {
  std::vector<Candidate> all = {advisor(1), advisor(2), advisor(3)};
  all[1].territories = {{"FR", "", ""}, {"FR", "", "69"}};
  all[2].languages = {"en"};
  Request q{.language = "fr", .at = kNow};
  q.place = {"FR", "", "69 001"};
  q.owner = AdvisorId{1};
  Attribution a = route(q, all, {.language = Need::preferred});
  EXPECT_EQ(order(a), (std::vector<int64_t>{1, 2, 3}));
  for (const Ranked& r : a.candidates) {
    double sum = 0;
    for (const Reason& reason : r.reasons) sum += reason.points;
    EXPECT_DOUBLE_EQ(sum, r.points);
  }
  EXPECT_EQ(a.candidates[0].reasons[0].key, "relationship");
  EXPECT_EQ(a.candidates[1].reasons[1].key, "territory");
  EXPECT_EQ(a.candidates[1].reasons[1].text, "looks after 69");
  EXPECT_EQ(a.candidates[2].reasons[0].key, "language_missing");
  EXPECT_LT(a.candidates[2].points, 0);
}

TEST(Routing, lets_an_owner_keep_a_customer_without_a_turn) {
  std::vector<Candidate> all = {advisor(1), advisor(2, 0)};
  all[0].turns = 0.0, all[1].turns = 9.0;
  Attribution a = route({.owner = AdvisorId{2}, .at = kNow}, all, {});
  EXPECT_EQ(a.chosen, AdvisorId{2});
  EXPECT_TRUE(a.turns.empty());
  EXPECT_EQ(refused(route({.at = kNow}, all, {}), 2), "weight");
  all[1].absences = {{kNow, kNow + 1h}};  // away: the next best takes over, and it is said why
  Attribution other = route({.owner = AdvisorId{2}, .at = kNow}, all, {});
  EXPECT_EQ(other.chosen, AdvisorId{1});
  EXPECT_EQ(refused(other, 2), "absent");
}

TEST(Routing, chooses_nobody_when_nobody_is_left) {
  Attribution a = route({.language = "ja", .at = kNow}, {advisor(1)}, {});
  EXPECT_FALSE(a.chosen);
  EXPECT_TRUE(a.candidates.empty());
  EXPECT_TRUE(a.turns.empty());
  EXPECT_EQ(dump(to_json(a)),
            R"({"chosen":null,"method":"rules","version":"rules-1","candidates":[],"refused":[{"advisor":")" +
                AdvisorId{1}.text() + R"(","key":"language_missing","text":"does not speak ja"}]})");
  EXPECT_FALSE(route({.at = kNow}, {}, {}).chosen);
}

TEST(Routing, breaks_ties_by_waiting_and_then_by_id) {
  std::vector<Candidate> all = {advisor(3), advisor(2), advisor(1)};
  EXPECT_EQ(order(route({.at = kNow}, all, {})), (std::vector<int64_t>{1, 2, 3}));
  all[2].last_assigned = kNow;
  all[1].last_assigned = kNow - 1h;
  EXPECT_EQ(order(route({.at = kNow}, all, {})), (std::vector<int64_t>{3, 2, 1}));
}

TEST(Routing, does_not_depend_on_the_order_of_the_candidates) {
  std::vector<Candidate> all = {advisor(1, 2), advisor(2), advisor(3, 5)};
  all[0].turns = 3.0;
  std::string first = dump(to_json(route({.at = kNow}, all, {})));
  std::swap(all[0], all[2]);
  EXPECT_EQ(dump(to_json(route({.at = kNow}, all, {}))), first);
}

// Assigns again and again, keeping what route() says is to be kept.
class Rotation {
 public:
  explicit Rotation(std::vector<Candidate> all) : all_(std::move(all)) {}
  int64_t assign() {
    now_ += 1min;
    Attribution a = route({.at = now_}, all_, {});
    for (const Turn& t : a.turns) at(t.advisor.value).turns = t.turns;
    at(a.chosen->value).last_assigned = now_;
    ++count_[a.chosen->value];
    return a.chosen->value;
  }
  Candidate& at(int64_t id) {
    return *std::find_if(all_.begin(), all_.end(), [&](auto& c) { return c.advisor.value == id; });
  }
  void add(Candidate c) { all_.push_back(std::move(c)); }
  int64_t count(int64_t id) { return count_[id]; }
  void forget() { count_.clear(); }
  // The largest distance of anybody present from the share of the weights.
  double distance(const std::vector<int64_t>& present) {
    double weight = 0, taken = 0, most = 0;
    for (int64_t id : present) weight += at(id).weight, taken += static_cast<double>(count_[id]);
    for (int64_t id : present)
      most = std::max(most, std::abs(static_cast<double>(count_[id]) - taken * at(id).weight / weight));
    return most;
  }
  Instant now() const { return now_; }

 private:
  std::vector<Candidate> all_;
  std::map<int64_t, int64_t> count_;
  Instant now_ = kNow;
};

TEST(Fairness, holds_at_every_moment_of_ten_thousand) {
  for (std::vector<double> weights :
       {std::vector<double>{1, 1, 1}, {10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {0.5, 1, 2.5, 7, 0.1}, {3, 2, 1}}) {
    std::vector<Candidate> all;
    std::vector<int64_t> ids;
    for (double w : weights) ids.push_back(static_cast<int64_t>(all.size()) + 1), all.push_back(advisor(ids.back(), w));
    Rotation r(all);
    double most = 0;
    for (int i = 0; i < 10000; ++i) {
      r.assign();
      most = std::max(most, r.distance(ids));
    }
    EXPECT_LT(most, 1) << weights.size() << " weights, the first " << weights[0];
  }
}

TEST(Fairness, does_not_flood_who_joins_late) {
  Rotation r({advisor(1, 2), advisor(2, 1), advisor(3, 1)});
  for (int i = 0; i < 5000; ++i) r.assign();
  Candidate late = advisor(4, 3);
  late.turns.reset();
  r.add(late);
  r.forget();
  double most = 0;
  for (int i = 0; i < 10000; ++i) {
    r.assign();
    most = std::max(most, r.distance({1, 2, 3, 4}));
    if (i == 13) {
      EXPECT_LE(r.count(4), 7);  // 3 of 7 turns, from the first day
    }
  }
  EXPECT_LE(most, 2);  // the three began this stretch up to one off
  EXPECT_LE(r.distance({1, 2, 3, 4}), 1);
}

TEST(Fairness, does_not_flood_who_comes_back) {
  Rotation r({advisor(1), advisor(2), advisor(3, 2)});
  for (int i = 0; i < 1000; ++i) r.assign();
  r.at(2).absences = {{r.now(), r.now() + 3000min}};
  r.forget();
  int64_t away = 0;
  for (int i = 0; i < 2999; ++i) away += r.assign() == 2;
  EXPECT_EQ(away, 0);
  EXPECT_LE(r.distance({1, 3}), 1);
  r.forget();
  double most = 0;
  for (int i = 0; i < 10000; ++i) {
    r.assign();
    most = std::max(most, r.distance({1, 2, 3}));
  }
  EXPECT_LE(most, 2);
  EXPECT_LE(r.distance({1, 2, 3}), 1);
}

TEST(Fairness, is_kept_while_somebody_is_full) {
  Rotation r({advisor(1), advisor(2), advisor(3)});
  r.at(1).capacity = 1;
  for (int i = 0; i < 10000; ++i) {
    r.at(1).load = i / 100 % 2;  // full every other hundred
    r.assign();
  }
  EXPECT_NEAR(static_cast<double>(r.count(1)), 5000 / 3.0, 60);
  EXPECT_LE(std::abs(r.count(2) - r.count(3)), 1);
}

}  // namespace
}  // namespace onward::routing
