#include "mail/headers.h"

#include <algorithm>

#include "base/check.h"
#include "base/crypto.h"

namespace onward::mail {
namespace {

constexpr size_t kLine = 78;          // RFC 5322 2.1.1: should
constexpr size_t kLongestWord = 900;  // leaves room for a field name below the 998 of RFC 5322 2.1.1
constexpr size_t kEncodedWord = 75;   // RFC 2047 section 2

// The length of the UTF-8 sequence at the front of s; 0 when it is malformed (overlong, surrogate, cut, too large).
size_t utf8_length(std::string_view s) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || s.size() < n) return 0;
  for (size_t i = 1; i < n; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f)) return 0;
  if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) return 0;
  return n;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_ascii(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_atom_or_space(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) {
    return is_alnum(c) || std::string_view(" !#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  });
}

std::vector<std::string> split_words(std::string_view s) {
  std::vector<std::string> words;
  while (true) {
    size_t space = s.find(' ');
    words.emplace_back(s.substr(0, space));
    if (space == std::string_view::npos) return words;
    s.remove_prefix(space + 1);
  }
}

// Folding replaces one space by CRLF and a space, so text survives only when single spaces stand between its words.
bool folds_losslessly(const std::vector<std::string>& words, size_t longest) {
  return std::all_of(words.begin(), words.end(),
                     [&](const std::string& w) { return !w.empty() && w.size() <= longest; });
}

// The Q encoding with the alphabet that is safe in phrases as well (RFC 2047 5 (3)).
std::string q_encoded(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (is_alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/') {
      out += c;
    } else if (c == ' ') {
      out += '_';
    } else {
      constexpr char kHex[] = "0123456789ABCDEF";
      auto byte = static_cast<unsigned char>(c);
      out += {'=', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

// Encoded words that together are the text: white space between two of them does not count (RFC 2047 6.2).
// `taken`: columns of the first line that the field name uses.
std::vector<std::string> encoded_words(std::string_view s, size_t taken) {
  bool q = q_encoded(s).size() <= (s.size() + 2) / 3 * 5;  // a little longer, but people can read most of it
  const std::string start = q ? "=?utf-8?Q?" : "=?utf-8?B?";
  size_t room = std::min(kEncodedWord, kLine - std::min(taken, kLine / 2)) - start.size() - 2;
  auto length = [&](std::string_view part) { return q ? q_encoded(part).size() : (part.size() + 2) / 3 * 4; };
  std::vector<std::string> words;
  while (!s.empty()) {
    size_t n = 0;
    while (n < s.size()) {  // a character never spans two words (RFC 2047 section 5)
      size_t step = std::max<size_t>(1, utf8_length(s.substr(n)));
      if (length(s.substr(0, n + step)) > room) break;
      n += step;
    }
    words.push_back(start + (q ? q_encoded(s.substr(0, n)) : base64(s.substr(0, n))) + "?=");
    s.remove_prefix(n);
    room = kEncodedWord - start.size() - 2;
  }
  return words;
}

std::vector<std::string> phrase(const std::string& name, size_t taken) {
  auto words = split_words(name);
  bool plain = is_ascii(name) && name.find("=?") == std::string::npos && folds_losslessly(words, kLine - 12);
  if (!plain) return encoded_words(name, taken);
  if (is_atom_or_space(name)) return words;
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return split_words(quoted + '"');
}

bool visible(char c) { return c > 0x20 && c < 0x7f; }

}  // namespace

std::string valid_utf8(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  while (!s.empty()) {
    size_t n = utf8_length(s);
    out += n ? s.substr(0, n) : std::string_view("\xef\xbf\xbd");
    s.remove_prefix(std::max<size_t>(1, n));
  }
  return out;
}

Result<HeaderValue> HeaderValue::make(std::string_view s) {
  if (s.size() > kMaxBytes) return fail(Code::invalid, "The text is too long for a mail header.");
  if (std::any_of(s.begin(), s.end(), is_control)) {
    return fail(Code::invalid, "A mail header cannot hold line breaks or control characters.");
  }
  if (valid_utf8(s) != s) return fail(Code::invalid, "The text is not UTF-8.");
  return HeaderValue(std::string(s));
}

HeaderValue HeaderValue::cleaned(std::string_view s) {
  std::string out;
  bool gap = false;
  std::string text = valid_utf8(s.substr(0, kMaxBytes + 3));
  size_t end = std::min(text.size(), kMaxBytes);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  for (char c : std::string_view(text).substr(0, end)) {
    if (is_control(c)) {
      gap = true;
      continue;
    }
    if (gap && !out.empty() && out.back() != ' ' && c != ' ') out += ' ';
    gap = false;
    out += c;
  }
  return HeaderValue(std::move(out));
}

void HeaderWriter::field(std::string_view name, const std::vector<std::string>& tokens) {
  check(!name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return visible(c) && c != ':'; }));
  std::string line = std::string(name) + ":";
  bool bare = true;  // nothing but the name so far: a fold here is left to a word that alone fills a line
  for (const std::string& token : tokens) {
    bool fits = line.size() + 1 + token.size() <= kLine;
    if (!fits && !(bare && 1 + token.size() > kLine)) {
      out_ += line + "\r\n";
      line.clear();
    }
    line += ' ' + token;
    bare = false;
  }
  out_ += line + "\r\n";
}

void HeaderWriter::text(std::string_view name, const HeaderValue& value) {
  auto words = split_words(value.str());
  bool plain =
      is_ascii(value.str()) && value.str().find("=?") == std::string::npos && folds_losslessly(words, kLine - 1);
  field(name, plain || value.empty() ? words : encoded_words(value.str(), name.size() + 2));
}

void HeaderWriter::words(std::string_view name, const HeaderValue& value) {
  auto words = split_words(value.str());
  bool plain = is_ascii(value.str()) && folds_losslessly(words, kLongestWord);
  field(name, plain || value.empty() ? words : encoded_words(value.str(), name.size() + 2));
}

void HeaderWriter::mailbox(std::string_view name, const HeaderValue& display_name, std::string_view address) {
  std::string clean;
  for (char c : address) {
    if (visible(c) && c != '<' && c != '>') clean += c;
  }
  if (display_name.empty()) return field(name, {clean});
  auto tokens = phrase(display_name.str(), name.size() + 2);
  tokens.push_back("<" + clean + ">");
  field(name, tokens);
}

void HeaderWriter::ids(std::string_view name, const std::vector<std::string>& ids) {
  std::vector<std::string> tokens;
  for (const std::string& id : ids) {
    bool fits = !id.empty() && id.size() <= kLongestWord &&
                std::all_of(id.begin(), id.end(), [](char c) { return visible(c) && c != '<' && c != '>'; });
    if (fits) tokens.push_back("<" + id + ">");
  }
  if (!tokens.empty()) field(name, tokens);
}

void HeaderWriter::url(std::string_view name, std::string_view url) {
  std::string clean;
  for (char c : url) {
    constexpr char kHex[] = "0123456789ABCDEF";
    auto byte = static_cast<unsigned char>(c);
    if (visible(c) && c != '<' && c != '>') {
      clean += c;
    } else {
      clean += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  check(clean.size() <= kLongestWord, "URL too long for a header");
  field(name, {"<" + clean + ">"});
}

}  // namespace onward::mail
