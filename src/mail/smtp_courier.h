// SmtpCourier: ports::Courier over SMTP with threads that block and connections that are kept for a while.
//
// Promises: done is called exactly once per parcel; a password leaves only under TLS or to this machine; a certificate
// that does not fit the host name is refused; security "none" connects to loopback and private addresses only; every
// wait has a limit. Mailboxes are served in parallel and in turn, so that a slow one holds up its own parcels only. A
// mailbox without a host is written to the log (Fate::logged).
//
//   SmtpCourier courier({.max_connections = 4}, [](const std::string& host, const sockaddr* a) { return Status(); });
//   courier.send(parcels, gate, done);
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "mail/connection.h"
#include "ports/courier.h"

namespace onward::mail {

struct SmtpTimeouts {  // RFC 5321 4.5.3.2 where it names one
  std::chrono::milliseconds connect{30'000};
  std::chrono::milliseconds banner{60'000};
  std::chrono::milliseconds tls{30'000};
  std::chrono::milliseconds command{60'000};     // EHLO, AUTH, MAIL, RCPT, RSET
  std::chrono::milliseconds data{120'000};       // the 354
  std::chrono::milliseconds content{180'000};    // without the peer taking a single byte
  std::chrono::milliseconds final_dot{600'000};  // giving up here leaves a message in doubt: be patient
  std::chrono::milliseconds connection{
      900'000};                            // takes no new message after this; cut off at twice this, final dot apart
  std::chrono::milliseconds idle{30'000};  // kept for the next send()
};

struct SmtpOptions {
  std::string helo_name;    // empty: the address literal of this end
  int max_connections = 4;  // per mailbox, 1..10, over all concurrent send() calls
  int max_threads = 64;     // per send()
  bool pipelining = true;
  bool verify_peer = true;
  std::string ca_file;  // PEM; empty: the system's certificates
  SmtpTimeouts timeouts;
};

class SmtpCourier final : public ports::Courier {
 public:
  SmtpCourier(SmtpOptions, Egress);
  ~SmtpCourier() override;
  // Throws what gate or done threw, after every other parcel has its answer.
  void send(std::vector<ports::Parcel>, const Gate&, const Done&) override;

 private:
  class Pool;
  class Dispatch;
  SmtpOptions options_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace onward::mail
