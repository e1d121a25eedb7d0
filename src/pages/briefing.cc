// /appointments/{id}: what a host reads before an appointment; /files/{id}: a file that a customer gave as an answer.
#include "app/booking/briefing.h"
#include "app/booking/appointments.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/qualification/uploads.h"
#include "http/form.h"
#include "pages/appointment_desk.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

json::array answer_rows(const Json& answers) {
  json::array out;
  for (const Json& a : answers.as_array()) {
    const Json* value = find(a, "value");
    std::string file = value && value->is_object() ? get_string(*value, "id") : "";
    out.push_back(json::object{{"question", get_string(a, "label")},
                               {"answer", file.empty() ? get_string(a, "shown") : get_string(*value, "name")},
                               {"file_href", file.empty() ? "" : "/files/" + file}});
  }
  return out;
}

json::array reason_rows(const Reader& r, const Json& attribution) {
  json::array out;
  for (const Json& reason : attribution.at("reasons").as_array()) {
    double points = get_double(reason, "points");
    out.push_back(json::object{{"reason", r.words.word("routing", get_string(reason, "key"))},
                               {"points", fmt::format("{}{:.4g}", points > 0 ? "+" : "", points)}});
  }
  return out;
}

json::object history_rows(const Reader& r, const Json& history) {
  json::array conversations, appointments, talks;
  for (const Json& c : history.at("conversations").as_array()) {
    json::object row = chip(r, "stage", get_string(c, "stage"));
    row["href"] = "/conversations/" + get_string(c, "id");
    row["topic"] = get_string(c, "topic", r.words.say("conversation.no_topic"));
    row["opened"] = when(r, get_string(c, "opened_at"));
    row["because"] = r.words.phrase(get_string(c, "close_reason"));
    conversations.push_back(std::move(row));
  }
  for (const Json& a : history.at("appointments").as_array())
    appointments.push_back(json::object{{"href", "/appointments/" + get_string(a, "id")},
                                        {"at", when(r, get_string(a, "start"), get_string(a, "zone"))},
                                        {"state", r.words.word("appointment_state", get_string(a, "state"))}});
  for (const Json& t : history.at("talks").as_array())
    talks.push_back(json::object{{"at", when(r, get_string(t, "held_at"))}, {"summary", get_string(t, "summary")}});
  int64_t elsewhere = get_int(history, "elsewhere");
  return {{"conversations", std::move(conversations)},
          {"appointments", std::move(appointments)},
          {"talks", std::move(talks)},
          {"elsewhere", elsewhere ? Json(r.words.count("briefing.elsewhere", elsewhere)) : Json(nullptr)}};
}

json::object briefing_model(const Reader& r, const Json& b) {
  const Json& a = b.at("appointment");
  json::object out = history_rows(r, b.at("history"));
  const Json* contact = find(b, "contact");
  out["name"] = contact ? get_string(*contact, "name") : r.words.say("conversation.unnamed");
  out["contact_href"] = contact ? "/contacts/" + get_string(*contact, "id") : "";
  out["organization"] = contact ? get_string(*contact, "organization") : "";
  out["language"] = contact ? get_string(*contact, "language") : "";
  out["meeting"] = get_string(b.at("meeting_type"), "name");
  out["start"] = when(r, get_string(a, "start"), get_string(a, "zone"));
  out["how"] = r.words.word("meet", get_string(a, "channel"));
  out["place"] = get_string(a, "place");
  out["note"] = get_string(a, "note");
  out["state"] = r.words.word("appointment_state", get_string(a, "state"));
  out["conversation_href"] = "/conversations/" + get_string(a, "conversation_id");
  out["answers"] = answer_rows(b.at("answers"));
  json::array objections, read, notes;
  for (const Json& o : b.at("objections").as_array())
    objections.push_back(json::object{{"objection", r.words.word("objection", o.as_string())}});
  for (const Json& x : b.at("read").as_array())
    read.push_back(json::object{{"title", get_string(x, "title")},
                                {"times", r.words.count("timeline.views", get_int(x, "views"))},
                                {"at", when(r, get_string(x, "last_view_at"))}});
  for (const Json& n : b.at("notes").as_array())
    notes.push_back(json::object{{"text", get_string(n, "text")},
                                 {"by", told(r, get_string(n, "author"))},
                                 {"at", when(r, get_string(n, "at"))}});
  out["objections"] = std::move(objections);
  out["read"] = std::move(read);
  out["notes"] = std::move(notes);
  out["why"] = nullptr;
  if (const Json* why = find(b, "attribution")) {
    std::string by = get_string(*why, "override_by");
    out["why"] = json::object{{"host", told(r, get_string(*why, "chosen"))},
                              {"reasons", reason_rows(r, *why)},
                              {"fixed", get_string(*why, "method") == "fixed"},
                              {"by", by.empty() ? Json(nullptr) : Json(told(r, by))},
                              {"override_reason", get_string(*why, "override_reason")}};
  }
  return out;
}

}  // namespace

http::Response show_briefing(const Visit& v) { return draw_briefing(v, nullptr); }

http::Response draw_briefing(const Visit& v, const Refused* refused) {
  auto id = path_id<AppointmentId>(v);
  std::vector<AdvisorId> hosts;
  auto found = id ? look(v,
                         [&](app::Step& step) -> Result<Json> {
                           Json told = TRY(app::booking::briefing(step, *id, v.words.language()));
                           auto a = TRY(app::booking::find_appointment(step, *id));
                           if (auto type = app::booking::find_meeting_type(step, a.type))
                             for (const auto& host : type->hosts)
                               if (host.advisor != a.advisor) hosts.push_back(host.advisor);
                           return told;
                         })
                  : Result<Json>(fail(id.error()));
  if (!found) return draw_error(v, found.error());
  auto people = people_of(v);
  Reader r = reader_of(v, people);
  json::object model = frame(v, v.words.say("briefing.title"), Room::conversations);
  model["b"] = briefing_model(r, *found);
  std::vector<Choice> others;
  for (AdvisorId host : hosts)
    if (auto name = people.find(host.text()); name != people.end()) others.push_back({host.text(), name->second});
  model["forms"] = appointment_forms(v, found->at("appointment"), others, refused);
  model["has_forms"] = !model["forms"].as_array().empty();
  return draw(v, "briefing", std::move(model), refused ? http::status_of(refused->error.code) : 200);
}

// Never shown in the browser: whatever it says it is, it is saved.
http::Response show_file(const Visit& v) {
  auto id = path_id<UploadId>(v);
  if (!id) return draw_error(v, id.error());
  app::File file;
  auto found = look(v, [&](app::Step& step) -> Result<Json> {
    file = TRY(app::read_upload(step, *id));
    return Json(nullptr);
  });
  if (!found) return draw_error(v, found.error());
  http::Response r = http::Response::text(200, std::move(file.content));
  r.set("Content-Type", "application/octet-stream")
      .set("Content-Disposition", "attachment; filename*=UTF-8''" + http::percent_encode(file.upload.name))
      .set("X-Content-Type-Options", "nosniff")
      .set("Content-Security-Policy", "default-src 'none'; sandbox")
      .set("Cache-Control", "no-store");
  return r;
}

}  // namespace onward::pages
