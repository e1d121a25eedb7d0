#include "app/assets.h"

#include <gmock/gmock.h>

#include "app/library_world_test.h"
#include "app/sequences.h"

namespace onward::app {
namespace {

using ::testing::HasSubstr;
using testing::World;

Json a_template(std::string body, std::string subject = "Hello", std::string key = "hello") {
  return json::object{{"kind", "template"}, {"key", key},         {"title", "Hello"},
                      {"language", "en"},   {"subject", subject}, {"body", body}};
}

Result<Json> add(World& w, const Json& body) {
  return w.ask([&](Step& s) { return add_asset(s, body); });
}
Result<Json> patch(World& w, AssetId id, const Json& body) {
  return w.ask([&](Step& s) { return update_asset(s, id, body); });
}
AssetId id_of_view(const Json& view) { return *AssetId::parse(get_string(view, "id")); }
AssetId shipped(World& w, std::string_view key, std::string_view language) {
  AssetId found;
  w.write([&](Step& s) -> Status {
    for (const auto& a : s.catalog().assets)
      if (a.key == key && a.language == language) found = a.id;
    return {};
  });
  return found;
}

TEST(Assets, ATemplateNamesItsFaults) {
  World w;
  auto unknown = add(w, a_template("Hello {{contact.frist_name}} and {{advisor.name}}", "About {{deal.price}}"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::invalid);
  ASSERT_EQ(unknown.error().fields.size(), 2u);
  EXPECT_EQ(unknown.error().fields[0].pointer, "/subject");
  EXPECT_THAT(unknown.error().fields[0].message, HasSubstr("deal.price"));
  EXPECT_EQ(unknown.error().fields[1].pointer, "/body");
  EXPECT_EQ(unknown.error().fields[1].code, "unknown_variable");
  EXPECT_THAT(unknown.error().fields[1].message, HasSubstr("contact.frist_name"));
  auto broken = add(w, a_template("{{#if assets}} never closed"));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().fields[0].code, "template_syntax");
  EXPECT_EQ(broken.error().fields[0].pointer, "/body");
}

TEST(Assets, KindsHaveTheirFields) {
  World w;
  auto pointer = [&](Json body) {
    auto r = add(w, body);
    return r || r.error().fields.empty() ? "" : r.error().fields[0].pointer;
  };
  Json t = a_template("x");
  t.as_object().erase("key");
  EXPECT_EQ(pointer(t), "/key");
  t = a_template("x");
  t.as_object()["expires_at"] = "2027-01-01T00:00:00Z";
  EXPECT_EQ(pointer(t), "/expires_at");
  EXPECT_EQ(pointer(json::object{{"kind", "article"}, {"key", "k"}, {"title", "t"}, {"language", "en"}, {"body", "b"}}),
            "/key");
  EXPECT_EQ(pointer(json::object{{"kind", "poster"}, {"title", "t"}, {"language", "en"}, {"body", "b"}}), "/kind");
  ASSERT_TRUE(add(w, a_template("x")));
  EXPECT_EQ(add(w, a_template("x")).error().code, Code::conflict);
}

TEST(Assets, ATextChangeIsANewVersionAndTheOldOneStays) {
  World w;
  AssetId id = id_of_view(*add(w, a_template("One {{contact.name}}")));
  auto second = patch(w, id, json::object{{"body", "Two"}});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->at("version"), 2);
  EXPECT_TRUE(second->at("variables").as_array().empty());
  EXPECT_EQ(patch(w, id, json::object{{"title", "Another title"}})->at("version"), 2);
  EXPECT_FALSE(patch(w, id, json::object{{"body", "{{nothing.like_this}}"}}));
  auto versions = w.ask([&](Step& s) { return list_asset_versions(s, id); });
  ASSERT_EQ(versions->size(), 2u);
  EXPECT_EQ((*versions)[0].at("body"), "Two");
  EXPECT_EQ((*versions)[1].at("body"), "One {{contact.name}}");
  EXPECT_EQ((*versions)[1].at("variables"), Json(json::array{"contact.name"}));
  w.write([&](Step& s) -> Status {
    EXPECT_EQ(s.catalog().asset(id)->body, "Two");
    return {};
  });
}

TEST(Assets, TheLastTemplateOfAUsedKeyCannotGo) {
  World w;
  auto remove = [&](AssetId id) { return w.ask([&](Step& s) { return remove_asset(s, id); }); };
  AssetId en = shipped(w, "recap", "en"), fr = shipped(w, "recap", "fr");
  ASSERT_TRUE(remove(fr));
  auto refused = remove(en);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("After the talk"));
  AssetId unused = id_of_view(*add(w, a_template("x")));
  EXPECT_TRUE(remove(unused));
  EXPECT_EQ(w.ask([&](Step& s) { return get_asset(s, unused); }).error().code, Code::not_found);
  EXPECT_TRUE(add(w, a_template("x")));  // the key is free again
}

TEST(Assets, ARetiredSequenceStillNeedsItsTemplatesWhileSomebodyIsOnIt) {
  World w;
  ConversationId c = w.open();
  ASSERT_TRUE(w.apply(c, conversations::NoShow{"unknown"}));
  w.write([&](Step& s) -> Status {
    for (const auto& [id, v] : s.catalog().versions)
      if (v.document.name.starts_with("After a no-show")) TRY(retire_sequence(s, v.sequence));
    return {};
  });
  AssetId en = shipped(w, "no_show_second", "en"), fr = shipped(w, "no_show_second", "fr");
  ASSERT_TRUE(w.ask([&](Step& s) { return remove_asset(s, fr); }));
  EXPECT_EQ(w.ask([&](Step& s) { return remove_asset(s, en); }).error().code, Code::conflict);
  ASSERT_TRUE(w.apply(c, conversations::OptedOut{"phone"}));  // nobody is on it any more
  EXPECT_TRUE(w.ask([&](Step& s) { return remove_asset(s, en); }));
}

TEST(Assets, ListFiltersAndPages) {
  World w;
  for (std::string title : {"Roof insulation", "Heat pump", "Solar ROOF"})
    ASSERT_TRUE(add(w, json::object{{"kind", "article"},
                                    {"title", title},
                                    {"language", "en"},
                                    {"body", "b"},
                                    {"tags", {{"topics", {"energy"}}}}}));
  auto list = [&](AssetFilter f) { return *w.ask([&](Step& s) { return list_assets(s, f); }); };
  EXPECT_EQ(list({.q = "roof"}).size(), 2u);
  EXPECT_EQ(list({.q = "energy"}).size(), 3u);
  EXPECT_EQ(list({.q = "recap"}).size(), 2u);
  EXPECT_EQ(list({.kind = "article", .language = "fr"}).size(), 0u);
  json::array first = list({.kind = "article", .limit = 2});
  ASSERT_EQ(first.size(), 2u);
  json::array rest = list({.kind = "article", .after = id_of_view(first[1]).value, .limit = 2});
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].at("title"), "Solar ROOF");
  EXPECT_FALSE(rest[0].as_object().contains("body"));
}

TEST(Assets, AnExpiredOneSaysSo) {
  World w;
  AssetId id = id_of_view(*add(w, json::object{{"kind", "pricing"},
                                               {"title", "t"},
                                               {"language", "en"},
                                               {"body", "b"},
                                               {"expires_at", "2026-03-05T00:00:00Z"}}));
  EXPECT_EQ(w.ask([&](Step& s) { return get_asset(s, id); })->at("expired"), false);
  w.clock.set(*parse_rfc3339("2026-03-05T00:00:00Z"));
  EXPECT_EQ(w.ask([&](Step& s) { return get_asset(s, id); })->at("expired"), true);
  EXPECT_TRUE(patch(w, id, json::object{{"expires_at", nullptr}})->at("expires_at").is_null());
}

TEST(Assets, PreviewShowsThisTemplateForARealCaseAndWritesNothing) {
  World w;
  ConversationId c = w.open("fr");
  conversations::Talk talk = w.talk();
  talk.assets = {
      id_of_view(*add(w, json::object{{"kind", "scope"}, {"title", "The scope"}, {"language", "fr"}, {"body", "b"}}))};
  ASSERT_TRUE(w.apply(c, conversations::TalkHeld{talk}));
  int64_t facts = w.facts();
  AssetId en = shipped(w, "asset_delivery", "en");
  auto out = w.ask([&](Step& s) { return preview_asset(s, en, c); });
  ASSERT_TRUE(out);
  EXPECT_EQ(out->at("subject"), "The scope");
  EXPECT_THAT(std::string(out->at("body").as_string()), HasSubstr("As promised, here is what we talked about"));
  EXPECT_EQ(w.facts(), facts);
  auto missing = add(w, a_template("{{organization.name}}", "Hello {{organization.name}}"));
  out = w.ask([&](Step& s) { return preview_asset(s, id_of_view(*missing), c); });
  EXPECT_TRUE(out->at("body").is_null());
  EXPECT_EQ(out->at("missing").as_array().at(0).at("variable"), "organization.name");
}

TEST(Assets, WhoMayChangeWhat) {
  World w;
  AssetId recap = shipped(w, "recap", "en");
  Json article = json::object{{"kind", "article"}, {"title", "t"}, {"language", "en"}, {"body", "b"}};
  w.caller.role = Role::manager;
  EXPECT_EQ(patch(w, recap, json::object{{"title", "x"}}).error().code, Code::forbidden);
  EXPECT_TRUE(add(w, article));
  w.caller.role = Role::advisor;
  EXPECT_EQ(add(w, article).error().code, Code::forbidden);
  EXPECT_TRUE(w.ask([&](Step& s) { return get_asset(s, recap); }));
}

}  // namespace
}  // namespace onward::app
