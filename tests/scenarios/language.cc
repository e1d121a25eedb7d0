#include "tests/scenarios/language.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace onward::scenarios {
namespace {

constexpr std::string_view kScenario = "scenario:";
constexpr std::array<std::string_view, 4> kVerbs = {"given", "when", "advance", "expect"};

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.back() == ' ' || s.back() == '\r')) s.remove_suffix(1);
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  return s;
}

size_t indentation(std::string_view s) { return std::min(s.find_first_not_of(' '), s.size()); }

// Takes the common indentation off; blank lines inside stay, at the end they go.
void settle_block(Line& line) {
  while (!line.block.empty() && trimmed(line.block.back().text).empty()) line.block.pop_back();
  size_t common = std::string::npos;
  for (const BlockLine& b : line.block)
    if (!trimmed(b.text).empty()) common = std::min(common, indentation(b.text));
  for (BlockLine& b : line.block) b.text = trimmed(b.text).empty() ? "" : b.text.substr(common);
}

// Collects the lines of a file into scenarios.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void line(int number, std::string_view raw) {
    if (raw.find('\t') != raw.npos) throw Fault(number, "indent with blanks, not with tabs");
    bool blank = trimmed(raw).empty();
    if (!blank && indentation(raw) > 0) return block_line(number, raw);
    if (blank) {
      if (current_ && !current_->empty() && !current_->back().block.empty())
        current_->back().block.push_back({number, ""});
      return;
    }
    if (raw.front() == '#') return;
    if (raw.substr(0, kScenario.size()) == kScenario) return begin(number, trimmed(raw.substr(kScenario.size())));
    current_->push_back(parse_statement(number, raw));
  }

  std::vector<Scenario> finish() {
    if (out_.empty()) throw Fault(1, "there is no scenario in this file");
    for (Line& l : background_) settle_block(l);
    for (Scenario& s : out_) {
      if (s.lines.empty()) throw Fault(s.number, "this scenario is empty");
      for (Line& l : s.lines) settle_block(l);
      s.lines.insert(s.lines.begin(), background_.begin(), background_.end());
    }
    return {out_.begin(), out_.end()};
  }

 private:
  void block_line(int number, std::string_view raw) {
    if (current_->empty()) throw Fault(number, "an indented line belongs to the line above; there is none");
    current_->back().block.push_back({number, std::string(raw)});
  }
  void begin(int number, std::string_view title) {
    if (title.empty()) throw Fault(number, "a scenario has a title");
    for (const Scenario& s : out_)
      if (s.title == title) throw Fault(number, fmt::format("line {} has a scenario of this title", s.number));
    out_.push_back({file_, std::string(title), number, {}});
    current_ = &out_.back().lines;
  }

  std::string file_;
  std::vector<Line> background_;
  std::vector<Scenario> out_;
  std::vector<Line>* current_ = &background_;
};

bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Wall {
  Millis time{0};
  std::optional<Minutes> offset;
};

// HH:MM[:SS[.mmm]][+HH:MM]
std::optional<Wall> parse_wall(std::string_view s) {
  Wall out;
  size_t sign = s.find_first_of("+-");
  if (sign != s.npos) {
    auto offset = parse_time_of_day(s.substr(sign + 1));
    if (!offset) return std::nullopt;
    out.offset = s[sign] == '-' ? -*offset : *offset;
    s = s.substr(0, sign);
  }
  auto minutes = parse_time_of_day(s.substr(0, 5));
  if (!minutes) return std::nullopt;
  out.time = *minutes;
  if (s.size() == 5) return out;
  if (s.size() < 8 || s[5] != ':' || !all_digits(s.substr(6, 2))) return std::nullopt;
  out.time += std::chrono::seconds{std::stoi(std::string(s.substr(6, 2)))};
  if (s.size() == 8) return out;
  if (s.size() != 12 || s[8] != '.' || !all_digits(s.substr(9))) return std::nullopt;
  out.time += Millis{std::stoi(std::string(s.substr(9)))};
  return out;
}

}  // namespace

std::vector<Scenario> parse_scenarios(const std::string& file, std::string_view text) {
  Reader reader(file);
  int number = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    reader.line(++number, text.substr(at, end - at));
    at = end + 1;
  }
  return reader.finish();
}

Line parse_statement(int number, std::string_view raw) {
  Line line{number, std::string(trimmed(raw)), split_words(number, raw), {}};
  const Word& verb = line.words.front();
  if (verb.quoted || std::find(kVerbs.begin(), kVerbs.end(), verb.text) == kVerbs.end())
    throw Fault(number, fmt::format("a line begins with given, when, advance or expect, not with {}", verb.text));
  if (line.words.size() < 2) throw Fault(number, fmt::format("{} what?", verb.text));
  return line;
}

std::vector<Word> split_words(int line, std::string_view s) {
  std::vector<Word> out;
  for (size_t i = 0; i < s.size();) {
    if (s[i] == ' ' || s[i] == '\r') {
      ++i;
      continue;
    }
    Word w;
    if (s[i] == '"') {
      w.quoted = true;
      for (++i; i < s.size() && s[i] != '"'; ++i) {
        if (s[i] == '\\' && i + 1 < s.size()) {
          ++i;
          w.text += s[i] == 'n' ? '\n' : s[i];
        } else {
          w.text += s[i];
        }
      }
      if (i == s.size()) throw Fault(line, "a quote is not closed");
      ++i;
    } else {
      while (i < s.size() && s[i] != ' ' && s[i] != '\r') w.text += s[i++];
    }
    out.push_back(std::move(w));
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view text) {
  size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  std::string_view rest = pattern.substr(star + 1);
  for (size_t from = star; from <= text.size(); ++from)
    if (matches(rest, text.substr(from))) return true;
  return false;
}

std::string stamp(Instant t, const Zone& zone) {
  constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  LocalTime local = zone.local(t);
  auto ms = local.time.count();
  std::string out = fmt::format("{} {} {:02}:{:02}", days[weekday_of(local.date).c_encoding()], to_string(local.date),
                                ms / 3'600'000, ms / 60'000 % 60);
  if (ms % 60'000) out += fmt::format(":{:02}", ms / 1000 % 60);
  if (ms % 1000) out += fmt::format(".{:03}", ms % 1000);
  if (zone.locate(local).kind == LocalKind::repeated) {
    int offset = zone.offset_s(t) / 60;
    out += fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
  }
  return out;
}

std::optional<Millis> parse_span(std::string_view s) {
  Millis total{0};
  if (s.empty()) return std::nullopt;
  while (!s.empty()) {
    size_t digits = std::min(s.find_first_not_of("0123456789"), s.size());
    if (digits == 0 || digits > 6 || digits == s.size()) return std::nullopt;
    int64_t n = std::stoll(std::string(s.substr(0, digits)));
    switch (s[digits]) {
      case 'd': total += std::chrono::days{n}; break;
      case 'h': total += std::chrono::hours{n}; break;
      case 'm': total += std::chrono::minutes{n}; break;
      case 's': total += std::chrono::seconds{n}; break;
      default: return std::nullopt;
    }
    s.remove_prefix(digits + 1);
  }
  return total;
}

const Word& Cursor::next(std::string_view what) {
  if (!more()) fail(fmt::format("{} is missing at the end of the line", what));
  return line_.words[at_++];
}

bool Cursor::take(std::string_view word) {
  if (!more() || line_.words[at_].quoted || line_.words[at_].text != word) return false;
  ++at_;
  return true;
}

void Cursor::need(std::string_view word) {
  if (!take(word))
    fail(fmt::format("`{}` is expected, not `{}`", word, more() ? line_.words[at_].text : "the end of the line"));
}

std::string Cursor::text(std::string_view what) { return next(what).text; }

std::optional<std::string> Cursor::quoted() {
  if (!more() || !line_.words[at_].quoted) return std::nullopt;
  return line_.words[at_++].text;
}

int Cursor::number(std::string_view what) {
  std::string s = text(what);
  if (!all_digits(s) || s.size() > 8) fail(fmt::format("{} is a number, not {}", what, s));
  return std::stoi(s);
}

Millis Cursor::duration() {
  std::string s = text("a duration");
  auto d = parse_span(s);
  if (!d) fail(fmt::format("a duration is written 7d, 2h, 30m or 1d12h, not {}", s));
  return *d;
}

Date Cursor::date() {
  std::string s = text("a date");
  auto d = parse_date(s);
  if (!d) fail(fmt::format("a date is written 2026-03-02, not {}", s));
  return *d;
}

Instant Cursor::time() {
  if (take("now")) return now_;
  Date d = date();
  std::string s = text("a time of day");
  auto wall = parse_wall(s);
  if (!wall) fail(fmt::format("a time of day is written 10:00, 10:00:05 or 02:30+01:00, not {}", s));
  Zone zone = zone_;
  if (more() && !line_.words[at_].quoted && line_.words[at_].text.find('/') != std::string::npos) {
    auto found = find_zone(line_.words[at_].text);
    if (!found) fail(fmt::format("there is no zone {}", line_.words[at_].text));
    zone = *found;
    ++at_;
  }
  LocalTime local{d, wall->time};
  if (wall->offset) return utc().at(local) - *wall->offset;
  if (zone.locate(local).kind == LocalKind::repeated)
    fail(fmt::format("{} is shown twice that day; add the offset, as in {}+01:00", s, s));
  if (zone.locate(local).kind == LocalKind::skipped) fail(fmt::format("the clocks skip {} that day", s));
  return zone.at(local);
}

void Cursor::end() const {
  if (more()) fail(fmt::format("`{}` does not belong here", line_.words[at_].text));
}

}  // namespace onward::scenarios
