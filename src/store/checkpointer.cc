#include "store/checkpointer.h"

namespace onward::store {

using Mode = SqliteConnection::Checkpoint;

Checkpointer::Checkpointer(const std::string& path, const StatementBook& book)
    : db_(path, SqliteConnection::Access::read, book), thread_([this](std::stop_token stop) { loop(stop); }) {}

Checkpointer::~Checkpointer() {
  thread_.request_stop();
  changed_.notify_all();
}

void Checkpointer::log_grew(SqliteConnection& writer, int pages) {
  if (pages < kLogWorthCopying) return;
  if (pages >= kLongestLog) writer.checkpoint(Mode::restart);
  {
    std::scoped_lock lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_all();
}

void Checkpointer::loop(std::stop_token stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return wanted_; })) return;
      wanted_ = false;
    }
    db_.checkpoint(Mode::passive);
  }
}

}  // namespace onward::store
