#include <gtest/gtest.h>

#include "courier_fixture.h"
#include "mail/capture_courier.h"
#include "mail/compose.h"

namespace onward::mail {
namespace {

using ports::Fate;

TEST(Courier, DeliversEveryParcelOnceAndAsksTheGateOnce) {
  SmtpSink sink;
  Record r;
  r.stops[17] = "opted out";
  SmtpCourier courier(quick_options(), allow_all());
  auto list = parcels(mailbox_of(sink.port()), 60);
  courier.send(list, r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::accepted), 59);
  EXPECT_EQ(r.only(17).fate, Fate::stopped);
  EXPECT_EQ(r.only(17).stop_reason, "opted out");
  for (int64_t n = 1; n <= 60; ++n) EXPECT_EQ(r.gates[n], 1) << n;
  std::map<std::string, std::string> got;
  for (auto& m : sink.received()) got[m.to] = m.raw;
  ASSERT_EQ(got.size(), 59u);
  for (auto& p : list) {
    if (p.message.touch.value != 17) {
      EXPECT_EQ(got[p.message.to_address], compose(p.message));
    }
  }
  EXPECT_LE(sink.connections(), 4);
  EXPECT_EQ(sink.smuggled(), 0);
}

TEST(Courier, WithoutPipeliningToo) {
  SmtpSink sink({.pipelining = false});
  Record r;
  SmtpCourier courier(quick_options(), allow_all());
  courier.send(parcels(mailbox_of(sink.port()), 20), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::accepted), 20);
  SmtpSink old({.ehlo = false});
  courier.send(parcels(mailbox_of(old.port()), 3, 100), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::accepted), 23);
}

class CourierTls : public ::testing::TestWithParam<std::pair<SinkOptions::Tls, std::string>> {};

TEST_P(CourierTls, DeliversWithThePasswordUnderTls) {
  auto [tls, security] = GetParam();
  for (bool login_only : {false, true}) {
    SmtpSink sink({.tls = tls, .username = "advisor", .password = "secret", .login_only = login_only});
    auto o = quick_options();
    o.ca_file = sink.certificate_file();
    SmtpCourier courier(o, allow_all());
    auto box = mailbox_of(sink.port(), security);
    box.username = "advisor";
    box.password = "secret";
    Record r;
    courier.send(parcels(box, 9), r.gate(), r.done());
    EXPECT_EQ(r.count(Fate::accepted), 9) << r.only(1).evidence;
    for (auto& m : sink.received()) EXPECT_TRUE(m.tls && m.user == "advisor");
  }
}

TEST_P(CourierTls, RefusesACertificateThatDoesNotFit) {
  auto [tls, security] = GetParam();
  SmtpSink stranger({.tls = tls, .certificate_name = "mail.other.example"});
  SmtpSink unknown({.tls = tls});
  auto o = quick_options();
  o.ca_file = stranger.certificate_file();
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send({parcel(mailbox_of(stranger.port(), security), 1), parcel(mailbox_of(unknown.port(), security), 2)},
               r.gate(), r.done());
  for (int64_t n : {1, 2}) {
    EXPECT_EQ(r.only(n).fate, Fate::deferred);
    EXPECT_TRUE(r.only(n).evidence.starts_with("TLS: certificate refused")) << r.only(n).evidence;
  }
  o.verify_peer = false;
  SmtpCourier trusting(o, allow_all());
  Record t;
  trusting.send(parcels(mailbox_of(unknown.port(), security), 1), t.gate(), t.done());
  EXPECT_EQ(t.only(1).fate, Fate::accepted) << t.only(1).evidence;
  EXPECT_EQ(stranger.count(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Both, CourierTls,
                         ::testing::Values(std::pair(SinkOptions::Tls::starttls, std::string("starttls")),
                                           std::pair(SinkOptions::Tls::implicit, std::string("tls"))));

TEST(Courier, StarttlsIsRequiredAndNoPasswordGoesInClear) {
  SmtpSink plain({.username = "advisor", .password = "secret"});
  auto box = mailbox_of(plain.port(), "starttls");
  box.username = "advisor";
  box.password = "secret";
  Record r;
  SmtpCourier courier(quick_options(), allow_all());
  courier.send(parcels(box, 1), r.gate(), r.done());
  EXPECT_EQ(r.only(1).fate, Fate::deferred);
  for (auto& c : plain.commands()) EXPECT_FALSE(c.starts_with("AUTH")) << c;
}

TEST(Courier, AWrongPasswordDefersAndIsNotTriedPerMessage) {
  SmtpSink sink({.username = "advisor", .password = "secret"});
  auto box = mailbox_of(sink.port());
  box.username = "advisor";
  box.password = "wrong";
  Record r;
  SmtpCourier courier(quick_options(), allow_all());
  courier.send(parcels(box, 50), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::deferred), 50);
  EXPECT_EQ(r.only(1).smtp_code, 535);
  EXPECT_EQ(r.only(1).enhanced_code, "5.7.8");
  EXPECT_LE(sink.connections(), 4);
  EXPECT_TRUE(r.gates.empty());
}

TEST(Courier, WithoutTlsNoPublicAddressIsTouched) {
  int asked = 0;
  SmtpCourier courier(quick_options(), [&](const std::string&, const sockaddr*) { return ++asked, Status(); });
  auto box = mailbox_of(25);
  box.host = "192.0.2.1";
  Record r;
  courier.send(parcels(box, 1), r.gate(), r.done());
  EXPECT_EQ(r.only(1).fate, Fate::deferred);
  EXPECT_NE(r.only(1).evidence.find("private"), std::string::npos);
  EXPECT_EQ(asked, 0);
}

TEST(Courier, TheEgressCheckDecides) {
  SmtpSink sink;
  SmtpCourier courier(quick_options(), [](const std::string&, const sockaddr*) -> Status {
    return fail(Code::forbidden, "not on the list");
  });
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 2), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::deferred), 2);
  EXPECT_EQ(r.only(1).evidence, "connect: not allowed: not on the list");
  EXPECT_EQ(sink.connections(), 0);
}

TEST(Courier, NobodyListens) {
  int port = 0;
  { port = SmtpSink().port(); }
  SmtpCourier courier(quick_options(), allow_all());
  Record r;
  courier.send(parcels(mailbox_of(port), 30), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::deferred), 30);
  EXPECT_EQ(r.only(30).evidence, "connect: connection refused");
}

TEST(Courier, KeepsConnectionsBetweenSendsUntilTheyAreIdleTooLong) {
  SmtpSink sink;
  auto o = quick_options();
  o.timeouts.idle = std::chrono::milliseconds(300);
  SmtpCourier courier(o, allow_all());
  Record r;
  for (int i = 1; i <= 5; ++i) courier.send(parcels(mailbox_of(sink.port()), 1, i), r.gate(), r.done());
  EXPECT_EQ(sink.connections(), 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  auto commands = sink.commands();
  EXPECT_EQ(commands.back(), "QUIT");
  courier.send(parcels(mailbox_of(sink.port()), 1, 6), r.gate(), r.done());
  EXPECT_EQ(sink.connections(), 2);
  EXPECT_EQ(r.count(Fate::accepted), 6);
}

TEST(Courier, UpToTheConfiguredConnectionsInParallel) {
  SmtpSink sink({.faults = {{.step = "dot", .delay = std::chrono::milliseconds(30)}}});
  auto o = quick_options();
  o.max_connections = 10;
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 100), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::accepted), 100);
  EXPECT_EQ(sink.connections(), 10);
}

TEST(Courier, ConcurrentSendsShareTheLimit) {
  SmtpSink sink;
  auto o = quick_options();
  o.max_connections = 2;
  SmtpCourier courier(o, allow_all());
  Record r;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 6; ++i) {
      callers.emplace_back(
          [&, i] { courier.send(parcels(mailbox_of(sink.port()), 20, 1 + i * 20), r.gate(), r.done()); });
    }
  }
  EXPECT_EQ(r.count(Fate::accepted), 120);
  EXPECT_LE(sink.connections(), 2);
}

TEST(Courier, WithoutAHostItIsLogged) {
  ports::Mailbox box;
  Record r;
  r.stops[2] = "opted out";
  SmtpCourier courier(quick_options(), allow_all());
  courier.send(parcels(box, 2), r.gate(), r.done());
  EXPECT_EQ(r.only(1).fate, Fate::logged);
  EXPECT_EQ(r.only(2).fate, Fate::stopped);
}

TEST(CaptureCourier, KeepsTheComposedBytes) {
  std::vector<std::string> kept;
  CaptureCourier courier([&](const ports::Message&, const std::string& raw) { kept.push_back(raw); });
  auto list = parcels(mailbox_of(1), 3);
  Record r;
  r.stops[2] = "opted out";
  courier.send(list, r.gate(), r.done());
  EXPECT_EQ(kept, (std::vector{compose(list[0].message), compose(list[2].message)}));
  EXPECT_EQ(r.count(Fate::accepted), 2);
  EXPECT_EQ(r.only(2).fate, Fate::stopped);
  EXPECT_EQ(r.gates[1], 1);
}

TEST(Courier, WhatGateAndDoneThrowComesBackAfterTheRest) {
  SmtpSink sink;
  SmtpCourier courier(quick_options(), allow_all());
  Record r;
  auto gate = [&](TouchId t) -> std::string {
    if (t.value == 3) throw std::runtime_error("no database");
    return "";
  };
  EXPECT_THROW(courier.send(parcels(mailbox_of(sink.port()), 10), gate, r.done()), std::runtime_error);
  EXPECT_EQ(r.count(Fate::accepted), 9);
  EXPECT_EQ(r.only(3).fate, Fate::deferred);
  auto list = parcels(mailbox_of(sink.port()), 4, 20);
  list[1].message.message_id.clear();
  EXPECT_THROW(courier.send(list, r.gate(), r.done()), std::logic_error);
  EXPECT_EQ(r.count(Fate::accepted), 12);
}

}  // namespace
}  // namespace onward::mail
