// What happened, as lines that a person reads: one per touch, talk, stage, skip.
#include <fmt/format.h>

#include <algorithm>

#include "app/conversations.h"
#include "tests/scenarios/stage.h"

namespace onward::scenarios {
namespace {

std::string quoted(const std::string& s) { return s.empty() ? s : fmt::format(" \"{}\"", s); }

std::string name_of_touch(const Json& t) {
  if (find(t, "step")) return get_string(t, "step");
  return get_string(t, "kind") == "task" ? "task" : "message";
}

std::string touch_line(const Json& t, std::string& kind) {
  if (get_string(t, "direction") == "in") {
    kind = "reply";
    return "reply";
  }
  kind = get_string(t, "state");
  std::string what = fmt::format("{} {}", kind, name_of_touch(t));
  if (kind == "sent") return what + quoted(get_string(t, "subject"));
  if (kind == "done") return get_string(t, "kind") == "task" ? what + quoted(get_string(t, "title")) : what;
  return fmt::format("{} {}", what, get_string(t, "reason"));
}

struct Shown {
  std::string_view fact, kind;
};
constexpr Shown kShown[] = {{"conversation.stage", "stage"},   {"conversation.closed", "closed"},
                            {"conversation.booked", "booked"}, {"step.skipped", "skipped"},
                            {"enrollment.started", "starts"},  {"enrollment.stopped", "stops"},
                            {"enrollment.done", "ends"},       {"touch.moved", "moved"},
                            {"promise.kept", "kept"},          {"promise.broken", "broken"},
                            {"promise.waived", "waived"},      {"appointment.no_show", "no_show"},
                            {"contact.opted_out", "opt_out"},  {"merge.stop_stays", "stays_stopped"}};

}  // namespace

std::string Stage::fact_line(const Json& entry, std::string& kind) const {
  std::string fact = get_string(entry, "kind");
  for (const Shown& s : kShown)
    if (s.fact == fact) kind = s.kind;
  const Json& data = entry.at("data");
  if (kind == "stage") return fmt::format("stage {}", get_string(data, "stage"));
  if (kind == "closed")
    return fmt::format("closed {}{}", get_string(data, "stage"), quoted(get_string(data, "reason")));
  if (kind == "skipped") return fmt::format("skipped {} {}", get_string(data, "step"), get_string(data, "reason"));
  if (kind == "starts") return fmt::format("starts{} {}", quoted(get_string(data, "name")), get_string(data, "reason"));
  std::string about = find(data, "reason") ? get_string(data, "reason") : get_string(data, "cause");
  return about.empty() ? kind : fmt::format("{} {}", kind, about);
}

std::string Stage::timeline_line(const Json& entry, std::string& kind) const {
  std::string what = get_string(entry, "entry");
  if (what == "touch") return touch_line(entry, kind);
  if (what == "fact") return fact_line(entry, kind);
  kind = what;
  return what;
}

std::vector<std::string> Stage::timeline(ConversationId id, const std::vector<std::string>& more,
                                         const Zone& zone) const {
  static const std::vector<std::string> always = {"talk",    "reply",  "sent",    "done",  "suppressed",
                                                  "expired", "failed", "skipped", "closed"};
  json::array data = see([&](app::Step& s) { return app::timeline(s, id); }).at("data").as_array();
  auto after_talk = [](const Json& e) { return get_string(e, "entry") != "talk"; };
  std::stable_sort(data.begin(), data.end(), [&](const Json& a, const Json& b) {
    return std::pair(time_in(a, "at"), after_talk(a)) < std::pair(time_in(b, "at"), after_talk(b));
  });
  std::vector<std::string> out;
  for (const Json& entry : data) {
    std::string kind;
    std::string text = timeline_line(entry, kind);
    bool wanted = std::find(always.begin(), always.end(), kind) != always.end() ||
                  std::find(more.begin(), more.end(), kind) != more.end();
    if (wanted) out.push_back(fmt::format("{} {}", stamp(time_in(entry, "at"), zone), text));
  }
  return out;
}

}  // namespace onward::scenarios
