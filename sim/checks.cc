#include "sim/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/conversations/decide.h"

namespace onward::sim {
namespace {

constexpr size_t kResends = 3;
constexpr Millis kSlack = std::chrono::hours{1};
constexpr Millis kCappedSlack = std::chrono::hours{25};  // a mailbox with a daily cap looks again the next day

bool is_end(const std::string& state) {
  return state == "sent" || state == "failed" || state == "suppressed" || state == "expired" || state == "done";
}

}  // namespace

std::string_view to_string(Rule r) {
  switch (r) {
    case Rule::nothing_lost: return "nothing_lost";
    case Rule::stops_hold: return "stops_hold";
    case Rule::window: return "window";
    case Rule::no_duplicates: return "no_duplicates";
    case Rule::facts: return "facts";
    case Rule::next_action: return "next_action";
    case Rule::consent: return "consent";
    case Rule::forecast: return "forecast";
    case Rule::appointments: return "appointments";
    case Rule::sound: return "sound";
    case Rule::booking: return "booking";
  }
  return "";
}

// A touch that is about to leave, with what the database holds of it now.
struct Checks::Sending {
  TouchId touch;
  ConversationId conversation;
  int64_t enrollment = 0, contact = 0, owner = 0;
  VersionId version;
  std::string step, purpose, keeps, zone, country, region;
  Instant due_at, expires_at;
  bool opted_out = false;
};

Checks::Checks(World& world) : world_(world) { on_commit(); }

void Checks::require(bool holds, Rule rule, const std::string& what) {
  count(rule);
  if (!holds) throw Violation(rule, fmt::format("{} (at {})", what, format_rfc3339(world_.now())));
}

void Checks::on_commit() {
  std::unordered_map<int64_t, std::string> said;
  Rows facts = world_.rows("sim_facts", {last_fact_});
  for (size_t r = 0; r < facts.size(); ++r) {
    last_fact_ = facts.integer(r, 0);
    if (trace)
      trace(fmt::format("  {} {} {} {}", ConversationId{facts.integer(r, 4)}.text(), facts.integer(r, 2),
                        facts.text(r, 1), facts.text(r, 5)));
    if (facts.is_null(r, 3)) continue;
    said[facts.integer(r, 2)] = told_[facts.integer(r, 2)] = facts.text(r, 3);
  }
  Rows changes = world_.rows("sim_changes", {last_change_});
  for (size_t r = 0; r < changes.size(); ++r) {
    last_change_ = changes.integer(r, 0);
    std::string& before = changed_[changes.integer(r, 2)];
    if (changes.text(r, 1) == "touch")
      require(!is_end(before), Rule::nothing_lost,
              fmt::format("touch {} went from {} to {}", TouchId{changes.integer(r, 2)}.text(), before,
                          changes.text(r, 3)));
    before = changes.text(r, 3);
  }
  for (size_t r = 0; r < changes.size(); ++r) {
    int64_t id = changes.integer(r, 2);
    auto fact = said.find(id);
    require(fact != said.end() && fact->second == changed_[id], Rule::facts,
            fmt::format("{} {} became {} and the facts say {}", changes.text(r, 1), id, changed_[id],
                        fact == said.end() ? "nothing" : fact->second));
  }
}

Checks::Sending Checks::read_sending(TouchId id) {
  Rows r = world_.rows("sim_touch", {id.value});
  require(r.size() == 1 && r.text(0, 8) == "sending", Rule::stops_hold,
          fmt::format("{} leaves without being claimed", id.text()));
  Sending s;
  s.touch = id;
  s.conversation = {r.integer(0, 0)};
  s.enrollment = r.integer(0, 2);
  s.step = r.text(0, 3);
  s.purpose = r.text(0, 4);
  s.keeps = r.text(0, 5);
  s.due_at = from_ms(r.integer(0, 6));
  s.expires_at = from_ms(r.integer(0, 7));
  s.version = {r.integer(0, 9)};
  s.zone = r.text(0, 10);
  s.country = r.text(0, 11).empty() ? r.text(0, 14) : r.text(0, 11);
  s.region = !r.text(0, 12).empty() ? r.text(0, 12) : s.country == r.text(0, 14) ? r.text(0, 15) : "";
  s.opted_out = !r.is_null(0, 13);
  s.owner = r.integer(0, 16);
  s.contact = r.integer(0, 18);
  return s;
}

void Checks::on_gate(TouchId id) {
  Sending s = read_sending(id);
  check_stops(s);
  check_consent(s);
  check_window(s);
  check_appointment(s);
}

// What is told about an appointment is true at this moment: it is ahead at the time that was told, or it is cancelled.
void Checks::check_appointment(const Sending& s) {
  Rows about = world_.rows("sim_about", {s.touch.value});
  if (about.empty()) return;
  std::string state = about.text(0, 1), trigger = about.text(0, 3);
  bool ahead = state == "booked" || state == "confirmed" || state == "checked_in";
  int64_t born = world_.rows("sim_born", {s.conversation.value, s.touch.value}).integer(0, 0);
  Rows since = world_.rows("sim_appointment_since", {about.integer(0, 0), born});
  std::string what =
      fmt::format("{} ({}) leaves about {} which is {}{}", s.touch.text(), trigger,
                  AppointmentId{about.integer(0, 0)}.text(), state, since.empty() ? "" : " since " + since.text(0, 0));
  if (trigger == "appointment_cancelled") return require(state == "cancelled", Rule::appointments, what);
  if (trigger == "talk_held") return require(state == "held", Rule::appointments, what);
  if (trigger == "no_show") return require(state == "no_show", Rule::appointments, what);
  require(ahead && since.empty(), Rule::appointments, what);
  if (trigger == "appointment_booked")
    require(from_ms(about.integer(0, 2)) > world_.now(), Rule::appointments, what + " and has begun");
}

void Checks::check_stops(const Sending& s) {
  if (s.purpose == "transactional") return;
  require(!s.opted_out, Rule::stops_hold, fmt::format("{} leaves to a contact who opted out", s.touch.text()));
  int64_t born = world_.rows("sim_born", {s.conversation.value, s.touch.value}).integer(0, 0);
  Rows stop = world_.rows("sim_stop", {s.conversation.value, born, int64_t{s.enrollment != 0}});
  require(stop.empty(), Rule::stops_hold,
          fmt::format("{} of {} leaves after {}", s.touch.text(), s.conversation.text(),
                      stop.empty() ? "" : stop.text(0, 0)));
}

void Checks::check_consent(const Sending& s) {
  if (s.purpose == "transactional") return;
  Rows row = world_.rows("sim_consent", {s.contact, s.purpose});
  std::string said = row.empty() ? "" : row.text(0, 0);
  bool fine = s.purpose == "marketing" ? said == "granted" : said.empty() || said == "granted";
  require(fine, Rule::consent,
          fmt::format("{} ({}) leaves though the contact said: {}", s.touch.text(), s.purpose,
                      said.empty() ? "nothing" : said));
}

void Checks::check_window(const Sending& s) {
  Instant now = world_.now();
  require(s.due_at <= now, Rule::window,
          fmt::format("{} leaves early, due {}", s.touch.text(), format_rfc3339(s.due_at)));
  require(now < s.expires_at, Rule::window,
          fmt::format("{} leaves stale since {}", s.touch.text(), format_rfc3339(s.expires_at)));
  if (!s.enrollment) return;  // a person chose the time
  std::shared_ptr<const app::Catalog> catalog;
  World::must(world_.look(app::system_caller(), [&](Step& step) -> Result<Json> {
    catalog = step.shared_catalog();
    return Json(nullptr);
  }));
  const auto& document = catalog->versions.at(s.version).document;
  const auto& rule = document.steps.at(static_cast<size_t>(document.index_of(s.step)));
  std::vector<calendar::Interval> away;
  Rows rows = world_.rows("sim_absences", {s.owner});
  for (size_t r = 0; rule.avoid_absence && r < rows.size(); ++r)
    away.push_back({from_ms(rows.integer(r, 0)), from_ms(rows.integer(r, 1))});
  calendar::Place place{*find_zone(s.zone), s.country, s.region, {}};
  require(calendar::is_open(now, sequences::rules_of(document, rule), place, away, calendar::public_holidays()),
          Rule::window,
          fmt::format("{} (step {}) leaves outside of its window in {} {}", s.touch.text(), s.step, s.zone, s.country));
  if (s.purpose != "transactional" && s.keeps != "recap" && s.keeps != "asset")
    check_cap(s, catalog->cap.gap_hours, catalog->cap.count, catalog->cap.days);
}

void Checks::check_cap(const Sending& s, int gap_hours, int count, int days) {
  Instant now = world_.now();
  int recent = 0;
  for (const auto& [touch, times] : mailed_) {
    (void)touch;
    for (Instant t : times)
      if (t + std::chrono::days{days} > now) ++recent;  // cheap first: of anybody
  }
  if (recent == 0) return;
  recent = 0;
  Rows touches = world_.rows("sim_touches_of_contact", {s.contact});
  for (size_t r = 0; r < touches.size(); ++r) {
    auto times = mailed_.find(touches.integer(r, 0));
    if (times == mailed_.end()) continue;
    for (Instant t : times->second) {
      if (t + std::chrono::days{days} > now) ++recent;
      require(t + std::chrono::hours{gap_hours} <= now, Rule::window,
              fmt::format("{} leaves within the gap after {}", s.touch.text(), TouchId{touches.integer(r, 0)}.text()));
    }
  }
  require(recent < count, Rule::window,
          fmt::format("{} is number {} within {} days", s.touch.text(), recent + 1, days));
}

void Checks::on_mail(const Mail& m) {
  auto& times = mailed_[m.touch.value];
  // What a person asked for is sent again when nobody knows whether it arrived, under the same Message-ID.
  bool asked_for = world_.rows("sim_touch", {m.touch.value}).text(0, 4) == "transactional";
  require(times.size() <= (asked_for ? kResends : 0) || excused_.contains(m.touch.value), Rule::no_duplicates,
          fmt::format("{} was taken {} times", m.touch.text(), times.size() + 1));
  times.push_back(m.at);
  require(m.unsubscribe || m.body.find("/p/") == std::string::npos, Rule::consent,
          "a message without its one-click address");
}

void Checks::none(std::string_view statement, const ports::Params& params, Rule rule, std::string_view what) {
  Rows rows = world_.rows(statement, params);
  require(rows.empty(), rule, rows.empty() ? "" : fmt::format("{}: {} {}", what, rows.integer(0, 0), rows.text(0, 1)));
}

void Checks::at_rest() {
  int64_t now = to_ms(world_.now());
  none("sim_enrollments_astray", {}, Rule::nothing_lost, "an active enrollment without exactly one open touch");
  none("sim_touches_lost", {}, Rule::nothing_lost, "an open touch without a timer");
  none("sim_touches_stale", {now, int64_t{kCappedSlack.count()}}, Rule::nothing_lost, "a stale touch is open");
  none("sim_touches_late", {now}, Rule::nothing_lost, "a timer has passed and nothing happened");
  none("sim_conversations_idle", {now, int64_t{kCappedSlack.count()}}, Rule::next_action, "no next action");
  none("sim_promises_overdue", {now}, Rule::next_action, "a promise is owed and overdue");
  none("sim_appointments_untold", {now}, Rule::appointments, "nobody is told of what stands");
  Rows n = world_.rows("sim_counts");
  count(Rule::nothing_lost, n.integer(0, 0) + n.integer(0, 1));
  count(Rule::next_action, n.integer(0, 2));
}

void Checks::at_end() {
  Rows states = world_.rows("sim_states");
  for (size_t r = 0; r < states.size(); ++r) {
    auto told = told_.find(states.integer(r, 1));
    require(told != told_.end() && told->second == states.text(r, 2), Rule::facts,
            fmt::format("the facts rebuild {} {} as {}, it is {}", states.text(r, 0), states.integer(r, 1),
                        told == told_.end() ? "nothing" : told->second, states.text(r, 2)));
  }
  none("sim_promises_unproved", {}, Rule::next_action, "a promise was kept without evidence");
  (void)kSlack;
}

}  // namespace onward::sim
