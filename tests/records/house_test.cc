// Mailboxes and settings.
#include "app/mailboxes.h"
#include "app/settings.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app;

RECORD_SUITE(House);

Json parse(const char* text) { return *parse_json(text); }
Code code_of(const Result<Json>& r) { return r ? Code::internal : r.error().code; }

constexpr const char* kMailbox =
    R"({"address":"Hello@House.Example","name":"House","host":"mail.house.example","port":465,
  "security":"tls","username":"hello","password":"pa55 wörd","cap_per_day":200,"gap_s":5})";

TEST_P(House, PasswordsGoInAndNeverComeOut) {
  auto made = as(owner, [&](Step& s) { return add_mailbox(s, parse(kMailbox)); });
  ASSERT_TRUE(made) << made.error().message;
  auto id = *MailboxId::parse(text_of(*made, "id"));
  EXPECT_EQ(text_of(*made, "address"), "Hello@house.example");
  EXPECT_EQ(made->at("has_password"), true);
  EXPECT_EQ(made->at("gap_s"), 5);
  auto listed = as(owner, [&](Step& s) { return list_mailboxes(s, {}); });
  EXPECT_EQ(dump(*made).find("pa55") + json::serialize(*listed).find("pa55"), 2 * std::string::npos);
  EXPECT_EQ(made->as_object().count("password"), 0u);
  std::string stored = sql("t_mailboxes").text(0, 0);
  EXPECT_FALSE(stored.empty());
  EXPECT_EQ(stored.find("pa55"), std::string::npos);

  auto loaded = as(owner, [&](Step& s) { return load_mailbox(s.tx, id, s.services.secret); });
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, (ports::Mailbox{id, "Hello@house.example", "House", "mail.house.example", 465, "tls", "hello",
                                     "pa55 wörd"}));
  EXPECT_FALSE(as(owner, [&](Step& s) { return load_mailbox(s.tx, id, "another installation"); }));
}

TEST_P(House, APasswordIsNotOfferedToAnotherServer) {
  auto made = as(owner, [&](Step& s) { return add_mailbox(s, parse(kMailbox)); });
  auto id = *MailboxId::parse(text_of(*made, "id"));
  auto changed = as(owner, [&](Step& s) { return change_mailbox(s, id, parse(R"({"name":"New name"})")); });
  EXPECT_EQ(changed->at("has_password"), true);
  changed = as(owner, [&](Step& s) { return change_mailbox(s, id, parse(R"({"host":"evil.example"})")); });
  EXPECT_EQ(changed->at("has_password"), false);
  EXPECT_EQ(as(owner, [&](Step& s) { return load_mailbox(s.tx, id, s.services.secret); })->password, "");
  changed = as(owner, [&](Step& s) { return change_mailbox(s, id, parse(R"({"password":"again"})")); });
  EXPECT_EQ(last_fact_data(), R"({"fields":["password"]})");
  EXPECT_EQ(as(owner, [&](Step& s) { return load_mailbox(s.tx, id, s.services.secret); })->password, "again");
}

TEST_P(House, MailboxesAreForOwners) {
  auto made = as(owner, [&](Step& s) { return add_mailbox(s, parse(kMailbox)); });
  auto id = *MailboxId::parse(text_of(*made, "id"));
  for (const Caller* who : {&auditor, &manager_north, &ann_north}) {
    EXPECT_EQ(code_of(as(*who, [&](Step& s) { return get_mailbox(s, id); })), Code::forbidden);
    EXPECT_EQ(code_of(as(*who, [&](Step& s) { return add_mailbox(s, parse(kMailbox)); })), Code::forbidden);
    EXPECT_EQ(code_of(as(*who, [&](Step& s) { return delete_mailbox(s, id); })), Code::forbidden);
    EXPECT_FALSE(as(*who, [&](Step& s) { return list_mailboxes(s, {}); }));
  }
  EXPECT_TRUE(as(owner, [&](Step& s) { return delete_mailbox(s, id); }));
  EXPECT_FALSE(as(owner, [&](Step& s) { return load_mailbox(s.tx, id, s.services.secret); }));
}

TEST_P(House, SettingsHaveShapesAndDefaults) {
  auto all = as(auditor, [&](Step& s) { return get_settings(s); });
  EXPECT_EQ(*all, parse(R"({"organization":{"name":"","language":"en","country":null,"zone":"UTC"},
    "cap":{"gap_hours":20,"count":3,"days":7},"mail":{"mode":"log_only"},
    "booking":{"phone":null,"walk_in":true,"embed_on":[]},
    "calendars":{"refresh_min":5,"private_hosts":[]}})"));
  ASSERT_TRUE(as(owner, [&](Step& s) { return put_setting(s, "cap", parse(R"({"count":5})")); }));
  EXPECT_EQ(last_fact_data(), R"({"key":"cap"})");
  ASSERT_TRUE(as(owner, [&](Step& s) {
    return put_setting(s, "organization", parse(R"({"name":"House","language":"fr","zone":"Europe/Paris"})"));
  }));
  all = as(owner, [&](Step& s) { return get_settings(s); });
  EXPECT_EQ(all->at("cap"), parse(R"({"gap_hours":20,"count":5,"days":7})"));
  EXPECT_EQ(text_of(all->at("organization"), "zone"), "Europe/Paris");
  Status seen = runner_->read(owner, [&](Step& s) -> Status {  // what every node keeps in memory
    EXPECT_EQ(s.catalog().cap.count, 5);
    EXPECT_EQ(s.catalog().organization_name, "House");
    return {};
  });
  EXPECT_TRUE(seen);
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return put_setting(s, "colour", parse("{}")); })), Code::not_found);
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return put_setting(s, "mail", parse(R"({"mode":"pigeon"})")); })),
            Code::invalid);
  EXPECT_EQ(code_of(as(owner, [&](Step& s) { return put_setting(s, "cap", parse(R"({"size":1})")); })), Code::invalid);
  EXPECT_EQ(code_of(as(auditor, [&](Step& s) { return put_setting(s, "cap", parse("{}")); })), Code::forbidden);
  EXPECT_EQ(code_of(as(manager_north, [&](Step& s) { return get_settings(s); })), Code::forbidden);
}

}  // namespace
}  // namespace onward::testing
