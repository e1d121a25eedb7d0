#include "app/booking/choose.h"

#include <gtest/gtest.h>

#include "base/zone.h"

namespace onward::app::booking {
namespace {

constexpr Instant kStart = from_ms(1'774'000'000'000);

TEST(Choose, WhoKnowsTheCustomerComesFirst) {
  std::vector<Candidate> c = {{AdvisorId{1}, 5, 0}, {AdvisorId{2}, 1, 90, true}};
  Choice choice = choose_host(c, kStart);
  EXPECT_EQ(choice.index, 1u);
  EXPECT_EQ(choice.reasons.at(0).at("advisor"), Json(AdvisorId{2}.text()));
  EXPECT_EQ(choice.reasons.at(0).at("reasons").at(0).at("key"), "relationship");
}

TEST(Choose, BookingsAreSharedByWeight) {
  std::vector<Candidate> c = {{AdvisorId{1}, 1, 0}, {AdvisorId{2}, 3, 0}};
  for (int i = 0; i < 400; ++i) ++c[choose_host(c, kStart + Minutes{i}).index].recent;
  EXPECT_NEAR(static_cast<double>(c[1].recent), 300, 2);
}

TEST(Choose, AWeightOfNothingIsForWhenNobodyElseCan) {
  std::vector<Candidate> c = {{AdvisorId{1}, 0, 0}, {AdvisorId{2}, 1, 1000}};
  EXPECT_EQ(choose_host(c, kStart).index, 1u);
  EXPECT_EQ(choose_host(std::span(c).first(1), kStart).index, 0u);
}

TEST(Choose, EqualsTakeTurnsAndTheSameCandidatesGiveTheSame) {
  std::vector<Candidate> c = {{AdvisorId{11}}, {AdvisorId{12}}, {AdvisorId{13}}};
  for (int i = 0; i < 300; ++i) {
    size_t index = choose_host(c, kStart).index;
    EXPECT_EQ(choose_host(c, kStart).index, index);
    ++c[index].recent;
  }
  for (const Candidate& each : c) EXPECT_EQ(each.recent, 100);
}

}  // namespace
}  // namespace onward::app::booking
