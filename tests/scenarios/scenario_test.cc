// One test per scenario of tests/scenarios/*.scn, and the tests of the language itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/log.h"
#include "tests/scenarios/stage.h"

namespace onward::scenarios {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFewest = 110;  // fewer scenarios than this: some file was not read

// A file that cannot be read is one failing test that names the line.
struct Case {
  Scenario scenario;
  std::string fault;
  int fault_line = 0;
};

std::vector<Case> load_all() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(ONWARD_SOURCE_DIR "/tests/scenarios"))
    if (entry.path().extension() == ".scn") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Case> out;
  for (const fs::path& path : files) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    try {
      for (Scenario& s : parse_scenarios(path.string(), text.str())) out.push_back({std::move(s), "", 0});
    } catch (const Fault& f) {
      out.push_back({{path.string(), "the file cannot be read", f.line, {}}, f.what(), f.line});
    }
  }
  return out;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = load_all();
  return all;
}

std::string name_of(const testing::TestParamInfo<size_t>& info) {
  const Scenario& s = cases()[info.param].scenario;
  std::string raw = fs::path(s.file).stem().string() + "__" + s.title, out;
  for (char ch : raw) out += std::isalnum(static_cast<unsigned char>(ch)) ? ch : '_';
  return out;
}

std::vector<size_t> indices() {
  std::vector<size_t> out;
  for (size_t i = 0; i < cases().size(); ++i) out.push_back(i);
  return out;
}

class ScenarioTest : public testing::TestWithParam<size_t> {};

// Each scenario makes a database; that it did is no news.
const bool kQuiet = (set_log_level(LogLevel::error), true);

TEST_P(ScenarioTest, Holds) {
  const Case& one = cases()[GetParam()];
  if (!one.fault.empty()) {
    ADD_FAILURE_AT(one.scenario.file.c_str(), one.fault_line) << one.fault;
    return;
  }
  for (const Failure& f : Stage(one.scenario).run()) ADD_FAILURE_AT(one.scenario.file.c_str(), f.line) << f.text;
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioTest, testing::ValuesIn(indices()), name_of);

TEST(Scenarios, AreAllRead) { EXPECT_GE(cases().size(), kFewest); }

// ---- the language ----

int fault_line(std::string_view text) {
  try {
    for (const Scenario& s : parse_scenarios("x.scn", text)) {
      auto failures = Stage(s).run();
      if (!failures.empty()) return failures[0].line;
    }
  } catch (const Fault& f) {
    return f.line;
  }
  return 0;
}

constexpr std::string_view kSmall = R"(given clock 2026-03-02 10:00 Europe/Paris
given advisor Ana zone Europe/Paris
given contact Zoe country FR email zoe@example.org
scenario: small
given conversation c with Zoe owner Ana
when talk c held now
)";

std::string small(std::string_view more) { return std::string(kSmall) + std::string(more); }

TEST(Language, NamesTheLineOfWhatCannotBeRead) {
  EXPECT_EQ(fault_line("scenario: a\ngiven clock 2026-03-02 10:00 Europe/Paris\nperhaps it rains\n"), 3);
  EXPECT_EQ(fault_line("scenario: a\n\ngiven advisor \"Ana\n"), 3);
  EXPECT_EQ(fault_line("given clock 2026-03-02 10:00 Europe/Paris\n"), 1) << "no scenario";
  EXPECT_EQ(fault_line("scenario: a\nscenario: a\n"), 2) << "twice the same title";
  EXPECT_EQ(fault_line("  indented\nscenario: a\n"), 1);
}

TEST(Language, NamesTheLineOfWhatCannotBeDone) {
  EXPECT_EQ(fault_line("scenario: a\ngiven contact Zoe\n"), 2) << "no clock yet";
  EXPECT_EQ(fault_line(small("when approve c dessert\n")), 7);
  EXPECT_EQ(fault_line(small("advance 2 hours\n")), 7);
  EXPECT_EQ(fault_line(small("advance to 2026-03-01 10:00\n")), 7) << "backwards";
  EXPECT_EQ(fault_line(small("advance to 2026-03-29 02:30\n")), 7) << "skipped by the clocks";
  EXPECT_EQ(fault_line(small("advance to 2026-10-25 02:30\n")), 7) << "shown twice";
  EXPECT_EQ(fault_line(small("expect weather c fine\n")), 7);
  EXPECT_EQ(fault_line(small("expect stage c met today\n")), 7) << "a word too many";
  EXPECT_EQ(fault_line(small("when approve d recap\n")), 7) << "no such conversation";
  EXPECT_EQ(fault_line(small("when waive c check_in#2\n")), 7) << "there is one";
}

TEST(Language, EveryExpectationCanFail) {
  for (std::string_view wrong : {"expect sent c 1 recap at 2026-03-02 11:00",
                                 "expect mails c 7",
                                 "expect text c 1 contains \"x\"",
                                 "expect subject c 1 x",
                                 "expect unsubscribe c 1 offered",
                                 "expect promise c recap kept",
                                 "expect promise c recap owed due 2026-03-02 10:00",
                                 "expect promises c",
                                 "expect next c Dinner",
                                 "expect next c none",
                                 "expect stage c lost",
                                 "expect touch c recap sent",
                                 "expect open c",
                                 "expect why c recap contains moon",
                                 "expect skipped c recap moon",
                                 "expect at risk\n  c recap moon",
                                 "expect timeline c",
                                 "expect enrollment c \"After the talk\" stopped",
                                 "expect enrollment c Moon active",
                                 "expect enrollment c \"After the talk\" none",
                                 "expect refused conflict",
                                 "expect today c reply_waiting",
                                 "expect outgoing\n  moon",
                                 "expect attempts 12"})
    EXPECT_EQ(fault_line(small(std::string(wrong) + "\n")) > 6, true) << wrong;
  EXPECT_EQ(fault_line(small("advance 10d\nexpect no mail to Zoe\n")), 8);
}

TEST(Language, ARefusalThatIsNotExpectedEndsTheScenario) {
  EXPECT_EQ(fault_line(small("when snooze c until 2026-03-01 10:00\nexpect stage c met\n")), 7);
  EXPECT_EQ(fault_line(small("when snooze c until 2026-03-01 10:00\n")), 7);
  EXPECT_EQ(fault_line(small("when snooze c until 2026-03-01 10:00\nexpect refused invalid \"*past*\"\n")), 0);
}

TEST(Language, ShowsTimesAsTheWallDoes) {
  Zone paris = *find_zone("Europe/Paris");
  EXPECT_EQ(stamp(*parse_rfc3339("2026-03-02T09:00:00Z"), paris), "Mon 2026-03-02 10:00");
  EXPECT_EQ(stamp(*parse_rfc3339("2026-03-02T09:00:05.250Z"), paris), "Mon 2026-03-02 10:00:05.250");
  EXPECT_EQ(stamp(*parse_rfc3339("2026-10-25T01:30:00Z"), paris), "Sun 2026-10-25 02:30+01:00");
  EXPECT_TRUE(matches("a*c*", "abbcd"));
  EXPECT_FALSE(matches("a*c", "abbcd"));
}

}  // namespace
}  // namespace onward::scenarios
