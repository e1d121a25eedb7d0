// smtp_bench [messages] [round trip ms] [connections]: rate of SmtpCourier to a sink behind a link with latency, with
// pipelining and without. The link is a proxy that passes bytes on unchanged after half a round trip in each direction.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <list>
#include <thread>

#include <fmt/format.h>

#include "mail/smtp_courier.h"
#include "smtp_sink.h"

namespace onward {
namespace {

using Steady = std::chrono::steady_clock;

// Latency without a limit of bandwidth: whatever is read leaves again after the delay, whatever came before or after.
class SlowLink {
 public:
  SlowLink(int to_port, Steady::duration one_way) : to_port_(to_port), one_way_(one_way) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a = loopback(0);
    socklen_t size = sizeof a;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&a), size) != 0 || ::listen(listener_, 64) != 0) std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&a), &size);
    port_ = ntohs(a.sin_port);
    accepter_ = std::jthread([this](std::stop_token stop) { accept_loop(stop); });
  }
  ~SlowLink() {
    accepter_.request_stop();
    accepter_.join();
    pumps_.clear();
    ::close(listener_);
  }
  int port() const { return port_; }

 private:
  struct Chunk {
    Steady::time_point due;
    std::string bytes;
  };
  struct Way {
    int from, to;
    std::deque<Chunk> under_way;
    bool open = true;
    bool in_use() const { return open || !under_way.empty(); }
  };

  static sockaddr_in loopback(int port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons(static_cast<uint16_t>(port));
    return a;
  }

  void accept_loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
      pollfd p{listener_, POLLIN, 0};
      if (::poll(&p, 1, 20) <= 0) continue;
      int client = ::accept(listener_, nullptr, nullptr);
      int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in a = loopback(to_port_);
      if (client < 0 || ::connect(server, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0) std::abort();
      int on = 1;
      for (int fd : {client, server}) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      pumps_.emplace_back([this, client, server](std::stop_token s) { pump(client, server, s); });
    }
  }

  void pump(int client, int server, std::stop_token stop) {
    Way ways[2] = {{client, server, {}}, {server, client, {}}};
    while (!stop.stop_requested() && ways[0].in_use() && ways[1].in_use()) {
      pollfd p[2] = {{ways[0].open ? client : -1, POLLIN, 0}, {ways[1].open ? server : -1, POLLIN, 0}};
      timespec wait = until_due(ways);
      ::ppoll(p, 2, &wait, nullptr);
      for (int i = 0; i < 2; ++i) {
        if (p[i].revents) take(ways[i]);
        pass_on(ways[i]);
      }
    }
    ::close(client);
    ::close(server);
  }

  timespec until_due(const Way (&ways)[2]) const {
    auto next = Steady::now() + std::chrono::milliseconds(50);
    for (const Way& w : ways) {
      if (!w.under_way.empty()) next = std::min(next, w.under_way.front().due);
    }
    auto left = std::max<Steady::duration>(next - Steady::now(), Steady::duration::zero());
    return {0, static_cast<long>(std::chrono::nanoseconds(left).count())};
  }

  void take(Way& w) {
    char buffer[65536];
    ssize_t n = ::recv(w.from, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n > 0) w.under_way.push_back({Steady::now() + one_way_, std::string(buffer, static_cast<size_t>(n))});
    if (n == 0) w.open = false;
  }

  void pass_on(Way& w) {
    while (!w.under_way.empty() && w.under_way.front().due <= Steady::now()) {
      std::string& bytes = w.under_way.front().bytes;
      if (::send(w.to, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
        w.open = false;
        return w.under_way.clear();
      }
      w.under_way.pop_front();
    }
  }

  int to_port_, listener_ = -1, port_ = 0;
  Steady::duration one_way_;
  std::list<std::jthread> pumps_;
  std::jthread accepter_;
};

std::vector<ports::Parcel> parcels(int port, int count) {
  std::vector<ports::Parcel> out;
  for (int i = 1; i <= count; ++i) {
    ports::Parcel p;
    p.mailbox.host = "127.0.0.1";
    p.mailbox.port = port;
    p.mailbox.security = "none";
    p.message.touch = TouchId{i};
    p.message.from_address = "advisor@agency.example";
    p.message.to_address = "ada" + std::to_string(i) + "@example.org";
    p.message.subject = "Your appointment on Monday";
    p.message.text = std::string(1000, 't') + "\n";
    p.message.html = "<p>" + std::string(1500, 'h') + "</p>";
    p.message.message_id = "t" + std::to_string(i) + "@agency.example";
    out.push_back(std::move(p));
  }
  return out;
}

double rate(bool pipelining, int messages, std::chrono::microseconds one_way, int connections) {
  testing::SmtpSink sink({.keep_messages = false});
  SlowLink link(sink.port(), one_way);
  mail::SmtpCourier courier({.max_connections = connections, .pipelining = pipelining},
                            [](const std::string&, const sockaddr*) { return Status(); });
  std::atomic<int> accepted{0};
  auto list = parcels(link.port(), messages);
  auto began = Steady::now();
  courier.send(std::move(list), nullptr,
               [&](TouchId, ports::Delivery d) { accepted += d.fate == ports::Fate::accepted; });
  double seconds = std::chrono::duration<double>(Steady::now() - began).count();
  if (accepted != messages || sink.count() != static_cast<size_t>(messages)) {
    std::fprintf(stderr, "only %d of %d messages were accepted\n", accepted.load(), messages);
    std::exit(1);
  }
  return messages / seconds;
}

// Postfix's load generator over the same link, when it is installed: a measure from outside. 0: not installed.
double peer_rate(int messages, std::chrono::microseconds one_way, int connections) {
  if (::access("/usr/sbin/smtp-source", X_OK) != 0) return 0;
  testing::SmtpSink sink({.keep_messages = false});
  SlowLink link(sink.port(), one_way);
  // -d: connections are kept; without it each message pays for its own, and the comparison would flatter us.
  const std::string command = fmt::format(
      "/usr/sbin/smtp-source -d -s {} -m {} -l 2600 -f advisor@agency.example -t ada@example.org inet:127.0.0.1:{}",
      connections, messages, link.port());
  auto began = Steady::now();
  if (std::system(command.c_str()) != 0) return 0;
  return static_cast<double>(sink.count()) / std::chrono::duration<double>(Steady::now() - began).count();
}

}  // namespace
}  // namespace onward

int main(int argc, char** argv) {
  const int messages = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int round_trip = argc > 2 ? std::atoi(argv[2]) : 40;
  const int connections = argc > 3 ? std::atoi(argv[3]) : 10;
  const auto one_way = std::chrono::microseconds(round_trip * 500);
  double one_by_one = onward::rate(false, messages, one_way, connections);
  double pipelined = onward::rate(true, messages, one_way, connections);
  std::printf("%d messages, %d ms round trip, %d connections\n", messages, round_trip, connections);
  std::printf("one by one  %8.1f messages/s\npipelined   %8.1f messages/s\nratio       %8.2f\n", one_by_one, pipelined,
              pipelined / one_by_one);
  double peer = onward::peer_rate(messages, one_way, connections);
  if (peer > 0) std::printf("smtp-source %8.1f messages/s (Postfix's load generator, no pipelining)\n", peer);
  return 0;
}
