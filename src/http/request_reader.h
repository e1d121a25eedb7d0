// Bytes in, one request out: the strict HTTP/1.1 parser without a socket. Internal to http.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace onward::http {

struct Refusal {
  int status = 400;
  std::string_view detail;  // a sentence of ours, for the problem document
};

struct ReaderLimits {
  size_t max_header = 16 << 10;  // bytes, request line included; also of chunk extensions and of trailers
  size_t max_body = 1 << 20;     // bytes, decoded
  // Of multipart/form-data to paths that begin so; 0: as any other.
  size_t max_upload = 0;
  std::string upload_prefix;
};

class RequestReader {
 public:
  enum class State {
    need_more,       // call again with more bytes
    wants_continue,  // the same, and the client waits for "100 Continue" first; said once
    done,            // take() the request
    refused,         // see refusal(); the connection cannot be used any longer
  };

  explicit RequestReader(const ReaderLimits& limits);
  ~RequestReader();

  // Consumes from the front of `in` what belongs to this request; what follows it stays. Not to be called after done or
  // refused.
  State feed(std::string& in);

  Refusal refusal() const { return refusal_; }
  bool keep_alive() const { return keep_alive_; }  // after done: what the client asked for
  Request take();                                  // without remote, params and request_id; trailers are dropped

 private:
  struct Parser;
  bool judge_header();
  bool judge_framing();
  bool judge_length();
  bool refuse(int status, std::string_view detail);  // always false

  const ReaderLimits limits_;
  std::unique_ptr<Parser> parser_;
  Request request_;
  Refusal refusal_;
  bool header_seen_ = false;
  bool wants_continue_ = false;
  bool keep_alive_ = false;
};

}  // namespace onward::http
