// The HTTP/1.1 server: strict parsing, bounded everything, blocking handlers on a bounded pool of threads.
//
//   auto server = TRY(http::Server::start({.host = "127.0.0.1", .port = 8080},
//                                         [&](http::Request r) { return router.handle(std::move(r)); }));
//
// The server itself answers, as problem+json, and then closes: 400 (malformed), 408 (too slow), 413, 431 (too large),
// 417, 501, 505, and 503 with Retry-After beyond max_connections. A full queue is 503 with Retry-After too, but the
// connection lives on. A handler that throws answers 500; what it threw is logged with the request id and never sent.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace onward::http {

struct ServerOptions {
  std::string host = "127.0.0.1";  // an IP address, or "localhost"
  int port = 0;                    // 0: any free one, see Server::port()
  int io_threads = 1;              // more than one shares the port with SO_REUSEPORT
  int worker_threads = 8;          // handlers that run at once
  size_t queue_limit = 256;        // complete requests that may wait for a worker; beyond it 503
  size_t max_body = 1 << 20;       // bytes
  size_t max_upload = 0;           // bytes of multipart/form-data below upload_prefix; 0: max_body
  std::string upload_prefix = "/";
  size_t max_header = 16 << 10;                       // bytes, request line included
  size_t max_connections = 4096;                      // beyond it 503
  std::chrono::milliseconds request_timeout{30'000};  // from the first byte of a request to its last; also a response
  std::chrono::milliseconds idle_timeout{75'000};     // between two requests of a connection
  std::chrono::milliseconds drain_timeout{10'000};    // stop(): how long unfinished connections may take
  // Peers (IP addresses) whose X-Forwarded-For is believed: Request::remote is then the last address not in this list.
  std::vector<std::string> trusted_proxies;
};

// Called on worker threads, several at once. Any callable that takes `const Request&` fits too.
using Entry = std::function<Response(Request)>;

class Server {
 public:
  // Listens when it returns. Errors: Code::invalid (host, port), Code::unavailable (the port is taken).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Entry entry);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  // Graceful: accepts nothing more, closes idle connections, answers the requests in flight, joins all threads. Waits
  // for running handlers however long they take. May be called again; never call it from a handler.
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace onward::http
