#include <charconv>

#include "api/route.h"
#include "base/id.h"

namespace onward::api {
namespace {

constexpr int kDefaultLimit = 50;
constexpr int kMaxLimit = 200;
constexpr std::string_view kCursor = "cur";  // cursors look like ids so that nobody is tempted to compute with them

}  // namespace

std::vector<Field> paged(std::vector<Field> filters) {
  filters.push_back({"limit", shape::integer(1, kMaxLimit), shape::optional, "How many at most; 50 when left out."});
  filters.push_back({"after", shape::line(1, 40), shape::optional, "The `next` of the page before."});
  return filters;
}

Result<Page> page_of(const Call& call) {
  Page page{.limit = kDefaultLimit};
  if (std::string limit = call.query("limit"); !limit.empty()) {
    auto [end, ec] = std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
    if (ec != std::errc() || end != limit.data() + limit.size() || page.limit < 1 || page.limit > kMaxLimit)
      return fail_field("?limit", "format", "?limit must be a number from 1 to 200");
  }
  if (std::string after = call.query("after"); !after.empty()) {
    auto key = parse_id(kCursor, after);
    if (!key) return fail_field("?after", "format", "?after must be the `next` of an earlier page");
    page.after = *key;
  }
  return page;
}

Json page_json(json::array rows, const Page& page, const std::function<int64_t(const Json&)>& key_of) {
  Json next = nullptr;
  if (rows.size() > static_cast<size_t>(page.limit)) {
    rows.resize(static_cast<size_t>(page.limit));
    next = format_id(kCursor, key_of(rows.back()));
  }
  return {{"data", std::move(rows)}, {"next", std::move(next)}};
}

}  // namespace onward::api
