#include "app/booking/choose.h"

#include <gtest/gtest.h>

#include <map>

namespace onward::app::booking {
namespace {

constexpr Instant kStart = from_ms(1'774'000'000'000);

TEST(Choose, WhoKnowsTheCustomerComesFirst) {
  std::vector<Candidate> c = {{AdvisorId{1}, 5, 0}, {AdvisorId{2}, 1, 90, true}};
  Choice choice = choose_host(c, kStart);
  EXPECT_EQ(choice.index, 1u);
  EXPECT_EQ(choice.reasons.at(0).at("because"), "knows_the_customer");
}

TEST(Choose, BookingsAreSharedByWeight) {
  std::vector<Candidate> c = {{AdvisorId{1}, 1, 0}, {AdvisorId{2}, 3, 0}};
  for (int i = 0; i < 400; ++i) ++c[choose_host(c, kStart + Minutes{i}).index].recent;
  EXPECT_NEAR(static_cast<double>(c[1].recent), 300, 2);
}

TEST(Choose, AWeightOfNothingIsForWhenNobodyElseCan) {
  std::vector<Candidate> c = {{AdvisorId{1}, 0, 0}, {AdvisorId{2}, 1, 1000}};
  EXPECT_EQ(choose_host(c, kStart).index, 1u);
  EXPECT_EQ(choose_host(std::span(c).first(1), kStart).reasons.at(0).at("because"), "only_one_free");
}

TEST(Choose, EqualsTakeTurnsOverStartsAndTheSameStartGivesTheSame) {
  std::vector<Candidate> c = {{AdvisorId{11}}, {AdvisorId{12}}, {AdvisorId{13}}};
  std::map<size_t, int> taken;
  for (int i = 0; i < 300; ++i) {
    size_t index = choose_host(c, kStart + Minutes{15 * i}).index;
    EXPECT_EQ(choose_host(c, kStart + Minutes{15 * i}).index, index);
    ++taken[index];
  }
  for (auto [index, n] : taken) EXPECT_GT(n, 60);
  EXPECT_EQ(taken.size(), 3u);
}

}  // namespace
}  // namespace onward::app::booking
