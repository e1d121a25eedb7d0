// Copies what the write-ahead log of SQLite holds into the database, on a thread and a connection of its own, so that
// no writer waits for it. A log that outgrows it all the same is emptied by the writer itself (kLongestLog).
// Source: sqlite.org/c3ref/wal_checkpoint_v2.html, modes PASSIVE and RESTART.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/sqlite_connection.h"

namespace onward::store {

inline constexpr int kLogWorthCopying = 1000;  // pages of 4 KiB
inline constexpr int kLongestLog = 32'000;

class Checkpointer {
 public:
  Checkpointer(const std::string& path, const StatementBook&);
  ~Checkpointer();

  // After a commit on the writing connection, which is `writer`: the log has so many pages now.
  void log_grew(SqliteConnection& writer, int pages);

 private:
  void loop(std::stop_token);

  SqliteConnection db_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool wanted_ = false;
  std::jthread thread_;
};

}  // namespace onward::store
