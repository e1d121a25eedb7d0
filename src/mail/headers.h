// Writing header fields of RFC 5322 and RFC 2047: values that cannot break out, folding, encoded words.
//
//   HeaderWriter w;
//   w.text("Subject", HeaderValue::cleaned("Grüße"));
//   w.mailbox("From", HeaderValue::cleaned("Doe, Jane"), "jane@example.org");
//   w.take()  -> "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nFrom: \"Doe, Jane\" <jane@example.org>\r\n"
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace onward::mail {

// UTF-8 text for a header field. It never holds CR, LF, NUL or another control character, whatever it was made from.
class HeaderValue {
 public:
  static constexpr size_t kMaxBytes = 4000;

  // Error Code::invalid when the text holds a control character, is not UTF-8, or is longer than kMaxBytes.
  static Result<HeaderValue> make(std::string_view);
  // Each run of control characters becomes one space, bytes that are not UTF-8 become U+FFFD, the rest is cut.
  static HeaderValue cleaned(std::string_view);

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  explicit HeaderValue(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Bytes that are not UTF-8 become U+FFFD.
std::string valid_utf8(std::string_view);

// Lines end in CRLF; they are <= 78 bytes unless one word alone is longer, and never over 998.
class HeaderWriter {
 public:
  // Unstructured text. Words longer than a line are encoded, too, so that they can be folded.
  void text(std::string_view name, const HeaderValue&);
  // Words between spaces are kept as they are: for values that machines read (ASCII; others are encoded).
  void words(std::string_view name, const HeaderValue&);
  // `"Name" <address>`; bytes that cannot stand in an address are left out.
  void mailbox(std::string_view name, const HeaderValue& display_name, std::string_view address);
  // Message ids in angle brackets. Ids that no header can carry are left out; no field when none is left.
  void ids(std::string_view name, const std::vector<std::string>&);
  // One URL in angle brackets; bytes outside printable ASCII are percent-encoded.
  void url(std::string_view name, std::string_view url);
  std::string take() { return std::move(out_); }

 private:
  void field(std::string_view name, const std::vector<std::string>& tokens);
  std::string out_;
};

}  // namespace onward::mail
