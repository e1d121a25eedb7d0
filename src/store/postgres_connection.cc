#include "store/postgres_connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>

#include "store/set_wise.h"

namespace onward::store {
namespace {

using ports::Params;
using ports::Rows;
using ports::StoreError;
using ports::Value;
using Kind = StoreError::Kind;

constexpr size_t kPipelineRows = 256;  // between two synchronisation points
constexpr size_t kManyRows = 2000;     // in one set-wise statement
constexpr size_t kFewRows = 4;         // below this a pipeline is as good

// Types of columns by their fixed object ids (pg_type.dat).
constexpr Oid kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kFloat4 = 700, kFloat8 = 701, kNumeric = 1700;

Kind kind_of(std::string_view state, PostgresConnection::Mode mode) {
  if (state == "23505") return Kind::unique;
  if (state.starts_with("23") || state == "P0001" || state == "22021" || state == "22P05") return Kind::constraint;
  if (state == "40001" || state == "40P01" || state == "55P03") return Kind::busy;
  if (state.starts_with("08") || state.starts_with("53") || state.starts_with("57") || state.starts_with("58")) {
    return Kind::unavailable;
  }
  // A write meets a read-only server after a fail-over; in a read it is the caller's mistake.
  if (state == "25006" && mode == PostgresConnection::Mode::write) return Kind::unavailable;
  return Kind::bug;
}

std::string field(const PGresult* result, int code) {
  const char* text = result ? PQresultErrorField(result, code) : nullptr;
  return text ? text : "";
}

std::string constraint_of(const PGresult* result) {
  std::string name = field(result, PG_DIAG_CONSTRAINT_NAME);
  std::string column = field(result, PG_DIAG_COLUMN_NAME);
  if (!name.empty() || column.empty()) return name;
  return fmt::format("{}.{}", field(result, PG_DIAG_TABLE_NAME), column);
}

template <class T>
T number(std::string_view text) {
  T out{};
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

Value cell(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return Value{};
  std::string_view text(PQgetvalue(result, row, column), static_cast<size_t>(PQgetlength(result, row, column)));
  switch (PQftype(result, column)) {
    case kBool: return Value{static_cast<int64_t>(text == "t")};
    case kInt2:
    case kInt4:
    case kInt8: return Value{number<int64_t>(text)};
    case kFloat4:
    case kFloat8:
    case kNumeric: return Value{number<double>(text)};
    default: return Value{std::string(text)};
  }
}

int64_t changed_by(PGresult* result) {
  std::string_view tag = PQcmdStatus(result);
  bool counts = tag.starts_with("INSERT") || tag.starts_with("UPDATE") || tag.starts_with("DELETE");
  return counts ? number<int64_t>(PQcmdTuples(result)) : 0;
}

Rows rows_of(PGresult* result) {
  int rows = PQntuples(result), columns = PQnfields(result);
  std::vector<Value> cells;
  cells.reserve(static_cast<size_t>(rows) * static_cast<size_t>(columns));
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) cells.push_back(cell(result, r, c));
  }
  return Rows(static_cast<size_t>(columns), std::move(cells), changed_by(result));
}

// Values in libpq's text form; the server infers the types.
class TextValues {
 public:
  explicit TextValues(const Params& values) {
    numbers_.reserve(values.size());  // so that the pointers stay
    for (const Value& value : values) pointers_.push_back(pointer(value));
  }
  int size() const { return static_cast<int>(pointers_.size()); }
  const char* const* data() const { return pointers_.data(); }

 private:
  const char* pointer(const Value& value) {
    if (auto* text = std::get_if<std::string>(&value)) return text->c_str();
    if (auto* integer = std::get_if<int64_t>(&value)) return numbers_.emplace_back(fmt::format("{}", *integer)).c_str();
    if (auto* real = std::get_if<double>(&value)) return numbers_.emplace_back(fmt::format("{}", *real)).c_str();
    return nullptr;
  }

  std::vector<std::string> numbers_;
  std::vector<const char*> pointers_;
};

}  // namespace

void PostgresConnection::Clear::operator()(pg_result* result) const { PQclear(result); }

PostgresConnection::PostgresConnection(const std::string& url, const StatementBook& book)
    : book_(book), prepared_(book.all().size(), 0), prepared_sets_(book.all().size(), 0) {
  // What the url sets wins over the names before it, not over those after it.
  const std::array<const char*, 8> names = {"connect_timeout",
                                            "keepalives_idle",
                                            "tcp_user_timeout",
                                            "dbname",
                                            "client_encoding",
                                            "fallback_application_name",
                                            nullptr};
  const std::array<const char*, 8> values = {"5", "30", "30000", url.c_str(), "UTF8", "onward", nullptr};
  db_ = PQconnectdbParams(names.data(), values.data(), 1);
  if (PQstatus(db_) != CONNECTION_OK) {
    std::string why = db_ ? PQerrorMessage(db_) : "no memory";
    PQfinish(db_);
    throw StoreError(Kind::unavailable, "", fmt::format("connect: {}", why));
  }
  PQsetNoticeProcessor(
      db_, [](void*, const char*) {}, nullptr);
  try {
    // A transaction that lost its program must not hold its locks for ever, and nobody waits for a lock for ever.
    script("SET TimeZone = 'UTC'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '120s'");
  } catch (...) {
    PQfinish(db_);
    throw;
  }
}

PostgresConnection::~PostgresConnection() { PQfinish(db_); }

bool PostgresConnection::usable() const {
  return !spoiled_ && PQstatus(db_) == CONNECTION_OK && PQtransactionStatus(db_) == PQTRANS_IDLE;
}

// Messages of the server may quote values, so only those about the text of a statement are kept.
void PostgresConnection::raise(const pg_result* result) {
  std::string state = field(result, PG_DIAG_SQLSTATE);
  std::string primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state.empty() || PQstatus(db_) == CONNECTION_BAD) {
    spoiled_ = true;
    throw StoreError(Kind::unavailable, "", fmt::format("postgres {}: connection lost", state));
  }
  if (state == "0A000" && primary.starts_with("cached plan")) {
    // Another node migrated the tables below a prepared statement; a new connection prepares it anew.
    spoiled_ = true;
    throw StoreError(Kind::busy, "", "postgres 0A000: the schema changed");
  }
  Kind kind = kind_of(state, mode_);
  if (kind == Kind::unavailable) spoiled_ = true;
  bool about_text = state.starts_with("42") || state.starts_with("25") || state.starts_with("26");
  std::string constraint = constraint_of(result);
  throw StoreError(kind, constraint, fmt::format("postgres {}: {}", state, about_text ? primary : constraint));
}

PostgresConnection::Answer PostgresConnection::require(pg_result* result) {
  Answer answer(result);
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) raise(result);
  return answer;
}

void PostgresConnection::script(const std::string& sql) { require(PQexec(db_, sql.c_str())); }

Rows PostgresConnection::query(const std::string& sql, const Params& values) {
  TextValues text(values);
  Answer answer = require(PQexecParams(db_, sql.c_str(), text.size(), nullptr, text.data(), nullptr, nullptr, 0));
  return rows_of(answer.get());
}

void PostgresConnection::repeat(const std::string& sql, std::span<const Params> rows) {
  require(PQprepare(db_, "repeat", sql.c_str(), 0, nullptr));
  pipeline("repeat", rows);
  script("DEALLOCATE repeat");
}

void PostgresConnection::stream(const std::string& sql, size_t rows, const std::function<void(const Rows&)>& piece) {
  script("DECLARE piecewise NO SCROLL CURSOR FOR " + sql);
  while (true) {
    Rows next = query(fmt::format("FETCH FORWARD {} FROM piecewise", rows), {});
    if (!next.empty()) piece(next);
    if (next.size() < rows) break;
  }
  script("CLOSE piecewise");
}

// Names are cut at 63 bytes by the server; places are short.
std::string PostgresConnection::prepared(const Statement& s) {
  std::string name = fmt::format("s{}", s.index);
  if (!prepared_[s.index]) {
    require(PQprepare(db_, name.c_str(), s.sql.c_str(), 0, nullptr));
    prepared_[s.index] = 1;
  }
  return name;
}

std::vector<std::string> PostgresConnection::prepare_all() {
  std::vector<std::string> wrong;
  for (const Statement& s : book_.all()) {
    try {
      prepared(s);
    } catch (const StoreError& e) {
      if (e.kind != Kind::bug) throw;
      wrong.push_back(fmt::format("{}: {}", s.name, e.what()));
    }
  }
  return wrong;
}

Rows PostgresConnection::run(const Statement& s, const Params& values) {
  std::string name = prepared(s);
  TextValues text(values);
  Answer answer = require(PQexecPrepared(db_, name.c_str(), text.size(), text.data(), nullptr, nullptr, 0));
  return rows_of(answer.get());
}

int64_t PostgresConnection::run_pipelined(const Statement& s, std::span<const Params> rows) {
  return pipeline(prepared(s), rows);
}

// The set-wise form needs the types that the server found for the parameters of the plain one.
std::string PostgresConnection::prepared_set_wise(const Statement& s) {
  std::string plain = prepared(s), name = fmt::format("m{}", s.index);
  if (prepared_sets_[s.index]) return name;
  Answer described = require(PQdescribePrepared(db_, plain.c_str()));
  std::vector<std::string> types;
  for (int i = 0; i < PQnparams(described.get()); ++i) {
    Oid type = PQparamtype(described.get(), i);
    types.push_back(type == kInt8 || type == kInt4 || type == kInt2 ? "bigint"
                    : type == kFloat8 || type == kNumeric           ? "double precision"
                                                                    : "text");
  }
  auto sql = set_wise(s.sql, types);
  if (!sql) throw StoreError(Kind::bug, "", fmt::format("{}: {}", s.name, sql.error().message));
  require(PQprepare(db_, name.c_str(), sql->c_str(), 0, nullptr));
  prepared_sets_[s.index] = 1;
  return name;
}

int64_t PostgresConnection::run_set_wise(const Statement& s, std::span<const Params> rows) {
  std::string name = prepared_set_wise(s);
  std::vector<std::string> arrays = array_literals(rows);
  std::vector<const char*> pointers;
  pointers.reserve(arrays.size());
  for (const std::string& array : arrays) pointers.push_back(array.c_str());
  Answer answer = require(
      PQexecPrepared(db_, name.c_str(), static_cast<int>(pointers.size()), pointers.data(), nullptr, nullptr, 0));
  return changed_by(answer.get());
}

std::vector<Rows> PostgresConnection::run_all(std::span<const Query> queries) {
  std::vector<std::string> names;
  names.reserve(queries.size());
  for (const Query& q : queries) names.push_back(prepared(q.statement));  // before the pipeline begins
  if (!PQenterPipelineMode(db_)) raise(nullptr);
  for (size_t i = 0; i < queries.size(); ++i) send(names[i], queries[i].values);
  if (!PQpipelineSync(db_)) raise(nullptr);
  std::vector<Rows> out;
  out.reserve(queries.size());
  Answer error;
  drain(error, [&](pg_result* answer) { out.push_back(rows_of(answer)); });
  if (!PQexitPipelineMode(db_)) raise(nullptr);
  if (error) raise(error.get());
  return out;
}

int64_t PostgresConnection::pipeline(const std::string& name, std::span<const Params> rows) {
  if (!PQenterPipelineMode(db_)) raise(nullptr);
  int64_t changed = 0;
  Answer error;
  while (!rows.empty() && !error) {
    auto chunk = rows.first(std::min(rows.size(), kPipelineRows));
    rows = rows.subspan(chunk.size());
    for (const Params& row : chunk) send(name, row);
    if (!PQpipelineSync(db_)) raise(nullptr);
    drain(error, [&](pg_result* answer) { changed += changed_by(answer); });
  }
  if (!PQexitPipelineMode(db_)) raise(nullptr);
  if (error) raise(error.get());
  return changed;
}

void PostgresConnection::send(const std::string& name, const Params& values) {
  TextValues text(values);
  if (!PQsendQueryPrepared(db_, name.c_str(), text.size(), text.data(), nullptr, nullptr, 0)) raise(nullptr);
}

// Reads up to the synchronisation point: each statement's answers end with a null, those after an error are aborted.
void PostgresConnection::drain(Answer& first_error, const Taken& taken) {
  while (true) {
    Answer answer(PQgetResult(db_));
    if (!answer) {
      if (PQstatus(db_) == CONNECTION_BAD) raise(nullptr);
      continue;
    }
    switch (PQresultStatus(answer.get())) {
      case PGRES_PIPELINE_SYNC: return;
      case PGRES_PIPELINE_ABORTED: break;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK: taken(answer.get()); break;
      default:
        if (PQstatus(db_) == CONNECTION_BAD) raise(answer.get());
        if (!first_error) first_error = std::move(answer);
    }
  }
}

void PostgresConnection::begin(Mode mode) {
  mode_ = mode;
  script(mode == Mode::write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                             : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

void PostgresConnection::commit() {
  Answer answer(PQexec(db_, "COMMIT"));
  if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) {
    // The server answers ROLLBACK when the transaction had failed before.
    if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return;
    throw StoreError(Kind::bug, "", "COMMIT of a failed transaction");
  }
  try {
    raise(answer.get());
  } catch (const StoreError& e) {
    // Refusals of the server (a deferred constraint, a serialization failure) are certain; silence is not.
    if (e.kind == Kind::unavailable) throw StoreError(Kind::unknown, "", e.what());
    throw;
  }
}

void PostgresConnection::rollback() {
  if (PQtransactionStatus(db_) == PQTRANS_IDLE) return;
  Answer answer(PQexec(db_, "ROLLBACK"));
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) spoiled_ = true;
}

Rows PostgresTx::execute(const Statement& s, const Params& values) { return connection_.run(s, values); }

int64_t PostgresTx::execute_many(const Statement& s, std::span<const Params> rows) {
  if (!s.set_wise || rows.size() < kFewRows) return connection_.run_pipelined(s, rows);
  int64_t changed = 0;
  while (!rows.empty()) {
    auto chunk = rows.first(std::min(rows.size(), kManyRows));
    rows = rows.subspan(chunk.size());
    changed += connection_.run_set_wise(s, chunk);
  }
  return changed;
}

std::vector<Rows> PostgresTx::execute_all(std::span<const Query> queries) { return connection_.run_all(queries); }

}  // namespace onward::store
