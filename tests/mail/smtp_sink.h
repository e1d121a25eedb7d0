// A recording SMTP server for tests: takes what a client sends, answers by the book or by a script of faults, and keeps
// envelope, content and times. One thread per connection.
//
//   SmtpSink sink({.faults = {{.step = "DATA", .message = 2, .reply = "451 4.3.0 later"}}});
//   ... let a client talk to 127.0.0.1:sink.port() ...
//   sink.received()  -> what was accepted with 250
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

namespace onward::testing {

struct SinkFault {
  enum class Kind { reply, disconnect, reset, garbage };
  std::string step;  // "banner", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "dot", "RSET"
  int message = -1;  // the how-manieth MAIL of the whole sink, from 0; -1: every time
  Kind kind = Kind::reply;
  std::string reply;                     // for Kind::reply, without CRLF; empty: the usual one (delay only)
  std::chrono::milliseconds delay{0};    // before the fault or the usual reply
  std::chrono::milliseconds dribble{0};  // pause after each byte of the reply
  int times = 1'000'000;                 // how often it strikes
  bool after_accept = false;             // at "dot": the message is kept although the client never hears of it
};

struct SinkOptions {
  int port = 0;  // 0: any free one
  enum class Tls { none, starttls, implicit } tls = Tls::none;
  std::string certificate_name = "localhost";  // of the self-made certificate; 127.0.0.1 is always in it with localhost
  std::string username, password;              // set: AUTH PLAIN LOGIN offered and demanded
  bool login_only = false;
  bool pipelining = true;
  bool ehlo = true;  // false: 502 to EHLO
  size_t size_limit = 0;
  bool keep_messages = true;  // false: count and call back only, for long runs
  std::vector<SinkFault> faults;
};

struct SinkMessage {
  std::string from, to, raw;  // raw: dots unstuffed, CRLF line ends
  bool tls = false;
  std::string user;
  int connection = 0;
  int64_t at_ms = 0;  // wall clock at acceptance
  std::string message_id() const;
};

class SmtpSink {
 public:
  // on_message: called for each accepted message, before the 250 goes out, from any thread.
  using OnMessage = std::function<void(const SinkMessage&)>;
  explicit SmtpSink(SinkOptions = {}, OnMessage on_message = {});
  ~SmtpSink();
  int port() const { return port_; }
  const std::string& certificate_file() const { return certificate_file_; }  // PEM, to trust the sink

  std::vector<SinkMessage> received() const;
  size_t count() const { return accepted_; }
  bool wait_for(size_t messages, std::chrono::milliseconds) const;
  int connections() const { return connections_; }
  int smuggled() const { return smuggled_; }  // lines that ended in a bare CR or LF
  std::vector<std::string> commands() const;  // as they came, all connections

 private:
  class Talk;
  void make_certificate();
  void accept_loop(std::stop_token);

  SinkOptions options_;
  int listener_ = -1, port_ = 0;
  std::string certificate_file_;
  SSL_CTX* context_ = nullptr;
  mutable std::mutex mutex_;
  std::vector<SinkMessage> received_;
  std::vector<std::string> commands_;
  std::map<const SinkFault*, int> struck_;
  OnMessage on_message_;
  std::atomic<size_t> accepted_{0};
  std::atomic<int> connections_{0}, mails_{0}, smuggled_{0};
  std::list<std::jthread> talks_;
  std::jthread accepter_;
};

}  // namespace onward::testing
