#include "base/seal.h"

#include <gtest/gtest.h>

namespace onward {
namespace {

TEST(Seal, OpensWithTheSameKeyAndPlaceOnly) {
  std::string sealed = seal("key", "mailbox:1", "pässword");
  EXPECT_EQ(sealed.find("ssword"), std::string::npos);
  EXPECT_EQ(unseal("key", "mailbox:1", sealed), "pässword");
  EXPECT_FALSE(unseal("other", "mailbox:1", sealed));
  EXPECT_FALSE(unseal("key", "mailbox:2", sealed));
  EXPECT_EQ(unseal("key", "p", seal("key", "p", "")), "");
}

TEST(Seal, DifferentTextsAndPlacesDiffer) {
  EXPECT_NE(seal("key", "a", "x"), seal("key", "b", "x"));
  EXPECT_NE(seal("key", "a", "x").substr(0, 20), seal("key", "a", "y").substr(0, 20));
}

TEST(Seal, RefusesDamage) {
  std::string sealed = seal("key", "a", "text");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string damaged = sealed;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    if (damaged == sealed) continue;
    EXPECT_FALSE(unseal("key", "a", damaged)) << i;
  }
  EXPECT_FALSE(unseal("key", "a", ""));
  EXPECT_FALSE(unseal("key", "a", "1."));
  EXPECT_FALSE(unseal("key", "a", "1.AAAA"));
}

}  // namespace
}  // namespace onward
