// A session on a connection: what one lane of the courier drives, and what the pool keeps between two send() calls.
#pragma once
#include <memory>

#include "mail/connection.h"
#include "mail/smtp_courier.h"
#include "mail/smtp_session.h"

namespace onward::mail {

class SmtpLink {
 public:
  // Connects and goes through banner, EHLO, STARTTLS and AUTH. On failure: why, as the fate of every waiting parcel.
  static tl::expected<std::unique_ptr<SmtpLink>, ports::Delivery> open(const ports::Mailbox&, const SmtpOptions&,
                                                                       const TlsContext&, const Egress&);

  SmtpSession& session() { return session_; }
  // Moves bytes once: writes what waits, reads what came, sleeps at most until the deadline of the present step.
  void pump();
  bool stirred() { return connection_->stirred(); }
  bool expired() const { return std::chrono::steady_clock::now() >= born_ + timeouts_.connection; }
  void say_quit();

 private:
  SmtpLink(std::unique_ptr<Connection>, SmtpSession::Options, const SmtpTimeouts&);
  bool write_waiting();
  bool read_waiting();
  Deadline step_deadline();

  std::unique_ptr<Connection> connection_;
  SmtpSession session_;
  SmtpTimeouts timeouts_;
  Deadline born_;
  Deadline step_began_;
  Step step_ = Step::banner;
  uint64_t replies_seen_ = 0;
  bool write_failed_ = false;
};

}  // namespace onward::mail
