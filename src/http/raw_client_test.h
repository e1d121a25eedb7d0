// A socket for tests that says exactly the bytes it is told and reads answers with a deadline.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

namespace onward::http {

struct RawAnswer {
  int status = 0;  // 0: the connection ended or the deadline passed before a whole answer
  std::string head;
  std::string body;
  bool has(std::string_view part) const { return head.find(part) != std::string::npos; }
};

class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  RawClient& operator=(RawClient&&) = delete;

  bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  // The next answer. `bodiless` for answers to HEAD. Interim answers (1xx) are answers too.
  RawAnswer read(bool bodiless = false, std::chrono::milliseconds wait = std::chrono::milliseconds(5000)) {
    deadline_ = std::chrono::steady_clock::now() + wait;
    RawAnswer answer;
    size_t end;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos)
      if (!fill()) return answer;
    answer.head = in_.substr(0, end + 4);
    in_.erase(0, end + 4);
    size_t length = 0;
    if (size_t at = answer.head.find("Content-Length: "); at != std::string::npos && !bodiless)
      length = std::strtoul(answer.head.c_str() + at + 16, nullptr, 10);
    while (in_.size() < length)
      if (!fill()) return answer;
    answer.body = in_.substr(0, length);
    in_.erase(0, length);
    answer.status = std::atoi(answer.head.c_str() + 9);
    return answer;
  }

  RawAnswer ask(std::string_view bytes) {
    send(bytes);
    return read();
  }

  // Whether the server ends the connection within `wait`, with nothing more to say.
  bool closed_within(std::chrono::milliseconds wait) {
    deadline_ = std::chrono::steady_clock::now() + wait;
    while (fill()) {
    }
    return ended_ && in_.empty();
  }

 private:
  bool fill() {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    pollfd poll_fd{fd_, POLLIN, 0};
    if (ended_ || left.count() <= 0 || ::poll(&poll_fd, 1, static_cast<int>(left.count())) <= 0) return false;
    char buffer[4096];
    ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) {
      ended_ = true;
      return false;
    }
    in_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool ended_ = false;
  std::string in_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace onward::http
