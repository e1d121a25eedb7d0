#include "app/mail_text.h"
#include <algorithm>

namespace onward::app {
namespace {

bool ends_url(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '<' || c == '>' || c == '"' || c == ')'; }

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
}

size_t url_length(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && !ends_url(text[n])) ++n;
  while (n > 0 && (text[n - 1] == '.' || text[n - 1] == ',' || text[n - 1] == ';')) --n;
  return n;
}

void append_line(std::string& out, std::string_view line) {
  while (!line.empty()) {
    size_t at = std::min(line.find("https://"), line.find("http://"));
    append_escaped(out, line.substr(0, at));
    if (at == line.npos) return;
    line.remove_prefix(at);
    std::string_view url = line.substr(0, url_length(line));
    out += "<a href=\"";
    append_escaped(out, url);
    out += "\">";
    append_escaped(out, url);
    out += "</a>";
    line.remove_prefix(std::max<size_t>(url.size(), 1));
  }
}

}  // namespace

std::string mail_html(std::string_view text) {
  std::string out = "<div>\n<p>";
  size_t at = 0;
  while (at < text.size()) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.empty()) {
      out += "</p>\n<p>";
    } else {
      append_line(out, line);
      bool more = end + 1 < text.size() && text[end + 1] != '\n';
      if (more) out += "<br>\n";
    }
    at = end + 1;
  }
  return out + "</p>\n</div>\n";
}

std::string preferences_url_in(std::string_view text, std::string_view base_url) {
  std::string prefix = std::string(base_url) + "/p/";
  size_t at = text.find(prefix);
  if (base_url.empty() || at == text.npos) return {};
  return std::string(text.substr(at, url_length(text.substr(at))));
}

}  // namespace onward::app
