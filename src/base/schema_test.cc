#include "base/schema.h"

#include <gtest/gtest.h>

namespace onward {
namespace {

using Faults = std::vector<std::pair<std::string, std::string>>;

Faults faults(const Shape& shape, const Json& value) {
  Faults out;
  if (auto status = shape.validate(value); !status)
    for (const FieldError& f : status.error().fields) out.emplace_back(f.pointer, f.code);
  return out;
}
std::string code(const Shape& shape, const Json& value) {
  Faults f = faults(shape, value);
  return f.empty() ? "ok" : f.front().second;
}
Json parsed(std::string_view text) { return *parse_json(text); }

const Shape& person() {
  static const Shape shape = shape::object({{"name", shape::line(1, 10), shape::required, "How to call them"},
                                            {"emails", shape::list(shape::email(), 1, 3)},
                                            {"note", shape::text(0, 20), shape::nullable},
                                            {"age", shape::integer(0, 150)},
                                            {"tags/~", shape::map(shape::line(1, 5), 2)}});
  return shape;
}

TEST(Schema, accepts_what_fits) {
  EXPECT_TRUE(person().validate(parsed(R"({"name":"Ann","emails":["a@example.org"],"note":null,"age":30})")));
  EXPECT_TRUE(person().validate(parsed(R"({"name":"Ann"})")));
}

TEST(Schema, reports_every_fault_with_its_pointer) {
  Json body = parsed(R"({"emails":["a@example.org","x"],"note":7,"age":-1,"tags/~":{"a/b":"toolong"},"zip":1})");
  EXPECT_EQ(faults(person(), body), (Faults{{"/name", "required"},
                                            {"/emails/1", "format"},
                                            {"/note", "type"},
                                            {"/age", "too_small"},
                                            {"/tags~1~0/a~1b", "too_long"},
                                            {"/zip", "unknown_field"}}));
  auto status = person().validate(body);
  EXPECT_EQ(status.error().code, Code::invalid);
  EXPECT_EQ(status.error().message, "/name is required (and 5 more).");
  EXPECT_EQ(person().validate(parsed("[]")).error().message, "The body must be an object.");
}

TEST(Schema, absent_null_and_required) {
  EXPECT_EQ(faults(person(), parsed(R"({"name":null})")), (Faults{{"/name", "required"}}));
  EXPECT_EQ(faults(person(), parsed(R"({"name":"A","age":null})")), (Faults{{"/age", "type"}}));
}

TEST(Schema, text_counts_code_points_and_refuses_controls) {
  EXPECT_EQ(code(shape::text(1, 3), "äöü"), "ok");
  EXPECT_EQ(code(shape::text(1, 3), "🙂🙂🙂"), "ok");
  EXPECT_EQ(code(shape::text(1, 3), "äöüß"), "too_long");
  EXPECT_EQ(code(shape::text(1, 3), ""), "too_short");
  EXPECT_EQ(code(shape::text(0, 9), "a\n\tb"), "ok");
  for (std::string_view bad : {std::string_view("a\0", 2), std::string_view("a\r"), std::string_view("\x1b[1m"),
                               std::string_view("\x7f"), std::string_view("\xc2\x85")})
    EXPECT_EQ(code(shape::text(0, 9), Json(bad)), "not_allowed");
  EXPECT_EQ(code(shape::line(0, 9), "a\tb"), "ok");
  EXPECT_EQ(code(shape::line(0, 9), "a\nb"), "not_allowed");
  EXPECT_EQ(code(shape::line(0, 9),
                 "a\xe2\x80\xa8"
                 "b"),
            "not_allowed");
  EXPECT_EQ(code(shape::text(0, 9), 3), "type");
}

TEST(Schema, utf8_is_checked) {
  for (const char* bad :
       {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "a\x80", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_EQ(code(shape::text(0, 9), Json(bad)), "format") << bad;
    EXPECT_FALSE(is_utf8(bad));
  }
  EXPECT_TRUE(is_utf8("\xf4\x8f\xbf\xbf \xee\x80\x80 \xed\x9f\xbf"));
}

TEST(Schema, numbers) {
  EXPECT_EQ(code(shape::integer(0, 5), 5), "ok");
  EXPECT_EQ(code(shape::integer(0, 5), 6), "too_large");
  EXPECT_EQ(code(shape::integer(0, 5), -1), "too_small");
  EXPECT_EQ(code(shape::integer(0, 5), parsed("3.0")), "type");
  EXPECT_EQ(code(shape::integer(0, 5), parsed("1e2")), "type");
  EXPECT_EQ(code(shape::integer(0, 5), parsed("18446744073709551615")), "too_large");
  EXPECT_EQ(code(shape::integer(INT64_MIN, INT64_MAX), parsed("-9223372036854775808")), "ok");
  EXPECT_EQ(code(shape::integer(0, 5), "3"), "type");
  EXPECT_EQ(code(shape::integer(0, 5), true), "type");
  EXPECT_EQ(code(shape::number(0, 1), 0.5), "ok");
  EXPECT_EQ(code(shape::number(0, 1), 1), "ok");
  EXPECT_EQ(code(shape::number(0, 1), 1.01), "too_large");
  EXPECT_EQ(code(shape::number(0, 1), -0.01), "too_small");
  EXPECT_EQ(code(shape::number(0, 1), parsed("1e999")), "too_large");
  EXPECT_EQ(code(shape::boolean(), true), "ok");
  EXPECT_EQ(code(shape::boolean(), 1), "type");
}

void expect_format(const Shape& shape, std::vector<std::string> good, std::vector<std::string> bad) {
  for (const auto& text : good) EXPECT_EQ(code(shape, Json(text)), "ok") << text;
  for (const auto& text : bad) EXPECT_EQ(code(shape, Json(text)), "format") << text;
  EXPECT_EQ(code(shape, 1), "type");
}

TEST(SchemaFormat, times) {
  expect_format(shape::time(), {"2026-03-30T08:00:00Z", "2026-03-30T08:00:00.5+02:00"},
                {"2026-03-30", "2026-02-30T08:00:00Z", "2026-03-30T25:00:00Z", ""});
  expect_format(shape::date(), {"2024-02-29"}, {"2026-02-29", "2026-3-1", "2026-03-30T08:00:00Z"});
  expect_format(shape::time_of_day(), {"00:00", "23:59", "24:00"}, {"24:01", "9:00", "09:60", "09:00:00"});
  expect_format(shape::duration(), {"P3D", "PT2H30M", "P1W"}, {"3D", "P", "PT", "P1Y", "-P1D"});
  expect_format(shape::zone(), {"Europe/Paris", "UTC"}, {"Mars/Base", "", "../etc/passwd", "/etc/localtime"});
}

TEST(SchemaFormat, codes) {
  expect_format(shape::language(), {"fr", "pt-BR", "zh-Hant-TW", "de-x-old"},
                {"", "f", "fr_FR", "fr-", "-fr", "en-u", "123"});
  expect_format(shape::country(), {"FR", "US", "XK"}, {"fr", "ZZ", "FRA", "F", "", "D "});
  expect_format(shape::currency(), {"EUR", "JPY"}, {"eur", "EU", "ZZZ", "DEM", "UR "});
  expect_format(shape::phone(), {"+33123456789", "+4915112345678"},
                {"0033123456789", "+0123456789", "+33 1 23", "+1234567890123456", "+"});
  expect_format(shape::id("con"), {"con_0c4jq8w1x2k3m"},
                {"org_0c4jq8w1x2k3m", "con_", "con_0c4jq8w1x2k3u", "con_0000000000000"});
}

TEST(SchemaFormat, email) {
  std::string long_local(64, 'a');
  long_local += "@example.org";
  expect_format(shape::email(),
                {"a@example.org", "first.last+tag@sub.example.co.uk", "o'neil@example.org", "a@xn--bcher-kva.example",
                 long_local},
                {"",
                 "a",
                 "@example.org",
                 "a@",
                 "a@b",
                 "a@@example.org",
                 "a b@example.org",
                 ".a@example.org",
                 "a.@example.org",
                 "a..b@example.org",
                 "Ann <a@example.org>",
                 "a@example.org\r\nBcc: x@y.z",
                 "a@-x.org",
                 "a@x..org",
                 "a@[127.0.0.1]",
                 "a@1.2.3.4",
                 "a,b@example.org",
                 "a@example.org,b@example.org",
                 "a" + long_local,
                 "a(c)@example.org",
                 "\"a\"@example.org",
                 "ä@example.org"});
}

TEST(SchemaFormat, url) {
  expect_format(shape::url(),
                {"https://example.org", "http://example.org:8080/a?b=c#d", "https://[::1]/", "https://x.org/%C3%A4"},
                {"", "example.org", "ftp://example.org", "javascript:alert(1)", "https://", "https:///a",
                 "https://user:pw@example.org", "https://exa mple.org", "https://example.org/<x>",
                 "https://example.org:99999", "https://example.org/\n", "HTTPS//x"});
}

TEST(Schema, enumerations_name_their_values) {
  Shape s = shape::one_of({"mail", "call"});
  EXPECT_EQ(code(s, "mail"), "ok");
  EXPECT_EQ(s.validate("fax").error().fields[0], (FieldError{"", "not_one_of", "must be one of mail, call"}));
}

TEST(Schema, lists_and_maps_are_bounded) {
  Shape list = shape::list(shape::integer(0, 9), 2, 3);
  EXPECT_EQ(code(list, json::array{1, 2}), "ok");
  EXPECT_EQ(code(list, json::array{1}), "too_few");
  EXPECT_EQ(faults(list, json::array{1, 2, 3, 99}), (Faults{{"", "too_many"}}));
  Shape map = shape::map(shape::integer(0, 9), 2);
  EXPECT_EQ(code(map, json::object{{"a", 1}}), "ok");
  EXPECT_EQ(code(map, json::object{{"a", 1}, {"b", 1}, {"c", 1}}), "too_many");
  EXPECT_EQ(code(map, json::object{{"", 1}}), "too_short");
  EXPECT_EQ(code(map, json::object{{std::string(101, 'k'), 1}}), "too_long");
  EXPECT_EQ(code(map, json::object{{"a\nb\x01", 1}}), "not_allowed");
}

TEST(Schema, hostile_bodies) {
  json::array many(100'000, Json("x"));
  EXPECT_EQ(faults(shape::list(shape::integer(0, 1), 0, 1'000'000), many).size(), 20u);
  json::object unknown;
  for (int i = 0; i < 50'000; ++i) unknown["k" + std::to_string(i)] = i;
  unknown["name"] = "A";
  EXPECT_EQ(faults(person(), unknown).size(), 20u);
  json::object long_key{{"name", "A"}, {std::string(1'000'000, '/'), 1}};
  EXPECT_EQ(faults(person(), long_key)[0].first.size(), 201u);  // cut to 100 characters, each escaped
  json::object cut_inside{{"name", "A"}, {"a" + std::string(50, '\xc3'), 1}};
  EXPECT_EQ(faults(person(), cut_inside).size(), 1u);
  std::string nested = std::string(31, '[') + std::string(31, ']');
  EXPECT_EQ(code(person(), parsed(nested)), "type");
  EXPECT_FALSE(parse_json(std::string(100'000, '[')));
  EXPECT_EQ(code(shape::line(0, 10), Json(std::string(5'000'000, 'x'))), "too_long");
}

TEST(Schema, any_is_bounded_and_storable) {
  EXPECT_EQ(code(shape::any(20), parsed(R"({"a":[1,null,"x"]})")), "ok");
  EXPECT_EQ(code(shape::any(20), Json(std::string(19, 'x'))), "too_large");
  EXPECT_EQ(code(shape::any(20), Json(std::string(18, 'x'))), "ok");
  EXPECT_EQ(code(shape::any(100), parsed(R"({"a":"\u0000"})")), "not_allowed");
  EXPECT_EQ(code(shape::any(100), parsed(R"({"\u0000":1})")), "not_allowed");
  Json deep = 1;
  for (int i = 0; i < 40; ++i) deep = json::array{deep, 1};
  EXPECT_EQ(code(shape::any(1000), deep), "not_allowed");
}

TEST(Schema, describes_itself) {
  Json want = parsed(R"({"type":"object","additionalProperties":false,"required":["name"],"properties":{
    "name":{"type":"string","minLength":1,"maxLength":10,"pattern":"^[^\\r\\n]*$","description":"How to call them"},
    "emails":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"string","format":"email","maxLength":254}},
    "note":{"anyOf":[{"type":"string","minLength":0,"maxLength":20},{"type":"null"}]},
    "age":{"type":"integer","minimum":0,"maximum":150},
    "tags/~":{"type":"object","maxProperties":2,"propertyNames":{"minLength":1,"maxLength":100},
      "additionalProperties":{"type":"string","minLength":1,"maxLength":5,"pattern":"^[^\\r\\n]*$"}}}})");
  EXPECT_EQ(person().json_schema(), want) << dump(person().json_schema());
  EXPECT_EQ(shape::one_of({"a"}).json_schema(), parsed(R"({"type":"string","enum":["a"]})"));
  EXPECT_EQ(shape::time().json_schema(), parsed(R"({"type":"string","format":"date-time"})"));
  EXPECT_EQ(shape::any(9).json_schema(), parsed("{}"));
  EXPECT_EQ(shape::zone().json_schema(), parsed(R"({"type":"string","maxLength":64,"examples":["Europe/Paris"]})"));
}

}  // namespace
}  // namespace onward
