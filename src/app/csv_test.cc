#include "app/csv.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace onward::app {
namespace {

using Cells = std::vector<std::string>;

CsvTable parsed(std::string_view text, char delimiter = 0) {
  auto table = parse_csv(text, delimiter);
  EXPECT_TRUE(table) << (table ? "" : table.error().message);
  return table ? std::move(*table) : CsvTable{};
}

TEST(Csv, quotes_line_ends_and_blank_lines) {
  CsvTable t = parsed("\xEF\xBB\xBF name ,note\r\n\"a, \"\"b\"\"\",\"two\nlines\"\n\nplain,\r\nlast,1");
  EXPECT_EQ(t.header, (Cells{"name", "note"}));
  ASSERT_EQ(t.rows.size(), 3u);
  EXPECT_EQ(t.rows[0].cells, (Cells{"a, \"b\"", "two\nlines"}));
  EXPECT_EQ(t.rows[0].line, 2);
  EXPECT_EQ(t.rows[1].cells, (Cells{"plain", ""}));
  EXPECT_EQ(t.rows[1].line, 5);
  EXPECT_EQ(t.rows[2].cells, (Cells{"last", "1"}));
}

TEST(Csv, delimiters_are_found_out) {
  EXPECT_EQ(parsed("a;b;c\n1;2,3;4\n").delimiter, ';');
  EXPECT_EQ(parsed("a\tb\n1\t2\n").delimiter, '\t');
  EXPECT_EQ(parsed("a|b,c|d\n").delimiter, '|');
  EXPECT_EQ(parsed("\"a;b;c\",d\n").delimiter, ',');
  EXPECT_EQ(parsed("one\n1\n").header, Cells{"one"});
}

TEST(Csv, other_bytes_are_latin1_with_a_note) {
  CsvTable t = parsed("name\nZo\xEB\n");
  EXPECT_EQ(t.rows.at(0).cells, Cells{"Zo\u00EB"});
  EXPECT_EQ(t.notes.size(), 1u);
  EXPECT_TRUE(parsed("name\nZo\u00EB\n").notes.empty());
}

TEST(Csv, a_faulty_row_is_refused_alone) {
  CsvTable t = parsed("a,b\n1\n\"x\"y,2\nok,3\nn\0l,4\n1,2,3\n");
  ASSERT_GE(t.rows.size(), 3u);
  EXPECT_NE(t.rows[0].fault.find("1 columns"), std::string::npos);
  EXPECT_NE(t.rows[1].fault.find("closing quote"), std::string::npos);
  EXPECT_EQ(t.rows[2].fault, "");
  EXPECT_NE(parsed(std::string_view("a\nn\0l\n", 6)).rows.at(0).fault.find("NUL"), std::string::npos);
}

TEST(Csv, faulty_files_are_refused) {
  EXPECT_EQ(parse_csv("").error().code, Code::invalid);
  EXPECT_EQ(parse_csv("\n\n").error().code, Code::invalid);
  EXPECT_EQ(parse_csv("a,a\n").error().code, Code::invalid);
  EXPECT_EQ(parse_csv("a\n\"open\n").error().message, "line 2: a quote is opened and never closed");
  EXPECT_EQ(parse_csv("a\n" + std::string(kMaxCsvCell + 1, 'x')).error().code, Code::too_large);
  EXPECT_EQ(parse_csv(std::string(kMaxCsvColumns, ',')).error().code, Code::too_large);
}

TEST(Csv, a_written_cell_is_harmless_and_comes_back_as_it_was) {
  for (const char* cell :
       {"=1+1", "+33123456789", "-5", "@x", "\tx", "'=1", "''+1", "'plain", "plain", "a\"b", " x ", "a\nb", "1,2"}) {
    std::string line = csv_line({"k", cell});
    char first = line[2] == '"' ? line[3] : line[2];
    EXPECT_EQ(std::string_view("=+-@\t\r").find(first), std::string_view::npos) << line;
    CsvTable t = parsed("h,c\n" + line);
    ASSERT_EQ(t.rows.size(), 1u) << line;
    EXPECT_EQ(t.rows[0].cells.at(1), cell) << line;
  }
}

TEST(Csv, any_table_survives_writing_and_reading) {
  Rng rng(11);
  constexpr std::string_view kLetters = "a,;|\t\"'=+-@\r\n \u00E9x";
  for (int round = 0; round < 300; ++round) {
    size_t columns = 2 + rng.below(4);
    std::string text = "a,b,c,d,e,f\n";
    text.resize(2 * columns - 1);
    text += "\n";
    std::vector<Cells> rows;
    for (size_t r = rng.below(6); r > 0; --r) {
      Cells cells;
      for (size_t c = 0; c < columns; ++c) {
        std::string cell;
        for (size_t n = rng.below(8); n > 0; --n) cell += static_cast<char>(kLetters[rng.below(kLetters.size() - 3)]);
        cells.push_back(cell);
      }
      rows.push_back(cells);
      text += csv_line(cells);
    }
    CsvTable t = parsed(text, ',');
    ASSERT_EQ(t.rows.size(), rows.size()) << "round " << round;
    for (size_t r = 0; r < rows.size(); ++r) EXPECT_EQ(t.rows[r].cells, rows[r]) << "round " << round;
  }
}

}  // namespace
}  // namespace onward::app
