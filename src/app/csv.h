// Tables as CSV (RFC 4180), the way spreadsheets and CRMs write them. Values in, values out; safe on outside bytes.
//
// Read: quoted and plain cells, CRLF, LF or CR, a byte order mark, a delimiter of , ; tab or | (found out when none is
// given). UTF-8, else taken for Latin-1 with a note. A cell that was written harmless (see below) comes back as it was.
// Limits: kMaxCsvBytes a file, kMaxCsvColumns, kMaxCsvCell bytes a cell, kMaxCsvRows.
//
// Written: comma, CRLF, quotes where needed. A cell that a spreadsheet would take for a formula (= + - @ tab CR at its
// start) gets an apostrophe in front, and so does one that already looks as if it had got one.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace onward::app {

constexpr size_t kMaxCsvBytes = 64 * 1024 * 1024;
constexpr size_t kMaxCsvColumns = 200;
constexpr size_t kMaxCsvCell = 100 * 1000;
constexpr size_t kMaxCsvRows = 1'000'000;

struct CsvRow {
  int line = 0;                    // where it begins in the file, 1 is the first
  std::vector<std::string> cells;  // as many as it has, which may differ from the header
  std::string fault;               // why it cannot be used; empty: it can
};

struct CsvTable {
  std::vector<std::string> header;  // trimmed
  std::vector<CsvRow> rows;         // without blank lines
  char delimiter = ',';
  std::vector<std::string> notes;  // for people: what was assumed
};

// delimiter 0: found out from the header. Errors: too_large, invalid (no header, a name twice, a quote that never
// ends).
Result<CsvTable> parse_csv(std::string_view bytes, char delimiter = 0);

// One line with its CRLF.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace onward::app
