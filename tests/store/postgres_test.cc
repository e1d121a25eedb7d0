// What only a server can do to a store: end connections, restart, refuse to serialize, lock rows.
#include <gmock/gmock.h>

#include <barrier>
#include <thread>

#include "tests/store/fixture.h"
#include "tests/store/throwaway_postgres.h"

namespace onward::testing {
namespace {

using ports::null_value;
using ::testing::HasSubstr;

class Postgres : public StoreTest {
 protected:
  store::StoreOptions options_ = named(place(Kind::postgres));
  std::unique_ptr<ports::Store> store_;

  // Sessions are known by the schema of the test, so that a shared server keeps those of others.
  static store::StoreOptions named(store::StoreOptions options) {
    options.postgres_url += "&application_name=" + options.postgres_url.substr(options.postgres_url.rfind("test_"));
    return options;
  }
  // The statements about sessions exist on PostgreSQL only, so they are no part of the common catalogue.
  Postgres() {
    catalogue_.statements.push_back({"session.sql", R"sql(
-- name: session_pid
SELECT pg_backend_pid();
-- name: session_end
SELECT count(pg_terminate_backend(?1));
-- name: session_end_others
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND application_name = current_setting('application_name')
;
-- name: isolation
SELECT current_setting('transaction_isolation'), current_setting('TimeZone');
)sql"});
    store_ = started(options_);
  }
  std::unique_ptr<ports::Store> started(const store::StoreOptions& options) {
    auto store = open(options);
    EXPECT_TRUE(store->migrate());
    return store;
  }
  Status add(int64_t id) { return put(*store_, "person_add", {id, std::to_string(id), int64_t{1}}); }
};

TEST_F(Postgres, WritesAreReadCommittedAndReadsAreSnapshots) {
  Status status = store_->write(Lane::interactive, [](Tx& tx) -> Status {
    EXPECT_EQ(tx.run("isolation", {}).text(0, 0), "read committed");
    return {};
  });
  EXPECT_TRUE(status);
  EXPECT_EQ(get(*store_, "isolation").text(0, 0), "repeatable read");
  EXPECT_EQ(get(*store_, "isolation").text(0, 1), "UTC");
}

TEST_F(Postgres, EndedConnectionsAreReplaced) {
  auto killer = started(options_);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(add(round));
    get(*killer, "session_end_others");
    EXPECT_EQ(count_people(*store_), round + 1);
    get(*killer, "session_end_others");
    EXPECT_TRUE(add(100 + round));
    ASSERT_TRUE(put(*store_, "person_drop", {int64_t{100} + round}));
  }
}

TEST_F(Postgres, AConnectionLostDuringTheWorkIsUnavailableAndLeavesNothing) {
  auto killer = started(options_);
  Status status = store_->write(Lane::interactive, [&](Tx& tx) -> Status {
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    get(*killer, "session_end", {tx.run("session_pid", {}).at(0, 0)});
    tx.run("person_count", {});
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::unavailable);
  EXPECT_EQ(count_people(*store_), 0);
}

TEST_F(Postgres, AConnectionLostInAPipelineIsUnavailable) {
  auto killer = started(options_);
  Status status = store_->write(Lane::interactive, [&](Tx& tx) -> Status {
    std::vector<Params> rows;
    for (int64_t i = 0; i < 2000; ++i) rows.push_back({i, std::to_string(i), null_value()});
    get(*killer, "session_end", {tx.run("session_pid", {}).at(0, 0)});
    tx.run_many("person_add", rows);
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::unavailable);
  EXPECT_TRUE(add(1));
}

TEST_F(Postgres, AConnectionLostBeforeTheAnswerOfCommitIsUnknown) {
  auto killer = started(options_);
  Status status = store_->write(Lane::interactive, [&](Tx& tx) -> Status {
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    get(*killer, "session_end", {tx.run("session_pid", {}).at(0, 0)});
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::unknown);
  EXPECT_TRUE(add(1));
}

TEST_F(Postgres, ADeadlockIsTriedAgain) {
  ASSERT_TRUE(add(1));
  ASSERT_TRUE(add(2));
  std::barrier both(2);
  std::atomic<int> runs{0};
  auto crossing = [&](int64_t first, int64_t second) {
    bool again = false;
    return store_->write(Lane::interactive, [&, first, second](Tx& tx) -> Status {
      ++runs;
      tx.run("person_set_age", {first, runs.load() + int64_t{10}});
      if (!std::exchange(again, true)) both.arrive_and_wait();
      tx.run("person_set_age", {second, runs.load() + int64_t{10}});
      return {};
    });
  };
  Status one, two;
  std::thread other([&] { one = crossing(1, 2); });
  two = crossing(2, 1);
  other.join();
  EXPECT_TRUE(one) << one.error().detail;
  EXPECT_TRUE(two) << two.error().detail;
  EXPECT_EQ(runs, 3);
}

TEST_F(Postgres, GivesUpAfterSomeAttempts) {
  catalogue_.statements.push_back({"never.sql", "-- name: never\nSELECT refuse();"});
  catalogue_.migrations.push_back({"0003_refuse.sql", R"sql(
CREATE FUNCTION refuse() RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'it''s $1 ?' USING ERRCODE = '40001';
END $body$
)sql"});
  store_ = started(options_);
  int runs = 0;
  Status status = store_->write(Lane::interactive, [&](Tx& tx) -> Status {
    ++runs;
    tx.run("never", {});
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::unavailable);
  EXPECT_EQ(runs, 5);
}

TEST_F(Postgres, TwoClaimsAtOnceTakeDifferentRows) {
  for (int64_t id = 0; id < 6; ++id) ASSERT_TRUE(put(*store_, "job_add", {id}));
  std::barrier both(2);
  std::array<std::vector<int64_t>, 2> taken;
  auto claim = [&](size_t who) {
    Status status = store_->write(Lane::background, [&](Tx& tx) -> Status {
      Rows rows = tx.run("job_claim", {int64_t{3}});
      both.arrive_and_wait();  // neither has committed yet
      for (size_t i = 0; i < rows.size(); ++i) taken[who].push_back(rows.integer(i, 0));
      return {};
    });
    EXPECT_TRUE(status);
  };
  std::thread other([&] { claim(0); });
  claim(1);
  other.join();
  std::set<int64_t> all(taken[0].begin(), taken[0].end());
  all.insert(taken[1].begin(), taken[1].end());
  EXPECT_EQ(all.size(), 6u);
}

TEST_F(Postgres, AMigrationOfAnotherNodeDoesNotBreakPreparedStatements) {
  catalogue_.statements.push_back({"all.sql", "-- name: person_all\nSELECT * FROM person;"});
  store_ = started(options_);
  ASSERT_TRUE(add(1));
  auto all = [&] {
    return store_->write(Lane::interactive, [](Tx& tx) -> Status {
      tx.run("person_all", {});
      return {};
    });
  };
  ASSERT_TRUE(all());
  Status altered = raw(*store_).with_writer([](store::Connection& db) -> Status {
    db.script("ALTER TABLE person ADD COLUMN more TEXT");
    return {};
  });
  ASSERT_TRUE(altered);
  EXPECT_TRUE(all());
}

TEST_F(Postgres, BackupsAreMadeElsewhere) {
  EXPECT_EQ(store_->backup_to("/nowhere/x").error().code, Code::unavailable);
}

TEST_F(Postgres, AnUnreachableServerIsUnavailable) {
  store::StoreOptions options{.postgres_url = "postgresql://nobody@127.0.0.1:1/none", .catalogue = &catalogue_};
  EXPECT_EQ(store::open_store(options).error().code, Code::unavailable);
}

TEST_F(Postgres, ARestartOfTheServerHealsByItself) {
  ThrowawayPostgres server(ThrowawayPostgres::Durability::full);
  auto store = started({.postgres_url = server.url(), .pool = 2, .catalogue = &catalogue_});
  ASSERT_TRUE(put(*store, "person_add", {int64_t{1}, std::string("ann"), null_value()}));
  server.restart();
  EXPECT_EQ(count_people(*store), 1);
  EXPECT_TRUE(put(*store, "person_add", {int64_t{2}, std::string("bob"), null_value()}));
}

}  // namespace
}  // namespace onward::testing
