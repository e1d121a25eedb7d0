// SMTP replies out of a byte stream (RFC 5321 4.2, RFC 2034). A pure value: bytes in, replies out.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace onward::mail {

constexpr size_t kMaxReplyLine = 4096;
constexpr size_t kMaxReplyBytes = 65536;  // of one reply, all its lines

struct Reply {
  int code = 0;                    // 200..599
  std::string enhanced_code;       // "5.1.1" of the first line, may be empty
  std::vector<std::string> lines;  // text after the code, without line ends; at least one
};

class ReplyReader {
 public:
  void receive(std::string_view bytes);
  // The next complete reply, in order.
  std::optional<Reply> next();
  // The peer does not speak SMTP: a line without a code, a change of code within a reply, a limit exceeded.
  bool garbage() const { return garbage_ && complete_.empty(); }
  // Bytes after the last complete reply; STARTTLS must find none (injected replies).
  bool has_rest() const { return !buffer_.empty() || !complete_.empty() || !partial_.lines.empty(); }

 private:
  bool take_line(std::string_view line);
  std::string buffer_;
  Reply partial_;
  size_t partial_bytes_ = 0;
  std::deque<Reply> complete_;
  bool garbage_ = false;
};

}  // namespace onward::mail
