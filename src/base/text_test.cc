#include "base/text.h"

#include <gtest/gtest.h>

namespace onward {
namespace {

TEST(FoldText, LatinLosesCaseAndAccents) {
  EXPECT_EQ(fold_text("Zoë MÜLLER-Straße"), "zoe muller-strasse");
  EXPECT_EQ(fold_text("ŁÓDŹ Šimůnek Őri Ångström Ærø Œuvre Þór İstanbul ığ"),
            "lodz simunek ori angstrom aero oeuvre thor istanbul ig");
  EXPECT_EQ(fold_text("Nguyễn Thị Hồng Ẩn"), "nguyen thi hong an");
  EXPECT_EQ(fold_text("e\u0301le\u0300ve"), "eleve");  // decomposed
}

TEST(FoldText, GreekAndCyrillic) {
  EXPECT_EQ(fold_text("Αθήνα ΌΔΟΣ Οδός"), "αθηνα οδοσ οδοσ");
  EXPECT_EQ(fold_text("МОСКВА Ёлка Їжак Ґанок"), "москва ёлка їжак ґанок");
}

TEST(FoldText, LeavesTheRestAlone) {
  EXPECT_EQ(fold_text("東京 123 €"), "東京 123 €");
  EXPECT_EQ(fold_text("a\xff\xc3"), "a\xff\xc3");
  EXPECT_EQ(fold_text(""), "");
}

TEST(FoldWords, KeepsLettersAndDigitsOnly) {
  EXPECT_EQ(fold_words("  O'Neil, “Ltd.” 50%_x  "), "o neil ltd 50 x");
  EXPECT_EQ(fold_words("anna@exämple.com"), "anna example com");
  EXPECT_EQ(fold_words("\"*-()"), "");
}

TEST(FoldCompany, DropsLegalForms) {
  for (const char* name : {"Acme", "ACME Ltd", "Acme Ltd.", "Acme, Inc.", "ACMÉ S.A.", "Acme S.à r.l.",
                           "Acme GmbH & Co. KG", "SARL Acme", "Acme Sp. z o.o.", "Acme B.V.", "ООО Acme"})
    EXPECT_EQ(fold_company(name), "acme") << name;
  EXPECT_EQ(fold_company("Co"), "co");
  EXPECT_EQ(fold_company("The Company Company"), "the");
  EXPECT_NE(fold_company("Acme France"), fold_company("Acme Italia"));
}

TEST(Trim, BlanksOfAllKinds) {
  EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(ascii_lower("ÀBC"), "Àbc");
}

}  // namespace
}  // namespace onward
