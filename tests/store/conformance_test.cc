// What every store promises, on each engine.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "base/check.h"
#include "tests/store/fixture.h"

namespace onward::testing {
namespace {

using ports::null_value;
using ports::StoreError;
using ::testing::HasSubstr;

class Conformance : public StoreTest, public ::testing::WithParamInterface<Kind> {
 protected:
  std::unique_ptr<ports::Store> store_ = open_migrated(GetParam());
  ports::Store& store() { return *store_; }
  void add(int64_t id, const std::string& name) { ASSERT_TRUE(put(store(), "person_add", {id, name, int64_t{1}})); }
};

TEST_P(Conformance, KeepsEveryTypeOfValue) {
  const int64_t least = std::numeric_limits<int64_t>::min(), most = std::numeric_limits<int64_t>::max();
  const std::string text = "Zoë 日本語 🎈 'quoted' \"double\" \\ ?1 $1\nline";
  ASSERT_TRUE(put(store(), "typed_add", {int64_t{1}, most, 0.1, text, int64_t{1}, std::string(R"({"k": "v"})")}));
  ASSERT_TRUE(put(store(), "typed_add", {int64_t{2}, least, -1e300, std::string(), int64_t{0}, null_value()}));
  ASSERT_TRUE(
      put(store(), "typed_add", {int64_t{3}, null_value(), null_value(), null_value(), null_value(), null_value()}));
  Rows full = get(store(), "typed_get", {int64_t{1}});
  EXPECT_EQ(full.at(0, 0), ports::Value{most});
  EXPECT_EQ(full.at(0, 1), ports::Value{0.1});
  EXPECT_EQ(full.at(0, 2), ports::Value{text});
  EXPECT_EQ(full.at(0, 3), ports::Value{int64_t{1}});
  EXPECT_EQ(full.text(0, 4), R"({"k": "v"})");
  EXPECT_EQ(full.text(0, 5), "v");
  Rows edge = get(store(), "typed_get", {int64_t{2}});
  EXPECT_EQ(edge.at(0, 0), ports::Value{least});
  EXPECT_EQ(edge.at(0, 1), ports::Value{-1e300});
  EXPECT_EQ(edge.at(0, 2), ports::Value{std::string()});  // empty is not NULL
  Rows nothing = get(store(), "typed_get", {int64_t{3}});
  for (size_t column = 0; column < 6; ++column) EXPECT_TRUE(nothing.is_null(0, column)) << column;
}

TEST_P(Conformance, RefusesTextThatOneEngineCouldNotKeep) {
  for (std::string bad : {std::string("a\0b", 3), std::string("\xff"), std::string("\xc0\x80"),
                          std::string("\xed\xa0\x80"), std::string("\xe2\x82")}) {
    Status status = put(store(), "person_add", {int64_t{1}, bad, null_value()});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Code::conflict);
  }
  EXPECT_EQ(count_people(store()), 0);
}

TEST_P(Conformance, LongTextsAndManyRowsComeBackWhole) {
  std::string text(3'000'000, 'x');
  ASSERT_TRUE(put(store(), "typed_add", {int64_t{1}, null_value(), null_value(), text, null_value(), null_value()}));
  EXPECT_EQ(get(store(), "typed_get", {int64_t{1}}).text(0, 2), text);
}

TEST_P(Conformance, CountsChangedRowsAndReturnsThem) {
  add(1, "ann");
  add(2, "bob");
  Status status = store().write(Lane::interactive, [&](Tx& tx) -> Status {
    EXPECT_EQ(tx.run("person_birthday", {null_value()}).changed(), 2);
    EXPECT_EQ(tx.run("person_birthday", {std::string("ann")}).changed(), 1);
    EXPECT_EQ(tx.run("person_get", {int64_t{1}}).changed(), 0);
    Rows gone = tx.run("person_drop", {int64_t{1}});
    EXPECT_EQ(gone.changed(), 1);
    EXPECT_EQ(gone.text(0, 0), "ann");
    EXPECT_TRUE(tx.run("person_drop", {int64_t{1}}).empty());
    return {};
  });
  EXPECT_TRUE(status);
  EXPECT_EQ(get(store(), "person_get", {int64_t{2}}).integer(0, 1), 2);
}

TEST_P(Conformance, MacrosAndBlocksFollowTheEngine) {
  Rows rows = get(store(), "which_engine");
  EXPECT_EQ(rows.text(0, 0), store().engine() == ports::Engine::sqlite ? "sqlite" : "postgres");
  EXPECT_EQ(rows.text(0, 1), "{INT} ?1");
}

TEST_P(Conformance, ConstraintsAreConflicts) {
  add(1, "ann");
  struct Case {
    std::string statement;
    Params values;
    std::string detail;
  };
  const std::vector<Case> cases = {
      {"person_add", {int64_t{2}, std::string("ann"), null_value()}, "name"},
      {"person_add", {int64_t{1}, std::string("bob"), null_value()}, "person"},
      {"person_add", {int64_t{2}, std::string("bob"), int64_t{-1}}, "person_age"},
      {"person_add", {int64_t{2}, null_value(), int64_t{1}}, "person.name"},
      {"pet_add", {int64_t{1}, int64_t{99}, std::string("rex")}, "pet_add"},
      {"late_pet_add", {int64_t{1}, int64_t{99}}, ""},
  };
  for (const Case& c : cases) {
    Status status = put(store(), c.statement, c.values);
    ASSERT_FALSE(status) << c.statement;
    EXPECT_EQ(status.error().code, Code::conflict) << status.error().detail;
    EXPECT_THAT(status.error().detail, HasSubstr(c.detail));
  }
  EXPECT_EQ(count_people(store()), 1);
}

TEST_P(Conformance, ErrorsCarryTheirKindAndNeverValues) {
  add(1, "secret-name");
  std::string what;
  Status status = store().write(Lane::interactive, [&](Tx& tx) -> Status {
    try {
      tx.run("person_add", {int64_t{2}, std::string("secret-name"), null_value()});
    } catch (const StoreError& e) {
      EXPECT_EQ(e.kind, StoreError::Kind::unique);
      EXPECT_THAT(e.constraint, HasSubstr("name"));
      what = e.what();
      throw;
    }
    return {};
  });
  EXPECT_FALSE(status);
  EXPECT_THAT(what, HasSubstr("person_add"));
  EXPECT_THAT(what, ::testing::Not(HasSubstr("secret")));
}

TEST_P(Conformance, AnErrorUndoesTheWholeUnit) {
  Status status = store().write(Lane::interactive, [&](Tx& tx) -> Status {
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    tx.run("job_add", {int64_t{1}});
    return fail(Code::precondition, "no");
  });
  EXPECT_EQ(status.error().code, Code::precondition);
  status = store().write(Lane::interactive, [&](Tx& tx) -> Status {
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    tx.run("person_add", {int64_t{1}, std::string("bob"), null_value()});
    return {};
  });
  EXPECT_EQ(status.error().code, Code::conflict);
  EXPECT_EQ(count_people(store()), 0);
}

TEST_P(Conformance, ABugUndoesTheUnitAndComesBackToItsCaller) {
  auto broken = [&](Tx& tx) -> Status {
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    check(1 > 2, "broken");
    return {};
  };
  EXPECT_THROW((void)store().write(Lane::interactive, broken), Bug);
  EXPECT_THROW((void)put(store(), "no_such_statement", {}), Bug);
  EXPECT_THROW((void)put(store(), "person_get", {}), Bug);
  EXPECT_THROW((void)store().read([&](Tx&) -> Status { bug("broken", "", 0); }), Bug);
  EXPECT_EQ(count_people(store()), 0);
  add(1, "ann");
}

TEST_P(Conformance, PassingOverAFailedStatementIsABug) {
  auto carries_on = [&](bool runs_another) {
    return store().write(Lane::interactive, [&](Tx& tx) -> Status {
      tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
      try {
        tx.run("person_add", {int64_t{1}, std::string("bob"), null_value()});
      } catch (const StoreError&) {
      }
      if (runs_another) tx.run("person_count", {});
      return {};
    });
  };
  EXPECT_THROW((void)carries_on(true), Bug);
  EXPECT_THROW((void)carries_on(false), Bug);
  EXPECT_EQ(count_people(store()), 0);
}

TEST_P(Conformance, ATransactionInsideATransactionIsABug) {
  EXPECT_THROW((void)store().write(Lane::interactive, [&](Tx&) { return put(store(), "job_add", {int64_t{1}}); }), Bug);
  EXPECT_THROW((void)store().read([&](Tx&) { return put(store(), "job_add", {int64_t{1}}); }), Bug);
  EXPECT_THROW((void)store().write(Lane::interactive, [&](Tx&) { return store().read([](Tx&) { return Status{}; }); }),
               Bug);
  EXPECT_TRUE(put(store(), "job_add", {int64_t{1}}));
}

TEST_P(Conformance, ActionsRunAfterTheCommitOnly) {
  int ran = 0;
  auto work = [&](int64_t id, Status answer) {
    return store().write(Lane::interactive, [&, id](Tx& tx) -> Status {
      tx.run("person_add", {id, std::string("ann"), null_value()});
      tx.after_commit([&] {
        ++ran;
        EXPECT_EQ(count_people(store()), 1);  // the store is free again, and the row is there
      });
      return answer;
    });
  };
  EXPECT_FALSE(work(1, fail(Code::conflict, "no")));
  EXPECT_EQ(ran, 0);
  EXPECT_TRUE(work(1, {}));
  EXPECT_EQ(ran, 1);
  EXPECT_FALSE(work(1, {}));
  EXPECT_EQ(ran, 1);
}

TEST_P(Conformance, ReadsRefuseToWrite) {
  Status status = store().read([&](Tx& tx) -> Status {
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::internal);
  EXPECT_EQ(count_people(store()), 0);
}

TEST_P(Conformance, RunManyInBothForms) {
  std::vector<Params> people, events;
  for (int64_t i = 0; i < 2500; ++i) {
    people.push_back({i, "name " + std::to_string(i), i % 7 ? ports::Value{i} : null_value()});
    events.push_back({std::string("söme \"text\" \\ ") + std::to_string(i), 0.5});
  }
  events.push_back({null_value(), null_value()});
  Status status = store().write(Lane::background, [&](Tx& tx) -> Status {
    EXPECT_EQ(tx.run_many("person_add", people), 2500);
    EXPECT_EQ(tx.run_many("event_add", events), 2501);
    EXPECT_EQ(tx.run_many("event_add", {}), 0);
    EXPECT_EQ(tx.run("person_count", {}).integer(0, 0), 2500);
    return {};
  });
  ASSERT_TRUE(status) << status.error().detail;
  Rows sum = get(store(), "event_sum");
  EXPECT_EQ(sum.integer(0, 0), 2501);
  EXPECT_EQ(sum.real(0, 1), 1250);
  EXPECT_TRUE(get(store(), "person_get", {int64_t{7}}).is_null(0, 1));
}

TEST_P(Conformance, SetsKeepEveryTypeOfValue) {
  const std::string text = "Zoë 🎈 'one' \"two\" \\ {a,b} NULL $1\nline";
  std::vector<Params> rows;
  for (int64_t i = 1; i <= 20; ++i)
    rows.push_back({i, std::numeric_limits<int64_t>::min() + i, 0.1, text, i % 2, std::string(R"({"k": "v"})")});
  rows.push_back({int64_t{21}, null_value(), null_value(), std::string(), null_value(), null_value()});
  ASSERT_TRUE(store().write(Lane::background, [&](Tx& tx) -> Status {
    EXPECT_EQ(tx.run_many("typed_add", rows), 21);
    return {};
  }));
  Rows odd = get(store(), "typed_get", {int64_t{7}}), empty = get(store(), "typed_get", {int64_t{21}});
  EXPECT_EQ(odd.integer(0, 0), std::numeric_limits<int64_t>::min() + 7);
  EXPECT_EQ(odd.real(0, 1), 0.1);
  EXPECT_EQ(odd.text(0, 2), text);
  EXPECT_EQ(odd.integer(0, 3), 1);
  EXPECT_EQ(odd.text(0, 5), "v");
  EXPECT_TRUE(empty.is_null(0, 0) && empty.is_null(0, 1) && empty.is_null(0, 3));
  EXPECT_FALSE(empty.is_null(0, 2));
}

TEST_P(Conformance, SetsChangeEachRowByItsOwnValues) {
  for (int64_t i = 0; i < 9; ++i) add(i, "name " + std::to_string(i));
  ASSERT_TRUE(store().write(Lane::background, [&](Tx& tx) -> Status {
    std::vector<Params> ages;
    for (int64_t i = 0; i < 8; ++i) ages.push_back({i, i == 3 ? null_value() : ports::Value{i * 10}});
    ages.push_back({int64_t{99}, int64_t{1}});  // nobody
    EXPECT_EQ(tx.run_many("person_set_age", ages), 8);
    return {};
  }));
  EXPECT_EQ(get(store(), "person_get", {int64_t{7}}).integer(0, 1), 70);
  EXPECT_TRUE(get(store(), "person_get", {int64_t{3}}).is_null(0, 1));
  EXPECT_EQ(get(store(), "person_get", {int64_t{8}}).integer(0, 1), 1);
}

TEST_P(Conformance, SeveralStatementsAnswerInOrder) {
  add(1, "ann");
  ASSERT_TRUE(store().write(Lane::interactive, [&](Tx& tx) -> Status {
    std::vector<Rows> answers = tx.run_all(std::vector<ports::Call>{
        {"person_add", {int64_t{2}, std::string("bob"), null_value()}}, {"person_count", {}}, {"person_names", {}}});
    EXPECT_EQ(answers.size(), 3u);
    EXPECT_EQ(answers.at(0).changed(), 1);
    EXPECT_EQ(answers.at(1).integer(0, 0), 2);
    EXPECT_EQ(answers.at(2).text(1, 0), "bob");
    EXPECT_TRUE(tx.run_all({}).empty());
    return {};
  }));
  Status status = store().write(Lane::interactive, [&](Tx& tx) -> Status {
    tx.run_all(std::vector<ports::Call>{
        {"person_count", {}}, {"person_add", {int64_t{1}, std::string("eve"), null_value()}}, {"person_names", {}}});
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::conflict);
  EXPECT_EQ(count_people(store()), 2);
}

TEST_P(Conformance, RunManyFailsAsAWhole) {
  std::vector<Params> people;
  for (int64_t i = 0; i < 700; ++i) people.push_back({i == 600 ? 5 : i, "name " + std::to_string(i), null_value()});
  Status status = store().write(Lane::background, [&](Tx& tx) -> Status {
    tx.run_many("person_add", people);
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::conflict);
  EXPECT_EQ(count_people(store()), 0);
  add(1, "still usable");
}

TEST_P(Conformance, ConcurrentWritersLoseNothingAndFailAlone) {
  constexpr int kThreads = 8, kUnits = 200;
  add(0, "shared");
  std::atomic<int> conflicts{0}, actions{0};
  auto writer = [&](int64_t thread) {
    for (int64_t i = 0; i < kUnits; ++i) {
      int64_t id = 1 + thread * kUnits + i;
      bool taken = i % 10 == 3;  // every tenth unit runs into the unique name after having written
      Status status = store().write(i % 2 ? Lane::interactive : Lane::background, [&](Tx& tx) -> Status {
        tx.run("person_birthday", {std::string("shared")});
        tx.run("person_add", {id, taken ? "shared" : "p" + std::to_string(id), null_value()});
        tx.after_commit([&] { ++actions; });
        return {};
      });
      if (!status) ++conflicts;
      EXPECT_EQ(status.has_value(), !taken);
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(writer, t);
  for (auto& t : threads) t.join();
  EXPECT_EQ(conflicts, kThreads * kUnits / 10);
  EXPECT_EQ(actions, kThreads * kUnits * 9 / 10);
  EXPECT_EQ(count_people(store()), 1 + kThreads * kUnits * 9 / 10);
  EXPECT_EQ(get(store(), "person_get", {int64_t{0}}).integer(0, 1), 1 + kThreads * kUnits * 9 / 10);
}

// In memory there is one connection: others wait until the transaction is over. Elsewhere they run beside it.
TEST_P(Conformance, AReadSeesOneSnapshot) {
  add(1, "ann");
  std::thread other;
  Status status = store().read([&](Tx& tx) -> Status {
    EXPECT_EQ(tx.run("person_count", {}).integer(0, 0), 1);
    other = std::thread([&] { add(2, "bob"); });
    if (GetParam() != Kind::sqlite_memory) other.join();
    EXPECT_EQ(tx.run("person_count", {}).integer(0, 0), 1);
    return {};
  });
  if (other.joinable()) other.join();
  EXPECT_TRUE(status);
  EXPECT_EQ(count_people(store()), 2);
}

TEST_P(Conformance, OthersDoNotSeeWhatIsNotCommitted) {
  std::thread other;
  int64_t seen = -1;
  Status status = store().write(Lane::interactive, [&](Tx& tx) -> Status {
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    EXPECT_EQ(tx.run("person_count", {}).integer(0, 0), 1);
    other = std::thread([&] { seen = count_people(store()); });
    if (GetParam() != Kind::sqlite_memory) other.join();
    return fail(Code::precondition, "no");
  });
  if (other.joinable()) other.join();
  EXPECT_FALSE(status);
  EXPECT_EQ(seen, 0);
}

TEST_P(Conformance, InteractiveWritesStayQuickWhileBackgroundFloods) {
  std::atomic<bool> stop{false};
  std::atomic<int64_t> next{1000}, done{0};
  std::vector<std::thread> flood;
  for (int t = 0; t < 4; ++t) {
    flood.emplace_back([&] {
      while (!stop) {
        int64_t first = next.fetch_add(20);
        Status status = store().write(Lane::background, [&](Tx& tx) -> Status {
          for (int64_t i = 0; i < 20; ++i) tx.run("job_add", {first + i});
          return {};
        });
        EXPECT_TRUE(status);
        ++done;
      }
    });
  }
  std::vector<int64_t> took;
  for (int64_t i = 0; i < 100; ++i) {
    auto start = std::chrono::steady_clock::now();
    add(i, "p" + std::to_string(i));
    took.push_back(std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - start).count());
    std::this_thread::sleep_for(1ms);  // people pause between two clicks
  }
  stop = true;
  for (auto& t : flood) t.join();
  std::ranges::sort(took);
  EXPECT_LT(took[90], 250);  // a second writing connection would make this seconds
  EXPECT_GT(done, 10);       // and the flood went on
}

TEST_P(Conformance, ALostCommitIsUnknown) {
  store::CommitFault fault = store::CommitFault::none;
  auto options = place(GetParam());
  options.commit_fault = [&] { return std::exchange(fault, store::CommitFault::none); };
  auto faulty = open(options);
  ASSERT_TRUE(faulty->migrate());
  int actions = 0;
  auto write = [&](int64_t id) {
    return faulty->write(Lane::interactive, [&](Tx& tx) -> Status {
      tx.run("person_add", {id, std::to_string(id), null_value()});
      tx.after_commit([&] { ++actions; });
      return {};
    });
  };
  fault = store::CommitFault::lost_before;
  EXPECT_EQ(write(1).error().code, Code::unknown);
  EXPECT_EQ(count_people(*faulty), 0);
  fault = store::CommitFault::lost_after;
  EXPECT_EQ(write(2).error().code, Code::unknown);
  EXPECT_EQ(count_people(*faulty), 1);
  EXPECT_TRUE(write(3));
  EXPECT_EQ(actions, 1);
}

TEST_P(Conformance, CopiesTablesIntoMemoryAndBack) {
  add(1, "ann");
  add(2, "bob");
  ASSERT_TRUE(put(store(), "pet_add", {int64_t{1}, int64_t{2}, std::string("Miau 猫")}));
  ASSERT_TRUE(put(store(), "event_add", {std::string("e"), 2.5}));
  ASSERT_TRUE(put(store(), "event_add", {null_value(), 0.25}));
  auto memory = open_migrated(Kind::sqlite_memory);
  Status status = store::copy_tables(store(), *memory, {{"person", ""}, {"pet", ""}, {"event", "weight > 0"}});
  ASSERT_TRUE(status) << status.error().detail;
  EXPECT_EQ(count_people(*memory), 2);
  EXPECT_EQ(get(*memory, "event_sum").real(0, 1), 2.75);
  auto back = open_migrated(GetParam());
  ASSERT_TRUE(store::copy_tables(*memory, *back, {{"person", ""}, {"event", ""}}));
  EXPECT_EQ(get(*back, "person_get", {int64_t{2}}).text(0, 0), "bob");
  ASSERT_TRUE(put(*back, "event_add", {null_value(), 0.0}));  // goes on counting behind the copied rows
  EXPECT_EQ(get(*back, "event_sum").integer(0, 2), 3);
}

TEST_P(Conformance, ACopyIsWholeOrNothing) {
  add(1, "ann");
  add(2, "bob");
  ASSERT_TRUE(put(store(), "pet_add", {int64_t{1}, int64_t{2}, null_value()}));
  auto memory = open_migrated(Kind::sqlite_memory);
  std::vector<store::TableCopy> part = {{"person", "id = 1"}, {"pet", ""}};
  Status status = store::copy_tables(store(), *memory, part);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::conflict);
  EXPECT_EQ(count_people(*memory), 0);
  EXPECT_EQ(store::copy_tables(store(), *memory, {{"nowhere", ""}}).error().code, Code::invalid);
  ASSERT_TRUE(store::copy_tables(store(), *memory, part, store::References::ignore));
  EXPECT_EQ(count_people(*memory), 1);
  EXPECT_FALSE(put(*memory, "pet_add", {int64_t{7}, int64_t{99}, null_value()}));  // references count again
}

std::string kind_name(const ::testing::TestParamInfo<Kind>& info) {
  const std::array<std::string, 3> names = {"sqlite_file", "sqlite_memory", "postgres"};
  return names.at(static_cast<size_t>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Engines, Conformance,
                         ::testing::Values(Kind::sqlite_file, Kind::sqlite_memory, Kind::postgres), kind_name);

}  // namespace
}  // namespace onward::testing
