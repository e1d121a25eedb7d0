#include "app/booking/choose.h"

#include <gtest/gtest.h>

#include "base/zone.h"

namespace onward::app::booking {
namespace {

using routing::Candidate;
using routing::Need;

constexpr Instant kStart = from_ms(1'774'000'000'000);

AdvisorId chosen(const std::vector<Candidate>& c, routing::Request request = {}, routing::Rules rules = {}) {
  request.at = kStart;
  return *choose_host(request, c, rules).chosen;
}

TEST(Choose, WhoKnowsTheCustomerComesFirst) {
  std::vector<Candidate> c = {{.advisor = {1}, .weight = 5}, {.advisor = {2}, .weight = 1, .turns = 90}};
  routing::Attribution a = choose_host({.owner = AdvisorId{2}, .at = kStart}, c, {});
  EXPECT_EQ(a.chosen, AdvisorId{2});
  EXPECT_EQ(a.candidates.at(0).reasons.at(0).key, "relationship");
  EXPECT_TRUE(a.turns.empty());  // costs nobody a turn
}

TEST(Choose, AWeightOfNothingIsForWhenNobodyElseCan) {
  Candidate spare{.advisor = {1}, .weight = 0}, busy{.advisor = {2}, .weight = 1, .turns = 1000};
  EXPECT_EQ(chosen({spare, busy}), AdvisorId{2});
  EXPECT_EQ(chosen({spare}), AdvisorId{1});
}

TEST(Choose, WhoIsFullComesOnlyWhenEverybodyIs) {
  Candidate full{.advisor = {1}, .capacity = 3, .load = 3}, free{.advisor = {2}, .capacity = 3, .load = 2};
  EXPECT_EQ(chosen({full, free}), AdvisorId{2});
  EXPECT_EQ(chosen({full}), AdvisorId{1});
}

TEST(Choose, ATerritoryThatLeavesNobodyIsAWishOnly) {
  Candidate south{.advisor = {1}, .territories = {{"ES", "", ""}}},
      north{.advisor = {2}, .territories = {{"SE", "", ""}}};
  routing::Rules strict{Need::preferred, Need::required, Need::required};
  EXPECT_EQ(chosen({south, north}, {.place = {"SE", "", ""}}, strict), AdvisorId{2});
  EXPECT_EQ(chosen({south}, {.place = {"SE", "", ""}}, strict), AdvisorId{1});
}

TEST(Choose, LanguageAndSkillsOutweighTheTurn) {
  Candidate french{.advisor = {1}, .languages = {"fr"}, .turns = 50},
      english{.advisor = {2}, .languages = {"en"}, .turns = 0};
  routing::Rules wishes{Need::preferred, Need::preferred, Need::preferred};
  EXPECT_EQ(chosen({french, english}, {.language = "fr-CA"}, wishes), AdvisorId{1});
  EXPECT_EQ(chosen({french, english}, {}, wishes), AdvisorId{2});
}

}  // namespace
}  // namespace onward::app::booking
