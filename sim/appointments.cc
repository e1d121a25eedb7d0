// Appointments in the simulation: booked from what is offered, moved, confirmed, cancelled, kept or not.
#include <fmt/format.h>

#include "app/booking/appointments.h"
#include "base/check.h"
#include "sim/simulation.h"

namespace onward::sim {

namespace booking = app::booking;

namespace {

constexpr std::string_view kAround =
    R"({"name":"Advice: Around","type":"advice","trigger":{"on":"appointment_booked"},"reentry":"restart",
 "window":{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"},"quiet":{"from":"00:00","to":"00:00"},"steps":[
 {"key":"confirm","do":"email","purpose":"transactional","title":"Booked","template":"appointment_confirmation","invitation":"request","holidays":"ignore","absence":"ignore"},
 {"key":"prepare","do":"email","purpose":"transactional","title":"To prepare","template":"appointment_prepare","before":{"days":3,"at":"10:00"},"holidays":"ignore","absence":"ignore","only_if":[{"fact":"appointment.to_prepare","is":"yes"}]},
 {"key":"ask","do":"email","purpose":"transactional","title":"Please confirm","template":"appointment_confirm","before":{"hours":48},"holidays":"ignore","absence":"ignore",
  "window":{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"08:00","to":"20:00"},"only_if":[{"fact":"appointment.no_show_risk","is":"high"},{"fact":"appointment.confirmed","is":"no"}]},
 {"key":"call","do":"task","task":"call","title":"Call to confirm","instruction":"Call","before":{"hours":26},"only_if":[{"fact":"contact.has_email","is":"no"},{"fact":"appointment.confirmed","is":"no"}]},
 {"key":"remind","do":"email","purpose":"transactional","title":"Reminder","template":"appointment_reminder","before":{"reminders":true},"holidays":"ignore","absence":"ignore"}]})";

constexpr std::string_view kGone =
    R"({"name":"Advice: Gone","type":"advice","trigger":{"on":"appointment_cancelled"},"reentry":"restart",
 "window":{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"},"quiet":{"from":"00:00","to":"00:00"},"steps":[
 {"key":"notice","do":"email","purpose":"transactional","title":"Cancelled","template":"appointment_cancelled","invitation":"cancel","holidays":"ignore","absence":"ignore","valid_hours":200}]})";

constexpr int kAheadDays = 21;

}  // namespace

void Simulation::make_meeting_type() {
  for (std::string_view text : {kAround, kGone}) {
    auto made = world_.sequence(*parse_json(text));
    check(made.has_value(), made ? "" : made.error().message);
  }
  json::array hosts;
  for (const Advisor& a : advisors_) hosts.push_back(json::object{{"advisor_id", a.id.text()}});
  json::object body{{"slug", "advice"},           {"type", "advice"},
                    {"name", {{"en", "A talk"}}}, {"education", {{"ready", {{"en", "A statement"}}}}},
                    {"length_min", 30},           {"reminders", json::array{1440, 120}},
                    {"hosts", std::move(hosts)}};
  Json made = World::must(world_.call([&](Step& s) { return booking::add_meeting_type(s, body); }));
  meeting_type_ = *MeetingTypeId::parse(get_string(made, "id"));
}

// A start that is offered now.
std::optional<std::string> Simulation::offered_start() {
  Instant from = world_.now() + std::chrono::hours{1 + people_.below(24 * 10)};
  auto slots = world_.look(app::system_caller(), [&](Step& s) {
    return booking::list_slots(s, meeting_type_, {from, from + std::chrono::days{kAheadDays}, "UTC"},
                               booking::Refusals::left_out);
  });
  if (!tell("looks at times", slots)) return std::nullopt;
  const json::array& data = slots->at("data").as_array();
  if (data.empty()) return std::nullopt;
  return get_string(data[people_.below(data.size())], "start");
}

void Simulation::appoint(size_t i) {
  auto start = offered_start();
  if (!start) return;
  json::object body{{"meeting_type_id", meeting_type_.text()},
                    {"start", *start},
                    {"contact_id", talks_[i].contact.text()},
                    {"conversation_id", talks_[i].id.text()}};
  auto booked = world_.call([&](Step& s) { return booking::book(s, body); });
  if (!tell("appointments", booked)) return;
  AppointmentId id = *AppointmentId::parse(get_string(*booked, "id"));
  Millis ahead = *parse_rfc3339(*start) - world_.now();
  for (int changes = static_cast<int>(people_.below(3)); changes > 0; --changes)
    in(Millis{people_.below(static_cast<uint64_t>(ahead.count()))}, [this, id] { change_appointment(id); });
  in(ahead + Minutes{30}, [this, i, id] { end_appointment(i, id); });
}

void Simulation::change_appointment(AppointmentId id) {
  double draw = people_.unit();
  if (draw < 0.3) {
    tell("confirmations", world_.call([&](Step& s) { return booking::confirm(s, id); }));
  } else if (draw < 0.6) {
    if (auto start = offered_start())
      tell("moves to another time", world_.call([&](Step& s) {
        return booking::reschedule(s, id, json::object{{"start", *start}});
      }));
  } else if (draw < 0.7) {
    AdvisorId other = one_of(advisors_).id;
    tell("other hosts", world_.call([&](Step& s) {
      return booking::reassign(s, id, json::object{{"advisor_id", other.text()}});
    }));
  } else if (draw < 0.8) {
    tell("delays", world_.call([&](Step& s) { return booking::running_late(s, id, json::object{{"minutes", 10}}); }));
  } else {
    tell("cancellations", cancel_appointment(id));
  }
}

Result<Json> Simulation::cancel_appointment(AppointmentId id) {
  return world_.call([&](Step& s) { return booking::cancel(s, id, json::object{{"reason", "no time"}}); });
}

// It may have been moved: then nothing happens at the old time.
void Simulation::end_appointment(size_t i, AppointmentId id) {
  double draw = people_.unit();
  if (draw < 0.4) return talk(i);
  if (draw < 0.6) {
    tell("appointments held", world_.call([&](Step& s) { return booking::held(s, id); }));
  } else if (draw < 0.8) {
    json::object cause{{"cause", people_.chance(0.7) ? "customer" : "advisor"}};
    tell("appointments missed", world_.call([&](Step& s) { return booking::no_show(s, id, cause); }));
  }
}

}  // namespace onward::sim
