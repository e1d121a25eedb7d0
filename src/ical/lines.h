// Content lines of iCalendar and vCard (RFC 5545 3.1, RFC 6350 3.2): escaped, folded at 75 octets between characters,
// ended by CRLF. Nothing that is handed in can begin a line of its own: line breaks become "\n" in a text, a blank in a
// parameter, and every other control character is dropped.
//
//   Lines out;
//   out.text("SUMMARY", "Coffee; cake\nand talk");      // SUMMARY:Coffee\; cake\nand talk
//   out.raw("ORGANIZER" + param("CN", "Ann \"A\" Lee"), "mailto:ann@example.org");
#pragma once
#include <string>
#include <string_view>

namespace onward::ical {

constexpr size_t kMaxOctets = 75;  // of a line, without its CRLF

// A TEXT value: backslash, semicolon and comma escaped, line breaks as \n; bytes that are not UTF-8 become U+FFFD.
std::string escape_text(std::string_view);
// A parameter with its leading semicolon, `;CN="Ann"`. Double quotes become apostrophes, which every reader takes; the
// caret is written as RFC 6868 asks.
std::string param(std::string_view name, std::string_view value);
// mailto: with everything but the plain characters of an address percent-encoded (RFC 6068).
std::string mailto(std::string_view address);
// Percent-encoding of everything but unreserved characters (RFC 3986 2.3).
std::string percent_encode(std::string_view, std::string_view also_plain = {});
// Without control characters; bytes that are not UTF-8 become U+FFFD.
std::string clean(std::string_view);

class Lines {
 public:
  void text(std::string_view name, std::string_view value) { raw(name, escape_text(value)); }
  // The value must already be in its own type's form; control characters are dropped even so.
  void raw(std::string_view name, std::string_view value);
  void begin(std::string_view component) { raw("BEGIN", component); }
  void end(std::string_view component) { raw("END", component); }
  void append(const std::string& finished_lines) { out_ += finished_lines; }
  const std::string& str() const { return out_; }

 private:
  std::string out_;
};

}  // namespace onward::ical
