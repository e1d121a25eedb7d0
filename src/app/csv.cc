// Our own reader: the CSV library at hand (libcsv 3.0.3) keeps neither line numbers nor limits, and a fault in one row
// ends its file, while people want that one row refused with its line and the rest imported.
#include "app/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/schema.h"
#include "base/text.h"

namespace onward::app {
namespace {

constexpr std::string_view kDelimiters = ",;\t|";
constexpr std::string_view kFormulaStarts = "=+-@\t\r";

bool looks_like_formula(std::string_view s) { return !s.empty() && kFormulaStarts.find(s.front()) != s.npos; }

// Whether the text behind its apostrophes begins like a formula.
bool needs_apostrophe(std::string_view s) {
  size_t first = s.find_first_not_of('\'');
  return first != s.npos && looks_like_formula(s.substr(first));
}

std::string latin1_to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (unsigned char c : bytes) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += static_cast<char>(0xC0 | (c >> 6));
      out += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return out;
}

// The candidate that separates the header most often; quoted text does not count.
char find_delimiter(std::string_view text) {
  size_t counts[kDelimiters.size()] = {};
  bool quoted = false;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    if (size_t at = kDelimiters.find(c); at != kDelimiters.npos) ++counts[at];
  }
  return kDelimiters[static_cast<size_t>(std::max_element(std::begin(counts), std::end(counts)) - std::begin(counts))];
}

class Reader {
 public:
  Reader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  bool at_end() const { return at_ >= text_.size(); }

  Result<CsvRow> row() {
    CsvRow out;
    out.line = line_;
    while (true) {
      std::string cell;
      TRY_VOID(read_cell(out, cell));
      if (cell.size() > kMaxCsvCell)
        return fail(Code::too_large, fmt::format("line {}: a cell is longer than {} bytes", out.line, kMaxCsvCell));
      if (needs_apostrophe(cell) && cell.front() == '\'') cell.erase(0, 1);
      out.cells.push_back(std::move(cell));
      if (out.cells.size() > kMaxCsvColumns)
        return fail(Code::too_large, fmt::format("line {}: more than {} columns", out.line, kMaxCsvColumns));
      if (at_end() || text_[at_] != delimiter_) break;
      ++at_;
    }
    end_of_line();
    return out;
  }

 private:
  Status read_cell(CsvRow& row, std::string& cell) {
    if (!at_end() && text_[at_] == '"') TRY_VOID(quoted(row, cell));
    size_t end = at_;
    while (end < text_.size() && text_[end] != delimiter_ && text_[end] != '\n' && text_[end] != '\r') ++end;
    std::string_view plain = text_.substr(at_, end - at_);
    if (!cell.empty() && !trim(plain).empty()) row.fault = "there is text after a closing quote";
    if (plain.find('\0') != plain.npos) row.fault = "there is a NUL byte";
    if (cell.empty()) cell = plain;
    at_ = end;
    return {};
  }

  Status quoted(CsvRow& row, std::string& cell) {
    int opened = line_;
    for (++at_; !at_end(); ++at_) {
      char c = text_[at_];
      if (c == '"' && at_ + 1 < text_.size() && text_[at_ + 1] == '"')
        ++at_;
      else if (c == '"') {
        ++at_;
        return {};
      }
      if (c == '\n') ++line_;
      if (c == '\0') row.fault = "there is a NUL byte";
      cell += c;
    }
    return fail(Code::invalid, fmt::format("line {}: a quote is opened and never closed", opened));
  }

  void end_of_line() {
    if (at_end()) return;
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  std::string_view text_;
  char delimiter_;
  size_t at_ = 0;
  int line_ = 1;
};

Status check_header(const std::vector<std::string>& header) {
  std::set<std::string> seen;
  for (const std::string& name : header)
    if (!name.empty() && !seen.insert(name).second)
      return fail(Code::invalid, fmt::format("two columns are called \"{}\"", name));
  if (seen.empty()) return fail(Code::invalid, "the first line must name the columns");
  return {};
}

}  // namespace

Result<CsvTable> parse_csv(std::string_view bytes, char delimiter) {
  if (bytes.size() > kMaxCsvBytes)
    return fail(Code::too_large, fmt::format("the file is larger than {} MiB", kMaxCsvBytes >> 20));
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  CsvTable out;
  std::string converted;
  if (!is_utf8(bytes)) {
    converted = latin1_to_utf8(bytes);
    bytes = converted;
    out.notes.push_back("the file is not UTF-8: it was read as Latin-1");
  }
  out.delimiter = delimiter ? delimiter : find_delimiter(bytes);
  Reader reader(bytes, out.delimiter);
  while (!reader.at_end()) {
    CsvRow row = TRY(reader.row());
    if (row.cells.size() == 1 && trim(row.cells[0]).empty() && row.fault.empty()) continue;
    if (out.header.empty()) {
      for (std::string& name : row.cells) out.header.emplace_back(trim(name));
      TRY_VOID(check_header(out.header));
      continue;
    }
    if (out.rows.size() >= kMaxCsvRows)
      return fail(Code::too_large, fmt::format("the file has more than {} rows", kMaxCsvRows));
    if (row.fault.empty() && row.cells.size() != out.header.size())
      row.fault = fmt::format("it has {} columns, the header has {}", row.cells.size(), out.header.size());
    out.rows.push_back(std::move(row));
  }
  if (out.header.empty()) return fail(Code::invalid, "the file is empty");
  return out;
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) out += ',';
    std::string text = needs_apostrophe(cell) ? "'" + cell : cell;
    if (text.find_first_of(",;\t|\"\r\n") == text.npos && trim(text).size() == text.size()) {
      out += text;
      continue;
    }
    out += '"';
    for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  }
  return out + "\r\n";
}

}  // namespace onward::app
