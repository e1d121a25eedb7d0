#include "store/postgres_store.h"

#include <thread>

#include "store/migrate.h"
#include "store/postgres_pool.h"

namespace onward::store {
namespace {

using ports::Lane;
using ports::StoreError;
using Mode = PostgresConnection::Mode;

constexpr int kAttempts = 5;
constexpr Millis kFirstPause{2};

// Doubles from attempt to attempt; the low bits of a running clock keep two losers of a race apart.
void pause_before(int attempt) {
  auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  std::this_thread::sleep_for(kFirstPause * (1 << attempt) + std::chrono::microseconds(ticks % 4000));
}

class PostgresStore final : public ports::Store, public RawAccess {
 public:
  PostgresStore(const StoreOptions& options, StatementBook book, std::vector<Migration> migrations)
      : book_(std::move(book)),
        migrations_(std::move(migrations)),
        slow_(options.slow),
        prepare_on_migrate_(options.prepare_on_migrate),
        clock_(options.clock ? *options.clock : real_clock_),
        commit_fault_(options.commit_fault),
        pool_(options.postgres_url, static_cast<size_t>(options.pool), book_) {
    PostgresPool::Lease reachable(pool_, Lane::interactive);
  }

  ports::Engine engine() const override { return ports::Engine::postgres; }

  Status write(Lane lane, const Work& work) override {
    Outcome out;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (attempt > 0) pause_before(attempt - 1);
      out = transaction(lane, Mode::write, [&](PostgresConnection& db) { return write_on(db, work); });
      if (!out.busy || out.thrown) break;
    }
    return out.settle();
  }

  Status read(const Work& work) override {
    return transaction(Lane::interactive, Mode::read,
                       [&](PostgresConnection& db) {
                         PostgresTx tx(db, book_, slow_);
                         return run_work(tx, work);
                       })
        .settle();
  }

  Status with_snapshot(const RawWork& work) override {
    return transaction(Lane::interactive, Mode::read, [&](PostgresConnection& db) { return raw_on(db, work); })
        .settle();
  }

  Status with_writer(const RawWork& work) override {
    Outcome out;
    try {
      OneTransaction open(this);
      PostgresPool::Lease lease(pool_, Lane::background);
      // Finds out whether the connection still lives, and replaces it when not.
      PostgresConnection& db = lease.begin(Mode::write);
      db.rollback();
      out = raw_on(db, work);
      db.rollback();
    } catch (const StoreError& e) {
      out.refuse(e);
    }
    return out.settle();
  }

  Result<std::vector<std::string>> migrate() override {
    std::vector<std::string> done;
    TRY_VOID(with_writer([&](Connection& db) -> Status {
      done = TRY(apply_migrations(db, migrations_, clock_.now()));
      if (prepare_on_migrate_) TRY_VOID(require_prepared(db));
      return {};
    }));
    return done;
  }

  Status backup_to(const std::string&) override {
    return fail(Code::unavailable, "A database on PostgreSQL is backed up with pg_dump.");
  }

 private:
  Outcome transaction(Lane lane, Mode mode, const std::function<Outcome(PostgresConnection&)>& work) {
    Outcome out;
    try {
      OneTransaction open(this);
      PostgresPool::Lease lease(pool_, lane);
      PostgresConnection& db = lease.begin(mode);
      out = work(db);
      db.rollback();
    } catch (const StoreError& e) {
      out.refuse(e);
    }
    return out;
  }

  Outcome write_on(PostgresConnection& db, const Work& work) {
    PostgresTx tx(db, book_, slow_);
    Outcome out = run_work(tx, work);
    if (!out.committable()) return out;
    CommitFault fault = commit_fault_ ? commit_fault_() : CommitFault::none;
    try {
      if (fault != CommitFault::lost_before) db.commit();
      if (fault != CommitFault::none) throw StoreError(StoreError::Kind::unknown, "", "commit fault");
    } catch (const StoreError& e) {
      out.refuse(e);
    }
    return out;
  }

  Outcome raw_on(PostgresConnection& db, const RawWork& work) {
    Outcome out;
    try {
      out.status = work(db);
    } catch (const StoreError& e) {
      out.refuse(e);
    } catch (...) {
      out.thrown = std::current_exception();
    }
    return out;
  }

  RealClock real_clock_;
  StatementBook book_;
  std::vector<Migration> migrations_;
  Millis slow_;
  bool prepare_on_migrate_;
  const Clock& clock_;
  std::function<CommitFault()> commit_fault_;
  PostgresPool pool_;
};

}  // namespace

std::unique_ptr<ports::Store> open_postgres(const StoreOptions& options, StatementBook book,
                                            std::vector<Migration> migrations) {
  return std::make_unique<PostgresStore>(options, std::move(book), std::move(migrations));
}

}  // namespace onward::store
