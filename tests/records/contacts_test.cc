#include "app/contacts.h"

#include <algorithm>

#include "app/duplicates.h"
#include "app/imports.h"
#include "app/notes.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app;

RECORD_SUITE(Contacts);

Code code_of(const Result<Json>& r) { return r ? Code::internal : r.error().code; }

Json parse(const char* text) { return *parse_json(text); }

TEST_P(Contacts, AreCreatedWithTheirAddressesAndConsents) {
  auto made = as(owner, [&](Step& s) {
    return add_contact(
        s, parse(R"({"name":" Zoë Marchand ","emails":["Zoe@EXAMPLE.Com","z@b.example"],"phones":["+33123456789"],
      "language":"fr","zone":"Europe/Paris","country":"FR","consents":[{"purpose":"marketing","channel":"email",
      "state":"granted","basis":"consent","source":"form"}]})"));
  });
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(text_of(*made, "name"), "Zoë Marchand");
  EXPECT_EQ(made->at("emails"), parse(R"(["Zoe@example.com","z@b.example"])"));
  EXPECT_EQ(made->at("phones"), parse(R"(["+33123456789"])"));
  EXPECT_EQ(text_of(*made, "zone"), "Europe/Paris");
  EXPECT_EQ(made->at("organization_id"), nullptr);
  ASSERT_EQ(made->at("consents").as_array().size(), 1u);
  EXPECT_EQ(text_of(made->at("consents").as_array()[0], "state"), "granted");
  auto id = *ContactId::parse(text_of(*made, "id"));
  EXPECT_EQ(*as(auditor, [&](Step& s) { return get_contact(s, id); }), *made);
  auto kinds = facts();
  EXPECT_EQ(std::vector<std::string>(kinds.end() - 2, kinds.end()),
            (std::vector<std::string>{"contact.created", "consent.recorded"}));
}

TEST_P(Contacts, TakeLanguageAndZoneOfTheHouse) {
  auto id = contact("Anna");
  auto got = as(owner, [&](Step& s) { return get_contact(s, id); });
  EXPECT_EQ(text_of(*got, "language"), "en");
  EXPECT_EQ(text_of(*got, "zone"), "UTC");
}

TEST_P(Contacts, RefuseWrongReferencesAndDoubles) {
  auto bad = as(owner, [&](Step& s) {
    return add_contact(s, json::object{{"name", "A"}, {"organization_id", OrganizationId{9}.text()}});
  });
  ASSERT_EQ(code_of(bad), Code::invalid);
  EXPECT_EQ(bad.error().fields.at(0).pointer, "/organization_id");
  bad = as(owner,
           [&](Step& s) { return add_contact(s, parse(R"({"name":"A","emails":["a@b.example","A@B.example"]})")); });
  ASSERT_EQ(code_of(bad), Code::invalid);
  EXPECT_EQ(bad.error().fields.at(0).pointer, "/emails/1");
  EXPECT_EQ(code_of(as(auditor, [&](Step& s) { return add_contact(s, parse(R"({"name":"A"})")); })), Code::forbidden);
}

TEST_P(Contacts, PatchLeavesAbsentFieldsAndKeepsSuppressions) {
  auto id =
      contact("Anna", parse(R"({"emails":["a@x.example","b@x.example"],"country":"FR","language":"fr"})").as_object());
  sql("t_suppress", {std::string("a@x.example"), int64_t{1'774'000'000'000}, id.value});
  tick();
  auto changed = as(owner, [&](Step& s) {
    return change_contact(s, id, parse(R"({"emails":["c@x.example","a@X.example"],"country":null})"));
  });
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->at("emails"), parse(R"(["c@x.example","a@x.example"])"));
  EXPECT_EQ(changed->at("country"), nullptr);
  EXPECT_EQ(text_of(*changed, "language"), "fr");
  ASSERT_EQ(changed->at("suppressed").as_array().size(), 1u);
  EXPECT_EQ(text_of(changed->at("suppressed").as_array()[0], "value"), "a@x.example");
  EXPECT_EQ(facts().back(), "contact.changed");
  EXPECT_EQ(last_fact_data(), R"({"fields":["country","emails"]})");
  EXPECT_NE(text_of(*changed, "updated_at"), text_of(*changed, "created_at"));
  size_t before = facts().size();
  ASSERT_TRUE(as(owner, [&](Step& s) { return change_contact(s, id, parse(R"({"language":"fr"})")); }));
  EXPECT_EQ(facts().size(), before);
}

TEST_P(Contacts, ASuppressedAddressStaysSuppressedWhoeverHasIt) {
  auto id = contact("Anna", {{"emails", {"Anna@a.example", "b@b.example"}}});
  sql("t_suppress", {std::string("anna@a.example"), int64_t{5}, id.value});
  auto emails = [&](ContactId of, const char* list) {
    auto changed = as(owner, [&](Step& s) { return change_contact(s, of, parse(list)); });
    EXPECT_TRUE(changed);
    return changed ? dump(changed->at("suppressed")) : std::string();
  };
  std::string known = emails(id, R"({"name":"Anna B."})");
  EXPECT_NE(known.find("hard_bounce"), std::string::npos);
  EXPECT_EQ(emails(id, R"({"emails":["b@b.example"]})"), "[]");
  EXPECT_EQ(dump(as(owner, [&](Step& s) { return get_contact(s, id); })->at("suppressed")), "[]");
  std::string again = emails(id, R"({"emails":["b@b.example","ANNA@a.example"]})");
  EXPECT_NE(again.find("hard_bounce"), std::string::npos) << again;
  EXPECT_EQ(again.find("b@b.example"), std::string::npos) << "the other one is fine";
  auto facts_now = facts();
  EXPECT_NE(std::find(facts_now.begin(), facts_now.end(), "contact.point_suppressed"), facts_now.end());

  ASSERT_TRUE(as(owner, [&](Step& s) { return delete_contact(s, id); }));
  auto other = contact("Somebody", {{"emails", {"anna@a.example"}}});
  auto read = as(owner, [&](Step& s) { return get_contact(s, other); });
  EXPECT_EQ(text_of(read->at("suppressed").at(0), "value"), "anna@a.example");
  auto phone = contact("Phone", {{"phones", {"anna@a.example"}}});
  EXPECT_EQ(dump(as(owner, [&](Step& s) { return get_contact(s, phone); })->at("suppressed")), "[]")
      << "a number is no address";
  ports::Rows kept = sql("t_suppressions");
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.text(0, 0).find('@'), std::string::npos) << "only a hash is kept";
}

TEST_P(Contacts, AnImportDoesNotBringASuppressedAddressBack) {
  auto id = contact("Anna", {{"emails", {"anna@a.example"}}});
  sql("t_suppress", {std::string("anna@a.example"), int64_t{5}, id.value});
  ASSERT_TRUE(as(owner, [&](Step& s) { return change_contact(s, id, parse(R"({"emails":[]})")); }));
  tick();
  ImportRequest request{.kind = "contacts",
                        .files = {{"contacts.csv", "key,name,emails\n1,Eve,ANNA@a.example;eve@a.example\n"}}};
  auto done = run_import(*runner_, owner, request, [](std::string_view, int64_t, int64_t) {});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->total().created, 1);
  auto found = as(owner, [&](Step& s) { return list_contacts(s, {.email = "eve@a.example"}, {}); });
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).at("suppressed").as_array().size(), 1u) << json::serialize(*found);
  tick();
  auto undone = undo_import(*runner_, owner, done->job, [](std::string_view, int64_t, int64_t) {});
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->removed[ImportKind::contact], 1) << "what was known before is no use of it";
}

TEST_P(Contacts, AreDeletedOnlyWithoutAnOpenConversation) {
  auto id = contact("Anna");
  auto c = conversation(id, ann_north.advisor, north);
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return delete_contact(s, id); })), Code::conflict);
  close(c);
  EXPECT_TRUE(as(owner, [&](Step& s) { return delete_contact(s, id); }));
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return get_contact(s, id); })), Code::not_found);
}

TEST_P(Contacts, AreSeenByThoseWhoWorkWithThem) {
  auto sees = [&](const Caller& who, ContactId id) {
    bool one = as(who, [&](Step& s) { return get_contact(s, id); }).has_value();
    auto all = as(who, [&](Step& s) { return list_contacts(s, {}, {0, 200}); });
    bool listed = std::ranges::any_of(*all, [&](const Json& c) { return text_of(c, "id") == id.text(); });
    EXPECT_EQ(one, listed);
    return one;
  };
  auto fresh = contact("Fresh", {}, &ann_north);
  EXPECT_TRUE(sees(owner, fresh) && sees(auditor, fresh) && sees(manager_north, fresh) && sees(manager_south, fresh));
  EXPECT_TRUE(sees(ann_north, fresh));
  EXPECT_FALSE(sees(bob_north, fresh) || sees(cid_south, fresh));

  conversation(fresh, cid_south.advisor, south);  // the colleague in the south took over
  EXPECT_TRUE(sees(owner, fresh) && sees(manager_south, fresh) && sees(cid_south, fresh));
  EXPECT_FALSE(sees(ann_north, fresh) || sees(manager_north, fresh) || sees(bob_north, fresh));

  auto branch = contact("Branch", {{"agency_id", north.text()}});
  conversation(branch, cid_south.advisor, south);
  EXPECT_TRUE(sees(manager_north, branch));
  EXPECT_FALSE(sees(ann_north, branch));
}

TEST_P(Contacts, HiddenOnesCannotBeChanged) {
  auto id = contact("Anna");
  conversation(id, ann_north.advisor, north);
  for (const Caller* who : {&bob_north, &cid_south, &manager_south}) {
    EXPECT_EQ(code_of(as(*who, [&](Step& s) { return change_contact(s, id, parse(R"({"name":"X"})")); })),
              Code::not_found);
    EXPECT_EQ(code_of(as(*who, [&](Step& s) { return delete_contact(s, id); })), Code::not_found);
    EXPECT_EQ(code_of(as(*who, [&](Step& s) { return add_note(s, id, parse(R"({"text":"X"})")); })), Code::not_found);
  }
  EXPECT_EQ(code_of(as(auditor, [&](Step& s) { return change_contact(s, id, parse(R"({"name":"X"})")); })),
            Code::forbidden);
}

TEST_P(Contacts, AreListedInPiecesAndFiltered) {
  for (const char* name : {"Zoë Marchand", "Anna Berg", "Marc Zoé", "Ümit O'Neil"})
    contact(name, {{"emails", {std::string("Same@x.example")}}}), tick();
  auto names = [&](ContactFilter f, Slice slice) {
    auto rows = as(owner, [&](Step& s) { return list_contacts(s, f, slice); });
    std::string out;
    for (const Json& row : *rows) out += text_of(row, "name") + ";";
    return out;
  };
  EXPECT_EQ(names({}, {0, 2}), "Zoë Marchand;Anna Berg;");
  auto first = as(owner, [&](Step& s) { return list_contacts(s, {}, {0, 2}); });
  EXPECT_EQ(names({}, {ContactId::parse(text_of((*first)[1], "id"))->value, 9}), "Marc Zoé;Ümit O'Neil;");
  EXPECT_EQ(names({"ZOE", {}}, {0, 9}), "Zoë Marchand;Marc Zoé;");
  EXPECT_EQ(names({"mar", {}}, {0, 9}), "Zoë Marchand;Marc Zoé;");
  EXPECT_EQ(names({"umit o'n", {}}, {0, 9}), "Ümit O'Neil;");
  EXPECT_EQ(names({"arch", {}}, {0, 9}), "");
  EXPECT_EQ(names({"%", {}}, {0, 9}), "");
  EXPECT_EQ(names({{}, " SAME@X.example"}, {0, 9}), "Zoë Marchand;Anna Berg;Marc Zoé;Ümit O'Neil;");
  EXPECT_EQ(names({{}, "same@x"}, {0, 9}), "");
}

TEST_P(Contacts, ConsentsAreAdded) {
  auto id = contact("Anna");
  Json no =
      parse(R"({"purpose":"marketing","channel":"any","state":"withdrawn","basis":"consent","source":"phone call"})");
  ASSERT_TRUE(as(owner, [&](Step& s) { return add_consent(s, id, no); }));
  tick();
  ASSERT_TRUE(as(owner, [&](Step& s) { return add_consent(s, id, no); }));
  EXPECT_EQ(as(owner, [&](Step& s) { return list_consents(s, id); })->size(), 2u);
  EXPECT_EQ(facts().back(), "consent.recorded");
}

TEST_P(Contacts, NotesStandBesideContactsAndConversations) {
  auto id = contact("Anna");
  auto c = conversation(id, ann_north.advisor, north);
  ASSERT_TRUE(as(ann_north, [&](Step& s) { return add_note(s, c, parse(R"({"text":"likes tea"})")); }));
  ASSERT_TRUE(as(ann_north, [&](Step& s) { return add_note(s, id, parse(R"({"text":"on holiday"})")); }));
  auto notes = as(auditor, [&](Step& s) { return list_notes(s, c, {}); });
  ASSERT_EQ(notes->size(), 1u);
  EXPECT_EQ(text_of((*notes)[0], "author"), ann_north.advisor.text());
  EXPECT_EQ(text_of((*as(auditor, [&](Step& s) { return list_notes(s, id, {}); }))[0], "text"), "on holiday");
  EXPECT_FALSE(as(cid_south, [&](Step& s) { return list_notes(s, c, {}); }));
  EXPECT_EQ(code_of(as(auditor, [&](Step& s) { return add_note(s, c, parse(R"({"text":"x"})")); })), Code::forbidden);
}

TEST_P(Contacts, DuplicatesComeWithReasons) {
  auto acme = organization("Acme");
  auto anna = contact("Anna Berg",
                      {{"emails", {"anna@acme.example"}}, {"phones", {"+4912345"}}, {"organization_id", acme.text()}});
  auto mail = contact("A. Berg", {{"emails", {"ANNA@acme.example"}}});
  auto phone = contact("Bert Berg", {{"phones", {"+4912345"}}});
  auto colleague = contact("ANNA  Bérg", {{"organization_id", acme.text()}});
  auto domain = contact("Anna Berg", {{"emails", {"berg@acme.example"}}});
  contact("Anna Berg");                                  // a namesake
  contact("Carl", {{"emails", {"carl@acme.example"}}});  // a colleague
  auto gmail = contact("Dora", {{"emails", {"dora1@gmail.com"}}});
  contact("Dora", {{"emails", {"dora2@gmail.com"}}});  // the domain says nothing
  auto found = as(owner, [&](Step& s) { return duplicates_of(s, anna); });
  ASSERT_EQ(found->size(), 4u) << json::serialize(*found);
  std::map<std::string, std::string> reasons;
  for (const Json& row : *found) reasons[text_of(row, "id")] = dump(row.at("reasons"));
  EXPECT_EQ(reasons[mail.text()], R"(["same_email","same_domain"])");
  EXPECT_EQ(reasons[phone.text()], R"(["same_phone"])");
  EXPECT_EQ(reasons[colleague.text()], R"(["same_name","same_organization"])");
  EXPECT_EQ(reasons[domain.text()], R"(["same_name","same_domain"])");
  EXPECT_EQ((*found)[0].at("score"), 75);
  EXPECT_EQ(as(owner, [&](Step& s) { return duplicates_of(s, gmail); })->size(), 0u);

  auto pairs = as(owner, [&](Step& s) { return list_contact_duplicates(s, {}); });
  size_t count = 0;
  for (const Json& row : *pairs) count += row.at("duplicates").as_array().size();
  EXPECT_EQ(count, 4u) << json::serialize(*pairs);
}

TEST_P(Contacts, DuplicatesDoNotTellOfHiddenContacts) {
  auto mine = contact("Anna", {{"emails", {"anna@acme.example"}}});
  conversation(mine, ann_north.advisor, north);
  auto other = contact("Anna", {{"emails", {"anna@acme.example"}}});
  conversation(other, cid_south.advisor, south);
  EXPECT_EQ(as(ann_north, [&](Step& s) { return duplicates_of(s, mine); })->size(), 0u);
  EXPECT_EQ(as(ann_north, [&](Step& s) { return list_contact_duplicates(s, {}); })->size(), 0u);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_contact_duplicates(s, {}); })->size(), 1u);
}

}  // namespace
}  // namespace onward::testing
