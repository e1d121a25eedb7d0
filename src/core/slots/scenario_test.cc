#include "core/slots/scenario.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace onward::slots {
namespace {

std::string read(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// One entry a line, so that a difference is read at a glance.
std::string lines(const Json& answer, const char* part) {
  std::string out;
  for (const Json& entry : answer.at(part).as_array()) out += dump(entry) + "\n";
  return out;
}

TEST(Scenarios, have_the_answers_that_were_worked_out_by_hand) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(ONWARD_SOURCE_DIR "/tests/slots")) {
    if (file.path().extension() != ".json") continue;
    SCOPED_TRACE(file.path().filename().string());
    auto golden = parse_json(read(file.path()));
    ASSERT_TRUE(golden) << golden.error().message;
    auto input = read_scenario(dump(golden->at("scenario")));
    ASSERT_TRUE(input) << input.error().message;
    Board board(*input);
    Json found = answer(*input, board);
    EXPECT_EQ(lines(found, "slots"), lines(golden->at("expect"), "slots"));
    EXPECT_EQ(lines(found, "refused"), lines(golden->at("expect"), "refused"));
    EXPECT_EQ(found.as_object().size(), 2u);
    ++count;
  }
  EXPECT_GE(count, 9);
}

constexpr const char* kLeast = R"({"now":"2026-03-20T08:00:00Z","hosts":[{"id":"a"}]})";

TEST(Scenarios, have_defaults) {
  auto in = read_scenario(kLeast);
  ASSERT_TRUE(in) << in.error().message;
  EXPECT_EQ(in->from, in->now);
  EXPECT_EQ(in->to, in->now + std::chrono::days{7});
  EXPECT_EQ(in->viewer.name(), "UTC");
  EXPECT_EQ(in->type.length, Minutes{30});
  EXPECT_EQ(in->type.step, Minutes{30});
  EXPECT_EQ(in->type.assignment, Assignment::any);
  EXPECT_EQ(in->type.grid, GridZone::viewer);
  EXPECT_EQ(in->type.fill, Fill::plain);
  EXPECT_EQ(in->type.horizon.kind, Horizon::Kind::none);
  EXPECT_FALSE(in->type.window || in->type.daily_limit || in->type.daily_time);
  EXPECT_EQ(in->hosts[0].zone.name(), "UTC");
  Board board(*in);
  EXPECT_EQ(dump(answer(*in, board)), R"({"slots":[],"refused":[]})");
}

TEST(Scenarios, step_by_their_length_and_hosts_live_where_the_viewer_does) {
  auto in = read_scenario(R"({"now":"2026-03-20T08:00:00Z","viewer_zone":"Asia/Tokyo",
      "meeting_type":{"length_min":50,"step_min":null},"hosts":[{"id":"a","zone":null,"group":null}],"holds":null})");
  ASSERT_TRUE(in) << in.error().message;
  EXPECT_EQ(in->type.step, Minutes{50});
  EXPECT_EQ(in->hosts[0].zone.name(), "Asia/Tokyo");
}

// A scenario with one more member of the first host, or of the meeting type, or at the top.
std::string with_host(const std::string& member) {
  return R"({"now":"2026-03-20T08:00:00Z","hosts":[{"id":"a",)" + member + "}]}";
}
std::string with_type(const std::string& member) {
  return R"({"now":"2026-03-20T08:00:00Z","hosts":[],"meeting_type":{)" + member + "}}";
}
std::string with(const std::string& member) {
  return R"({"now":"2026-03-20T08:00:00Z","hosts":[{"id":"a"}],)" + member + "}";
}

TEST(Scenarios, are_refused_with_the_name_of_the_field) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"hosts":[]})", "/now is required."},
      {R"({"now":"2026-03-20T08:00:00Z"})", "/hosts is required."},
      {R"({"now":"2026-03-20 08:00","hosts":[]})", "/now must be an RFC 3339 time such as 2026-03-30T08:00:00Z."},
      {with(R"("to":"2026-03-20T07:59:59Z")"), "/to must not be before from."},
      {with(R"("to":"2028-03-20T08:00:00Z")"), "/to must be at most 400 days after from."},
      {with(R"("viewer_zone":"Paris")"), "/viewer_zone must be an IANA time zone such as Europe/Paris."},
      {with(R"("seats":3)"), "/seats is not a known field."},
      {with(R"("hosts":[{"id":"a"},{"id":"a"}])"), "/hosts/1/id must differ from the other hosts' ids."},
      {with(R"("holds":[{"host":"b","start":"2026-03-20T08:00:00Z","end":"2026-03-20T08:00:00Z"}])"),
       "/holds/0/host must be the id of a host."},
      {with_type(R"("length_min":0)"), "/meeting_type/length_min must be at least 1."},
      {with_type(R"("step_min":0)"), "/meeting_type/step_min must be at least 1."},
      {with_type(R"("assignment":"some")"), "/meeting_type/assignment must be one of any, all."},
      {with_type(R"("horizon":{"kind":"days"})"), "/meeting_type/horizon/days is required."},
      {with_type(R"("horizon":{"kind":"range","from":"2026-03-20"})"), "/meeting_type/horizon/to is required."},
      {with_type(R"("window":{"zone":"visitor"})"),
       "/meeting_type/window/zone must be \"viewer\" or an IANA time zone such as Europe/Paris."},
      {with_host(R"("hours":[{"from":"9:00","to":"12:00"}])"),
       "/hosts/0/hours/0/from must be a time of day such as 09:00."},
      {with_host(R"("hours":[{"from":"24:00","to":"12:00"}])"), "/hosts/0/hours/0/from must be before 24:00."},
      {with_host(R"("hours":[{"days":["monday"],"from":"09:00","to":"12:00"}])"),
       "/hosts/0/hours/0/days/0 must be one of mon, tue, wed, thu, fri, sat, sun."},
      {with_host(R"("exceptions":[{"date":"2026-02-30","closed":true}])"),
       "/hosts/0/exceptions/0/date must be a date such as 2026-03-30."},
      {with_host(R"("exceptions":[{"date":"2026-02-28"}])"),
       "/hosts/0/exceptions/0 must either be closed or have from and to."},
      {with_host(R"("exceptions":[{"date":"2026-02-28","from":"09:00"}])"),
       "/hosts/0/exceptions/0 must have both from and to."},
      {with_host(R"("away":[["2026-03-20T08:00:00Z","2026-03-20T07:00:00Z"]])"),
       "/hosts/0/away/0 must not end before it starts."},
      {with_host(R"("appointments":[{"start":"2026-03-20T08:00:00Z","end":"2026-03-20T07:00:00Z"}])"),
       "/hosts/0/appointments/0/end must not be before start."},
      {with_host(R"("travel":[{"from":"2026-03-20","to":"2026-03-19","zone":"UTC"}])"),
       "/hosts/0/travel/0/to must not be before from."},
  };
  for (const auto& [text, message] : cases) {
    auto in = read_scenario(text);
    ASSERT_FALSE(in) << text;
    EXPECT_EQ(in.error().code, Code::invalid);
    EXPECT_EQ(in.error().message, message);
  }
}

TEST(Scenarios, have_limits) {
  json::array hosts;
  for (int i = 0; i < 1000; ++i) hosts.push_back(json::object{{"id", std::to_string(i)}});
  Json j{{"now", "2026-03-20T08:00:00Z"}, {"hosts", hosts}, {"meeting_type", {{"length_min", 1}}}};
  auto in = parse_scenario(j);
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().message, "/to leaves room for 10080000 starts, more than 2000000; ask for fewer days or hosts.");
  hosts.push_back(json::object{{"id", "one more"}});
  in = parse_scenario(Json{{"now", "2026-03-20T08:00:00Z"}, {"hosts", hosts}});
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().message, "/hosts must have at most 1000 entries.");
  in = read_scenario(std::string(kMaxScenarioBytes + 1, ' '));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().code, Code::too_large);
}

}  // namespace
}  // namespace onward::slots
