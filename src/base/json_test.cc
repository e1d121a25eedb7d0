#include "base/json.h"

#include <gtest/gtest.h>

namespace onward {
namespace {

TEST(Json, parses_one_value) {
  EXPECT_EQ(dump(*parse_json(R"( {"a":[1,2.5,"x",null,true]} )")), R"({"a":[1,2.5E0,"x",null,true]})");
  EXPECT_EQ(get_string(*parse_json(R"({"a":"1","a":"2"})"), "a"), "2");
}

TEST(Json, refuses_what_is_not_json) {
  for (const char* bad :
       {"", " ", "{", "{}{}", "{} x", "[1,]", "{'a':1}", "nul", "01", "\"\xff\"", "\"\\ud800\"", "// c\n1", "NaN"})
    EXPECT_FALSE(parse_json(bad)) << bad;
  auto error = parse_json("{} x").error();
  EXPECT_EQ(error.code, Code::invalid);
  EXPECT_EQ(error.fields[0].code, "syntax");
}

TEST(Json, limits_the_depth) {
  auto nested = [](size_t n) { return parse_json(std::string(n, '[') + std::string(n, ']')); };
  EXPECT_TRUE(nested(32));
  EXPECT_FALSE(nested(34));
  EXPECT_FALSE(nested(100'000));
}

TEST(Json, accessors_fall_back) {
  Json v = *parse_json(R"({"s":"x","i":3,"d":1.5,"b":true,"n":null,"l":["a",1,"b"]})");
  EXPECT_EQ(get_string(v, "s"), "x");
  EXPECT_EQ(get_string(v, "i", "f"), "f");
  EXPECT_EQ(get_int(v, "i"), 3);
  EXPECT_EQ(get_int(v, "d", 7), 7);
  EXPECT_EQ(get_double(v, "d"), 1.5);
  EXPECT_EQ(get_double(v, "i"), 3.0);
  EXPECT_TRUE(get_bool(v, "b"));
  EXPECT_TRUE(get_bool(v, "missing", true));
  EXPECT_EQ(find(v, "n"), nullptr);
  EXPECT_EQ(find(Json("text"), "n"), nullptr);
  EXPECT_EQ(get_strings(v, "l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(get_strings(v, "s").empty());
}

}  // namespace
}  // namespace onward
