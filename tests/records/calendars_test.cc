// Calendars elsewhere on both engines, against a calendar in memory that fails as real ones do: what is written there
// in the end is what was booked, each version once, and a reading that fails frees nobody.
#include "app/calendars/calendars.h"

#include <gmock/gmock.h>

#include <map>

#include "app/advisors.h"
#include "app/booking/appointments.h"
#include "app/booking/slots.h"
#include "app/calendars/feed.h"
#include "app/calendars/sync.h"
#include "base/check.h"
#include "ical/content.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app::calendars;
using app::booking::book;
using ports::CalendarAccount;
using ports::CalendarItem;
using ports::CalendarQuery;
using ports::CalendarReading;
using ports::CalendarWritten;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Fault { none, unreachable, answer_lost, refuses };

std::string value_in(const std::string& text, std::string_view name) {
  auto content = ical::read_content(text, {});
  check(content.has_value() && !content->calendars.empty());
  for (const ical::Component& c : content->calendars[0].children)
    if (c.name == "VEVENT") return std::string(c.value(name));
  return {};
}

class Elsewhere final : public ports::RemoteCalendar {
 public:
  Result<CalendarReading> read(const CalendarAccount& account, const CalendarQuery& query) override {
    ++readings;
    accounts.push_back(account);
    validators.push_back(query.validator);
    if (during) std::exchange(during, {})();
    if (fault == Fault::refuses) return fail(Code::invalid, "this is no calendar");
    if (fault != Fault::none) return fail(Code::unavailable, "nobody answers");
    if (!query.validator.empty() && query.validator == validator)
      return CalendarReading{.unchanged = true, .validator = validator};
    return CalendarReading{.busy = busy,
                           .events = static_cast<int>(busy.size()),
                           .problem = problem,
                           .validator = validator,
                           .collection = "found"};
  }
  Result<CalendarWritten> put(const CalendarAccount& account, const CalendarItem& item) override {
    if (during) std::exchange(during, {})();
    if (fault == Fault::unreachable) return fail(Code::unavailable, "nobody answers");
    if (fault == Fault::refuses) return fail(Code::forbidden, "not into this calendar");
    std::string& there = objects[account.url][item.uid];
    if (there != item.text) ++writes[item.uid + " " + value_in(item.text, "SEQUENCE")];
    there = item.text;
    if (fault == Fault::answer_lost) return fail(Code::unavailable, "nobody answers");
    return CalendarWritten{"etag", "found"};
  }
  Result<CalendarWritten> remove(const CalendarAccount& account, const CalendarItem& item) override {
    if (fault == Fault::unreachable) return fail(Code::unavailable, "nobody answers");
    objects[account.url].erase(item.uid);
    if (fault == Fault::answer_lost) return fail(Code::unavailable, "nobody answers");
    return CalendarWritten{{}, "found"};
  }

  Fault fault = Fault::none;
  std::function<void()> during;  // once, in the middle of a call
  std::vector<ports::BusyTime> busy;
  std::string validator, problem;
  std::map<std::string, std::map<std::string, std::string>> objects;  // by address, then UID
  std::map<std::string, int> writes;                                  // "uid sequence" -> how often it was written
  std::vector<CalendarAccount> accounts;
  std::vector<std::string> validators;
  int readings = 0;
};

class Calendars : public World {
 protected:
  void SetUp() override {
    json::array hours;
    for (std::string_view d : {"mon", "tue", "wed", "thu", "fri"})
      hours.push_back(json::object{{"day", d}, {"from", "08:00"}, {"to", "18:00"}});
    for (const Caller& who : {ann_north, bob_north})
      must(as(owner, [&](Step& s) {
        return app::change_advisor(s, who.advisor, json::object{{"zone", "UTC"}, {"hours", hours}});
      }));
    carl = contact("Carl", {{"emails", json::array{"carl@example.org"}}});
    type = get_string(must(as(owner,
                              [&](Step& s) {
                                return app::booking::add_meeting_type(
                                    s, json::object{{"slug", "talk"},
                                                    {"type", "prospect"},
                                                    {"name", {{"en", "A talk"}}},
                                                    {"length_min", 30},
                                                    {"step_min", 30},
                                                    {"hosts", json::array{host(ann_north), host(bob_north)}}});
                              })),
                      "id");
  }
  static json::object host(const Caller& who) { return {{"advisor_id", who.advisor.text()}}; }
  static Json must(Result<Json> r) {
    EXPECT_TRUE(r) << (r ? "" : r.error().message + " " + r.error().detail);
    return r ? *r : Json(json::object{});
  }
  CalendarId add(const Caller& whose, json::object more = {}) {
    json::object body{{"advisor_id", whose.advisor.text()},
                      {"kind", "caldav"},
                      {"url", "https://dav.example/" + whose.advisor.text() + "/"},
                      {"user", "u"},
                      {"password", "p"},
                      {"write", true}};
    for (auto& [key, value] : more) body[key] = value;
    tick();
    return *CalendarId::parse(get_string(must(as(owner, [&](Step& s) { return add_calendar(s, body); })), "id"));
  }
  std::string address(const Caller& whose) { return "https://dav.example/" + whose.advisor.text() + "/"; }
  Json look(CalendarId id) {
    return must(as(owner, [&](Step& s) { return get_calendar(s, id); }));
  }
  Json refresh(CalendarId id) {
    tick();
    must(as(owner, [&](Step& s) { return refresh_calendar(s, id); }));
    run();
    return look(id);
  }
  int run() {
    int n = 0;
    for (Result<int64_t> done = sync.sync_once(); n < 100; done = sync.sync_once(), ++n) {
      EXPECT_TRUE(done) << (done ? "" : done.error().message + " " + done.error().detail);
      if (!done || *done == 0) return n;
    }
    ADD_FAILURE() << "it never ends";
    return n;
  }
  // The 30 minutes number `slot` of the week's Monday to Friday from 2026-03-30.
  static std::string start_of(int64_t slot) {
    auto at = *parse_rfc3339("2026-03-30T08:00:00Z") + std::chrono::days{slot / 20} + (slot % 20) * 30min;
    return format_rfc3339(at);
  }
  Result<Json> try_book(const std::string& start, const Caller& with) {
    tick();
    return as(owner, [&](Step& s) {
      return book(s, json::object{{"meeting_type_id", type},
                                  {"start", start},
                                  {"host_id", with.advisor.text()},
                                  {"contact_id", carl.text()},
                                  {"note", "Confidential"}});
    });
  }
  AppointmentId booked(const std::string& start, const Caller& with) {
    return *AppointmentId::parse(get_string(must(try_book(start, with)), "id"));
  }
  Result<Json> reschedule(AppointmentId id, const std::string& start) {
    tick();
    return as(owner, [&](Step& s) { return app::booking::reschedule(s, id, json::object{{"start", start}}); });
  }
  Result<Json> cancel(AppointmentId id) {
    tick();
    return as(owner, [&](Step& s) { return app::booking::cancel(s, id, json::object{}); });
  }
  bool offers(const Caller& who, const std::string& start) {
    Instant at = *parse_rfc3339(start);
    Json slots = must(as(owner, [&](Step& s) {
      return app::booking::list_slots(s, *MeetingTypeId::parse(type), {at - 1h, at + 2h, "UTC"},
                                      app::booking::Refusals::left_out);
    }));
    for (const Json& slot : slots.at("data").as_array())
      for (const std::string& h : get_strings(slot, "hosts"))
        if (get_string(slot, "start") == start && h == who.advisor.text()) return true;
    return false;
  }
  void later(Millis by) { clock_.set(clock_.now() + by); }
  // What should be there: every appointment ahead, in its advisor's calendar, as it is.
  std::map<std::string, std::string> wanted(const Caller& whose) {
    std::map<std::string, std::string> out;
    auto all = as(owner, [&](Step& s) { return app::booking::list_appointments(s, {}, {0, 1000}); });
    for (const Json& a : *all)
      if (get_string(a, "state") != "cancelled" && get_string(a, "advisor_id") == whose.advisor.text())
        out[get_string(a, "id")] = std::to_string(get_int(a, "sequence"));
    return out;
  }
  std::map<std::string, std::string> there(const Caller& whose) {
    std::map<std::string, std::string> out;
    for (const auto& [uid, text] : elsewhere.objects[address(whose)])
      out[uid.substr(0, uid.find('@'))] = value_in(text, "SEQUENCE");
    return out;
  }

  ContactId carl;
  std::string type;
  Elsewhere elsewhere;
  Sync sync{*runner_, elsewhere};
};
INSTANTIATE_TEST_SUITE_P(Engines, Calendars, ::testing::Values(ports::Engine::sqlite, ports::Engine::postgres),
                         kind_name);

TEST_P(Calendars, WhatIsBookedIsThereInTheEndAndWasWrittenOnce) {
  CalendarId ann = add(ann_north), bob = add(bob_north);
  std::vector<AppointmentId> made;
  constexpr Fault kFaults[] = {Fault::none, Fault::unreachable, Fault::answer_lost, Fault::refuses};
  for (int i = 0; i < 80; ++i) {
    elsewhere.fault = kFaults[rng_.below(4)];
    const Caller& who = rng_.chance(0.5) ? ann_north : bob_north;
    const Caller& other = who.advisor == ann_north.advisor ? bob_north : ann_north;
    std::string start = start_of(static_cast<int64_t>(rng_.below(100)));
    AppointmentId any = made.empty() ? AppointmentId{} : made[rng_.below(made.size())];
    switch (made.size() < 5 ? 0 : rng_.below(4)) {  // some of these are refused, as they should be
      case 0:
        if (auto a = try_book(start, who)) made.push_back(*AppointmentId::parse(get_string(*a, "id")));
        break;
      case 1: (void)reschedule(any, start); break;
      case 2: (void)cancel(any); break;
      case 3:
        (void)as(owner, [&](Step& s) {
          return app::booking::reassign(s, any, json::object{{"advisor_id", other.advisor.text()}});
        });
    }
    if (rng_.chance(0.3)) later(90min);
    run();
  }
  elsewhere.fault = Fault::none;
  EXPECT_EQ(get_int(refresh(ann), "pending"), 0);
  EXPECT_EQ(get_int(refresh(bob), "pending"), 0);
  EXPECT_GT(wanted(ann_north).size() + wanted(bob_north).size(), 5u);
  EXPECT_EQ(there(ann_north), wanted(ann_north));
  EXPECT_EQ(there(bob_north), wanted(bob_north));
  for (const auto& [what, times] : elsewhere.writes) EXPECT_LE(times, 2) << what;  // once a calendar
  for (const CalendarId& id : {ann, bob}) EXPECT_TRUE(look(id).at("write_error").is_null());
}

TEST_P(Calendars, AChangeWhileAnotherIsWrittenIsWrittenToo) {
  CalendarId id = add(ann_north);
  run();
  AppointmentId a = booked(start_of(0), ann_north);
  elsewhere.during = [&] { must(reschedule(a, start_of(5))); };
  run();
  EXPECT_EQ(there(ann_north), wanted(ann_north));
  EXPECT_EQ(there(ann_north).at(a.text()), "1");
  AppointmentId b = booked(start_of(1), ann_north);
  elsewhere.during = [&] { must(cancel(b)); };
  run();
  EXPECT_EQ(there(ann_north).count(b.text()), 0u);
  EXPECT_EQ(get_int(look(id), "pending"), 0);
}

TEST_P(Calendars, ABookingThatFailsLeavesNothingToWrite) {
  CalendarId id = add(ann_north);
  run();
  booked(start_of(0), ann_north);
  EXPECT_FALSE(try_book(start_of(0), ann_north));
  EXPECT_EQ(get_int(look(id), "pending"), 1);
}

TEST_P(Calendars, AChangeThatNobodyToldOfIsFoundWithTheNextReading) {
  CalendarId id = add(ann_north);
  AppointmentId a = booked(start_of(0), ann_north);
  run();
  ASSERT_EQ(there(ann_north).count(a.text()), 1u);
  ports::Value none = ports::null_value();
  sql("appointment_state", {a.value, std::string("cancelled"), none, none, 0, 1, none, to_ms(clock_.now())});
  refresh(id);
  EXPECT_TRUE(there(ann_north).empty());
}

TEST_P(Calendars, AnAttemptThatDiedIsTakenUpAgain) {
  CalendarId id = add(ann_north);
  run();
  booked(start_of(0), ann_north);
  elsewhere.during = [] { throw std::runtime_error("the process dies here"); };
  EXPECT_THROW((void)sync.sync_once(), std::runtime_error);
  EXPECT_EQ(run(), 0) << "its lease stands";
  auto next = sync.next_wake();
  ASSERT_TRUE(next && *next);
  EXPECT_GT(**next, clock_.now());
  clock_.set(**next);
  EXPECT_GE(run(), 1);
  EXPECT_EQ(there(ann_north), wanted(ann_north));
  EXPECT_EQ(get_int(look(id), "pending"), 0);
}

TEST_P(Calendars, BusyTimeIsReplacedByReadingsAndByNothingElse) {
  CalendarId id = add(ann_north, {{"write", false}});
  Instant nine = *parse_rfc3339("2026-03-30T09:00:00Z");
  std::string start = "2026-03-30T09:00:00Z", later_start = "2026-03-30T14:00:00Z";
  EXPECT_EQ(get_string(look(id), "fresh"), "stale") << "never read";
  elsewhere.busy = {{nine, nine + 1h}};
  run();
  EXPECT_EQ(get_string(look(id), "fresh"), "ok");
  EXPECT_FALSE(offers(ann_north, start));
  EXPECT_TRUE(offers(bob_north, start)) << "another's calendar";
  for (Fault fault : {Fault::unreachable, Fault::refuses}) {
    elsewhere.fault = fault;
    Json c = refresh(id);
    EXPECT_EQ(get_string(c, "fresh"), "failing");
    EXPECT_FALSE(get_string(c, "error").empty());
    EXPECT_FALSE(offers(ann_north, start)) << "what was known stays";
  }
  elsewhere.fault = Fault::none;
  elsewhere.busy = {{nine + 5h, nine + 6h}};
  Json c = refresh(id);
  EXPECT_EQ(get_string(c, "fresh"), "ok");
  EXPECT_EQ(get_int(c, "failures"), 0);
  EXPECT_TRUE(offers(ann_north, start));
  EXPECT_FALSE(offers(ann_north, later_start));
  must(as(owner, [&](Step& s) { return delete_calendar(s, id); }));
  EXPECT_TRUE(offers(ann_north, later_start));
  EXPECT_FALSE(as(owner, [&](Step& s) { return get_calendar(s, id); }));
}

TEST_P(Calendars, BusyTimeOverAnAppointmentIsCountedAndMovesNothing) {
  CalendarId id = add(ann_north);
  run();
  AppointmentId a = booked(start_of(2), ann_north);
  booked(start_of(4), ann_north);
  Instant start = *parse_rfc3339(start_of(2));
  elsewhere.busy = {{start - 1h, start}, {start + 29min, start + 31min}, {start + 30min, start + 1h}};
  EXPECT_EQ(get_int(refresh(id), "clashes"), 1) << "touching is no clash";
  EXPECT_EQ(wanted(ann_north).at(a.text()), "0");
  must(cancel(a));
  EXPECT_EQ(get_int(look(id), "clashes"), 0);
}

TEST_P(Calendars, FailuresWaitLongerEachTime) {
  CalendarId id = add(ann_north, {{"write", false}});
  elsewhere.fault = Fault::unreachable;
  Millis before{0};
  for (int i = 0; i < 5; ++i) {
    run();
    auto next = sync.next_wake();
    ASSERT_TRUE(next && *next);
    Millis wait = **next - clock_.now();
    EXPECT_GT(wait, before);
    before = wait;
    clock_.set(**next);
  }
  EXPECT_EQ(elsewhere.readings, 5);
  EXPECT_EQ(get_int(look(id), "failures"), 5);
  for (int i = 0; i < 10; ++i) run(), clock_.set(**sync.next_wake());
  run();
  EXPECT_LE(**sync.next_wake() - clock_.now(), 80min) << "but not for ever";
}

TEST_P(Calendars, UnchangedIsBelievedForHalfADay) {
  CalendarId id = add(ann_north, {{"write", false}});
  elsewhere.validator = "v1";
  EXPECT_TRUE(offers(ann_north, "2026-03-30T09:00:00Z"));
  Instant nine = *parse_rfc3339("2026-03-30T09:00:00Z");
  elsewhere.busy = {{nine, nine + 1h}};
  run();
  EXPECT_EQ(elsewhere.validators.back(), "");
  refresh(id);
  EXPECT_EQ(elsewhere.validators.back(), "v1");
  EXPECT_FALSE(offers(ann_north, "2026-03-30T09:00:00Z"));
  EXPECT_EQ(get_int(look(id), "events"), 1);
  later(13h);
  EXPECT_EQ(get_string(look(id), "fresh"), "stale");
  run();
  EXPECT_EQ(elsewhere.validators.back(), "") << "the range has moved on";
  EXPECT_EQ(get_string(look(id), "fresh"), "ok");
}

TEST_P(Calendars, WordsOfServersAreKeptAsFarAsTheyCanBe) {
  CalendarId id = add(ann_north, {{"write", false}});
  elsewhere.validator = "\xff\xfe";
  elsewhere.problem = std::string(299, 'x') + "é";
  run();
  EXPECT_EQ(get_string(look(id), "fresh"), "ok");
  EXPECT_THAT(get_string(look(id), "problem"), HasSubstr("xxx"));
  elsewhere.validator = std::string(100'000, 'v');
  EXPECT_EQ(get_string(refresh(id), "fresh"), "ok");
  EXPECT_EQ(elsewhere.validators.back(), "") << "none of them could be asked for again";
}

TEST_P(Calendars, WhatIsReadUnderAnOldAddressIsThrownAway) {
  CalendarId id = add(ann_north, {{"write", false}});
  Instant nine = *parse_rfc3339("2026-03-30T09:00:00Z");
  elsewhere.busy = {{nine, nine + 1h}};
  elsewhere.during = [&] {
    tick();
    must(as(owner, [&](Step& s) { return change_calendar(s, id, json::object{{"url", "https://new.example/"}}); }));
  };
  ASSERT_TRUE(sync.sync_once());
  EXPECT_TRUE(offers(ann_north, "2026-03-30T09:00:00Z"));
  EXPECT_TRUE(look(id).at("fetched_at").is_null());
  run();
  EXPECT_FALSE(offers(ann_north, "2026-03-30T09:00:00Z"));
  EXPECT_EQ(elsewhere.accounts.back().url, "https://new.example/");
  EXPECT_EQ(elsewhere.accounts.back().password, "") << "it belonged to the old address";
}

TEST_P(Calendars, ACalendarAddedLaterGetsWhatLiesAheadAndGivesItBack) {
  AppointmentId a = booked(start_of(3), ann_north);
  CalendarId id = add(ann_north);
  run();
  EXPECT_EQ(there(ann_north), wanted(ann_north));
  const std::string& text = elsewhere.objects[address(ann_north)].begin()->second;
  EXPECT_THAT(text, HasSubstr("SUMMARY:Carl\\, A talk"));
  EXPECT_EQ(text.find("Confidential"), std::string::npos);
  EXPECT_EQ(text.find("METHOD"), std::string::npos);
  tick();
  must(as(owner, [&](Step& s) { return change_calendar(s, id, json::object{{"write", false}}); }));
  run();
  EXPECT_TRUE(there(ann_north).empty());
  must(cancel(a));
  EXPECT_EQ(get_int(look(id), "pending"), 0);
}

TEST_P(Calendars, SecretsAreSealedAndNeverShown) {
  CalendarId id = add(ann_north, {{"url", "https://dav.example/hush"}, {"password", "sesame"}});
  Json shown = look(id);
  EXPECT_EQ(get_string(shown, "host"), "dav.example");
  for (const std::string& text : {dump(shown), last_fact_data(), sql("export_calendar", {0, 10}).text(0, 5)})
    for (std::string_view secret : {"hush", "sesame"}) EXPECT_EQ(text.find(secret), std::string::npos) << text;
  run();
  EXPECT_EQ(elsewhere.accounts.back().url, "https://dav.example/hush");
  EXPECT_EQ(elsewhere.accounts.back().password, "sesame");
  tick();
  must(as(owner, [&](Step& s) { return change_calendar(s, id, json::object{{"user", "another"}}); }));
  run();
  EXPECT_EQ(elsewhere.accounts.back().password, "") << "it belonged to the other user";
}

TEST_P(Calendars, BelongToTheirAdvisorAndThoseAbove) {
  CalendarId id = add(ann_north);
  auto code_as = [&](const Caller& who) {
    auto r = as(who, [&](Step& s) { return refresh_calendar(s, id); });
    return r ? "ok" : std::string(to_string(r.error().code));
  };
  EXPECT_EQ(code_as(ann_north), "ok");
  EXPECT_EQ(code_as(manager_north), "ok");
  EXPECT_EQ(code_as(owner), "ok");
  EXPECT_EQ(code_as(bob_north), "not_found");
  EXPECT_EQ(code_as(manager_south), "not_found");
  EXPECT_EQ(code_as(cid_south), "not_found");
  EXPECT_EQ(code_as(auditor), "forbidden");
  json::object for_bob{{"advisor_id", bob_north.advisor.text()}, {"kind", "ics"}, {"url", "https://x.example/a"}};
  EXPECT_FALSE(as(ann_north, [&](Step& s) { return add_calendar(s, for_bob); }));
  EXPECT_FALSE(as(manager_south, [&](Step& s) { return add_calendar(s, for_bob); }));
  EXPECT_TRUE(as(manager_north, [&](Step& s) { return add_calendar(s, for_bob); }));
  auto listed = [&](const Caller& who) {
    auto r = as(who, [&](Step& s) { return list_calendars(s, {}, {}); });
    return r ? r->size() : 99;
  };
  EXPECT_EQ(listed(ann_north), 1u);
  EXPECT_EQ(listed(manager_north), 2u);
  EXPECT_EQ(listed(manager_south), 0u);
  EXPECT_EQ(listed(auditor), 2u);
}

TEST_P(Calendars, AFeedHasWhatIsBookedUntilItsAddressIsRenewed) {
  auto token_of = [&](const Caller& whose) {
    tick();
    std::string url = get_string(must(as(whose, [&](Step& s) { return open_feed(s, whose.advisor); })), "url");
    EXPECT_TRUE(url.ends_with(".ics"));
    return url.substr(url.rfind('/') + 1, url.size() - url.rfind('/') - 5);
  };
  auto feed = [&](const std::string& token) {
    auto text = as(owner, [&](Step& s) { return read_feed(s, token); });
    return text ? *text : std::string();
  };
  AppointmentId a = booked(start_of(0), ann_north), b = booked(start_of(1), ann_north);
  AppointmentId other = booked(start_of(0), bob_north);
  std::string token = token_of(ann_north);
  EXPECT_THAT(feed(token), HasSubstr(a.text() + "@"));
  EXPECT_EQ(feed(token).find(other.text()), std::string::npos);
  must(cancel(b));
  EXPECT_EQ(feed(token).find(b.text()), std::string::npos);
  EXPECT_EQ(feed(token).find("Confidential"), std::string::npos);
  EXPECT_EQ(feed(token.substr(1)), "");
  EXPECT_EQ(feed(std::string(40, '0')), "");
  std::string renewed = token_of(ann_north);
  EXPECT_NE(renewed, token);
  EXPECT_EQ(feed(token), "");
  EXPECT_THAT(feed(renewed), HasSubstr(a.text()));
  clock_.set(*parse_rfc3339(start_of(0)) + std::chrono::days{29});
  EXPECT_THAT(feed(renewed), HasSubstr(a.text()));
  clock_.set(*parse_rfc3339(start_of(0)) + std::chrono::days{31});
  EXPECT_EQ(feed(renewed).find(a.text()), std::string::npos);
  EXPECT_FALSE(as(bob_north, [&](Step& s) { return close_feed(s, ann_north.advisor); }));
  must(as(manager_north, [&](Step& s) { return close_feed(s, ann_north.advisor); }));
  EXPECT_EQ(feed(renewed), "");
}

TEST_P(Calendars, AreForgottenWithTheirAdvisor) {
  CalendarId id = add(cid_south, {{"write", false}});
  elsewhere.busy = {{clock_.now(), clock_.now() + 1h}};
  run();
  must(as(owner, [&](Step& s) { return app::delete_advisor(s, cid_south.advisor); }));
  later(1h);
  int readings = elsewhere.readings;
  run();
  EXPECT_EQ(elsewhere.readings, readings);
  EXPECT_FALSE(as(owner, [&](Step& s) { return get_calendar(s, id); }));
  EXPECT_TRUE(sql("export_busy", {0, 10}).empty());
  EXPECT_TRUE(sql("export_calendar", {0, 10}).is_null(0, 5)) << "its secrets";
}

}  // namespace
}  // namespace onward::testing
