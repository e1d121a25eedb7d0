// Expectations of many lines: each must be there, in this order, and no other.
#include <fmt/format.h>

#include <algorithm>

#include "app/conversations.h"
#include "app/forecast.h"
#include "app/touches.h"
#include "tests/scenarios/stage.h"

namespace onward::scenarios {

using app::Step;

// expect promises c     lines like: recap kept due TIME by system "what"
void Stage::expect_promises(Cursor& c) {
  std::vector<std::string> got;
  for (const Json& p : promise_list(conversation(c)))
    got.push_back(fmt::format("{} {} due {} by {} \"{}\"", get_string(p, "kind"), get_string(p, "state"),
                              show(p, "due"), advisor_name(get_string(p, "by")), get_string(p, "what")));
  same_lines(c, got);
}

// expect open c      lines like: Mon 2026-03-02 15:00 planned check_in
void Stage::expect_open(Cursor& c) {
  std::vector<std::pair<Instant, std::string>> lines;
  for (const Json& t : touches(conversation(c))) {
    if (find(t, "ended_at")) continue;
    Instant at = time_in(t, find(t, "next_at") ? "next_at" : "due_at");
    std::string name = find(t, "step") ? get_string(t, "step") : fmt::format("\"{}\"", get_string(t, "title"));
    lines.emplace_back(at, fmt::format("{} {} {}", show(at), get_string(t, "state"), name));
  }
  std::sort(lines.begin(), lines.end());
  std::vector<std::string> got;
  for (auto& [at, line] : lines) got.push_back(std::move(line));
  same_lines(c, got);
}

// expect at risk      lines like: c recap approval_pending *. Without a block: nothing is.
void Stage::expect_at_risk(Cursor& c) {
  c.need("risk");
  std::vector<std::string> got;
  Json risks = see([](Step& s) { return app::promises_at_risk(s); });
  for (const Json& p : risks.at("data").as_array())
    got.push_back(fmt::format("{} {} {} {}", name_of(*ConversationId::parse(get_string(p, "conversation_id"))),
                              get_string(p, "kind"), get_string(p.at("risk"), "cause"),
                              get_string(p.at("risk"), "detail")));
  same_lines(c, got);
}

// expect timeline c [with moved stage ...] [in ZONE]
void Stage::expect_timeline(Cursor& c) {
  ConversationId id = conversation(c);
  std::vector<std::string> kinds;
  Zone zone = zone_;
  if (c.take("with"))
    while (c.more() && !c.take("in")) kinds.push_back(c.text("a kind"));
  else
    c.take("in");
  if (c.more()) {
    auto found = find_zone(c.text("a zone"));
    if (!found) c.fail("there is no such zone");
    zone = *found;
  }
  same_lines(c, timeline(id, kinds, zone));
}

// expect outgoing [since TIME]     every message that left, whoever it was for: TIME c recap "subject"
void Stage::expect_outgoing(Cursor& c) {
  Instant since = c.take("since") ? c.time() : Instant{};
  std::map<std::string, std::pair<std::string, std::string>> known;  // by touch: conversation, step
  for (const auto& [name, id] : conversations_)
    for (const Json& t : touches(id)) known[get_string(t, "id")] = {name, get_string(t, "step", "message")};
  std::vector<std::string> got;
  for (const sim::Mail& m : world_->courier().mails()) {
    if (m.at < since) continue;
    const auto& [conversation, step] = known[m.touch.text()];
    got.push_back(fmt::format("{} {} {} \"{}\"", show(m.at), conversation, step, m.subject));
  }
  same_lines(c, got);
}

// expect preview     lines like: c moves check_in -> assets at TIME | c stays: why
void Stage::expect_preview(Cursor& c) {
  if (preview_.is_null()) c.fail("there was no preview");
  std::vector<std::string> got;
  for (const Json& m : preview_.at("moves").as_array()) {
    std::string line =
        name_of(*ConversationId::parse(get_string(m, "conversation_id"))) + " " + get_string(m, "verdict");
    if (get_string(m, "verdict") == "stays") {
      line += ": " + get_string(m, "why");
    } else {
      line += fmt::format(" {} -> {}", get_string(m, "step_before"), get_string(m, "step_after", "the end"));
      if (get_bool(m, "at_once"))
        line += " at once";
      else if (find(m, "due_after"))
        line += " at " + show(m, "due_after");
      for (const Json& skipped : m.at("skipped").as_array())
        line += fmt::format(", skips {}", std::string(skipped.as_string()));
    }
    got.push_back(std::move(line));
  }
  same_lines(c, got);
}

namespace {

std::string touch_text(const Json& t) {
  return fmt::format("{} {} \"{}\" {}", get_string(t, "state"), get_string(t, "step", get_string(t, "title")),
                     get_string(t, "state") == "planned" ? "" : get_string(t, "subject"), get_string(t, "reason"));
}

Instant moment_of(const Json& t) {
  for (std::string_view key : {"sent_at", "ended_at", "next_at"})
    if (find(t, key)) return time_in(t, key);
  return time_in(t, "due_at");
}

bool outward(const Json& t) { return get_string(t, "direction") == "out"; }

}  // namespace

// Every touch that is open or has ended since, and every step skipped since, in order of time.
std::vector<std::string> Stage::after_now(ConversationId id, Instant since,
                                          const std::vector<std::string>& ended_before) const {
  std::vector<std::pair<Instant, std::string>> lines;
  for (const Json& t : touches(id)) {
    bool old = std::find(ended_before.begin(), ended_before.end(), get_string(t, "id")) != ended_before.end();
    if (!old && outward(t)) lines.emplace_back(moment_of(t), touch_text(t));
  }
  Json past = see([&](Step& s) { return app::timeline(s, id); });
  for (const Json& e : past.at("data").as_array())
    if (get_string(e, "kind") == "step.skipped" && time_in(e, "at") > since)
      lines.emplace_back(time_in(e, "at"), fmt::format("skipped {} {}", get_string(e.at("data"), "step"),
                                                       get_string(e.at("data"), "reason")));
  std::sort(lines.begin(), lines.end());
  std::vector<std::string> out;
  for (const auto& [at, line] : lines) out.push_back(fmt::format("{} {}", show(at), line));
  return out;
}

std::vector<std::string> Stage::forecast_lines(Cursor& c, ConversationId id, int days) const {
  auto made = app::forecast(world_->runner(), world_->laboratory(), app::system_caller(), {id, days});
  if (!made) c.fail(made.error().message);
  std::vector<std::pair<Instant, std::string>> lines;
  for (const Json& t : made->at("data").as_array()) lines.emplace_back(time_in(t, "at"), touch_text(t));
  for (const Json& e : made->at("changes").as_array())
    if (get_string(e, "kind") == "step.skipped" && time_in(e, "at") > world_->now())
      lines.emplace_back(time_in(e, "at"), fmt::format("skipped {} {}", get_string(e.at("data"), "step"),
                                                       get_string(e.at("data"), "reason")));
  std::sort(lines.begin(), lines.end());
  std::vector<std::string> out;
  for (const auto& [at, line] : lines) out.push_back(fmt::format("{} {}", show(at), line));
  return out;
}

// expect forecast c 30d equals what happens: looks ahead, lets the time pass, and compares to the second
void Stage::expect_forecast(Cursor& c) {
  ConversationId id = conversation(c);
  Millis span = c.duration();
  for (const char* word : {"equals", "what", "happens"}) c.need(word);
  std::vector<std::string> ended;
  for (const Json& t : touches(id))
    if (find(t, "ended_at")) ended.push_back(get_string(t, "id"));
  Instant start = world_->now();
  int days = static_cast<int>(std::chrono::duration_cast<std::chrono::days>(span).count());
  std::vector<std::string> expected = forecast_lines(c, id, days);
  if (expected.empty()) c.fail("the forecast is empty: this would prove nothing");
  go_to(start + span);
  std::vector<std::string> got = after_now(id, start, ended);
  for (size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    std::string forecast = i < expected.size() ? expected[i] : "(no more)",
                real = i < got.size() ? got[i] : "(no more)";
    if (forecast != real) return fail(c, "as forecast: " + forecast, real);
  }
}

}  // namespace onward::scenarios
