#include "http/compress.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace onward::http {
namespace {

constexpr int kLevel = 6;
// 32 kB of window and 16 kB hash table: pages are no longer, and no part is so large that the system is asked for it.
constexpr int kWindowBits = 14, kMemory = 7;
constexpr int kGzipHeader = 16;  // added to the window bits: zlib writes RFC 1952
constexpr int kFull = 1000;      // weights are told in thousandths

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

bool same_word(std::string_view a, std::string_view lower) {
  return std::ranges::equal(a, lower, [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; });
}

// "0.75" -> 750; -1 for what is no qvalue of RFC 9110 section 12.4.2.
int weight_of(std::string_view text) {
  constexpr size_t kMost = 5;  // "0.123"
  if (text.empty() || text.size() > kMost || (text[0] != '0' && text[0] != '1')) return -1;
  int value = (text[0] - '0') * kFull, digit = kFull / 10;
  if (text.size() > 1 && text[1] != '.') return -1;
  for (char c : text.substr(std::min<size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return -1;
    value += (c - '0') * digit;
    digit /= 10;
  }
  return value <= kFull ? value : -1;
}

struct Wish {
  std::string_view coding;
  int weight = kFull;  // -1: malformed
};

Wish read_wish(std::string_view member) {
  size_t semicolon = member.find(';');
  Wish wish{trimmed(member.substr(0, semicolon))};
  if (semicolon == member.npos) return wish;
  std::string_view parameter = trimmed(member.substr(semicolon + 1));
  size_t equals = parameter.find('=');
  bool named = equals != parameter.npos && same_word(trimmed(parameter.substr(0, equals)), "q");
  wish.weight = named ? weight_of(trimmed(parameter.substr(equals + 1))) : -1;
  return wish;
}

bool has_word(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    size_t comma = list.find(',');
    std::string_view word = trimmed(list.substr(0, comma));
    if (word == "*" || same_word(word, lower)) return true;
    list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
  }
  return false;
}

bool is_text(std::string_view type) {
  type = trimmed(type.substr(0, type.find(';')));
  constexpr std::string_view kTexts[] = {"application/json",    "application/xml",           "application/atom+xml",
                                         "application/ld+json", "application/manifest+json", "image/svg+xml"};
  return type.starts_with("text/") || std::ranges::find(kTexts, type) != std::end(kTexts);
}

bool may_be_encoded(const Response& r) {
  for (std::string_view name : {"Set-Cookie", "Content-Range", "Content-Encoding"})
    if (find_header(r.headers, name)) return false;
  return r.status != 206 && !has_word(r.header("Cache-Control"), "no-transform");
}

void add_vary(Response& r) {
  std::string vary;
  for (const auto& [name, value] : r.headers)
    if (find_header({{name, ""}}, "Vary")) vary += (vary.empty() ? "" : ", ") + value;
  if (has_word(vary, "accept-encoding")) return;
  r.set("Vary", vary.empty() ? "Accept-Encoding" : vary + ", Accept-Encoding");
}

}  // namespace

bool accepts_gzip(std::string_view field) {
  int gzip = -1, identity = -1, rest = -1;
  auto take = [](int& known, int weight) { known = known < 0 ? weight : std::min(known, weight); };
  while (!field.empty()) {
    size_t comma = field.find(',');
    Wish wish = read_wish(field.substr(0, comma));
    field.remove_prefix(comma == field.npos ? field.size() : comma + 1);
    if (wish.weight < 0) continue;
    if (same_word(wish.coding, "gzip") || same_word(wish.coding, "x-gzip")) take(gzip, wish.weight);
    if (same_word(wish.coding, "identity")) take(identity, wish.weight);
    if (wish.coding == "*") take(rest, wish.weight);
  }
  if (gzip < 0) gzip = rest;
  return gzip > 0 && gzip >= identity;
}

std::string accepted_encodings(const Request& request) {
  std::string out;
  for (const auto& [name, value] : request.headers)
    if (find_header({{name, ""}}, "Accept-Encoding")) out += (out.empty() ? "" : ",") + value;
  return out;
}

std::string gzip(std::string_view body) {
  z_stream stream{};
  int begun = deflateInit2(&stream, kLevel, Z_DEFLATED, kWindowBits + kGzipHeader, kMemory, Z_DEFAULT_STRATEGY);
  check(begun == Z_OK, "deflateInit2");
  std::string out(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  check(ended == Z_STREAM_END, "deflate");
  return out;
}

Response encoded(Response response, std::string_view accept_encoding) {
  if (!response.compressible || !may_be_encoded(response)) return response;
  bool whole = response.status == 200 || response.status >= 400;
  if (!whole && response.status != 304) return response;
  if (whole && !is_text(response.header("Content-Type"))) return response;
  add_vary(response);
  if (std::string tag(response.header("ETag")); !tag.empty() && !tag.starts_with("W/"))
    response.set("ETag", "W/" + tag);
  if (!whole || response.body.size() < kWorthCompressing || !accepts_gzip(accept_encoding)) return response;
  response.body = response.packed.empty() ? gzip(response.body) : std::move(response.packed);
  response.set("Content-Encoding", "gzip");
  return response;
}

}  // namespace onward::http
