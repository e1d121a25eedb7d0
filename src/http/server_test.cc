#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/check.h"
#include "http/raw_client_test.h"
#include "http/router.h"

namespace onward::http {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Response echo(const Request& request) {
  json::object out{
      {"method", request.method}, {"path", request.path}, {"remote", request.remote}, {"body", request.body}};
  for (const auto& [name, value] : request.query) out["query_" + name] = value;
  return Response::json(200, out);
}

std::unique_ptr<Server> serve(ServerOptions options = {}, Entry entry = echo) {
  options.port = 0;
  auto server = Server::start(std::move(options), std::move(entry));
  EXPECT_TRUE(server) << server.error().message;
  return std::move(*server);
}

constexpr std::string_view kPing = "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n";

void expect_refused(Server& server, std::string_view bytes, int status) {
  RawClient client(server.port());
  client.send(bytes);
  RawAnswer answer = client.read();
  EXPECT_EQ(answer.status, status) << bytes.substr(0, 80);
  EXPECT_TRUE(answer.has("Content-Type: application/problem+json\r\n"));
  EXPECT_TRUE(answer.has("Connection: close\r\n"));
  EXPECT_TRUE(answer.has("X-Content-Type-Options: nosniff\r\n"));
  auto body = parse_json(answer.body);
  ASSERT_TRUE(body) << answer.body;
  EXPECT_EQ(get_int(*body, "status"), status);
  EXPECT_FALSE(get_string(*body, "title").empty());
  EXPECT_TRUE(client.closed_within(4s));
}

TEST(Server, AnswersAndKeepsTheConnection) {
  auto server = serve();
  RawClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    RawAnswer answer = client.ask("POST /a%20b?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(*parse_json(answer.body),
              *parse_json(R"({"method":"POST","path":"/a b","remote":"127.0.0.1","body":"hello","query_q":"1"})"));
    EXPECT_TRUE(answer.has("Connection: keep-alive\r\n"));
    EXPECT_TRUE(answer.has(" GMT\r\n"));
    EXPECT_TRUE(answer.has("X-Request-Id: "));
  }
}

TEST(Server, ClosesWhenAskedTo) {
  auto server = serve();
  for (std::string_view request :
       {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    RawClient client(server->port());
    RawAnswer answer = client.ask(request);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.has("Connection: close\r\n"));
    EXPECT_TRUE(client.closed_within(1s));
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  auto server = serve();
  RawClient client(server->port());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  for (std::string path : {"/1", "/2", "/3"}) {
    RawAnswer answer = client.read();
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(get_string(*parse_json(answer.body), "path"), path);
    EXPECT_EQ(get_string(*parse_json(answer.body), "body"), path == "/2" ? "ok" : "");
  }
}

TEST(Server, HeadHasLengthButNoBody) {
  auto server = serve({}, [](const Request&) { return Response::text(200, "twelve bytes"); });
  RawClient client(server->port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  RawAnswer answer = client.read(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Length: 12\r\n"));
  EXPECT_EQ(client.ask(kPing).body, "twelve bytes");  // would start with the stray body otherwise
}

TEST(Server, ReadsChunkedBodiesByteByByteAndDropsTrailers) {
  auto server =
      serve({}, [](const Request& r) { return Response::text(200, r.body + "|" + std::string(r.header("Evil"))); });
  RawClient client(server->port());
  std::string_view request =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n3\r\n !!\r\n0\r\nEvil: "
      "1\r\n\r\n";
  for (char c : request) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read().body, "hello !!|");
  EXPECT_EQ(client.ask(request).body, "hello !!|");
}

TEST(Server, AnswersExpectContinue) {
  auto server = serve();
  RawClient client(server->port());
  EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n").status, 100);
  RawAnswer answer = client.ask("ok");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(get_string(*parse_json(answer.body), "body"), "ok");
  expect_refused(*server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: magic\r\n\r\n", 417);
  expect_refused(*server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n",
                 413);
}

TEST(Server, RefusesMalformedRequests) {
  auto server = serve();
  for (std::string_view bad :
       {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /../a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET //evil HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02 hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n"})
    expect_refused(*server, bad, 400);
  expect_refused(*server, "GET / HTTP/3.7\r\nHost: x\r\n\r\n", 505);
}

TEST(Server, RefusesAmbiguousFraming) {
  auto server = serve();
  const std::string start = "POST / HTTP/1.1\r\nHost: x\r\n";
  for (std::string_view rest :
       {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "Content-Length: -1\r\n\r\n", "Content-Length: +5\r\n\r\nhello", "Content-Length: 5, 5\r\n\r\nhello",
        "Content-Length: 99999999999999999999999\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
    expect_refused(*server, start + std::string(rest), 400);
  expect_refused(*server, start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501);
  expect_refused(*server, start + "Transfer-Encoding: identity\r\n\r\n", 501);
  expect_refused(*server, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
}

TEST(Server, HoldsItsSizeLimits) {
  auto server = serve({.max_body = 1000});
  expect_refused(*server, "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(64 << 10, 'a') + "\r\n\r\n", 431);
  expect_refused(*server, "GET /" + std::string(64 << 10, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431);
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  expect_refused(*server, many + "\r\n", 431);
  expect_refused(*server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n", 413);
  expect_refused(*server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'a'), 413);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect_refused(*server,
                 chunked + "200\r\n" + std::string(512, 'a') + "\r\n200\r\n" + std::string(512, 'a') + "\r\n0\r\n\r\n",
                 413);
  expect_refused(*server, chunked + "5;" + std::string(64 << 10, 'a'), 431);
  expect_refused(*server, chunked + "0\r\nA: " + std::string(64 << 10, 'a'), 431);
  RawClient client(server->port());
  EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'a')).status,
            200);
}

TEST(Server, SlowRequestsMeetTheirDeadline) {
  auto server = serve({.request_timeout = 300ms});
  RawClient client(server->port());
  auto begin = Clock::now();
  RawAnswer answer;
  // A byte now and then must not move the deadline.
  for (std::string_view rest = "GET / HTTP/1.1\r\nHost: a-long-header-that-never-ends";
       answer.status == 0 && !rest.empty();) {
    client.send(rest.substr(0, 1));
    rest.remove_prefix(1);
    answer = client.read(false, 30ms);
  }
  auto took = Clock::now() - begin;
  EXPECT_EQ(answer.status, 408);
  EXPECT_GE(took, 290ms);
  EXPECT_LT(took, 1500ms);
  EXPECT_TRUE(client.closed_within(4s));
}

TEST(Server, SlowBodiesMeetTheirDeadline) {
  auto server = serve({.request_timeout = 200ms});
  RawClient client(server->port());
  EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc").status, 408);
}

TEST(Server, IdleConnectionsAreClosedSilently) {
  auto server = serve({.idle_timeout = 150ms});
  RawClient client(server->port());
  EXPECT_EQ(client.ask(kPing).status, 200);
  EXPECT_TRUE(client.closed_within(1s));
}

TEST(Server, SlowHeadersDoNotDelayOthers) {
  auto server = serve({.worker_threads = 2});
  std::vector<RawClient> slow;
  for (int i = 0; i < 100; ++i) {
    slow.emplace_back(server->port());
    ASSERT_TRUE(slow.back().send("GET /slow HTTP/1.1\r\nHost: x\r\nX-"));
  }
  RawClient client(server->port());
  auto begin = Clock::now();
  EXPECT_EQ(client.ask(kPing).status, 200);
  EXPECT_LT(Clock::now() - begin, 200ms);
  EXPECT_EQ(slow[50].ask("A: b\r\n\r\n").status, 200);  // and they are served when they finish
}

// A handler that waits until it is let go; `inside` counts those waiting.
struct Gate {
  std::promise<void> open;
  std::shared_future<void> opened{open.get_future()};
  std::atomic<int> inside{0};

  Entry entry() {
    return [this](const Request& request) {
      if (request.path == "/wait") {
        ++inside;
        opened.wait();
      }
      return Response::text(200, "done");
    };
  }
  bool reached(int count) {
    auto deadline = Clock::now() + 5s;
    while (inside < count && Clock::now() < deadline) std::this_thread::sleep_for(1ms);
    return inside == count;
  }
};

constexpr std::string_view kWait = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(Server, FullQueueAnswers503WithRetryAfter) {
  Gate gate;
  auto server = serve({.worker_threads = 2, .queue_limit = 1}, gate.entry());
  std::vector<RawClient> waiting;
  for (int i = 0; i < 2; ++i) waiting.emplace_back(server->port()).send(kWait);
  ASSERT_TRUE(gate.reached(2));
  // One of these two finds the one place in the queue, the other is turned away and may try again.
  RawClient first(server->port()), second(server->port());
  first.send(kPing);
  RawAnswer queued = first.read(false, 200ms);
  EXPECT_EQ(queued.status, 0);
  RawAnswer busy = second.ask(kPing);
  EXPECT_EQ(busy.status, 503);
  EXPECT_TRUE(busy.has("Retry-After: 1\r\n"));
  EXPECT_TRUE(busy.has("Connection: keep-alive\r\n"));
  gate.open.set_value();
  EXPECT_EQ(first.read().status, 200);
  for (RawClient& client : waiting) EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(second.ask(kPing).status, 200);
}

TEST(Server, TooManyConnectionsAnswer503) {
  auto server = serve({.max_connections = 2});
  {
    RawClient one(server->port()), two(server->port());
    EXPECT_EQ(one.ask(kPing).status, 200);
    EXPECT_EQ(two.ask(kPing).status, 200);
    RawClient three(server->port());
    EXPECT_EQ(three.read().status, 503);
    EXPECT_TRUE(three.closed_within(1s));
  }
  auto deadline = Clock::now() + 5s;  // places are free again once the server has seen the others go
  int status = 0;
  while (status != 200 && Clock::now() < deadline) status = RawClient(server->port()).ask(kPing).status;
  EXPECT_EQ(status, 200);
}

TEST(Server, ThrowingHandlersAnswer500WithoutDetails) {
  auto server = serve({}, [](const Request& request) -> Response {
    if (request.path == "/bug") check(1 + 1 == 3, "secret detail");
    if (request.path == "/int") throw 42;
    Response bad = Response::text(200, "x");
    bad.headers.emplace_back("X-Evil", "secret\r\nSet-Cookie: a=b");
    return bad;
  });
  RawClient client(server->port());
  for (std::string path : {"/bug", "/int", "/header"}) {
    RawAnswer answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_TRUE(answer.has("application/problem+json")) << path;
    EXPECT_EQ((answer.head + answer.body).find("secret"), std::string::npos) << path;
    EXPECT_EQ(answer.head.find("Set-Cookie"), std::string::npos) << path;
  }
}

TEST(Server, StopsGracefully) {
  Gate gate;
  auto server = serve({.worker_threads = 2}, gate.entry());
  int port = server->port();
  RawClient idle(port), busy(port), half(port);
  EXPECT_EQ(idle.ask(kPing).status, 200);
  half.send("GET /half HTTP/1.1\r\nHost: x");
  busy.send(kWait);
  ASSERT_TRUE(gate.reached(1));
  std::thread stopper([&] { server->stop(); });
  EXPECT_TRUE(idle.closed_within(2s));
  EXPECT_EQ(RawClient(port).ask(kPing).status, 0);  // nobody listens any more
  RawAnswer answer = half.ask("\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Connection: close\r\n"));
  gate.open.set_value();
  answer = busy.read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Connection: close\r\n"));
  EXPECT_TRUE(half.closed_within(1s) && busy.closed_within(1s));
  stopper.join();
  server->stop();
}

TEST(Server, DrainTimeoutEndsTheUnfinished) {
  auto server = serve({.drain_timeout = 100ms});
  RawClient half(server->port());
  RawClient(server->port()).ask(kPing);
  half.send("GET /half HTTP/1.1\r\n");
  std::this_thread::sleep_for(50ms);
  auto begin = Clock::now();
  server->stop();
  EXPECT_LT(Clock::now() - begin, 1s);
}

TEST(Server, ManyClientsOnSeveralIoThreads) {
  auto server = serve({.io_threads = 2, .worker_threads = 4});
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&, i] {
      RawClient client(server->port());
      for (int n = 0; n < 100; ++n) {
        std::string path = fmt::format("/{}/{}", i, n);
        RawAnswer answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        if (answer.status == 200 && get_string(*parse_json(answer.body), "path") == path) ++good;
      }
    });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 800);
}

TEST(Server, SaysWhyItCannotStart) {
  auto server = serve();
  auto taken = Server::start({.port = server->port()}, echo);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::unavailable);
  auto nowhere = Server::start({.host = "example.org"}, echo);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::invalid);
}

}  // namespace
}  // namespace onward::http
