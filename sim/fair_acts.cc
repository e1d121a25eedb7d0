// What people do at the fair.
#include <fmt/format.h>

#include <algorithm>

#include "app/advisors.h"
#include "app/booking/availability.h"
#include "sim/fair.h"

namespace onward::sim {
namespace {

constexpr int64_t kPerContact = 15;  // a past that grows makes each booking slower

}  // namespace

std::string Fair::contact() {
  if (contacts_.empty() || contact_uses_++ % kPerContact == 0) {
    if (contacts_.size() > 3) contacts_.erase(contacts_.begin());
    contacts_.push_back(world_->contact({.name = "Customer"}).text());
  }
  return contacts_[rng_.below(contacts_.size())];
}

Json Fair::list(size_t type, Instant from, Instant to) {
  const MarketType& t = market_.types[type];
  return World::must(world_->look(app::system_caller(), [&](Step& s) {
    return booking::list_slots(s, t.id, {from, to, t.viewer}, booking::Refusals::left_out);
  }));
}

// Looks at a few days and remembers one of the starts; none when there are none.
Shown Fair::look(size_t type) {
  Instant from = now() + Minutes{rng_.below(36 * 60)};
  Json slots = list(type, from, from + std::chrono::hours{12 + rng_.below(36)});
  const json::array& data = slots.at("data").as_array();
  note("starts offered", static_cast<int64_t>(data.size()));
  if (data.empty()) return {};
  // The early ones are what everybody wants.
  size_t at = rng_.chance(0.6) ? rng_.below(std::min<size_t>(4, data.size())) : rng_.below(data.size());
  Shown out{type, *parse_rfc3339(get_string(data[at], "start")), get_strings(data[at], "hosts")};
  if (remembered_.size() > 40) remembered_.erase(remembered_.begin());
  remembered_.push_back(out);
  return out;
}

Shown Fair::guess() {
  Shown out{rng_.below(market_.types.size()), now() + Minutes{rng_.below(40 * 60)}, {}};
  out.start -= Millis{to_ms(out.start) % (5 * 60'000)};
  return out;
}

Shown Fair::look_or_remember(bool& certain) {
  double how = rng_.unit();
  certain = how < 0.55 && !crowded_;
  if (how < 0.55) {
    Shown fresh = look(rng_.below(market_.types.size()));
    if (!fresh.hosts.empty()) return fresh;
    certain = false;
  }
  if (how < 0.9 && !remembered_.empty()) return remembered_[rng_.below(remembered_.size())];
  return guess();
}

Act Fair::book(const Shown& s, bool certain) {
  json::object body{{"meeting_type_id", market_.types[s.type].id.text()},
                    {"start", format_rfc3339(s.start)},
                    {"zone", market_.types[s.type].viewer},
                    {"contact_id", contact()}};
  return {"book", [body](Step& step) { return booking::book(step, body); },
          [this, s](const Result<Json>& r) {
            if (r) booked(s.type, s.start, *r, true);
          },
          certain, s.type};
}

Act Fair::book_by_host(const Shown& s) {
  std::string wish = s.hosts[rng_.below(s.hosts.size())];
  json::object body{{"meeting_type_id", market_.types[s.type].id.text()},
                    {"start", format_rfc3339(s.start)},
                    {"zone", market_.types[s.type].viewer},
                    {"host_id", wish},
                    {"contact_id", contact()}};
  return {"book with one host", [body](Step& step) { return booking::book(step, body); },
          [this, s, wish](const Result<Json>& r) {
            if (!r) return;
            booked(s.type, s.start, *r, true);
            auto hosts = get_strings(*r, "hosts");
            if (std::ranges::find(hosts, wish) == hosts.end()) broken("booked without the host that was wished for");
          },
          !crowded_, s.type};
}

Act Fair::hold(const Shown& s, bool certain) {
  json::object body{{"meeting_type_id", market_.types[s.type].id.text()},
                    {"start", format_rfc3339(s.start)},
                    {"zone", market_.types[s.type].viewer}};
  return {"hold", [body](Step& step) { return booking::place_hold(step, body); },
          [this, s](const Result<Json>& r) {
            if (!r) return;
            Entry e = entry_of(s.type, *r);
            e.expires = *parse_rfc3339(get_string(*r, "expires_at"));
            if (e.start != s.start) broken("another start was held than was asked for");
            if (!crowded_ && !market_.fits(e, now())) broken("a hold where nobody can come: " + dump(*r));
            market_.holds[HoldId::parse(get_string(*r, "id"))->value] = e;
          },
          certain, s.type};
}

Act Fair::book_held() {
  // Most come back at once.
  size_t back = rng_.chance(0.6) ? 1 : 1 + rng_.below(market_.holds.size());
  auto [id, kept] = *std::prev(market_.holds.end(), static_cast<ptrdiff_t>(back));
  busy_.insert(id);
  bool stands = *kept.expires > now(), named = rng_.chance(0.5);
  json::object body{{"hold_id", HoldId{id}.text()}, {"contact_id", contact()}};
  if (named) body["meeting_type_id"] = market_.types[kept.type].id.text(), body["start"] = format_rfc3339(kept.start);
  body["zone"] = market_.types[kept.type].viewer;
  return {stands ? "book a hold" : "book a hold that ran out", [body](Step& step) { return booking::book(step, body); },
          [this, id = id, kept = kept, stands](const Result<Json>& r) {
            if (!r && stands) broken("a hold that stands was not booked: " + r.error().message);
            if (!r) return;
            market_.holds.erase(id);
            booked(kept.type, kept.start, *r, !stands);
            if (stands && entry_of(kept.type, *r).hosts != kept.hosts) broken("a hold was booked with other hosts");
          },
          stands, kept.type};
}

Act Fair::release() {
  auto at = std::next(market_.holds.begin(), static_cast<ptrdiff_t>(rng_.below(market_.holds.size())));
  HoldId id{at->first};
  busy_.insert(id.value);
  return {"release", [id](Step& s) { return booking::release_hold(s, id); },
          [this, id](const Result<Json>& r) {
            if (r) market_.holds.erase(id.value);
          },
          false, at->second.type};
}

// One that is ahead and that nobody of this crowd deals with; 0: none.
int64_t Fair::some_ahead() {
  std::vector<int64_t> ids;
  for (const auto& [id, e] : market_.appointments)
    if (e.ahead() && !busy_.contains(id)) ids.push_back(id);
  if (ids.empty()) return 0;
  int64_t id = ids[rng_.below(ids.size())];
  busy_.insert(id);
  return id;
}

Act Fair::reschedule(const Shown& wish, bool certain) {
  int64_t id = some_ahead();
  if (!id) return book(wish, certain);
  size_t type = market_.appointments.at(id).type;
  Shown s = wish.type == type ? wish : certain ? look(type) : Shown{type, wish.start, {}};
  if (s.start == Instant{}) s = {type, wish.start, {}}, certain = false;
  return move(id, s, certain && s.start != market_.appointments.at(id).start);
}

Act Fair::move(int64_t id, const Shown& s, bool certain) {
  json::object body{{"start", format_rfc3339(s.start)}, {"zone", market_.types[s.type].viewer}};
  return {"reschedule",
          [id, body](Step& step) { return booking::reschedule(step, AppointmentId{id}, body); },
          [this, id, s](const Result<Json>& r) {
            if (!r) return;
            market_.appointments.erase(id);
            booked(s.type, s.start, *r, true);
          },
          certain,
          s.type,
          id};
}

Act Fair::cancel() {
  int64_t id = some_ahead();
  if (!id) return go_away();
  return {"cancel", [id](Step& s) { return booking::cancel(s, AppointmentId{id}, json::object{}); },
          [this, id](const Result<Json>& r) {
            if (!r) broken("not cancelled: " + r.error().message);
            market_.appointments.at(id).state = "cancelled";
          },
          true, market_.appointments.at(id).type};
}

Act Fair::reassign() {
  int64_t id = some_ahead();
  if (!id) return go_away();
  const Entry& e = market_.appointments.at(id);
  const auto& hosts = market_.types[e.type].hosts;
  AdvisorId to = market_.hosts[hosts[rng_.below(hosts.size())].host].id;
  json::object body{{"advisor_id", to.text()}};
  return {"reassign",
          [id, body](Step& s) { return booking::reassign(s, AppointmentId{id}, body); },
          [this, id, type = e.type, start = e.start](const Result<Json>& r) {
            if (!r) return;
            market_.appointments.erase(id);
            booked(type, start, *r, false);
          },
          false,
          e.type,
          id};
}

Act Fair::meet() {
  for (const auto& [id, e] : market_.appointments) {
    if (!e.ahead() || e.start > now() || busy_.contains(id)) continue;
    busy_.insert(id);
    bool came = rng_.chance(0.8);
    return {came ? "held" : "no-show",
            [id = id, came](Step& s) {
              return came ? booking::held(s, AppointmentId{id})
                          : booking::no_show(s, AppointmentId{id}, json::object{{"cause", "unknown"}});
            },
            [this, id = id, came](const Result<Json>& r) {
              if (!r) broken("what was is not written: " + r.error().message);
              market_.appointments.at(id).state = came ? "held" : "no_show";
            },
            true, e.type};
  }
  return go_away();
}

Act Fair::go_away() {
  size_t h = rng_.below(market_.hosts.size());
  AdvisorId id = market_.hosts[h].id;
  if (rng_.chance(0.3)) {
    Date date = add_days(market_.hosts[h].zone.date(now()), static_cast<int>(rng_.below(6)));
    json::object body{{"date", to_string(date)}};
    return {"close a day", [id, body](Step& s) { return booking::add_exception(s, id, body); },
            [this, h, date](const Result<Json>& r) {
              if (r) market_.hosts[h].closed.insert(date);
            }};
  }
  Instant from = now() + Minutes{rng_.below(72 * 60)}, to = from + Minutes{15 + rng_.below(180)};
  json::object body{{"starts_at", format_rfc3339(from)}, {"ends_at", format_rfc3339(to)}};
  from = *parse_rfc3339(get_string(body, "starts_at")), to = *parse_rfc3339(get_string(body, "ends_at"));
  return {"be absent", [id, body](Step& s) { return app::add_absence(s, id, body); },
          [this, h, from, to](const Result<Json>& r) {
            if (r) market_.hosts[h].away.push_back({from, to});
          }};
}

}  // namespace onward::sim
