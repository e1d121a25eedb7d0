#include "http/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "base/instant.h"
#include "base/log.h"
#include "base/rng.h"
#include "http/compress.h"
#include "http/request_reader.h"
#include "http/target.h"
#include "http/wire.h"
#include "http/worker_pool.h"

namespace onward::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr size_t kReadSize = 16 << 10;
constexpr size_t kKeepCapacity = 4 << 10;                   // what an idle connection may keep of its input buffer
constexpr std::chrono::milliseconds kRejectTimeout{5'000};  // to write an answer that ends the connection
constexpr std::chrono::milliseconds kLingerTimeout{2'000};  // to let the peer read it before the socket closes
constexpr std::chrono::milliseconds kAcceptBackoff{50};     // after accept() failed, e.g. no file descriptors

class Connection;

// What all I/O threads share.
struct Shared {
  ServerOptions options;
  Entry entry;
  WorkerPool workers;
  std::atomic<size_t> connections{0};
  std::atomic<bool> stopping{false};

  Shared(ServerOptions o, Entry e)
      : options(std::move(o)), entry(std::move(e)), workers(options.worker_threads, options.queue_limit) {}
};

// One thread, one io_context, one acceptor, and the connections it accepted. All of it is touched by this thread only,
// so nothing here needs a lock or a strand.
class IoThread {
 public:
  explicit IoThread(Shared& shared);
  Result<int> listen(const asio::ip::tcp::endpoint& endpoint);  // the port
  void start();
  void stop();  // from any thread; begins to drain
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  void forget(const std::shared_ptr<Connection>& connection);
  std::string_view date();
  std::string make_request_id() { return fmt::format("{:016x}", rng_.next()); }

  Shared& shared;
  asio::io_context context{1};
  std::array<char, kReadSize> scratch;  // every read goes here first, so idle connections hold no buffer

 private:
  void accept();
  void on_accept(Socket socket);
  void drain();

  Acceptor acceptor_{context};
  Timer timer_{context};  // accept back-off; the drain deadline
  std::set<std::shared_ptr<Connection>> connections_;
  Rng rng_;
  std::chrono::sys_seconds date_at_{};
  std::string date_;
  std::thread thread_;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoThread& io, Socket socket) : io_(io), socket_(std::move(socket)), timer_(io.context) {}
  void start();
  void on_stop();        // closes when idle
  void on_drain_over();  // closes unless a handler runs: its answer is still owed

 private:
  enum class Phase { idle, reading, handling, writing, lingering, closed };

  void begin_request();
  void begin_reading();
  void wait_readable();
  void on_readable();
  void parse();
  void send_continue();
  void dispatch();
  void reject(Refusal refusal);
  void respond(Response response);
  void on_written();
  void linger();
  void arm(std::chrono::milliseconds timeout);
  void on_deadline();
  void close();
  const ServerOptions& options() const { return io_.shared.options; }

  IoThread& io_;
  Socket socket_;
  Timer timer_;
  Phase phase_ = Phase::idle;
  std::string peer_;
  std::string in_;                         // received, not yet parsed
  std::unique_ptr<RequestReader> reader_;  // from the first byte of a request to its last
  bool fresh_ = true;
  std::string request_id_;
  bool is_head_ = false;
  bool keep_alive_ = false;
  std::string head_;
  std::string body_;
};

Response run_entry(const Entry& entry, Request request) {
  std::string id = request.request_id;
  std::string encodings = accepted_encodings(request);
  std::string what = "not an exception";
  try {
    return encoded(entry(std::move(request)), encodings);
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {
  }
  log_error("http.handler_failed", {{"request", Json(id.c_str())}, {"what", Json(what.c_str())}});
  return Response::problem(500, "Something went wrong on our side.");
}

std::string address_text(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

// ---- Connection ----

void Connection::start() {
  error_code ec;
  auto endpoint = socket_.remote_endpoint(ec);
  if (!ec) peer_ = address_text(endpoint.address());
  socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  socket_.non_blocking(true, ec);
  if (ec) return close();
  begin_request();
}

void Connection::begin_request() {
  is_head_ = false;
  request_id_.clear();
  if (!in_.empty()) {  // the next request came in one breath with the last
    begin_reading();
    return parse();
  }
  phase_ = Phase::idle;
  if (in_.capacity() > kKeepCapacity) in_ = {};
  if (io_.shared.stopping) return close();
  arm(fresh_ ? options().request_timeout : options().idle_timeout);
  fresh_ = false;
  wait_readable();
}

void Connection::begin_reading() {
  phase_ = Phase::reading;
  reader_ = std::make_unique<RequestReader>(
      ReaderLimits{options().max_header, options().max_body, options().max_upload, options().upload_prefix});
  arm(options().request_timeout);
}

void Connection::wait_readable() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code ec) {
    if (!ec) self->on_readable();  // whoever cancelled the wait knows what comes next
  });
}

void Connection::on_readable() {
  if (phase_ != Phase::idle && phase_ != Phase::reading && phase_ != Phase::lingering) return;
  error_code ec;
  size_t n = socket_.read_some(asio::buffer(io_.scratch), ec);
  if (ec == asio::error::would_block || ec == asio::error::try_again) return wait_readable();
  if (ec) return close();
  if (phase_ == Phase::lingering) return wait_readable();
  if (phase_ == Phase::idle) begin_reading();
  in_.append(io_.scratch.data(), n);
  parse();
}

void Connection::parse() {
  switch (reader_->feed(in_)) {
    case RequestReader::State::wants_continue: send_continue(); return wait_readable();
    case RequestReader::State::need_more: return wait_readable();
    case RequestReader::State::refused: return reject(reader_->refusal());
    case RequestReader::State::done: return dispatch();
  }
}

void Connection::send_continue() {
  // Nothing else is being written, so these bytes fit the socket buffer; a client that misses them sends on anyway.
  error_code ec;
  socket_.write_some(asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), ec);
}

void Connection::dispatch() {
  timer_.cancel();
  phase_ = Phase::handling;
  keep_alive_ = reader_->keep_alive();
  Request request = reader_->take();
  reader_.reset();
  is_head_ = request.method == "HEAD";
  request_id_ = request.request_id = io_.make_request_id();
  std::string forwarded;
  for (const auto& [name, value] : request.headers)
    if (find_header({{name, ""}}, "X-Forwarded-For")) forwarded += (forwarded.empty() ? "" : ",") + value;
  request.remote = client_address(peer_, forwarded, options().trusted_proxies);
  bool taken = io_.shared.workers.submit(
      [self = shared_from_this(), request = std::move(request), work = asio::make_work_guard(io_.context)]() mutable {
        IoThread& io = self->io_;
        Response response = run_entry(io.shared.entry, std::move(request));
        // The worker keeps no share of the connection: it must end on its own thread.
        asio::post(io.context, [self = std::move(self), response = std::move(response)]() mutable {
          self->respond(std::move(response));
        });
      });
  if (taken) return;
  Response busy = Response::problem(503, "Too many requests at once; try again in a moment.");
  respond(std::move(busy.set("Retry-After", "1")));
}

void Connection::reject(Refusal refusal) {
  keep_alive_ = false;
  respond(Response::problem(refusal.status, refusal.detail));
  if (phase_ == Phase::writing) arm(kRejectTimeout);
}

void Connection::respond(Response response) {
  phase_ = Phase::writing;
  keep_alive_ = keep_alive_ && !io_.shared.stopping;
  WireOptions wire{io_.date(), request_id_, keep_alive_};
  try {
    head_ = serialize_head(response, wire);
  } catch (const std::exception& e) {
    log_error("http.bad_response", {{"request", Json(request_id_.c_str())}, {"what", Json(e.what())}});
    response = Response::problem(500, "Something went wrong on our side.");
    head_ = serialize_head(response, wire);
  }
  body_ = is_head_ ? std::string() : std::move(response.body);
  arm(options().request_timeout);
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(body_)};
  asio::async_write(socket_, buffers, [self = shared_from_this()](error_code ec, size_t) {
    if (self->phase_ != Phase::writing) return;
    if (ec) return self->close();
    self->on_written();
  });
}

void Connection::on_written() {
  head_ = {};
  body_ = {};
  if (keep_alive_) return begin_request();
  linger();
}

// Closing a socket with unread input resets the connection, and the peer may never see the answer: so first say that
// nothing more comes, and read on for a while.
void Connection::linger() {
  phase_ = Phase::lingering;
  in_ = {};
  reader_.reset();
  error_code ec;
  socket_.shutdown(Socket::shutdown_send, ec);
  if (ec) return close();
  arm(kLingerTimeout);
  wait_readable();
}

void Connection::arm(std::chrono::milliseconds timeout) {
  timer_.expires_after(timeout);
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    // A handler that was already queued cannot be cancelled any more; the expiry tells whether it is outdated.
    if (ec || self->timer_.expiry() > std::chrono::steady_clock::now()) return;
    self->on_deadline();
  });
}

void Connection::on_deadline() {
  if (phase_ == Phase::handling || phase_ == Phase::closed) return;
  if (phase_ != Phase::reading) return close();
  error_code ec;
  socket_.cancel(ec);
  reject({408, "The request took too long to arrive."});
}

void Connection::on_stop() {
  error_code ec;
  if (phase_ == Phase::idle && socket_.available(ec) == 0) close();
}

void Connection::on_drain_over() {
  if (phase_ != Phase::handling) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  timer_.cancel();
  error_code ec;
  socket_.close(ec);
  io_.forget(shared_from_this());
}

// ---- IoThread ----

IoThread::IoThread(Shared& s) : shared(s), rng_(KernelEntropy().seed()) {}

Result<int> IoThread::listen(const asio::ip::tcp::endpoint& endpoint) {
  error_code ec;
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec && shared.options.io_threads > 1)
    acceptor_.set_option(asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec)
    return fail(Code::unavailable, fmt::format("Cannot listen on {} port {}: {}", endpoint.address().to_string(),
                                               endpoint.port(), ec.message()));
  return acceptor_.local_endpoint().port();
}

void IoThread::start() {
  accept();
  thread_ = std::thread([this] { context.run(); });
}

void IoThread::accept() {
  acceptor_.async_accept(context, [this](error_code ec, Socket socket) {
    if (shared.stopping || ec == asio::error::operation_aborted) return;
    if (!ec) {
      on_accept(std::move(socket));
      return accept();
    }
    log_warning("http.accept_failed", {{"error", ec.value()}});
    timer_.expires_after(kAcceptBackoff);
    timer_.async_wait([this](error_code cancelled) {
      if (!cancelled && !shared.stopping) accept();
    });
  });
}

void IoThread::on_accept(Socket socket) {
  if (shared.connections.fetch_add(1) < shared.options.max_connections) {
    auto connection = std::make_shared<Connection>(*this, std::move(socket));
    connections_.insert(connection);
    return connection->start();
  }
  --shared.connections;
  Response busy = Response::problem(503, "Too many connections at once; try again in a moment.");
  busy.set("Retry-After", "1");
  std::string answer = serialize_head(busy, {.date = date(), .keep_alive = false}) + busy.body;
  error_code ec;
  socket.non_blocking(true, ec);
  socket.write_some(asio::buffer(answer), ec);
}

void IoThread::forget(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) == 0) return;
  --shared.connections;
  if (shared.stopping && connections_.empty()) timer_.cancel();
}

void IoThread::stop() {
  asio::post(context, [this] { drain(); });
}

// The context's run() returns by itself when the acceptor, the timer and the last connection are gone.
void IoThread::drain() {
  error_code ec;
  acceptor_.close(ec);
  timer_.cancel();
  auto each = [this](void (Connection::*act)()) {
    auto connections = connections_;  // closing takes them out of the set
    for (const auto& connection : connections) (connection.get()->*act)();
  };
  each(&Connection::on_stop);
  if (connections_.empty()) return;
  timer_.expires_after(shared.options.drain_timeout);
  timer_.async_wait([each](error_code cancelled) {
    if (!cancelled) each(&Connection::on_drain_over);
  });
}

std::string_view IoThread::date() {
  Instant now = RealClock().now();
  auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != date_at_) {
    date_at_ = second;
    date_ = http_date(now);
  }
  return date_;
}

}  // namespace

// ---- Server ----

struct Server::Impl {
  Shared shared;
  std::vector<std::unique_ptr<IoThread>> threads;
  int port = 0;

  Impl(ServerOptions options, Entry entry) : shared(std::move(options), std::move(entry)) {}
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Entry entry) {
  error_code ec;
  std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  auto address = asio::ip::make_address(host, ec);
  if (ec) return fail(Code::invalid, fmt::format("'{}' is no IP address to listen on", options.host));
  if (options.port < 0 || options.port > 65535) return fail(Code::invalid, "A port is a number from 0 to 65535");
  if (options.io_threads < 1 || options.worker_threads < 1)
    return fail(Code::invalid, "A server needs at least one thread of each kind");
  auto impl = std::make_unique<Impl>(std::move(options), std::move(entry));
  impl->port = impl->shared.options.port;
  for (int i = 0; i < impl->shared.options.io_threads; ++i) {
    auto thread = std::make_unique<IoThread>(impl->shared);
    impl->port = TRY(thread->listen({address, static_cast<uint16_t>(impl->port)}));
    impl->threads.push_back(std::move(thread));
  }
  for (auto& thread : impl->threads) thread->start();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

int Server::port() const { return impl_->port; }

void Server::stop() {
  if (impl_->shared.stopping.exchange(true)) return;
  for (auto& thread : impl_->threads) thread->stop();
  for (auto& thread : impl_->threads) thread->join();
  impl_->shared.workers.stop();
}

}  // namespace onward::http
