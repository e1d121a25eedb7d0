#include "http/request_reader.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/multipart.h"
#include "http/target.h"

namespace onward::http {
namespace {

namespace beast_http = boost::beast::http;
using beast_http::field;

constexpr size_t kMaxFields = 100;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._:[]~%!$&'()*+,;=").find(c) != std::string_view::npos;
  });
}

Refusal refusal_for(const boost::system::error_code& ec) {
  using beast_http::error;
  if (ec == error::header_limit) return {431, "The header of the request is too large."};
  if (ec == error::body_limit || ec == error::buffer_overflow) return {413, "The body of the request is too large."};
  if (ec == error::bad_version) return {505, "Only HTTP/1.1 is spoken here."};
  return {400, "The request is malformed."};
}

}  // namespace

struct RequestReader::Parser : beast_http::request_parser<beast_http::string_body> {};

RequestReader::RequestReader(const ReaderLimits& limits) : limits_(limits), parser_(std::make_unique<Parser>()) {
  parser_->header_limit(static_cast<uint32_t>(limits.max_header));
  parser_->body_limit(std::max(limits.max_body, limits.max_upload));
}

RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::feed(std::string& in) {
  // The parser stops after the header (it is not eager), so that the header is judged before the body is read.
  while (!parser_->is_done()) {
    boost::system::error_code ec;
    size_t used = in.empty() ? 0 : parser_->put(boost::asio::buffer(in), ec);
    bool need_more = in.empty() || ec == beast_http::error::need_more;
    in.erase(0, used);
    if (ec && !need_more) {
      refusal_ = refusal_for(ec);
      return State::refused;
    }
    if (!header_seen_ && parser_->is_header_done()) {
      header_seen_ = true;
      if (!judge_header()) return State::refused;
      continue;
    }
    if (!need_more) continue;
    // The parser bounds the header and the body, but neither chunk extensions nor trailers.
    if (in.size() > limits_.max_header) {
      refusal_ = refusal_for(beast_http::error::header_limit);
      return State::refused;
    }
    bool ask = header_seen_ && wants_continue_ && in.empty();
    if (ask) wants_continue_ = false;
    return ask ? State::wants_continue : State::need_more;
  }
  return State::done;
}

Request RequestReader::take() {
  request_.body = std::move(parser_->get().body());
  return std::move(request_);
}

bool RequestReader::refuse(int status, std::string_view detail) {
  refusal_ = {status, detail};
  return false;
}

bool RequestReader::judge_header() {
  const auto& message = parser_->get();
  if (message.version() != 10 && message.version() != 11) return refuse(505, "Only HTTP/1.1 is spoken here.");
  for (const auto& header : message.base())
    request_.headers.emplace_back(view(header.name_string()), view(header.value()));
  if (request_.headers.size() > kMaxFields) return refuse(431, "The request has too many header fields.");
  size_t hosts = message.count(field::host);
  if (hosts > 1 || (hosts == 0 && message.version() == 11) || !is_host(request_.header("Host")))
    return refuse(400, "The Host header is missing or malformed.");
  if (!judge_framing()) return false;
  auto target = parse_target(view(message.target()));
  if (!target) return refuse(400, "The address in the request is malformed.");
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
  request_.method = view(message.method_string());
  keep_alive_ = message.keep_alive();
  return judge_length();
}

// Only where files are taken may a body be as large as a file.
bool RequestReader::judge_length() {
  bool upload = limits_.max_upload > limits_.max_body && request_.path.starts_with(limits_.upload_prefix) &&
                multipart_boundary(request_.header("Content-Type")).has_value();
  if (upload) return true;
  auto length = parser_->content_length();
  if (length && *length > limits_.max_body) return refuse(413, "The body of the request is too large.");
  parser_->body_limit(limits_.max_body);
  return true;
}

// Refuses every framing that a proxy in front could read differently (request smuggling).
bool RequestReader::judge_framing() {
  const auto& message = parser_->get();
  size_t lengths = message.count(field::content_length);
  size_t codings = message.count(field::transfer_encoding);
  std::string_view length = view(message[field::content_length]);
  bool digits = std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || lengths > 1 || codings > 1 || (lengths && codings) || (codings && message.version() != 11))
    return refuse(400, "The length of the request is ambiguous.");
  if (codings && !boost::beast::iequals(message[field::transfer_encoding], "chunked"))
    return refuse(501, "Only the chunked transfer coding is known here.");
  auto expect = message[field::expect];
  if (expect.empty() || message.version() != 11) return true;
  if (!boost::beast::iequals(expect, "100-continue")) return refuse(417, "This expectation cannot be met.");
  wants_continue_ = true;
  return true;
}

}  // namespace onward::http
