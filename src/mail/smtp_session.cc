#include "mail/smtp_session.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/crypto.h"
#include "mail/address.h"

namespace onward::mail {
namespace {

using ports::Delivery;
using ports::Fate;

bool is_about_connection(int code) { return code == 530 || code == 535 || code == 538; }

Delivery local(Fate fate, Step step, std::string_view why) {
  Delivery d;
  d.fate = fate;
  d.evidence = std::string(to_string(step)) + ": " + without_addresses(why);
  return d;
}

std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c -= 32;
  }
  return out;
}

}  // namespace

std::string_view to_string(Step step) {
  switch (step) {
    case Step::banner: return "banner";
    case Step::ehlo: return "EHLO";
    case Step::helo: return "HELO";
    case Step::starttls: return "STARTTLS";
    case Step::tls: return "TLS";
    case Step::auth: return "AUTH";
    case Step::ready: return "ready";
    case Step::mail: return "MAIL";
    case Step::rcpt: return "RCPT";
    case Step::gate: return "gate";
    case Step::data: return "DATA";
    case Step::body: return "content";
    case Step::dot: return "final dot";
    case Step::rset: return "RSET";
    case Step::quit: return "QUIT";
  }
  return "";
}

std::string dot_stuffed(std::string_view content) {
  std::string out;
  out.reserve(content.size() + content.size() / 64 + 8);
  bool line_start = true;
  for (size_t i = 0; i < content.size(); ++i) {
    char c = content[i];
    if (c == '\r' || c == '\n') {
      // Only CRLF may ever end a line on the wire; a bare CR or LF is how messages are smuggled (CVE-2023-51764).
      if (c == '\r' && i + 1 < content.size() && content[i + 1] == '\n') ++i;
      out += "\r\n";
      line_start = true;
      continue;
    }
    if (line_start && c == '.') out += '.';
    out += c;
    line_start = false;
  }
  if (!line_start) out += "\r\n";
  return out + ".\r\n";
}

SmtpSession::SmtpSession(Options options) : options_(std::move(options)), tls_(options_.tls_from_start) {
  expected_.push_back({Step::banner});
}

void SmtpSession::receive(std::string_view bytes) {
  if (closed_) return;
  reader_.receive(bytes);
  while (!closed_) {
    auto reply = reader_.next();
    if (!reply) break;
    ++replies_;
    handle(*reply);
  }
  if (!closed_ && reader_.garbage()) close(local(Fate::deferred, waiting_for(), "the reply is not SMTP"));
}

void SmtpSession::sent(size_t n) {
  output_.erase(0, n);
  sent_ += n;
}

void SmtpSession::lost(std::string_view why) {
  if (!closed_) close(local(Fate::deferred, waiting_for(), "no reply, " + std::string(why)));
}

Step SmtpSession::waiting_for() const {
  if (state_ == Step::tls) return Step::tls;
  if (expected_.empty()) return asks_gate() ? Step::gate : Step::ready;
  if (expected_.front().step == Step::dot && !transactions_.empty() && !in_doubt(transactions_.front()))
    return Step::body;
  return expected_.front().step;
}

void SmtpSession::handle(const Reply& reply) {
  if (expected_.empty()) {
    // Servers say 421 on their own when they shut down or grow tired of waiting.
    return close(judged(transactions_.empty() ? nullptr : &transactions_.front(), waiting_for(), reply));
  }
  Expected expected = expected_.front();
  expected_.pop_front();
  if (state_ != Step::ready) {
    handle_setup(expected.step, reply);
  } else if (expected.step == Step::quit) {
    close(local(Fate::deferred, Step::quit, "done"));
  } else {
    handle_transaction(expected, reply);
  }
  if (!closed_) flush();
}

void SmtpSession::handle_setup(Step step, const Reply& reply) {
  switch (step) {
    case Step::banner: return handle_greeting(reply);
    case Step::ehlo:
    case Step::helo: return handle_ehlo(reply);
    case Step::starttls:
      if (reply.code != 220) return close(judged(nullptr, step, reply));
      // Bytes that came in clear text after the 220 would count as said under TLS (CVE-2011-0411).
      if (reader_.has_rest()) return close(local(Fate::deferred, step, "bytes in clear text after the reply"));
      state_ = Step::tls;
      return;
    case Step::auth: return handle_auth(reply);
    default: bug("a setup step", __FILE__, __LINE__);
  }
}

void SmtpSession::handle_greeting(const Reply& reply) {
  if (reply.code != 220) return close(judged(nullptr, Step::banner, reply));
  state_ = Step::ehlo;
  command(Step::ehlo, 0, "EHLO " + options_.helo_name + "\r\n");
}

void SmtpSession::handle_ehlo(const Reply& reply) {
  if (reply.code / 100 == 5 && state_ == Step::ehlo) {
    state_ = Step::helo;
    return command(Step::helo, 0, "HELO " + options_.helo_name + "\r\n");
  }
  if (reply.code != 250) return close(judged(nullptr, state_, reply));
  offers_starttls_ = offers_pipelining_ = offers_plain_ = offers_login_ = offers_size_ = false;
  if (state_ == Step::ehlo)
    std::for_each(reply.lines.begin() + 1, reply.lines.end(), [&](auto& l) { note_capability(l); });
  after_ehlo();
}

void SmtpSession::note_capability(const std::string& line) {
  std::string text = upper(line);
  std::replace(text.begin(), text.end(), '=', ' ');  // "AUTH=PLAIN LOGIN" of old servers
  std::string keyword = text.substr(0, text.find(' '));
  std::string rest = text.substr(std::min(text.size(), keyword.size() + 1)) + " ";
  if (keyword == "PIPELINING") offers_pipelining_ = true;
  if (keyword == "STARTTLS") offers_starttls_ = true;
  if (keyword == "SIZE") {
    offers_size_ = true;
    size_limit_ = 0;
    std::from_chars(rest.data(), rest.data() + rest.size(), size_limit_);
  }
  if (keyword == "AUTH") {
    offers_plain_ |= (" " + rest).find(" PLAIN ") != std::string::npos;
    offers_login_ |= (" " + rest).find(" LOGIN ") != std::string::npos;
  }
}

void SmtpSession::after_ehlo() {
  if (options_.starttls && !tls_) {
    if (!offers_starttls_)
      return close(local(Fate::deferred, Step::starttls, "required, but the server does not offer it"));
    state_ = Step::starttls;
    return command(Step::starttls, 0, "STARTTLS\r\n");
  }
  if (!options_.username.empty()) return start_auth();
  state_ = Step::ready;
}

void SmtpSession::tls_started() {
  check(state_ == Step::tls);
  tls_ = true;
  state_ = Step::ehlo;
  command(Step::ehlo, 0, "EHLO " + options_.helo_name + "\r\n");
  flush();
}

void SmtpSession::start_auth() {
  if (!tls_ && !options_.clear_auth_allowed) {
    return close(local(Fate::deferred, Step::auth, "the password is not sent without TLS"));
  }
  if (!offers_plain_ && !offers_login_)
    return close(local(Fate::deferred, Step::auth, "neither PLAIN nor LOGIN offered"));
  state_ = Step::auth;
  if (offers_plain_) {
    std::string secret = '\0' + options_.username + '\0' + options_.password;
    return command(Step::auth, 0, "AUTH PLAIN " + base64(secret) + "\r\n");
  }
  login_step_ = 0;
  command(Step::auth, 0, "AUTH LOGIN\r\n");
}

void SmtpSession::handle_auth(const Reply& reply) {
  if (reply.code == 235) {
    state_ = Step::ready;
  } else if (reply.code == 334 && !offers_plain_ && login_step_ < 2) {
    command(Step::auth, 0, base64(login_step_++ == 0 ? options_.username : options_.password) + "\r\n");
  } else {
    close(judged(nullptr, Step::auth, reply));
  }
}

bool SmtpSession::wants_message() const {
  if (!ready() || quitting_) return false;
  if (transactions_.empty()) return true;
  return offers_pipelining_ && options_.pipelining && transactions_.size() == 1 &&
         transactions_.front().phase == Phase::body;
}

void SmtpSession::offer(Outgoing message) {
  check(wants_message());
  Transaction& t = transactions_.emplace_back();
  t.number = next_number_++;
  t.message = std::move(message);
  if (!sendable_address(t.message.to) || !sendable_address(t.message.from)) {
    bool bad_recipient = !sendable_address(t.message.to);
    Delivery d = local(Fate::rejected, bad_recipient ? Step::rcpt : Step::mail, "not an address that SMTP can carry");
    d.recipient_rejected = bad_recipient;
    return settle(t.number, d);
  }
  t.message.content = dot_stuffed(t.message.content);
  std::string size;
  if (offers_size_) {
    uint64_t bytes = t.message.content.size() - 3;  // an estimate, as RFC 1870 allows: doubled dots are counted
    if (size_limit_ && bytes > size_limit_) {
      return settle(t.number, local(Fate::rejected, Step::mail, "larger than the server takes"));
    }
    size = " SIZE=" + std::to_string(bytes);
  }
  command(Step::mail, t.number, "MAIL FROM:<" + t.message.from + ">" + size + "\r\n");
  command(Step::rcpt, t.number, "RCPT TO:<" + t.message.to + ">\r\n");
  flush();
}

std::optional<TouchId> SmtpSession::asks_gate() const {
  if (closed_ || transactions_.empty() || transactions_.front().phase != Phase::gate) return std::nullopt;
  return transactions_.front().message.touch;
}

void SmtpSession::answer_gate(std::string_view stop_reason) {
  check(asks_gate().has_value());
  Transaction& t = transactions_.front();
  if (stop_reason.empty()) {
    t.phase = Phase::data;
    command(Step::data, t.number, "DATA\r\n");
  } else {
    Delivery d;
    d.fate = Fate::stopped;
    d.evidence = "gate: stopped before DATA";
    d.stop_reason = stop_reason;
    abandon(t, d);
  }
  flush();
}

void SmtpSession::quit() {
  check(idle());
  quitting_ = true;
  command(Step::quit, 0, "QUIT\r\n");
  flush();
}

SmtpSession::Transaction* SmtpSession::find(uint64_t number) {
  auto it = std::find_if(transactions_.begin(), transactions_.end(), [&](auto& t) { return t.number == number; });
  return it == transactions_.end() ? nullptr : &*it;
}

void SmtpSession::handle_transaction(Expected expected, const Reply& reply) {
  Transaction* t = find(expected.transaction);
  if (reply.code == 421) {
    Delivery d = judged(t, expected.step, reply);
    if (t) settle(t->number, d, expected.step == Step::mail && !t->mail_accepted);
    return close(d);
  }
  if (expected.step == Step::rset) {
    if (reply.code / 100 != 2) close(judged(nullptr, Step::rset, reply));
    return;
  }
  if (!t) return;  // the RCPT of a MAIL that was refused
  switch (expected.step) {
    case Step::mail:
    case Step::rcpt: return handle_envelope(*t, expected.step, reply);
    case Step::data: return handle_data(*t, reply);
    case Step::dot: return handle_dot(*t, reply);
    default: bug("a transaction step", __FILE__, __LINE__);
  }
}

void SmtpSession::handle_envelope(Transaction& t, Step step, const Reply& reply) {
  int kind = reply.code / 100;
  if (kind == 4 || kind == 5) return abandon(t, judged(&t, step, reply));
  if (kind != 2) {
    Delivery d = judged(&t, step, reply);
    settle(t.number, d);
    return close(d);
  }
  t.mail_accepted = true;
  if (step == Step::rcpt) t.phase = Phase::gate;
}

void SmtpSession::handle_data(Transaction& t, const Reply& reply) {
  int kind = reply.code / 100;
  if (kind == 4 || kind == 5) return abandon(t, judged(&t, Step::data, reply));
  if (reply.code != 354) {
    Delivery d = judged(&t, Step::data, reply);
    settle(t.number, d);
    return close(d);
  }
  t.phase = Phase::body;
  command(Step::dot, t.number, std::move(t.message.content));
}

void SmtpSession::handle_dot(Transaction& t, const Reply& reply) {
  int kind = reply.code / 100;
  Delivery d = judged(&t, Step::dot, reply);
  if (!in_doubt(t)) {  // an answer before the content was complete: a refusal or nonsense, and the positions are lost
    d = judged(&t, Step::body, reply);
    settle(t.number, d);
    return close(d);
  }
  if (kind == 3) d.fate = Fate::unknown;
  ++finished_;
  settle(t.number, d);
  if (kind == 3) close(d);
}

// What a reply means for the message it answers; without one, for those that still wait.
Delivery SmtpSession::judged(const Transaction* t, Step step, const Reply& reply) const {
  Delivery d;
  d.smtp_code = reply.code;
  d.enhanced_code = reply.enhanced_code;
  std::vector<std::string> known;
  if (t) known = {t->message.to, t->message.from};
  if (!options_.username.empty()) known.push_back(options_.username);
  d.evidence = fmt::format("{}: {} {}", to_string(step), reply.code, without_addresses(reply.lines.front(), known));
  int kind = reply.code / 100;
  if (kind == 2 && step == Step::dot) d.fate = Fate::accepted;
  if (kind == 5 && t && !is_about_connection(reply.code)) {
    d.fate = Fate::rejected;
    d.recipient_rejected = step == Step::rcpt;
  }
  return d;
}

bool SmtpSession::in_doubt(const Transaction& t) const { return t.dot_at != UINT64_MAX && sent_ > t.dot_at; }

void SmtpSession::command(Step step, uint64_t transaction, std::string bytes) {
  queue_.push_back({step, transaction, std::move(bytes)});
}

void SmtpSession::flush() {
  bool pipelining = state_ == Step::ready && offers_pipelining_ && options_.pipelining;
  while (!queue_.empty() && (pipelining || expected_.empty())) {
    Command& c = queue_.front();
    if (c.step == Step::dot) find(c.transaction)->dot_at = sent_ + output_.size() + c.bytes.size() - 3;
    output_ += c.bytes;
    expected_.push_back({c.step, c.transaction});
    queue_.pop_front();
  }
}

void SmtpSession::settle(uint64_t number, Delivery d, bool untouched) {
  Transaction* t = find(number);
  outcomes_.push_back({t->message.touch, std::move(d), untouched});
  std::erase_if(queue_, [&](const Command& c) { return c.transaction == number; });
  std::erase_if(transactions_, [&](const Transaction& x) { return x.number == number; });
}

// The message is answered and the connection stays in use.
void SmtpSession::abandon(Transaction& t, Delivery d) {
  bool open = t.mail_accepted;
  ++finished_;
  settle(t.number, std::move(d));
  if (open) command(Step::rset, 0, "RSET\r\n");
}

void SmtpSession::close(Delivery why) {
  closed_ = true;
  failure_ = why;
  if (failure_.fate == Fate::rejected) failure_.fate = Fate::deferred;
  failure_.recipient_rejected = false;
  while (!transactions_.empty()) {
    Transaction& t = transactions_.front();
    Delivery d = failure_;
    d.fate = in_doubt(t) ? Fate::unknown : Fate::deferred;
    settle(t.number, d, t.phase == Phase::envelope && !t.mail_accepted);
  }
  queue_.clear();
  expected_.clear();
  output_.clear();
}

}  // namespace onward::mail
