// Counters of the API in Prometheus' text format (0.0.4). Labels are methods, route patterns and statuses, never paths.
#pragma once
#include <array>
#include <map>
#include <mutex>
#include <string>

namespace onward::api {

class HttpMetrics {
 public:
  void count(const std::string& method, const std::string& route, int status, double seconds);
  std::string text() const;

 private:
  static constexpr std::array<double, 11> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
  struct Series {
    std::map<int, uint64_t> statuses;
    std::array<uint64_t, kBounds.size() + 1> buckets{};  // the last one: longer than every bound
    double seconds = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Series> series_;  // (route, method)
};

}  // namespace onward::api
