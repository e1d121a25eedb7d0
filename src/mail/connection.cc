#include "mail/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/check.h"

namespace onward::mail {
namespace {

using std::chrono::steady_clock;

bool poll_until(int fd, short events, Deadline deadline) {
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd p{fd, events, 0};
    int n = ::poll(&p, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return true;  // the next read or write tells what is wrong
  }
}

std::string_view errno_text(int error) {
  switch (error) {
    case ECONNREFUSED: return "connection refused";
    case ECONNRESET:
    case EPIPE: return "connection reset";
    case EHOSTUNREACH:
    case ENETUNREACH: return "no route to the host";
    case ETIMEDOUT: return "timeout";
    default: return "network error";
  }
}

bool is_ip(const std::string& host) {
  in6_addr a;
  return inet_pton(AF_INET, host.c_str(), &a) == 1 || inet_pton(AF_INET6, host.c_str(), &a) == 1;
}

Reach reach_of_v4(uint32_t a) {
  if ((a >> 24) == 127) return Reach::loopback;
  if ((a >> 24) == 10 || (a >> 20) == 0xac1 || (a >> 16) == 0xc0a8) return Reach::private_network;
  return Reach::outside;
}

std::string tls_error(SSL* ssl) {
  long verify = SSL_get_verify_result(ssl);
  if (verify != X509_V_OK) return std::string("certificate refused: ") + X509_verify_cert_error_string(verify);
  unsigned long code = ERR_peek_last_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "connection closed";
}

Status connect_until(int fd, const sockaddr* address, socklen_t size, Deadline deadline) {
  if (::connect(fd, address, size) != 0 && errno != EINPROGRESS) {
    return fail(Code::unavailable, std::string(errno_text(errno)));
  }
  if (!poll_until(fd, POLLOUT, deadline)) return fail(Code::unavailable, "timeout");
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return fail(Code::unavailable, std::string(errno_text(error)));
  return {};
}

Result<int> connect_to(const addrinfo& a, Deadline deadline) {
  int fd = ::socket(a.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(Code::unavailable, "no socket left");
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (auto status = connect_until(fd, a.ai_addr, a.ai_addrlen, deadline); !status) {
    ::close(fd);
    return fail(status.error());
  }
  return fd;
}

}  // namespace

Reach reach_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    return reach_of_v4(ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr));
  }
  if (address->sa_family != AF_INET6) return Reach::outside;
  const auto& a = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  if (IN6_IS_ADDR_LOOPBACK(&a)) return Reach::loopback;
  if (IN6_IS_ADDR_V4MAPPED(&a)) {
    uint32_t v4;
    std::memcpy(&v4, a.s6_addr + 12, 4);
    return reach_of_v4(ntohl(v4));
  }
  return (a.s6_addr[0] & 0xfe) == 0xfc ? Reach::private_network : Reach::outside;
}

Result<std::unique_ptr<TlsContext>> TlsContext::make(const std::string& ca_file, bool verify_peer) {
  auto out = std::make_unique<TlsContext>();
  out->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* c = out->context_.get();
  check(c != nullptr);
  SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  out->verify_ = verify_peer;
  SSL_CTX_set_verify(c, verify_peer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(c)
                               : SSL_CTX_load_verify_locations(c, ca_file.c_str(), nullptr);
  if (verify_peer && loaded != 1) return fail(Code::invalid, "The certificates to trust cannot be read.", ca_file);
  return out;
}

SSL* TlsContext::new_ssl(const std::string& host) const {
  SSL* ssl = SSL_new(context_.get());
  check(ssl != nullptr);
  if (is_ip(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, host.c_str());
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    check(SSL_set1_host(ssl, host.c_str()) == 1);
  }
  return ssl;
}

Result<std::unique_ptr<Connection>> Connection::open(const Target& target, const Egress& egress, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found) != 0) {
    return fail(Code::unavailable, "the host name cannot be resolved");
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
  Error last{Code::unavailable, "the host has no address", {}, {}};
  for (const addrinfo* a = found; a; a = a->ai_next) {
    if (a->ai_family != AF_INET && a->ai_family != AF_INET6) continue;
    if (reach_of(a->ai_addr) > target.furthest) {
      last = {Code::forbidden, "without TLS only this machine and private networks are allowed", {}, {}};
      continue;
    }
    if (egress) {
      if (auto allowed = egress(target.host, a->ai_addr); !allowed) {
        last = {Code::forbidden, "not allowed: " + allowed.error().message, {}, {}};
        continue;
      }
    }
    auto fd = connect_to(*a, deadline);
    if (fd) return std::unique_ptr<Connection>(new Connection(*fd, reach_of(a->ai_addr)));
    last = fd.error();
  }
  return fail(last);
}

Connection::~Connection() {
  if (ssl_) SSL_free(ssl_);
  ::close(fd_);
}

Status Connection::start_tls(const TlsContext& context, const std::string& host, Deadline deadline) {
  check(ssl_ == nullptr);
  ssl_ = context.new_ssl(host);
  SSL_set_fd(ssl_, fd_);
  while (true) {
    ERR_clear_error();
    int n = SSL_connect(ssl_);
    if (n == 1) return {};
    int error = SSL_get_error(ssl_, n);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return fail(Code::unavailable, tls_error(ssl_));
    if (!poll_until(fd_, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
      return fail(Code::unavailable, "timeout");
    }
  }
}

Result<size_t> Connection::tls_outcome(int n) {
  if (n > 0) return static_cast<size_t>(n);
  int error = SSL_get_error(ssl_, n);
  tls_wants_write_ = error == SSL_ERROR_WANT_WRITE;
  if (error == SSL_ERROR_WANT_READ || tls_wants_write_) return size_t{0};
  return fail(Code::unavailable, error == SSL_ERROR_ZERO_RETURN ? "connection closed" : "connection reset");
}

Result<size_t> Connection::write_some(std::string_view bytes) {
  if (ssl_) {
    ERR_clear_error();
    return tls_outcome(SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), 1 << 20))));
  }
  ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n >= 0) return static_cast<size_t>(n);
  if (errno == EAGAIN || errno == EINTR) return size_t{0};
  return fail(Code::unavailable, std::string(errno_text(errno)));
}

Result<size_t> Connection::read_some(char* buffer, size_t size) {
  if (ssl_) {
    ERR_clear_error();
    return tls_outcome(SSL_read(ssl_, buffer, static_cast<int>(size)));
  }
  ssize_t n = ::recv(fd_, buffer, size, 0);
  if (n > 0) return static_cast<size_t>(n);
  if (n == 0) return fail(Code::unavailable, "connection closed");
  if (errno == EAGAIN || errno == EINTR) return size_t{0};
  return fail(Code::unavailable, std::string(errno_text(errno)));
}

bool Connection::wait(bool for_writing, Deadline deadline) const {
  return poll_until(fd_, for_writing || tls_wants_write_ ? POLLIN | POLLOUT : POLLIN, deadline);
}

bool Connection::stirred() {
  char byte;
  auto got = read_some(&byte, 1);  // a read, not a poll: session tickets of TLS 1.3 come late and mean nothing
  return !got || *got > 0;
}

std::string Connection::local_literal() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  char text[INET6_ADDRSTRLEN] = "127.0.0.1";
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&storage), &size);
  if (storage.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6&>(storage).sin6_addr, text, sizeof text);
    return std::string("[IPv6:") + text + "]";
  }
  if (storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in&>(storage).sin_addr, text, sizeof text);
  }
  return std::string("[") + text + "]";
}

}  // namespace onward::mail
