#include "smtp_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace onward::testing {
namespace {

using Kind = SinkFault::Kind;

std::string decoded_base64(const std::string& text) {
  std::string out(text.size(), '\0');
  int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                          reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (n < 0) return {};
  out.resize(static_cast<size_t>(n) - static_cast<size_t>(std::count(text.begin(), text.end(), '=')));
  return out;
}

std::string upper(std::string s) {
  for (char& c : s) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
  return s;
}

std::string between_brackets(const std::string& line) {
  size_t open = line.find('<'), close = line.find('>', open);
  return open == std::string::npos || close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
}

}  // namespace

std::string SinkMessage::message_id() const {
  std::string head = raw.substr(0, raw.find("\r\n\r\n"));
  size_t at = upper("\r\n" + head).find("\r\nMESSAGE-ID:");
  return at == std::string::npos ? "" : between_brackets(head.substr(at));
}

// One client. Input is taken byte by byte into lines that end in CRLF only.
class SmtpSink::Talk {
 public:
  Talk(SmtpSink& sink, int fd, int number, std::stop_token stop)
      : sink_(sink), o_(sink.options_), fd_(fd), number_(number), stop_(stop) {}
  ~Talk() {
    if (ssl_) SSL_free(ssl_);
    ::close(fd_);
  }

  void run() {
    if (o_.tls == SinkOptions::Tls::implicit && !start_tls()) return;
    if (!answer("banner", "220 sink.test ESMTP")) return;
    while (auto line = read_line()) {
      if (o_.keep_messages) {
        std::lock_guard lock(sink_.mutex_);
        sink_.commands_.push_back(*line);
      }
      if (!dispatch(*line)) return;
    }
  }

 private:
  bool dispatch(const std::string& line) {
    std::string verb = upper(line.substr(0, line.find(' ')));
    if (verb == "EHLO") return o_.ehlo ? ehlo() : answer("EHLO", "502 5.5.1 no EHLO here");
    if (verb == "HELO") return answer("HELO", "250 sink.test");
    if (verb == "STARTTLS") return answer("STARTTLS", "220 2.0.0 go") && (aside_ || start_tls());
    if (verb == "AUTH") return auth(line);
    if (verb == "RSET") return reset(), answer("RSET", "250 2.0.0 ok");
    if (verb == "QUIT") return answer("QUIT", "221 2.0.0 bye"), false;
    if (o_.tls == SinkOptions::Tls::starttls && !ssl_) return answer("", "530 5.7.0 STARTTLS first");
    if (!o_.username.empty() && user_.empty()) return answer("", "530 5.7.0 authentication required");
    if (verb == "MAIL") return mail(line);
    if (verb == "RCPT") return rcpt(line);
    if (verb == "DATA") return data();
    return answer("", "500 5.5.2 what?");
  }

  bool ehlo() {
    std::string text = "250-sink.test\r\n";
    if (o_.pipelining) text += "250-PIPELINING\r\n";
    if (o_.tls == SinkOptions::Tls::starttls && !ssl_) text += "250-STARTTLS\r\n";
    if (!o_.username.empty()) text += o_.login_only ? "250-AUTH LOGIN\r\n" : "250-AUTH PLAIN LOGIN\r\n";
    if (o_.size_limit) text += "250-SIZE " + std::to_string(o_.size_limit) + "\r\n";
    return answer("EHLO", text + "250 ENHANCEDSTATUSCODES");
  }

  bool auth(const std::string& line) {
    std::string user, password;
    if (upper(line).starts_with("AUTH PLAIN ")) {
      std::string secret = decoded_base64(line.substr(11));
      size_t second = secret.find('\0', 1);
      if (second == std::string::npos) return answer("AUTH", "501 5.5.2 not PLAIN");
      user = secret.substr(1, second - 1);
      password = secret.substr(second + 1);
    } else {
      if (!answer("AUTH", "334 VXNlcm5hbWU6")) return false;
      auto first = read_line();
      if (!first || !write_now("334 UGFzc3dvcmQ6\r\n")) return false;
      auto second = read_line();
      if (!second) return false;
      user = decoded_base64(*first);
      password = decoded_base64(*second);
      aside_ = false;
    }
    bool right = user == o_.username && password == o_.password;
    if (right) user_ = user;
    return answer("AUTH", right ? "235 2.7.0 welcome" : "535 5.7.8 wrong user name or password");
  }

  bool mail(const std::string& line) {
    message_ = sink_.mails_++;
    if (from_) return answer("MAIL", "503 5.5.1 nested MAIL");
    if (!answer("MAIL", "250 2.1.0 ok")) return false;
    if (!aside_) from_ = between_brackets(line);
    return true;
  }

  bool rcpt(const std::string& line) {
    if (!from_) return answer("", "503 5.5.1 MAIL first");
    if (!answer("RCPT", "250 2.1.5 ok")) return false;
    if (!aside_) to_ = between_brackets(line);
    return true;
  }

  bool data() {
    if (to_.empty()) return answer("", "554 5.5.1 no valid recipients");
    if (!answer("DATA", "354 go on")) return false;
    if (aside_) return true;
    SinkMessage m{*from_, to_, "", ssl_ != nullptr, user_, number_, 0};
    while (true) {
      auto line = read_line();
      if (!line) return false;
      if (*line == ".") break;
      m.raw += (line->starts_with('.') ? line->substr(1) : *line) + "\r\n";
    }
    reset();
    return answer("dot", "250 2.0.0 taken", [&] { keep(m); });
  }

  void keep(SinkMessage& m) {
    m.at_ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                  .count();
    if (sink_.on_message_) sink_.on_message_(m);
    std::lock_guard lock(sink_.mutex_);
    if (o_.keep_messages) sink_.received_.push_back(std::move(m));
    ++sink_.accepted_;
  }

  void reset() {
    from_.reset();
    to_.clear();
  }

  const SinkFault* fault_at(const std::string& step) {
    std::lock_guard lock(sink_.mutex_);
    for (const SinkFault& f : o_.faults) {
      if (f.step != step || (f.message >= 0 && f.message != message_)) continue;
      if (sink_.struck_[&f]++ < f.times) return &f;
    }
    return nullptr;
  }

  // The usual reply, or what the script says in its place. aside_: something else than the usual was said.
  bool answer(
      const std::string& step, const std::string& usual, const std::function<void()>& accepted = [] {}) {
    const SinkFault* f = fault_at(step);
    aside_ = false;
    if (!f) {
      accepted();
      return write_now(usual + "\r\n");
    }
    if (f->after_accept) accepted();
    if (!rest(f->delay)) return false;
    aside_ = f->kind != Kind::reply || !f->reply.empty();
    if (f->kind == Kind::disconnect) return false;
    if (f->kind == Kind::reset) {
      linger hard{1, 0};
      ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      return false;
    }
    if (!aside_ && !f->after_accept) accepted();
    std::string text = f->kind == Kind::garbage ? "HTTP/1.1 400 Bad Request" : aside_ ? f->reply : usual;
    bool written = f->dribble.count() ? dribble(text + "\r\n", f->dribble) : write_now(text + "\r\n");
    return written && text.substr(0, 3) != "421";
  }

  bool dribble(const std::string& text, std::chrono::milliseconds pause) {
    for (char c : text) {
      if (!write_now(std::string(1, c)) || !rest(pause)) return false;
    }
    return true;
  }

  // Sleeps, unless the sink ends.
  bool rest(std::chrono::milliseconds time) {
    auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      if (stop_.stop_requested()) return false;
      std::this_thread::sleep_for(
          std::min<std::chrono::nanoseconds>(std::chrono::milliseconds(10), end - std::chrono::steady_clock::now()));
    }
    return !stop_.stop_requested();
  }

  bool start_tls() {
    in_.clear();
    ssl_ = SSL_new(sink_.context_);
    SSL_set_fd(ssl_, fd_);
    return SSL_accept(ssl_) == 1;
  }

  bool write_now(const std::string& text) {
    size_t done = 0;
    while (done < text.size()) {
      ssize_t n = ssl_ ? SSL_write(ssl_, text.data() + done, static_cast<int>(text.size() - done))
                       : ::send(fd_, text.data() + done, text.size() - done, MSG_NOSIGNAL);
      if (n <= 0) return false;
      done += static_cast<size_t>(n);
    }
    return true;
  }

  bool fill() {
    while (!ssl_ || SSL_pending(ssl_) == 0) {
      pollfd p{fd_, POLLIN, 0};
      int n = ::poll(&p, 1, 50);
      if (stop_.stop_requested()) return false;
      if (n > 0) break;
    }
    char buffer[16384];
    ssize_t n = ssl_ ? SSL_read(ssl_, buffer, sizeof buffer) : ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    in_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  // Up to the next CRLF, and only CRLF.
  std::optional<std::string> read_line() {
    size_t from = 0;
    while (true) {
      size_t end = in_.find("\r\n", from);
      if (end != std::string::npos) {
        std::string line = in_.substr(0, end);
        in_.erase(0, end + 2);
        if (line.find_first_of("\r\n") != std::string::npos) ++sink_.smuggled_;
        return line;
      }
      from = in_.empty() ? 0 : in_.size() - 1;
      if (!fill()) return std::nullopt;
    }
  }

  SmtpSink& sink_;
  const SinkOptions& o_;
  int fd_, number_;
  std::stop_token stop_;
  SSL* ssl_ = nullptr;
  std::string in_, user_, to_;
  std::optional<std::string> from_;
  int message_ = -1;
  bool aside_ = false;
};

SmtpSink::SmtpSink(SinkOptions options, OnMessage on_message)
    : options_(std::move(options)), on_message_(std::move(on_message)) {
  ::signal(SIGPIPE, SIG_IGN);
  if (options_.tls != SinkOptions::Tls::none) make_certificate();
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons(static_cast<uint16_t>(options_.port));
  socklen_t size = sizeof a;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&a), size) != 0 || ::listen(listener_, 256) != 0) {
    throw std::runtime_error("the sink cannot listen on its port");
  }
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&a), &size);
  port_ = ntohs(a.sin_port);
  accepter_ = std::jthread([this](std::stop_token stop) { accept_loop(stop); });
}

SmtpSink::~SmtpSink() {
  accepter_.request_stop();
  accepter_.join();
  talks_.clear();
  ::close(listener_);
  if (context_) SSL_CTX_free(context_);
  if (!certificate_file_.empty()) ::unlink(certificate_file_.c_str());
}

void SmtpSink::accept_loop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    pollfd p{listener_, POLLIN, 0};
    if (::poll(&p, 1, 20) <= 0) continue;
    int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    talks_.emplace_back([this, fd, n = connections_++](std::stop_token s) { Talk(*this, fd, n, s).run(); });
  }
}

// An EC key and a certificate signed by itself, for this sink only.
void SmtpSink::make_certificate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* x = X509_new();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 86400);
  X509_set_pubkey(x, key);
  const std::string& name = options_.certificate_name;
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  std::string names = "DNS:" + name + (name == "localhost" ? ",IP:127.0.0.1" : "");
  X509_EXTENSION* alternatives = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(x, alternatives, -1);
  X509_EXTENSION_free(alternatives);
  X509_sign(x, key, EVP_sha256());
  context_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context_, x);
  SSL_CTX_use_PrivateKey(context_, key);
  char path[] = "/tmp/sink-certificate-XXXXXX";
  int fd = ::mkstemp(path);
  FILE* file = ::fdopen(fd, "w");
  PEM_write_X509(file, x);
  ::fclose(file);
  certificate_file_ = path;
  X509_free(x);
  EVP_PKEY_free(key);
}

std::vector<SinkMessage> SmtpSink::received() const {
  std::lock_guard lock(mutex_);
  return received_;
}

std::vector<std::string> SmtpSink::commands() const {
  std::lock_guard lock(mutex_);
  return commands_;
}

bool SmtpSink::wait_for(size_t messages, std::chrono::milliseconds limit) const {
  auto end = std::chrono::steady_clock::now() + limit;
  while (count() < messages) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace onward::testing
