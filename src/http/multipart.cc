#include "http/multipart.h"

#include <algorithm>

#include "base/text.h"
#include "http/form.h"

namespace onward::http {
namespace {

constexpr size_t kMaxBoundary = 70;      // RFC 2046
constexpr size_t kMaxPartHeader = 2048;  // bytes of all of a part's headers

// The value of a parameter: name="one" or name=one. Browsers write %22, %0D and %0A for a quote and line breaks.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
  size_t at = 0;
  while ((at = header.find(';', at)) != header.npos) {
    std::string_view rest = trim(header.substr(++at));
    size_t equals = rest.find('=');
    if (equals == rest.npos) return std::nullopt;
    bool this_one = ascii_lower(trim(rest.substr(0, equals))) == name;
    std::string_view value = trim(rest.substr(equals + 1));
    std::string_view text;
    if (value.starts_with('"')) {
      size_t end = value.find('"', 1);
      if (end == value.npos) return std::nullopt;
      text = value.substr(1, end - 1);
      at = static_cast<size_t>(text.data() + text.size() + 1 - header.data());  // a semicolon inside is text
    } else {
      text = trim(value.substr(0, value.find(';')));
    }
    if (this_one) return std::string(text);
  }
  return std::nullopt;
}

std::string unescaped(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kEscapes[] = {{"%22", "\""}, {"%0D", "\r"}, {"%0A", "\n"}};
  for (const auto& [from, to] : kEscapes)
    for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  return text;
}

// Some browsers once sent whole paths; controls have no place in a name.
std::string plain_file_name(std::string name) {
  if (size_t slash = name.find_last_of("/\\"); slash != name.npos) name = name.substr(slash + 1);
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return name == "." || name == ".." ? std::string() : name;
}

class Reader {
 public:
  Reader(std::string_view body, std::string_view boundary, const MultipartLimits& limits)
      : rest_(body), mark_("--" + std::string(boundary)), limits_(limits) {}

  Result<std::vector<FormPart>> run() {
    if (!take(mark_)) return malformed();
    std::vector<FormPart> out;
    while (!take("--")) {
      if (!take("\r\n")) return malformed();
      if (out.size() == limits_.max_parts) return fail(Code::too_large, "The form has too many fields.");
      out.push_back(TRY(part()));
    }
    if (!rest_.empty() && rest_ != "\r\n") return malformed();
    return out;
  }

 private:
  static tl::unexpected<Error> malformed() { return fail(Code::invalid, "The form is malformed."); }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  Result<FormPart> part() {
    size_t head = rest_.substr(0, kMaxPartHeader + 4).find("\r\n\r\n");
    if (head == rest_.npos) return malformed();
    FormPart out = TRY(headers(rest_.substr(0, head)));
    rest_.remove_prefix(head + 4);
    size_t end = rest_.find("\r\n" + mark_);
    if (end == rest_.npos) return malformed();
    out.content = rest_.substr(0, end);
    rest_.remove_prefix(end + 2 + mark_.size());
    if (out.content.size() > (out.filename ? limits_.max_file : limits_.max_value))
      return fail(Code::too_large, out.filename ? "The file is too large." : "A form field is too long.");
    bool text = is_utf8(out.content) && out.content.find('\0') == std::string_view::npos;
    if (!out.filename && !text) return fail(Code::invalid, "A form field is not UTF-8 text.");
    return out;
  }

  Result<FormPart> headers(std::string_view text) {
    FormPart out;
    bool named = false;
    while (!text.empty()) {
      std::string_view line = text.substr(0, text.find("\r\n"));
      text.remove_prefix(std::min(line.size() + 2, text.size()));
      size_t colon = line.find(':');
      if (colon == line.npos || !is_utf8(line) || line.find('\0') != line.npos) return malformed();
      std::string name = ascii_lower(line.substr(0, colon));
      std::string_view value = trim(line.substr(colon + 1));
      if (name == "content-type") out.media_type = ascii_lower(trim(value.substr(0, value.find(';'))));
      if (name != "content-disposition") continue;
      auto field = parameter(value, "name");
      if (named || !ascii_lower(value).starts_with("form-data") || !field) return malformed();
      named = true;
      out.name = unescaped(*field);
      if (auto file = parameter(value, "filename")) out.filename = plain_file_name(unescaped(*file));
    }
    if (!named) return malformed();
    if (out.name.size() > limits_.max_name) return fail(Code::too_large, "A form field's name is too long.");
    if (out.filename && out.filename->size() > limits_.max_name)
      return fail(Code::too_large, "The file's name is too long.");
    if (out.filename && out.media_type.empty()) out.media_type = "application/octet-stream";
    return out;
  }

  std::string_view rest_;
  const std::string mark_;
  const MultipartLimits& limits_;
};

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  if (ascii_lower(trim(content_type.substr(0, content_type.find(';')))) != "multipart/form-data") return std::nullopt;
  auto boundary = parameter(content_type, "boundary");
  bool usable = boundary && !boundary->empty() && boundary->size() <= kMaxBoundary &&
                std::ranges::all_of(*boundary, [](char c) { return c > 0x20 && c < 0x7f; });
  return usable ? boundary : std::nullopt;
}

Result<std::vector<FormPart>> parse_multipart(std::string_view body, std::string_view boundary,
                                              const MultipartLimits& limits) {
  return Reader(body, boundary, limits).run();
}

}  // namespace onward::http
