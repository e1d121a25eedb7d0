// The next 30 days, as the engine would do them.
#include "app/conversations.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr int kDays = 30;
constexpr int kNamed = 200;

}  // namespace

json::object forecast_model(const Reader& r, const Json& forecast, const std::map<std::string, std::string>& names) {
  json::array days;
  std::string current;
  const Json* data = find(forecast, "data");
  for (const Json& touch : data ? data->as_array() : json::array{}) {
    auto at = parse_rfc3339(get_string(touch, "at"));
    if (!at) continue;
    std::string day = r.words.day(*at, r.zone, r.now), conversation = get_string(touch, "conversation_id");
    if (day != current) {
      days.push_back(json::object{{"day", day}, {"rows", json::array{}}});
      current = day;
    }
    json::object row = touch_row(r, touch);
    row["at"] = when(r, get_string(touch, "at"), get_string(touch, "zone"));
    row["href"] = "/conversations/" + conversation;
    auto name = names.find(conversation);
    row["name"] = name == names.end() ? r.words.say("conversation.unnamed") : name->second;
    days.back().as_object()["rows"].as_array().push_back(std::move(row));
  }
  auto until = parse_rfc3339(get_string(forecast, "until"));
  std::string line =
      until ? r.words.say("forecast.until", {{"day", r.words.day(*until, r.zone, r.now)}}) : std::string();
  return {{"days", std::move(days)}, {"until_line", line}};
}

http::Response show_forecast(const Visit& v) {
  if (!v.house.options.forecast) return draw_error(v, Error{Code::not_found, "there is no such thing", {}, {}});
  ConversationId conversation;
  if (auto id = ConversationId::parse(v.query("conversation"))) conversation = *id;
  auto forecast = v.house.options.forecast(v.caller(), conversation, kDays);
  if (!forecast) return draw_error(v, forecast.error());
  std::map<std::string, std::string> names;
  auto named = look(v, [&](app::Step& step) -> Result<Json> {
    app::ListFilter filter;
    filter.limit = kNamed;
    for (const Json& c : TRY(app::list_conversations(step, filter)))
      names[get_string(c, "id")] = get_string(c, "contact_name", v.words.say("conversation.unnamed"));
    return Json(nullptr);
  });
  if (!named) return draw_error(v, named.error());
  auto people = people_of(v);
  json::object model = frame(v, v.words.say("nav.forecast"), Room::forecast);
  for (auto& [key, value] : forecast_model(reader_of(v, people), *forecast, names)) model[key] = value;
  model["about"] = conversation && names.count(conversation.text()) ? names[conversation.text()] : std::string();
  model["about_href"] = conversation ? "/conversations/" + conversation.text() : std::string();
  return draw(v, "forecast", std::move(model));
}

}  // namespace onward::pages
