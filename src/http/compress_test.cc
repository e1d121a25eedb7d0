#include "http/compress.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/rng.h"
#include "http/conditional.h"
#include "http/raw_client_test.h"
#include "http/server.h"

namespace onward::http {
namespace {

std::string unpacked(std::string_view packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string prose(size_t size = 4000) {
  std::string out;
  while (out.size() < size) out += "A first talk lasts half an hour. ";
  return out;
}

Response page(std::string body = prose()) {
  Response r = Response::html(200, std::move(body));
  r.compressible = true;
  return r;
}

TEST(AcceptEncoding, IsReadWithItsWeights) {
  for (const char* yes : {"gzip", "GZip", "x-gzip", "*", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8, *;q=0.1",
                          "gzip;q=0.001", "gzip ; q=1.000", "identity;q=0.5, gzip;q=0.5", "gzip\t;\tQ=0.5",
                          " , ,gzip,,", "identity;q=0, *", "deflate, *;q=0.2", "gzip;q=1."})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const char* no : {"", " ", ",", "identity", "br", "deflate", "gzip;q=0", "gzip;q=0.000", "*;q=0",
                         "gzip;q=0, *;q=1", "identity;q=1, gzip;q=0.5", "gzipped", "gzip2", "-gzip", "gz ip"})
    EXPECT_FALSE(accepts_gzip(no)) << no;
}

TEST(AcceptEncoding, WhatIsMalformedCountsAsNotSaid) {
  for (const char* no :
       {"gzip;q=2",  "gzip;q=1.001", "gzip;q=-1",    "gzip;q=0.1234", "gzip;q=",    "gzip;q",
        "gzip;",     "gzip;level=9", "gzip;q=1;q=0", "gzip;q=0x1",    "gzip;q=1e0", "gzip;q=nan",
        "gzip;q=.5", "gzip;q=00.5",  "gzip;q=\"1\"", "gzip;q=1 0",    "gzip=1",     "gzip q=1",
        "\"gzip\"",  "q=1",          ";q=1",         ";;;",           "*;q=nan",    "gzip;q=99999999999999999999"})
    EXPECT_FALSE(accepts_gzip(no)) << no;
  EXPECT_TRUE(accepts_gzip("br;q=x, gzip")) << "one bad member spoils no other";
  EXPECT_FALSE(accepts_gzip("gzip;q=0, gzip")) << "said twice: the lower weight";
  EXPECT_FALSE(accepts_gzip("gzip, x-gzip;q=0"));
}

TEST(AcceptEncoding, ManyMembersAndAnyBytesAreRead) {
  std::string many;
  for (int i = 0; i < 4000; ++i) many += "a,;";
  EXPECT_FALSE(accepts_gzip(many));
  EXPECT_TRUE(accepts_gzip(many + ",gzip"));
  Rng rng(7);
  constexpr std::string_view kLetters = "gzip*;q=01.,- \t\xff\"";
  for (int i = 0; i < 20'000; ++i) {
    std::string field;
    for (uint64_t n = rng.below(24); n > 0; --n) field += kLetters[rng.below(kLetters.size())];
    bool named = field.find("gzip") != field.npos || field.find('*') != field.npos;
    if (accepts_gzip(field)) EXPECT_TRUE(named) << field;
  }
}

TEST(Compress, IsGzipAndComesBackAsItWas) {
  Rng rng(11);
  for (size_t size : {0, 1, 1023, 1024, 40'000, 400'000}) {
    std::string body;
    while (body.size() < size) body += static_cast<char>(rng.below(2) == 0 ? 'a' : rng.below(256));
    std::string packed = gzip(body);
    EXPECT_EQ(packed.substr(0, 2), "\x1f\x8b");
    EXPECT_EQ(unpacked(packed), body) << size;
  }
}

TEST(Compress, OnlyWhatTheHandlerAllows) {
  Response r = encoded(page(), "gzip");
  EXPECT_EQ(r.header("Content-Encoding"), "gzip");
  EXPECT_EQ(r.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(unpacked(r.body), prose());
  Response plain = encoded(Response::html(200, prose()), "gzip");
  EXPECT_EQ(plain.body, prose());
  EXPECT_EQ(plain.header("Vary"), "");
  Response refused = encoded(page(), "br");
  EXPECT_EQ(refused.body, prose());
  EXPECT_EQ(refused.header("Vary"), "Accept-Encoding") << "a cache must ask again for the next browser";
  EXPECT_EQ(encoded(page(prose().substr(0, 1023)), "gzip").header("Content-Encoding"), "");
}

TEST(Compress, NeverWhatMayTellASecretOrIsNotWholeText) {
  auto header = [](std::string_view name, std::string_view value) {
    Response r = page();
    r.set(name, value);
    Response out = encoded(r, "gzip");
    return out.body != r.body || (name != "Content-Encoding" && !out.header("Content-Encoding").empty());
  };
  EXPECT_TRUE(header("Cache-Control", "no-store"));
  EXPECT_FALSE(header("Set-Cookie", "session=1"));
  EXPECT_FALSE(header("Content-Encoding", "br"));
  EXPECT_FALSE(header("Content-Range", "bytes 0-3999/9000"));
  EXPECT_FALSE(header("Cache-Control", "public, No-Transform"));
  for (const char* type : {"image/png", "application/pdf", "application/octet-stream", "", "font/woff2"})
    EXPECT_FALSE(header("Content-Type", type)) << type;
  for (const char* type : {"text/css; charset=utf-8", "application/json", "image/svg+xml", "application/atom+xml;a=b"})
    EXPECT_TRUE(header("Content-Type", type)) << type;
  for (int status : {204, 206, 303, 308}) {
    Response r = page(status == 204 ? "" : prose());
    r.status = status;
    EXPECT_EQ(encoded(r, "gzip").body, r.body) << status;
    EXPECT_EQ(encoded(r, "gzip").header("Vary"), "") << status;
  }
}

TEST(Compress, VaryKeepsWhatItSaid) {
  auto vary = [](Pairs values) {
    Response r = page();
    for (const auto& [name, value] : values) r.add(name, value);
    return std::string(encoded(r, "gzip").header("Vary"));
  };
  EXPECT_EQ(vary({{"Vary", "Accept-Language"}}), "Accept-Language, Accept-Encoding");
  EXPECT_EQ(vary({{"Vary", "Accept"}, {"vary", "Cookie"}}), "Accept, Cookie, Accept-Encoding");
  EXPECT_EQ(vary({{"Vary", "a, accept-encoding"}}), "a, accept-encoding");
  EXPECT_EQ(vary({{"Vary", "*"}}), "*");
}

TEST(Compress, WhatIsPackedAlreadyIsSentAsItIs) {
  Response r = page();
  r.packed = "packed before";
  EXPECT_EQ(encoded(r, "gzip").body, "packed before");
  EXPECT_EQ(encoded(r, "").body, prose());
}

// One tag for both forms of a body, weak as RFC 9110 wants it, and a cache that holds either is told that it does.
TEST(Compress, ConditionalRequestsStayTrue) {
  auto ask = [](Pairs headers, const std::string& encodings) {
    Request request;
    request.headers = std::move(headers);
    return encoded(revalidated(request, page(), std::nullopt), encodings);
  };
  Response packed = ask({}, "gzip"), plain = ask({}, "");
  std::string tag(packed.header("ETag"));
  EXPECT_TRUE(tag.starts_with("W/\""));
  EXPECT_EQ(plain.header("ETag"), tag);
  for (const char* encodings : {"gzip", "", "br"}) {
    Response same = ask({{"If-None-Match", tag}}, encodings);
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.header("ETag"), tag);
    EXPECT_EQ(same.header("Vary"), "Accept-Encoding");
    EXPECT_EQ(same.header("Content-Encoding"), "");
    EXPECT_EQ(same.body, "");
  }
  EXPECT_EQ(ask({{"If-None-Match", "W/\"other\""}}, "gzip").status, 200);
  EXPECT_FALSE(names_etag(tag, tag.substr(2), Compare::strong)) << "no part of a body is ever joined by it";
}

TEST(Compress, HeadSaysWhatGetSends) {
  auto server = Server::start({}, [](const Request&) { return page(); });
  ASSERT_TRUE(server);
  RawClient client((*server)->port());
  constexpr std::string_view kRest =
      " / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br\r\nAccept-Encoding: gzip;q=0.5\r\nRange: bytes=0-9\r\n\r\n";
  client.send("GET" + std::string(kRest));
  RawAnswer whole = client.read();
  EXPECT_EQ(whole.status, 200) << "ranges are not served";
  EXPECT_TRUE(whole.has("Content-Encoding: gzip\r\n"));
  EXPECT_EQ(unpacked(whole.body), prose());
  client.send("HEAD" + std::string(kRest));
  RawAnswer head = client.read(true);
  auto without_names = [](std::string text) {  // date and request id are of each answer
    for (const char* name : {"Date: ", "X-Request-Id: "})
      if (size_t at = text.find(name); at != text.npos) text.erase(at, text.find('\n', at) - at + 1);
    return text;
  };
  EXPECT_EQ(without_names(head.head), without_names(whole.head));
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body, prose());
}

}  // namespace
}  // namespace onward::http
