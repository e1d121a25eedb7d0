// The future: forecast, and the clock of installations that run on a manual one.
#include "api/clock.h"

#include "app/loops.h"

namespace onward::api {

using shape::required;

namespace {

constexpr int kLongestAdvanceDays = 1100;

Shape advance_shape() {
  return shape::object({{"by", shape::duration(), shape::optional, "ISO 8601, such as P3D; at most three years"},
                        {"to", shape::time(), shape::optional, "Instead of by"}});
}

Result<Answer> advance(const app::Caller& caller, const Call& c, const Doors& door) {
  if (caller.role != Role::owner) return fail(Code::forbidden, "only an owner moves the clock");
  bool by = find(c.body, "by") != nullptr, to = find(c.body, "to") != nullptr;
  if (by == to) return fail_field("/by", "required", "name either by or to");
  Instant target =
      by ? door.clock->now() + *parse_duration(get_string(c.body, "by")) : *parse_rfc3339(get_string(c.body, "to"));
  if (target < door.clock->now()) return fail_field("/to", "past", "a clock never goes back");
  if (target > door.clock->now() + std::chrono::days{kLongestAdvanceDays})
    return fail_field(by ? "/by" : "/to", "too_large", "at most three years at a time");
  int64_t done = TRY(move_clock(door, target));
  return Answer{200, json::object{{"now", format_rfc3339(door.clock->now())}, {"done", done}}};
}

}  // namespace

Result<int64_t> move_clock(const Doors& door, Instant target) {
  std::scoped_lock lock(*door.mutex);
  int64_t done = TRY(app::advance(*door.engine, *door.clock, std::max(target, door.clock->now())));
  TRY_VOID(door.runner->write(app::Lane::interactive, app::system_caller(), [&](Step& step) -> Status {
    step.run("setting_put",
             {std::string("manual_clock"), dump(json::object{{"now", to_ms(step.now)}}), to_ms(step.now)});
    return {};
  }));
  return done;
}

namespace {

void add_forecast(std::vector<Route>& routes, const Doors& doors) {
  routes.push_back({.method = "GET",
                    .path = "/forecast",
                    .summary = "Every future touch with its time and reason, as the engine would do it",
                    .roles = kReaders,
                    .query = {{"conversation_id", shape::id("cnv")},
                              {"days", shape::integer(1, 400), shape::optional, "Default 30"}},
                    .answer = "Forecast",
                    .reads = true,
                    .outside_step = true,
                    .direct = [doors](const app::Caller& caller, const Call& c) -> Result<Answer> {
                      app::ForecastRequest request;
                      if (!c.query("conversation_id").empty())
                        request.conversation = *ConversationId::parse(c.query("conversation_id"));
                      if (!c.query("days").empty()) request.days = std::stoi(c.query("days"));
                      return Answer{200, TRY(app::forecast(*doors.runner, *doors.laboratory, caller, request))};
                    }});
}

void add_moves(std::vector<Route>& routes, const Doors& door) {
  routes.push_back({.method = "POST",
                    .path = "/clock/advance",
                    .summary = "Move the manual clock; everything due on the way is done first",
                    .roles = kOwner,
                    .body = advance_shape(),
                    .answer = "Clock",
                    .outside_step = true,
                    .direct = [door](const app::Caller& caller, const Call& c) { return advance(caller, c, door); }});
  routes.push_back({.method = "GET",
                    .path = "/clock",
                    .summary = "The time on the manual clock",
                    .roles = kReaders,
                    .answer = "Clock",
                    .reads = true,
                    .handle = [](Step& s, const Call&) -> Result<Answer> {
                      return Answer{200, json::object{{"now", format_rfc3339(s.now)}, {"done", 0}}};
                    }});
}

void describe_clock(Schemas& schemas) {
  schemas.add("Clock", shape::object({{"now", shape::time(), required},
                                      {"done", shape::integer(0, INT64_MAX), required, "Things done on the way"}}));
  schemas.add(
      "Forecast",
      shape::object(
          {{"data", shape::list(shape::any(200'000), 0, 100'000), required, "Touches with `at`, in order of time"},
           {"changes", shape::list(shape::any(100'000), 0, 100'000), required,
            "Skips, moves, promises and stages on the way"},
           {"from", shape::time(), required},
           {"until", shape::time(), required},
           {"limits", shape::list(shape::line(1, 200), 0, 10), required, "What the forecast could not know"}}));
}

}  // namespace

void add_clock(Table& table, const Doors& doors) {
  add_forecast(table.routes, doors);
  if (doors.clock) add_moves(table.routes, doors);
  describe_clock(table.schemas);
}

}  // namespace onward::api
