#include "pages/conversation_forms.h"

#include "app/conversations.h"
#include "app/notes.h"
#include "app/sequences.h"

namespace onward::pages {
namespace {

using Kind = Field::Kind;
constexpr std::string_view kObjections[] = {"price", "timing", "authority", "trust", "need", "competitor"};
constexpr std::string_view kCurrencies[] = {"EUR", "USD", "GBP", "CHF", "CAD"};

std::vector<Choice> choices_of(const Words& words, std::string_view group,
                               std::initializer_list<std::string_view> values, std::string_view chosen) {
  std::vector<Choice> out;
  for (std::string_view v : values) out.push_back({std::string(v), words.word(group, v), v == chosen});
  return out;
}

std::string path_of(const std::string& conversation, std::string_view what) {
  return "/conversations/" + conversation + "/" + std::string(what);
}

Form message_form(const Reader& r, const std::string& id) {
  const Words& w = r.words;
  Form message("message", path_of(id, "message"), w.say("message.submit"));
  message.add({.name = "subject", .label = w.say("message.subject"), .required = true})
      .add({.name = "body",
            .label = w.say("message.body"),
            .kind = Kind::area,
            .required = true,
            .hint = w.say("message.hint"),
            .rows = 7});
  return message;
}

Form reply_form(const Reader& r, const std::string& id) {
  const Words& w = r.words;
  Form reply("reply", path_of(id, "reply"), w.say("reply.submit"));
  reply.add({.name = "text", .label = w.say("reply.text"), .kind = Kind::area, .required = true})
      .add({.name = "channel",
            .label = w.say("reply.channel"),
            .kind = Kind::select,
            .choices = choices_of(w, "channel", {"email", "phone", "sms", "chat", "walk_in"}, "email")})
      .add({.name = "at",
            .label = w.say("reply.at"),
            .kind = Kind::moment,
            .hint = w.say("reply.at_hint", {{"zone", r.zone.name()}})})
      .add({.name = "next_touch_at",
            .label = w.say("reply.next"),
            .kind = Kind::moment,
            .hint = w.say("reply.next_hint")});
  return reply;
}

Form note_form(const Reader& r, const std::string& id) {
  const Words& w = r.words;
  Form note("note", path_of(id, "note"), w.say("note.submit"));
  note.add({.name = "text", .label = w.say("note.text"), .kind = Kind::area, .required = true});
  return note;
}

Form task_form(const Reader& r, const std::string& id) {
  const Words& w = r.words;
  Form task("task", path_of(id, "task"), w.say("task.submit"));
  task.add({.name = "title", .label = w.say("task.what"), .required = true})
      .add({.name = "kind",
            .label = w.say("task.kind"),
            .kind = Kind::select,
            .choices = choices_of(w, "task_kind", {"call", "letter", "other"}, "call")})
      .add({.name = "due_at",
            .label = w.say("task.due"),
            .kind = Kind::moment,
            .required = true,
            .hint = w.say("form.zone", {{"zone", r.zone.name()}})});
  return task;
}

Form outcome_form(const Reader& r, const std::string& id) {
  const Words& w = r.words;
  Form outcome("outcome", path_of(id, "outcome"), w.say("outcome.submit"));
  std::vector<Choice> currencies;
  for (std::string_view c : kCurrencies) currencies.push_back({std::string(c), std::string(c), c == "EUR"});
  outcome
      .add({.name = "kind",
            .label = w.say("outcome.kind"),
            .kind = Kind::radios,
            .required = true,
            .choices = choices_of(w, "stage", {"won", "lost", "dormant"}, "")})
      .add({.name = "amount", .label = w.say("outcome.amount"), .kind = Kind::number})
      .add({.name = "currency", .label = w.say("outcome.currency"), .kind = Kind::select, .choices = currencies})
      .add({.name = "reason", .label = w.say("outcome.reason")});
  return outcome;
}

Form stage_form(const Reader& r, const std::string& id, const std::string& chosen) {
  const Words& w = r.words;
  Form stage("stage", path_of(id, "stage"), w.say("stage.submit"));
  stage
      .add({.name = "stage",
            .label = w.say("stage.stage"),
            .kind = Kind::select,
            .choices = choices_of(w, "stage", {"hand_raised", "qualified", "booked", "met", "following_up", "proposal"},
                                  chosen)})
      .add({.name = "appointment_at",
            .label = w.say("stage.appointment"),
            .kind = Kind::moment,
            .hint = w.say("stage.appointment_hint", {{"zone", r.zone.name()}})});
  return stage;
}

Form missed_form(const Reader& r, const std::string& id) {
  const Words& w = r.words;
  Form missed("no_show", path_of(id, "no-show"), w.say("no_show.submit"));
  missed.add({.name = "cause",
              .label = w.say("no_show.cause"),
              .kind = Kind::select,
              .choices = choices_of(w, "cause", {"customer", "advisor", "technical", "unknown"}, "customer")});
  return missed;
}

// Reads, validates, does; then the conversation again, or its page with the refused form.
http::Response submit(const Visit& v, const std::string& form, Result<Json> body, const Shape& shape,
                      const std::function<Result<Json>(app::Step&, ConversationId, const Json&)>& work) {
  auto id = path_id<ConversationId>(v);
  if (!id) return draw_error(v, id.error());
  if (body)
    if (Status valid = shape.validate(*body); !valid) body = fail(valid.error());
  Result<Json> done = body ? change(v, [&](app::Step& step) { return work(step, *id, *body); }) : std::move(body);
  if (done) return see("/conversations/" + id->text());
  if (done.error().code != Code::invalid && done.error().code != Code::conflict) return draw_error(v, done.error());
  return show_conversation_with(v, Form(form, "", ""), done.error());
}

// A button without fields.
http::Response press(const Visit& v, const std::function<Result<Json>(app::Step&, ConversationId)>& work) {
  auto id = path_id<ConversationId>(v);
  auto done = id ? change(v, [&](app::Step& step) { return work(step, *id); }) : Result<Json>(fail(id.error()));
  if (!done) return draw_error(v, done.error());
  return back(v, "/conversations/" + id->text());
}

http::Response draw_talk(const Visit& v, const Error* error) {
  std::vector<AssetChoice> assets;
  auto id = path_id<ConversationId>(v);
  auto c = !id ? Result<Json>(fail(id.error())) : look(v, [&](app::Step& step) {
    assets = promisable(step);
    return app::get_conversation(step, *id);
  });
  if (!c) return draw_error(v, c.error());
  auto people = people_of(v);
  Form form = talk_form(reader_of(v, people), id->text(), assets);
  if (error) {
    form.keep(v.form);
    form.blame(*error, v.words);
  }
  json::object model = frame(v, v.words.say("talk.title"), Room::conversations);
  model["name"] = get_string(*c, "contact_name", v.words.say("conversation.unnamed"));
  model["back_href"] = "/conversations/" + id->text();
  model["form"] = form.view(v.words, v.csrf);
  return draw(v, "talk", std::move(model), error ? http::status_of(error->code) : 200);
}

std::optional<Instant> snooze_until(const Visit& v, const std::string& preset) {
  Date today = v.zone.date(v.now);
  constexpr Millis kMorning{9 * 3'600'000};
  if (preset == "later") return v.now + Millis{3 * 3'600'000};
  if (preset == "tomorrow") return v.zone.at({add_days(today, 1), kMorning});
  if (preset == "week") return v.zone.at({add_days(today, 7), kMorning});
  return std::nullopt;
}

}  // namespace

http::Response back(const Visit& v, const std::string& fallback) {
  return see(v.typed("from") == "today" ? "/today" : fallback);
}

std::vector<AssetChoice> promisable(app::Step& step) {
  std::vector<AssetChoice> out;
  for (const library::Asset& a : step.catalog().assets)
    if (a.kind != "template" && a.kind != "snippet" && a.usable(step.now)) out.push_back({a.id.text(), a.title});
  return out;
}

Form talk_form(const Reader& r, const std::string& conversation, const std::vector<AssetChoice>& assets) {
  const Words& w = r.words;
  std::vector<Choice> boxes, objections;
  for (const AssetChoice& a : assets) boxes.push_back({a.id, a.title});
  for (std::string_view o : kObjections) objections.push_back({std::string(o), w.word("objection", o)});
  Form form("talk", path_of(conversation, "talk"), w.say("talk.submit"));
  form.add({.name = "held_at",
            .label = w.say("talk.held_at"),
            .kind = Kind::moment,
            .required = true,
            .value = local_value(r.now, r.zone),
            .hint = w.say("form.zone", {{"zone", r.zone.name()}})})
      .add({.name = "summary", .label = w.say("talk.summary"), .kind = Kind::area, .required = true, .rows = 5})
      .add({.name = "key_points",
            .label = w.say("talk.key_points"),
            .kind = Kind::area,
            .hint = w.say("form.one_a_line")})
      .add({.name = "next_steps",
            .label = w.say("talk.next_steps"),
            .kind = Kind::pairs,
            .hint = w.say("talk.next_steps_hint"),
            .rows = kNextStepRows});
  if (!boxes.empty())
    form.add({.name = "assets", .label = w.say("talk.assets"), .kind = Kind::checks, .choices = boxes});
  form.add({.name = "objections", .label = w.say("talk.objections"), .kind = Kind::checks, .choices = objections})
      .add({.name = "recap",
            .label = w.say("talk.recap"),
            .kind = Kind::checks,
            .choices = {{"yes", w.say("talk.recap_yes"), true}}});
  return form;
}

std::vector<Form> conversation_forms(const Reader& r, const Json& conversation) {
  std::string id = get_string(conversation, "id");
  if (find(conversation, "closed_at")) return {reply_form(r, id), note_form(r, id)};
  std::vector<Form> out = {message_form(r, id), reply_form(r, id), note_form(r, id), task_form(r, id),
                           stage_form(r, id, get_string(conversation, "stage"))};
  if (find(conversation, "appointment_at")) out.push_back(missed_form(r, id));
  out.push_back(outcome_form(r, id));
  return out;
}

http::Response show_talk_form(const Visit& v) { return draw_talk(v, nullptr); }

http::Response log_talk(const Visit& v) {
  auto id = path_id<ConversationId>(v);
  if (!id) return draw_error(v, id.error());
  auto body = Typed(v.form, v.zone)
                  .moment("held_at")
                  .text("summary")
                  .lines("key_points")
                  .pairs("next_steps", kNextStepRows)
                  .checked("assets")
                  .checked("objections")
                  .flag("recap")
                  .body();
  if (body)
    if (Status valid = app::talk_shape().validate(*body); !valid) body = fail(valid.error());
  auto done = body ? change(v, [&](app::Step& step) { return app::log_talk(step, *id, *body); }) : std::move(body);
  if (done) return see("/conversations/" + id->text());
  if (done.error().code != Code::invalid && done.error().code != Code::conflict) return draw_error(v, done.error());
  return draw_talk(v, &done.error());
}

http::Response log_reply(const Visit& v) {
  auto body = Typed(v.form, v.zone).text_always("text").text("channel").moment("at").moment("next_touch_at").body();
  return submit(v, "reply", std::move(body), app::reply_shape(), app::log_reply);
}

http::Response write_message(const Visit& v) {
  auto body = Typed(v.form, v.zone).text("subject").text("body").body();
  return submit(v, "message", std::move(body), app::message_shape(), app::write_message);
}

http::Response add_note(const Visit& v) {
  static const Shape shape = shape::object({{"text", shape::text(1, 10000), shape::required, "What to remember"}});
  auto body = Typed(v.form, v.zone).text("text").body();
  return submit(v, "note", std::move(body), shape,
                [](app::Step& step, ConversationId id, const Json& b) { return app::add_note(step, id, b); });
}

http::Response add_task(const Visit& v) {
  auto body = Typed(v.form, v.zone).text("title").text("kind").moment("due_at").body();
  return submit(v, "task", std::move(body), app::task_shape(), app::add_task);
}

http::Response set_outcome(const Visit& v) {
  Typed typed(v.form, v.zone);
  typed.text("kind").text("reason");
  if (!v.typed("amount").empty()) typed.number("amount").text("currency");
  return submit(v, "outcome", typed.body(), app::outcome_shape(), app::set_outcome);
}

http::Response set_stage(const Visit& v) {
  auto body = Typed(v.form, v.zone).text("stage").moment("appointment_at").body();
  return submit(v, "stage", std::move(body), app::stage_shape(), app::set_stage);
}

http::Response log_no_show(const Visit& v) {
  return submit(v, "no_show", Typed(v.form, v.zone).text("cause").body(), app::no_show_shape(), app::log_no_show);
}

http::Response answer_reply(const Visit& v) { return press(v, app::answer_reply); }
http::Response reopen(const Visit& v) { return press(v, app::reopen); }

http::Response snooze(const Visit& v) {
  auto until = snooze_until(v, v.typed("until"));
  Json body = json::object{{"until", until ? Json(format_rfc3339(*until)) : Json(nullptr)}};
  return press(v, [&](app::Step& step, ConversationId id) { return app::snooze(step, id, body); });
}

http::Response stop_sequence(const Visit& v) {
  return press(v, [&](app::Step& step, ConversationId) -> Result<Json> {
    auto id = EnrollmentId::parse(v.typed("enrollment"));
    if (!id) return fail(Code::not_found, "there is no such running enrollment");
    return app::stop_enrollment(step, *id, "stopped by " + v.caller().actor());
  });
}

http::Response opt_out(const Visit& v) {
  return press(v, [&](app::Step& step, ConversationId id) -> Result<Json> {
    Json c = TRY(app::get_conversation(step, id));
    auto contact = ContactId::parse(get_string(c, "contact_id"));
    if (!contact) return fail(Code::conflict, "no contact is named in this conversation");
    return app::opt_out(step, *contact, "recorded by " + v.caller().actor());
  });
}

}  // namespace onward::pages
