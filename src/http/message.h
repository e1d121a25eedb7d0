// Requests and responses as values. Handlers take one and return the other; only server.cc touches a socket.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace onward::http {

using Pairs = std::vector<std::pair<std::string, std::string>>;  // ordered; names may repeat

// First value of `name`; header names are compared without case.
std::optional<std::string_view> find_header(const Pairs& headers, std::string_view name);

struct Request {
  std::string method = "GET";  // as sent, "GET"
  std::string path = "/";  // decoded UTF-8 without query: no "..", ".", "//", "\", control characters or encoded "/"
  Pairs query;             // decoded
  Pairs headers;
  std::string body;
  std::string remote;                                      // the peer's IP address
  std::map<std::string, std::string, std::less<>> params;  // from the route pattern, never empty strings
  std::string request_id;                                  // also sent back as X-Request-Id

  std::string_view header(std::string_view name) const;                 // first value, "" when absent
  std::optional<std::string> query_value(std::string_view name) const;  // first value
  std::string_view param(std::string_view name) const;                  // "" when the pattern has no such parameter
};

// Header names and values are checked when set and again when sent, so CR, LF or NUL never reach the wire: a bad one is
// a Bug. The server owns Content-Length, Date, Connection and Transfer-Encoding, and adds security headers where the
// handler has set none of the same name.
struct Response {
  int status = 200;
  Pairs headers;
  std::string body;
  // Whether the server may send it compressed. Why not always: http/compress.h.
  bool compressible = false;
  std::string packed = {};  // the body as http::gzip() writes it, when it was written before

  Response& set(std::string_view name, std::string_view value);  // replaces earlier values
  Response& add(std::string_view name, std::string_view value);  // keeps them: Set-Cookie, Link
  std::string_view header(std::string_view name) const;          // first value, "" when absent

  static Response text(int status, std::string body);
  static Response html(int status, std::string body);
  static Response json(int status, const Json& body);
  static Response no_content();
  // To a path of this site. A location for which is_local_path() is false is a Bug: see local_path_or().
  static Response redirect(int status, std::string_view path);
  // To another site: an http or https URL the caller trusts.
  static Response redirect_away(int status, std::string_view url);
  // RFC 9457: {type, title, status, detail}. The Error form adds `code`, and `errors` [{pointer, code, message}] when
  // there are fields; Error::detail is never sent.
  static Response problem(int status, std::string_view detail);
  static Response problem(const Error& error);
};

int status_of(Code code);                    // the one mapping from Error to HTTP
std::string_view reason_phrase(int status);  // "Not Found"; "Unknown" for a status we do not name

// Whether a browser will stay on this site: starts with one "/", no backslash, no control character, no encoded slash
// at its start.
bool is_local_path(std::string_view path);
// For `next` parameters: the path when it is local, else the fallback.
std::string local_path_or(std::string_view path, std::string_view fallback);

bool is_header_name(std::string_view name);    // RFC 9110 token
bool is_header_value(std::string_view value);  // no control character but tab

}  // namespace onward::http
