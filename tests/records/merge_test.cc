#include "app/merge.h"

#include "app/contacts.h"
#include "app/notes.h"
#include "app/organizations.h"
#include "app/search.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app;

RECORD_SUITE(Merges);

Json into(const auto& id) { return json::object{{"into", id.text()}}; }
Json parse(const char* text) { return *parse_json(text); }

MergeId merge_id(const Result<Json>& r) {
  EXPECT_TRUE(r) << (r ? "" : r.error().message);
  return *MergeId::parse(text_of(*r, "id"));
}

TEST_P(Merges, UndoPutsEverythingBackExactly) {
  auto acme = organization("Acme");
  auto loser = contact("Anna B.", parse(R"({"emails":["anna@a.example","shared@a.example"],"phones":["+4911111"],
    "consents":[{"purpose":"marketing","channel":"any","state":"withdrawn","basis":"consent","source":"form"}]})")
                                      .as_object());
  tick();
  auto winner = contact("Anna Berg", {{"emails", {"Shared@a.example", "berg@a.example"}}});
  ASSERT_TRUE(as(owner, [&](Step& s) {
    return change_contact(s, loser, json::object{{"organization_id", acme.text()}, {"agency_id", north.text()}});
  }));
  ASSERT_TRUE(as(owner, [&](Step& s) {
    return add_consent(
        s, winner,
        parse(R"({"purpose":"marketing","channel":"email","state":"granted","basis":"consent","source":"form"})"));
  }));
  auto talk = conversation(loser, ann_north.advisor, north);
  conversation(winner, bob_north.advisor, north);
  sql("t_touch", {int64_t{77}, talk.value, loser.value});
  sql("t_link", {std::string("hash"), loser.value, talk.value, int64_t{77}});
  sql("t_suppress", {std::string("shared@a.example"), int64_t{123}, loser.value});
  sql("t_opt_out", {loser.value, int64_t{456}});
  ASSERT_TRUE(as(ann_north, [&](Step& s) { return add_note(s, loser, parse(R"({"text":"hm"})")); }));
  std::string before = dump_records();
  tick();

  auto merged = as(owner, [&](Step& s) { return merge_contacts(s, loser, into(winner)); });
  MergeId id = merge_id(merged);
  EXPECT_EQ(merged->at("moved"),
            parse(R"({"conversation":1,"enrollment":0,"touch":1,"note":1,"consent":1,"link":1,"contact_point":2})"));
  auto one = as(owner, [&](Step& s) { return get_contact(s, winner); });
  EXPECT_EQ(one->at("emails"), parse(R"(["Shared@a.example","berg@a.example","anna@a.example"])"));
  EXPECT_EQ(one->at("phones"), parse(R"(["+4911111"])"));
  EXPECT_EQ(text_of(*one, "organization_id"), acme.text());
  EXPECT_TRUE(one->at("opted_out_at").is_string());
  EXPECT_EQ(text_of(one->at("suppressed").at(0), "value"), "Shared@a.example");
  EXPECT_NE(dump_records(), before);
  EXPECT_EQ(facts().back(), "contact.merged");

  tick();
  auto undone = as(owner, [&](Step& s) { return undo_merge(s, id); });
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(dump_records(), before);
  EXPECT_TRUE(undone->at("undone_at").is_string());
  EXPECT_EQ(as(owner, [&](Step& s) { return undo_merge(s, id); }).error().code, Code::conflict);
  auto found = as(owner, [&](Step& s) { return search(s, "anna"); });
  EXPECT_EQ(found->at("data").as_array().size(), 2u);
}

TEST_P(Merges, TheMergedOneSaysWhereItWent) {
  auto loser = contact("Anna"), winner = contact("Anne");
  conversation(winner, ann_north.advisor, north);
  merge_id(as(owner, [&](Step& s) { return merge_contacts(s, loser, into(winner)); }));
  auto gone = as(ann_north, [&](Step& s) { return get_contact(s, loser); });
  ASSERT_EQ(gone.error().code, Code::conflict);
  EXPECT_NE(gone.error().message.find(winner.text()), std::string::npos);
  EXPECT_EQ(as(cid_south, [&](Step& s) { return get_contact(s, loser); }).error().code, Code::not_found);
  EXPECT_EQ(as(manager_south, [&](Step& s) { return get_contact(s, loser); }).error().code, Code::not_found);
  EXPECT_EQ(as(owner, [&](Step& s) { return search(s, "anna"); })->at("data").as_array().size(), 0u);
}

TEST_P(Merges, ANoIsStrongerThanALaterYes) {
  Json yes = parse(R"({"purpose":"marketing","channel":"any","state":"granted","basis":"consent","source":"form"})");
  Json no = parse(R"({"purpose":"marketing","channel":"phone","state":"refused","basis":"consent","source":"call"})");
  auto loser = contact("Anna"), winner = contact("Anne");
  ASSERT_TRUE(as(owner, [&](Step& s) { return add_consent(s, winner, no); }));
  tick();
  ASSERT_TRUE(as(owner, [&](Step& s) { return add_consent(s, loser, yes); }));
  tick();
  merge_id(as(owner, [&](Step& s) { return merge_contacts(s, loser, into(winner)); }));
  auto rows = as(owner, [&](Step& s) { return list_consents(s, winner); });
  ASSERT_EQ(rows->size(), 3u);  // the refusal of phone calls is said again; mail stays allowed
  EXPECT_EQ(text_of((*rows)[2], "channel"), "phone");
  EXPECT_EQ(text_of((*rows)[2], "state"), "refused");
}

TEST_P(Merges, WhatChangedSinceStaysOnUndo) {
  auto loser = contact("Anna", {{"country", "FR"}}), winner = contact("Anne");
  MergeId id = merge_id(as(owner, [&](Step& s) { return merge_contacts(s, loser, into(winner)); }));
  tick();
  ASSERT_TRUE(
      as(owner, [&](Step& s) { return change_contact(s, winner, parse(R"({"name":"Anne-Marie","country":"BE"})")); }));
  sql("t_opt_out", {winner.value, to_ms(clock_.now())});
  auto later = conversation(winner, ann_north.advisor, north);
  tick();
  ASSERT_TRUE(as(owner, [&](Step& s) { return undo_merge(s, id); }));
  auto one = as(owner, [&](Step& s) { return get_contact(s, winner); });
  EXPECT_EQ(text_of(*one, "name"), "Anne-Marie");
  EXPECT_EQ(text_of(*one, "country"), "BE");
  EXPECT_TRUE(one->at("opted_out_at").is_string());
  auto other = as(owner, [&](Step& s) { return get_contact(s, loser); });
  EXPECT_TRUE(other->at("opted_out_at").is_string()) << "a no that was said to both counts for both";
  EXPECT_TRUE(as(ann_north, [&](Step& s) { return get_contact(s, winner); })) << later.text() << " stays";
}

TEST_P(Merges, ChainsAreUndoneFromTheEnd) {
  auto a = contact("A"), b = contact("B"), c = contact("C");
  std::string before = dump_records();
  MergeId first = merge_id(as(owner, [&](Step& s) { return merge_contacts(s, a, into(b)); }));
  MergeId second = merge_id(as(owner, [&](Step& s) { return merge_contacts(s, b, into(c)); }));
  EXPECT_EQ(as(owner, [&](Step& s) { return undo_merge(s, first); }).error().code, Code::conflict);
  EXPECT_EQ(as(owner, [&](Step& s) { return merge_contacts(s, a, into(c)); }).error().code, Code::conflict);
  ASSERT_TRUE(as(owner, [&](Step& s) { return undo_merge(s, second); }));
  ASSERT_TRUE(as(owner, [&](Step& s) { return undo_merge(s, first); }));
  EXPECT_EQ(dump_records(), before);
}

TEST_P(Merges, NeedBothInSight) {
  auto mine = contact("A"), hidden = contact("B");
  conversation(mine, ann_north.advisor, north);
  conversation(hidden, cid_south.advisor, south);
  auto refused = as(ann_north, [&](Step& s) { return merge_contacts(s, mine, into(hidden)); });
  ASSERT_EQ(refused.error().code, Code::invalid);
  EXPECT_EQ(refused.error().fields.at(0).pointer, "/into");
  EXPECT_EQ(as(ann_north, [&](Step& s) { return merge_contacts(s, hidden, into(mine)); }).error().code,
            Code::not_found);
  EXPECT_EQ(as(owner, [&](Step& s) { return merge_contacts(s, mine, into(mine)); }).error().code, Code::invalid);
  MergeId id = merge_id(as(owner, [&](Step& s) { return merge_contacts(s, mine, into(hidden)); }));
  EXPECT_EQ(as(manager_north, [&](Step& s) { return get_merge(s, id); }).has_value(), true)
      << "its conversation is theirs";
  EXPECT_EQ(as(bob_north, [&](Step& s) { return undo_merge(s, id); }).error().code, Code::not_found);
  EXPECT_EQ(as(auditor, [&](Step& s) { return undo_merge(s, id); }).error().code, Code::forbidden);
}

TEST_P(Merges, OrganizationsComeBackToo) {
  auto top = organization("Holding");
  auto loser = organization(
      "Acme Ltd", {{"domain", "acme.example"}, {"parent_id", top.text()}, {"details", {{"size", 5}, {"vat", "X"}}}});
  auto middle = organization("Acme Region", {{"parent_id", loser.text()}});
  auto winner = organization("ACME", {{"parent_id", middle.text()}, {"details", {{"size", 9}}}});
  auto person = contact("Anna", {{"organization_id", loser.text()}});
  conversation(person, ann_north.advisor, north, loser);
  std::string before = dump_records();
  tick();
  EXPECT_EQ(as(ann_north, [&](Step& s) { return merge_organizations(s, loser, into(winner)); }).error().code,
            Code::forbidden);
  MergeId id = merge_id(as(owner, [&](Step& s) { return merge_organizations(s, loser, into(winner)); }));
  auto one = as(owner, [&](Step& s) { return get_organization(s, winner); });
  EXPECT_EQ(text_of(*one, "parent_id"), top.text());
  EXPECT_EQ(text_of(*one, "domain"), "acme.example");
  EXPECT_EQ(one->at("details"), parse(R"({"size":9,"vat":"X"})"));
  EXPECT_EQ(text_of(*as(owner, [&](Step& s) { return get_contact(s, person); }), "organization_id"), winner.text());
  EXPECT_EQ(text_of(*as(owner, [&](Step& s) { return get_organization(s, middle); }), "parent_id"), winner.text());
  EXPECT_EQ(as(owner, [&](Step& s) { return get_organization(s, loser); }).error().code, Code::conflict);
  tick();
  auto undone = as(owner, [&](Step& s) { return undo_merge(s, id); });
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(dump_records(), before);
}

}  // namespace
}  // namespace onward::testing
