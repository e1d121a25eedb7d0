// What is sent around an appointment, on both engines: the shipped sequences, the real engine, and every mail kept.
#include <gmock/gmock.h>

#include "app/advisors.h"
#include "app/booking/appointments.h"
#include "app/contacts.h"
#include "app/conversations.h"
#include "app/defaults.h"
#include "app/engine.h"
#include "app/mailboxes.h"
#include "tests/records/world.h"

namespace onward::testing {
namespace {

using namespace app::booking;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Post : public ports::Courier {
 public:
  void send(std::vector<ports::Parcel> parcels, const Gate& gate, const Done& done) override {
    for (ports::Parcel& p : parcels) {
      std::string why = gate(p.message.touch);
      if (why.empty()) mails.push_back(p.message);
      done(p.message.touch, why.empty() ? ports::Delivery{ports::Fate::accepted, 250, "", "250", "", false}
                                        : ports::Delivery{ports::Fate::stopped, 0, "", "", why, false});
    }
  }
  std::vector<ports::Message> mails;
};

class AroundWorld : public World {
 protected:
  void SetUp() override {
    must(as(owner, [](Step& s) -> Result<Json> {
      TRY_VOID(app::install_defaults(s));
      return Json(json::object{});
    }));
    must(as(owner, [&](Step& s) {
      return app::change_advisor(s, ann_north.advisor, json::object{{"email", "ann@firm.example"}});
    }));
    engine = std::make_unique<app::Engine>(*runner_, &post);
    carl = contact("Carl Dupont", {{"emails", json::array{"carl@example.org"}}, {"zone", "Europe/Paris"}});
    json::object type{{"slug", "first-talk"},
                      {"type", "prospect"},
                      {"name", {{"en", "First talk"}}},
                      {"length_min", 30},
                      {"step_min", 30},
                      {"channels", json::array{"phone", "at_customer"}},
                      {"reminders", json::array{1440, 120}},
                      {"education", {{"ready", {{"en", "A recent statement"}}}}},
                      {"hosts", json::array{json::object{{"advisor_id", ann_north.advisor.text()}}}}};
    Json made = must(as(owner, [&](Step& s) { return add_meeting_type(s, type); }));
    talk = *MeetingTypeId::parse(text_of(made, "id"));
  }
  static Json must(Result<Json> r) {
    EXPECT_TRUE(r) << (r ? "" : r.error().message + " " + r.error().detail);
    return r ? *r : Json(json::object{});
  }
  // What is due until then happens at its time.
  void until(Instant t) {
    while (true) {
      ASSERT_TRUE(engine->run_due());
      auto next = engine->next_wake();
      ASSERT_TRUE(next);
      if (!*next || **next > t) break;
      clock_.set(std::max(**next, clock_.now()));
    }
    clock_.set(t);
    ASSERT_TRUE(engine->run_due());
  }
  void until(const std::string& t) { until(*parse_rfc3339(t)); }
  Json book_at(const std::string& start) {
    return must(as(owner, [&](Step& s) {
      return book(s, json::object{{"meeting_type_id", talk.text()}, {"start", start}, {"contact_id", carl.text()}});
    }));
  }
  template <class Do>
  void change(const Json& appointment, Do work) {
    must(as(owner, [&](Step& s) { return work(s, *AppointmentId::parse(text_of(appointment, "id"))); }));
  }
  std::vector<std::string> subjects() const {
    std::vector<std::string> out;
    for (const ports::Message& m : post.mails) out.push_back(m.subject);
    return out;
  }
  std::vector<std::string> sent_at() const {
    std::vector<std::string> out;
    for (const ports::Message& m : post.mails) out.push_back(format_rfc3339(m.date));
    return out;
  }

  Post post;
  std::unique_ptr<app::Engine> engine;
  ContactId carl;
  MeetingTypeId talk;
};

class Around : public AroundWorld {};
INSTANTIATE_TEST_SUITE_P(Engines, Around, ::testing::Values(ports::Engine::sqlite, ports::Engine::postgres), kind_name);

// It is Friday 2026-03-20; the appointment is on Monday the 30th at 11:00 in Paris, after the clocks went forward.
TEST_P(Around, ConfirmationPreparationRequestAndRemindersAllLeaveAtTheirTimes) {
  Instant booked = clock_.now();
  Json a = book_at("2026-03-30T09:00:00Z");
  until("2026-03-30T09:00:00Z");
  ASSERT_EQ(post.mails.size(), 5u) << ::testing::PrintToString(subjects());
  EXPECT_EQ(sent_at()[0], format_rfc3339(booked));
  EXPECT_THAT(sent_at(), ElementsAre(sent_at()[0], "2026-03-27T09:00:00Z",  // three days before, 10:00 in winter time
                                     "2026-03-28T09:00:00Z",                // 48 hours before: booked ten days ahead
                                     "2026-03-29T09:00:00Z", "2026-03-30T07:00:00Z"));
  const ports::Message& confirmation = post.mails[0];
  EXPECT_EQ(confirmation.subject, "Your appointment: Monday 30 March 2026, 11:00");
  EXPECT_THAT(confirmation.text, HasSubstr("With Ann, by phone"));
  EXPECT_THAT(confirmation.text, HasSubstr(text_of(a, "link")));
  EXPECT_THAT(confirmation.list_unsubscribe_url, IsEmpty());
  EXPECT_EQ(confirmation.calendar.method, "REQUEST");
  EXPECT_THAT(confirmation.calendar.text, HasSubstr("UID:" + text_of(a, "id") + "@"));
  EXPECT_THAT(confirmation.calendar.text, HasSubstr("SEQUENCE:0"));
  EXPECT_THAT(confirmation.calendar.text, HasSubstr("DTSTART;TZID=Europe/Paris:20260330T110000"));
  EXPECT_THAT(post.mails[1].text, HasSubstr("A recent statement"));
  EXPECT_THAT(post.mails[4].subject, HasSubstr("Reminder"));
  EXPECT_THAT(post.mails[4].calendar.text, IsEmpty());
}

TEST_P(Around, AConfirmedAppointmentIsNotAskedAbout) {
  Json a = book_at("2026-03-30T09:00:00Z");
  change(a, [](Step& s, AppointmentId id) { return confirm(s, id); });
  until("2026-03-30T09:00:00Z");
  for (const std::string& subject : subjects()) EXPECT_THAT(subject, ::testing::Not(HasSubstr("Please confirm")));
  EXPECT_EQ(post.mails.size(), 4u);
}

TEST_P(Around, AMoveAndACancellationReachTheCalendarWithGrowingNumbers) {
  Json a = book_at("2026-03-30T09:00:00Z");
  until(clock_.now() + 1min);
  change(a, [](Step& s, AppointmentId id) {
    return reschedule(s, id, json::object{{"start", "2026-03-31T09:00:00Z"}});
  });
  until(clock_.now() + 1min);
  must(as(ann_north, [&](Step& s) {
    return cancel(s, *AppointmentId::parse(text_of(a, "id")), json::object{{"reason", "Ill"}});
  }));
  until("2026-03-24T00:00:00Z");
  ASSERT_GE(post.mails.size(), 3u);
  EXPECT_THAT(post.mails[1].subject, HasSubstr("moved"));
  EXPECT_EQ(post.mails[1].calendar.method, "REQUEST");
  EXPECT_THAT(post.mails[1].calendar.text, HasSubstr("SEQUENCE:1"));
  EXPECT_EQ(post.mails[2].calendar.method, "CANCEL");
  EXPECT_THAT(post.mails[2].calendar.text, HasSubstr("SEQUENCE:2"));
  EXPECT_THAT(post.mails[2].calendar.text, HasSubstr("STATUS:CANCELLED"));
  EXPECT_THAT(post.mails[2].text, HasSubstr("Ill"));
  EXPECT_THAT(post.mails[2].text, HasSubstr("Tuesday 31 March 2026, 11:00"));
}

// Whoever booked may have given somebody else's address: nothing that was typed behind a link is mailed.
TEST_P(Around, WhatAVisitorTypesIsMailedToNobody) {
  Json a = must(as(owner, [&](Step& s) {
    return book(s, json::object{{"meeting_type_id", talk.text()},
                                {"start", "2026-03-30T09:00:00Z"},
                                {"contact_id", carl.text()},
                                {"channel", "at_customer"},
                                {"place", "https://evil.example now"},
                                {"note", "https://evil.example note"}});
  }));
  until(clock_.now() + 1min);
  must(as(app::system_caller(), [&](Step& s) {
    return cancel(s, *AppointmentId::parse(text_of(a, "id")), json::object{{"reason", "see https://evil.example"}});
  }));
  until(clock_.now() + 1min);
  ASSERT_EQ(post.mails.size(), 2u);
  for (const ports::Message& m : post.mails)
    for (const std::string* part : {&m.subject, &m.text, &m.html, &m.calendar.text})
      EXPECT_EQ(part->find("evil"), std::string::npos) << *part;
}

TEST_P(Around, TheCancellationIsToldEvenWhenTheConversationEndsInTheSameMinute) {
  Json a = book_at("2026-03-30T09:00:00Z");
  until(clock_.now() + 1min);
  change(a, [](Step& s, AppointmentId id) { return cancel(s, id, json::object{}); });
  ConversationId c = *ConversationId::parse(text_of(a, "conversation_id"));
  must(as(owner, [&](Step& s) { return app::set_outcome(s, c, json::object{{"kind", "lost"}, {"reason", "price"}}); }));
  until("2026-04-30T00:00:00Z");
  ASSERT_EQ(post.mails.size(), 2u) << ::testing::PrintToString(subjects());  // and nobody asks for another time
  EXPECT_EQ(post.mails[1].calendar.method, "CANCEL");
}

TEST_P(Around, AReplyAndAnOptOutLeaveTheReminderAndStopTheRest) {
  Json a = book_at("2026-03-30T09:00:00Z");
  until(clock_.now() + 1min);
  ConversationId c = *ConversationId::parse(text_of(a, "conversation_id"));
  must(as(owner, [&](Step& s) {
    return app::log_reply(s, c, json::object{{"at", format_rfc3339(s.now)}, {"text", "Thanks"}, {"channel", "email"}});
  }));
  must(as(owner, [&](Step& s) { return app::opt_out(s, carl, "phone"); }));
  until("2026-03-30T09:00:00Z");
  EXPECT_EQ(post.mails.size(), 5u);
}

TEST_P(Around, NothingIsSentForWhatHasBegunAfterDaysOfDowntime) {
  book_at("2026-03-30T09:00:00Z");
  until(clock_.now() + 1min);
  clock_.set(*parse_rfc3339("2026-04-02T09:00:00Z"));
  ASSERT_TRUE(engine->run_due());
  EXPECT_EQ(post.mails.size(), 1u) << ::testing::PrintToString(subjects());
}

TEST_P(Around, RunningLateAndANoShowAreAnswered) {
  Json a = book_at("2026-03-30T09:00:00Z");
  until("2026-03-30T08:30:00Z");
  size_t before = post.mails.size();
  change(a, [](Step& s, AppointmentId id) { return running_late(s, id, json::object{{"minutes", 15}}); });
  until(clock_.now() + 1min);
  ASSERT_EQ(post.mails.size(), before + 1);
  EXPECT_THAT(post.mails.back().text, HasSubstr("15 minutes"));
  until("2026-03-30T09:30:00Z");
  change(a, [](Step& s, AppointmentId id) { return no_show(s, id, json::object{{"cause", "customer"}}); });
  until("2026-03-30T12:00:00Z");
  ASSERT_EQ(post.mails.size(), before + 2);
  EXPECT_EQ(post.mails.back().subject, "We missed each other");
}

TEST_P(Around, WhoWaitedForUsIsToldSoAtOnce) {
  Json a = book_at("2026-03-30T09:00:00Z");
  until("2026-03-30T09:30:00Z");
  change(a, [](Step& s, AppointmentId id) { return no_show(s, id, json::object{{"cause", "advisor"}}); });
  until(clock_.now() + 1min);
  EXPECT_EQ(post.mails.back().subject, "We were not there, and we are sorry");
  EXPECT_THAT(post.mails.back().text, HasSubstr(text_of(a, "link")));
}

}  // namespace
}  // namespace onward::testing
