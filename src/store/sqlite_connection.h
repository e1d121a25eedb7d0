// One SQLite connection with its prepared statements. Used by one thread at a time.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/connection.h"
#include "store/statements.h"
#include "store/tx.h"

struct sqlite3;
struct sqlite3_stmt;

namespace onward::store {

class SqliteConnection final : public Connection {
 public:
  enum class Access { write, read };
  enum class Checkpoint { passive, restart };
  enum class Control { begin, begin_immediate, commit, rollback, savepoint, release, rollback_to };
  static constexpr size_t kControls = 7;

  // Throws StoreError when the file cannot be opened.
  SqliteConnection(const std::string& path, Access, const StatementBook&);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  ports::Engine engine() const override { return ports::Engine::sqlite; }
  void script(const std::string& sql) override;
  ports::Rows query(const std::string& sql, const ports::Params& values) override;
  void repeat(const std::string& sql, std::span<const ports::Params> rows) override;
  void stream(const std::string& sql, size_t rows, const std::function<void(const ports::Rows&)>& piece) override;
  std::vector<std::string> prepare_all() override;

  ports::Rows run(const Statement&, const ports::Params&);
  bool writes(const Statement&);  // would it change the database?
  void control(Control);
  bool in_transaction() const;
  bool has_dangling_references() const;  // of deferred foreign keys in the open transaction
  void backup_to(const std::string& path);
  // Called after each commit with the pages that the write-ahead log holds, instead of the automatic checkpoint.
  void on_log(std::function<void(int pages)>);
  void checkpoint(Checkpoint) noexcept;  // a failure is logged: the log stays and is copied another time

 private:
  struct Finalize {
    void operator()(sqlite3_stmt*) const;
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;
  class Use;

  Prepared prepare(const std::string& sql, bool lasting);
  sqlite3_stmt* prepared(const Statement&);
  ports::Rows step_all(sqlite3_stmt*, const ports::Params&);
  void configure(Access, bool memory);
  [[noreturn]] void raise(int code) const;

  const StatementBook& book_;
  sqlite3* db_ = nullptr;
  std::vector<Prepared> prepared_;
  std::array<Prepared, kControls> controls_;
  std::function<void(int)> log_grew_;
};

// Named statements inside the transaction that is open on a connection.
class SqliteTx final : public EngineTx {
 public:
  using Access = SqliteConnection::Access;
  SqliteTx(SqliteConnection& connection, const StatementBook& book, Millis slow, Access access)
      : EngineTx(book, slow), connection_(connection), access_(access) {}

 private:
  ports::Rows execute(const Statement&, const ports::Params&) override;
  int64_t execute_many(const Statement&, std::span<const ports::Params>) override;
  std::vector<ports::Rows> execute_all(std::span<const Query>) override;
  void require_allowed(const Statement&);

  SqliteConnection& connection_;
  Access access_;
};

}  // namespace onward::store
