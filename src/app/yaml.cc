// Reading is yaml-cpp's event parser. Writing is our own: its emitter neither keeps the difference between the text
// "12" and the number 12 nor writes lines of text without a closing line break, and a document must come back as it
// was.
#include "app/yaml.h"

#include <charconv>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "base/schema.h"

namespace onward::app {
namespace {

// yaml-cpp stops only by an exception; this one never leaves the file.
struct Refused {
  int line;
  std::string why;
};

bool is_one_of(std::string_view s, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), s) != words.end();
}

// [-+]?[0-9]+ or a decimal number; the whole text.
bool looks_numeric(std::string_view s) {
  size_t i = !s.empty() && (s[0] == '-' || s[0] == '+') ? 1 : 0;
  bool digit = false;
  for (bool dot = false, exponent = false; i < s.size(); ++i) {
    char c = s[i];
    if (c >= '0' && c <= '9')
      digit = true;
    else if (c == '.' && !dot && !exponent)
      dot = true;
    else if ((c == 'e' || c == 'E') && digit && !exponent && i + 1 < s.size()) {
      exponent = true;
      digit = false;
      if (s[i + 1] == '-' || s[i + 1] == '+') ++i;
    } else
      return false;
  }
  return digit;
}

Json number_of(std::string_view s, int line) {
  std::string_view digits = s.front() == '+' ? s.substr(1) : s;
  int64_t n = 0;
  auto whole = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (whole.ec == std::errc() && whole.ptr == digits.data() + digits.size()) return n;
  double d = 0;
  auto real = std::from_chars(digits.data(), digits.data() + digits.size(), d);
  bool is_whole = digits.find_first_of(".eE") == digits.npos;
  if (is_whole || real.ec != std::errc()) throw Refused{line, fmt::format("the number {} is too large", s)};
  return d;
}

Json plain_value(const std::string& s, int line) {
  if (is_one_of(s, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(s, {"true", "True", "TRUE"})) return true;
  if (is_one_of(s, {"false", "False", "FALSE"})) return false;
  if (looks_numeric(s)) return number_of(s, line);
  return Json(s);
}

class Reader final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, "", anchor, nullptr); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark, "aliases are not read"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    bool text = tag == "!" || tag == "tag:yaml.org,2002:str";
    bool key = !open_.empty() && open_.back().is_map && !open_.back().key;
    if (key) check_plain(mark, text ? "" : tag, anchor);
    add(mark, text ? "" : tag, anchor, text || key ? Json(value) : plain_value(value, mark.line + 1));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, false);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, true);
  }
  void OnMapEnd() override { close(); }
  Json take() { return std::move(root_); }

 private:
  struct Level {
    bool is_map;
    YAML::Mark mark;
    json::array list;
    json::object map;
    std::optional<std::string> key;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string why) {
    throw Refused{mark.line + 1, std::move(why)};
  }
  static void check_plain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor) refuse(mark, "anchors are not read");
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags are not read");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, bool is_map) {
    check_plain(mark, tag, anchor);
    if (open_.size() >= kMaxYamlDepth) refuse(mark, fmt::format("there are more than {} levels", kMaxYamlDepth));
    if (!open_.empty() && open_.back().is_map && !open_.back().key) refuse(mark, "a key must be plain text");
    open_.push_back({is_map, mark, {}, {}, {}});
  }
  void close() {
    Level level = std::move(open_.back());
    open_.pop_back();
    put(level.mark, level.is_map ? Json(std::move(level.map)) : Json(std::move(level.list)));
  }
  void add(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Json value) {
    check_plain(mark, tag, anchor);
    put(mark, std::move(value));
  }
  void put(const YAML::Mark& mark, Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Level& level = open_.back();
    if (!level.is_map) return level.list.push_back(std::move(value));
    if (!level.key) {
      if (!value.is_string()) refuse(mark, "a key must be plain text");
      level.key = std::string(value.get_string());
      if (level.map.contains(*level.key)) refuse(mark, fmt::format("the key {} comes twice", *level.key));
      return;
    }
    level.map[*level.key] = std::move(value);
    level.key.reset();
  }

  std::vector<Level> open_;
  Json root_;
};

// A text that a YAML 1.1 or 1.2 reader could take for something else, or that breaks the notation.
bool needs_quotes(std::string_view s) {
  if (s.empty() || s.front() == ' ' || s.back() == ' ' || looks_numeric(s)) return true;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`=<~").find(s.front()) != s.npos) return true;
  if (s.find(": ") != s.npos || s.find(" #") != s.npos || s.back() == ':') return true;
  if (s.front() >= '0' && s.front() <= '9' && s.find_first_of(":-_x") != s.npos)
    return true;  // times, dates, other bases
  if (s.front() == '.' || s.front() == '+') return true;
  std::string lower;
  for (char c : s) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return is_one_of(lower, {"null", "true", "false", "yes", "no", "on", "off", "y", "n"});
}

std::string quoted(std::string_view s) {
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\')
      out += '\\', out += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

// Several lines as they are: nothing that the indentation or the trimming of line ends could change.
bool fits_a_block(std::string_view s) {
  if (s.find('\n') == s.npos || s.front() == ' ' || s.front() == '\n' || s.ends_with("\n\n")) return false;
  for (char c : s)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) return false;
  return s.find(" \n") == s.npos && s.find_first_not_of("\n") != s.npos;
}

class Writer {
 public:
  void node(const Json& value, const Json& schema, int indent);
  std::string take() { return std::move(out_); }

 private:
  void map(const json::object&, const Json& schema, int indent);
  void list(const json::array&, const Json& schema, int indent);
  void member(const Json& value, const Json& schema, int indent);
  void text(std::string_view, int indent);
  void scalar(const Json&);
  void pad(int indent) { out_.append(static_cast<size_t>(indent), ' '); }
  std::string out_;
};

bool is_leaf(const Json& v) {
  return !(v.is_object() && !v.get_object().empty()) && !(v.is_array() && !v.get_array().empty());
}

// Short lists of words read best on one line: [mon, tue].
bool on_one_line(const json::array& list) {
  size_t length = 0;
  for (const Json& item : list) {
    if (!item.is_string() || needs_quotes(std::string_view(item.get_string()))) return false;
    if (item.get_string().find_first_of(",[]{}\n") != json::string::npos) return false;
    length += item.get_string().size() + 2;
  }
  return length <= 80;
}

std::vector<std::string_view> ordered_keys(const json::object& object, const Json& schema) {
  std::vector<std::string_view> keys;
  if (const Json* properties = find(schema, "properties"); properties && properties->is_object())
    for (const auto& p : properties->get_object())
      if (object.contains(p.key())) keys.push_back(p.key());
  for (const auto& member : object)
    if (std::find(keys.begin(), keys.end(), std::string_view(member.key())) == keys.end()) keys.push_back(member.key());
  return keys;
}

const Json& below(const Json& schema, std::string_view key) {
  static const Json none;
  const Json* found = find(schema, key);
  return found ? *found : none;
}

void Writer::scalar(const Json& v) {
  if (v.is_object())
    out_ += "{}";
  else if (v.is_array())
    out_ += "[]";
  else
    out_ += json::serialize(v);
}

void Writer::text(std::string_view s, int indent) {
  if (!fits_a_block(s)) {
    out_ += needs_quotes(s) ? quoted(s) : std::string(s);
    return;
  }
  out_ += s.ends_with('\n') ? "|" : "|-";
  for (size_t at = 0; at < s.size();) {
    size_t end = std::min(s.find('\n', at), s.size());
    out_ += '\n';
    if (end > at) pad(indent);
    out_.append(s.substr(at, end - at));
    at = end + 1;
  }
}

// What stands after "key:" or "-".
void Writer::member(const Json& value, const Json& schema, int indent) {
  if (value.is_string()) {
    out_ += ' ';
    text(value.get_string(), indent);
  } else if (is_leaf(value)) {
    out_ += ' ';
    scalar(value);
  } else if (value.is_array() && on_one_line(value.get_array())) {
    out_ += " [";
    for (const Json& item : value.get_array()) out_.append(out_.back() == '[' ? "" : ", ").append(item.get_string());
    out_ += ']';
  } else {
    out_ += '\n';
    return node(value, schema, indent);
  }
  out_ += '\n';
}

void Writer::map(const json::object& object, const Json& schema, int indent) {
  bool first_of_item = out_.ends_with("- ");
  for (std::string_view key : ordered_keys(object, schema)) {
    if (!first_of_item) pad(indent);
    first_of_item = false;
    out_.append(needs_quotes(key) || key.find(':') != key.npos ? quoted(key) : std::string(key)).append(":");
    member(object.at(key), below(below(schema, "properties"), key), indent + 2);
  }
}

void Writer::list(const json::array& items, const Json& schema, int indent) {
  for (const Json& item : items) {
    pad(indent);
    out_ += '-';
    if (item.is_object() && !is_leaf(item)) {
      out_ += ' ';
      map(item.get_object(), below(schema, "items"), indent + 2);
    } else {
      member(item, below(schema, "items"), indent + 2);
    }
  }
}

void Writer::node(const Json& value, const Json& schema, int indent) {
  if (value.is_object() && !is_leaf(value)) return map(value.get_object(), schema, indent);
  if (value.is_array() && !is_leaf(value)) return list(value.get_array(), schema, indent);
  if (value.is_string())
    text(value.get_string(), indent + 2);
  else
    scalar(value);
  out_ += '\n';
}

tl::unexpected<Error> fault(int line, std::string_view why) {
  return fail_field("", "yaml", fmt::format("line {}: {}", line, why));
}

}  // namespace

Result<Json> parse_yaml(std::string_view text) {
  if (text.size() > kMaxYamlBytes) return fail_field("", "too_long", "a YAML document has at most 64 KiB");
  if (!is_utf8(text) || text.find('\0') != text.npos) return fail_field("", "yaml", "YAML is UTF-8 text");
  std::istringstream in{std::string(text)};
  try {
    YAML::Parser parser(in);
    Reader reader;
    if (!parser.HandleNextDocument(reader)) return fail_field("", "yaml", "line 1: there is nothing here");
    Json value = reader.take();
    Reader second;
    if (parser.HandleNextDocument(second)) return fail_field("", "yaml", "there is more than one document");
    return value;
  } catch (const Refused& r) {
    return fault(r.line, r.why);
  } catch (const YAML::Exception& e) {
    return fault(e.mark.line + 1, e.msg);
  }
}

std::string to_yaml(const Json& value, const Json& schema) {
  Writer writer;
  writer.node(value, schema, 0);
  return writer.take();
}

}  // namespace onward::app
