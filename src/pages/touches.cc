// One message or task: read, edited, approved, moved, skipped, done; and what a promise's buttons do.
#include "app/touches.h"

#include "app/conversations.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

using Kind = Field::Kind;

Form edit_form(const Visit& v, const Json& touch) {
  const Words& w = v.words;
  auto next = parse_rfc3339(get_string(touch, "next_at", get_string(touch, "due_at")));
  Form form("edit", "/touches/" + get_string(touch, "id") + "/edit", w.say("touch.save"));
  if (get_string(touch, "kind") != "task")
    form.add({.name = "subject",
              .label = w.say("message.subject"),
              .required = true,
              .value = get_string(touch, "subject")})
        .add({.name = "body",
              .label = w.say("message.body"),
              .kind = Kind::area,
              .required = true,
              .value = get_string(touch, "body"),
              .rows = 14});
  form.add({.name = "due_at",
            .label = w.say("touch.move"),
            .kind = Kind::moment,
            .value = next ? local_value(*next, v.zone) : "",
            .hint = w.say("touch.move_hint", {{"zone", v.zone.name()}})});
  return form;
}

std::string conversation_path(const Json& touch) { return "/conversations/" + get_string(touch, "conversation_id"); }

http::Response draw_touch(const Visit& v, const Error* error) {
  auto id = path_id<TouchId>(v);
  Json c;
  auto touch = !id ? Result<Json>(fail(id.error())) : look(v, [&](app::Step& step) -> Result<Json> {
    Json t = TRY(app::get_touch(step, *id));
    c = TRY(app::get_conversation(step, TRY(ConversationId::parse(get_string(t, "conversation_id")))));
    return t;
  });
  if (!touch) return draw_error(v, touch.error());
  auto people = people_of(v);
  Reader r = reader_of(v, people);
  std::string state = get_string(*touch, "state");
  bool open = !find(*touch, "ended_at"),
       message = get_string(*touch, "kind") == "email" || get_string(*touch, "kind") == "asset";
  Form form = edit_form(v, *touch);
  if (error && !v.typed("due_at").empty()) form.keep(v.form);
  if (error) form.blame(*error, v.words);
  json::object model = frame(v, v.words.phrase(get_string(*touch, "title")), Room::conversations);
  json::object row = touch_row(r, *touch);
  row["name"] = get_string(c, "contact_name", v.words.say("conversation.unnamed"));
  row["conversation_href"] = conversation_path(*touch);
  row["expires"] = when(r, get_string(*touch, "expires_at"), get_string(*touch, "zone"));
  row["sent"] = when(r, get_string(*touch, "sent_at"));
  row["in_doubt"] = state == "in_doubt";
  row["evidence"] = told(r, get_string(*touch, "evidence"));
  row["may_edit"] = open && v.caller().may_change() &&
                    (state == "planned" || state == "draft" || state == "approved") &&
                    get_string(*touch, "kind") != "close";
  row["may_skip"] = open && v.caller().may_change() && state != "sending" && state != "in_doubt";
  row["message"] = message;
  if (const Json* talk = find(c, "last_talk"); talk && message) row["source"] = get_string(*talk, "summary");
  model["x"] = std::move(row);
  model["form"] = form.view(v.words, v.csrf);
  return draw(v, "touch", std::move(model), error ? http::status_of(error->code) : 200);
}

using Work = std::function<Result<Json>(app::Step&, TouchId)>;

http::Response press(const Visit& v, const Work& work) {
  auto id = path_id<TouchId>(v);
  auto done = id ? change(v, [&](app::Step& step) { return work(step, *id); }) : Result<Json>(fail(id.error()));
  if (done) return back(v, conversation_path(*done));
  bool typed = done.error().code == Code::invalid || done.error().code == Code::conflict;
  if (id && typed) return draw_touch(v, &done.error());
  return draw_error(v, done.error());
}

http::Response press_promise(const Visit& v, const std::function<Result<Json>(app::Step&, PromiseId)>& work) {
  auto id = path_id<PromiseId>(v);
  auto done = id ? change(v, [&](app::Step& step) { return work(step, *id); }) : Result<Json>(fail(id.error()));
  if (!done) return draw_error(v, done.error());
  return back(v, conversation_path(*done) + "#promises");
}

}  // namespace

http::Response show_touch(const Visit& v) { return draw_touch(v, nullptr); }

http::Response approve_touch(const Visit& v) { return press(v, app::approve_touch); }

// Only what was really changed is an edit; saving an untouched form changes nothing.
http::Response edit_touch(const Visit& v) {
  return press(v, [&](app::Step& step, TouchId id) -> Result<Json> {
    Json before = TRY(app::get_touch(step, id));
    Json given = TRY(Typed(v.form, v.zone).text("subject").text("body").moment("due_at").body());
    json::object body;
    for (std::string_view key : {"subject", "body"})
      if (http::form_value(v.form, key) && get_string(given, key) != get_string(before, key))
        body[key] = get_string(given, key);
    auto due = parse_rfc3339(get_string(before, "next_at", get_string(before, "due_at")));
    if (!v.typed("due_at").empty() && due && local_value(*due, v.zone) != v.typed("due_at"))
      body["due_at"] = get_string(given, "due_at");
    if (!body.empty()) {
      TRY_VOID(app::edit_shape().validate(Json(body)));
      before = TRY(app::edit_touch(step, id, Json(body)));
    }
    if (!v.typed("approve").empty()) return app::approve_touch(step, id);
    return before;
  });
}

http::Response skip_touch(const Visit& v) {
  return press(v, [&](app::Step& step, TouchId id) -> Result<Json> {
    Json body = json::object{{"reason", v.typed("reason")}};
    TRY_VOID(app::skip_shape().validate(body));
    return app::skip_touch(step, id, body);
  });
}

http::Response finish_task(const Visit& v) {
  return press(v, [&](app::Step& step, TouchId id) -> Result<Json> {
    Json body = TRY(Typed(v.form, v.zone).text("note").body());
    TRY_VOID(app::done_shape().validate(body));
    return app::finish_task(step, id, body);
  });
}

http::Response resolve_touch(const Visit& v) {
  return press(v, [&](app::Step& step, TouchId id) {
    return app::resolve_touch(step, id, Json(json::object{{"arrived", v.typed("arrived") == "yes"}}));
  });
}

http::Response keep_promise(const Visit& v) {
  return press_promise(v,
                       [](app::Step& step, PromiseId id) { return app::keep_promise(step, id, Json(json::object{})); });
}

http::Response waive_promise(const Visit& v) {
  return press_promise(v, [&](app::Step& step, PromiseId id) -> Result<Json> {
    Json body = TRY(Typed(v.form, v.zone).text("reason").body());
    TRY_VOID(app::waive_shape().validate(body));
    return app::waive_promise(step, id, body);
  });
}

}  // namespace onward::pages
