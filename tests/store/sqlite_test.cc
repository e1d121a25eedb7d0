// What only SQLite does: one file, one writer, batches, online backups.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "store/write_queue.h"
#include "tests/store/fixture.h"

namespace onward::testing {
namespace {

using ports::null_value;

class Sqlite : public StoreTest {
 protected:
  store::StoreOptions options_ = place(Kind::sqlite_file);
  std::unique_ptr<ports::Store> started() {
    auto store = open(options_);
    EXPECT_TRUE(store->migrate());
    return store;
  }
  static Status add(ports::Store& store, int64_t id) {
    return put(store, "person_add", {id, std::to_string(id), int64_t{1}});
  }
};

TEST_F(Sqlite, IsDurableAndPrivate) {
  auto store = started();
  ASSERT_TRUE(add(*store, 1));
  Status status = raw(*store).with_writer([](store::Connection& db) -> Status {
    EXPECT_EQ(db.query("PRAGMA journal_mode").text(0, 0), "wal");
    EXPECT_EQ(db.query("PRAGMA synchronous").integer(0, 0), 2);
    EXPECT_EQ(db.query("PRAGMA foreign_keys").integer(0, 0), 1);
    return {};
  });
  EXPECT_TRUE(status);
  for (const char* suffix : {"", "-wal"}) {
    struct stat info {};
    ASSERT_EQ(::stat((options_.sqlite_path + suffix).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(Sqlite, WaitingUnitsShareOneCommit) {
  std::atomic<int> commits{0};
  options_.commit_fault = [&] {
    ++commits;
    return store::CommitFault::none;
  };
  auto store = started();
  commits = 0;
  constexpr int kUnits = 20;
  std::vector<std::thread> threads;
  // While the first unit holds the writer the others line up behind it.
  Status first = store->write(Lane::interactive, [&](Tx& tx) -> Status {
    tx.run("job_add", {int64_t{1}});
    for (int64_t i = 0; i < kUnits; ++i) threads.emplace_back([&, i] { EXPECT_TRUE(add(*store, i)); });
    std::this_thread::sleep_for(200ms);
    return {};
  });
  for (auto& t : threads) t.join();
  EXPECT_TRUE(first);
  EXPECT_EQ(count_people(*store), kUnits);
  EXPECT_LT(commits, 10);
}

TEST_F(Sqlite, ALostCommitIsUnknownToTheWholeBatch) {
  std::atomic<bool> lose{false};
  options_.commit_fault = [&] { return lose ? store::CommitFault::lost_before : store::CommitFault::none; };
  auto store = started();
  lose = true;
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < 10; ++i) {
    threads.emplace_back([&, i] {
      Status status = add(*store, i);
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, Code::unknown);
    });
  }
  for (auto& t : threads) t.join();
  lose = false;
  EXPECT_EQ(count_people(*store), 0);
  EXPECT_TRUE(add(*store, 1));
}

TEST_F(Sqlite, AFullDiskIsUnavailableAndHeals) {
  auto store = started();
  ASSERT_TRUE(add(*store, 1));
  auto pages = [&](const std::string& limit) {
    return raw(*store).with_writer([&](store::Connection& db) -> Status {
      int64_t now = db.query("PRAGMA page_count").integer(0, 0);
      db.query("PRAGMA max_page_count = " + (limit.empty() ? std::to_string(now + 2) : limit));
      return {};
    });
  };
  ASSERT_TRUE(pages(""));
  std::string big(1'000'000, 'x');
  Status status = put(*store, "typed_add", {int64_t{1}, null_value(), null_value(), big, null_value(), null_value()});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::unavailable);
  EXPECT_TRUE(add(*store, 2));
  ASSERT_TRUE(pages("1000000"));
  EXPECT_TRUE(put(*store, "typed_add", {int64_t{1}, null_value(), null_value(), big, null_value(), null_value()}));
  EXPECT_EQ(count_people(*store), 2);
}

TEST_F(Sqlite, BackupsAreWholeWhileWritesGoOn) {
  auto store = started();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int64_t i = 0; !stop; i += 2) {
      Status status = store->write(Lane::background, [&](Tx& tx) -> Status {  // always in pairs
        tx.run("person_add", {i, std::to_string(i), null_value()});
        tx.run("person_add", {i + 1, std::to_string(i + 1), null_value()});
        return {};
      });
      EXPECT_TRUE(status);
    }
  });
  while (count_people(*store) < 100) std::this_thread::sleep_for(1ms);
  std::string copy = directory() + "/copy.db";
  ASSERT_TRUE(store->backup_to(copy));
  ASSERT_TRUE(store->backup_to(copy));  // replaces the older one
  stop = true;
  writer.join();
  EXPECT_FALSE(std::filesystem::exists(copy + ".part"));
  auto restored = open({.sqlite_path = copy, .catalogue = &catalogue_});
  EXPECT_TRUE(restored->migrate().value().empty());
  int64_t people = count_people(*restored);
  EXPECT_GE(people, 100);
  EXPECT_EQ(people % 2, 0);
  EXPECT_TRUE(add(*restored, -1));
  EXPECT_EQ(store->backup_to("/nowhere/at/all").error().code, Code::unavailable);
}

TEST_F(Sqlite, ABackupEqualsItsSource) {
  for (Kind kind : {Kind::sqlite_file, Kind::sqlite_memory}) {
    auto store = open_migrated(kind);
    for (int64_t i = 0; i < 50; ++i) ASSERT_TRUE(add(*store, i * i));
    std::string copy = directory() + "/equal.db";
    ASSERT_TRUE(store->backup_to(copy));
    auto restored = open({.sqlite_path = copy, .catalogue = &catalogue_});
    Rows before = get(*store, "person_names"), after = get(*restored, "person_names");
    ASSERT_EQ(before.size(), after.size());
    for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before.text(i, 0), after.text(i, 0));
  }
}

TEST_F(Sqlite, AnInlineWriterStaysOnTheCallersThread) {
  options_.inline_writer = true;
  auto store = started();
  std::thread::id writer, reader, action;
  Status status = store->write(Lane::background, [&](Tx& tx) -> Status {
    writer = std::this_thread::get_id();
    tx.run("person_add", {int64_t{1}, std::string("ann"), null_value()});
    tx.after_commit([&] { action = std::this_thread::get_id(); });
    return {};
  });
  EXPECT_TRUE(status);
  EXPECT_TRUE(store->read([&](Tx&) -> Status {
    reader = std::this_thread::get_id();
    return {};
  }));
  for (auto id : {writer, reader, action}) EXPECT_EQ(id, std::this_thread::get_id());
  store.reset();
  EXPECT_EQ(count_people(*started()), 1);
}

TEST_F(Sqlite, WhatCannotBeOpenedIsUnavailable) {
  store::StoreOptions options{.sqlite_path = "/nowhere/at/all.db", .catalogue = &catalogue_};
  EXPECT_EQ(store::open_store(options).error().code, Code::unavailable);
  EXPECT_EQ(store::open_store({.catalogue = &catalogue_}).error().code, Code::invalid);
}

// The rule of the lanes, without a database.
class Lanes : public ::testing::Test {
 protected:
  store::WriteQueue queue_;
  std::array<store::WriteQueue::Unit, 12> people_, machines_;
  char lane_of(const store::WriteQueue::Unit* unit) {
    return unit >= people_.data() && unit < people_.data() + people_.size() ? 'i' : 'b';
  }
};

TEST_F(Lanes, BackgroundGetsItsTurnAfterAStreak) {
  for (auto& unit : machines_) queue_.push(Lane::background, unit);
  std::string order;
  for (auto& unit : people_) {
    queue_.push(Lane::interactive, unit);
    order += lane_of(queue_.wait_next());
  }
  EXPECT_EQ(order, "iiiiiiiibiii");
}

TEST_F(Lanes, ABackgroundBatchGivesWayUnlessItWasOwed) {
  for (auto& unit : machines_) queue_.push(Lane::background, unit);
  EXPECT_EQ(queue_.wait_next(), &machines_[0]);
  EXPECT_EQ(queue_.next_in_batch(), &machines_[1]);
  queue_.push(Lane::interactive, people_[0]);
  EXPECT_EQ(queue_.next_in_batch(), nullptr);
  EXPECT_EQ(queue_.wait_next(), &people_[0]);
  EXPECT_EQ(queue_.next_in_batch(), nullptr);  // one lane a batch
  for (int i = 1; i <= store::kInteractiveStreak; ++i) {
    queue_.push(Lane::interactive, people_[static_cast<size_t>(i)]);
  }
  for (int i = 1; i < store::kInteractiveStreak; ++i) EXPECT_EQ(lane_of(queue_.wait_next()), 'i');
  EXPECT_EQ(queue_.wait_next(), &machines_[2]);
  EXPECT_EQ(queue_.next_in_batch(), &machines_[3]);  // owed: somebody interactive waits, and waits on
}

TEST_F(Lanes, ClosingLetsTheWaitingFinishAndNobodyElseIn) {
  queue_.push(Lane::background, machines_[0]);
  queue_.close();
  EXPECT_FALSE(queue_.push(Lane::interactive, people_[0]));
  EXPECT_EQ(queue_.wait_next(), &machines_[0]);
  EXPECT_EQ(queue_.wait_next(), nullptr);
}

}  // namespace
}  // namespace onward::testing
