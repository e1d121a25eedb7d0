#include "ical/lines.h"

#include <fmt/format.h>

namespace onward::ical {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Octets of the well-formed character at `s`, 0 when there is none (RFC 3629: no overlong forms, no surrogates).
size_t character_at(std::string_view s) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || s.size() < size) return 0;
  for (size_t i = 1; i < size; ++i)
    if (!continues(s[i])) return 0;
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
  if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
  return size;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// Calls `each` with every character; line breaks of any kind (CR, LF, CRLF and the Unicode ones) arrive as "\n".
template <class Each>
void characters(std::string_view s, Each each) {
  for (size_t i = 0; i < s.size();) {
    size_t size = character_at(s.substr(i));
    std::string_view c = size == 0 ? kReplacement : s.substr(i, size);
    i += size == 0 ? 1 : size;
    if (c == "\r" && i < s.size() && s[i] == '\n') continue;
    // NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR: some readers split lines at them.
    if (c == "\r" || c == "\xC2\x85" || c == "\xE2\x80\xA8" || c == "\xE2\x80\xA9") c = "\n";
    each(c);
  }
}

}  // namespace

std::string clean(std::string_view s) {
  std::string out;
  characters(s, [&](std::string_view c) {
    if (c == "\n" || c == "\t")
      out += ' ';
    else if (!is_control(c[0]))
      out += c;
  });
  return out;
}

std::string escape_text(std::string_view s) {
  std::string out;
  out.reserve(s.size() + 8);
  characters(s, [&](std::string_view c) {
    if (c == "\n") {
      out += "\\n";
    } else if (c == "\\" || c == ";" || c == ",") {
      out += '\\';
      out += c;
    } else if (c == "\t" || !is_control(c[0])) {
      out += c;
    }
  });
  return out;
}

std::string param(std::string_view name, std::string_view value) {
  std::string out = fmt::format(";{}=\"", name);
  for (char c : clean(value)) {
    if (c == '"')
      out += '\'';
    else if (c == '^')
      out += "^^";
    else
      out += c;
  }
  return out + '"';
}

std::string percent_encode(std::string_view s, std::string_view also_plain) {
  constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (char c : s) {
    if (kUnreserved.find(c) != std::string_view::npos || also_plain.find(c) != std::string_view::npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string mailto(std::string_view address) { return "mailto:" + percent_encode(address, "@+!$'*="); }

void Lines::raw(std::string_view name, std::string_view value) {
  std::string line;
  characters(fmt::format("{}:{}", name, value), [&](std::string_view c) {
    if (c == "\t" || !is_control(c[0])) line += c;
  });
  // A continuation begins with one blank, which counts towards its octets.
  for (size_t at = 0, room = kMaxOctets; at < line.size(); room = kMaxOctets - 1) {
    size_t size = std::min(room, line.size() - at);
    while (at + size < line.size() && continues(line[at + size])) --size;
    if (at > 0) out_ += ' ';
    out_.append(line, at, size);
    out_ += "\r\n";
    at += size;
  }
}

}  // namespace onward::ical
