// What customers do: reply, name a date, book, look, opt out, move away, or say nothing.
#include <fmt/format.h>

#include "app/contacts.h"
#include "app/conversations.h"
#include "sim/simulation.h"

namespace onward::sim {

void Simulation::customer_turn(size_t i) {
  in(some_time(24 * 8), [this, i] { customer_turn(i); });
  double draw = people_.unit();
  if (draw < 0.18) return reply(i, false);
  if (draw < 0.28) return reply(i, true);
  if (draw < 0.31) return book(i);
  if (draw < 0.38) return appoint(i);
  if (draw < 0.46) return look_at_assets(i);
  if (draw < 0.50) return change_mind(i);
  if (draw < 0.54) return move_away(talks_[i].contact);
}

Result<Json> Simulation::do_reply(ConversationId id, bool later) {
  Instant now = world_.now();
  json::object body{{"channel", "email"}, {"text", later ? "later, please" : "thank you, a question"}};
  if (later) body["next_touch_at"] = format_rfc3339(now + std::chrono::hours{24 + people_.below(24 * 50)});
  if (people_.chance(0.3)) body["at"] = format_rfc3339(now - Millis{people_.below(24 * 3'600'000)});
  return world_.call([&](Step& s) { return app::log_reply(s, id, body); });
}

void Simulation::reply(size_t i, bool later) {
  tell(later ? "replies with a date" : "replies", do_reply(talks_[i].id, later));
}

Result<Json> Simulation::do_book(ConversationId id) {
  std::string when = format_rfc3339(world_.now() + std::chrono::hours{2 + people_.below(24 * 14)});
  return world_.call([&](Step& s) {
    return app::set_stage(s, id, json::object{{"stage", "booked"}, {"appointment_at", when}});
  });
}

// Books, and then comes or does not.
void Simulation::book(size_t i) {
  if (!tell("bookings", do_book(talks_[i].id))) return;
  Millis until = std::chrono::hours{2 + people_.below(24 * 14)};
  if (people_.chance(0.7)) return in(until, [this, i] { talk(i); });
  in(until, [this, i] {
    json::object cause{{"cause", people_.chance(0.7) ? "customer" : "technical"}};
    tell("no-shows", world_.call([&](Step& s) { return app::log_no_show(s, talks_[i].id, cause); }));
  });
}

void Simulation::look_at_assets(size_t i) {
  tell("page views", world_.call([&](Step& s) -> Result<Json> {
    s.run("sim_view_assets", {talks_[i].id.value, to_ms(s.now)});
    return Json(nullptr);
  }));
}

Result<Json> Simulation::opt_out(ContactId contact) {
  return world_.call([&](Step& s) { return app::opt_out(s, contact, "link"); });
}

Result<Json> Simulation::withdraw(ContactId contact) {
  json::object body{
      {"purpose", people_.chance(0.5) ? "marketing" : "follow_up"}, {"state", "withdrawn"}, {"source", "page"}};
  return world_.call([&](Step& s) { return app::add_consent(s, contact, body); });
}

void Simulation::change_mind(size_t i) {
  ContactId contact = talks_[i].contact;
  double draw = people_.unit();
  if (draw < 0.35) {
    tell("opt-outs", opt_out(contact));
    if (people_.chance(0.3))
      in(some_time(24 * 10), [this, contact] {
        tell("opt-ins", world_.call([&](Step& s) { return app::opt_in(s, contact, "asked for it by phone"); }));
      });
    return;
  }
  json::object body{{"purpose", draw < 0.75 ? "marketing" : "follow_up"},
                    {"channel", people_.chance(0.6) ? "any" : "email"},
                    {"state", people_.chance(0.5) ? "withdrawn" : "granted"},
                    {"basis", "consent"},
                    {"source", "page"}};
  tell("consents", world_.call([&](Step& s) { return app::add_consent(s, contact, body); }));
}

// To another zone and country, or to another address.
void Simulation::move_away(ContactId contact) {
  json::object body;
  if (people_.chance(0.6)) {
    static const std::vector<std::pair<std::string, std::string>> places = {
        {"Asia/Tokyo", "JP"}, {"Europe/Paris", "FR"}, {"America/Los_Angeles", "US"}, {"Pacific/Auckland", "NZ"}};
    const auto& place = one_of(places);
    body = {{"zone", place.first}, {"country", place.second}, {"region", nullptr}};
  } else {
    body["emails"] = json::array{json::string(fmt::format("moved{}@example.net", people_.below(1'000'000)))};
  }
  tell("moves", world_.call([&](Step& s) { return app::change_contact(s, contact, body); }));
}

}  // namespace onward::sim
