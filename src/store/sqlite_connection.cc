#include "store/sqlite_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>

#include "base/check.h"
#include "base/log.h"

namespace onward::store {
namespace {

using ports::Params;
using ports::Rows;
using ports::StoreError;
using ports::Value;

constexpr int kBusyTimeoutMs = 5000;  // another process may hold the file for a moment: a backup, a command
constexpr std::array<const char*, SqliteConnection::kControls> kControlTexts = {
    "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT unit", "RELEASE unit", "ROLLBACK TO unit"};

StoreError::Kind kind_of(int extended) {
  using Kind = StoreError::Kind;
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return Kind::unique;
    case SQLITE_CONSTRAINT_DATATYPE: return Kind::bug;
    default: break;
  }
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT: return Kind::constraint;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Kind::busy;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_AUTH:
    case SQLITE_PERM: return Kind::unavailable;
    default: return Kind::bug;
  }
}

// "UNIQUE constraint failed: contact.email" -> "contact.email"
std::string constraint_in(std::string_view message) {
  constexpr std::string_view kMark = "constraint failed: ";
  size_t at = message.find(kMark);
  return at == std::string_view::npos ? std::string() : std::string(message.substr(at + kMark.size()));
}

struct Bind {
  sqlite3_stmt* statement;
  int place;
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, place); }
  int operator()(int64_t v) const { return sqlite3_bind_int64(statement, place, v); }
  int operator()(double v) const { return sqlite3_bind_double(statement, place, v); }
  int operator()(const std::string& v) const {
    return sqlite3_bind_text64(statement, place, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
};

Value cell(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL: return Value{};
    case SQLITE_INTEGER: return Value{static_cast<int64_t>(sqlite3_column_int64(statement, column))};
    case SQLITE_FLOAT: return Value{sqlite3_column_double(statement, column)};
    default: break;
  }
  auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  return Value{bytes ? std::string(bytes, size) : std::string()};
}

// Personal data: the file is its owner's alone; SQLite gives its side files the same mode.
void create_private(const std::string& path) {
  int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

}  // namespace

// Resets a statement however its use ends, so that it holds no lock and no pointer into the caller's values.
class SqliteConnection::Use {
 public:
  Use(sqlite3_stmt* statement, const Params& values) : statement_(statement) {
    check(sqlite3_bind_parameter_count(statement) == static_cast<int>(values.size()), "a wrong number of values");
    for (size_t i = 0; i < values.size(); ++i) std::visit(Bind{statement, static_cast<int>(i) + 1}, values[i]);
  }
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  sqlite3_stmt* statement_;
};

void SqliteConnection::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteConnection::SqliteConnection(const std::string& path, Access access, const StatementBook& book)
    : book_(book), prepared_(book.all().size()) {
  bool memory = path == ":memory:";
  if (!memory && access == Access::write) create_private(path);
  // Readers are opened for writing too: the shared index of the WAL needs it; query_only keeps them from more.
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (memory ? SQLITE_OPEN_CREATE : 0);
  int code = sqlite3_open_v2(path.c_str(), &db_, flags, nullptr);
  try {
    if (code != SQLITE_OK) raise(code);
    configure(access, memory);
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

SqliteConnection::~SqliteConnection() {
  prepared_.clear();
  controls_ = {};
  sqlite3_close_v2(db_);
}

void SqliteConnection::configure(Access access, bool memory) {
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  // "x" is a name and never a text, as on PostgreSQL.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  script("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000");
  if (memory) return;
  if (access == Access::read) {
    script("PRAGMA query_only = ON");
    return;
  }
  Rows mode = query("PRAGMA journal_mode = WAL", {});
  if (mode.empty() || mode.text(0, 0) != "wal") {
    throw StoreError(StoreError::Kind::unavailable, "", "the file system does not allow a write-ahead log");
  }
  // The writer's cache grows only with work.
  script("PRAGMA synchronous = FULL; PRAGMA cache_size = -64000; PRAGMA journal_size_limit = 67108864");
}

void SqliteConnection::raise(int code) const {
  int extended = db_ ? sqlite3_extended_errcode(db_) : code;
  if ((extended & 0xff) != (code & 0xff)) extended = code;
  std::string message = db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
  throw StoreError(kind_of(extended), constraint_in(message), fmt::format("sqlite {}: {}", extended, message));
}

SqliteConnection::Prepared SqliteConnection::prepare(const std::string& sql, bool lasting) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  unsigned flags = lasting ? SQLITE_PREPARE_PERSISTENT : 0;
  int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), flags, &raw, &tail);
  Prepared out(raw);
  if (code != SQLITE_OK) raise(code);
  if (!raw ||
      std::string_view(tail, sql.data() + sql.size() - tail).find_first_not_of(" \t\r\n;") != std::string::npos) {
    throw StoreError(StoreError::Kind::bug, "", "a text must be one statement");
  }
  return out;
}

sqlite3_stmt* SqliteConnection::prepared(const Statement& s) {
  Prepared& place = prepared_[s.index];
  if (!place) place = prepare(s.sql, true);
  return place.get();
}

Rows SqliteConnection::step_all(sqlite3_stmt* statement, const Params& values) {
  Use use(statement, values);
  int columns = sqlite3_column_count(statement);
  std::vector<Value> cells;
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int c = 0; c < columns; ++c) cells.push_back(cell(statement, c));
  }
  if (code != SQLITE_DONE) raise(code);
  int64_t changed = sqlite3_stmt_readonly(statement) ? 0 : sqlite3_changes64(db_);
  return Rows(static_cast<size_t>(columns), std::move(cells), changed);
}

Rows SqliteConnection::run(const Statement& s, const Params& values) { return step_all(prepared(s), values); }

bool SqliteConnection::writes(const Statement& s) { return !sqlite3_stmt_readonly(prepared(s)); }

void SqliteConnection::script(const std::string& sql) {
  int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(code);
}

Rows SqliteConnection::query(const std::string& sql, const Params& values) {
  return step_all(prepare(sql, false).get(), values);
}

void SqliteConnection::repeat(const std::string& sql, std::span<const Params> rows) {
  Prepared statement = prepare(sql, false);
  for (const Params& row : rows) step_all(statement.get(), row);
}

void SqliteConnection::stream(const std::string& sql, size_t rows, const std::function<void(const Rows&)>& piece) {
  Prepared statement = prepare(sql, false);
  auto columns = static_cast<size_t>(sqlite3_column_count(statement.get()));
  std::vector<Value> cells;
  int code;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    for (size_t c = 0; c < columns; ++c) cells.push_back(cell(statement.get(), static_cast<int>(c)));
    if (cells.size() >= rows * columns) piece(Rows(columns, std::exchange(cells, {}), 0));
  }
  if (code != SQLITE_DONE) raise(code);
  if (!cells.empty()) piece(Rows(columns, std::move(cells), 0));
}

std::vector<std::string> SqliteConnection::prepare_all() {
  std::vector<std::string> wrong;
  for (const Statement& s : book_.all()) {
    try {
      prepare(s.sql, false);  // and forgotten: all of them at once take megabytes, few are used
    } catch (const StoreError& e) {
      if (e.kind != StoreError::Kind::bug) throw;
      wrong.push_back(fmt::format("{}: {}", s.name, e.what()));
    }
  }
  return wrong;
}

void SqliteConnection::control(Control which) {
  auto place = static_cast<size_t>(which);
  if (!controls_[place]) controls_[place] = prepare(kControlTexts[place], true);
  step_all(controls_[place].get(), {});
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

bool SqliteConnection::has_dangling_references() const {
  int current = 0, highest = 0;
  sqlite3_db_status(db_, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0);
  return current != 0;
}

void SqliteConnection::backup_to(const std::string& path) {
  // The copy appears under its name when it is whole.
  std::string part = path + ".part";
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  create_private(part);
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(part.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> target(raw, sqlite3_close_v2);
  // One step over all pages: one snapshot, which the writer's WAL grows beside; smaller steps would start again
  // after every write.
  if (code == SQLITE_OK) {
    sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", db_, "main");
    if (backup) sqlite3_backup_step(backup, -1);
    code = backup ? sqlite3_backup_finish(backup) : sqlite3_errcode(target.get());
  }
  target.reset();
  std::error_code renamed;
  if (code == SQLITE_OK) std::filesystem::rename(part, path, renamed);
  if (code == SQLITE_OK && !renamed) return;
  std::filesystem::remove(part, ignored);
  std::string why = renamed ? renamed.message() : sqlite3_errstr(code);
  throw StoreError(StoreError::Kind::unavailable, "", fmt::format("backup: {}", why));
}

void SqliteConnection::on_log(std::function<void(int)> log_grew) {
  log_grew_ = std::move(log_grew);
  sqlite3_wal_hook(
      db_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteConnection*>(self)->log_grew_(pages);
        return SQLITE_OK;
      },
      this);
}

void SqliteConnection::checkpoint(Checkpoint how) noexcept {
  int mode = how == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
  int code = sqlite3_wal_checkpoint_v2(db_, nullptr, mode, nullptr, nullptr);
  // Busy: another one is at it, or a reader still needs the log.
  if (code != SQLITE_OK && code != SQLITE_BUSY) log_warning("store.checkpoint", {{"why", sqlite3_errstr(code)}});
}

void SqliteTx::require_allowed(const Statement& s) {
  if (access_ == Access::read && connection_.writes(s)) {
    throw StoreError(StoreError::Kind::bug, "", "a writing statement in a read");
  }
}

Rows SqliteTx::execute(const Statement& s, const Params& values) {
  require_allowed(s);
  return connection_.run(s, values);
}

std::vector<Rows> SqliteTx::execute_all(std::span<const Query> queries) {
  std::vector<Rows> out;
  out.reserve(queries.size());
  for (const Query& q : queries) out.push_back(execute(q.statement, q.values));
  return out;
}

int64_t SqliteTx::execute_many(const Statement& s, std::span<const Params> rows) {
  require_allowed(s);
  int64_t changed = 0;
  for (const Params& row : rows) changed += connection_.run(s, row).changed();
  return changed;
}

}  // namespace onward::store
