#include "tests/scenarios/stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/conversations.h"
#include "app/touches.h"
#include "app/yaml.h"
#include "base/check.h"

namespace onward::scenarios {

Stage::Stage(const Scenario& scenario) : scenario_(scenario) {}

std::vector<Failure> Stage::run() {
  try {
    for (const Line& line : scenario_.lines) play(line);
    if (refused_)
      throw Fault(refused_at_,
                  fmt::format("refused: {} {} {}", to_string(refused_->code), refused_->message, refused_->detail));
  } catch (const Fault& f) {
    failures_.push_back({f.line, fmt::format("{}\n{}", f.what(), world_ ? story() : "")});
  }
  return std::move(failures_);
}

void Stage::play(const Line& line) {
  const std::string& verb = line.words[0].text;
  bool refusal = line.words.size() > 1 && verb == "expect" && line.words[1].text == "refused";
  if (refused_ && !refusal)
    throw Fault(refused_at_,
                fmt::format("refused: {} {} {}", to_string(refused_->code), refused_->message, refused_->detail));
  bool begins = verb == "given" && line.words[1].text == "clock";
  if (!world_ && !begins) throw Fault(line.number, "a scenario begins with `given clock`");
  Cursor c(line, zone_, world_ ? world_->now() : Instant{});
  c.need(verb);
  if (verb == "advance") return advance(c);
  const Table& table = verb == "given" ? givens() : verb == "when" ? whens() : expects();
  std::string word = c.text("a word");
  auto it = table.find(word);
  if (it == table.end()) c.fail(fmt::format("`{} {}` is not known", verb, word));
  (this->*it->second)(c);
  c.end();
  if (verb != "expect" && !inside_) settle();
}

void Stage::advance(Cursor& c) {
  Instant to = c.take("to") ? c.time() : world_->now() + c.duration();
  c.end();
  if (to < world_->now()) c.fail("the clock does not go back");
  go_to(to);
}

void Stage::go_to(Instant to) {
  for (int crashes = 0;; ++crashes) {
    try {
      auto done = world_->advance_to(to);
      check(done.has_value(), done ? "" : done.error().message + " " + done.error().detail);
      return;
    } catch (const sim::Crash&) {
      check(crashes < 100, "a scenario crashes a few times, not for ever");
      world_->kill_and_restart();
    }
  }
}

void Stage::settle() {
  if (world_) go_to(world_->now());
}

std::string Stage::name_of(ConversationId id) const {
  for (const auto& [name, known] : conversations_)
    if (known == id) return name;
  return id.text();
}

std::string Stage::advisor_name(std::string_view id) const {
  for (const auto& [name, known] : advisors_)
    if (known.text() == id) return name;
  return std::string(id);
}

bool Stage::act(Cursor& c, const app::Caller& caller, const sim::World::Work& work) {
  auto done = world_->call(caller, work);
  if (done) return true;
  if (inside_) c.fail(fmt::format("refused: {} {}", to_string(done.error().code), done.error().message));
  refused_ = done.error();
  refused_at_ = c.line().number;
  return false;
}

Json Stage::must(Cursor& c, const sim::World::Work& work) {
  auto done = world_->call(work);
  if (done) return std::move(*done);
  std::string fields;
  for (const auto& f : done.error().fields) fields += fmt::format("\n  {}: {}", f.pointer, f.message);
  c.fail(fmt::format("refused: {} {} {}{}", to_string(done.error().code), done.error().message, done.error().detail,
                     fields));
}

app::Caller Stage::person(ConversationId id) const {
  auto it = owners_.find(id);
  return it == owners_.end() || !it->second ? app::system_caller() : world_->as(it->second);
}

Json Stage::see(const sim::World::Work& work) const {
  return sim::World::must(world_->look(app::system_caller(), work));
}

std::string Stage::block_text(const Line& line) const {
  std::string out;
  for (const BlockLine& b : line.block) out += b.text + "\n";
  return out;
}

Json Stage::yaml(Cursor& c) const {
  if (c.line().block.empty()) c.fail("this line needs an indented block");
  auto parsed = app::parse_yaml(block_text(c.line()));
  if (!parsed) c.fail(fmt::format("the block below: {}", parsed.error().message));
  return std::move(*parsed);
}

json::array Stage::touches(ConversationId id) const {
  return see([&](app::Step& s) -> Result<Json> { return Json(TRY(app::list_touches(s, "", id, 0, 1000))); }).as_array();
}

bool is_meant(const Json& touch, const std::string& pattern) {
  for (std::string_view key : {"step", "title", "subject"})
    if (find(touch, key) && matches(pattern, get_string(touch, key))) return true;
  return false;
}

bool promise_is_meant(const Json& promise, const std::string& pattern) {
  return matches(pattern, get_string(promise, "kind")) || matches(pattern, get_string(promise, "what"));
}

Json Stage::open_touch(Cursor& c, ConversationId id, const std::string& pattern) const {
  json::array found;
  for (const Json& t : touches(id))
    if (!find(t, "ended_at") && is_meant(t, pattern)) found.push_back(t);
  if (found.size() != 1) c.fail(fmt::format("{} open touches are called {}", found.size(), pattern));
  return found[0];
}

json::array Stage::promise_list(ConversationId id) const {
  return see([&](app::Step& s) { return app::list_promises(s, id); }).at("data").as_array();
}

// "check_in#2" is the second one of this name.
Json Stage::promise(Cursor& c, ConversationId id, const std::string& name) const {
  size_t mark = name.rfind('#');
  size_t number = mark == std::string::npos ? 0 : static_cast<size_t>(std::atoi(name.c_str() + mark + 1));
  std::string pattern = name.substr(0, mark);
  json::array found;
  for (const Json& p : promise_list(id))
    if (promise_is_meant(p, pattern)) found.push_back(p);
  if (number > 0 && number <= found.size()) return found[number - 1];
  if (found.size() != 1 || number) c.fail(fmt::format("{} promises are called {}", found.size(), pattern));
  return found[0];
}

std::vector<std::pair<sim::Mail, Json>> Stage::mails_of(ConversationId id) const {
  std::map<std::string, Json> by_id;
  for (const Json& t : touches(id)) by_id[get_string(t, "id")] = t;
  std::vector<std::pair<sim::Mail, Json>> out;
  for (const sim::Mail& m : world_->courier().mails()) {
    auto it = by_id.find(m.touch.text());
    if (it != by_id.end()) out.emplace_back(m, it->second);
  }
  return out;
}

Instant time_in(const Json& view, std::string_view key) {
  auto t = parse_rfc3339(get_string(view, key));
  check(t.has_value(), fmt::format("a view has the time {}", key));
  return *t;
}

std::string Stage::show(const Json& view, std::string_view key) const {
  return find(view, key) ? show(time_in(view, key)) : "-";
}

void Stage::fail(const Cursor& c, const std::string& expected, const std::string& got) {
  failures_.push_back(
      {c.line().number, fmt::format("{}\n  expected: {}\n  got:      {}\n{}", c.line().text, expected, got, story())});
}

void Stage::same(const Cursor& c, std::string_view what, const std::string& expected, const std::string& got) {
  if (!matches(expected, got)) fail(c, fmt::format("{} {}", what, expected), got.empty() ? "nothing" : got);
}

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& l : lines) out += "\n    " + l;
  return out.empty() ? "\n    (nothing)" : out;
}

// Runs of blanks count as one.
std::string squeezed(std::string_view s) {
  std::string out;
  for (char ch : s)
    if (ch != ' ' || (!out.empty() && out.back() != ' ')) out += ch;
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool has_weekday(std::string_view line) {
  return line.size() > 3 && line[3] == ' ' && !(line[0] >= '0' && line[0] <= '9');
}

bool same_line(const std::string& expected, const std::string& got) {
  bool short_form =
      !has_weekday(expected) && has_weekday(got) && !expected.empty() && expected[0] >= '0' && expected[0] <= '9';
  return matches(expected, short_form ? got.substr(4) : got);
}

}  // namespace

void Stage::same_lines(const Cursor& c, const std::vector<std::string>& got) {
  std::vector<std::string> expected;
  std::vector<int> numbers;
  for (const BlockLine& b : c.line().block) {
    if (b.text.empty() || b.text[0] == '#') continue;
    expected.push_back(squeezed(b.text));
    numbers.push_back(b.number);
  }
  for (size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    if (i < expected.size() && i < got.size() && same_line(expected[i], got[i])) continue;
    int line = i < numbers.size() ? numbers[i] : c.line().number;
    std::string wanted = i < expected.size() ? expected[i] : "(no more lines)";
    failures_.push_back({line, fmt::format("{}\n  expected: {}\n  got:      {}\n  all of it:{}\n{}", c.line().text,
                                           wanted, i < got.size() ? got[i] : "(no more lines)", joined(got), story())});
    return;
  }
}

// What happened so far, for whoever reads a failure.
std::string Stage::story() const {
  const std::vector<std::string> everything = {"stage",  "booked", "kept", "broken",  "waived", "moved",
                                               "starts", "stops",  "ends", "no_show", "opt_out"};
  std::string out = fmt::format("  it is {} in {}", show(world_->now()), zone_.name());
  for (const auto& [name, id] : conversations_) {
    out += fmt::format("\n  timeline of {}:{}", name, joined(timeline(id, everything, zone_)));
    std::vector<std::string> open;
    for (const Json& t : touches(id))
      if (!find(t, "ended_at"))
        open.push_back(fmt::format("{} {} {} {}", show(t, find(t, "next_at") ? "next_at" : "due_at"),
                                   get_string(t, "state"), get_string(t, "step", get_string(t, "title")),
                                   get_string(t, "problem")));
    if (!open.empty()) out += "\n  open:" + joined(open);
  }
  return out;
}

}  // namespace onward::scenarios
