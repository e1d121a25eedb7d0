#include "tests/store/fixture.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "tests/store/throwaway_postgres.h"

namespace onward::testing {

store::Catalogue test_catalogue() {
  return {.statements = {{"person.sql", R"sql(
-- name: person_add
INSERT INTO person (id, name, age) VALUES (?1, ?2, ?3);
-- name: person_count
SELECT count(*) FROM person;
-- name: person_get
SELECT name, age FROM person WHERE id = ?1;  -- it's a comment with a quote and ?9
-- name: person_names
SELECT name FROM person ORDER BY id;
-- name: person_birthday
UPDATE person SET age = age + 1 WHERE CAST(?1 AS TEXT) IS NULL OR name = ?1;
-- name: person_set_age set-wise
UPDATE person SET age = ?2 WHERE id = ?1;
-- name: person_drop
DELETE FROM person WHERE id = ?1 RETURNING name;
-- name: person_lock
SELECT age FROM person WHERE id = ?1 {FOR_UPDATE_OF person};
-- name: pet_add
INSERT INTO pet (id, person_id, name) VALUES (?1, ?2, ?3);
-- name: late_pet_add
INSERT INTO late_pet (id, person_id) VALUES (?1, ?2);
-- name: which_engine
SELECT {sqlite}'sqlite'{/sqlite}{postgres}'postgres'{/postgres}, '{INT} ?1', 1;
)sql"},
                         {"job.sql", R"sql(
-- name: job_add
INSERT INTO job (id, taken) VALUES (?1, 0);
-- name: job_claim
UPDATE job SET taken = 1 WHERE id IN (SELECT id FROM job WHERE taken = 0 ORDER BY id LIMIT ?1 {SKIP_LOCKED}) RETURNING id;
-- name: event_add set-wise
INSERT INTO event (text, weight) VALUES (?1, ?2) RETURNING id;
-- name: event_sum
SELECT count(*), sum(weight), max(id) FROM event;
-- name: typed_add set-wise
INSERT INTO typed (id, i, r, t, b, j) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: typed_get
SELECT i, r, t, b, j, j ->> 'k' FROM typed WHERE id = ?1;
)sql"}},
          .postgres_overrides = {{"job.sql", R"sql(
-- name: typed_get
SELECT i, r, t, b, j, j::jsonb ->> 'k' FROM typed WHERE id = ?1;
)sql"}},
          .migrations = {{"0002_jobs.sql", R"sql(
CREATE TABLE job (id {PK}, taken {BOOL} NOT NULL) {STRICT}
--;
CREATE TABLE event (id {AUTOPK}, text TEXT, weight {REAL}) {STRICT}
--;
CREATE TABLE typed (id {PK}, i {INT}, r {REAL}, t TEXT, b {BOOL}, j {JSON}) {STRICT};
)sql"},
                         {"0001_people.sql", R"sql(-- people come first
CREATE TABLE person (
  id {PK},
  name TEXT NOT NULL UNIQUE,
  age {INT} CONSTRAINT person_age CHECK (age >= 0)
) {STRICT}
--;
CREATE TABLE pet (id {PK}, person_id {INT} NOT NULL REFERENCES person (id), name TEXT) {STRICT}
--;
CREATE TABLE late_pet (id {PK}, person_id {INT} REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED) {STRICT}
--;
{sqlite}CREATE INDEX pet_by_name ON pet (name){/sqlite}
{postgres}CREATE INDEX pet_by_name ON pet (lower(name)){/postgres}
)sql"}}};
}

std::string StoreTest::directory() {
  if (directory_.empty()) {
    directory_ = (std::filesystem::temp_directory_path() / "onward-store-XXXXXX").string();
    EXPECT_NE(::mkdtemp(directory_.data()), nullptr);
  }
  return directory_;
}

StoreTest::~StoreTest() {
  if (!directory_.empty()) std::filesystem::remove_all(directory_);
}

store::StoreOptions StoreTest::place(Kind kind) {
  store::StoreOptions options;
  options.catalogue = &catalogue_;
  switch (kind) {
    case Kind::sqlite_file: options.sqlite_path = fmt::format("{}/{}.db", directory(), ++files_); break;
    case Kind::sqlite_memory: options.sqlite_path = ":memory:"; break;
    case Kind::postgres: options.postgres_url = fresh_postgres_url(); break;
  }
  return options;
}

std::unique_ptr<ports::Store> StoreTest::open(const store::StoreOptions& options) {
  auto store = store::open_store(options);
  if (!store) throw std::runtime_error(store.error().message + " " + store.error().detail);
  return std::move(*store);
}

std::unique_ptr<ports::Store> StoreTest::open_migrated(Kind kind) {
  auto store = open(place(kind));
  auto done = store->migrate();
  if (!done) throw std::runtime_error(done.error().message + " " + done.error().detail);
  return store;
}

Status put(ports::Store& store, const std::string& statement, const Params& values, Lane lane) {
  return store.write(lane, [&](Tx& tx) -> Status {
    tx.run(statement, values);
    return {};
  });
}

Rows get(ports::Store& store, const std::string& statement, const Params& values) {
  Rows rows;
  Status status = store.read([&](Tx& tx) -> Status {
    rows = tx.run(statement, values);
    return {};
  });
  EXPECT_TRUE(status) << status.error().detail;
  return rows;
}

int64_t count_people(ports::Store& store) { return get(store, "person_count").integer(0, 0); }

store::RawAccess& raw(ports::Store& store) { return dynamic_cast<store::RawAccess&>(store); }

}  // namespace onward::testing
