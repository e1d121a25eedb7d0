#include "http/message.h"

#include "base/check.h"

namespace onward::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Response make(int status, std::string_view content_type, std::string body) {
  Response response{.status = status, .body = std::move(body)};
  response.set("Content-Type", content_type);
  return response;
}

}  // namespace

std::optional<std::string_view> find_header(const Pairs& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return std::nullopt;
}

std::string_view Request::header(std::string_view name) const { return find_header(headers, name).value_or(""); }

std::optional<std::string> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

std::string_view Request::param(std::string_view name) const {
  auto found = params.find(name);
  return found == params.end() ? std::string_view() : std::string_view(found->second);
}

Response& Response::set(std::string_view name, std::string_view value) {
  std::erase_if(headers, [&](const auto& header) { return same_name(header.first, name); });
  return add(name, value);
}

Response& Response::add(std::string_view name, std::string_view value) {
  check(is_header_name(name), "header name");
  check(is_header_value(value), fmt::format("value of header {}", name));
  headers.emplace_back(name, value);
  return *this;
}

std::string_view Response::header(std::string_view name) const { return find_header(headers, name).value_or(""); }

Response Response::text(int status, std::string body) {
  return make(status, "text/plain; charset=utf-8", std::move(body));
}

Response Response::html(int status, std::string body) {
  return make(status, "text/html; charset=utf-8", std::move(body));
}

Response Response::json(int status, const Json& body) { return make(status, "application/json", dump(body)); }

Response Response::no_content() { return {.status = 204}; }

Response Response::redirect(int status, std::string_view path) {
  check(status >= 300 && status < 400);
  check(is_local_path(path), "redirect leaves the site");
  return std::move(Response{.status = status}.set("Location", path));
}

Response Response::redirect_away(int status, std::string_view url) {
  check(status >= 300 && status < 400);
  check(url.starts_with("https://") || url.starts_with("http://"), "redirect to something else than http");
  return std::move(Response{.status = status}.set("Location", url));
}

Response Response::problem(int status, std::string_view detail) {
  json::object body{{"type", "about:blank"}, {"title", reason_phrase(status)}, {"status", status}, {"detail", detail}};
  return make(status, "application/problem+json", json::serialize(body));
}

Response Response::problem(const Error& error) {
  int status = status_of(error.code);
  json::object body{{"type", "about:blank"},
                    {"title", reason_phrase(status)},
                    {"status", status},
                    {"code", onward::to_string(error.code)},
                    {"detail", error.message}};
  if (!error.fields.empty()) {
    json::array errors;
    for (const FieldError& field : error.fields)
      errors.push_back({{"pointer", field.pointer}, {"code", field.code}, {"message", field.message}});
    body["errors"] = std::move(errors);
  }
  if (!error.members.empty())
    if (auto members = parse_json(error.members); members && members->is_object())
      for (const auto& [name, value] : members->get_object())
        if (!body.contains(name)) body[name] = value;
  return make(status, "application/problem+json", json::serialize(body));
}

int status_of(Code code) {
  switch (code) {
    case Code::invalid: return 400;
    case Code::unauthorized: return 401;
    case Code::forbidden: return 403;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    case Code::precondition: return 412;
    case Code::too_large: return 413;
    case Code::unprocessable: return 422;
    case Code::rate_limited: return 429;
    case Code::unavailable: return 503;
    case Code::unknown: return 503;
    case Code::internal: return 500;
  }
  return 500;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

bool is_local_path(std::string_view path) {
  if (!path.starts_with('/') || path.starts_with("//")) return false;
  // Some browsers and proxies read "\" as "/", drop tabs and newlines, or decode "%2f" before they look for a host.
  if (std::any_of(path.begin(), path.end(), [](char c) { return is_control(c) || c == '\\'; })) return false;
  std::string_view head = path.substr(1, 3);
  return !(head == "%2f" || head == "%2F" || head == "%5c" || head == "%5C");
}

std::string local_path_or(std::string_view path, std::string_view fallback) {
  return std::string(is_local_path(path) ? path : fallback);
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
}

bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; });
}

}  // namespace onward::http
