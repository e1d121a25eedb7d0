// A fixed number of threads running jobs in the order they came, with a bound on how many may wait. Internal to http.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace onward::http {

class WorkerPool {
 public:
  using Job = std::function<void()>;  // must not throw

  WorkerPool(int threads, size_t queue_limit);
  ~WorkerPool();  // stops

  // False when no worker is free and `queue_limit` jobs wait already, or after stop(): the job is then not run.
  bool submit(Job job);
  void stop();  // runs what waits, joins

 private:
  void run();

  const size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace onward::http
