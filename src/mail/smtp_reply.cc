#include "mail/smtp_reply.h"

#include <algorithm>

namespace onward::mail {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// "5.1.1" at the front of a line, else empty.
std::string find_enhanced_code(std::string_view line) {
  std::string_view word = line.substr(0, line.find(' '));
  if (word.size() < 5 || word.size() > 9 || word[1] != '.') return {};
  if (word[0] != '2' && word[0] != '4' && word[0] != '5') return {};
  size_t dot = word.find('.', 2);
  auto number = [](std::string_view s) {
    return !s.empty() && s.size() <= 3 && std::all_of(s.begin(), s.end(), digit);
  };
  if (dot == std::string_view::npos || !number(word.substr(2, dot - 2)) || !number(word.substr(dot + 1))) return {};
  return std::string(word);
}

}  // namespace

void ReplyReader::receive(std::string_view bytes) {
  if (garbage_) return;
  buffer_ += bytes;
  size_t start = 0;
  for (size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n', start)) {
    std::string_view line = std::string_view(buffer_).substr(start, end - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    start = end + 1;
    if (!take_line(line)) {
      garbage_ = true;
      break;
    }
  }
  buffer_.erase(0, start);
  if (buffer_.size() > kMaxReplyLine) garbage_ = true;
}

bool ReplyReader::take_line(std::string_view line) {
  partial_bytes_ += line.size();
  if (line.size() > kMaxReplyLine || partial_bytes_ > kMaxReplyBytes) return false;
  if (line.size() < 3 || !digit(line[0]) || !digit(line[1]) || !digit(line[2])) return false;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return false;
  int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (code < 200 || code > 599) return false;
  if (!partial_.lines.empty() && partial_.code != code) return false;
  std::string_view text = line.substr(std::min<size_t>(4, line.size()));
  if (partial_.lines.empty()) partial_.enhanced_code = find_enhanced_code(text);
  partial_.code = code;
  partial_.lines.emplace_back(text);
  if (line.size() > 3 && line[3] == '-') return true;
  complete_.push_back(std::move(partial_));
  partial_ = {};
  partial_bytes_ = 0;
  return true;
}

std::optional<Reply> ReplyReader::next() {
  if (complete_.empty()) return std::nullopt;
  Reply reply = std::move(complete_.front());
  complete_.pop_front();
  return reply;
}

}  // namespace onward::mail
