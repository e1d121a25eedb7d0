// Agencies, advisors with their absences, teams.
#include "app/advisors.h"
#include "app/agencies.h"
#include "app/keys.h"
#include "app/sessions.h"
#include "app/teams.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app;

RECORD_SUITE(People);

Json parse(const char* text) { return *parse_json(text); }
Code code_of(const Result<Json>& r) { return r ? Code::internal : r.error().code; }

TEST_P(People, AgenciesAreChangedByOwnersAndTheirManagers) {
  auto made = as(owner, [&](Step& s) {
    return add_agency(s, parse(R"({"name":"West","zone":"Europe/Paris","country":"FR","services":["pensions"],
      "hours":[{"day":"mon","from":"09:00","to":"17:00"}],"closed":["2026-05-15"]})"));
  });
  ASSERT_TRUE(made);
  auto west = *AgencyId::parse(text_of(*made, "id"));
  EXPECT_EQ(*as(ann_north, [&](Step& s) { return get_agency(s, west); }), *made);
  EXPECT_EQ(code_of(as(manager_north, [&](Step& s) { return change_agency(s, west, parse(R"({"name":"X"})")); })),
            Code::forbidden);
  EXPECT_EQ(code_of(as(ann_north, [&](Step& s) { return change_agency(s, north, parse(R"({"name":"X"})")); })),
            Code::forbidden);
  auto changed = as(manager_north, [&](Step& s) {
    return change_agency(s, north, parse(R"({"address":"1 High Street","closed":["2026-12-24"]})"));
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(text_of(*changed, "name"), "North");
  EXPECT_EQ(changed->at("closed"), parse(R"(["2026-12-24"])"));
  EXPECT_EQ(last_fact_data(), R"({"fields":["address","closed"]})");
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return delete_agency(s, north); })), Code::conflict);
  EXPECT_TRUE(as(owner, [&](Step& s) { return delete_agency(s, west); }));
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return get_agency(s, west); })), Code::not_found);
  EXPECT_EQ(as(auditor, [&](Step& s) { return list_agencies(s, {}); })->size(), 2u);
}

TEST_P(People, HoursMustNotRunBackwards) {
  auto bad = as(owner, [&](Step& s) {
    return add_agency(s, parse(R"({"name":"X","hours":[{"day":"mon","from":"17:00","to":"09:00"}]})"));
  });
  ASSERT_EQ(code_of(bad), Code::invalid);
  EXPECT_EQ(bad.error().fields.at(0).pointer, "/hours/0/to");
}

TEST_P(People, SkillsComeAsNamesOrWithLevels) {
  auto made = as(owner, [&](Step& s) {
    return add_advisor(s, parse(R"({"name":"Eve","skills":["Loans",{"name":"Tax","level":5}]})"));
  });
  ASSERT_TRUE(made);
  EXPECT_EQ(made->at("skills"), parse(R"([{"name":"Loans","level":3},{"name":"Tax","level":5}])"));
  EXPECT_EQ(made->at("languages"), parse(R"(["en"])"));
  for (const char* bad :
       {R"(["Tax","TAX"])", R"([5])", R"([{"name":"Tax","level":9}])", R"([{"name":"Tax","colour":1}])"}) {
    auto refused = as(owner, [&](Step& s) {
      return add_advisor(s, json::object{{"name", "X"}, {"skills", parse(bad)}});
    });
    EXPECT_EQ(code_of(refused), Code::invalid) << bad;
  }
}

TEST_P(People, EachFieldOfAnAdvisorHasItsRoles) {
  struct Row {
    const char* body;
    bool self, manager, owner;
  };
  for (const Row& row :
       {Row{R"({"phone":"+4912"})", true, true, true}, Row{R"({"zone":"Europe/Oslo"})", true, true, true},
        Row{R"({"languages":["no"]})", true, true, true},
        Row{R"({"hours":[{"day":"tue","from":"10:00","to":"12:00"}]})", true, true, true},
        Row{R"({"name":"Q"})", false, true, true}, Row{R"({"email":"q@x.example"})", false, true, true},
        Row{R"({"capacity":7})", false, true, true}, Row{R"({"skills":["x"]})", false, true, true},
        Row{R"({"agency_id":null})", false, false, true}}) {
    Json body = parse(row.body);
    auto may = [&](const Caller& who) {
      auto r = as(who, [&](Step& s) -> Result<Json> {
        TRY_VOID(change_advisor(s, ann_north.advisor, body));
        return fail(Code::rate_limited, "rolled back");  // so that each one starts from the same state
      });
      EXPECT_TRUE(r.error().code == Code::rate_limited || r.error().code == Code::forbidden) << r.error().message;
      return r.error().code == Code::rate_limited;
    };
    EXPECT_EQ(may(ann_north), row.self) << row.body;
    EXPECT_EQ(may(manager_north), row.manager) << row.body;
    EXPECT_EQ(may(owner), row.owner) << row.body;
    EXPECT_FALSE(may(bob_north) || may(auditor)) << row.body;
  }
  EXPECT_EQ(code_of(as(cid_south, [&](Step& s) { return get_advisor(s, ann_north.advisor); })), Code::not_found);
  EXPECT_EQ(code_of(as(manager_south,
                       [&](Step& s) { return change_advisor(s, ann_north.advisor, parse(R"({"name":"Q"})")); })),
            Code::not_found);
}

TEST_P(People, AdvisorsAreListedByAgency) {
  EXPECT_EQ(as(owner, [&](Step& s) { return list_advisors(s, {}, {}); })->size(), 5u);
  EXPECT_EQ(as(owner, [&](Step& s) { return list_advisors(s, south, {}); })->size(), 2u);
  EXPECT_EQ(as(ann_north, [&](Step& s) { return list_advisors(s, {}, {}); })->size(), 3u);
  EXPECT_EQ(as(ann_north, [&](Step& s) { return list_advisors(s, south, {}); })->size(), 0u);
}

TEST_P(People, ManagersHireForTheirAgency) {
  auto made = as(manager_north, [&](Step& s) { return add_advisor(s, parse(R"({"name":"Eve"})")); });
  ASSERT_TRUE(made);
  EXPECT_EQ(text_of(*made, "agency_id"), north.text());
  EXPECT_EQ(code_of(as(manager_north,
                       [&](Step& s) {
                         return add_advisor(s, json::object{{"name", "E"}, {"agency_id", south.text()}});
                       })),
            Code::forbidden);
  EXPECT_EQ(code_of(as(ann_north, [&](Step& s) { return add_advisor(s, parse(R"({"name":"E"})")); })), Code::forbidden);
}

TEST_P(People, AdvisorsWithOpenConversationsStay) {
  auto c = conversation(contact("Anna"), ann_north.advisor, north);
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return delete_advisor(s, ann_north.advisor); })), Code::conflict);
  close(c);
  EXPECT_TRUE(as(owner, [&](Step& s) { return delete_advisor(s, ann_north.advisor); }));
}

TEST_P(People, WhoeverIsDeletedSignsInNowhereAnyMore) {
  auto key_of = [&](AdvisorId advisor, Role role) {
    auto made = as(owner, [&](Step& s) { return create_key(s, {.role = role, .advisor = advisor, .label = "k"}); });
    EXPECT_TRUE(made);
    return *made;
  };
  std::string first = key_of(ann_north.advisor, Role::advisor), second = key_of(ann_north.advisor, Role::advisor),
              other = key_of(bob_north.advisor, Role::advisor);
  auto session = [&](const std::string& key) {
    return session_hash(*as(owner, [&](Step& s) { return open_session(s, key, Millis{3'600'000}); }));
  };
  std::string hers = session(first), his = session(other);
  ASSERT_TRUE(as(owner, [&](Step& s) { return delete_advisor(s, ann_north.advisor); }));
  auto state = as(owner, [&](Step& s) -> Result<Json> {
    json::array revoked;
    for (const Json& k : TRY(list_keys(s, 0, 100))) revoked.push_back(Json(k.at("revoked_at").is_string()));
    EXPECT_FALSE(find_caller(s, key_hash(first)));
    EXPECT_FALSE(find_caller(s, key_hash(second)));
    EXPECT_TRUE(find_caller(s, key_hash(other)));
    EXPECT_FALSE(find_session(s, hers));
    EXPECT_TRUE(find_session(s, his));
    return Json(std::move(revoked));
  });
  EXPECT_EQ(dump(*state), "[true,true,false]");
  EXPECT_EQ(sql("t_sessions").size(), 1u) << "nothing is left to come back to";
  auto said = facts();
  EXPECT_EQ(std::count(said.begin(), said.end(), "key.revoked"), 2);
}

TEST_P(People, TheLastOwnerIsNotLockedOut) {
  auto key = [&](Role role, AdvisorId advisor) {
    return *as(owner, [&](Step& s) { return create_key(s, {.role = role, .advisor = advisor, .label = "k"}); });
  };
  std::string last = key(Role::owner, ann_north.advisor);
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return delete_advisor(s, ann_north.advisor); })), Code::conflict);
  EXPECT_TRUE(*as(owner, [&](Step& s) -> Result<bool> { return find_caller(s, key_hash(last)).has_value(); }))
      << "a refusal changes nothing";
  key(Role::owner, bob_north.advisor);
  EXPECT_TRUE(as(owner, [&](Step& s) { return delete_advisor(s, ann_north.advisor); }));
}

TEST_P(People, AbsencesAreTheirOwn) {
  Json week =
      parse(R"({"starts_at":"2026-08-03T00:00:00+02:00","ends_at":"2026-08-10T00:00:00+02:00","reason":"holiday"})");
  auto made = as(ann_north, [&](Step& s) { return add_absence(s, ann_north.advisor, week); });
  ASSERT_TRUE(made);
  EXPECT_EQ(text_of(*made, "starts_at"), "2026-08-02T22:00:00Z");
  auto id = *AbsenceId::parse(text_of(*made, "id"));
  EXPECT_TRUE(as(manager_north, [&](Step& s) { return add_absence(s, ann_north.advisor, week); }));
  EXPECT_EQ(code_of(as(bob_north, [&](Step& s) { return add_absence(s, ann_north.advisor, week); })), Code::forbidden);
  EXPECT_EQ(code_of(as(auditor, [&](Step& s) { return add_absence(s, ann_north.advisor, week); })), Code::forbidden);
  EXPECT_EQ(code_of(as(cid_south, [&](Step& s) { return add_absence(s, ann_north.advisor, week); })), Code::not_found);
  auto listed = as(bob_north, [&](Step& s) { return list_absences(s, ann_north.advisor, {}); });
  EXPECT_EQ(listed->size(), 2u);
  EXPECT_EQ(code_of(as(ann_north, [&](Step& s) { return delete_absence(s, bob_north.advisor, id); })), Code::forbidden);
  EXPECT_TRUE(as(ann_north, [&](Step& s) { return delete_absence(s, ann_north.advisor, id); }));
  EXPECT_EQ(code_of(as(ann_north, [&](Step& s) { return delete_absence(s, ann_north.advisor, id); })), Code::not_found);
  week.as_object()["ends_at"] = "2026-08-02T22:00:00Z";
  auto bad = as(ann_north, [&](Step& s) { return add_absence(s, ann_north.advisor, week); });
  ASSERT_EQ(code_of(bad), Code::invalid);
  EXPECT_EQ(bad.error().fields.at(0).pointer, "/ends_at");
}

TEST_P(People, TeamsHaveKnownMembers) {
  auto made = as(manager_north, [&](Step& s) {
    return add_team(
        s, json::object{{"name", "Loans"},
                        {"members", json::array{Json(ann_north.advisor.text()), Json(cid_south.advisor.text())}}});
  });
  ASSERT_TRUE(made) << made.error().message;
  auto id = *TeamId::parse(text_of(*made, "id"));
  auto bad = as(owner, [&](Step& s) {
    return change_team(s, id, json::object{{"members", json::array{Json(AdvisorId{9}.text())}}});
  });
  ASSERT_EQ(code_of(bad), Code::invalid);
  EXPECT_EQ(bad.error().fields.at(0).pointer, "/members/0");
  auto changed = as(owner, [&](Step& s) { return change_team(s, id, parse(R"({"members":[]})")); });
  EXPECT_EQ(changed->at("members"), json::array());
  EXPECT_EQ(text_of(*changed, "name"), "Loans");
  EXPECT_EQ(code_of(as(ann_north, [&](Step& s) { return delete_team(s, id); })), Code::forbidden);
  EXPECT_TRUE(as(owner, [&](Step& s) { return delete_team(s, id); }));
  EXPECT_EQ(as(auditor, [&](Step& s) { return list_teams(s, {}); })->size(), 0u);
}

}  // namespace
}  // namespace onward::testing
