// What advisors do, on most days: approve, edit, skip or forget drafts, do tasks late, log talks early or late, write,
// hand over, close.
#include <fmt/format.h>

#include "app/conversations.h"
#include "app/sequences.h"
#include "app/touches.h"
#include "sim/simulation.h"

namespace onward::sim {
namespace {

constexpr int kListed = 50;

TouchId touch_in(const Json& view) { return *TouchId::parse(get_string(view, "id")); }

}  // namespace

void Simulation::advisor_day(size_t a) {
  Instant now = world_.now();
  Zone zone = advisors_[a].zone;
  Date tomorrow = add_days(zone.date(now), 1);
  at(zone.at({tomorrow, std::chrono::hours{9}}) + Millis{people_.below(7 * 3'600'000)}, [this, a] { advisor_day(a); });
  Weekday day = weekday_of(zone.date(now));
  if (day == std::chrono::Sunday || day == std::chrono::Saturday || now < advisors_[a].back_at || people_.chance(0.15))
    return;
  work_on_drafts(a);
  work_on_tasks(a);
  resolve_doubts(a);
  for (size_t i = 0; i < talks_.size(); ++i)
    if (talks_[i].advisor == a) act([&] { care_for(i); });
}

void Simulation::work_on_drafts(size_t a) {
  Caller me = world_.as(advisors_[a].id);
  json::array drafts;
  auto listed = world_.look(
      me, [&](Step& s) -> Result<Json> { return Json(TRY(app::list_touches(s, "draft", {}, 0, kListed))); });
  if (!tell("looks", listed)) return;
  for (const Json& draft : listed->as_array()) {
    TouchId id = touch_in(draft);
    double draw = people_.unit();
    if (draw < 0.2) {
      json::object edit{{"subject", "Another subject"}, {"body", "By hand.\n"}};
      if (people_.chance(0.3)) edit["due_at"] = format_rfc3339(world_.now() + std::chrono::hours{people_.below(72)});
      tell("edits", world_.call(me, [&](Step& s) { return app::edit_touch(s, id, edit); }));
    }
    if (draw < 0.6)
      tell("approvals", world_.call(me, [&](Step& s) { return app::approve_touch(s, id); }));
    else if (draw < 0.7)
      tell("skips", world_.call(me, [&](Step& s) { return app::skip_touch(s, id, json::object{}); }));
  }
}

void Simulation::work_on_tasks(size_t a) {
  Caller me = world_.as(advisors_[a].id);
  auto listed = world_.look(
      me, [&](Step& s) -> Result<Json> { return Json(TRY(app::list_touches(s, "planned", {}, 0, kListed))); });
  if (!tell("looks", listed)) return;
  for (const Json& t : listed->as_array()) {
    TouchId id = touch_in(t);
    bool task = get_string(t, "kind") == "task";
    if (task && people_.chance(0.3))
      tell("tasks", world_.call(me, [&](Step& s) { return app::finish_task(s, id, json::object{{"note", "done"}}); }));
    else if (people_.chance(0.03))
      tell("skips", world_.call(me, [&](Step& s) { return app::skip_touch(s, id, json::object{{"reason", "no"}}); }));
    else if (!task && people_.chance(0.03)) {
      json::object edit{{"due_at", format_rfc3339(world_.now() + std::chrono::hours{people_.below(72)})}};
      tell("edits", world_.call(me, [&](Step& s) { return app::edit_touch(s, id, edit); }));
    }
  }
}

// They ask the customer, who knows.
void Simulation::resolve_doubts(size_t a) {
  Caller me = world_.as(advisors_[a].id);
  auto listed = world_.look(
      me, [&](Step& s) -> Result<Json> { return Json(TRY(app::list_touches(s, "in_doubt", {}, 0, kListed))); });
  if (!tell("looks", listed)) return;
  for (const Json& t : listed->as_array()) {
    if (!people_.chance(0.4)) continue;
    TouchId id = touch_in(t);
    bool arrived = arrived_.contains(id.value);
    tell("doubts resolved", world_.call(me, [&](Step& s) {
      return app::resolve_touch(s, id, json::object{{"arrived", arrived}});
    }));
  }
}

void Simulation::care_for(size_t i) {
  double draw = people_.unit();
  if (draw < 0.05) return talk(i);
  if (draw < 0.20) return small_move(i);
  if (draw < 0.25) return rare_move(i);
}

Json Simulation::talk_body(Instant held_at) {
  json::object body{{"summary", "We spoke about the plan"}, {"held_at", format_rfc3339(held_at)}};
  json::array steps, assets;
  for (uint64_t n = people_.below(3); n > 0; --n) {
    json::object step{{"what", fmt::format("Step {}", n)}};
    if (people_.chance(0.7)) step["due"] = format_rfc3339(held_at + std::chrono::hours{people_.below(24 * 10)});
    steps.push_back(std::move(step));
  }
  if (people_.chance(0.5)) assets.push_back(json::string(one_of(assets_).text()));
  body["next_steps"] = std::move(steps);
  body["assets"] = std::move(assets);
  if (people_.chance(0.4)) body["objections"] = json::array{people_.chance(0.5) ? "price" : "timing"};
  if (people_.chance(0.1)) body["recap"] = false;
  return body;
}

void Simulation::talk(size_t i) {
  Millis ago{people_.chance(0.6) ? people_.below(3'600'000) : people_.below(4 * 24 * 3'600'000ull)};
  Json body = talk_body(world_.now() - ago);
  tell("talks", world_.call(world_.as(advisors_[talks_[i].advisor].id),
                            [&](Step& s) { return app::log_talk(s, talks_[i].id, body); }));
}

void Simulation::small_move(size_t i) {
  ConversationId id = talks_[i].id;
  Caller me = world_.as(advisors_[talks_[i].advisor].id);
  std::string soon = format_rfc3339(world_.now() + std::chrono::hours{1 + people_.below(24 * 7)});
  auto call = [&](const char* what, const World::Work& work) { tell(what, world_.call(me, work)); };
  switch (people_.below(6)) {
    case 0: return call("answers", [&](Step& s) { return app::answer_reply(s, id); });
    case 1:
      return call("messages", [&](Step& s) {
        return app::write_message(s, id, json::object{{"subject", "Hello"}, {"body", "By hand.\n"}});
      });
    case 2:
      return call("tasks added", [&](Step& s) {
        return app::add_task(s, id, json::object{{"title", "Do"}, {"due_at", soon}});
      });
    case 3: return call("snoozes", [&](Step& s) { return app::snooze(s, id, json::object{{"until", soon}}); });
    case 4:
      return call("stages", [&](Step& s) {
        return app::set_stage(s, id, json::object{{"stage", people_.chance(0.5) ? "proposal" : "following_up"}});
      });
    default:
      Rows owed = world_.rows("sim_owed_promises", {id.value});
      if (owed.empty()) return;
      PromiseId promise{owed.integer(people_.below(owed.size()), 0)};
      if (people_.chance(0.6))
        return call("promises kept", [&](Step& s) {
          return app::keep_promise(s, promise, json::object{{"note", "in person"}});
        });
      return call("promises waived", [&](Step& s) {
        return app::waive_promise(s, promise, json::object{{"reason", "not needed"}});
      });
  }
}

Result<Json> Simulation::do_outcome(ConversationId id) {
  json::object body{{"kind", people_.chance(0.4) ? "won" : people_.chance(0.7) ? "lost" : "dormant"}};
  if (get_string(body, "kind") == "won") body["amount"] = 1200.5, body["currency"] = "EUR";
  return world_.call([&](Step& s) { return app::set_outcome(s, id, body); });
}

void Simulation::rare_move(size_t i) {
  ConversationId id = talks_[i].id;
  Caller me = world_.as(advisors_[talks_[i].advisor].id);
  switch (people_.below(5)) {
    case 0: tell("outcomes", do_outcome(id)); return;
    case 1: tell("reopened", world_.call(me, [&](Step& s) { return app::reopen(s, id); })); return;
    case 2: {
      Rows active = world_.rows("sim_active_enrollments", {id.value});
      if (active.empty()) return;
      tell("enrollments stopped",
           world_.call(me, [&](Step& s) { return app::stop_enrollment(s, {active.integer(0, 0)}, "not now"); }));
      return;
    }
    case 3: {
      Rows all = world_.rows("sequence_by_name", {std::string("Advice: By hand")});
      SequenceId sequence{all.integer(0, 0)};
      tell("enrollments", world_.call(me, [&](Step& s) { return app::add_enrollment(s, id, sequence); }));
      return;
    }
    default: {
      size_t other = people_.below(advisors_.size());
      json::object body{{"owner_id", advisors_[other].id.text()}};
      if (tell("hand-overs", world_.call([&](Step& s) { return app::change_conversation(s, id, body); })))
        talks_[i].advisor = other;
    }
  }
}

}  // namespace onward::sim
