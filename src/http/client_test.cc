#include "http/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "http/address.h"
#include "http/server.h"

namespace onward::http {
namespace {

using namespace std::chrono_literals;

class Client : public ::testing::Test {
 protected:
  Client() {
    auto started = Server::start({}, [this](const Request& request) { return answer(request); });
    server_ = std::move(*started);
  }

  Response answer(const Request& request) {
    ++hits_;
    if (request.path == "/redirect") return Response::redirect_away(302, url("127.0.0.1", "/secret"));
    if (request.path == "/big") return Response::text(200, std::string(5000, 'a'));
    if (request.path == "/slow") std::this_thread::sleep_for(600ms);
    if (request.path == "/missing") return Response::text(404, "nothing");
    json::object out{{"method", request.method},
                     {"body", request.body},
                     {"x", request.header("X-Test")},
                     {"type", request.header("Content-Type")},
                     {"host", request.header("Host")}};
    Response response = Response::json(200, out);
    return std::move(response.set("X-Answer", "yes"));
  }

  std::string url(std::string_view host, std::string_view path = "/") const {
    return fmt::format("http://{}:{}{}", host, server_->port(), path);
  }

  std::atomic<int> hits_{0};
  std::unique_ptr<Server> server_;
  EgressPolicy inside_{.enabled = true, .allow_private_hosts = {"127.0.0.1", "localhost"}};
};

template <class R>
Code code_of(const R& result) {
  EXPECT_FALSE(result);
  return result ? Code::internal : result.error().code;
}

TEST_F(Client, NothingLeavesUnlessEnabled) {
  EXPECT_EQ(code_of(fetch({.allow_private = true}, {.url = url("127.0.0.1")})), Code::forbidden);
  EXPECT_EQ(hits_, 0);
}

TEST_F(Client, RefusesInsideAddressesInEveryNotation) {
  EgressPolicy policy{.enabled = true};
  for (std::string_view host : {"127.0.0.1",
                                "127.1",
                                "127.0.1",
                                "0x7f.1",
                                "0x7f000001",
                                "2130706433",
                                "017700000001",
                                "0177.0.0.1",
                                "0",
                                "0.0.0.0",
                                "localhost",
                                "LOCALHOST",
                                "127.127.127.127",
                                "[::1]",
                                "[::]",
                                "[0:0:0:0:0:0:0:1]",
                                "[::ffff:127.0.0.1]",
                                "[::ffff:7f00:1]",
                                "[::127.0.0.1]",
                                "[64:ff9b::127.0.0.1]",
                                "[2002:7f00:1::]"})
    EXPECT_EQ(code_of(fetch(policy, {.url = url(host)})), Code::forbidden) << host;
  EXPECT_EQ(hits_, 0);
}

TEST_F(Client, RefusesPrivateNetworksWithoutConnecting) {
  EgressPolicy policy{.enabled = true};
  auto begin = std::chrono::steady_clock::now();
  for (std::string_view host :
       {"169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "224.0.0.1",
        "255.255.255.255", "[fd00:ec2::254]", "[fe80::1]", "[ff02::1]", "[fc00::1]"})
    EXPECT_EQ(code_of(fetch(policy, {.url = url(host)})), Code::forbidden) << host;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST_F(Client, ReachesInsideWhenListed) {
  ClientRequest request{.method = "PUT", .url = url("127.0.0.1", "/a"), .headers = {{"X-Test", "1"}}, .body = "hello"};
  auto response = fetch(inside_, request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("x-answer"), "yes");
  auto seen = *parse_json(response->body);
  EXPECT_EQ(get_string(seen, "method"), "PUT");
  EXPECT_EQ(get_string(seen, "body"), "hello");
  EXPECT_EQ(get_string(seen, "x"), "1");
  EXPECT_EQ(get_string(seen, "type"), "");
  EXPECT_TRUE(fetch(inside_, {.url = url("127.1")})) << "judged under the name it normalises to";
  EXPECT_EQ(code_of(fetch(inside_, {.url = url("127.0.0.2")})), Code::forbidden);
  EXPECT_EQ(fetch(inside_, {.url = url("127.0.0.1", "/missing")})->status, 404);
  EXPECT_EQ(fetch(inside_, {.method = "HEAD", .url = url("127.0.0.1")})->body, "");
}

TEST_F(Client, HostListNarrows) {
  EgressPolicy policy{.enabled = true, .allow_hosts = {"example.org", ".example.com"}, .allow_private = true};
  EXPECT_EQ(code_of(fetch(policy, {.url = url("127.0.0.1")})), Code::forbidden);
  EXPECT_EQ(code_of(fetch(policy, {.url = url("evilexample.com")})), Code::forbidden);
  EXPECT_EQ(code_of(fetch(policy, {.url = url("example.org.evil.test")})), Code::forbidden);
  EXPECT_EQ(hits_, 0);
  policy.allow_hosts.push_back("127.0.0.1");
  EXPECT_TRUE(fetch(policy, {.url = url("127.0.0.1")}));
}

TEST_F(Client, FollowsNoRedirect) {
  auto response = fetch(inside_, {.url = url("127.0.0.1", "/redirect")});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->header("Location"), url("127.0.0.1", "/secret"));
  EXPECT_EQ(hits_, 1);
}

TEST_F(Client, CapsBodyAndTime) {
  EXPECT_EQ(code_of(fetch(inside_, {.url = url("127.0.0.1", "/big"), .max_body = 4999})), Code::too_large);
  EXPECT_EQ(fetch(inside_, {.url = url("127.0.0.1", "/big"), .max_body = 5000})->body.size(), 5000u);
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(fetch(inside_, {.url = url("127.0.0.1", "/slow"), .timeout = 100ms})), Code::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 500ms);
}

TEST_F(Client, RefusesOtherSchemesAndOddUrls) {
  for (std::string text :
       {"file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "unix:/x",
        "dict://127.0.0.1/", "", "http://", "http:///", "127.0.0.1", "http://a b/", "http://127.0.0.1\\@x/",
        "http://user:pw@127.0.0.1/", "http://user@127.0.0.1/", "http://x/\r\nA: b", "javascript:1"})
    EXPECT_EQ(code_of(fetch(inside_, {.url = text})), Code::invalid) << text;
  EXPECT_EQ(hits_, 0);
}

TEST_F(Client, RefusesHeadersThatAreNotTheCallers) {
  for (Pairs headers : {Pairs{{"X", "a\r\nB: c"}}, Pairs{{"X:", "a"}}, Pairs{{"Host", "other"}},
                        Pairs{{"content-length", "1"}}, Pairs{{"Transfer-Encoding", "chunked"}}})
    EXPECT_EQ(code_of(fetch(inside_, {.url = url("127.0.0.1"), .headers = headers})), Code::invalid)
        << headers[0].first;
  EXPECT_EQ(code_of(fetch(inside_, {.method = "GET /x", .url = url("127.0.0.1")})), Code::invalid);
  EXPECT_EQ(hits_, 0);
}

TEST_F(Client, IgnoresProxyVariables) {
  setenv("http_proxy", url("127.0.0.1").c_str(), 1);
  auto response = fetch({.enabled = true}, {.url = "http://10.0.0.1/"});
  unsetenv("http_proxy");
  EXPECT_EQ(code_of(response), Code::forbidden);
  EXPECT_EQ(hits_, 0);
}

TEST_F(Client, UnreachableIsUnavailable) {
  int port = server_->port();
  server_->stop();
  EXPECT_EQ(code_of(fetch(inside_, {.url = fmt::format("http://127.0.0.1:{}/", port)})), Code::unavailable);
}

AddressKind kind_of(const char* text) {
  in_addr v4;
  if (inet_pton(AF_INET, text, &v4) == 1) return classify_v4(ntohl(v4.s_addr));
  std::array<uint8_t, 16> v6;
  EXPECT_EQ(inet_pton(AF_INET6, text, v6.data()), 1) << text;
  return classify_v6(v6);
}

TEST(Address, KnowsTheEdgesOfEveryRange) {
  for (const char* open :
       {"1.1.1.1",         "9.255.255.255",    "11.0.0.0",       "100.63.255.255", "100.128.0.0",     "126.255.255.255",
        "128.0.0.0",       "169.253.255.255",  "169.255.0.0",    "172.15.255.255", "172.32.0.0",      "192.0.1.0",
        "192.167.255.255", "192.169.0.0",      "198.17.255.255", "198.20.0.0",     "223.255.255.255", "2606:4700::1111",
        "2a00::1",         "64:ff9b::8.8.8.8", "2001:200::1"})
    EXPECT_EQ(kind_of(open), AddressKind::open) << open;
  for (const char* inside : {"0.0.0.0",
                             "0.255.255.255",
                             "10.0.0.0",
                             "10.255.255.255",
                             "100.64.0.0",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.0.0",
                             "172.16.0.0",
                             "172.31.255.255",
                             "192.168.0.0",
                             "192.168.255.255",
                             "::",
                             "::1",
                             "fc00::",
                             "fdff::1",
                             "fe80::1",
                             "febf::1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::10.0.0.1"})
    EXPECT_EQ(kind_of(inside), AddressKind::inside) << inside;
  for (const char* refused :
       {"192.0.0.1",   "192.0.2.1",      "192.88.99.1", "198.18.0.0",  "198.19.255.255",  "198.51.100.1",
        "203.0.113.1", "224.0.0.0",      "239.1.1.1",   "240.0.0.1",   "255.255.255.255", "ff02::1",
        "::2",         "::127.0.0.1",    "2001::1",     "2001:db8::1", "2002:7f00:1::",   "3fff::1",
        "fec0::1",     "::ffff:8.8.8.8", "4000::1"})
    EXPECT_EQ(kind_of(refused), AddressKind::refused) << refused;
}

}  // namespace
}  // namespace onward::http
