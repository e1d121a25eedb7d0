#include "tests/records/world.h"

#include <fmt/format.h>

#include "app/advisors.h"
#include "app/agencies.h"
#include "app/contacts.h"
#include "app/organizations.h"
#include "store/open.h"
#include "tests/store/throwaway_postgres.h"

namespace onward::testing {
namespace {

using ports::opt_int;

constexpr const char* kTables[] = {"contact", "contact_point", "consent", "conversation", "enrollment",
                                   "touch",   "note",          "link",    "organization"};

const store::Catalogue& test_texts() {
  static const store::Catalogue catalogue = [] {
    store::Catalogue c = store::embedded_catalogue();
    std::string text = R"(
-- name: t_conversation
INSERT INTO conversation (id, contact_id, organization_id, type, channel, topic, stage, owner_id, agency_id, next_what,
  next_due, next_by, stage_at, opened_at, updated_at)
VALUES (?1, ?2, ?3, 'prospect', 'web', 'Pension advice', 'hand_raised', ?4, ?5, 'call', ?6, 'system', ?6, ?6, ?6)

-- name: t_close
UPDATE conversation SET stage = 'lost', closed_at = ?2, next_what = NULL, next_due = NULL, next_by = NULL WHERE id = ?1

-- name: t_touch
INSERT INTO touch (id, conversation_id, contact_id, kind, direction, channel, purpose, title, state, why, due_at,
  due_local, zone, expires_at, priority, asset_ids, attempt, created_at)
VALUES (?1, ?2, ?3, 'email', 'out', 'email', 'follow_up', 'Recap', 'planned', '[]', 1, '', 'UTC', 2, 0, '[]', 0, 1)

-- name: t_link
INSERT INTO link (token_hash, kind, contact_id, conversation_id, touch_id, views, created_at)
VALUES (?1, 'preferences', ?2, ?3, ?4, 0, 1)

-- name: t_suppress
UPDATE contact_point SET suppressed_at = ?2, suppressed_reason = 'hard_bounce' WHERE folded = ?1 AND contact_id = ?3

-- name: t_suppressions
SELECT hash, at, reason FROM suppression ORDER BY hash

-- name: t_opt_out
UPDATE contact SET opted_out_at = ?2 WHERE id = ?1

-- name: t_facts
SELECT kind, data FROM fact ORDER BY seq

-- name: t_sessions
SELECT token_hash FROM session

-- name: t_stage
SELECT stage, next_what, appointment_at FROM conversation WHERE id = ?1

-- name: t_occupied
SELECT count(*) FROM occupied

-- name: t_busy
INSERT INTO busy (id, advisor_id, source, from_ms, to_ms, fetched_at) VALUES (?1, ?2, 'test', ?3, ?4, 0)

-- name: t_exception
INSERT INTO advisor_exception (id, advisor_id, date) VALUES (?1, ?2, ?3)

-- name: t_move_occupied
UPDATE occupied SET from_ms = ?2, to_ms = ?3, starts_at = ?2, ends_at = ?3 WHERE meeting_id = ?1

-- name: t_promise
UPDATE appointment SET local_start = ?2 WHERE id = ?1

-- name: t_seats_of
SELECT count(*) FROM seat WHERE appointment_id = ?1

-- name: t_messages
SELECT subject, body FROM touch WHERE kind = 'email' AND direction = 'out' AND body IS NOT NULL ORDER BY id

-- name: t_mailboxes
SELECT secret FROM mailbox
)";
    for (const char* table : kTables)
      text += fmt::format("\n-- name: t_dump_{0}\nSELECT * FROM {0} ORDER BY 1\n", table);
    c.statements.push_back({"t.sql", text});
    return c;
  }();
  return catalogue;
}

std::string cell_text(const ports::Value& v) {
  if (const auto* i = std::get_if<int64_t>(&v)) return std::to_string(*i);
  if (const auto* s = std::get_if<std::string>(&v)) return "'" + *s + "'";
  return "-";
}

// Rows tells how many rows there are, not how many columns: the cell past the last row is out of range.
size_t columns(const ports::Rows& rows) {
  size_t n = 0;
  try {
    while (!rows.empty()) rows.at(rows.size() - 1, n), ++n;
  } catch (const std::out_of_range&) {
  }
  return n;
}

}  // namespace

World::World() {
  store::StoreOptions options{.catalogue = &test_texts()};
  if (GetParam() == ports::Engine::sqlite)
    options.sqlite_path = ":memory:";
  else
    options.postgres_url = fresh_postgres_url();
  options.pool = 4;
  store_ = std::move(*store::open_store(options));
  auto migrated = store_->migrate();
  if (!migrated) throw std::runtime_error(migrated.error().message + " " + migrated.error().detail);
  runner_ = std::make_unique<app::Runner>(
      app::Services{*store_, clock_, entropy_, "installation secret", "https://example.test", "example.test"});
  sql("catalog_type_put",
      {std::string("prospect"), std::string("Prospect"), std::string("{}"), std::string("{}"), int64_t{1}});
  auto agency = [&](const char* name) {
    return *AgencyId::parse(text_of(*as(owner,
                                        [&](Step& s) {
                                          return app::add_agency(s, json::object{{"name", name}});
                                        }),
                                    "id"));
  };
  north = agency("North");
  south = agency("South");
  auto person = [&](const char* name, Role role, AgencyId at) {
    Json made = *as(owner, [&](Step& s) {
      return app::add_advisor(s, json::object{{"name", name}, {"agency_id", at.text()}});
    });
    return Caller{role, *AdvisorId::parse(text_of(made, "id")), at, {}};
  };
  auditor = Caller{Role::auditor, {}, {}, KeyId{5}};
  manager_north = person("Mia", Role::manager, north);
  manager_south = person("Moe", Role::manager, south);
  ann_north = person("Ann", Role::advisor, north);
  bob_north = person("Bob", Role::advisor, north);
  cid_south = person("Cid", Role::advisor, south);
}

World::~World() = default;

ports::Rows World::sql(const std::string& statement, const ports::Params& values) {
  ports::Rows out;
  Status done = store_->write(ports::Lane::interactive, [&](ports::Tx& tx) -> Status {
    out = tx.run(statement, values);
    return {};
  });
  EXPECT_TRUE(done) << (done ? "" : done.error().message + done.error().detail);
  return out;
}

std::string World::dump_records() {
  std::string out;
  for (const char* table : kTables) {
    ports::Rows rows = sql(fmt::format("t_dump_{}", table));
    for (size_t r = 0; r < rows.size(); ++r) {
      out += table;
      for (size_t c = 0; c < columns(rows); ++c) out += " " + cell_text(rows.at(r, c));
      out += "\n";
    }
  }
  return out;
}

std::vector<std::string> World::facts() {
  ports::Rows rows = sql("t_facts");
  std::vector<std::string> out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(rows.text(i, 0));
  return out;
}

std::string World::last_fact_data() {
  ports::Rows rows = sql("t_facts");
  return rows.text(rows.size() - 1, 1);
}

ContactId World::contact(const std::string& name, json::object more, const Caller* by) {
  tick();  // ids of one millisecond are in no order
  more["name"] = name;
  auto made = as(by ? *by : owner, [&](Step& s) { return app::add_contact(s, more); });
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return *ContactId::parse(text_of(*made, "id"));
}

OrganizationId World::organization(const std::string& name, json::object more) {
  tick();  // ids of one millisecond are in no order
  more["name"] = name;
  auto made = as(owner, [&](Step& s) { return app::add_organization(s, more); });
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return *OrganizationId::parse(text_of(*made, "id"));
}

ConversationId World::conversation(ContactId contact, AdvisorId who, AgencyId agency, OrganizationId organization) {
  ConversationId id{make_id(clock_.now(), rng_)};
  sql("t_conversation", {id.value, opt_int(contact.value), opt_int(organization.value), opt_int(who.value),
                         opt_int(agency.value), to_ms(clock_.now())});
  return id;
}

void World::close(ConversationId id) { sql("t_close", {id.value, to_ms(clock_.now())}); }

std::string text_of(const Json& value, std::string_view key) {
  const Json* found = find(value, key);
  EXPECT_TRUE(found && found->is_string()) << key << " in " << dump(value);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace onward::testing
