// The list of conversations, and one conversation: what is next, what is owed, what happened.
#include "app/conversations.h"
#include "app/booking/appointments.h"

#include <fmt/format.h>

#include "app/search.h"
#include "app/touches.h"
#include "pages/conversation_forms.h"

namespace onward::pages {
namespace {

constexpr int kListed = 50;
constexpr std::string_view kStages[] = {"hand_raised", "qualified", "booked", "met",    "following_up",
                                        "proposal",    "won",       "lost",   "dormant"};

struct Parts {
  Json conversation, timeline, promises;
  json::array appointments;
};

Result<Parts> load(const Visit& v, ConversationId id) {
  Parts parts;
  TRY(look(v, [&](app::Step& step) -> Result<Json> {
    parts.conversation = TRY(app::get_conversation(step, id));
    parts.timeline = TRY(app::timeline(step, id));
    parts.promises = TRY(app::list_promises(step, id));
    parts.appointments = TRY(app::booking::list_appointments(step, {.conversation = id}, {0, kListed}));
    return Json(nullptr);
  }));
  return parts;
}

http::Response draw_conversation(const Visit& v, const Form* refused, const Error* error) {
  auto id = path_id<ConversationId>(v);
  auto parts = id ? load(v, *id) : Result<Parts>(fail(id.error()));
  if (!parts) return draw_error(v, parts.error());
  auto people = people_of(v);
  Reader r = reader_of(v, people);
  json::object model = frame(v, get_string(parts->conversation, "contact_name", v.words.say("conversation.unnamed")),
                             Room::conversations);
  model["c"] = conversation_model(r, parts->conversation, parts->timeline, parts->promises);
  json::array meetings;
  for (const Json& a : parts->appointments)
    meetings.push_back(json::object{{"href", "/appointments/" + get_string(a, "id")},
                                    {"at", when(r, get_string(a, "start"), get_string(a, "zone"))},
                                    {"state", v.words.word("appointment_state", get_string(a, "state"))}});
  model["meetings"] = std::move(meetings);
  json::array forms;
  for (Form& form : conversation_forms(r, parts->conversation)) {
    std::string name = form.id();
    if (refused && refused->id() == name) {
      form.keep(v.form);
      form.blame(*error, v.words);
    }
    json::object view = form.view(v.words, v.csrf);
    view["summary"] = v.words.say("form." + name);
    if (name == "message" && find(parts->conversation, "reply_waiting_at")) view["open"] = true;
    forms.push_back(std::move(view));
  }
  model["forms"] = std::move(forms);
  return draw(v, "conversation", std::move(model), error ? http::status_of(error->code) : 200);
}

json::object list_row(const Reader& r, const Json& given) {
  json::object row = chip(r, "stage", get_string(given, "stage"));
  row["href"] = "/conversations/" + get_string(given, "id");
  row["name"] = get_string(given, "contact_name", r.words.say("conversation.unnamed"));
  row["topic"] = get_string(given, "topic");
  row["owner"] = get_string(given, "owner_name");
  row["overdue"] = get_bool(given, "overdue");
  row["next"] = row["due"] = nullptr;
  if (const Json* next = find(given, "next_action")) {
    row["next"] = r.words.phrase(get_string(*next, "what"));
    row["due"] = when(r, get_string(*next, "due"), get_string(*next, "zone"));
  }
  return row;
}

// Conversations found by words: their own topic, or their contact's name and addresses.
Result<json::array> found_by(app::Step& step, const std::string& words, const std::string& stage) {
  json::array out;
  std::set<std::string> seen;
  auto take = [&](Json row) {
    if ((stage.empty() || get_string(row, "stage") == stage) && seen.insert(get_string(row, "id")).second)
      out.push_back(std::move(row));
  };
  Json hits = TRY(app::search(step, words));
  for (const Json& hit : hits.as_object().at("data").as_array()) {
    std::string kind = get_string(hit, "kind"), id = get_string(hit, "id");
    if (kind == "conversation") {
      if (auto row = app::get_conversation(step, TRY(ConversationId::parse(id)))) take(std::move(*row));
      continue;
    }
    app::ListFilter filter;
    (kind == "contact" ? filter.contact : filter.organization) = id;
    for (Json& row : TRY(app::list_conversations(step, filter))) take(std::move(row));
  }
  return out;
}

}  // namespace

Reader reader_of(const Visit& v, const std::map<std::string, std::string>& people) {
  return {v.words, v.zone, v.now, people};
}

std::map<std::string, std::string> people_of(const Visit& v) {
  std::map<std::string, std::string> out;
  (void)look(v, [&](app::Step& step) -> Result<Json> {
    out = app::people(step);
    return Json(nullptr);
  });
  return out;
}

json::object conversation_model(const Reader& r, const Json& conversation, const Json& timeline, const Json& promises) {
  json::object c = list_row(r, conversation);
  std::string contact = get_string(conversation, "contact_id");
  c["id"] = get_string(conversation, "id");
  c["contact_href"] = contact.empty() ? std::string() : "/contacts/" + contact;
  c["closed"] = find(conversation, "closed_at") != nullptr;
  c["close_reason"] = r.words.phrase(get_string(conversation, "close_reason"));
  c["waiting"] = when(r, get_string(conversation, "reply_waiting_at"));
  c["snoozed"] = when(r, get_string(conversation, "snoozed_until"));
  c["appointment"] = when(r, get_string(conversation, "appointment_at"));
  const Json* next = find(conversation, "next_action");
  bool system = next && get_string(*next, "by") == "system";
  c["next_by"] = !next ? "" : system ? r.words.say("actor.system") : told(r, get_string(*next, "by"));
  json::array coming, past, owed, running;
  if (const Json* list = find(timeline, "next"))
    for (const Json& t : list->as_array()) coming.push_back(touch_row(r, t));
  if (const Json* list = find(timeline, "data"))
    for (const Json& entry : list->as_array()) past.push_back(timeline_row(r, entry));
  if (const Json* list = find(promises, "data"))
    for (const Json& p : list->as_array()) owed.push_back(promise_row(r, p));
  if (const Json* list = find(conversation, "enrollments"))
    for (const Json& e : list->as_array())
      if (get_string(e, "state") == "active")
        running.push_back(json::object{{"enrollment", get_string(e, "id")},
                                       {"sequence", get_string(e, "name")},
                                       {"started", when(r, get_string(e, "started_at"))},
                                       {"because", told(r, get_string(e, "reason"))}});
  c["coming"] = std::move(coming);
  c["past"] = std::move(past);
  c["owed"] = std::move(owed);
  c["running"] = std::move(running);
  return c;
}

http::Response show_conversation(const Visit& v) { return draw_conversation(v, nullptr, nullptr); }

http::Response show_conversation_with(const Visit& v, const Form& refused, const Error& error) {
  return draw_conversation(v, &refused, &error);
}

http::Response list_conversations(const Visit& v) {
  std::string q = v.query("q"), stage = v.query("stage");
  if (std::ranges::find(kStages, stage) == std::end(kStages)) stage.clear();
  int64_t after = 0;
  if (auto id = ConversationId::parse(v.query("after"))) after = id->value;
  auto found = look(v, [&](app::Step& step) -> Result<Json> {
    if (!q.empty()) return Json(TRY(found_by(step, q, stage)));
    app::ListFilter filter;
    filter.stage = stage;
    filter.after = after;
    filter.limit = kListed;
    return Json(TRY(app::list_conversations(step, filter)));
  });
  if (!found) return draw_error(v, found.error());
  auto people = people_of(v);
  Reader r = reader_of(v, people);
  json::object model = frame(v, v.words.say("nav.conversations"), Room::conversations);
  json::array rows, stages;
  json::array& given = found->as_array();
  std::string more;
  if (q.empty() && given.size() > static_cast<size_t>(kListed)) {
    given.pop_back();
    more = "/conversations?stage=" + stage + "&after=" + get_string(given.back(), "id");
  }
  for (const Json& row : given) rows.push_back(list_row(r, row));
  for (std::string_view s : kStages)
    stages.push_back(json::object{{"choice", s}, {"choice_label", v.words.word("stage", s)}, {"checked", s == stage}});
  model["rows"] = std::move(rows);
  model["stages"] = std::move(stages);
  model["q"] = q;
  model["more"] = more;
  return draw(v, "conversations", std::move(model));
}

}  // namespace onward::pages
