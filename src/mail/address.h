// Mail addresses as SMTP and RFC 5322 see them. ASCII only: international domains arrive as punycode.
//
//   sendable_address("ada@example.org")             -> true
//   sendable_address("ada@example.org>\r\nDATA")    -> false
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace onward::mail {

// An address that may stand between the angle brackets of MAIL FROM and RCPT TO and in a header without harm:
// dot-atom or quoted local part (<= 64 bytes), host name or address literal (<= 255 bytes).
bool sendable_address(std::string_view);

// Text of a foreign server made fit for a record: printable ASCII, at most kMaxEvidence bytes, and every mail address
// (anything around an @, and the given addresses with their local parts) replaced by "[address]".
constexpr size_t kMaxEvidence = 300;
std::string without_addresses(std::string_view text, const std::vector<std::string>& known = {});

}  // namespace onward::mail
