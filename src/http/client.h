// The one function through which every outgoing HTTP request passes. Where it may go is decided on the address that the
// connection is really made to, after name resolution, so neither odd notations (127.1, 0x7f.1, [::ffff:127.0.0.1]) nor
// a name that resolves differently the second time lead inside. Redirects are answers, never followed. No proxy, no
// cookies, no credentials in URLs, no decompression.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

struct sockaddr;

namespace onward::http {

// Hosts are written as in the URL, without port and brackets; ".example.com" means every name below example.com.
struct EgressPolicy {
  bool enabled = false;                  // false: nothing leaves
  std::vector<std::string> allow_hosts;  // not empty: only these
  bool allow_private = false;            // loopback, private, link-local, shared (CGNAT) addresses for every host
  std::vector<std::string> allow_private_hosts;  // ... or only when the URL names one of these
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;  // http or https
  Pairs headers;    // not Host, Content-Length, Transfer-Encoding, Connection
  std::string body;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{20'000};  // all of it, name resolution included
  size_t max_body = 1 << 20;                  // bytes of the answer
};

struct ClientResponse {
  int status = 0;
  Pairs headers;
  std::string body;  // of a foreign server: never show it to a person who chose the URL
  std::string_view header(std::string_view name) const;  // first value, "" when absent
};

// The rule itself, for connections that are not HTTP (mail): `address` is what the connection is about to be made to.
// Error: Code::forbidden.
Status check_address(const EgressPolicy& policy, const std::string& host, const sockaddr* address);

// Any HTTP answer is a value, whatever its status. Errors: Code::invalid (URL, method, header), Code::forbidden (the
// policy refuses host or address), Code::too_large (answer beyond max_body), Code::unavailable (no connection, TLS,
// timeout; `detail` says which). Blocks; callable from any thread.
Result<ClientResponse> fetch(const EgressPolicy& policy, const ClientRequest& request);

}  // namespace onward::http
