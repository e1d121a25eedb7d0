#include "mail/address.h"

#include <gtest/gtest.h>

namespace onward::mail {
namespace {

TEST(Address, SendableOnes) {
  for (auto good : {"a@b", "ada.l+tag@xn--bcher-kva.example", "o'brien@example.org", "\"john doe\"@example.org",
                    "x@[192.0.2.1]", "x@[IPv6:2001:db8::1]"}) {
    EXPECT_TRUE(sendable_address(good)) << good;
  }
}

TEST(Address, OnesThatCouldBreakOut) {
  for (std::string bad : {"",
                          "@",
                          "a@",
                          "@b",
                          "a b@c",
                          "a@b c",
                          "a@b>",
                          "<a@b",
                          "a@b\r\nDATA",
                          "a\n@b",
                          "a..b@c",
                          ".a@b",
                          "a.@b",
                          "a@b..c",
                          "a@-b",
                          "\"a\"b\"@c",
                          "\"a\\\"@c",
                          "jörg@example.org",
                          "a@bücher.example",
                          "a@b> SIZE=1"}) {
    EXPECT_FALSE(sendable_address(bad)) << bad;
  }
  EXPECT_FALSE(sendable_address(std::string("a\0b@c", 5)));
  EXPECT_FALSE(sendable_address(std::string(65, 'a') + "@b"));
  EXPECT_FALSE(sendable_address("a@" + std::string(64, 'b')));
}

TEST(Evidence, HoldsNoAddress) {
  EXPECT_EQ(without_addresses("5.1.1 <ada@example.org>: unknown user"), "5.1.1 <[address]>: unknown user");
  EXPECT_EQ(without_addresses("user ada unknown", {"Ada@example.org"}), "user [address] unknown");
  EXPECT_EQ(without_addresses("no ADA@EXAMPLE.ORG, sorry", {"ada@example.org"}), "no [address], sorry");
  EXPECT_EQ(without_addresses("see https://x.example/?a=ada%40example.org now"), "see [address] now");
  EXPECT_EQ(without_addresses("\"john doe\"@example.org failed", {"\"john doe\"@example.org"}), "[address] failed");
  EXPECT_EQ(without_addresses("caf\xc3\xa9\x01 ok"), "caf??? ok");
  EXPECT_EQ(without_addresses(std::string(5000, 'x')).size(), kMaxEvidence);
}

}  // namespace
}  // namespace onward::mail
