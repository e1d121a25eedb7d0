#include "app/organizations.h"

#include "app/contacts.h"
#include "app/duplicates.h"
#include "app/search.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app;

RECORD_SUITE(Organizations);
RECORD_SUITE(Searching);

Json parse(const char* text) { return *parse_json(text); }
Code code_of(const Result<Json>& r) { return r ? Code::internal : r.error().code; }

TEST_P(Organizations, LiveAndDie) {
  auto made = as(owner, [&](Step& s) {
    return add_organization(
        s, parse(R"({"name":"Acme Ltd","domain":"https://WWW.Acme.example/en","country":"GB","details":{"size":5}})"));
  });
  ASSERT_TRUE(made);
  EXPECT_EQ(text_of(*made, "domain"), "acme.example");
  auto id = *OrganizationId::parse(text_of(*made, "id"));
  auto changed =
      as(owner, [&](Step& s) { return change_organization(s, id, parse(R"({"details":{"size":6},"country":null})")); });
  EXPECT_EQ(text_of(*changed, "name"), "Acme Ltd");
  EXPECT_EQ(changed->at("country"), nullptr);
  EXPECT_EQ(last_fact_data(), R"({"fields":["country","details"]})");
  contact("Anna", {{"organization_id", id.text()}});
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return delete_organization(s, id); })), Code::conflict);
  auto unused = organization("Unused");
  EXPECT_TRUE(as(owner, [&](Step& s) { return delete_organization(s, unused); }));
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return get_organization(s, unused); })), Code::not_found);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_organizations(s, {"acm", {}}, {}); })->size(), 1u);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_organizations(s, {{}, "www.ACME.example"}, {}); })->size(), 1u);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_organizations(s, {{}, "example"}, {}); })->size(), 0u);
}

TEST_P(Organizations, NeverStandAboveThemselves) {
  auto top = organization("Top");
  auto mid = organization("Mid", {{"parent_id", top.text()}});
  auto low = organization("Low", {{"parent_id", mid.text()}});
  for (OrganizationId parent : {top, mid, low}) {
    auto bad = as(owner, [&](Step& s) {
      return change_organization(s, top, json::object{{"parent_id", parent.text()}});
    });
    ASSERT_EQ(code_of(bad), Code::invalid);
    EXPECT_EQ(bad.error().fields.at(0).code, "cycle");
  }
}

TEST_P(Organizations, AreSeenThroughContactsAndConversations) {
  auto acme = organization("Acme"), unused = organization("Unused");
  auto anna = contact("Anna", {{"organization_id", acme.text()}});
  conversation(anna, ann_north.advisor, north);
  auto sees = [&](const Caller& who, OrganizationId id) {
    return as(who, [&](Step& s) { return get_organization(s, id); }).has_value();
  };
  EXPECT_TRUE(sees(owner, acme) && sees(auditor, acme) && sees(manager_north, acme) && sees(ann_north, acme));
  EXPECT_FALSE(sees(bob_north, acme) || sees(cid_south, acme) || sees(manager_south, acme));
  EXPECT_TRUE(sees(bob_north, unused));
  EXPECT_EQ(as(bob_north, [&](Step& s) { return list_organizations(s, {}, {}); })->size(), 1u);
  conversation({}, cid_south.advisor, south, acme);
  EXPECT_TRUE(sees(cid_south, acme) && sees(manager_south, acme));
  auto hidden = as(bob_north, [&](Step& s) {
    return add_contact(s, json::object{{"name", "B"}, {"organization_id", acme.text()}});
  });
  EXPECT_EQ(code_of(hidden), Code::invalid);
}

TEST_P(Organizations, DuplicatesIgnoreLegalForms) {
  auto acme = organization("Acme Ltd", {{"domain", "acme.example"}, {"country", "GB"}});
  organization("ACMÉ Limited", {{"country", "GB"}});
  organization("Umbrella", {{"domain", "www.acme.example"}});
  organization("Acme France");
  auto found = as(owner, [&](Step& s) { return duplicates_of(s, acme); });
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].at("reasons"), parse(R"(["same_name","same_country"])"));
  EXPECT_EQ((*found)[0].at("score"), 70);
  EXPECT_EQ((*found)[1].at("reasons"), parse(R"(["same_domain"])"));
  auto pairs = as(owner, [&](Step& s) { return list_organization_duplicates(s, {}); });
  ASSERT_EQ(pairs->size(), 1u);
  EXPECT_EQ((*pairs)[0].at("duplicates").as_array().size(), 2u);
}

TEST_P(Searching, FindsByWordsAndTheStartOfTheLast) {
  auto acme = organization("Société Générale Ltd", {{"domain", "sg.example"}});
  contact("Zoë Müller", {{"emails", {"zoe.m@sg.example"}}, {"organization_id", acme.text()}});
  contact("Zoltan Ko");
  auto found = [&](const char* words) {
    auto r = as(owner, [&](Step& s) { return search(s, words); });
    std::string out;
    for (const Json& row : r->at("data").as_array()) out += text_of(row, "kind") + ":" + text_of(row, "title") + ";";
    return out;
  };
  EXPECT_EQ(found("mull"), "contact:Zoë Müller;");
  EXPECT_EQ(found("MÜLLER zo"), "contact:Zoë Müller;");
  EXPECT_EQ(found("zo muller"), "");  // only the last word may be unfinished
  EXPECT_EQ(found("zoltan"), "contact:Zoltan Ko;");
  EXPECT_EQ(found("societe gener"), "organization:Société Générale Ltd;");
  EXPECT_EQ(found("zoe.m@sg.example"), "contact:Zoë Müller;");
  for (const char* odd :
       {"", "   ", "\"", "zoe\" OR kind:x", "a AND (", "*", "':* | x", "NEAR(", "\\", "-zoltan)", "!"})
    found(odd);
  EXPECT_EQ(found("! zoltan & :*"), "contact:Zoltan Ko;");
}

TEST_P(Searching, FollowsChangesAndDeletions) {
  auto id = contact("Anna Berg");
  auto hits = [&](const char* words) {
    return as(owner, [&](Step& s) { return search(s, words); })->at("data").as_array().size();
  };
  EXPECT_EQ(hits("berg"), 1u);
  ASSERT_TRUE(as(owner, [&](Step& s) { return change_contact(s, id, parse(R"({"name":"Anna Tal"})")); }));
  EXPECT_EQ(hits("berg"), 0u);
  EXPECT_EQ(hits("tal"), 1u);
  ASSERT_TRUE(as(owner, [&](Step& s) { return delete_contact(s, id); }));
  EXPECT_EQ(hits("tal"), 0u);
}

TEST_P(Searching, ShowsOnlyWhatTheCallerSees) {
  auto acme = organization("Berg Ltd");
  auto anna = contact("Anna Berg", {{"organization_id", acme.text()}});
  auto c = conversation(anna, ann_north.advisor, north);
  ASSERT_TRUE(as(owner, [&](Step& s) -> Result<Json> {
    index_text(s, "conversation", c.value, "Pension advice for Berg");
    return Json(nullptr);
  }));
  auto hits = [&](const Caller& who) {
    return as(who, [&](Step& s) { return search(s, "berg"); })->at("data").as_array().size();
  };
  EXPECT_EQ(hits(owner), 3u);
  EXPECT_EQ(hits(auditor), 3u);
  EXPECT_EQ(hits(manager_north), 3u);
  EXPECT_EQ(hits(ann_north), 3u);
  EXPECT_EQ(hits(bob_north), 0u);
  EXPECT_EQ(hits(manager_south), 0u);
  for (int i = 0; i < 30; ++i) contact("Berg Number " + std::to_string(i));
  EXPECT_EQ(hits(owner), static_cast<size_t>(kSearchLimit));
}

}  // namespace
}  // namespace onward::testing
