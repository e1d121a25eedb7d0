// A TCP connection with optional TLS under a session: blocking use, every wait bounded by a deadline.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "base/result.h"

namespace onward::mail {

using Deadline = std::chrono::steady_clock::time_point;

// Asked with the resolved address before each connect; an error keeps the connection from being made.
using Egress = std::function<Status(const std::string& host, const sockaddr*)>;

enum class Reach { loopback, private_network, outside };
Reach reach_of(const sockaddr*);  // RFC 1918, RFC 4193 and loopback; everything else is outside

// Shared by all connections: trust anchors, TLS 1.2 or newer.
class TlsContext {
 public:
  // ca_file: PEM, instead of the system's certificates; empty: the system's.
  static Result<std::unique_ptr<TlsContext>> make(const std::string& ca_file, bool verify_peer);
  SSL* new_ssl(const std::string& host) const;

 private:
  struct Free {
    void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  bool verify_ = true;
};

class Connection {
 public:
  struct Target {
    std::string host;
    int port = 0;
    Reach furthest = Reach::outside;  // addresses beyond are refused
  };
  // Resolves and connects; the addresses of the host are tried in order. The error's message names the step, no secret.
  static Result<std::unique_ptr<Connection>> open(const Target&, const Egress&, Deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status start_tls(const TlsContext&, const std::string& host, Deadline);

  // Zero bytes: nothing now. Error Code::unavailable: the stream has ended ("connection closed", "connection reset").
  Result<size_t> write_some(std::string_view);
  Result<size_t> read_some(char* buffer, size_t size);
  // Waits until reading, or if asked for writing, may go on. False: the deadline has passed.
  bool wait(bool for_writing, Deadline) const;
  // Something came, or the stream ended, while nobody was waiting for it.
  bool stirred();

  Reach reach() const { return reach_; }
  std::string local_literal() const;  // "[192.0.2.1]", what EHLO may say in place of a name (RFC 5321 4.1.3)

 private:
  Connection(int fd, Reach reach) : fd_(fd), reach_(reach) {}
  Result<size_t> tls_outcome(int n);

  int fd_;
  Reach reach_;
  SSL* ssl_ = nullptr;
  bool tls_wants_write_ = false;
};

}  // namespace onward::mail
