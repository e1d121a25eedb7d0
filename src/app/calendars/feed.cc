#include "app/calendars/feed.h"

#include "app/calendars/calendars.h"
#include "app/calendars/events.h"
#include "app/settings.h"
#include "base/crypto.h"

namespace onward::app::calendars {
namespace {

constexpr size_t kTokenLength = 40;  // hexadecimal digits: 160 bits
constexpr int64_t kMost = ical::kMaxEvents;
constexpr Millis kLongest = std::chrono::days{31};  // of what an appointment occupies
constexpr Millis kRefresh = 15min;

std::string feed_token(const Services& services, AdvisorId advisor, int64_t number) {
  std::string what = "calendar feed " + advisor.text() + " " + std::to_string(number);
  return hmac_sha256_hex(services.secret, what).substr(0, kTokenLength);
}

Json view(AdvisorId advisor, const std::string& url, Instant renewed_at) {
  return json::object{
      {"advisor_id", advisor.text()}, {"url", text_json(url)}, {"renewed_at", format_rfc3339(renewed_at)}};
}

}  // namespace

Result<Json> open_feed(Step& step, AdvisorId advisor) {
  TRY_VOID(require_calendars_of(step, advisor));
  Rows row = step.run("calendar_feed_get", {advisor.value});
  int64_t number = row.empty() ? 1 : row.integer(0, 0) + 1;
  std::string token = feed_token(step.services, advisor, number);
  step.run("calendar_feed_put", {advisor.value, number, sha256_hex(token), to_ms(step.now)});
  step.fact("calendar_feed.opened", {}, advisor.value);
  return view(advisor, step.services.base_url + "/calendars/" + token + ".ics", step.now);
}

Result<Json> close_feed(Step& step, AdvisorId advisor) {
  TRY_VOID(require_calendars_of(step, advisor));
  Rows row = step.run("calendar_feed_get", {advisor.value});
  if (row.empty() || row.is_null(0, 1)) return not_found("calendar feed");
  step.run("calendar_feed_put", {advisor.value, row.integer(0, 0), ports::null_value(), to_ms(step.now)});
  step.fact("calendar_feed.closed", {}, advisor.value);
  return view(advisor, {}, step.now);
}

Result<std::string> read_feed(Step& step, const std::string& token) {
  if (token.size() != kTokenLength) return not_found("calendar");
  Rows feed = step.run("calendar_feed_by_token", {sha256_hex(token)});
  if (feed.empty()) return not_found("calendar");
  AdvisorId advisor{feed.integer(0, 0)};
  // A token is one that this installation made, not only one whose hash came into the table.
  if (!equal_constant_time(token, feed_token(step.services, advisor, feed.integer(0, 1)))) return not_found("calendar");
  Rows rows = step.run("calendar_appointments_of", {advisor.value, to_ms(step.now - kFeedBack - kLongest),
                                                    to_ms(step.now - kFeedBack), to_ms(step.now + kFeedAhead), kMost});
  std::string language = get_string(setting(step, "organization"), "language");
  ical::Calendar calendar{.name = feed.text(0, 2), .refresh_every = kRefresh};
  for (size_t r = 0; r < rows.size(); ++r)
    calendar.events.push_back(event_of(step.services, read_shown(rows, r), language));
  return ical::write_calendar(calendar);
}

}  // namespace onward::app::calendars
