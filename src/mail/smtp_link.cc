#include "mail/smtp_link.h"

#include "base/check.h"

namespace onward::mail {
namespace {

using ports::Delivery;
using ports::Fate;
using std::chrono::steady_clock;

Delivery failed(std::string_view step, std::string_view why) {
  Delivery d;
  d.fate = Fate::deferred;
  d.evidence = std::string(step) + ": " + std::string(why);
  return d;
}

std::chrono::milliseconds limit_of(Step step, const SmtpTimeouts& t) {
  switch (step) {
    case Step::banner: return t.banner;
    case Step::tls: return t.tls;
    case Step::data: return t.data;
    case Step::body: return t.content;
    case Step::dot: return t.final_dot;
    case Step::ehlo:
    case Step::helo:
    case Step::starttls:
    case Step::auth:
    case Step::ready:
    case Step::mail:
    case Step::rcpt:
    case Step::gate:
    case Step::rset:
    case Step::quit: return t.command;
  }
  return t.command;
}

}  // namespace

SmtpLink::SmtpLink(std::unique_ptr<Connection> connection, SmtpSession::Options options, const SmtpTimeouts& timeouts)
    : connection_(std::move(connection)),
      session_(std::move(options)),
      timeouts_(timeouts),
      born_(steady_clock::now()),
      step_began_(born_) {}

tl::expected<std::unique_ptr<SmtpLink>, Delivery> SmtpLink::open(const ports::Mailbox& mailbox, const SmtpOptions& o,
                                                                 const TlsContext& tls, const Egress& egress) {
  const bool clear = mailbox.security == "none";
  if (!clear && mailbox.security != "tls" && mailbox.security != "starttls") {
    return tl::unexpected(failed("connect", "security must be starttls, tls or none"));
  }
  Connection::Target target{mailbox.host, mailbox.port, clear ? Reach::private_network : Reach::outside};
  auto connection = Connection::open(target, egress, steady_clock::now() + o.timeouts.connect);
  if (!connection) return tl::unexpected(failed("connect", connection.error().message));
  if (mailbox.security == "tls") {
    auto status = (*connection)->start_tls(tls, mailbox.host, steady_clock::now() + o.timeouts.tls);
    if (!status) return tl::unexpected(failed("TLS", status.error().message));
  }
  SmtpSession::Options session;
  session.helo_name = o.helo_name.empty() ? (*connection)->local_literal() : o.helo_name;
  session.starttls = mailbox.security == "starttls";
  session.tls_from_start = mailbox.security == "tls";
  session.clear_auth_allowed = (*connection)->reach() == Reach::loopback;
  session.username = mailbox.username;
  session.password = mailbox.password;
  session.pipelining = o.pipelining;
  std::unique_ptr<SmtpLink> link(new SmtpLink(std::move(*connection), std::move(session), o.timeouts));
  while (!link->session_.ready() && !link->session_.closed()) {
    if (link->session_.wants_tls()) {
      auto status = link->connection_->start_tls(tls, mailbox.host, steady_clock::now() + o.timeouts.tls);
      if (!status) return tl::unexpected(failed("TLS", status.error().message));
      link->session_.tls_started();
    }
    link->pump();
  }
  if (link->session_.closed()) return tl::unexpected(link->session_.failure());
  return link;
}

// The limit of a step runs from when waiting for it began and not from the last byte: a server that dribbles gains
// nothing.
Deadline SmtpLink::step_deadline() {
  if (session_.waiting_for() != step_ || session_.replies() != replies_seen_) {
    step_ = session_.waiting_for();
    replies_seen_ = session_.replies();
    step_began_ = steady_clock::now();
  }
  Deadline step = step_began_ + limit_of(step_, timeouts_);
  return step_ == Step::dot ? step : std::min(step, born_ + 2 * timeouts_.connection);
}

bool SmtpLink::write_waiting() {
  if (session_.output().empty() || write_failed_) return false;
  auto n = connection_->write_some(session_.output());
  if (!n) {
    write_failed_ = true;  // what the server said before it closed is still worth reading
    return false;
  }
  session_.sent(*n);
  if (*n > 0 && step_ == Step::body) step_began_ = steady_clock::now();
  return *n > 0;
}

bool SmtpLink::read_waiting() {
  char buffer[8192];
  auto n = connection_->read_some(buffer, sizeof buffer);
  if (!n) {
    session_.lost(n.error().message);
    return true;
  }
  if (*n > 0) session_.receive(std::string_view(buffer, *n));
  return *n > 0;
}

void SmtpLink::pump() {
  Deadline deadline = step_deadline();
  bool wrote = write_waiting();
  if (read_waiting() || wrote) return;
  bool for_writing = !session_.output().empty() && !write_failed_;
  if (write_failed_) deadline = std::min(deadline, steady_clock::now() + timeouts_.connect);
  if (!connection_->wait(for_writing, deadline)) session_.lost("timeout");
}

void SmtpLink::say_quit() {
  if (!session_.idle()) return;
  session_.quit();
  write_waiting();
}

}  // namespace onward::mail
