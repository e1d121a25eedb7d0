// The language of *.scn files: one statement a line, blocks by indentation, many scenarios in a file. docs/scenarios.md
// is its reference for people who write scenarios.
#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.h"

namespace onward::scenarios {

struct Word {
  std::string text;
  bool quoted = false;
};

struct BlockLine {
  int number = 0;
  std::string text;  // without the block's own indentation
};

struct Line {
  int number = 0;
  std::string text;
  std::vector<Word> words;
  std::vector<BlockLine> block;
};

struct Scenario {
  std::string file, title;
  int number = 0;  // of its first line
  std::vector<Line> lines;
};

// A scenario that cannot be read or carried out as it is written. It ends the scenario.
struct Fault : std::runtime_error {
  Fault(int line, const std::string& message) : std::runtime_error(message), line(line) {}
  int line;
};

// The scenarios of one file. Lines before the first `scenario:` belong to each of them. Throws Fault.
std::vector<Scenario> parse_scenarios(const std::string& file, std::string_view text);

// One statement. Throws Fault.
Line parse_statement(int number, std::string_view raw);

// Words of a line; "..." is one word, \" and \n stand for themselves within it. Throws Fault.
std::vector<Word> split_words(int line, std::string_view text);

// `*` stands for any text; everything else for itself.
bool matches(std::string_view pattern, std::string_view text);

// "Mon 2026-03-02 10:00"; seconds and milliseconds only when they are not zero, the offset when the wall shows this
// time twice that day.
std::string stamp(Instant, const Zone&);

// Reads a line word by word.
class Cursor {
 public:
  Cursor(const Line& line, const Zone& zone, Instant now) : line_(line), zone_(zone), now_(now) {}

  const Line& line() const { return line_; }
  bool more() const { return at_ < line_.words.size(); }
  bool take(std::string_view word);  // an unquoted word, if it is next
  void need(std::string_view word);
  std::string text(std::string_view what);  // any word
  std::optional<std::string> quoted();      // a quoted word, if it is next
  int number(std::string_view what);
  Millis duration();  // 7d, 2h, 30m, 15s, 1d12h
  Date date();
  // `now`, or DATE HH:MM[:SS[.mmm]][+HH:MM] [ZONE]. Without a zone: the scenario's.
  Instant time();
  void end() const;  // nothing may follow
  [[noreturn]] void fail(const std::string& message) const { throw Fault(line_.number, message); }

 private:
  const Word& next(std::string_view what);
  const Line& line_;
  Zone zone_;
  Instant now_;
  size_t at_ = 0;
};

// A duration like 7d or 1d12h; nullopt when it is none.
std::optional<Millis> parse_span(std::string_view);

}  // namespace onward::scenarios
