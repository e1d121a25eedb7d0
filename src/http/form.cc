#include "http/form.h"

namespace onward::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text, bool plus_for_space) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c))
      out += c;
    else if (c == ' ' && plus_for_space)
      out += '+';
    else
      (out += '%', out += kHex[byte >> 4], out += kHex[byte & 15]);
  }
}

Result<std::string> decode_form_text(std::string_view text, size_t limit) {
  if (text.size() > limit * 3) return fail(Code::too_large, "A form field is too long.");
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  std::string decoded = TRY(percent_decode(spaced));
  if (decoded.size() > limit) return fail(Code::too_large, "A form field is too long.");
  if (decoded.find('\0') != std::string::npos || !is_utf8(decoded))
    return fail(Code::invalid, "A form field is not UTF-8 text.");
  return decoded;
}

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none (Unicode 15, table 3-7).
size_t utf8_length(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto in = [&](size_t i, unsigned low, unsigned high) { return i < text.size() && byte(i) >= low && byte(i) <= high; };
  auto tail = [&](size_t i) { return in(i, 0x80, 0xBF); };
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first == 0xE0) return in(1, 0xA0, 0xBF) && tail(2) ? 3 : 0;
  if (first == 0xED) return in(1, 0x80, 0x9F) && tail(2) ? 3 : 0;
  if (first >= 0xE1 && first <= 0xEF) return tail(1) && tail(2) ? 3 : 0;
  if (first == 0xF0) return in(1, 0x90, 0xBF) && tail(2) && tail(3) ? 4 : 0;
  if (first >= 0xF1 && first <= 0xF3) return tail(1) && tail(2) && tail(3) ? 4 : 0;
  if (first == 0xF4) return in(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : 0;
  return 0;
}

}  // namespace

Result<Pairs> parse_form(std::string_view body, const FormLimits& limits) {
  Pairs pairs;
  while (!body.empty()) {
    std::string_view part = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(part.size() + 1, body.size()));
    if (part.empty()) continue;
    if (pairs.size() == limits.max_pairs) return fail(Code::too_large, "The form has too many fields.");
    size_t equals = part.find('=');
    std::string name = TRY(decode_form_text(part.substr(0, equals), limits.max_name));
    std::string_view raw = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    std::string value = TRY(decode_form_text(raw, limits.max_value));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

Result<Pairs> parse_form(const Request& request, const FormLimits& limits) {
  std::string type(request.header("Content-Type").substr(0, request.header("Content-Type").find(';')));
  while (type.ends_with(' ')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return c < 128 ? tolower(c) : c; });
  if (type != "application/x-www-form-urlencoded") return fail(Code::invalid, "The request carries no form.");
  return parse_form(request.body, limits);
}

std::string encode_form(const Pairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    append_encoded(out, name, true);
    out += '=';
    append_encoded(out, value, true);
  }
  return out;
}

std::optional<std::string> form_value(const Pairs& form, std::string_view name) {
  for (const auto& [key, value] : form)
    if (key == name) return value;
  return std::nullopt;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  append_encoded(out, text, false);
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return fail(Code::invalid, "A percent sign without two hexadecimal digits.");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace onward::http
