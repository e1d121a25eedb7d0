// /desk/why: why a time is offered or not, host by host and in words; and how many hands were raised outside opening
// hours. For whoever is asked "why is Tuesday at ten not to be had?".
#include <fmt/format.h>

#include "app/booking/hands.h"
#include "app/booking/slots.h"
#include "app/sessions.h"
#include "pages/book_views.h"
#include "pages/handlers.h"

namespace onward::pages {

namespace booking = app::booking;

namespace {

constexpr int kDays = 30;

struct Asked {
  MeetingTypeId type;
  std::string day, time, zone;
  std::optional<Instant> start;
};

Asked read_question(const Visit& v) {
  Asked out{.day = v.query("day"), .time = v.query("time"), .zone = v.query("zone")};
  if (auto id = MeetingTypeId::parse(v.query("type"))) out.type = *id;
  if (!find_zone(out.zone)) out.zone = v.zone.name();
  auto day = parse_date(out.day);
  auto time = parse_time_of_day(out.time);
  if (day && time) out.start = find_zone(out.zone)->at({*day, *time});
  if (out.day.empty()) out.day = to_string(v.zone.date(v.now));
  if (out.time.empty()) out.time = "10:00";
  return out;
}

json::array hosts_model(const Visit& v, const Json& why, const std::map<std::string, std::string>& names) {
  json::array out;
  for (const Json& host : why.at("hosts").as_array()) {
    json::array reasons;
    for (const std::string& reason : get_strings(host, "reasons"))
      reasons.push_back(json::object{{"reason", v.words.word("why", reason)}});
    auto name = names.find(get_string(host, "host"));
    out.push_back(json::object{{"host_name", name == names.end() ? get_string(host, "host") : name->second},
                               {"host_free", get_bool(host, "offered")},
                               {"reasons", std::move(reasons)}});
  }
  return out;
}

json::array types_model(const Visit& v, const json::array& types, MeetingTypeId chosen) {
  json::array out;
  for (const Json& type : types)
    out.push_back(json::object{{"value", get_string(type, "id")},
                               {"label", text_in(type.at("name"), v.words.language())},
                               {"chosen", get_string(type, "id") == chosen.text()}});
  return out;
}

json::object hands_model(const Visit& v, const booking::Hands& h) {
  return {{"hands", h.open + h.closed},
          {"hands_line", v.words.say("why.hands_line", {{"closed", std::to_string(h.closed)},
                                                        {"all", std::to_string(h.open + h.closed)},
                                                        {"share", fmt::format("{:.0f}", 100 * h.share())}})},
          {"answers", v.words.say("why.answers", {{"booked", std::to_string(h.booked)},
                                                  {"requested", std::to_string(h.requested)},
                                                  {"call", std::to_string(h.call)},
                                                  {"waitlist", std::to_string(h.waitlist)}})}};
}

}  // namespace

http::Response show_why(const Visit& v) {
  Asked asked = read_question(v);
  json::object model = frame(v, v.words.say("why.title"), Room::none);
  auto found = look(v, [&](app::Step& step) -> Result<Json> {
    json::array types = TRY(booking::list_meeting_types(step, {0, 200}));
    if (!asked.type && !types.empty()) asked.type = *MeetingTypeId::parse(get_string(types[0], "id"));
    model["types"] = types_model(v, types, asked.type);
    for (auto& [key, value] : hands_model(v, booking::hands_raised(step, kDays))) model[key] = value;
    if (!asked.start || !asked.type) return Json(nullptr);
    Json why = TRY(booking::explain_slot(step, asked.type, *asked.start, asked.zone));
    model["hosts"] = hosts_model(v, why, app::people(step));
    model["asked"] = long_moment(v.words, *asked.start, *find_zone(asked.zone), v.now);
    model["verdict"] = v.words.say(get_bool(why, "offered") ? "why.offered" : "why.refused");
    model["offered"] = get_bool(why, "offered");
    return Json(nullptr);
  });
  if (!found) return draw_error(v, found.error());
  model["answered"] = model.contains("verdict");
  model["day"] = asked.day;
  model["time"] = asked.time;
  model["zones"] = zones_model(*find_zone(asked.zone));
  return draw(v, "desk_why", std::move(model));
}

}  // namespace onward::pages
