// Migrations and the start of a program, on each engine.
#include <gmock/gmock.h>

#include <thread>

#include "tests/store/fixture.h"

namespace onward::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Migrations : public StoreTest, public ::testing::WithParamInterface<Kind> {
 protected:
  store::StoreOptions options_ = place(GetParam());
  // The text of a migration of the test catalogue.
  std::string& text(const std::string& name) {
    return std::ranges::find(catalogue_.migrations, name + ".sql", &store::Catalogue::File::name)->text;
  }
  Error refused() {
    auto result = open(options_)->migrate();
    EXPECT_FALSE(result);
    return result ? Error{} : result.error();
  }
};

TEST_P(Migrations, AreAppliedOnceInTheOrderOfTheirNames) {
  auto store = open(options_);
  EXPECT_THAT(store->migrate().value(), ElementsAre("0001_people", "0002_jobs"));
  EXPECT_THAT(store->migrate().value(), IsEmpty());
  EXPECT_THAT(open(options_)->migrate().value(), IsEmpty());
  EXPECT_EQ(count_people(*store), 0);
}

TEST_P(Migrations, AddToWhatIsThere) {
  auto store = open(options_);
  ASSERT_TRUE(store->migrate());
  ASSERT_TRUE(put(*store, "person_add", {int64_t{1}, std::string("ann"), int64_t{3}}));
  ASSERT_TRUE(put(*store, "pet_add", {int64_t{1}, int64_t{1}, std::string("rex")}));
  // A table is rebuilt under its references.
  catalogue_.migrations.push_back({"0003_title.sql", R"sql(
{sqlite}
CREATE TABLE person_new (id {PK}, name TEXT NOT NULL UNIQUE, age {INT}, title TEXT) STRICT
--;
INSERT INTO person_new (id, name, age) SELECT id, name, age FROM person
--;
DROP TABLE person
--;
ALTER TABLE person_new RENAME TO person
{/sqlite}
{postgres}ALTER TABLE person ADD COLUMN title TEXT{/postgres}
)sql"});
  auto newer = open(options_);
  EXPECT_THAT(newer->migrate().value(), ElementsAre("0003_title"));
  EXPECT_EQ(get(*newer, "person_get", {int64_t{1}}).integer(0, 1), 3);
  EXPECT_EQ(put(*newer, "pet_add", {int64_t{2}, int64_t{2}, std::string("x")}).error().code, Code::conflict);
}

TEST_P(Migrations, AnAlteredOneIsRefused) {
  ASSERT_TRUE(open(options_)->migrate());
  text("0001_people") += " ";
  Error error = refused();
  EXPECT_EQ(error.code, Code::conflict);
  EXPECT_THAT(error.message, HasSubstr("0001_people was altered"));
}

TEST_P(Migrations, ANewerDatabaseIsRefused) {
  ASSERT_TRUE(open(options_)->migrate());
  catalogue_.migrations.erase(catalogue_.migrations.begin());  // 0002
  EXPECT_THAT(refused().message, HasSubstr("newer than this program: it has migration 0002_jobs"));
  catalogue_.migrations.clear();
  EXPECT_THAT(refused().message, HasSubstr("newer"));
}

TEST_P(Migrations, OneThatComesTooLateIsRefused) {
  auto people = catalogue_.migrations[1];
  catalogue_.migrations = {people, {"0003_last.sql", "CREATE TABLE last (id {PK})"}};
  catalogue_.statements.clear();
  catalogue_.postgres_overrides.clear();
  ASSERT_TRUE(open(options_)->migrate());
  catalogue_.migrations.push_back({"0002_late.sql", "CREATE TABLE late (id {PK})"});
  EXPECT_THAT(refused().message, HasSubstr("0002_late is missing, but 0003_last has been applied"));
}

TEST_P(Migrations, AFailingOneLeavesNothing) {
  text("0002_jobs") += "\n--;\nCREATE TABLE half (id {PK})\n--;\nCREATE NONSENSE\n";
  Error error = refused();
  EXPECT_EQ(error.code, Code::internal);
  EXPECT_THAT(error.detail, HasSubstr("0002_jobs"));
  catalogue_ = test_catalogue();
  EXPECT_THAT(open(options_)->migrate().value(), ElementsAre("0002_jobs"));  // 0001 stood already
}

TEST_P(Migrations, AWrongStatementStopsTheStart) {
  catalogue_.statements.push_back({"wrong.sql",
                                   "-- name: wrong_a\nSELECT nothing FROM person\n"
                                   "-- name: wrong_b\nSELEC 1\n"});
  Error error = refused();
  EXPECT_EQ(error.code, Code::internal);
  EXPECT_THAT(error.detail, HasSubstr("wrong_a"));
  EXPECT_THAT(error.detail, HasSubstr("wrong_b"));
  EXPECT_THAT(error.detail, ::testing::Not(HasSubstr("person_")));
}

TEST_P(Migrations, SeveralNodesMayStartAtOnce) {
  std::atomic<size_t> applied{0};
  std::vector<std::thread> nodes;
  for (int i = 0; i < 4; ++i) {
    nodes.emplace_back([&] {
      auto done = open(options_)->migrate();
      ASSERT_TRUE(done) << done.error().detail;
      applied += done->size();
    });
  }
  for (auto& node : nodes) node.join();
  EXPECT_EQ(applied, 2u);
}

// Instances in memory cannot be opened twice, so the file stands for SQLite.
INSTANTIATE_TEST_SUITE_P(Engines, Migrations, ::testing::Values(Kind::sqlite_file, Kind::postgres),
                         [](const auto& info) {
                           return std::string(info.param == Kind::postgres ? "postgres" : "sqlite_file");
                         });

class Embedded : public StoreTest, public ::testing::WithParamInterface<Kind> {};

TEST_P(Embedded, TheProgramsOwnCatalogueStarts) {
  auto options = place(GetParam());
  options.catalogue = nullptr;
  auto store = store::open_store(options);
  ASSERT_TRUE(store) << store.error().message;
  auto done = (*store)->migrate();
  ASSERT_TRUE(done) << done.error().message << "\n" << done.error().detail;
  EXPECT_EQ(done->size(), store::embedded_catalogue().migrations.size());
}

INSTANTIATE_TEST_SUITE_P(Engines, Embedded, ::testing::Values(Kind::sqlite_memory, Kind::postgres),
                         [](const auto& info) {
                           return std::string(info.param == Kind::postgres ? "postgres" : "sqlite_memory");
                         });

}  // namespace
}  // namespace onward::testing
