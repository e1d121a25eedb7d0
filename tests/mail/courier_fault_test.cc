// Faults at every step over real sockets: what the sink saw must agree with what the courier says.
#include <gtest/gtest.h>

#include "courier_fixture.h"

namespace onward::mail {
namespace {

using ports::Fate;
using Kind = SinkFault::Kind;
using std::chrono::milliseconds;

struct Case {
  std::string name;
  SinkFault fault;
  Fate fate;
  bool recipient = false;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<Case> cases() {
  std::vector<Case> out;
  for (std::string step : {"banner", "EHLO", "MAIL", "RCPT", "DATA", "dot"}) {
    const bool dot = step == "dot", about_message = step == "MAIL" || step == "RCPT" || step == "DATA" || dot;
    const Fate cut = dot ? Fate::unknown : Fate::deferred;
    out.push_back({step + "_4xx", {.step = step, .reply = "451 4.3.0 later"}, Fate::deferred});
    if (step != "EHLO") {  // a 5xx to EHLO is the old way of saying HELO
      out.push_back({step + "_5xx",
                     {.step = step, .reply = "550 5.1.1 no"},
                     about_message ? Fate::rejected : Fate::deferred,
                     step == "RCPT"});
    }
    out.push_back({step + "_421", {.step = step, .reply = "421 4.3.2 closing"}, Fate::deferred});
    out.push_back({step + "_disconnect", {.step = step, .kind = Kind::disconnect}, cut});
    out.push_back({step + "_reset", {.step = step, .kind = Kind::reset}, cut});
    out.push_back({step + "_garbage", {.step = step, .kind = Kind::garbage}, cut});
    out.push_back({step + "_silence", {.step = step, .kind = Kind::disconnect, .delay = milliseconds(700)}, cut});
    out.push_back(
        {step + "_dribble", {.step = step, .reply = "250 " + std::string(300, 'x'), .dribble = milliseconds(5)}, cut});
  }
  out.push_back(
      {"dot_accepted_but_silent", {.step = "dot", .kind = Kind::disconnect, .after_accept = true}, Fate::unknown});
  return out;
}

class CourierFault : public ::testing::TestWithParam<Case> {};

TEST_P(CourierFault, TheFateFollowsTheEvidence) {
  const Case& c = GetParam();
  SmtpSink sink({.faults = {c.fault}});
  auto o = quick_options();
  o.timeouts.banner = o.timeouts.command = o.timeouts.data = o.timeouts.final_dot = milliseconds(250);
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 1), r.gate(), r.done());
  auto d = r.only(1);
  EXPECT_EQ(d.fate, c.fate) << d.evidence;
  EXPECT_EQ(d.recipient_rejected, c.recipient);
  EXPECT_FALSE(d.evidence.empty());
  EXPECT_EQ(d.evidence.find('@'), std::string::npos);
  EXPECT_EQ(sink.count(), c.fault.after_accept ? 1u : 0u) << "never sent twice";
}

INSTANTIATE_TEST_SUITE_P(EveryStep, CourierFault, ::testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

TEST(CourierFaults, AFaultOfOneMessageLeavesTheOthersAlone) {
  for (std::string step : {"MAIL", "RCPT", "DATA", "dot"}) {
    SmtpSink sink({.faults = {{.step = step, .message = 5, .reply = "550 5.7.1 not this one"}}});
    SmtpCourier courier(quick_options(), allow_all());
    Record r;
    courier.send(parcels(mailbox_of(sink.port()), 20), r.gate(), r.done());
    EXPECT_EQ(r.count(Fate::rejected), 1) << step;
    EXPECT_EQ(r.count(Fate::accepted), 19) << step;
    EXPECT_EQ(sink.count(), 19u) << step;
  }
}

TEST(CourierFaults, ConnectionsThatBreakInTheMiddleCostAtMostTheMessageInFlight) {
  std::vector<SinkFault> faults;
  for (int n = 3; n < 60; n += 10) faults.push_back({.step = "dot", .message = n, .kind = Kind::disconnect});
  for (int n = 7; n < 60; n += 10) faults.push_back({.step = "MAIL", .message = n, .kind = Kind::reset});
  SmtpSink sink({.faults = faults});
  SmtpCourier courier(quick_options(), allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 60), r.gate(), r.done());
  EXPECT_EQ(r.answers.size(), 60u);
  EXPECT_LE(r.count(Fate::unknown), 6);
  EXPECT_GE(r.count(Fate::accepted), 48);
  std::map<std::string, int> copies;
  for (auto& m : sink.received()) ++copies[m.message_id()];
  for (auto& [id, n] : copies) EXPECT_EQ(n, 1) << id;
  EXPECT_EQ(copies.size(), static_cast<size_t>(r.count(Fate::accepted)));
  for (auto& [n, count] : r.gates) EXPECT_LE(count, 1) << n;
}

TEST(CourierFaults, AServerThatTakesFewMessagesPerConnection) {
  std::vector<SinkFault> faults;
  for (int n = 2; n < 100; n += 3) faults.push_back({.step = "MAIL", .message = n, .reply = "421 4.7.0 enough"});
  SmtpSink sink({.faults = faults});
  auto o = quick_options();
  o.max_connections = 1;
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 30), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::accepted), 30);
}

TEST(CourierFaults, AKeptConnectionThatDiedIsReplaced) {
  SmtpSink sink({.faults = {{.step = "MAIL", .message = 1, .kind = Kind::disconnect}}});
  SmtpCourier courier(quick_options(), allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 1, 1), r.gate(), r.done());
  courier.send(parcels(mailbox_of(sink.port()), 1, 2), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::accepted), 2);
  EXPECT_EQ(sink.connections(), 2);
}

TEST(CourierFaults, AServerThatAlwaysBreaksIsLeftAlone) {
  SmtpSink sink({.faults = {{.step = "RCPT", .kind = Kind::disconnect}}});
  auto o = quick_options();
  o.max_connections = 1;
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 100), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::deferred), 100);
  EXPECT_LE(sink.connections(), 3);
}

TEST(CourierFaults, AGreylistingServerDefersOnlyWhatItGreylists) {
  SmtpSink sink({.faults = {{.step = "RCPT", .reply = "450 4.7.1 greylisted", .times = 10}}});
  SmtpCourier courier(quick_options(), allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 30), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::deferred), 10);
  EXPECT_EQ(r.count(Fate::accepted), 20);
}

TEST(CourierFaults, ASlowMailboxHoldsUpNobodyElse) {
  SmtpSink slow({.faults = {{.step = "banner", .dribble = milliseconds(100)}}});
  SmtpSink stalled({.faults = {{.step = "dot", .delay = milliseconds(2000)}}});
  auto o = quick_options();
  o.timeouts.banner = o.timeouts.final_dot = milliseconds(1500);
  o.max_threads = 8;
  std::vector<ports::Parcel> list = parcels(mailbox_of(slow.port()), 3, 1);
  for (auto& p : parcels(mailbox_of(stalled.port()), 3, 11)) list.push_back(p);
  std::vector<std::unique_ptr<SmtpSink>> quick;
  for (int i = 0; i < 4; ++i) {
    quick.push_back(std::make_unique<SmtpSink>());
    for (auto& p : parcels(mailbox_of(quick.back()->port()), 10, 100 + i * 10)) list.push_back(p);
  }
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send(list, r.gate(), r.done());
  for (auto& [n, answers] : r.answers) {
    ASSERT_EQ(answers.size(), 1u);
    if (n < 100) continue;
    EXPECT_EQ(answers[0].delivery.fate, Fate::accepted);
    EXPECT_LT(answers[0].after, milliseconds(1000)) << n;
  }
  EXPECT_EQ(r.only(1).fate, Fate::deferred);
  EXPECT_EQ(r.only(11).fate, Fate::unknown);
}

TEST(CourierFaults, APeerThatTakesBytesOneByOneIsCutOff) {
  SmtpSink sink({.faults = {{.step = "EHLO", .reply = "250-x", .dribble = milliseconds(20)}}});
  auto o = quick_options();
  o.timeouts.connection = milliseconds(150);
  o.timeouts.command = milliseconds(60'000);
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 1), r.gate(), r.done());
  EXPECT_EQ(r.only(1).fate, Fate::deferred);
  EXPECT_EQ(r.only(1).evidence, "EHLO: no reply, timeout");
  EXPECT_LT(r.answers[1][0].after, milliseconds(2000));
}

TEST(CourierFaults, AConnectionsLifeEndsBetweenMessages) {
  SmtpSink sink({.faults = {{.step = "dot", .delay = milliseconds(40)}}});
  auto o = quick_options();
  o.max_connections = 1;
  o.timeouts.connection = milliseconds(300);
  SmtpCourier courier(o, allow_all());
  Record r;
  courier.send(parcels(mailbox_of(sink.port()), 20), r.gate(), r.done());
  EXPECT_EQ(r.count(Fate::accepted), 20);
  EXPECT_GT(sink.connections(), 2);
}

}  // namespace
}  // namespace onward::mail
