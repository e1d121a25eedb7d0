#include "base/id.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace onward {
namespace {

const Instant kNow = *parse_rfc3339("2026-03-30T08:00:00Z");

TEST(Id, text_there_and_back) {
  Rng rng(1);
  for (int i = 0; i < 1000; ++i) {
    ContactId id{make_id(kNow + Millis{i}, rng)};
    std::string text = id.text();
    ASSERT_EQ(text.size(), 17u);
    ASSERT_TRUE(text.starts_with("con_"));
    ASSERT_EQ(*ContactId::parse(text), id);
  }
  EXPECT_EQ(ContactId{}.text(), "");
  EXPECT_FALSE(ContactId{});
  EXPECT_EQ(ContactId::parse(format_id("con", INT64_MAX))->value, INT64_MAX);
}

TEST(Id, keeps_the_order_of_time_in_both_forms) {
  Rng rng(2);
  ContactId early{make_id(kNow, rng)}, late{make_id(kNow + Millis{1}, rng)};
  EXPECT_LT(early, late);
  EXPECT_LT(early.text(), late.text());
  EXPECT_GT(make_id(from_ms(0), rng), 0);
}

TEST(Id, refuses_other_text) {
  for (const char* bad : {"", "con_", "con", "org_0c4jq8w1x2k3m", "con_0c4jq8w1x2k3", "con_0c4jq8w1x2k3mm",
                          "con-0c4jq8w1x2k3m", "con_0c4jq8w1x2k3u", "CON_0c4jq8w1x2k3m", "con_0C4JQ8W1X2K3M",
                          "con_0000000000000", "con_zzzzzzzzzzzzz", "con_8000000000000", "con_0c4jq8w1x2 3m"})
    EXPECT_FALSE(ContactId::parse(bad)) << bad;
}

TEST(Id, differs_within_a_millisecond) {
  Rng rng(4);
  std::unordered_set<ContactId> seen;
  for (int i = 0; i < 100; ++i) seen.insert(ContactId{make_id(kNow, rng)});
  EXPECT_GT(seen.size(), 98u);
}

}  // namespace
}  // namespace onward
