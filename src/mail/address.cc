#include "mail/address.h"

#include <algorithm>

namespace onward::mail {
namespace {

constexpr size_t kMaxLocal = 64;
constexpr size_t kMaxDomain = 255;
constexpr size_t kMinLocalShown = 3;  // a shorter local part names nobody, and its letters are words of any reply
constexpr std::string_view kMark = "[address]";

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_atom(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
    return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  });
}

bool is_dot_atom(std::string_view s) {
  for (size_t dot = s.find('.'); dot != std::string_view::npos; dot = s.find('.')) {
    if (!is_atom(s.substr(0, dot))) return false;
    s.remove_prefix(dot + 1);
  }
  return is_atom(s);
}

bool is_quoted_string(std::string_view s) {
  if (s.size() < 2 || s.front() != '"' || s.back() != '"') return false;
  s = s.substr(1, s.size() - 2);
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] < 0x20 || s[i] > 0x7e || s[i] == '"') return false;
    if (s[i] == '\\' && (++i == s.size() || s[i] < 0x20 || s[i] > 0x7e)) return false;
  }
  return true;
}

bool is_label(std::string_view s) {
  return !s.empty() && s.size() <= 63 && s.front() != '-' && s.back() != '-' &&
         std::all_of(s.begin(), s.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
}

bool is_domain(std::string_view s) {
  if (s.empty() || s.size() > kMaxDomain) return false;
  if (s.front() == '[') {
    return s.size() > 2 && s.back() == ']' && std::all_of(s.begin() + 1, s.end() - 1, [](char c) {
             return is_alnum(c) || c == '.' || c == ':' || c == '-';
           });
  }
  for (size_t dot = s.find('.'); dot != std::string_view::npos; dot = s.find('.')) {
    if (!is_label(s.substr(0, dot))) return false;
    s.remove_prefix(dot + 1);
  }
  return is_label(s);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

void replace_all(std::string& text, std::string_view what) {
  if (what.empty()) return;
  for (size_t at = 0; at + what.size() <= text.size();) {
    if (same_text(std::string_view(text).substr(at, what.size()), what)) {
      text.replace(at, what.size(), kMark);
      at += kMark.size();
    } else {
      ++at;
    }
  }
}

bool separates(char c) { return std::string_view(" \t<>()[]\"',;").find(c) != std::string_view::npos; }

bool names_somebody(std::string_view word, const std::vector<std::string>& known) {
  if (word.find('@') != std::string_view::npos || word.find("%40") != std::string_view::npos) return true;
  while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
  return std::any_of(known.begin(), known.end(), [&](const std::string& address) {
    return word.size() >= kMinLocalShown && same_text(word, std::string_view(address).substr(0, address.rfind('@')));
  });
}

}  // namespace

bool sendable_address(std::string_view address) {
  size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > kMaxLocal) return false;
  std::string_view local = address.substr(0, at);
  return (is_dot_atom(local) || is_quoted_string(local)) && is_domain(address.substr(at + 1));
}

std::string without_addresses(std::string_view text, const std::vector<std::string>& known) {
  std::string clean(text.substr(0, 4 * kMaxEvidence));
  for (char& c : clean) {
    if (c < 0x20 || c > 0x7e) c = c == '\t' ? ' ' : '?';
  }
  for (const std::string& address : known) {
    if (address.find('@') != std::string::npos) replace_all(clean, address);
  }
  std::string out;
  for (size_t i = 0; i < clean.size();) {
    size_t end = i;
    while (end < clean.size() && !separates(clean[end])) ++end;
    std::string_view word = std::string_view(clean).substr(i, end - i);
    out += names_somebody(word, known) ? kMark : word;
    if (end < clean.size()) out += clean[end++];
    i = end;
  }
  if (out.size() > kMaxEvidence) out.resize(kMaxEvidence);
  return out;
}

}  // namespace onward::mail
