#include "mail/smtp_session.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/rng.h"

namespace onward::mail {
namespace {

using ports::Delivery;
using ports::Fate;

Outgoing message(int64_t n) {
  return {TouchId{n}, "advisor@agency.example", "ada" + std::to_string(n) + "@example.org", "Subject: x\r\n\r\nhi\r\n"};
}

// Takes all output, as a transport without limits does.
std::string take(SmtpSession& s) {
  std::string out(s.output());
  s.sent(out.size());
  return out;
}

SmtpSession ready_session(bool pipelining = true, const std::string& extra = "") {
  SmtpSession s({.helo_name = "me", .pipelining = pipelining});
  s.receive("220 hi\r\n");
  take(s);
  s.receive("250-sink\r\n250-PIPELINING\r\n" + extra + "250 8BITMIME\r\n");
  EXPECT_TRUE(s.ready());
  return s;
}

// Plays a whole conversation where `at` gets `reply` (empty: the connection is lost) in place of the usual reply; no
// pipelining. The message's fate.
struct Played {
  std::optional<Outcome> outcome;
  Delivery failure;
  bool closed = false;
};
Played play(Step at, const std::string& reply) {
  const std::vector<std::pair<Step, std::string>> script = {
      {Step::banner, "220 hi\r\n"},    {Step::ehlo, "250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"},
      {Step::starttls, "220 go\r\n"},  {Step::ehlo, "250-sink\r\n250 AUTH PLAIN\r\n"},
      {Step::auth, "235 in\r\n"},      {Step::mail, "250 ok\r\n"},
      {Step::rcpt, "250 ok\r\n"},      {Step::data, "354 go\r\n"},
      {Step::dot, "250 2.0.0 ok\r\n"},
  };
  SmtpSession s({.helo_name = "me", .starttls = true, .username = "u", .password = "p"});
  for (const auto& [step, usual] : script) {
    if (s.closed()) break;
    if (s.wants_tls()) s.tls_started();
    if (s.wants_message() && step == Step::mail) s.offer(message(1));
    if (s.asks_gate()) s.answer_gate("");
    take(s);
    EXPECT_EQ(s.waiting_for(), step);
    if (step != at) {
      s.receive(usual);
    } else if (reply.empty()) {
      s.lost("connection closed");
    } else {
      s.receive(reply);
      if (!s.closed()) s.lost("timeout");
      break;
    }
  }
  auto outcomes = s.take_outcomes();
  EXPECT_LE(outcomes.size(), 1u);
  return {outcomes.empty() ? std::nullopt : std::optional(outcomes[0]), s.failure(), s.closed()};
}

TEST(SmtpSession, AnyFaultBeforeAMessageIsOfferedOnlyClosesTheConnection) {
  for (Step at : {Step::banner, Step::starttls, Step::auth}) {
    for (auto reply :
         {"", "421 4.3.0 bye\r\n", "451 4.3.0 later\r\n", "554 5.3.0 no\r\n", "nonsense\r\n", "354 go\r\n"}) {
      auto p = play(at, reply);
      EXPECT_FALSE(p.outcome) << to_string(at) << reply;
      EXPECT_TRUE(p.closed) << to_string(at) << reply;
      EXPECT_EQ(p.failure.fate, Fate::deferred) << to_string(at) << reply;
      EXPECT_TRUE(p.failure.evidence.starts_with(to_string(at))) << p.failure.evidence;
    }
  }
  for (auto reply : {"", "421 bye\r\n", "451 later\r\n", "nonsense\r\n"}) EXPECT_TRUE(play(Step::ehlo, reply).closed);
}

struct Case {
  Step at;
  std::string reply;
  Fate fate;
  int code;
  bool recipient = false;
};

TEST(SmtpSession, FateOfAMessageAtEveryStep) {
  const std::vector<Case> cases = {
      {Step::mail, "", Fate::deferred, 0},
      {Step::mail, "421 4.3.2 closing\r\n", Fate::deferred, 421},
      {Step::mail, "451 4.3.0 later\r\n", Fate::deferred, 451},
      {Step::mail, "550 5.7.1 no\r\n", Fate::rejected, 550},
      {Step::mail, "530 5.7.0 authenticate\r\n", Fate::deferred, 530},
      {Step::mail, "354 what\r\n", Fate::deferred, 354},
      {Step::mail, "garbage\r\n", Fate::deferred, 0},
      {Step::rcpt, "", Fate::deferred, 0},
      {Step::rcpt, "421 bye\r\n", Fate::deferred, 421},
      {Step::rcpt, "450 4.7.1 greylisted\r\n", Fate::deferred, 450},
      {Step::rcpt, "550-5.1.1 nobody\r\n550 5.1.1 here\r\n", Fate::rejected, 550, true},
      {Step::rcpt, "\x01\x02\r\n", Fate::deferred, 0},
      {Step::data, "", Fate::deferred, 0},
      {Step::data, "421 bye\r\n", Fate::deferred, 421},
      {Step::data, "451 4.3.0 later\r\n", Fate::deferred, 451},
      {Step::data, "554 5.6.0 no\r\n", Fate::rejected, 554},
      {Step::data, "250 surprise\r\n", Fate::deferred, 250},
      {Step::data, "35\r\n", Fate::deferred, 0},
      {Step::dot, "", Fate::unknown, 0},
      {Step::dot, "421 4.3.2 bye\r\n", Fate::deferred, 421},
      {Step::dot, "452 4.2.2 full\r\n", Fate::deferred, 452},
      {Step::dot, "554 5.7.1 spam\r\n", Fate::rejected, 554},
      {Step::dot, "354 again\r\n", Fate::unknown, 354},
      {Step::dot, "HTTP/1.1 200 OK\r\n", Fate::unknown, 0},
      {Step::dot, "250 2.0.0 queued\r\n", Fate::accepted, 250},
      {Step::dot, "250-first\r\n", Fate::unknown, 0},  // a reply that never ends
  };
  for (const Case& c : cases) {
    auto p = play(c.at, c.reply);
    std::string what = std::string(to_string(c.at)) + " " + c.reply;
    ASSERT_TRUE(p.outcome) << what;
    const Delivery& d = p.outcome->delivery;
    EXPECT_EQ(d.fate, c.fate) << what;
    EXPECT_EQ(d.smtp_code, c.code) << what;
    EXPECT_EQ(d.recipient_rejected, c.recipient) << what;
    EXPECT_TRUE(d.evidence.starts_with(to_string(c.at))) << d.evidence;
  }
}

TEST(SmtpSession, EvidenceIsTheFirstLineWithoutAddresses) {
  auto p = play(Step::rcpt, "550-5.1.1 <ada1@example.org> unknown; user ada1\r\n550 second\r\n");
  EXPECT_EQ(p.outcome->delivery.evidence, "RCPT: 550 5.1.1 <[address]> unknown; user [address]");
  EXPECT_EQ(p.outcome->delivery.enhanced_code, "5.1.1");
}

TEST(SmtpSession, HeloWhenEhloIsUnknown) {
  SmtpSession s({.helo_name = "me"});
  s.receive("220 hi\r\n");
  EXPECT_EQ(take(s), "EHLO me\r\n");
  s.receive("502 what\r\n");
  EXPECT_EQ(take(s), "HELO me\r\n");
  s.receive("250 hello\r\n");
  EXPECT_TRUE(s.ready());
}

TEST(SmtpSession, NoFallbackFromTls) {
  SmtpSession s({.helo_name = "me", .starttls = true, .username = "u", .password = "p"});
  s.receive("220 hi\r\n");
  s.receive("250-sink\r\n250 AUTH PLAIN\r\n");
  EXPECT_TRUE(s.closed());
  EXPECT_EQ(take(s).find("AUTH"), std::string::npos);
}

TEST(SmtpSession, InjectedRepliesBeforeTlsAreRefused) {
  for (auto more : {"250 smuggled\r\n", "250 smug", "2", "250-PIPELINING\r\n"}) {
    SmtpSession s({.helo_name = "me", .starttls = true});
    s.receive("220 hi\r\n");
    s.receive("250-sink\r\n250 STARTTLS\r\n");
    s.receive(std::string("220 go\r\n") + more);
    EXPECT_TRUE(s.closed()) << more;
    EXPECT_FALSE(s.wants_tls()) << more;
  }
}

TEST(SmtpSession, PasswordsNeedTlsOrThisMachine) {
  for (bool allowed : {false, true}) {
    SmtpSession s({.helo_name = "me", .clear_auth_allowed = allowed, .username = "u", .password = "secret"});
    s.receive("220 hi\r\n");
    take(s);
    s.receive("250-sink\r\n250 AUTH PLAIN LOGIN\r\n");
    EXPECT_EQ(s.closed(), !allowed);
    EXPECT_EQ(take(s), allowed ? "AUTH PLAIN " + base64(std::string("\0u\0secret", 9)) + "\r\n" : "");
  }
}

TEST(SmtpSession, AuthLogin) {
  SmtpSession s({.helo_name = "me", .tls_from_start = true, .username = "u", .password = "secret"});
  s.receive("220 hi\r\n");
  take(s);
  s.receive("250-sink\r\n250 AUTH=LOGIN\r\n");
  EXPECT_EQ(take(s), "AUTH LOGIN\r\n");
  s.receive("334 x\r\n");
  EXPECT_EQ(take(s), base64("u") + "\r\n");
  s.receive("334 y\r\n");
  EXPECT_EQ(take(s), base64("secret") + "\r\n");
  s.receive("235 in\r\n");
  EXPECT_TRUE(s.ready());
}

TEST(SmtpSession, SizeIsDeclaredAndObeyed) {
  auto s = ready_session(true, "250-SIZE 1000\r\n");
  s.offer(message(1));
  EXPECT_NE(take(s).find("MAIL FROM:<advisor@agency.example> SIZE=18\r\n"), std::string::npos);
  auto big = ready_session(true, "250-SIZE 10\r\n");
  big.offer(message(1));
  EXPECT_EQ(take(big), "");
  EXPECT_EQ(big.take_outcomes().at(0).delivery.fate, Fate::rejected);
}

TEST(SmtpSession, PipelinesUpToTheGateAndAcrossMessages) {
  auto s = ready_session();
  s.offer(message(1));
  EXPECT_EQ(take(s), "MAIL FROM:<advisor@agency.example>\r\nRCPT TO:<ada1@example.org>\r\n");
  EXPECT_FALSE(s.wants_message());
  s.receive("250 ok\r\n250 ok\r\n");
  ASSERT_EQ(s.asks_gate(), TouchId{1});
  EXPECT_EQ(take(s), "") << "nothing more before the gate has been asked";
  s.answer_gate("");
  EXPECT_EQ(take(s), "DATA\r\n");
  s.receive("354 go\r\n");
  ASSERT_TRUE(s.wants_message());
  s.offer(message(2));
  EXPECT_EQ(take(s),
            "Subject: x\r\n\r\nhi\r\n.\r\nMAIL FROM:<advisor@agency.example>\r\nRCPT TO:<ada2@example.org>\r\n");
  s.receive("250 taken\r\n250 ok\r\n550 5.1.1 nobody\r\n");
  auto out = s.take_outcomes();
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].delivery.fate, Fate::accepted);
  EXPECT_TRUE(out[1].delivery.recipient_rejected);
  EXPECT_EQ(take(s), "RSET\r\n");
}

TEST(SmtpSession, OneByOneWithoutPipelining) {
  auto s = ready_session(false);
  s.offer(message(1));
  EXPECT_EQ(take(s), "MAIL FROM:<advisor@agency.example>\r\n");
  s.receive("250 ok\r\n");
  EXPECT_EQ(take(s), "RCPT TO:<ada1@example.org>\r\n");
  s.receive("250 ok\r\n");
  s.answer_gate("");
  take(s);
  s.receive("354 go\r\n");
  EXPECT_FALSE(s.wants_message());
}

TEST(SmtpSession, TheGateStopsAndTheNextGoesOn) {
  auto s = ready_session();
  s.offer(message(1));
  take(s);
  s.receive("250 ok\r\n250 ok\r\n");
  s.answer_gate("opted out");
  auto out = s.take_outcomes();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].delivery.fate, Fate::stopped);
  EXPECT_EQ(out[0].delivery.stop_reason, "opted out");
  s.offer(message(2));
  EXPECT_EQ(take(s), "RSET\r\nMAIL FROM:<advisor@agency.example>\r\nRCPT TO:<ada2@example.org>\r\n");
  s.receive("250 reset\r\n250 ok\r\n250 ok\r\n");
  EXPECT_EQ(s.asks_gate(), TouchId{2});
}

TEST(SmtpSession, RefusedMailDoesNotConfuseWhatFollows) {
  auto s = ready_session();
  s.offer(message(1));
  take(s);
  s.receive("451 4.3.0 later\r\n");
  EXPECT_EQ(s.take_outcomes().at(0).delivery.fate, Fate::deferred);
  s.offer(message(2));
  take(s);
  s.receive("503 no MAIL\r\n250 ok\r\n250 ok\r\n");
  EXPECT_EQ(s.asks_gate(), TouchId{2});
}

TEST(SmtpSession, LostWithTwoInFlight) {
  auto s = ready_session();
  s.offer(message(1));
  take(s);
  s.receive("250 ok\r\n250 ok\r\n");
  s.answer_gate("");
  take(s);
  s.receive("354 go\r\n");
  s.offer(message(2));
  take(s);
  s.lost("connection reset");
  auto out = s.take_outcomes();
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].delivery.fate, Fate::unknown);
  EXPECT_FALSE(out[0].untouched);
  EXPECT_EQ(out[1].delivery.fate, Fate::deferred);
  EXPECT_TRUE(out[1].untouched);
}

TEST(SmtpSession, InDoubtOnlyOnceTheDotHasLeft) {
  const std::string body = "Subject: x\r\n\r\nhi\r\n.\r\n";
  for (size_t sent = 0; sent <= body.size(); ++sent) {
    auto s = ready_session();
    s.offer(message(1));
    take(s);
    s.receive("250 ok\r\n250 ok\r\n");
    s.answer_gate("");
    take(s);
    s.receive("354 go\r\n");
    ASSERT_EQ(s.output(), body);
    s.sent(sent);
    s.lost("connection reset");
    bool dot_left = sent > body.size() - 3;
    EXPECT_EQ(s.take_outcomes().at(0).delivery.fate, dot_left ? Fate::unknown : Fate::deferred) << sent;
  }
}

TEST(SmtpSession, ARefusalInTheMiddleOfTheContent) {
  for (auto [reply, fate] : {std::pair("552 5.3.4 too big\r\n", Fate::rejected),
                             std::pair("451 later\r\n", Fate::deferred), std::pair("250 ok\r\n", Fate::deferred)}) {
    auto s = ready_session();
    s.offer(message(1));
    take(s);
    s.receive("250 ok\r\n250 ok\r\n");
    s.answer_gate("");
    take(s);
    s.receive("354 go\r\n");
    s.sent(5);
    s.receive(reply);
    EXPECT_EQ(s.take_outcomes().at(0).delivery.fate, fate) << reply;
    EXPECT_TRUE(s.closed());
    EXPECT_TRUE(s.output().empty()) << "the rest must not be sent";
  }
}

TEST(SmtpSession, AddressesThatSmtpCannotCarryNeverReachTheWire) {
  auto s = ready_session();
  auto m = message(1);
  m.to = "a@b>\r\nRCPT TO:<victim@example.net";
  s.offer(m);
  EXPECT_EQ(take(s), "");
  auto d = s.take_outcomes().at(0).delivery;
  EXPECT_EQ(d.fate, Fate::rejected);
  EXPECT_TRUE(d.recipient_rejected);
  EXPECT_TRUE(s.idle());
}

TEST(SmtpSession, RepliesInAnyPieces) {
  const std::string all = "220-hi\r\n220 there\r\n250-sink\r\n250-PIPELINING\r\n250 SIZE\r\n";
  for (size_t piece = 1; piece < all.size(); ++piece) {
    SmtpSession s({.helo_name = "me"});
    for (size_t i = 0; i < all.size(); i += piece) s.receive(all.substr(i, piece));
    EXPECT_TRUE(s.ready()) << piece;
  }
}

TEST(SmtpSession, EndlessRepliesAreCutOff) {
  SmtpSession line({});
  line.receive("220 " + std::string(kMaxReplyLine, 'x'));
  EXPECT_TRUE(line.closed());
  SmtpSession many({});
  for (int i = 0; i < 100000 && !many.closed(); ++i) many.receive("220-" + std::string(60, 'x') + "\r\n");
  EXPECT_TRUE(many.closed());
  EXPECT_EQ(many.failure().fate, Fate::deferred);
}

TEST(SmtpSession, RandomServersNeverBreakTheRules) {
  const std::vector<std::string> says = {"220 a\r\n", "250 b\r\n", "250-c\r\n",         "354 d\r\n", "421 e\r\n",
                                         "450 f\r\n", "550 g\r\n", "235 h\r\n",         "x\r\n",     "\n",
                                         "250",       " ok\r\n",   "250 PIPELINING\r\n"};
  Rng rng(99);
  for (int round = 0; round < 5000; ++round) {
    SmtpSession s({.helo_name = "me"});
    s.receive("220 hi\r\n250-x\r\n250 PIPELINING\r\n");
    int64_t offered = 0;
    size_t answered = 0;
    for (int i = 0; i < 40 && !s.closed(); ++i) {
      if (s.wants_message()) s.offer(message(++offered));
      if (s.asks_gate()) s.answer_gate(rng.chance(0.2) ? "no" : "");
      s.sent(rng.below(s.output().size() + 1));
      s.receive(rng.chance(0.6) ? says[1] : says[rng.below(says.size())]);
      answered += s.take_outcomes().size();
    }
    s.lost("end");
    answered += s.take_outcomes().size();
    ASSERT_EQ(answered, static_cast<size_t>(offered)) << "every message has exactly one outcome";
  }
}

// The receiving end, by RFC 5321 4.5.2: only CRLF ends a line. Empty when the content never ends.
std::optional<std::string> unstuffed(const std::string& wire) {
  std::string out;
  for (size_t at = 0; at < wire.size();) {
    size_t end = wire.find("\r\n", at);
    if (end == std::string::npos) return std::nullopt;
    std::string line = wire.substr(at, end - at);
    at = end + 2;
    if (line == ".") return at == wire.size() ? std::optional(out) : std::nullopt;
    out += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
  }
  return std::nullopt;
}

std::string crlf_lines(const std::string& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\r' && i + 1 < s.size() && s[i + 1] == '\n') continue;
    if (s[i] == '\r' || s[i] == '\n') {
      out += "\r\n";
    } else {
      out += s[i];
    }
  }
  if (!out.empty() && !out.ends_with("\r\n")) out += "\r\n";
  return out;
}

TEST(DotStuffing, RoundTripsByteForByteAndNeverSmuggles) {
  const std::vector<std::string> pieces = {".",
                                           "..",
                                           "\r\n",
                                           "\r",
                                           "\n",
                                           "\r\n.\r\n",
                                           "\n.\n",
                                           "\r.\r",
                                           "\n.\r\n",
                                           "\r\n.\n",
                                           std::string(1, '\0'),
                                           "é",
                                           std::string(1200, 'z'),
                                           "a",
                                           "MAIL"};
  Rng rng(4711);
  for (int round = 0; round < 20000; ++round) {
    std::string content;
    for (uint64_t i = rng.below(20); i > 0; --i) content += pieces[rng.below(pieces.size())];
    std::string wire = dot_stuffed(content);
    for (size_t i = 0; i < wire.size(); ++i) {
      if (wire[i] == '\n') {
        ASSERT_TRUE(i > 0 && wire[i - 1] == '\r');
      }
      if (wire[i] == '\r') {
        ASSERT_TRUE(i + 1 < wire.size() && wire[i + 1] == '\n');
      }
    }
    auto back = unstuffed(wire);
    ASSERT_TRUE(back) << "the content ends where it should and nowhere before";
    ASSERT_EQ(*back, crlf_lines(content));
  }
}

}  // namespace
}  // namespace onward::mail
