#include "pages/views.h"

#include <algorithm>

#include <fmt/format.h>

namespace onward::pages {
namespace {

constexpr size_t kIdLength = 17;  // "adv_" and 13 letters

struct Look {
  std::string_view group, word, tone, icon;
};

// Tones are those of the style sheet: active, follow, due, cold, problem, quiet.
constexpr Look kLooks[] = {
    {"touch", "planned", "quiet", "clock"},
    {"touch", "draft", "due", "pen"},
    {"touch", "approved", "follow", "check"},
    {"touch", "sending", "follow", "send"},
    {"touch", "sent", "active", "check"},
    {"touch", "in_doubt", "problem", "question"},
    {"touch", "failed", "problem", "alert"},
    {"touch", "suppressed", "cold", "stop"},
    {"touch", "expired", "cold", "clock"},
    {"touch", "done", "active", "check"},
    {"promise", "owed", "quiet", "clock"},
    {"promise", "kept", "active", "check"},
    {"promise", "broken", "problem", "alert"},
    {"promise", "waived", "cold", "stop"},
    {"promise", "at_risk", "due", "alert"},
    {"stage", "hand_raised", "due", "hand"},
    {"stage", "qualified", "follow", "check"},
    {"stage", "booked", "follow", "calendar"},
    {"stage", "met", "follow", "talk"},
    {"stage", "following_up", "follow", "send"},
    {"stage", "proposal", "follow", "pen"},
    {"stage", "won", "active", "check"},
    {"stage", "lost", "cold", "stop"},
    {"stage", "dormant", "cold", "clock"},
    {"why", "reply_waiting", "due", "reply"},
    {"why", "promise_broken", "problem", "alert"},
    {"why", "draft_to_mend", "problem", "pen"},
    {"why", "draft_to_approve", "due", "pen"},
    {"why", "promise_at_risk", "due", "alert"},
    {"why", "in_doubt", "problem", "question"},
    {"why", "outcome_missing", "due", "talk"},
    {"why", "task_due", "due", "check"},
    {"why", "no_next_step", "problem", "question"},
    {"why", "going_cold", "cold", "clock"},
    {"pipeline", "active", "active", "talk"},
    {"pipeline", "in_follow_up", "follow", "send"},
    {"pipeline", "gone_cold", "cold", "clock"},
};

std::string icon_of_touch(const Json& touch) {
  std::string kind = get_string(touch, "kind");
  if (get_string(touch, "direction") == "in") return "reply";
  if (kind == "task") return get_string(touch, "channel") == "call" ? "phone" : "check";
  return kind == "close" ? "stop" : "send";
}

std::string named(const Reader& r, const std::string& actor) {
  if (actor == "system") return r.words.say("actor.system");
  if (actor.starts_with("key_")) return r.words.say("actor.key");
  auto found = r.people.find(actor);
  return found == r.people.end() ? actor : found->second;
}

std::string shown_date(const Reader& r, const Json& data, std::string_view key) {
  int64_t ms = get_int(data, key);
  return ms == 0 ? std::string() : r.words.moment(from_ms(ms), r.zone, r.now);
}

// "letter, north"
std::string all_values(const Json& data) {
  std::string out;
  if (!data.is_object()) return out;
  for (const auto& [name, value] : data.as_object())
    if (value.is_string()) out.append(out.empty() ? "" : ", ").append(value.as_string());
  return out;
}

// What a fact says beside its kind.
std::string fact_detail(const Reader& r, const std::string& kind, const Json& data) {
  if (kind == "conversation.opened") return r.words.word("channel", get_string(data, "channel"));
  if (kind == "conversation.stage")
    return r.words.word("stage", get_string(data, "stage")) + " – " + told(r, get_string(data, "why"));
  if (kind == "conversation.closed") {
    std::string reason = get_string(data, "reason"), stage = r.words.word("stage", get_string(data, "stage"));
    return reason.empty() ? stage : stage + " – " + told(r, reason);
  }
  if (kind == "conversation.booked") return shown_date(r, data, "appointment_at");
  if (kind == "conversation.owner") return named(r, get_string(data, "owner"));
  if (kind == "appointment.no_show") return r.words.word("cause", get_string(data, "cause"));
  if (kind == "appointment.rescheduled" || kind == "appointment.reassigned") return shown_date(r, data, "start");
  if (kind == "appointment.running_late") return r.words.span(Minutes{get_int(data, "minutes")});
  if (kind == "callback.requested") return shown_date(r, data, "due");
  if (kind == "booking.came_from") return all_values(data);
  if (kind == "step.skipped") return get_string(data, "title") + " – " + told(r, get_string(data, "reason"));
  if (kind == "enrollment.started") return get_string(data, "name") + " – " + told(r, get_string(data, "reason"));
  if (kind == "touch.moved") return shown_date(r, data, "due_at") + " – " + told(r, get_string(data, "reason"));
  if (kind == "contact.opted_out") return told(r, get_string(data, "source"));
  return told(r, get_string(data, "reason"));
}

std::string_view icon_of_fact(std::string_view kind) {
  if (kind.starts_with("promise.")) return kind == "promise.kept" ? "check" : "alert";
  if (kind.starts_with("enrollment.") || kind.starts_with("step.")) return "columns";
  if (kind == "contact.opted_out") return "stop";
  return "dot";
}

json::array text_lines(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.push_back(json::object{{"line", text}});
  return out;
}

json::object talk_row(const Reader& r, const Json& talk) {
  json::array steps;
  if (const Json* given = find(talk, "next_steps"))
    for (const Json& s : given->as_array())
      steps.push_back(json::object{{"line", get_string(s, "what")}, {"due", when(r, get_string(s, "due"))}});
  return {{"heading", r.words.say("timeline.talk")},
          {"entry_icon", "talk"},
          {"text", get_string(talk, "summary")},
          {"points", text_lines(get_strings(talk, "key_points"))},
          {"has_points", !get_strings(talk, "key_points").empty()},
          {"has_steps", !steps.empty()},
          {"steps", std::move(steps)}};
}

}  // namespace

Json when(const Reader& r, const std::string& rfc3339, const std::string& zone_name) {
  if (rfc3339.empty()) return nullptr;
  auto at = parse_rfc3339(rfc3339);
  if (!at) return nullptr;
  auto zone = zone_name.empty() ? Result<Zone>(r.zone) : find_zone(zone_name);
  bool other = zone && !(*zone == r.zone);
  const Zone& used = zone ? *zone : r.zone;
  return json::object{
      {"iso", rfc3339}, {"text", r.words.moment(*at, used, r.now)}, {"zone", other ? used.name() : std::string()}};
}

json::object chip(const Reader& r, std::string_view group, const std::string& word) {
  auto look = std::ranges::find_if(kLooks, [&](const Look& l) { return l.group == group && l.word == word; });
  bool known = look != std::end(kLooks);
  return {{"chip", r.words.word(group, word)},
          {"tone", known ? look->tone : "quiet"},
          {"chip_icon", known ? look->icon : "dot"}};
}

std::string told(const Reader& r, const std::string& sentence) {
  std::string out = r.words.phrase(sentence);
  for (size_t at; (at = out.find("adv_")) != std::string::npos;) {
    auto person = r.people.find(out.substr(at, kIdLength));
    out.replace(at, kIdLength, person == r.people.end() ? r.words.say("actor.somebody") : person->second);
  }
  return out;
}

json::array reasons(const Reader& r, const Json& touch) {
  json::array out;
  const Json* why = find(touch, "why");
  if (!why) return out;
  for (const Json& reason : why->as_array()) {
    std::string rule = r.words.word("rule", get_string(reason, "rule")), note = get_string(reason, "note");
    out.push_back(json::object{{"reason", note.empty() ? rule : rule + r.words.say("colon") + told(r, note)}});
  }
  if (std::string asset = get_string(touch, "why_asset"); !asset.empty())
    out.push_back(json::object{{"reason", r.words.say("touch.why_asset") + r.words.say("colon") + asset}});
  return out;
}

json::object touch_row(const Reader& r, const Json& touch) {
  std::string state = get_string(touch, "state"), at = get_string(touch, "next_at", get_string(touch, "due_at"));
  json::object out = chip(r, "touch", state);
  auto next = parse_rfc3339(at);
  bool leaving = state == "approved" && next && *next - r.now <= Millis{60'000};
  out["id"] = get_string(touch, "id");
  out["heading"] = r.words.phrase(get_string(touch, "title"));
  out["kind"] = r.words.word("kind", get_string(touch, "kind"));
  out["entry_icon"] = icon_of_touch(touch);
  out["at"] = when(r, at, get_string(touch, "zone"));
  out["reasons"] = reasons(r, touch);
  out["has_reasons"] = !out["reasons"].as_array().empty();
  out["detail"] = told(r, get_string(touch, "reason"));
  out["problem"] = told(r, get_string(touch, "problem"));
  out["subject"] = get_string(touch, "subject");
  out["text"] = get_string(touch, "body");
  out["draft"] = state == "draft";
  out["ready"] = state == "draft" && get_string(touch, "problem").empty();
  out["task"] = get_string(touch, "kind") == "task";
  out["leaving"] = leaving ? Json(std::max<int64_t>(0, std::chrono::ceil<std::chrono::seconds>(*next - r.now).count()))
                           : Json(nullptr);
  out["leaving_text"] =
      leaving ? r.words.say("touch.leaving",
                            {{"span", r.words.span(std::chrono::ceil<std::chrono::seconds>(*next - r.now))}})
              : "";
  return out;
}

json::object promise_row(const Reader& r, const Json& promise) {
  const Json* risk = find(promise, "risk");
  std::string state = get_string(promise, "state");
  json::object out = chip(r, "promise", risk ? "at_risk" : state);
  out["id"] = get_string(promise, "id");
  out["what"] = r.words.phrase(get_string(promise, "what"));
  out["due"] = when(r, get_string(promise, "due"), get_string(promise, "zone"));
  out["by"] = named(r, get_string(promise, "by"));
  out["settled"] = when(r, get_string(promise, "settled_at"));
  out["open"] = state == "owed" || (state == "broken" && !find(promise, "settled_at"));
  if (risk) {
    out["cause"] = r.words.has("cause." + get_string(*risk, "cause"))
                       ? r.words.say("cause." + get_string(*risk, "cause"))
                       : told(r, get_string(*risk, "detail"));
  } else {
    out["cause"] = told(r, get_string(promise, "reason"));
  }
  return out;
}

json::object timeline_row(const Reader& r, const Json& entry) {
  std::string kind = get_string(entry, "entry");
  json::object out;
  if (kind == "touch") {
    out = touch_row(r, entry);
    if (get_string(entry, "direction") == "in") out["heading"] = r.words.say("timeline.reply");
  } else if (kind == "talk") {
    out = talk_row(r, entry);
  } else if (kind == "note") {
    out = {{"heading", r.words.say("timeline.note")},
           {"entry_icon", "pen"},
           {"text", get_string(entry, "text")},
           {"who", named(r, get_string(entry, "author"))}};
  } else if (kind == "view") {
    out = {{"heading", r.words.say("timeline.view", {{"title", get_string(entry, "title")}})},
           {"entry_icon", "eye"},
           {"detail", r.words.count("timeline.views", get_int(entry, "views"))}};
  } else {
    std::string fact = get_string(entry, "kind");
    const Json* data = find(entry, "data");
    out = {{"heading", r.words.word("fact", fact)},
           {"entry_icon", icon_of_fact(fact)},
           {"minor", true},
           {"detail", data ? fact_detail(r, fact, *data) : std::string()}};
    if (std::string actor = get_string(entry, "actor"); actor != "system") out["who"] = named(r, actor);
  }
  out["at"] = when(r, get_string(entry, "at"));
  // A template looks for what a row lacks in what is around it: a row says everything that its template asks for.
  for (std::string_view key : {"chip", "text", "subject", "detail", "who", "has_points", "has_steps", "minor"})
    if (!out.contains(key)) out[key] = nullptr;
  return out;
}

}  // namespace onward::pages
