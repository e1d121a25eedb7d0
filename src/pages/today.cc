// Today: who needs attention, why, and the one action.
#include <algorithm>

#include <fmt/format.h>

#include "app/conversations.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr int kMaxRows = 100;

std::string_view group_of(std::string_view why) {
  if (why == "reply_waiting") return "replies";
  if (why == "draft_to_approve" || why == "draft_to_mend") return "drafts";
  if (why == "promise_broken" || why == "promise_at_risk") return "promises";
  if (why == "in_doubt") return "doubt";
  if (why == "outcome_missing") return "outcome";
  if (why == "task_due") return "tasks";
  return "cold";
}

// The touch that the reason is about.
const Json* touch_for(const Json& row, std::string_view why) {
  const Json* touches = find(row, "touches");
  if (!touches) return nullptr;
  for (const Json& t : touches->as_array()) {
    std::string state = get_string(t, "state");
    bool blocked = !get_string(t, "problem").empty();
    if (why == "draft_to_approve" && state == "draft" && !blocked) return &t;
    if (why == "draft_to_mend" && state == "draft" && blocked) return &t;
    if (why == "in_doubt" && state == "in_doubt") return &t;
    if (why == "task_due" && get_string(t, "kind") == "task") return &t;
  }
  return nullptr;
}

std::string since(const Reader& r, const Json& row, std::string_view key) {
  auto at = parse_rfc3339(get_string(row, key));
  return at ? r.words.span(r.now - *at) : std::string();
}

std::string why_text(const Reader& r, const Json& row, const std::string& why, const Json* touch) {
  std::string key = "why_text." + why;
  if (why == "reply_waiting") return r.words.say(key, {{"span", since(r, row, "reply_waiting_at")}});
  if (touch) return r.words.say(key, {{"title", r.words.phrase(get_string(*touch, "title"))}});
  if (why == "outcome_missing") return r.words.say(key, {{"span", since(r, row, "appointment_at")}});
  if (why == "going_cold") {
    std::string heard = since(r, row, find(row, "last_in_at") ? "last_in_at" : "opened_at");
    return r.words.say(key, {{"span", heard}});
  }
  return r.words.has(key) ? r.words.say(key) : std::string();
}

// One of: approve (reads the draft in place), done, link.
void add_action(const Reader& r, json::object& row, const std::string& why, const Json* touch) {
  std::string conversation = std::string(row["href"].as_string());
  row["action_approve"] = row["action_done"] = row["action_link"] = nullptr;
  if (why == "draft_to_approve" && touch) {
    row["action_approve"] = touch_row(r, *touch);
    return;
  }
  if (why == "task_due" && touch) {
    row["action_done"] = touch_row(r, *touch);
    return;
  }
  std::string href = conversation;
  if (touch) href = "/touches/" + get_string(*touch, "id");
  if (why == "outcome_missing" || why == "no_next_step") href = conversation + "/talk";
  if (why == "reply_waiting") href = conversation + "#message";
  if (why == "promise_broken" || why == "promise_at_risk") href = conversation + "#promises";
  row["action_link"] = json::object{{"action_href", href}, {"action_label", r.words.word("action", why)}};
}

json::object today_row(const Reader& r, const Json& given) {
  std::string why = get_string(given, "why"), id = get_string(given, "id");
  const Json* touch = touch_for(given, why);
  json::object row = chip(r, "why", why);
  row["id"] = id;
  row["href"] = "/conversations/" + id;
  row["name"] = get_string(given, "contact_name", r.words.say("conversation.unnamed"));
  row["topic"] = get_string(given, "topic");
  row["why"] = why_text(r, given, why, touch);
  row["stage"] = r.words.word("stage", get_string(given, "stage"));
  row["owner"] = get_string(given, "owner_name");
  if (const Json* next = find(given, "next_action")) {
    row["next"] = r.words.phrase(get_string(*next, "what"));
    row["due"] = when(r, get_string(*next, "due"), get_string(*next, "zone"));
  } else {
    row["next"] = row["due"] = nullptr;
  }
  row["overdue"] = get_bool(given, "overdue");
  json::array promises;
  if (const Json* list = find(given, "promises"))
    for (const Json& p : list->as_array()) promises.push_back(promise_row(r, p));
  row["promises"] = std::move(promises);
  add_action(r, row, why, touch);
  return row;
}

}  // namespace

json::object today_model(const Reader& r, const Json& today) {
  std::vector<std::pair<std::string, json::array>> groups;
  const Json* data = find(today, "data");
  if (data) {
    for (const Json& given : data->as_array()) {
      std::string group(group_of(get_string(given, "why")));
      auto found = std::ranges::find(groups, group, &std::pair<std::string, json::array>::first);
      if (found == groups.end()) found = groups.insert(groups.end(), {group, {}});
      found->second.push_back(today_row(r, given));
    }
  }
  json::array out;
  for (auto& [group, rows] : groups) {
    json::object g{{"group", r.words.say("group." + group)}, {"count", rows.size()}};
    g["rows"] = std::move(rows);
    out.push_back(std::move(g));
  }
  int64_t need = get_int(today, "needing_you"), snoozed = get_int(today, "snoozed"), open = get_int(today, "open");
  std::string until = get_string(today, "all_clear_until");
  json::object model;
  model["clear"] = need == 0;
  model["empty_house"] = open == 0 && need == 0;
  model["headline"] = need > 0        ? r.words.count("today.need", need)
                      : until.empty() ? r.words.say("today.clear")
                                      : r.words.say("today.clear_until",
                                                    {{"time", r.words.moment(*parse_rfc3339(until), r.zone, r.now)}});
  model["open_line"] = r.words.count("today.open", open);
  model["snoozed_line"] = snoozed > 0 ? r.words.count("today.snoozed", snoozed) : "";
  model["groups"] = std::move(out);
  return model;
}

http::Response show_today(const Visit& v) {
  auto today = look(v, [](app::Step& step) { return app::today(step, kMaxRows); });
  if (!today) return draw_error(v, today.error());
  auto people = people_of(v);
  json::object model = frame(v, v.words.say("today.title"), Room::today);
  for (auto& [key, value] : today_model(reader_of(v, people), *today)) model[key] = value;
  return draw(v, "today", std::move(model));
}

}  // namespace onward::pages
