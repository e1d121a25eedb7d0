#include "http/request_reader.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace onward::http {
namespace {

using State = RequestReader::State;

const std::string kTwo =
    "POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4;e=1\r\nwiki\r\n5\r\npedia\r\n0\r\nT: "
    "1\r\n\r\n"
    "GET /next HTTP/1.1\r\nHost: y\r\n\r\n";

TEST(RequestReader, EverySplitGivesTheSameRequests) {
  for (size_t split = 0; split <= kTwo.size(); ++split) {
    std::string in = kTwo.substr(0, split);
    RequestReader first({});
    State state = first.feed(in);
    bool early = state == State::done;
    in += kTwo.substr(split);
    if (!early) state = first.feed(in);
    ASSERT_EQ(state, State::done) << split;
    Request request = first.take();
    EXPECT_EQ(request.body, "wikipedia");
    EXPECT_EQ(request.path, "/a");
    EXPECT_EQ(request.header("T"), "");
    EXPECT_TRUE(first.keep_alive());
    RequestReader second({});
    ASSERT_EQ(second.feed(in), State::done) << split;
    EXPECT_EQ(second.take().path, "/next");
    EXPECT_TRUE(in.empty());
  }
}

TEST(RequestReader, SaysOnceThatTheClientWaits) {
  std::string in = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RequestReader reader({});
  EXPECT_EQ(reader.feed(in), State::wants_continue);
  in = "o";
  EXPECT_EQ(reader.feed(in), State::need_more);
  in = "k";
  EXPECT_EQ(reader.feed(in), State::done);
  EXPECT_EQ(reader.take().body, "ok");
}

TEST(RequestReader, OnlyWhereFilesAreTakenABodyMayBeLarge) {
  auto state = [](const std::string& path, const std::string& type, size_t size, bool chunked = false) {
    RequestReader reader({.max_body = 10, .max_upload = 100, .upload_prefix = "/b/"});
    std::string body(size, 'x');
    std::string in = "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + type + "\r\n";
    if (chunked)
      in += "Transfer-Encoding: chunked\r\n\r\n32\r\n" + body + "\r\n0\r\n\r\n";
    else
      in += "Content-Length: " + std::to_string(size) + "\r\n\r\n" + body;
    State s = reader.feed(in);
    return s == State::done ? 200 : s == State::refused ? reader.refusal().status : 0;
  };
  const std::string multipart = "multipart/form-data; boundary=x";
  EXPECT_EQ(state("/b/talk/questions", multipart, 50), 200);
  EXPECT_EQ(state("/b/talk/questions", multipart, 50, true), 200);
  EXPECT_EQ(state("/b/talk/questions", multipart, 101), 413);
  EXPECT_EQ(state("/api/v1/contacts", multipart, 50), 413);
  EXPECT_EQ(state("/api/v1/contacts", multipart, 50, true), 413);
  EXPECT_EQ(state("/b/talk/questions", "application/json", 50), 413);
  EXPECT_EQ(state("/b/talk/questions", "application/json", 10), 200);
}

TEST(RequestReader, NoBytesBreakItsPromises) {
  Rng rng(20260322);
  int done = 0, refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = kTwo;
    for (uint64_t changes = rng.below(4); changes > 0; --changes) {
      size_t at = rng.below(bytes.size());
      if (rng.chance(0.5))
        bytes[at] = static_cast<char>(rng.below(256));
      else if (rng.chance(0.5))
        bytes.erase(at, 1 + rng.below(8));
      else
        bytes.insert(at, bytes.substr(rng.below(bytes.size()), rng.below(20)));
    }
    RequestReader reader({.max_header = 200, .max_body = 12});
    State state = State::need_more;
    std::string in;
    while (state == State::need_more && !bytes.empty()) {
      size_t n = std::min<size_t>(1 + rng.below(40), bytes.size());
      in += bytes.substr(0, n);
      bytes.erase(0, n);
      state = reader.feed(in);
    }
    if (state == State::refused) {
      ++refused;
      EXPECT_GE(reader.refusal().status, 400);
      EXPECT_FALSE(reader.refusal().detail.empty());
    }
    if (state != State::done) continue;
    ++done;
    Request request = reader.take();
    EXPECT_TRUE(request.path.starts_with('/'));
    EXPECT_LE(request.body.size(), 12u);
    EXPECT_TRUE(is_header_name(request.method));
  }
  EXPECT_GT(done, 300);
  EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace onward::http
