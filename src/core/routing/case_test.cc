#include "core/routing/case.h"

#include <gtest/gtest.h>

namespace onward::routing {
namespace {

Json parse(std::string_view text) { return *parse_json(text); }
std::string adv(int64_t n) { return AdvisorId{n}.text(); }

TEST(RoutingCase, IsReadAndRouted) {
  Json j = parse(R"({"request": {"language": "fr", "at": "2026-03-30T08:00:00Z", "place": {"country": "FR"}},
    "rules": {"language": "preferred"}, "candidates": [{"languages": ["en"], "territories": [{"country": "FR"}]},
    {"languages": ["fr"], "weight": 2, "turns": 3.5}, {"languages": ["fr"], "absences":
    [{"from": "2026-03-30T00:00:00Z", "to": "2026-03-31T00:00:00Z"}]}]})");
  for (int64_t i = 0; i < 3; ++i) j.at("candidates").at(static_cast<size_t>(i)).as_object()["advisor"] = adv(i + 1);
  auto c = read_case(j);
  ASSERT_TRUE(c) << c.error().message;
  Json out = to_json(route(c->request, c->candidates, c->rules, c->language));
  EXPECT_EQ(get_string(out, "chosen"), adv(2));
  EXPECT_EQ(out.at("candidates").as_array().size(), 2u);
  EXPECT_EQ(get_string(out.at("refused").at(0), "key"), "absent");
}

TEST(RoutingCase, FaultsNameTheirField) {
  EXPECT_EQ(read_case(parse(R"({"request": {}, "candidates": []})")).error().fields.at(0).pointer, "/request/at");
  EXPECT_FALSE(read_case(parse(R"([])")));
  Json twice = parse(R"({"request": {"at": "2026-03-30T08:00:00Z"}, "candidates": [{}, {}]})");
  for (size_t i = 0; i < 2; ++i) twice.at("candidates").at(i).as_object()["advisor"] = adv(7);
  EXPECT_EQ(read_case(twice).error().fields.at(0).pointer, "/candidates/1/advisor");
}

}  // namespace
}  // namespace onward::routing
