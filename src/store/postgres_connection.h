// One PostgreSQL connection with its prepared statements. Used by one thread at a time.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "store/connection.h"
#include "store/statements.h"
#include "store/tx.h"

struct pg_conn;
struct pg_result;

namespace onward::store {

class PostgresConnection final : public Connection {
 public:
  enum class Mode { write, read };

  // Throws StoreError (unavailable) when the server cannot be reached.
  PostgresConnection(const std::string& url, const StatementBook&);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  ports::Engine engine() const override { return ports::Engine::postgres; }
  void script(const std::string& sql) override;
  ports::Rows query(const std::string& sql, const ports::Params& values) override;
  void repeat(const std::string& sql, std::span<const ports::Params> rows) override;
  void stream(const std::string& sql, size_t rows, const std::function<void(const ports::Rows&)>& piece) override;
  std::vector<std::string> prepare_all() override;

  ports::Rows run(const Statement&, const ports::Params&);
  std::vector<ports::Rows> run_all(std::span<const Query>);  // one round trip
  int64_t run_pipelined(const Statement&, std::span<const ports::Params>);
  int64_t run_set_wise(const Statement&, std::span<const ports::Params>);
  void begin(Mode);
  void commit();        // throws unknown when the connection broke before the answer came
  void rollback();      // never throws; a connection that cannot roll back is no longer usable
  bool usable() const;  // connected, and in no transaction

 private:
  struct Clear {
    void operator()(pg_result*) const;
  };
  using Answer = std::unique_ptr<pg_result, Clear>;
  using Taken = std::function<void(pg_result*)>;

  std::string prepared(const Statement&);
  std::string prepared_set_wise(const Statement&);
  Answer require(pg_result*);
  [[noreturn]] void raise(const pg_result*);
  int64_t pipeline(const std::string& name, std::span<const ports::Params> rows);
  void send(const std::string& name, const ports::Params& values);
  void drain(Answer& first_error, const Taken&);

  const StatementBook& book_;
  pg_conn* db_ = nullptr;
  std::vector<char> prepared_, prepared_sets_;
  Mode mode_ = Mode::write;
  bool spoiled_ = false;  // to be closed, not used again
};

// Named statements inside the transaction that is open on a connection.
class PostgresTx final : public EngineTx {
 public:
  PostgresTx(PostgresConnection& connection, const StatementBook& book, Millis slow)
      : EngineTx(book, slow), connection_(connection) {}

 private:
  ports::Rows execute(const Statement&, const ports::Params&) override;
  int64_t execute_many(const Statement&, std::span<const ports::Params>) override;
  std::vector<ports::Rows> execute_all(std::span<const Query>) override;

  PostgresConnection& connection_;
};

}  // namespace onward::store
