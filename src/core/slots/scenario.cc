#include "core/slots/scenario.h"

#include <fmt/format.h>

#include <unordered_map>

#include "base/schema.h"

namespace onward::slots {
namespace {

constexpr size_t kMaxHosts = 1000;
constexpr size_t kMaxEntries = 20000;  // of bookings or absences of a host
constexpr size_t kMaxDates = 1000;     // of a host's hours, exceptions, holidays or journeys
constexpr int64_t kMaxMinutes = 7 * 24 * 60;
constexpr int64_t kMaxNotice = 2 * 366 * 24 * 60;
constexpr int kMaxDays = 4000;
constexpr int kDefaultDays = 7;
constexpr int kDefaultLength = 30;

Shape minutes(int64_t least, int64_t most = kMaxMinutes) { return shape::integer(least, most); }
Shape pairs() { return shape::list(shape::list(shape::time(), 2, 2), 0, kMaxEntries); }

std::vector<Field> schedule_fields() {
  Shape weekday = shape::one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
  Shape hours = shape::object({{"days", shape::list(weekday, 1, 7)},
                               {"from", shape::time_of_day(), shape::required},
                               {"to", shape::time_of_day(), shape::required}});
  Shape exception = shape::object({{"date", shape::date(), shape::required},
                                   {"closed", shape::boolean()},
                                   {"from", shape::time_of_day(), shape::nullable},
                                   {"to", shape::time_of_day(), shape::nullable}});
  return {{"hours", shape::list(hours, 0, kMaxDates)}, {"exceptions", shape::list(exception, 0, kMaxDates)}};
}

std::vector<Field> booked_fields() {
  return {{"start", shape::time(), shape::required},
          {"end", shape::time(), shape::required},
          {"buffer_before_min", minutes(0), shape::nullable},
          {"buffer_after_min", minutes(0), shape::nullable}};
}

Shape host_shape() {
  std::vector<Field> fields = schedule_fields();
  Shape travel = shape::object({{"from", shape::date(), shape::required},
                                {"to", shape::date(), shape::required},
                                {"zone", shape::zone(), shape::required}});
  for (const Field& f :
       std::vector<Field>{{"id", shape::line(1, 200), shape::required},
                          {"zone", shape::zone(), shape::nullable},
                          {"fixed", shape::boolean(), shape::nullable},
                          {"group", shape::line(1, 200), shape::nullable},
                          {"holidays", shape::list(shape::date(), 0, kMaxDates)},
                          {"away", pairs()},
                          {"travel", shape::list(travel, 0, kMaxDates)},
                          {"appointments", shape::list(shape::object(booked_fields()), 0, kMaxEntries)},
                          {"busy", pairs()}})
    fields.push_back(f);
  return shape::object(fields);
}

}  // namespace

std::vector<Field> type_fields() {
  std::vector<Field> window = schedule_fields();
  window.push_back({"zone", shape::line(1, 64), shape::nullable});
  Shape horizon = shape::object({{"kind", shape::one_of({"none", "days", "range"}), shape::required},
                                 {"days", shape::integer(0, kMaxDays), shape::nullable},
                                 {"count", shape::one_of({"calendar", "business", "available"}), shape::nullable},
                                 {"from", shape::date(), shape::nullable},
                                 {"to", shape::date(), shape::nullable}});
  return {{"length_min", minutes(1), shape::nullable},
          {"step_min", minutes(1), shape::nullable},
          {"offset_min", minutes(0), shape::nullable},
          {"buffer_before_min", minutes(0), shape::nullable},
          {"buffer_after_min", minutes(0), shape::nullable},
          {"notice_min", minutes(0, kMaxNotice), shape::nullable},
          {"daily_limit", shape::integer(0, 1000000), shape::nullable},
          {"daily_minutes_limit", shape::integer(0, 1000000), shape::nullable},
          {"assignment", shape::one_of({"any", "all"}), shape::nullable},
          {"grid", shape::one_of({"viewer", "host"}), shape::nullable},
          {"fill", shape::one_of({"plain", "compact"}), shape::nullable},
          {"horizon", horizon, shape::nullable},
          {"window", shape::object(window), shape::nullable}};
}

namespace {

const Shape& scenario_shape() {
  static const Shape shape = [] {
    std::vector<Field> hold = booked_fields();
    hold.push_back({"host", shape::line(1, 200), shape::required});
    hold.push_back({"expires", shape::time(), shape::nullable});
    return shape::object({{"now", shape::time(), shape::required},
                          {"from", shape::time(), shape::nullable},
                          {"to", shape::time(), shape::nullable},
                          {"viewer_zone", shape::zone(), shape::nullable},
                          {"meeting_type", shape::object(type_fields()), shape::nullable},
                          {"hosts", shape::list(host_shape(), 0, kMaxHosts), shape::required},
                          {"holds", shape::list(shape::object(hold), 0, kMaxEntries), shape::nullable}});
  }();
  return shape;
}

tl::unexpected<Error> wrong(const std::string& pointer, std::string_view what) {
  Error e{Code::invalid, fmt::format("{} {}.", pointer, what), {}, {}};
  e.fields.push_back({pointer, "invalid", std::string(what)});
  return tl::unexpected<Error>(std::move(e));
}

// The rest reads values whose shape has been checked, so that what can be wrong is how they go together.
Instant instant(const Json& j) { return *parse_rfc3339(j.get_string()); }
Instant instant(const Json& j, std::string_view key, Instant fallback) {
  const Json* m = find(j, key);
  return m ? instant(*m) : fallback;
}
Date date(const Json& j, std::string_view key) { return *parse_date(get_string(j, key)); }
Minutes time_of_day(const Json& j, std::string_view key) { return *parse_time_of_day(get_string(j, key)); }
Minutes minutes_of(const Json& j, std::string_view key, int64_t fallback = 0) {
  return Minutes{get_int(j, key, fallback)};
}

template <class Read>
Status each(const Json& j, std::string_view key, const std::string& pointer, Read read) {
  const Json* list = find(j, key);
  if (!list) return {};
  size_t i = 0;
  for (const Json& item : list->get_array()) {
    TRY_VOID(read(item, fmt::format("{}/{}/{}", pointer, key, i)));
    ++i;
  }
  return {};
}

Status parse_opening(const Json& j, const std::string& pointer, Schedule& out) {
  constexpr std::string_view kAll[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  Minutes from = time_of_day(j, "from"), to = time_of_day(j, "to");
  if (from == Minutes{24 * 60}) return wrong(pointer + "/from", "must be before 24:00");
  std::vector<std::string> days = find(j, "days") ? get_strings(j, "days") : std::vector<std::string>{};
  if (days.empty()) days.assign(std::begin(kAll), std::end(kAll));
  for (const std::string& day : days) out.hours.push_back({*parse_weekday(day), from, to});
  return {};
}

Status parse_exception(const Json& j, const std::string& pointer, Schedule& out) {
  bool timed = find(j, "from") || find(j, "to");
  if (get_bool(j, "closed") == timed) return wrong(pointer, "must either be closed or have from and to");
  if (!timed) {
    out.exceptions.push_back({date(j, "date"), true});
    return {};
  }
  if (!find(j, "from") || !find(j, "to")) return wrong(pointer, "must have both from and to");
  Minutes from = time_of_day(j, "from");
  if (from == Minutes{24 * 60}) return wrong(pointer + "/from", "must be before 24:00");
  out.exceptions.push_back({date(j, "date"), false, from, time_of_day(j, "to")});
  return {};
}

Result<Schedule> parse_schedule(const Json& j, const std::string& pointer) {
  Schedule out;
  TRY_VOID(each(j, "hours", pointer, [&](const Json& h, const std::string& at) { return parse_opening(h, at, out); }));
  TRY_VOID(each(j, "exceptions", pointer,
                [&](const Json& e, const std::string& at) { return parse_exception(e, at, out); }));
  for (const std::string& day : get_strings(j, "holidays")) out.holidays.push_back(*parse_date(day));
  return out;
}

Status parse_pairs(const Json& j, std::string_view key, const std::string& pointer, std::vector<Interval>& out) {
  return each(j, key, pointer, [&](const Json& pair, const std::string& at) -> Status {
    Interval i{instant(pair.get_array()[0]), instant(pair.get_array()[1])};
    if (i.to < i.from) return wrong(at, "must not end before it starts");
    out.push_back(i);
    return {};
  });
}

Result<Booked> parse_booked(const Json& j, const std::string& pointer) {
  Booked out{instant(j, "start", {}), instant(j, "end", {}), minutes_of(j, "buffer_before_min"),
             minutes_of(j, "buffer_after_min")};
  if (out.end < out.start) return wrong(pointer + "/end", "must not be before start");
  return out;
}

Result<Host> parse_host(const Json& j, const std::string& pointer, const Zone& viewer) {
  Host out{.id = get_string(j, "id"), .zone = viewer, .fixed = get_bool(j, "fixed"), .group = get_string(j, "group")};
  if (find(j, "zone")) out.zone = TRY(find_zone(get_string(j, "zone")));
  out.schedule = TRY(parse_schedule(j, pointer));
  TRY_VOID(each(j, "travel", pointer, [&](const Json& t, const std::string& at) -> Status {
    Travel travel{date(t, "from"), date(t, "to"), TRY(find_zone(get_string(t, "zone")))};
    if (travel.to < travel.from) return wrong(at + "/to", "must not be before from");
    out.travel.push_back(travel);
    return {};
  }));
  TRY_VOID(each(j, "appointments", pointer, [&](const Json& a, const std::string& at) -> Status {
    out.appointments.push_back(TRY(parse_booked(a, at)));
    return {};
  }));
  TRY_VOID(parse_pairs(j, "away", pointer, out.away));
  TRY_VOID(parse_pairs(j, "busy", pointer, out.busy));
  return out;
}

Result<Horizon> parse_horizon(const Json& j, const std::string& pointer) {
  Horizon out;
  std::string kind = get_string(j, "kind"), count = get_string(j, "count");
  if (kind == "days") {
    if (!find(j, "days")) return wrong(pointer + "/days", "is required");
    out.kind = Horizon::Kind::days;
    out.days = static_cast<int>(get_int(j, "days"));
    if (count == "business") out.count = Horizon::Count::business;
    if (count == "available") out.count = Horizon::Count::available;
  }
  if (kind == "range") {
    for (const char* key : {"from", "to"})
      if (!find(j, key)) return wrong(fmt::format("{}/{}", pointer, key), "is required");
    out.kind = Horizon::Kind::range;
    out.from = date(j, "from"), out.to = date(j, "to");
    if (out.to < out.from) return wrong(pointer + "/to", "must not be before from");
  }
  return out;
}

Result<Window> parse_window(const Json& j, const std::string& pointer) {
  Window out;
  if (std::string zone = get_string(j, "zone", "viewer"); zone != "viewer") {
    auto found = find_zone(zone);
    if (!found) return wrong(pointer + "/zone", "must be \"viewer\" or an IANA time zone such as Europe/Paris");
    out.zone = *found;
  }
  out.schedule = TRY(parse_schedule(j, pointer));
  return out;
}

}  // namespace

Result<MeetingType> parse_type(const Json& j, const std::string& pointer) {
  MeetingType out;
  out.length = minutes_of(j, "length_min", kDefaultLength);
  out.step = minutes_of(j, "step_min", out.length.count());
  out.offset = minutes_of(j, "offset_min");
  out.before = minutes_of(j, "buffer_before_min"), out.after = minutes_of(j, "buffer_after_min");
  out.notice = minutes_of(j, "notice_min");
  if (find(j, "daily_limit")) out.daily_limit = static_cast<int>(get_int(j, "daily_limit"));
  if (find(j, "daily_minutes_limit")) out.daily_time = minutes_of(j, "daily_minutes_limit");
  if (get_string(j, "assignment") == "all") out.assignment = Assignment::all;
  if (get_string(j, "grid") == "host") out.grid = GridZone::host;
  if (get_string(j, "fill") == "compact") out.fill = Fill::compact;
  if (const Json* h = find(j, "horizon")) out.horizon = TRY(parse_horizon(*h, pointer + "/horizon"));
  if (const Json* w = find(j, "window")) out.window = TRY(parse_window(*w, pointer + "/window"));
  return out;
}

namespace {

Status parse_hosts(const Json& j, Input& out) {
  std::unordered_map<std::string, size_t> indices;
  TRY_VOID(each(j, "hosts", "", [&](const Json& h, const std::string& at) -> Status {
    out.hosts.push_back(TRY(parse_host(h, at, out.viewer)));
    if (!indices.emplace(out.hosts.back().id, indices.size()).second)
      return wrong(at + "/id", "must differ from the other hosts' ids");
    return {};
  }));
  return each(j, "holds", "", [&](const Json& h, const std::string& at) -> Status {
    auto host = indices.find(get_string(h, "host"));
    if (host == indices.end()) return wrong(at + "/host", "must be the id of a host");
    Hold hold{host->second, TRY(parse_booked(h, at)), {}};
    if (const Json* e = find(h, "expires")) hold.expires = instant(*e);
    out.holds.push_back(hold);
    return {};
  });
}

// A scenario is answered at once, so its size is bounded before the work begins.
Status within_limits(const Input& in) {
  if (in.to < in.from) return wrong("/to", "must not be before from");
  bool from_now = in.type.horizon.kind == Horizon::Kind::days && in.type.horizon.count == Horizon::Count::available;
  Millis span = in.to - (from_now ? std::min(in.now, in.from) : in.from);
  if (span > std::chrono::days{kMaxScenarioDays})
    return wrong("/to", fmt::format("must be at most {} days after {}", kMaxScenarioDays, from_now ? "now" : "from"));
  int64_t starts = span / in.type.step * static_cast<int64_t>(in.hosts.size());
  if (starts > kMaxScenarioStarts)
    return wrong("/to", fmt::format("leaves room for {} starts, more than {}; ask for fewer days or hosts", starts,
                                    kMaxScenarioStarts));
  return {};
}

}  // namespace

Result<Input> parse_scenario(const Json& j) {
  TRY_VOID(scenario_shape().validate(j));
  Input out;
  out.now = instant(j, "now", {});
  out.from = instant(j, "from", out.now);
  out.to = instant(j, "to", out.from + std::chrono::days{kDefaultDays});
  if (find(j, "viewer_zone")) out.viewer = TRY(find_zone(get_string(j, "viewer_zone")));
  static const Json kNothing = json::object{};
  const Json* type = find(j, "meeting_type");
  out.type = TRY(parse_type(type ? *type : kNothing, "/meeting_type"));
  TRY_VOID(parse_hosts(j, out));
  TRY_VOID(within_limits(out));
  return out;
}

Result<Input> read_scenario(std::string_view text) {
  if (text.size() > kMaxScenarioBytes)
    return fail(Code::too_large, fmt::format("The scenario is larger than {} bytes.", kMaxScenarioBytes));
  Json j = TRY(parse_json(text));
  return parse_scenario(j);
}

Json answer(const Input& in, const Board& board) {
  json::array slots, refused;
  for (const Slot& s : board.offer().slots) {
    json::array hosts;
    for (uint32_t h : board.offer().hosts_of(s)) hosts.emplace_back(in.hosts[h].id);
    slots.push_back({{"start", format_rfc3339(s.start)}, {"hosts", std::move(hosts)}});
  }
  for (const Refused& r : board.refused())
    refused.push_back(
        {{"start", format_rfc3339(r.start)}, {"host", in.hosts[r.host].id}, {"reason", to_string(r.reason)}});
  return json::object{{"slots", std::move(slots)}, {"refused", std::move(refused)}};
}

}  // namespace onward::slots
