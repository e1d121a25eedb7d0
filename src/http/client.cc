#include "http/client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <mutex>

#include "base/check.h"
#include "http/address.h"

namespace onward::http {
namespace {

constexpr size_t kMaxHeaderBytes = 64 << 10;
constexpr size_t kMaxUrl = 8 << 10;

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, CurlDeleter>;
using Url = std::unique_ptr<CURLU, CurlDeleter>;
using List = std::unique_ptr<curl_slist, CurlDeleter>;

// What the callbacks see of one transfer.
struct Transfer {
  const EgressPolicy* policy = nullptr;
  std::string host;  // lower case
  size_t max_body = 0;
  ClientResponse response;
  size_t header_bytes = 0;
  bool address_refused = false;
  bool too_large = false;
};

std::string lower_host(std::string_view host) {
  std::string out(host);
  if (out.starts_with('[') && out.ends_with(']')) out = out.substr(1, out.size() - 2);
  while (out.ends_with('.')) out.pop_back();
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

bool is_listed(const std::string& host, const std::vector<std::string>& list) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& entry) {
    std::string wanted = lower_host(entry);
    return host == wanted || (wanted.starts_with('.') && host.size() > wanted.size() && host.ends_with(wanted));
  });
}

AddressKind classify(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return classify_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    std::array<uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return classify_v6(bytes);
  }
  return AddressKind::refused;
}

bool may_connect(const EgressPolicy& policy, const std::string& host, const sockaddr* address) {
  AddressKind kind = classify(address);
  if (kind == AddressKind::open) return true;
  return kind == AddressKind::inside && (policy.allow_private || is_listed(host, policy.allow_private_hosts));
}

curl_socket_t open_socket(void* user, curlsocktype purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (purpose != CURLSOCKTYPE_IPCXN || !may_connect(*transfer.policy, transfer.host, &address->addr)) {
    transfer.address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t on_body(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (size * count > transfer.max_body - transfer.response.body.size()) {
    transfer.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  transfer.response.body.append(data, size * count);
  return size * count;
}

size_t on_header(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  std::string_view line(data, size * count);
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) transfer.response.headers.clear();  // an answer after 100 Continue
  size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return line.size();
  auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && is_space(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
  transfer.response.headers.emplace_back(line.substr(0, colon), value);
  return line.size();
}

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || !text) return {};
  std::string out = text;
  curl_free(text);
  return out;
}

// The URL is read once, by the library that will also connect: two parsers never get to disagree about its host.
Result<Url> parse_url(const std::string& text) {
  bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
  if (text.size() > kMaxUrl || !printable) return fail(Code::invalid, "The URL is malformed.");
  Url url(curl_url());
  check(url != nullptr);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return fail(Code::invalid, "The URL is malformed.");
  std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return fail(Code::invalid, "Only http and https URLs are possible.");
  if (!url_part(url.get(), CURLUPART_USER).empty() || !url_part(url.get(), CURLUPART_PASSWORD).empty())
    return fail(Code::invalid, "A URL must not carry credentials.");
  if (url_part(url.get(), CURLUPART_HOST).empty()) return fail(Code::invalid, "The URL names no host.");
  return url;
}

Result<List> build_headers(const ClientRequest& request) {
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  bool has_type = find_header(request.headers, "Content-Type").has_value();
  if (!has_type) list = curl_slist_append(list, "Content-Type:");  // curl would claim a form
  List owner(list);
  for (const auto& [name, value] : request.headers) {
    if (!is_header_name(name) || !is_header_value(value)) return fail(Code::invalid, "A request header is malformed.");
    for (std::string_view owned : {"Host", "Content-Length", "Transfer-Encoding", "Connection"})
      if (find_header({{name, ""}}, owned)) return fail(Code::invalid, fmt::format("{} is not for the caller.", owned));
    // "Name;" is how curl spells a header with an empty value.
    std::string line = value.empty() ? name + ";" : name + ": " + value;
    list = curl_slist_append(owner.get(), line.c_str());
    check(list != nullptr);
  }
  return owner;
}

template <class T>
void set(CURL* curl, CURLoption option, T value) {
  CURLcode code = curl_easy_setopt(curl, option, value);
  check(code == CURLE_OK, curl_easy_strerror(code));
}

void set_limits(CURL* curl, const ClientRequest& request, Transfer& transfer) {
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_PROXY, "");  // an http_proxy variable would connect around the address check
  set(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(curl, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(curl, CURLOPT_OPENSOCKETDATA, &transfer);
  set(curl, CURLOPT_WRITEFUNCTION, &on_body);
  set(curl, CURLOPT_WRITEDATA, &transfer);
  set(curl, CURLOPT_HEADERFUNCTION, &on_header);
  set(curl, CURLOPT_HEADERDATA, &transfer);
}

void set_request(CURL* curl, const ClientRequest& request) {
  if (request.method == "HEAD") {
    set(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

Result<ClientResponse> outcome(CURL* curl, CURLcode code, Transfer& transfer) {
  if (transfer.too_large) return fail(Code::too_large, "The answer of the other server is too large.");
  if (code != CURLE_OK && transfer.address_refused)
    return fail(Code::forbidden, "This address is not open to outgoing connections.");
  if (code != CURLE_OK)
    return fail(Code::unavailable, "The other server could not be reached.", curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const { return find_header(headers, name).value_or(""); }

Status check_address(const EgressPolicy& policy, const std::string& host, const sockaddr* address) {
  if (!policy.enabled) return fail(Code::forbidden, "Outgoing connections are switched off.");
  std::string name = lower_host(host);
  if (!policy.allow_hosts.empty() && !is_listed(name, policy.allow_hosts))
    return fail(Code::forbidden, "This host is not on the list of outgoing connections.");
  if (!may_connect(policy, name, address)) return fail(Code::forbidden, "The policy refuses this address.");
  return {};
}

Result<ClientResponse> fetch(const EgressPolicy& policy, const ClientRequest& request) {
  static std::once_flag initialised;
  std::call_once(initialised, [] { check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
  if (!policy.enabled) return fail(Code::forbidden, "Outgoing connections are switched off.");
  if (!is_header_name(request.method)) return fail(Code::invalid, "The method is malformed.");
  Url url = TRY(parse_url(request.url));
  std::string host = lower_host(url_part(url.get(), CURLUPART_HOST));
  if (!policy.allow_hosts.empty() && !is_listed(host, policy.allow_hosts))
    return fail(Code::forbidden, "This host is not on the list of outgoing connections.");
  List headers = TRY(build_headers(request));
  Easy curl(curl_easy_init());
  check(curl != nullptr);
  Transfer transfer;
  transfer.policy = &policy;
  transfer.host = host;
  transfer.max_body = request.max_body;
  set_limits(curl.get(), request, transfer);
  set_request(curl.get(), request);
  set(curl.get(), CURLOPT_CURLU, url.get());
  set(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  return outcome(curl.get(), curl_easy_perform(curl.get()), transfer);
}

}  // namespace onward::http
