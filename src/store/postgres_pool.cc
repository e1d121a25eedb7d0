#include "store/postgres_pool.h"

namespace onward::store {

using ports::Lane;
using ports::StoreError;

bool PostgresPool::may_take(Lane lane) {
  size_t own_limit = limit_ > 1 ? limit_ - 1 : 1;
  return used(lane) < own_limit && used_[0] + used_[1] < limit_;
}

std::unique_ptr<PostgresConnection> PostgresPool::take(Lane lane) {
  std::unique_ptr<PostgresConnection> connection;
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return may_take(lane); });
    ++used(lane);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection) return connection;
  try {
    return connect();
  } catch (...) {
    give_back(lane, nullptr);
    throw;
  }
}

void PostgresPool::give_back(Lane lane, std::unique_ptr<PostgresConnection> connection) {
  bool keep = connection && connection->usable();
  {
    std::lock_guard lock(mutex_);
    --used(lane);
    if (keep) idle_.push_back(std::move(connection));
  }
  freed_.notify_all();
}

PostgresConnection& PostgresPool::Lease::begin(PostgresConnection::Mode mode) {
  try {
    connection_->begin(mode);
  } catch (const StoreError& e) {
    if (e.kind != StoreError::Kind::unavailable) throw;
    connection_.reset();
    connection_ = pool_.connect();
    connection_->begin(mode);
  }
  return *connection_;
}

}  // namespace onward::store
