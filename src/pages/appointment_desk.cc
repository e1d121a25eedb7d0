// What staff do with an appointment, beneath its briefing: each step of its life as a small form.
#include "app/booking/approval.h"

#include <algorithm>

#include "pages/appointment_desk.h"
#include "pages/handlers.h"

namespace onward::pages {

namespace booking = app::booking;
using Kind = Field::Kind;

namespace {

constexpr Millis kEarly = std::chrono::hours{1};  // people may come before their time

struct Action {
  std::string_view name;  // last part of its address, and of its words
  const Shape& (*shape)();
  Result<Json> (*work)(app::Step&, AppointmentId, const Json&);
};

const Shape& nothing() {
  static const Shape s = shape::object({});
  return s;
}
template <Result<Json> (*Do)(app::Step&, AppointmentId)>
Result<Json> plain(app::Step& step, AppointmentId id, const Json&) {
  return Do(step, id);
}

constexpr Action kActions[] = {
    {"approve", nothing, plain<booking::approve>},         {"decline", booking::decline_shape, booking::decline},
    {"confirm", nothing, plain<booking::confirm>},         {"check-in", nothing, plain<booking::check_in>},
    {"late", booking::late_shape, booking::running_late},  {"held", nothing, plain<booking::held>},
    {"no-show", booking::no_show_shape, booking::no_show}, {"reassign", booking::reassign_shape, booking::reassign},
    {"cancel", booking::cancel_shape, booking::cancel}};

bool applies(std::string_view action, const std::string& state, bool near, bool begun) {
  if (action == "approve" || action == "decline") return state == "requested";
  if (action == "cancel" || action == "reassign")
    return state == "requested" || state == "booked" || state == "confirmed" || state == "checked_in";
  if (action == "confirm") return state == "booked" && !begun;
  if (state != "booked" && state != "confirmed" && state != "checked_in") return false;
  if (action == "check-in") return state != "checked_in" && near;
  if (action == "late") return !begun;
  return action == "held" ? near : begun;  // no-show
}

Form form_of(std::string_view action, const std::string& id, const Words& w, const std::vector<Choice>& hosts) {
  std::string name(action);
  std::string key = "appointment_do." + name;
  Form form("do-" + name, "/appointments/" + id + "/" + name, w.say(key));
  if (action == "decline" || action == "cancel")
    form.add({.name = "reason", .label = w.say("appointment_do.reason"), .hint = w.say("appointment_do.reason_hint")});
  if (action == "late")
    form.add({.name = "minutes", .label = w.say("appointment_do.minutes"), .kind = Kind::number, .required = true});
  if (action == "no-show") {
    std::vector<Choice> causes;
    for (std::string_view cause : {"customer", "advisor", "technical", "unknown"})
      causes.push_back({std::string(cause), w.word("cause", cause), causes.empty()});
    form.add({.name = "cause", .label = w.say("no_show.cause"), .kind = Kind::select, .choices = std::move(causes)});
  }
  if (action == "reassign") {
    form.add({.name = "advisor_id", .label = w.say("appointment_do.host"), .kind = Kind::select, .choices = hosts});
    form.add({.name = "reason", .label = w.say("appointment_do.why")});
  }
  return form;
}

}  // namespace

json::array appointment_forms(const Visit& v, const Json& appointment, const std::vector<Choice>& others,
                              const Refused* refused) {
  json::array out;
  if (!v.caller().may_change()) return out;
  std::string state = get_string(appointment, "state"), id = get_string(appointment, "id");
  Instant start = *parse_rfc3339(get_string(appointment, "start"));
  for (const Action& action : kActions) {
    if (!applies(action.name, state, v.now >= start - kEarly, v.now >= start)) continue;
    if (action.name == "reassign" && others.empty()) continue;
    Form form = form_of(action.name, id, v.words, others);
    if (refused && refused->action == action.name) {
      form.keep(v.form);
      form.blame(refused->error, v.words);
    }
    json::object view = form.view(v.words, v.csrf);
    view["summary"] = v.words.say("appointment_do." + std::string(action.name));
    out.push_back(std::move(view));
  }
  return out;
}

http::Response act_on_appointment(const Visit& v) {
  auto id = path_id<AppointmentId>(v);
  std::string name(v.request.param("action"));
  auto action = std::ranges::find(kActions, name, &Action::name);
  if (!id || action == std::end(kActions))
    return draw_error(v, Error{Code::not_found, "there is no such page", {}, {}});
  Typed typed(v.form, v.zone);
  if (!v.typed("minutes").empty()) typed.number("minutes");
  auto body = typed.text("reason").text("cause").text("advisor_id").body();
  if (body) {
    // A number that was typed is a whole one here.
    if (const Json* n = find(*body, "minutes"); n && n->is_double())
      body->as_object()["minutes"] = static_cast<int64_t>(n->as_double());
    if (Status valid = action->shape().validate(*body); !valid) body = fail(valid.error());
  }
  Result<Json> done =
      body ? change(v, [&](app::Step& step) { return action->work(step, *id, *body); }) : std::move(body);
  if (done) return see("/appointments/" + id->text());
  if (done.error().code != Code::invalid && done.error().code != Code::conflict) return draw_error(v, done.error());
  Refused refused{name, done.error()};
  return draw_briefing(v, &refused);
}

}  // namespace onward::pages
