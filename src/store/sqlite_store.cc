#include "store/sqlite_store.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "base/log.h"
#include "store/checkpointer.h"
#include "store/migrate.h"
#include "store/sqlite_connection.h"
#include "store/write_queue.h"

namespace onward::store {
namespace {

using ports::Lane;
using ports::StoreError;
using Access = SqliteConnection::Access;
using Control = SqliteConnection::Control;
using Work = ports::Store::Work;
using Unit = WriteQueue::Unit;

// What is wanted of a store in both ways of working.
struct Settings {
  std::string path;
  size_t readers;
  bool prepare_on_migrate;
  Millis slow;
  const Clock* clock;
  std::function<CommitFault()> commit_fault;
};

void rollback_quietly(SqliteConnection& db) {
  try {
    if (db.in_transaction()) db.control(Control::rollback);
  } catch (const StoreError& e) {
    log_error("store.rollback", {{"what", e.what()}});
  }
}

// A failed COMMIT may have reached the disk or not: nobody here can tell.
void commit(SqliteConnection& db, const Settings& settings) {
  CommitFault fault = settings.commit_fault ? settings.commit_fault() : CommitFault::none;
  try {
    if (fault != CommitFault::lost_before) db.control(Control::commit);
  } catch (const StoreError& e) {
    rollback_quietly(db);
    throw StoreError(StoreError::Kind::unknown, "", e.what());
  }
  if (fault == CommitFault::none) return;
  rollback_quietly(db);
  throw StoreError(StoreError::Kind::unknown, "", "commit fault");
}

void require_references(SqliteConnection& db, Outcome& outcome) {
  if (!outcome.committable() || !db.has_dangling_references()) return;
  outcome.refuse(StoreError(StoreError::Kind::constraint, "", "FOREIGN KEY constraint failed"));
}

Outcome run_raw(SqliteConnection& db, const RawWork& work) {
  Outcome out;
  try {
    out.status = work(db);
  } catch (const StoreError& e) {
    out.refuse(e);
  } catch (...) {
    out.thrown = std::current_exception();
  }
  if (db.in_transaction()) {
    rollback_quietly(db);
    if (out.committable()) out.refuse(StoreError(StoreError::Kind::bug, "", "a transaction was left open"));
  }
  return out;
}

Outcome run_read(SqliteConnection& db, const std::function<Outcome()>& work) {
  Outcome out;
  try {
    db.control(Control::begin);
    out = work();
  } catch (const StoreError& e) {
    out.refuse(e);
  } catch (...) {
    out.thrown = std::current_exception();
  }
  rollback_quietly(db);
  return out;
}

// Owns the writing connection on its own thread and commits the units of a batch together.
class Writer {
 public:
  Writer(const Settings& settings, const StatementBook& book, const void* store)
      : settings_(settings),
        book_(book),
        store_(store),
        db_(settings.path, Access::write, book),
        checkpointer_(settings.path, book),
        thread_([this] {
          db_.on_log([this](int pages) { checkpointer_.log_grew(db_, pages); });
          loop();
        }) {}
  ~Writer() {
    queue_.close();
    thread_.join();
  }

  Status submit(Lane lane, Unit& unit) {
    if (!queue_.push(lane, unit)) return fail(Code::unavailable, "The database is being closed.");
    unit.wait();
    return unit.outcome.settle();
  }

 private:
  void loop() {
    while (Unit* first = queue_.wait_next()) {
      OneTransaction open(store_);
      if (first->raw) {
        first->outcome = run_raw(db_, *first->raw);
        first->finish();
      } else {
        batch(first);
      }
    }
  }

  void batch(Unit* first) {
    std::vector<Unit*> units;
    try {
      db_.control(Control::begin_immediate);
      auto end = std::chrono::steady_clock::now() + kBatchWork;
      for (Unit* unit = first; unit; unit = queue_.next_in_batch()) {
        units.push_back(unit);
        run_unit(*unit);
        if (units.size() >= kBatchUnits || std::chrono::steady_clock::now() >= end) break;
      }
      commit(db_, settings_);
    } catch (const StoreError& e) {
      rollback_quietly(db_);
      if (units.empty()) units.push_back(first);
      for (Unit* unit : units) {
        if (unit->outcome.committable()) unit->outcome.refuse(e);
      }
    }
    for (Unit* unit : units) unit->finish();
  }

  // Throws when the whole batch is lost, not only this unit.
  void run_unit(Unit& unit) {
    db_.control(Control::savepoint);
    SqliteTx tx(db_, book_, settings_.slow, Access::write);
    unit.outcome = run_work(tx, *unit.work);
    require_references(db_, unit.outcome);
    if (!db_.in_transaction()) {
      // SQLite gives up the whole transaction when the disk is full or fails.
      throw StoreError(StoreError::Kind::unavailable, "", "the transaction was given up by an error of its neighbour");
    }
    if (!unit.outcome.committable()) db_.control(Control::rollback_to);
    db_.control(Control::release);
  }

  const Settings& settings_;
  const StatementBook& book_;
  const void* store_;
  SqliteConnection db_;
  Checkpointer checkpointer_;
  WriteQueue queue_;
  std::thread thread_;
};

// Reading connections, opened when needed, at most `limit`.
class Readers {
 public:
  Readers(const std::string& path, size_t limit, const StatementBook& book) : path_(path), limit_(limit), book_(book) {}

  Outcome use(const std::function<Outcome(SqliteConnection&)>& work) {
    std::unique_ptr<SqliteConnection> db;
    try {
      db = take();
    } catch (const StoreError& e) {
      Outcome out;
      out.refuse(e);
      return out;
    }
    Outcome out = work(*db);
    give_back(std::move(db));
    return out;
  }

 private:
  std::unique_ptr<SqliteConnection> take() {
    {
      std::unique_lock lock(mutex_);
      freed_.wait(lock, [&] { return !idle_.empty() || open_ < limit_; });
      if (!idle_.empty()) {
        auto db = std::move(idle_.back());
        idle_.pop_back();
        return db;
      }
      ++open_;
    }
    try {
      return std::make_unique<SqliteConnection>(path_, Access::read, book_);
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }

  void give_back(std::unique_ptr<SqliteConnection> db) {
    {
      std::lock_guard lock(mutex_);
      if (db) {
        idle_.push_back(std::move(db));
      } else {
        --open_;
      }
    }
    freed_.notify_one();
  }

  std::string path_;
  size_t limit_;
  const StatementBook& book_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
  size_t open_ = 0;
};

class SqliteStore : public ports::Store, public RawAccess {
 public:
  SqliteStore(Settings settings, StatementBook book, std::vector<Migration> migrations)
      : settings_(std::move(settings)), book_(std::move(book)), migrations_(std::move(migrations)) {}

  ports::Engine engine() const override { return ports::Engine::sqlite; }

  Result<std::vector<std::string>> migrate() override {
    std::vector<std::string> done;
    TRY_VOID(with_writer([&](Connection& db) -> Status {
      done = TRY(apply_migrations(db, migrations_, settings_.clock->now()));
      if (settings_.prepare_on_migrate) TRY_VOID(require_prepared(db));
      return {};
    }));
    return done;
  }

 protected:
  const Settings& settings() const { return settings_; }
  const StatementBook& book() const { return book_; }

  Outcome read_on(SqliteConnection& db, const Work& work) {
    return run_read(db, [&] {
      SqliteTx tx(db, book_, settings_.slow, Access::read);
      return run_work(tx, work);
    });
  }

  Outcome snapshot_on(SqliteConnection& db, const RawWork& work) {
    return run_read(db, [&] {
      Outcome out;
      out.status = work(db);
      return out;
    });
  }

  Outcome backup_on(SqliteConnection& db, const std::string& path) {
    return run_raw(db, [&](Connection&) -> Status {
      db.backup_to(path);
      return {};
    });
  }

 private:
  Settings settings_;
  StatementBook book_;
  std::vector<Migration> migrations_;
};

class FileStore final : public SqliteStore {
 public:
  FileStore(Settings s, StatementBook b, std::vector<Migration> m)
      : SqliteStore(std::move(s), std::move(b), std::move(m)),
        writer_(settings(), book(), this),
        readers_(settings().path, settings().readers, book()) {}

  Status write(Lane lane, const Work& work) override {
    { OneTransaction alone(this); }
    Unit unit;
    unit.work = &work;
    return writer_.submit(lane, unit);
  }

  Status with_writer(const RawWork& work) override {
    { OneTransaction alone(this); }
    Unit unit;
    unit.raw = &work;
    return writer_.submit(Lane::background, unit);
  }

  Status read(const Work& work) override {
    return reading([&](SqliteConnection& db) { return read_on(db, work); });
  }
  Status with_snapshot(const RawWork& work) override {
    return reading([&](SqliteConnection& db) { return snapshot_on(db, work); });
  }
  Status backup_to(const std::string& path) override {
    return reading([&](SqliteConnection& db) { return backup_on(db, path); });
  }

 private:
  Status reading(const std::function<Outcome(SqliteConnection&)>& work) {
    Outcome out;
    {
      OneTransaction open(this);
      out = readers_.use(work);
    }
    return out.settle();
  }

  Writer writer_;
  Readers readers_;
};

class InlineStore final : public SqliteStore {
 public:
  InlineStore(Settings s, StatementBook b, std::vector<Migration> m)
      : SqliteStore(std::move(s), std::move(b), std::move(m)), db_(settings().path, Access::write, book()) {}

  Status write(Lane, const Work& work) override {
    return alone([&] { return write_one(work); });
  }
  Status with_writer(const RawWork& work) override {
    return alone([&] { return run_raw(db_, work); });
  }
  Status read(const Work& work) override {
    return alone([&] { return read_on(db_, work); });
  }
  Status with_snapshot(const RawWork& work) override {
    return alone([&] { return snapshot_on(db_, work); });
  }
  Status backup_to(const std::string& path) override {
    return alone([&] { return backup_on(db_, path); });
  }

 private:
  Status alone(const std::function<Outcome()>& work) {
    Outcome out;
    {
      OneTransaction open(this);
      std::lock_guard lock(mutex_);
      out = work();
    }
    return out.settle();
  }

  Outcome write_one(const Work& work) {
    Outcome out;
    try {
      db_.control(Control::begin_immediate);
      SqliteTx tx(db_, book(), settings().slow, Access::write);
      out = run_work(tx, work);
      require_references(db_, out);
      if (out.committable()) commit(db_, settings());
    } catch (const StoreError& e) {
      out.refuse(e);
    }
    rollback_quietly(db_);
    return out;
  }

  std::mutex mutex_;
  SqliteConnection db_;
};

}  // namespace

std::unique_ptr<ports::Store> open_sqlite(const StoreOptions& options, StatementBook book,
                                          std::vector<Migration> migrations) {
  static const RealClock real_clock;
  bool threads = options.sqlite_path != ":memory:" && !options.inline_writer;
  Settings settings{.path = options.sqlite_path,
                    .readers = static_cast<size_t>(options.pool),
                    .prepare_on_migrate = options.prepare_on_migrate,
                    .slow = options.slow,
                    .clock = options.clock ? options.clock : &real_clock,
                    .commit_fault = options.commit_fault};
  if (threads) return std::make_unique<FileStore>(std::move(settings), std::move(book), std::move(migrations));
  return std::make_unique<InlineStore>(std::move(settings), std::move(book), std::move(migrations));
}

}  // namespace onward::store
