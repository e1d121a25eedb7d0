#include "api/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace onward::api {

void HttpMetrics::count(const std::string& method, const std::string& route, int status, double seconds) {
  size_t bucket = static_cast<size_t>(std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin());
  std::scoped_lock lock(mutex_);
  Series& series = series_[{route, method}];
  ++series.statuses[status];
  ++series.buckets[bucket];
  series.seconds += seconds;
}

std::string HttpMetrics::text() const {
  std::string counts =
      "# HELP onward_http_requests_total API requests answered.\n# TYPE onward_http_requests_total counter\n";
  std::string times =
      "# HELP onward_http_request_seconds Time to answer an API request.\n# TYPE onward_http_request_seconds "
      "histogram\n";
  std::scoped_lock lock(mutex_);
  for (const auto& [name, series] : series_) {
    std::string labels = fmt::format("method=\"{}\",route=\"{}\"", name.second, name.first);
    for (const auto& [status, n] : series.statuses)
      counts += fmt::format("onward_http_requests_total{{{},status=\"{}\"}} {}\n", labels, status, n);
    uint64_t total = 0;
    for (size_t i = 0; i < kBounds.size(); ++i) {
      total += series.buckets[i];
      times += fmt::format("onward_http_request_seconds_bucket{{{},le=\"{}\"}} {}\n", labels, kBounds[i], total);
    }
    total += series.buckets.back();
    times += fmt::format("onward_http_request_seconds_bucket{{{},le=\"+Inf\"}} {}\n", labels, total);
    times += fmt::format("onward_http_request_seconds_sum{{{}}} {}\n", labels, series.seconds);
    times += fmt::format("onward_http_request_seconds_count{{{}}} {}\n", labels, total);
  }
  return counts + times;
}

}  // namespace onward::api
