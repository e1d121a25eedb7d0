// Parsing. Why our own and not a template library: those in reach evaluate expressions, call functions or include
// files, and none knows the types of its variables.
#include "base/template.h"

#include <fmt/format.h>

#include "base/schema.h"
#include "base/template_node.h"

namespace onward {
namespace {

constexpr size_t kMaxTag = 400;
constexpr size_t kMaxPath = 100;
constexpr size_t kMaxDefault = 200;

using Node = Template::Node;
using Nodes = std::vector<Node>;

struct Token {
  enum class Kind { text, value, open_if, otherwise, close_if, open_each, close_each };
  Kind kind = Kind::text;
  std::string_view text;  // literal text, or the path
  std::optional<std::string_view> fallback;
  int line = 1, column = 1;
};

auto syntax_error(int line, int column, std::string_view what, std::string code = "template_syntax") {
  return fail_field("", std::move(code), fmt::format("line {}, column {}: {}", line, column, what));
}
auto syntax_error(const Token& at, std::string_view what) { return syntax_error(at.line, at.column, what); }

std::string_view trim(std::string_view s) {
  size_t first = s.find_first_not_of(" \t");
  if (first == s.npos) return {};
  return s.substr(first, s.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> out;
  for (;;) {
    size_t dot = path.find('.');
    out.emplace_back(path.substr(0, dot));
    if (dot == path.npos) return out;
    path.remove_prefix(dot + 1);
  }
}

bool is_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxPath) return false;
  bool at_start = true;  // of a segment
  for (char c : path) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (at_start && !letter) return false;
    if (c != '.' && !letter && !(c >= '0' && c <= '9')) return false;
    at_start = c == '.';
  }
  return !at_start;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Result<std::vector<Token>> run();

 private:
  Result<Token> tag(std::string_view inside);
  void advance(size_t bytes);
  bool drop_own_line(size_t tag_begin, size_t tag_end);

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1, column_ = 1;
  std::vector<Token> tokens_;
};

void Lexer::advance(size_t bytes) {
  for (size_t end = at_ + bytes; at_ < end; ++at_) {
    if (text_[at_] == '\n') {
      ++line_, column_ = 1;
    } else if ((static_cast<unsigned char>(text_[at_]) & 0xc0) != 0x80) {
      ++column_;
    }
  }
}

// A tag alone on its line takes the line with it: cuts the blanks before it, tells whether to cut those after.
bool Lexer::drop_own_line(size_t tag_begin, size_t tag_end) {
  size_t before = tag_begin;
  while (before > 0 && (text_[before - 1] == ' ' || text_[before - 1] == '\t')) --before;
  if (before > 0 && text_[before - 1] != '\n') return false;
  size_t after = text_.find_first_not_of(" \t\r", tag_end);
  if (after != text_.npos && text_[after] != '\n') return false;
  if (before < tag_begin) tokens_.back().text.remove_suffix(tag_begin - before);
  return true;
}

Result<std::vector<Token>> Lexer::run() {
  while (at_ < text_.size()) {
    size_t open = text_.find("{{", at_);
    if (open != at_) {
      std::string_view literal = text_.substr(at_, open == text_.npos ? open : open - at_);
      tokens_.push_back({Token::Kind::text, literal, {}, line_, column_});
      advance(literal.size());
      continue;
    }
    size_t close = text_.find("}}", open);
    std::string_view inside = text_.substr(open + 2, close == text_.npos ? close : close - open - 2);
    if (close == text_.npos) return syntax_error(line_, column_, "{{ is never closed with }}");
    if (inside.size() > kMaxTag || inside.find('\n') != inside.npos)
      return syntax_error(line_, column_, "{{ must be closed on its own line");
    Token token = TRY(tag(inside));
    bool drop = token.kind != Token::Kind::value && drop_own_line(open, close + 2);
    tokens_.push_back(token);
    advance(inside.size() + 4);
    if (drop) advance(std::min(text_.find('\n', at_), text_.size() - 1) + 1 - at_);
  }
  return std::move(tokens_);
}

Result<Token> Lexer::tag(std::string_view inside) {
  Token token{Token::Kind::value, {}, {}, line_, column_};
  std::string_view s = trim(inside);
  auto with_path = [&](Token::Kind kind, size_t skip) -> Result<Token> {
    token.kind = kind;
    token.text = trim(s.substr(skip));
    if (!is_path(token.text))
      return syntax_error(token, fmt::format("{} needs the name of a variable", s.substr(0, skip)));
    return token;
  };
  auto bare = [&](Token::Kind kind) -> Result<Token> {
    token.kind = kind;
    return token;
  };
  if (s == "else") return bare(Token::Kind::otherwise);
  if (s == "/if") return bare(Token::Kind::close_if);
  if (s == "/each") return bare(Token::Kind::close_each);
  if (s.starts_with("#if ")) return with_path(Token::Kind::open_if, 3);
  if (s.starts_with("#each ")) return with_path(Token::Kind::open_each, 5);
  size_t bar = s.find('|');
  token.text = trim(s.substr(0, bar));
  if (!is_path(token.text))
    return syntax_error(token, "expected {{name}}, {{name | \"default\"}}, {{#if name}} or {{#each name}}");
  if (bar == s.npos) return token;
  std::string_view quoted = trim(s.substr(bar + 1));
  bool ok = quoted.size() >= 3 && quoted.size() <= kMaxDefault + 2 && quoted.find('"', 1) == quoted.size() - 1 &&
            quoted[0] == '"';
  if (!ok || trim(quoted.substr(1, quoted.size() - 2)).empty())
    return syntax_error(token, "a default is a text in double quotes that is not blank");
  token.fallback = quoted.substr(1, quoted.size() - 2);
  return token;
}

class Parser {
 public:
  explicit Parser(const std::vector<Token>& tokens) : tokens_(tokens) {}
  Result<Nodes> run() {
    Nodes out = TRY(nodes(0, {}));
    if (at_ < tokens_.size()) return stray(tokens_[at_]);
    return out;
  }

 private:
  Result<Nodes> nodes(int depth, const std::string& list);
  Result<Node> node(const Token&, const std::string& list);
  Result<Node> condition(Node, const Token& open, int depth, const std::string& list);
  Result<Node> each(Node, const Token& open, int depth);
  static tl::unexpected<Error> stray(const Token& t) {
    if (t.kind == Token::Kind::otherwise) return syntax_error(t, "{{else}} belongs between {{#if}} and {{/if}}");
    return syntax_error(
        t, t.kind == Token::Kind::close_if ? "{{/if}} closes nothing here" : "{{/each}} closes nothing here");
  }
  bool next_is(Token::Kind kind) const { return at_ < tokens_.size() && tokens_[at_].kind == kind; }

  const std::vector<Token>& tokens_;
  size_t at_ = 0;
};

// Up to a token that closes or divides a block, which is left to the caller.
Result<Nodes> Parser::nodes(int depth, const std::string& list) {
  Nodes out;
  while (at_ < tokens_.size()) {
    const Token& token = tokens_[at_];
    bool opens = token.kind == Token::Kind::open_if || token.kind == Token::Kind::open_each;
    if (token.kind != Token::Kind::text && token.kind != Token::Kind::value && !opens) break;
    if (opens && depth == kMaxTemplateNesting)
      return syntax_error(token.line, token.column, fmt::format("sections nest at most {} deep", kMaxTemplateNesting),
                          "too_deep");
    ++at_;
    Node made = TRY(node(token, list));
    if (token.kind == Token::Kind::open_if) made = TRY(condition(std::move(made), token, depth, list));
    if (token.kind == Token::Kind::open_each) made = TRY(each(std::move(made), token, depth));
    if (made.kind != Node::Kind::text || !made.text.empty()) out.push_back(std::move(made));
  }
  return out;
}

Result<Node> Parser::node(const Token& token, const std::string& list) {
  Node out;
  if (token.kind == Token::Kind::text) {
    out.text = token.text;
    return out;
  }
  out.kind = Node::Kind::value;
  out.use = {
      std::string(token.text), token.fallback.has_value(), list, VariableUse::As::value, token.line, token.column};
  out.segments = split_path(token.text);
  out.declared = out.use.declared();
  if (token.fallback) out.fallback = std::string(*token.fallback);
  if (out.segments[0] == "this" && list.empty())
    return syntax_error(token, "{{this}} belongs between {{#each}} and {{/each}}");
  return out;
}

Result<Node> Parser::condition(Node out, const Token& open, int depth, const std::string& list) {
  out.kind = Node::Kind::condition;
  out.use.as = VariableUse::As::condition;
  out.body = TRY(nodes(depth + 1, list));
  if (next_is(Token::Kind::otherwise)) {
    ++at_;
    out.otherwise = TRY(nodes(depth + 1, list));
  }
  if (at_ == tokens_.size()) return syntax_error(open, "{{#if}} is never closed with {{/if}}");
  if (!next_is(Token::Kind::close_if)) return stray(tokens_[at_]);
  ++at_;
  return out;
}

Result<Node> Parser::each(Node out, const Token& open, int depth) {
  out.kind = Node::Kind::each;
  out.use.as = VariableUse::As::list;
  out.body = TRY(nodes(depth + 1, out.declared));
  if (at_ == tokens_.size()) return syntax_error(open, "{{#each}} is never closed with {{/each}}");
  if (!next_is(Token::Kind::close_each)) return stray(tokens_[at_]);
  ++at_;
  return out;
}

void collect(const Nodes& nodes, std::vector<VariableUse>& out) {
  for (const Node& node : nodes) {
    if (node.kind != Node::Kind::text) out.push_back(node.use);
    collect(node.body, out);
    collect(node.otherwise, out);
  }
}

}  // namespace

std::string VariableUse::declared() const {
  if (path == "this") return in_each_of + "[]";
  return path.starts_with("this.") ? in_each_of + "[]" + path.substr(4) : path;
}

std::vector<VariableUse> Template::variables() const {
  std::vector<VariableUse> out;
  if (nodes_) collect(*nodes_, out);
  return out;
}

Result<Template> parse_template(std::string_view text) {
  if (text.size() > kMaxTemplateBytes)
    return fail_field("", "too_long", fmt::format("a template has at most {} KiB", kMaxTemplateBytes / 1024));
  if (!is_utf8(text) || text.find('\0') != text.npos)
    return fail_field("", "template_syntax", "a template is UTF-8 text");
  std::vector<Token> tokens = TRY(Lexer(text).run());
  Template out;
  out.nodes_ = std::make_shared<const Nodes>(TRY(Parser(tokens).run()));
  return out;
}

}  // namespace onward
