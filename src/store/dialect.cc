#include "store/dialect.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>

namespace onward::store {
namespace {

using ports::Engine;

struct Macro {
  std::string_view name, sqlite, postgres;
};
constexpr std::array<Macro, 9> kMacros = {{
    {"PK", "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"},
    {"AUTOPK", "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
    {"INT", "INTEGER", "BIGINT"},
    {"REAL", "REAL", "DOUBLE PRECISION"},
    {"BOOL", "INTEGER", "SMALLINT"},
    {"JSON", "TEXT", "TEXT"},
    {"STRICT", "STRICT", ""},
    {"FOR_UPDATE", "", "FOR UPDATE"},
    {"SKIP_LOCKED", "", "FOR UPDATE SKIP LOCKED"},
}};
constexpr std::string_view kForUpdateOf = "FOR_UPDATE_OF ", kAmong = "AMONG ?", kOneOf = "ONE_OF ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Whether a column is one of the integers of a JSON array, the parameter of that number.
std::string among(int number, Engine engine) {
  if (engine == Engine::sqlite) return fmt::format("IN (SELECT value FROM json_each(?{}))", number);
  return fmt::format("= ANY (CAST(translate(CAST(${} AS TEXT), '[]', '{{}}') AS BIGINT[]))", number);
}

std::optional<std::string> macro(std::string_view name, Engine engine) {
  if (name.starts_with(kForUpdateOf)) {
    std::string_view alias = name.substr(kForUpdateOf.size());
    for (char c : alias) {
      if (!is_word(c) && c != ',' && c != ' ') return std::nullopt;
    }
    return engine == Engine::sqlite ? std::string() : fmt::format("FOR UPDATE OF {}", alias);
  }
  for (const Macro& m : kMacros) {
    if (m.name == name) return std::string(engine == Engine::sqlite ? m.sqlite : m.postgres);
  }
  return std::nullopt;
}

// "column: a b" -> a test that the column holds one of these words. SQLite builds a table for a list of more than two
// each time it is asked, so it gets comparisons.
std::optional<std::string> one_of(std::string_view text, Engine engine) {
  size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view column = text.substr(0, colon), words = text.substr(colon + 2);
  std::string out = engine == Engine::sqlite ? "(" : fmt::format("{} IN (", column);
  for (bool first = true; !words.empty(); first = false) {
    size_t end = std::min(words.find(' '), words.size());
    std::string_view word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    for (char c : word) {
      if (!is_word(c)) return std::nullopt;
    }
    if (engine == Engine::sqlite)
      out += fmt::format("{}{} = '{}'", first ? "" : " OR ", column, word);
    else
      out += fmt::format("{}'{}'", first ? "" : ", ", word);
  }
  return out + ")";
}

// The length of the dollar quote's tag at the start of `s` ("$$" or "$body$"), 0 when it is none.
size_t dollar_tag(std::string_view s) {
  if (s.size() < 2 || s[0] != '$' || is_digit(s[1])) return 0;
  size_t end = 1;
  while (end < s.size() && is_word(s[end])) ++end;
  return end < s.size() && s[end] == '$' ? end + 1 : 0;
}

class Translator {
 public:
  Translator(std::string_view text, Engine engine) : text_(text), engine_(engine) {}

  Result<EngineText> run() {
    while (at_ < text_.size()) TRY_VOID(next());
    for (int n = 1; n <= highest(); ++n) {
      if (!used_.contains(n)) return wrong(fmt::format("parameter ?{} is never used", n));
    }
    size_t end = out_.find_last_not_of(" \t\r\n;");
    out_.erase(end == std::string::npos ? 0 : end + 1);
    out_.erase(0, std::min(out_.size(), out_.find_first_not_of(" \t\r\n;")));
    return EngineText{out_, highest()};
  }

 private:
  int highest() const { return used_.empty() ? 0 : *used_.rbegin(); }
  tl::unexpected<Error> wrong(const std::string& why) const { return fail(Code::invalid, why); }
  std::string_view rest() const { return text_.substr(at_); }

  Status next() {
    char c = text_[at_];
    if (rest().starts_with("--")) return skip_to("\n", 0);
    if (rest().starts_with("/*")) return skip_to("*/", 2);
    if (c == '\'' || c == '"') return quoted(std::string_view(&text_[at_], 1), 1);
    if (size_t tag = dollar_tag(rest())) return quoted(text_.substr(at_, tag), tag);
    if (c == '?' || (c == '$' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return parameter();
    if (c == '{') return expand_macro();
    out_ += c;
    ++at_;
    return {};
  }

  Status skip_to(std::string_view end, size_t also) {
    size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + also;
    out_ += ' ';
    return {};
  }

  // A doubled quote reads as two quoted texts side by side, which copies the same bytes.
  Status quoted(std::string_view mark, size_t length) {
    size_t found = text_.find(mark, at_ + length);
    if (found == std::string_view::npos) return wrong("a quote is not closed");
    out_.append(text_.substr(at_, found + length - at_));
    at_ = found + length;
    return {};
  }

  Result<int> parameter_number() {
    size_t end = at_ + 1;
    int number = 0;
    while (end < text_.size() && is_digit(text_[end]) && number < 1000) number = number * 10 + (text_[end++] - '0');
    if (number < 1 || number > 999) return wrong("a parameter needs a number from 1 to 999: ?1");
    used_.insert(number);
    at_ = end;
    return number;
  }

  Status parameter() {
    int number = TRY(parameter_number());
    out_ += fmt::format("{}{}", engine_ == Engine::sqlite ? '?' : '$', number);
    return {};
  }

  Status expand_macro() {
    size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return wrong("a macro is not closed");
    std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
    if (name.starts_with(kAmong)) {
      at_ += kAmong.size();  // on its '?'
      int number = TRY(parameter_number());
      if (at_ != end) return wrong("{AMONG ?1} takes one parameter");
      out_ += among(number, engine_);
      at_ = end + 1;
      return {};
    }
    std::optional<std::string> value =
        name.starts_with(kOneOf) ? one_of(name.substr(kOneOf.size()), engine_) : macro(name, engine_);
    if (!value) return wrong(fmt::format("unknown macro {{{}}}", name));
    out_ += *value;
    at_ = end + 1;
    return {};
  }

  std::string_view text_;
  Engine engine_;
  size_t at_ = 0;
  std::string out_;
  std::set<int> used_;
};

}  // namespace

Result<std::string> choose_blocks(std::string_view text, Engine engine) {
  struct Block {
    std::string_view open, close;
    bool keep;
  };
  const std::array<Block, 2> blocks = {
      {{"{sqlite}", "{/sqlite}", engine == Engine::sqlite}, {"{postgres}", "{/postgres}", engine == Engine::postgres}}};
  std::string out;
  while (true) {
    const Block* first = nullptr;
    size_t start = std::string_view::npos;
    for (const Block& b : blocks) {
      size_t found = text.find(b.open);
      if (found < start) start = found, first = &b;
    }
    if (!first) return out.append(text);
    size_t body = start + first->open.size();
    size_t end = text.find(first->close, body);
    if (end == std::string_view::npos) return fail(Code::invalid, fmt::format("{} is not closed", first->open));
    out.append(text.substr(0, start));
    if (first->keep) out.append(text.substr(body, end - body));
    text.remove_prefix(end + first->close.size());
  }
}

Result<EngineText> translate(std::string_view text, Engine engine) { return Translator(text, engine).run(); }

}  // namespace onward::store
