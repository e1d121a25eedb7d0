#include "mail/compose.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "mail/headers.h"

namespace onward::mail {
namespace {

ports::Message sample() {
  ports::Message m;
  m.touch = TouchId{7};
  m.from_address = "advisor@agency.example";
  m.from_name = "Jörg Müller";
  m.to_address = "ada@example.org";
  m.to_name = "Doe, Ada";
  m.subject = "Your appointment";
  m.text = "Hello Ada,\n\nsee you.\n";
  m.html = "<p>Hello Ada</p>";
  m.message_id = "tou_1.abcd@agency.example";
  m.date = from_ms(1774857600000);  // 2026-03-30T08:00:00Z
  return m;
}

// The field's value with folds undone, or "<none>". `n`: which occurrence.
std::string field(const std::string& raw, const std::string& name, int n = 0) {
  std::string head = "\r\n" + raw.substr(0, raw.find("\r\n\r\n") + 2);
  size_t at = 0;
  for (int i = 0; i <= n; ++i) {
    at = head.find("\r\n" + name + ":", at);
    if (at == std::string::npos) return "<none>";
    at += name.size() + 3;
  }
  std::string value;
  for (; at < head.size(); ++at) {
    if (head.compare(at, 2, "\r\n") == 0) {
      if (at + 2 >= head.size() || (head[at + 2] != ' ' && head[at + 2] != '\t')) break;
      ++at;
    } else {
      value += head[at];
    }
  }
  return value.empty() ? value : value.substr(1);
}

void expect_wire_form(const std::string& raw, size_t longest = 998) {
  size_t start = 0;
  for (size_t i = 0; i < raw.size(); ++i) {
    auto byte = static_cast<unsigned char>(raw[i]);
    ASSERT_TRUE(byte >= 0x20 || byte == '\r' || byte == '\n' || byte == '\t') << int(byte);
    ASSERT_LT(byte, 0x7f);
    if (raw[i] == '\n') {
      ASSERT_GT(i, 0u);
      ASSERT_EQ(raw[i - 1], '\r');
      ASSERT_LE(i - 1 - start, longest) << raw.substr(start, i - start);
      start = i + 1;
    }
    if (raw[i] == '\r') {
      ASSERT_TRUE(i + 1 < raw.size() && raw[i + 1] == '\n');
    }
  }
  ASSERT_EQ(start, raw.size());
}

std::string qp_decoded(const std::string& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '=' && s.compare(i, 3, "=\r\n") == 0) {
      i += 2;
    } else if (s[i] == '=') {
      out += static_cast<char>(std::stoi(s.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else if (s[i] != '\r') {
      out += s[i];
    }
  }
  return out;
}

TEST(Compose, WritesTheUsualFields) {
  std::string raw = compose(sample());
  EXPECT_EQ(field(raw, "Date"), "Mon, 30 Mar 2026 08:00:00 +0000");
  EXPECT_EQ(field(raw, "From"), "=?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <advisor@agency.example>");
  EXPECT_EQ(field(raw, "To"), "\"Doe, Ada\" <ada@example.org>");
  EXPECT_EQ(field(raw, "Subject"), "Your appointment");
  EXPECT_EQ(field(raw, "Message-ID"), "<tou_1.abcd@agency.example>");
  EXPECT_EQ(field(raw, "MIME-Version"), "1.0");
  EXPECT_EQ(field(raw, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(field(raw, "X-Auto-Response-Suppress"), "All");
  EXPECT_TRUE(field(raw, "Content-Type").starts_with("multipart/alternative; boundary=\"=_"));
  for (auto name : {"Reply-To", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post",
                    "Content-Language", "Bcc"}) {
    EXPECT_EQ(field(raw, name), "<none>") << name;
  }
  expect_wire_form(raw, 78);
}

TEST(Compose, SameMessageSameBytes) {
  EXPECT_EQ(compose(sample()), compose(sample()));
  auto other = sample();
  other.message_id = "tou_2.abcd@agency.example";
  EXPECT_NE(field(compose(sample()), "Content-Type"), field(compose(other), "Content-Type"));
}

TEST(Compose, WhatAPersonWroteIsNotMarkedAutomatic) {
  auto m = sample();
  m.auto_submitted = false;
  EXPECT_EQ(field(compose(m), "Auto-Submitted"), "<none>");
  EXPECT_EQ(field(compose(m), "X-Auto-Response-Suppress"), "<none>");
}

TEST(Compose, TextAloneIsOnePart) {
  auto m = sample();
  m.html.clear();
  std::string raw = compose(m);
  EXPECT_EQ(field(raw, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(qp_decoded(raw.substr(raw.find("\r\n\r\n") + 4)), m.text);
}

TEST(Compose, UnsubscribeUrlStaysInOnePiece) {
  auto m = sample();
  m.list_unsubscribe_url = "https://agency.example/unsubscribe/" + std::string(160, 'k') + "?a=1&b=2";
  std::string raw = compose(m);
  EXPECT_NE(raw.find("List-Unsubscribe: <" + m.list_unsubscribe_url + ">\r\n"), std::string::npos);
  EXPECT_EQ(field(raw, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
}

TEST(Compose, ThreadsFoldBetweenIdsAndStayBounded) {
  auto m = sample();
  m.in_reply_to = "last@x.example";
  for (int i = 0; i < 200; ++i) m.references.push_back("id" + std::to_string(i) + "@mail.example");
  m.references.push_back("broken id@x\r\nBcc: v@x.example");
  m.references.push_back("last@x.example");
  std::string raw = compose(m), all = field(raw, "References");
  EXPECT_EQ(field(raw, "In-Reply-To"), "<last@x.example>");
  EXPECT_TRUE(all.starts_with("<id0@mail.example> "));
  EXPECT_TRUE(all.ends_with(" <last@x.example>"));
  EXPECT_EQ(all.find("broken"), std::string::npos);
  EXPECT_EQ(static_cast<size_t>(std::count(all.begin(), all.end(), '<')), kMaxReferences - 1);
  expect_wire_form(raw, 78);
}

TEST(Compose, LongSubjectsFoldAndLongWordsAreEncoded) {
  auto m = sample();
  m.subject = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
  EXPECT_EQ(field(compose(m), "Subject"), m.subject);
  expect_wire_form(compose(m), 78);
  m.subject = std::string(300, 'x');
  EXPECT_TRUE(field(compose(m), "Subject").starts_with("=?utf-8?"));
  expect_wire_form(compose(m), 78);
  m.subject = "\xF0\x9F\x8E\x89 " + std::string(40, 'a') + " \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E and two  spaces";
  expect_wire_form(compose(m), 78);
}

TEST(Compose, NothingInAMessageAddsAHeaderOrAPart) {
  const std::string attack =
      "x\r\nBcc: victim@example.net\r\n\r\nbody\n\0.\r\n"
      "--=_00000000000000000000000000000000--";
  auto m = sample();
  m.from_name = m.to_name = m.subject = m.language = m.in_reply_to = m.text = m.html = attack;
  m.reply_to = "r@example.org" + attack;
  m.from_address = "f@example.org>" + attack;
  m.to_address = "t@example.org" + attack;
  m.message_id = "id@example.org>" + attack;
  m.references = {attack};
  m.list_unsubscribe_url = "https://agency.example/u>" + attack;
  m.extra_headers = {{"X-Onward-Kind", attack}};
  std::string raw = compose(m);
  EXPECT_EQ(field(raw, "Bcc"), "<none>");
  EXPECT_EQ(raw.find("\r\nBcc"), raw.find("\r\nBcc", raw.find("\r\n\r\n")));  // none before the body
  EXPECT_EQ(field(raw, "X-Onward-Kind", 1), "<none>");
  expect_wire_form(raw);
  size_t parts = 0;
  for (size_t at = raw.find("Content-Transfer-Encoding"); at != std::string::npos;
       at = raw.find("Content-Transfer-Encoding", at + 1)) {
    ++parts;
  }
  EXPECT_EQ(parts, 2u);
}

TEST(Compose, AMessageWithoutIdIsABug) {
  auto m = sample();
  m.message_id.clear();
  EXPECT_THROW(compose(m), std::logic_error);
  m = sample();
  m.extra_headers = {{"X Bad:", "v"}};
  EXPECT_THROW(compose(m), std::logic_error);
}

TEST(QuotedPrintable, RoundTripsRandomText) {
  Rng rng(20260330);
  const std::vector<std::string> pieces = {".",
                                           "..",
                                           "\n",
                                           "\n\n",
                                           "From ",
                                           "=",
                                           " ",
                                           "\t",
                                           "é",
                                           "\xF0\x9F\x8E\x89",
                                           std::string(200, 'y'),
                                           std::string(1, '\0'),
                                           "word",
                                           "--",
                                           "=\n"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (uint64_t i = rng.below(30); i > 0; --i) text += pieces[rng.below(pieces.size())];
    std::string encoded = quoted_printable(text);
    ASSERT_EQ(qp_decoded(encoded), text);
    expect_wire_form(encoded + "\r\n", 76);
  }
}

TEST(QuotedPrintable, LineEndsBecomeCrlfAndFragileStartsAreEscaped) {
  EXPECT_EQ(quoted_printable("a\r\nb\rc\nd"), "a\r\nb\r\nc\r\nd");
  EXPECT_EQ(quoted_printable("a \n.b\nFrom c"), "a=20\r\n=2Eb\r\n=46rom c");
}

TEST(HeaderValue, RefusesWhatCannotStandInAHeader) {
  EXPECT_TRUE(HeaderValue::make("Grüße \xF0\x9F\x8E\x89"));
  for (std::string bad : {"a\rb", "a\nb", "a\tb", "a\x7f", "\xff", "\xc0\x80", "\xed\xa0\x80"}) {
    EXPECT_FALSE(HeaderValue::make(bad)) << bad;
  }
  EXPECT_FALSE(HeaderValue::make(std::string("a\0b", 3)));
  EXPECT_FALSE(HeaderValue::make(std::string(HeaderValue::kMaxBytes + 1, 'a')));
  EXPECT_EQ(HeaderValue::cleaned(std::string("a\r\n\0b\xff", 6)).str(), "a b\xef\xbf\xbd");
  EXPECT_EQ(HeaderValue::cleaned(std::string(HeaderValue::kMaxBytes - 1, 'a') + "é").str().size(),
            HeaderValue::kMaxBytes - 1);
}

TEST(HeaderValue, CleanedAlwaysPassesMake) {
  Rng rng(7);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    for (uint64_t i = rng.below(40); i > 0; --i) bytes += static_cast<char>(rng.below(256));
    ASSERT_TRUE(HeaderValue::make(HeaderValue::cleaned(bytes).str()));
    HeaderWriter w;
    w.text("Subject", HeaderValue::cleaned(bytes));
    w.mailbox("To", HeaderValue::cleaned(bytes), bytes);
    w.words("X-Kind", HeaderValue::cleaned(bytes));
    expect_wire_form(w.take());
  }
}

}  // namespace
}  // namespace onward::mail
