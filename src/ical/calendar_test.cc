#include "ical/calendar.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ical/invitation.h"
#include "ical/lines.h"
#include "ical/links.h"
#include "ical/vcard.h"
#include "ical/vtimezone.h"

namespace onward::ical {
namespace {

Zone zone(std::string_view name) { return *find_zone(name); }
Instant at(std::string_view text) { return *parse_rfc3339(text); }

Event talk() {
  Event e{.uid = "apt_1@firm.example", .sequence = 2, .stamp = at("2026-03-01T10:00:00Z")};
  e.start = at("2026-03-30T07:00:00Z");
  e.end = at("2026-03-30T07:30:00Z");
  e.zone = zone("Europe/Paris");
  e.organizer = Person{"Claire Martin", "claire@firm.example"};
  e.attendees = {{.person = {"Ann Lee", "ann@example.org"}}};
  e.summary = "First talk";
  return e;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  for (size_t from = 0; from < text.size();) {
    size_t to = text.find("\r\n", from);
    if (to == text.npos) return {"no CRLF at the end"};
    out.push_back(text.substr(from, to - from));
    from = to + 2;
  }
  return out;
}
bool has(const std::string& text, const std::string& line) {
  auto all = lines(text);
  return std::find(all.begin(), all.end(), line) != all.end();
}
// Without folds.
std::string unfolded(std::string text) {
  for (size_t at = 0; (at = text.find("\r\n ", at)) != text.npos;) text.erase(at, 3);
  return text;
}

TEST(Lines, are_folded_between_characters) {
  Lines out;
  std::string long_text;
  for (int i = 0; i < 60; ++i) long_text += "日é";
  out.text("SUMMARY", long_text);
  for (const std::string& line : lines(out.str())) {
    EXPECT_LE(line.size(), 75u);
    EXPECT_NE(static_cast<unsigned char>(line[line[0] == ' ' ? 1 : 0]) & 0xC0, 0x80) << "a character is cut";
  }
  EXPECT_EQ(unfolded(out.str()), "SUMMARY:" + long_text + "\r\n");
  Lines exact;
  exact.raw("X", std::string(73, 'a'));
  EXPECT_EQ(lines(exact.str()).size(), 1u);
  Lines over;
  over.raw("X", std::string(74, 'a'));
  EXPECT_EQ(lines(over.str()).size(), 2u);
}

TEST(Lines, cannot_be_begun_by_a_value) {
  EXPECT_EQ(escape_text("a\r\nb\rc\nd\\;,e"), "a\\nb\\nc\\nd\\\\\\;\\,e");
  EXPECT_EQ(escape_text("a\xE2\x80\xA8"
                        "b\xC2\x85"
                        "c"),
            "a\\nb\\nc");
  EXPECT_EQ(escape_text(std::string_view("a\0\x1B\x7F"
                                         "b",
                                         5)),
            "ab");
  EXPECT_EQ(escape_text("a\xFFz\xC3"), "a\uFFFDz\uFFFD");
  EXPECT_EQ(escape_text("\xED\xA0\x80\xC0\xAF\xF5\x80\x80\x80").find("\xED\xA0"), std::string::npos);
  EXPECT_EQ(param("CN", "a\"b\r\nX:1;^n"), ";CN=\"a'b X:1;^^n\"");
  EXPECT_EQ(mailto("a\"?cc=b&x@y.fr"), "mailto:a%22%3Fcc=b%26x@y.fr");
  Lines raw;
  raw.raw("X\r\nY", "v\r\nZ:1");
  EXPECT_EQ(lines(raw.str()).size(), 1u);
}

TEST(Calendars, carry_what_an_invitation_needs) {
  std::string text = *write_calendar({.method = Method::request, .events = {talk()}});
  for (const char* line :
       {"METHOD:REQUEST", "UID:apt_1@firm.example", "SEQUENCE:2", "DTSTAMP:20260301T100000Z",
        "DTSTART;TZID=Europe/Paris:20260330T090000", "DTEND;TZID=Europe/Paris:20260330T093000", "STATUS:CONFIRMED",
        "ORGANIZER;CN=\"Claire Martin\":mailto:claire@firm.example", "SUMMARY:First talk", "TRANSP:OPAQUE"})
    EXPECT_TRUE(has(text, line)) << line;
  EXPECT_TRUE(has(unfolded(text),
                  "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"
                  "CN=\"Ann Lee\":mailto:ann@example.org"));
}

TEST(Calendars, take_a_cancelled_event_out_of_the_way) {
  std::string text = *write_calendar({.method = Method::cancel, .events = {talk()}});
  EXPECT_TRUE(has(text, "METHOD:CANCEL"));
  EXPECT_TRUE(has(text, "STATUS:CANCELLED"));
  EXPECT_TRUE(has(text, "TRANSP:TRANSPARENT"));
}

TEST(Calendars, are_said_in_utc_where_the_wall_clock_is_ambiguous) {
  Event e = talk();
  e.start = at("2026-10-25T00:30:00Z");  // 02:30, the first time
  e.end = at("2026-10-25T01:30:00Z");    // 02:30, the second time
  std::string text = *write_calendar({.method = Method::request, .events = {e}});
  EXPECT_TRUE(has(text, "DTSTART:20261025T003000Z"));
  EXPECT_TRUE(has(text, "DTEND:20261025T013000Z"));
  EXPECT_EQ(text.find("VTIMEZONE"), text.npos);
}

TEST(Calendars, refuse_what_they_cannot_say) {
  auto pointer = [](Method m, void (*change)(Event&)) {
    Event e = talk();
    change(e);
    auto text = write_calendar({.method = m, .events = {e}});
    return text ? std::string("written") : text.error().fields.at(0).pointer;
  };
  EXPECT_EQ(pointer(Method::request, [](Event& e) { e.organizer.reset(); }), "/events/0/organizer");
  EXPECT_EQ(pointer(Method::publish, [](Event& e) { e.organizer.reset(); }), "written");
  EXPECT_EQ(pointer(Method::request, [](Event& e) { e.attendees.clear(); }), "/events/0/attendees");
  EXPECT_EQ(pointer(Method::cancel, [](Event& e) { e.attendees.clear(); }), "written");
  EXPECT_EQ(pointer(Method::request, [](Event& e) { e.organizer->email = "x"; }), "/events/0/organizer/email");
  EXPECT_EQ(pointer(Method::request, [](Event& e) { e.end = e.start - 1s; }), "/events/0/end");
  EXPECT_EQ(pointer(Method::request, [](Event& e) { e.uid = ""; }), "/events/0/uid");
  EXPECT_EQ(pointer(Method::request, [](Event& e) { e.sequence = -1; }), "/events/0/sequence");
  EXPECT_EQ(pointer(Method::request, [](Event& e) { e.url = "file:///x"; }), "/events/0/url");
}

TEST(Feeds, have_a_name_and_a_pace) {
  std::string text = *write_calendar({.events = {talk()}, .name = "Claire, all", .refresh_every = 30min});
  EXPECT_TRUE(has(text, "X-WR-CALNAME:Claire\\, all"));
  EXPECT_TRUE(has(text, "REFRESH-INTERVAL;VALUE=DURATION:PT30M"));
  std::string empty = *write_calendar({});
  EXPECT_TRUE(has(empty, "METHOD:PUBLISH"));
  EXPECT_EQ(empty.find("VEVENT"), empty.npos);
}

TEST(Invitations, are_parts_of_a_mail) {
  auto ask = invitation(Method::request, talk());
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->content_type, "text/calendar; charset=UTF-8; method=REQUEST; component=VEVENT");
  EXPECT_EQ(ask->file_name, "invite.ics");
  EXPECT_TRUE(has(ask->body, "METHOD:REQUEST"));
  EXPECT_EQ(invitation(Method::cancel, talk())->file_name, "cancel.ics");
}

TEST(Zones, are_written_by_rule_where_a_rule_holds) {
  std::string paris = write_vtimezone(zone("Europe/Paris"), at("2026-03-30T07:00:00Z"), at("2026-03-30T08:00:00Z"));
  EXPECT_EQ(paris,
            "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\n"
            "BEGIN:DAYLIGHT\r\nDTSTART:20250330T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
            "BEGIN:STANDARD\r\nDTSTART:20251026T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
            "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
  std::string newyork =
      write_vtimezone(zone("America/New_York"), at("2026-03-30T07:00:00Z"), at("2026-03-30T08:00:00Z"));
  EXPECT_TRUE(has(newyork, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"));
  std::string lord_howe =
      write_vtimezone(zone("Australia/Lord_Howe"), at("2026-03-30T07:00:00Z"), at("2026-03-30T08:00:00Z"));
  EXPECT_TRUE(has(lord_howe, "TZOFFSETTO:+1030"));
}

TEST(Zones, are_written_by_date_where_none_does) {
  std::string text = write_vtimezone(zone("Africa/Casablanca"), at("2026-03-01T07:00:00Z"), at("2026-03-01T08:00:00Z"));
  EXPECT_EQ(text.find("RRULE"), text.npos);
  EXPECT_TRUE(has(text, "RDATE:20260215T030000"));
}

TEST(Zones, without_changes_have_one_offset) {
  std::string text = write_vtimezone(zone("Asia/Kathmandu"), at("2026-03-01T07:00:00Z"), at("2026-03-01T08:00:00Z"));
  EXPECT_EQ(text,
            "BEGIN:VTIMEZONE\r\nTZID:Asia/Kathmandu\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
            "TZOFFSETFROM:+0545\r\nTZOFFSETTO:+0545\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
}

TEST(Zones, find_their_changes_to_the_second) {
  auto found = transitions(zone("Europe/Paris"), at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].at, at("2026-03-29T01:00:00Z"));
  EXPECT_EQ(found[1].at, at("2026-10-25T01:00:00Z"));
  EXPECT_EQ(found[0].after_s, 7200);
}

TEST(Links, keep_what_was_typed_inside_its_parameter) {
  Event e = talk();
  e.summary = "A&B=C#d \"é\" <x>\r\n";
  e.location = "1 rue X, Lyon";
  e.url = "https://firm.example/b/1?t=2";
  EXPECT_EQ(
      google_link(e),
      "https://calendar.google.com/calendar/render?action=TEMPLATE&text=A%26B%3DC%23d%20%22%C3%A9%22%20%3Cx%3E%0D%0A"
      "&dates=20260330T090000%2F20260330T093000&ctz=Europe%2FParis&details=https%3A%2F%2Ffirm.example%2Fb%2F1%3Ft%3D2"
      "&location=1%20rue%20X%2C%20Lyon");
  EXPECT_TRUE(
      outlook_link(e, OutlookKind::work)
          .starts_with("https://outlook.office.com/calendar/0/action/compose?rru=addevent&subject=A%26B%3DC%23d"));
  EXPECT_NE(outlook_link(e, OutlookKind::personal).find("&startdt=2026-03-30T07%3A00%3A00Z&enddt="), std::string::npos);
  e.start = at("2026-10-25T00:30:00Z");
  EXPECT_NE(google_link(e).find("dates=20261025T003000Z"), std::string::npos);
  EXPECT_EQ(google_link(e).find("ctz="), std::string::npos);
  e.description = std::string(999, 'a') + "é";
  e.url.clear();
  EXPECT_EQ(google_link(e).find("a%C3&"), std::string::npos);  // cut between characters
}

TEST(Cards, are_version_four) {
  Card c{.uid = "adv_1", .name = "Claire Martin", .family_name = "Martin", .given_name = "Claire"};
  c.organization = "Firm; Ltd";
  c.unit = "Lyon";
  c.phone = "+33123456789";
  c.address = Address{"1 rue X", "Lyon", "", "69001", "France"};
  c.languages = {"fr", "en"};
  c.revised = at("2026-03-30T07:00:00Z");
  std::string text = *write_card(c);
  for (const char* line :
       {"BEGIN:VCARD", "VERSION:4.0", "FN:Claire Martin", "N:Martin;Claire;;;", "ORG:Firm\\; Ltd;Lyon",
        "TEL;VALUE=uri;TYPE=\"work,voice\":tel:+33123456789", "ADR;TYPE=work:;;1 rue X;Lyon;;69001;France",
        "LANG;PREF=2:en", "REV:20260330T070000Z", "END:VCARD"})
    EXPECT_TRUE(has(text, line)) << line;
  c.phone = "+33 1;x";
  EXPECT_EQ(write_card(c).error().fields[0].pointer, "/phone");
  c.phone = "", c.languages = {"fr\r\nX:1"};
  EXPECT_EQ(write_card(c).error().fields[0].pointer, "/languages/0");
  c.languages = {}, c.url = "javascript:1";
  EXPECT_EQ(write_card(c).error().fields[0].pointer, "/url");
}

}  // namespace
}  // namespace onward::ical
