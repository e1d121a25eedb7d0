// Connections to PostgreSQL, opened when needed and dropped when they are no longer usable, so that a restart of the
// server heals by itself. Each lane leaves one connection to the other, so that neither can starve it.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/postgres_connection.h"

namespace onward::store {

class PostgresPool {
 public:
  PostgresPool(std::string url, size_t limit, const StatementBook& book)
      : url_(std::move(url)), limit_(limit), book_(book) {}

  class Lease {
   public:
    Lease(PostgresPool& pool, ports::Lane lane) : pool_(pool), lane_(lane), connection_(pool.take(lane)) {}
    ~Lease() { pool_.give_back(lane_, std::move(connection_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    PostgresConnection& operator*() { return *connection_; }
    // Begins a transaction; a connection that turns out to be dead is replaced once. Throws StoreError.
    PostgresConnection& begin(PostgresConnection::Mode);

   private:
    PostgresPool& pool_;
    ports::Lane lane_;
    std::unique_ptr<PostgresConnection> connection_;
  };

 private:
  std::unique_ptr<PostgresConnection> take(ports::Lane);
  void give_back(ports::Lane, std::unique_ptr<PostgresConnection>);
  std::unique_ptr<PostgresConnection> connect() const { return std::make_unique<PostgresConnection>(url_, book_); }
  size_t& used(ports::Lane lane) { return used_[static_cast<size_t>(lane)]; }
  bool may_take(ports::Lane);

  std::string url_;
  size_t limit_;
  const StatementBook& book_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  size_t used_[2] = {0, 0};
};

}  // namespace onward::store
