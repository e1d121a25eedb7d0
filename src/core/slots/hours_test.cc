#include "core/slots/hours.h"

#include "core/slots/maker_test.h"

namespace onward::slots {
namespace {

// "2026-03-29T00:00:00Z/2026-03-29T02:00:00Z" of the windows that start on `date`.
std::string window_on(std::string_view zone_name, Date date, std::string_view hours) {
  Schedule s;
  Exception e{date, false, clock_time(hours.substr(0, 5)), clock_time(hours.substr(6))};
  s.exceptions.push_back(e);
  Span bounds = around_day(day_of_date(date));
  std::string out;
  for (const OpenOn& w : windows(s, zone(zone_name), {}, {bounds.from - 2 * kDay, bounds.to + 2 * kDay}, Take::real))
    out += (out.empty() ? "" : " ") + format_rfc3339(from_ms(w.span.from)) + "/" + format_rfc3339(from_ms(w.span.to));
  return out;
}

struct WindowCase {
  const char* zone;
  Date date;
  const char* hours;
  const char* expected;
};

// Offsets and changes of the clocks are those of the IANA data; the right side was worked out by hand.
TEST(Windows, follow_the_wall_clock_over_gaps_and_folds) {
  const WindowCase cases[] = {
      // Paris, gap 02:00-03:00 at 01:00Z: the offset before the gap
      {"Europe/Paris", {2026, 3, 29}, "01:00-04:00", "2026-03-29T00:00:00Z/2026-03-29T02:00:00Z"},
      {"Europe/Paris", {2026, 3, 29}, "02:15-02:45", "2026-03-29T01:15:00Z/2026-03-29T01:45:00Z"},
      {"Europe/Paris", {2026, 3, 29}, "02:30-03:15", ""},
      {"Europe/Paris", {2026, 3, 29}, "00:00-24:00", "2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"},
      // fold 02:00-03:00 at 01:00Z: the first occurrence, and the extra hour stays
      {"Europe/Paris", {2026, 10, 25}, "01:00-04:00", "2026-10-24T23:00:00Z/2026-10-25T03:00:00Z"},
      {"Europe/Paris", {2026, 10, 25}, "02:15-02:45", "2026-10-25T00:15:00Z/2026-10-25T00:45:00Z"},
      {"Europe/Paris", {2026, 10, 25}, "02:30-03:30", "2026-10-25T00:30:00Z/2026-10-25T02:30:00Z"},
      {"America/New_York", {2026, 3, 8}, "01:30-02:30", "2026-03-08T06:30:00Z/2026-03-08T07:30:00Z"},
      {"America/New_York", {2026, 11, 1}, "01:30-02:30", "2026-11-01T05:30:00Z/2026-11-01T07:30:00Z"},
      // 30 minutes
      {"Australia/Lord_Howe", {2026, 4, 5}, "01:45-03:00", "2026-04-04T14:45:00Z/2026-04-04T16:30:00Z"},
      {"Australia/Lord_Howe", {2026, 10, 4}, "02:15-03:00", "2026-10-03T15:45:00Z/2026-10-03T16:00:00Z"},
      // at midnight
      {"Africa/Cairo", {2026, 4, 24}, "00:00-02:00", "2026-04-23T22:00:00Z/2026-04-23T23:00:00Z"},
      {"Africa/Cairo", {2026, 4, 23}, "22:00-24:00", "2026-04-23T20:00:00Z/2026-04-23T22:00:00Z"},
      {"Africa/Cairo", {2026, 10, 29}, "22:00-24:00", "2026-10-29T19:00:00Z/2026-10-29T22:00:00Z"},
      {"Africa/Cairo", {2026, 10, 29}, "23:00-23:30", "2026-10-29T20:00:00Z/2026-10-29T20:30:00Z"},
      {"America/Havana", {2024, 3, 10}, "00:00-01:30", "2024-03-10T05:00:00Z/2024-03-10T05:30:00Z"},
      {"America/Havana", {2024, 11, 3}, "00:00-01:00", "2024-11-03T04:00:00Z/2024-11-03T06:00:00Z"},
      {"America/Santiago", {2026, 4, 4}, "22:00-24:00", "2026-04-05T01:00:00Z/2026-04-05T04:00:00Z"},
      {"America/Santiago", {2026, 9, 6}, "00:00-02:00", "2026-09-06T04:00:00Z/2026-09-06T05:00:00Z"},
      {"America/Asuncion", {2023, 10, 1}, "00:00-02:00", "2023-10-01T04:00:00Z/2023-10-01T05:00:00Z"},
      {"America/Asuncion", {2023, 10, 1}, "00:30-01:30", ""},
      // a date that was skipped, 24 hours
      {"Pacific/Apia", {2011, 12, 29}, "22:00-24:00", "2011-12-30T08:00:00Z/2011-12-30T10:00:00Z"},
      {"Pacific/Apia", {2011, 12, 30}, "09:00-17:00", "2011-12-30T19:00:00Z/2011-12-31T03:00:00Z"},
      {"Pacific/Apia", {2011, 12, 31}, "09:00-17:00", "2011-12-30T19:00:00Z/2011-12-31T03:00:00Z"},
      {"Pacific/Kwajalein", {1993, 8, 21}, "10:00-11:00", "1993-08-21T22:00:00Z/1993-08-21T23:00:00Z"},
      // a date that was lived twice: at 1867-10-19 15:33:32 local the clocks went back by 24 hours
      {"America/Juneau", {1867, 10, 18}, "16:00-18:00", "1867-10-18T00:57:41Z/1867-10-18T02:57:41Z"},
      {"America/Juneau", {1867, 10, 19}, "10:00-16:00", "1867-10-18T18:57:41Z/1867-10-20T00:57:41Z"},
      // over midnight, to midnight
      {"Europe/Paris", {2026, 3, 30}, "22:00-02:00", "2026-03-30T20:00:00Z/2026-03-31T00:00:00Z"},
      {"Europe/Paris", {2026, 3, 30}, "22:00-00:00", "2026-03-30T20:00:00Z/2026-03-30T22:00:00Z"},
      {"Europe/Paris", {2026, 3, 30}, "22:00-24:00", "2026-03-30T20:00:00Z/2026-03-30T22:00:00Z"},
      {"Europe/Paris", {2026, 3, 30}, "22:00-23:59", "2026-03-30T20:00:00Z/2026-03-30T22:00:00Z"},
      {"Europe/Paris", {2026, 3, 30}, "23:59-23:59", "2026-03-30T21:59:00Z/2026-03-30T22:00:00Z"},
      {"Europe/Paris", {2026, 3, 30}, "23:59-00:30", "2026-03-30T21:59:00Z/2026-03-30T22:30:00Z"},
      {"Europe/Paris", {2026, 3, 30}, "09:00-09:00", ""},
      {"Europe/Paris", {2026, 3, 28}, "23:00-04:00", "2026-03-28T22:00:00Z/2026-03-29T02:00:00Z"},
  };
  for (const WindowCase& c : cases)
    EXPECT_EQ(window_on(c.zone, c.date, c.hours), c.expected) << c.zone << " " << to_string(c.date) << " " << c.hours;
}

std::string open_text(const Host& h, std::string_view from, std::string_view to) {
  Span bounds{to_ms(at(from)), to_ms(at(to))};
  Spans spans = open_spans(h.schedule, h.zone, h.travel, bounds);
  clip(spans, bounds);
  std::string out;
  for (Span s : spans)
    out += (out.empty() ? "" : " ") + format_rfc3339(from_ms(s.from)).substr(5, 11) + "/" +
           format_rfc3339(from_ms(s.to)).substr(5, 11);
  return out;
}

TEST(OpenSpans, glue_what_touches_and_overlaps) {
  Host h = host("a", "09:00-12:00", "UTC");
  open_daily(h.schedule, "12:00-13:00");
  open_daily(h.schedule, "12:30-14:00");
  open_daily(h.schedule, "15:00-16:00");
  EXPECT_EQ(open_text(h, "2026-03-30T00:00:00Z", "2026-03-31T00:00:00Z"),
            "03-30T09:00/03-30T14:00 03-30T15:00/03-30T16:00");
  Host night = host("a", "22:00-24:00", "UTC");
  open_daily(night.schedule, "00:00-02:00");
  EXPECT_EQ(open_text(night, "2026-03-30T12:00:00Z", "2026-03-31T12:00:00Z"), "03-30T22:00/03-31T02:00");
}

TEST(OpenSpans, take_an_exception_for_the_hours_of_its_date) {
  Host h = host("a", "22:00-02:00", "UTC");
  h.schedule.exceptions = {{{2026, 3, 30}, true},
                           {{2026, 4, 1}, false, clock_time("10:00"), clock_time("11:00")},
                           {{2026, 4, 1}, false, clock_time("15:00"), clock_time("16:00")},
                           {{2026, 4, 1}, true}};
  // The night that began on the 29th goes on into the closed 30th.
  EXPECT_EQ(open_text(h, "2026-03-29T12:00:00Z", "2026-04-02T12:00:00Z"),
            "03-29T22:00/03-30T02:00 03-31T22:00/04-01T02:00 04-01T10:00/04-01T11:00 04-01T15:00/04-01T16:00");
}

TEST(OpenSpans, are_closed_on_holidays_without_an_exception) {
  Host h = host("a", "09:00-10:00", "UTC");
  h.schedule.holidays = {{2026, 3, 31}, {2026, 3, 30}};
  h.schedule.exceptions = {{{2026, 3, 31}, false, clock_time("12:00"), clock_time("13:00")}};
  EXPECT_EQ(open_text(h, "2026-03-29T00:00:00Z", "2026-04-02T00:00:00Z"),
            "03-29T09:00/03-29T10:00 03-31T12:00/03-31T13:00 04-01T09:00/04-01T10:00");
}

TEST(OpenSpans, are_read_where_the_host_travels) {
  Host h = host("a", "09:00-10:00");  // Paris: 07:00Z in summer
  h.travel = {{{2026, 4, 20}, {2026, 4, 21}, zone("America/New_York")},
              {{2026, 4, 21}, {2026, 4, 22}, zone("Asia/Tokyo")}};
  EXPECT_EQ(open_text(h, "2026-04-19T00:00:00Z", "2026-04-24T00:00:00Z"),
            "04-19T07:00/04-19T08:00 04-20T13:00/04-20T14:00 04-21T13:00/04-21T14:00 04-22T00:00/04-22T01:00 "
            "04-23T07:00/04-23T08:00");
}

TEST(OpenSpans, keep_weekdays) {
  Host h{.id = "a", .zone = utc()};
  h.schedule.hours = {{std::chrono::Monday, 9h, 10h}, {std::chrono::Sunday, 23h, 1h}};
  EXPECT_EQ(open_text(h, "2026-03-29T00:00:00Z", "2026-04-05T00:00:00Z"),
            "03-29T23:00/03-30T01:00 03-30T09:00/03-30T10:00");
}

}  // namespace
}  // namespace onward::slots
