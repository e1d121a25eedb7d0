// One client connection of SMTP as a value without sockets: bytes in, bytes out, what became of each message.
//
// Sources: RFC 5321, 2920 (PIPELINING), 3207 (STARTTLS), 4954 (AUTH), 1870 (SIZE), 2034 (enhanced codes).
//
// How a driver uses it, in a loop until closed():
//   wants_tls()      -> shake hands, then tls_started()
//   asks_gate()      -> answer_gate("") to go on, or a reason to stop
//   wants_message()  -> offer() one if there is one; pipelining takes the next while the last is still unanswered
//   output()         -> write it, then sent(n) with what the transport took
//   bytes read       -> receive();   end of stream, time-out -> lost()
//   take_outcomes()  -> one for every message offered, in any state of the connection
//
// What a fate rests on: a message is in doubt only when its final dot has been handed to the transport and no reply to
// it came. 4xx defers, 5xx rejects; 421 defers and closes. A 5xx that is about the connection and not about the message
// (banner, EHLO, STARTTLS, AUTH, 530 and 535 later on) defers: a wrong password must not burn the queue.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/smtp_reply.h"
#include "ports/courier.h"

namespace onward::mail {

enum class Step { banner, ehlo, helo, starttls, tls, auth, ready, mail, rcpt, gate, data, body, dot, rset, quit };
std::string_view to_string(Step);

struct Outgoing {
  TouchId touch;
  std::string from, to;  // envelope
  std::string content;   // RFC 5322 bytes, not yet dot-stuffed
};

struct Outcome {
  TouchId touch;
  ports::Delivery delivery;
  bool untouched =
      false;  // no reply of the server was about this message and the gate was not asked: free to try elsewhere
};

// SMTP's form of the content: line ends are CRLF, leading dots doubled, the final dot appended.
std::string dot_stuffed(std::string_view content);

class SmtpSession {
 public:
  struct Options {
    std::string helo_name = "localhost";
    bool starttls = false;            // required; never falls back to clear text
    bool tls_from_start = false;      // the transport already speaks TLS
    bool clear_auth_allowed = false;  // the peer is on this machine
    std::string username, password;   // no username: no AUTH
    bool pipelining = true;           // used when the server offers it, too
  };

  explicit SmtpSession(Options);

  void receive(std::string_view bytes);
  std::string_view output() const { return output_; }
  void sent(size_t n);
  void lost(std::string_view why);

  bool wants_tls() const { return !closed_ && state_ == Step::tls; }
  void tls_started();
  bool wants_message() const;
  void offer(Outgoing);
  std::optional<TouchId> asks_gate() const;
  void answer_gate(std::string_view stop_reason);
  std::vector<Outcome> take_outcomes() { return std::exchange(outcomes_, {}); }
  void quit();  // when idle()

  bool ready() const { return !closed_ && state_ == Step::ready; }
  bool idle() const { return ready() && transactions_.empty() && expected_.empty() && queue_.empty(); }
  bool closed() const { return closed_; }
  const ports::Delivery& failure() const { return failure_; }  // why it closed
  Step waiting_for() const;
  uint64_t replies() const { return replies_; }  // progress, for deadlines
  int finished() const { return finished_; }     // messages that got a definite answer here

 private:
  enum class Phase { envelope, gate, data, body };
  struct Transaction {
    uint64_t number = 0;
    Outgoing message;
    Phase phase = Phase::envelope;
    bool mail_accepted = false;
    uint64_t dot_at = UINT64_MAX;  // stream offset of the final dot, once it is in the output
  };
  struct Command {
    Step step;
    uint64_t transaction = 0;
    std::string bytes;
  };
  struct Expected {
    Step step;
    uint64_t transaction = 0;
  };

  void handle(const Reply&);
  void handle_setup(Step, const Reply&);
  void handle_greeting(const Reply&);
  void handle_ehlo(const Reply&);
  void handle_auth(const Reply&);
  void handle_transaction(Expected, const Reply&);
  void handle_envelope(Transaction&, Step, const Reply&);
  void handle_data(Transaction&, const Reply&);
  void handle_dot(Transaction&, const Reply&);
  void after_ehlo();
  void start_auth();
  void note_capability(const std::string& line);
  void command(Step, uint64_t transaction, std::string bytes);
  void flush();
  void settle(uint64_t transaction, ports::Delivery, bool untouched = false);
  void abandon(Transaction&, ports::Delivery);
  void close(ports::Delivery);
  bool in_doubt(const Transaction&) const;
  Transaction* find(uint64_t number);
  ports::Delivery judged(const Transaction*, Step, const Reply&) const;

  Options options_;
  Step state_ = Step::banner;
  bool tls_ = false, closed_ = false, quitting_ = false;
  bool offers_starttls_ = false, offers_pipelining_ = false, offers_plain_ = false, offers_login_ = false;
  bool offers_size_ = false;
  uint64_t size_limit_ = 0;
  int login_step_ = 0;
  ReplyReader reader_;
  std::string output_;
  uint64_t sent_ = 0;
  std::deque<Command> queue_;
  std::deque<Expected> expected_;
  std::deque<Transaction> transactions_;
  uint64_t next_number_ = 1;
  std::vector<Outcome> outcomes_;
  ports::Delivery failure_;
  uint64_t replies_ = 0;
  int finished_ = 0;
};

}  // namespace onward::mail
