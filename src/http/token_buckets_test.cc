#include "http/token_buckets.h"

#include <gtest/gtest.h>

namespace onward::http {
namespace {

constexpr TokenBuckets::Rate kRate{.capacity = 3, .every = 10s};
const Instant kNoon = from_ms(1'800'000'000'000);

TEST(TokenBuckets, GiveWhatIsThereAndThenSayHowLong) {
  TokenBuckets b;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(b.take("a", kRate, kNoon)) << i;
  EXPECT_EQ(b.take("a", kRate, kNoon), Millis{10s});
  EXPECT_EQ(b.take("a", kRate, kNoon + 4s), Millis{6s});
  EXPECT_FALSE(b.take("a", kRate, kNoon + 10s));
  EXPECT_TRUE(b.take("a", kRate, kNoon + 11s));
  EXPECT_FALSE(b.take("b", kRate, kNoon)) << "others have their own";
}

TEST(TokenBuckets, NeverHoldMoreThanTheirCapacity) {
  TokenBuckets b;
  EXPECT_FALSE(b.take("a", kRate, kNoon));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(b.take("a", kRate, kNoon + 24h)) << i;
  EXPECT_TRUE(b.take("a", kRate, kNoon + 24h));
}

TEST(TokenBuckets, ForgetWhoIsQuietAndRefuseWhenFull) {
  TokenBuckets b(2);
  EXPECT_FALSE(b.take("a", kRate, kNoon));
  EXPECT_FALSE(b.take("b", kRate, kNoon));
  EXPECT_TRUE(b.take("c", kRate, kNoon + 1s));
  EXPECT_FALSE(b.take("c", kRate, kNoon + 10s)) << "a and b are full again";
}

TEST(NetworkOf, IsWhatOneCustomerHolds) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:ffff::9"));
  EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:2:2::1"));
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of(""), "");
}

}  // namespace
}  // namespace onward::http
