#include "http/target.h"

#include <arpa/inet.h>

#include "http/form.h"

namespace onward::http {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Strict instead of normalising: what a proxy in front of us could read differently is refused.
Result<std::string> decode_path(std::string_view raw) {
  for (size_t at = raw.find('%'); at != std::string_view::npos; at = raw.find('%', at + 1)) {
    std::string_view code = raw.substr(at + 1, 2);
    if (code == "2f" || code == "2F") return fail(Code::invalid, "An encoded slash in the path.");
  }
  std::string path = TRY(percent_decode(raw));
  if (has_control(path)) return fail(Code::invalid, "A control character in the path.");
  if (path.find('\\') != std::string::npos) return fail(Code::invalid, "A backslash in the path.");
  if (!is_utf8(path)) return fail(Code::invalid, "The path is not UTF-8.");
  std::string_view rest = path;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    if (segment == "." || segment == "..") return fail(Code::invalid, "A relative segment in the path.");
    if (segment.empty() && !rest.empty()) return fail(Code::invalid, "An empty segment in the path.");
  }
  return path;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    size_t path = target.find_first_of("/?#", scheme.size());
    target = path == std::string_view::npos ? "/" : target.substr(path);
    break;
  }
  if (!target.starts_with('/')) return fail(Code::invalid, "The request target is not a path.");
  if (target.find('#') != std::string_view::npos) return fail(Code::invalid, "A fragment in the request target.");
  size_t question = target.find('?');
  Target out;
  out.path = TRY(decode_path(target.substr(0, question)));
  if (question != std::string_view::npos) out.query = TRY(parse_form(target.substr(question + 1)));
  return out;
}

std::string client_address(const std::string& peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted_proxies) {
  auto trusted = [&](const std::string& ip) {
    return std::find(trusted_proxies.begin(), trusted_proxies.end(), ip) != trusted_proxies.end();
  };
  std::string address = peer;
  while (trusted(address) && !forwarded_for.empty()) {
    size_t comma = forwarded_for.rfind(',');
    std::string next(forwarded_for.substr(comma == std::string_view::npos ? 0 : comma + 1));
    forwarded_for = forwarded_for.substr(0, comma == std::string_view::npos ? 0 : comma);
    std::erase(next, ' ');
    unsigned char binary[16];
    if (inet_pton(AF_INET, next.c_str(), binary) != 1 && inet_pton(AF_INET6, next.c_str(), binary) != 1) break;
    address = std::move(next);
  }
  return address;
}

}  // namespace onward::http
