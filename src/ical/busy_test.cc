#include "ical/busy.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/rng.h"
#include "ical/recurrence.h"
#include "ical/wall.h"

namespace onward::ical {
namespace {

using std::chrono::days;

Instant at(std::string_view text) { return *parse_rfc3339(text); }

struct Reading : testing::Test {
  BusyQuery q{
      .from = at("2026-03-01T00:00:00Z"), .to = at("2026-04-01T00:00:00Z"), .floating = *find_zone("Europe/Paris")};
  std::vector<std::string> problems;

  static std::string calendar(std::string_view body) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + std::string(body) + "END:VCALENDAR\r\n";
  }
  static std::string event(std::string_view body) {
    return "BEGIN:VEVENT\r\nUID:a\r\n" + std::string(body) + "END:VEVENT\r\n";
  }
  // "from/to" of each interval.
  std::vector<std::string> read(std::string_view text) {
    auto found = read_busy(text, q);
    if (!found) return {found.error().message};
    problems = found->problems;
    std::vector<std::string> out;
    for (const Busy& b : found->busy) out.push_back(format_rfc3339(b.from) + "/" + format_rfc3339(b.to));
    return out;
  }
  std::vector<std::string> event_busy(std::string_view body) { return read(calendar(event(body))); }
};
using Spans = std::vector<std::string>;

TEST_F(Reading, knows_every_way_to_say_a_time) {
  Spans nine = {"2026-03-10T08:00:00Z/2026-03-10T09:00:00Z"};
  EXPECT_EQ(event_busy("DTSTART:20260310T080000Z\r\nDTEND:20260310T090000Z\r\n"), nine);
  EXPECT_EQ(event_busy("DTSTART;TZID=Europe/Paris:20260310T090000\r\nDURATION:PT1H\r\n"), nine);
  EXPECT_EQ(event_busy("DTSTART:20260310T090000\r\nDTEND:20260310T100000\r\n"), nine);  // floating
  EXPECT_EQ(event_busy("DTSTART;TZID=\"Romance Standard Time\":20260310T090000\r\nDURATION:PT1H\r\n"), nine);
  EXPECT_EQ(event_busy("dtstart;tzid=/mozilla.org/20050126_1/Europe/Paris:20260310T090000\nDURATION:PT60M\n"), nine);
  EXPECT_EQ(event_busy("DTSTART;TZID=America/Argentina/Buenos_Aires:20260310T050000\r\nDURATION:PT1H\r\n"), nine);
  EXPECT_EQ(event_busy("DTSTART;VALUE=DATE:20260310\r\n"), Spans{"2026-03-09T23:00:00Z/2026-03-10T23:00:00Z"});
  EXPECT_EQ(event_busy("DTSTART;VALUE=DATE:20260328\r\nDTEND;VALUE=DATE:20260330\r\n"),
            Spans{"2026-03-27T23:00:00Z/2026-03-29T22:00:00Z"});  // over the change of the clocks
  EXPECT_EQ(event_busy("DTSTART;VALUE=DATE:20260328\r\nDURATION:P2D\r\n"),
            Spans{"2026-03-27T23:00:00Z/2026-03-29T22:00:00Z"});
  EXPECT_EQ(event_busy("DTSTART:20260310T080000Z\r\n"), Spans{});  // takes no time
  EXPECT_TRUE(problems.empty());
}

TEST_F(Reading, uses_the_zone_that_the_calendar_brings) {
  std::string own =
      "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\n"
      "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n"
      "DTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
      "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
  auto one = [&](std::string_view start) {
    return read(calendar(own + event("DTSTART;TZID=Ours:" + std::string(start) + "\r\nDURATION:PT30M\r\n")));
  };
  EXPECT_EQ(one("20260310T090000"), Spans{"2026-03-10T08:00:00Z/2026-03-10T08:30:00Z"});
  EXPECT_EQ(one("20260330T090000"), Spans{"2026-03-30T07:00:00Z/2026-03-30T07:30:00Z"});
  EXPECT_EQ(one("20260329T023000"), Spans{"2026-03-29T01:30:00Z/2026-03-29T02:00:00Z"});  // in the gap
  q.to = at("2026-12-01T00:00:00Z");
  EXPECT_EQ(one("20261025T023000"), Spans{"2026-10-25T00:30:00Z/2026-10-25T01:00:00Z"});  // the first of two
  EXPECT_TRUE(problems.empty());
}

TEST_F(Reading, says_when_it_does_not_know_a_zone) {
  EXPECT_EQ(event_busy("DTSTART;TZID=Moon/Base:20260310T090000\r\nDURATION:PT1H\r\n"),
            Spans{"2026-03-10T08:00:00Z/2026-03-10T09:00:00Z"});
  EXPECT_EQ(problems, Spans{"the time zone Moon/Base is not known, its times are read as local"});
}

TEST_F(Reading, leaves_out_what_takes_no_time) {
  std::string time = "DTSTART:20260310T080000Z\r\nDURATION:PT1H\r\n";
  EXPECT_EQ(event_busy(time + "TRANSP:TRANSPARENT\r\n"), Spans{});
  EXPECT_EQ(event_busy(time + "STATUS:CANCELLED\r\n"), Spans{});
  EXPECT_EQ(event_busy(time + "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"), Spans{});
  EXPECT_EQ(read(calendar("METHOD:CANCEL\r\n" + event(time))), Spans{});
  auto found = read_busy(calendar(event(time + "STATUS:TENTATIVE\r\n")), q);
  ASSERT_TRUE(found && found->busy.size() == 1);
  EXPECT_TRUE(found->busy[0].tentative);
  EXPECT_EQ(found->busy[0].uid, "a");
}

TEST_F(Reading, keeps_recurring_times_at_the_wall_clock) {
  EXPECT_EQ(event_busy("DTSTART;TZID=Europe/Paris:20260101T090000\r\nDURATION:PT1H\r\n"
                       "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260401T000000Z\r\n"
                       "EXDATE;TZID=Europe/Paris:20260309T090000,20260316T090000\r\n"),
            (Spans{"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z", "2026-03-23T08:00:00Z/2026-03-23T09:00:00Z",
                   "2026-03-30T07:00:00Z/2026-03-30T08:00:00Z"}));
  EXPECT_EQ(event_busy("DTSTART;VALUE=DATE:20200305\r\nRRULE:FREQ=YEARLY\r\n"),
            Spans{"2026-03-04T23:00:00Z/2026-03-05T23:00:00Z"});
  EXPECT_EQ(event_busy("DTSTART:20260228T230000Z\r\nDURATION:P1DT2H\r\nRRULE:FREQ=MONTHLY;COUNT=1\r\n"),
            Spans{"2026-02-28T23:00:00Z/2026-03-02T01:00:00Z"});  // reaches into the range
  EXPECT_TRUE(problems.empty());
}

TEST_F(Reading, takes_overrides_and_further_dates) {
  std::string master =
      "DTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"
      "RDATE:20260305T080000Z\r\nRDATE;VALUE=PERIOD:20260306T080000Z/PT2H,20260307T080000Z/20260307T083000Z\r\n";
  std::string moved = event("RECURRENCE-ID:20260309T080000Z\r\nDTSTART:20260310T100000Z\r\nDURATION:PT1H\r\n");
  std::string gone = event("RECURRENCE-ID:20260316T080000Z\r\nDTSTART:20260316T080000Z\r\nSTATUS:CANCELLED\r\n");
  EXPECT_EQ(read(calendar(moved + event(master) + gone)),
            (Spans{"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z", "2026-03-05T08:00:00Z/2026-03-05T09:00:00Z",
                   "2026-03-06T08:00:00Z/2026-03-06T10:00:00Z", "2026-03-07T08:00:00Z/2026-03-07T08:30:00Z",
                   "2026-03-10T10:00:00Z/2026-03-10T11:00:00Z"}));
}

TEST_F(Reading, takes_free_and_busy_times) {
  EXPECT_EQ(read(calendar("BEGIN:VFREEBUSY\r\nFREEBUSY;FBTYPE=BUSY:20260310T080000Z/PT1H,20260311T080000Z/PT1H\r\n"
                          "FREEBUSY;FBTYPE=FREE:20260312T080000Z/PT1H\r\nFREEBUSY:20260313T080000Z/20260313T090000Z\r\n"
                          "END:VFREEBUSY\r\n")),
            (Spans{"2026-03-10T08:00:00Z/2026-03-10T09:00:00Z", "2026-03-11T08:00:00Z/2026-03-11T09:00:00Z",
                   "2026-03-13T08:00:00Z/2026-03-13T09:00:00Z"}));
}

TEST_F(Reading, says_what_it_does_not_understand) {
  Spans once = {"2026-03-10T08:00:00Z/2026-03-10T09:00:00Z"};
  std::string time = "DTSTART:20260310T080000Z\r\nDURATION:PT1H\r\n";
  EXPECT_EQ(event_busy(time + "RRULE:FREQ=HOURLY\r\n"), once);
  EXPECT_EQ(problems, Spans{"a: the rule's FREQ is not understood"});
  EXPECT_EQ(event_busy(time + "RRULE:FREQ=DAILY;BYWEEKNO=3\r\n"), once);
  EXPECT_EQ(problems, Spans{"a: the rule's BYWEEKNO is not understood"});
  EXPECT_EQ(event_busy("DTSTART:20261310T080000Z\r\n"), Spans{});
  EXPECT_EQ(problems, Spans{"a: no date of the calendar"});
  EXPECT_EQ(event_busy("SUMMARY:x\r\n"), Spans{});
  EXPECT_EQ(problems, Spans{"a: an event without DTSTART"});
}

TEST_F(Reading, refuses_half_a_calendar) {
  std::string whole = calendar(event("DTSTART:20260310T080000Z\r\nDURATION:PT1H\r\n"));
  // Without its last line break it is still whole.
  for (size_t size = 0; size + 2 < whole.size(); ++size)
    EXPECT_FALSE(read_busy(std::string_view(whole).substr(0, size), q)) << size;
  EXPECT_FALSE(read_busy("<html>", q));
  EXPECT_FALSE(read_busy("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", q));
  EXPECT_FALSE(read_busy("BEGIN:VEVENT\r\nEND:VEVENT\r\n", q));
}

std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST_F(Reading, is_bounded) {
  auto code = [&](const std::string& text) {
    auto found = read_busy(text, q);
    return found ? std::string("read") : std::string(to_string(found.error().code));
  };
  EXPECT_EQ(code(std::string((8 << 20) + 1, 'a')), "too_large");
  EXPECT_EQ(code(calendar(repeat("BEGIN:VEVENT\r\n", 10) + repeat("END:VEVENT\r\n", 10))), "invalid");
  EXPECT_EQ(code(calendar(repeat("BEGIN:X\r\nEND:X\r\n", 50001))), "too_large");
  std::string daily = event("DTSTART:00010101T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=1000000\r\n");
  EXPECT_EQ(code(calendar(repeat(daily, 20))), "too_large");
  EXPECT_EQ(code(calendar(event("DTSTART:20260310T080000Z\r\nDURATION:P9999999W\r\n"))), "read");
  EXPECT_EQ(code(calendar(event("DESCRIPTION:" + std::string(100000, 'x') + "\r\nDTSTART:20260310T080000Z\r\n"))),
            "read");
  EXPECT_EQ(event_busy("DESCRIPTION:" + std::string(100000, 'x') + "\r\nDTSTART;VALUE=DATE:20260310\r\n").size(), 1u);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(event_busy("DTSTART;VALUE=DATE:20260310\r\nRDATE:" + std::string(100000, '2') + "\r\n").size(), 1u);
  EXPECT_EQ(problems.size(), 1u);
  q.to = q.from + days{3000};
  EXPECT_EQ(code(calendar("")), "invalid");
}

TEST_F(Reading, survives_quadratic_tricks) {
  auto start = std::chrono::steady_clock::now();
  std::string one = "DTSTART:20260310T080000Z\r\nDURATION:PT1H\r\n";
  std::string many;
  for (int i = 0; i < 12000; ++i)
    many += event(one) + event(one + "RECURRENCE-ID:20260310T08" + std::to_string(10 + i % 50) + "00Z\r\n");
  EXPECT_TRUE(read_busy(calendar(many), q));
  std::string zones;
  for (int i = 0; i < 20000; ++i)
    zones += event("DTSTART;TZID=Zone/" + std::to_string(i) + ":20260310T080000\r\nDURATION:PT1H\r\n");
  EXPECT_TRUE(read_busy(calendar(zones), q));
  EXPECT_TRUE(
      read_busy(calendar(event(one + "RDATE:" + repeat("20260310T080000Z,", 3000) + "20260311T080000Z\r\n")), q));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
}

TEST_F(Reading, of_any_damaged_text_ends) {
  std::string whole =
      calendar(event("DTSTART;TZID=Europe/Paris:20260310T080000\r\nDTEND;TZID=Europe/Paris:20260310T090000\r\n"
                     "RRULE:FREQ=MONTHLY;BYDAY=-1MO,2TU;BYSETPOS=1,-1;COUNT=9\r\nEXDATE:20260310T080000Z\r\n"
                     "RDATE;VALUE=PERIOD:20260310T080000Z/P1DT2H\r\n") +
               "BEGIN:VFREEBUSY\r\nFREEBUSY:20260313T080000Z/PT1H\r\nEND:VFREEBUSY\r\n");
  Rng rng(1);
  int read = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = whole;
    for (uint64_t n = rng.below(4) + 1; n > 0; --n) text[rng.below(text.size())] = static_cast<char>(rng.below(256));
    auto found = read_busy(text, q);
    read += found.has_value();
    if (!found) continue;
    for (const Busy& b : found->busy) ASSERT_LT(b.from, b.to);
  }
  EXPECT_GT(read, 5000);
}

TEST(Recurrence, refuses_what_it_does_not_understand) {
  for (const char* bad :
       {"", "FREQ=SECONDLY", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=0MO", "FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;BYMONTHDAY=0",
        "FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;UNTIL=soon", "INTERVAL=1", "FREQ=DAILY;;BYDAY", "FREQ"})
    EXPECT_FALSE(parse_rule(bad)) << bad;
  EXPECT_TRUE(parse_rule("FREQ=DAILY;INTERVAL=+2;X-EVOLUTION=1;"));
}

TEST(WindowsZones, all_exist) {
  EXPECT_GE(windows_zones().size(), 135u);
  for (auto [windows, iana] : windows_zones()) {
    EXPECT_TRUE(find_zone(iana)) << iana;
    EXPECT_EQ(windows_zone(windows), iana);
  }
  EXPECT_EQ(windows_zone("Romance Standard Tim"), "");
}

TEST(Intervals, are_merged) {
  auto busy = [](int from, int to) { return Busy{from_ms(from), from_ms(to), "x", true}; };
  auto out = merged({busy(5, 8), busy(1, 3), busy(3, 4), busy(6, 7), busy(9, 10)});
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[0].to, from_ms(4));
  EXPECT_EQ(out[1].to, from_ms(8));
}

}  // namespace
}  // namespace onward::ical
