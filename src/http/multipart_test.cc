#include "http/multipart.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace onward::http {
namespace {

using namespace std::string_literals;

std::string part(const std::string& head, const std::string& content) {
  return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
}
const std::string kEnd = "--B--\r\n";

Code code_of(const std::string& body, const MultipartLimits& limits = {}) {
  auto r = parse_multipart(body, "B", limits);
  return r ? Code::internal : r.error().code;
}

TEST(Multipart, FieldsAndFilesAsBrowsersSendThem) {
  std::string binary = "a\0b\r\n--b\xff"s;
  auto r = parse_multipart(
      part("name=\"q.need\"", "é\r\nb") +
          part("name=\"paper\"; filename=\"C:\\x\\My %22plan%22;1.pdf\"\r\nContent-Type: Application/PDF", binary) +
          part("name=none; filename=\"\"", "") + kEnd,
      "B");
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ(r->size(), 3u);
  EXPECT_EQ((*r)[0].name, "q.need");
  EXPECT_EQ((*r)[0].content, "é\r\nb");
  EXPECT_FALSE((*r)[0].filename);
  EXPECT_EQ((*r)[1].filename, "My \"plan\";1.pdf");
  EXPECT_EQ((*r)[1].media_type, "application/pdf");
  EXPECT_EQ((*r)[1].content, binary);
  EXPECT_EQ((*r)[2].filename, "");
  EXPECT_EQ((*r)[2].media_type, "application/octet-stream");
}

TEST(Multipart, TheBoundaryComesFromTheHeader) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=----x1"), "----x1");
  EXPECT_EQ(multipart_boundary("Multipart/Form-Data;charset=utf-8; boundary=\"a b\""), std::nullopt);
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=\"ab\""), "ab");
  EXPECT_EQ(multipart_boundary("multipart/mixed; boundary=x"), std::nullopt);
  EXPECT_EQ(multipart_boundary("multipart/form-data"), std::nullopt);
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')), std::nullopt);
}

TEST(Multipart, WhatIsMalformedOrTooLargeIsRefused) {
  for (const std::string& bad :
       {""s, "x"s, "--B"s, "--B\r\n"s, "--C--\r\n"s, kEnd + "more", part("name=\"a\"", "1"), "--B\r\n\r\n1\r\n" + kEnd,
        part("nam=\"a\"", "1") + kEnd, part("name=\"a", "1") + kEnd, part("name=\"a\"", "\xff") + kEnd,
        part("name=\"a\"", "a\0b"s) + kEnd, "--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n" + kEnd,
        part("name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"", "1") + kEnd})
    EXPECT_EQ(code_of(bad), Code::invalid) << bad;
  EXPECT_EQ(code_of(part("name=\"a\"", "12345") + kEnd, {.max_value = 4}), Code::too_large);
  EXPECT_EQ(code_of(part("name=\"a\"; filename=\"x\"", "12345") + kEnd, {.max_file = 4}), Code::too_large);
  EXPECT_EQ(code_of(part("name=\"abc\"", "1") + kEnd, {.max_name = 2}), Code::too_large);
  EXPECT_EQ(code_of(part("name=\"a\"", "1") + part("name=\"b\"", "2") + kEnd, {.max_parts = 1}), Code::too_large);
  EXPECT_TRUE(parse_multipart("--B--", "B"));
}

// Whatever comes: no crash, and what is taken lies inside the body and within the limits.
TEST(Multipart, AnythingIsReadWithinItsBounds) {
  const std::string whole = part("name=\"a\"", "one") + part("name=\"f\"; filename=\"f.txt\"", "two\r\n-") + kEnd;
  constexpr std::string_view kPieces[] = {"--B", "\r\n",  "\r\n\r\n",       "--", "\"",
                                          ";",   "name=", "filename=\"x\"", "\0", "%22"};
  Rng rng(11);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string body = whole;
    for (uint64_t change = rng.below(4) + 1; change > 0; --change) {
      size_t at = static_cast<size_t>(rng.below(body.size() + 1));
      switch (rng.below(3)) {
        case 0: body.insert(at, kPieces[rng.below(std::size(kPieces))]); break;
        case 1: body.erase(at, static_cast<size_t>(rng.below(8))); break;
        default:
          if (at < body.size()) body[at] = static_cast<char>(rng.below(256));
      }
      if (body.empty()) body = "-";
    }
    auto r = parse_multipart(body, "B", {.max_parts = 4, .max_name = 20, .max_value = 50, .max_file = 60});
    if (!r) continue;
    ++read;
    EXPECT_LE(r->size(), 4u);
    for (const FormPart& p : *r) {
      EXPECT_LE(p.name.size(), 20u);
      EXPECT_LE(p.content.size(), p.filename ? 60u : 50u);
      EXPECT_GE(p.content.data(), body.data());
      EXPECT_LE(p.content.data() + p.content.size(), body.data() + body.size());
    }
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace onward::http
