#include "app/booking/meeting_types.h"

#include <fmt/format.h>

#include <set>

#include "app/qualification/forms.h"
#include "base/text.h"
#include "core/slots/scenario.h"

namespace onward::app::booking {
namespace {

using ports::opt_text;

constexpr std::string_view kNumbers[] = {"length_min",        "step_min",         "offset_min",
                                         "buffer_before_min", "buffer_after_min", "notice_min"};
constexpr std::string_view kLimits[] = {"daily_limit", "daily_minutes_limit"};
constexpr std::string_view kWords[] = {"assignment", "grid", "fill"};

constexpr int64_t kUsualLength = 30;
constexpr int64_t kUsualCancelNotice = 24 * 60;
constexpr int64_t kUsualReminders[] = {24 * 60, 2 * 60};

json::object usual_rules() {
  return {{"length_min", kUsualLength}, {"offset_min", 0},   {"buffer_before_min", 0},
          {"buffer_after_min", 0},      {"notice_min", 0},   {"assignment", "any"},
          {"grid", "viewer"},           {"fill", "plain"},   {"daily_limit", nullptr},
          {"horizon", nullptr},         {"window", nullptr}, {"daily_minutes_limit", nullptr}};
}

bool slug_like(std::string_view s) {
  if (s.empty() || s.front() == '-' || s.back() == '-') return false;
  for (char c : s)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  return true;
}

Json null_or_json(const std::string& text) { return text.empty() ? Json(nullptr) : *parse_json(text); }

std::string opt_dump(const Json& rules, std::string_view key) {
  const Json* value = find(rules, key);
  return value ? dump(*value) : std::string();
}

ports::Value opt_number(const Json& rules, std::string_view key) {
  return find(rules, key) ? ports::Value(get_int(rules, key)) : ports::null_value();
}

json::object view(const MeetingType& t) {
  json::array hosts;
  for (const TypeHost& h : t.hosts)
    hosts.push_back(json::object{
        {"advisor_id", h.advisor.text()}, {"weight", h.weight}, {"fixed", h.fixed}, {"group", text_json(h.group)}});
  json::object out{
      {"id", t.id.text()}, {"slug", t.slug}, {"type", t.type}, {"name", t.name}, {"description", t.description}};
  out["education"] = t.education;
  for (const auto& [key, value] : t.rules.as_object()) out[key] = value;
  out["channels"] = t.channels;
  out["place"] = text_json(t.place);
  out["seats"] = t.seats;
  out["cancel_notice_min"] = t.cancel_notice_min;
  out["requires_confirmation"] = t.requires_confirmation;
  out["approval"] = t.approval;
  out["approval_hours"] = t.approval_hours;
  out["event"] = t.event;
  out["waitlist_min"] = t.waitlist_min;
  out["reminders"] = t.reminders;
  out["active"] = t.active;
  out["form_id"] = id_json<FormId>(t.form.value);
  out["routing"] = t.routing;
  out["hosts"] = std::move(hosts);
  out["created_at"] = format_rfc3339(t.created_at);
  out["updated_at"] = format_rfc3339(t.updated_at);
  return out;
}

ports::Params row(const MeetingType& t) {
  return {t.id.value,
          t.slug,
          t.type,
          dump(t.name),
          dump(t.description),
          get_int(t.rules, "length_min"),
          get_int(t.rules, "step_min"),
          get_int(t.rules, "offset_min"),
          get_int(t.rules, "buffer_before_min"),
          get_int(t.rules, "buffer_after_min"),
          get_int(t.rules, "notice_min"),
          t.cancel_notice_min,
          opt_number(t.rules, "daily_limit"),
          opt_number(t.rules, "daily_minutes_limit"),
          get_string(t.rules, "assignment"),
          get_string(t.rules, "grid"),
          get_string(t.rules, "fill"),
          opt_text(opt_dump(t.rules, "horizon")),
          opt_text(opt_dump(t.rules, "window")),
          dump(t.channels),
          opt_text(t.place),
          t.seats,
          int64_t{t.requires_confirmation},
          dump(t.reminders),
          int64_t{t.active},
          to_ms(t.updated_at),
          dump(t.education)};
}

// Hosts, and what decides who of them gets a customer.
void read_hosts(Step& step, std::vector<MeetingType>& types) {
  std::vector<int64_t> ids;
  for (const MeetingType& t : types) ids.push_back(t.id.value);
  if (ids.empty()) return;
  const std::string all = id_set(ids);
  const std::vector<ports::Call> calls = {
      {"meeting_type_hosts", {all}}, {"meeting_type_kinds", {all}}, {"meeting_type_choice", {all}}};
  std::vector<Rows> found = step.tx.run_all(calls);
  auto each = [&](const Rows& rows, auto read) {
    for (size_t r = 0; r < rows.size(); ++r)
      for (MeetingType& t : types)
        if (t.id.value == rows.integer(r, 0)) read(t, r);
  };
  each(found[1], [&](MeetingType& t, size_t r) { read_kind(t, found[1], r); });
  each(found[2], [&](MeetingType& t, size_t r) { read_choice(found[2], r, t); });
  const Rows& rows = found[0];
  for (size_t r = 0; r < rows.size(); ++r)
    for (MeetingType& t : types)
      if (t.id.value == rows.integer(r, 0))
        t.hosts.push_back(
            {AdvisorId{rows.integer(r, 1)}, rows.integer(r, 2), rows.integer(r, 3) != 0, rows.text(r, 4)});
}

Result<MeetingType> found(Step& step, const Rows& rows) {
  if (rows.empty()) return not_found("meeting type");
  std::vector<MeetingType> one = {read_type(rows, 0)};
  read_hosts(step, one);
  return std::move(one.front());
}

Result<std::vector<TypeHost>> wanted_hosts(Step& step, const Json& body) {
  std::vector<TypeHost> out;
  std::set<AdvisorId> seen;
  for (const Json& given : body.at("hosts").as_array()) {
    std::string at = fmt::format("/hosts/{}/advisor_id", out.size());
    TypeHost h{*AdvisorId::parse(get_string(given, "advisor_id")), get_int(given, "weight", 1),
               get_bool(given, "fixed"), std::string(trim(get_string(given, "group")))};
    if (!seen.insert(h.advisor).second) return fail_field(at, "duplicate", "is there twice");
    if (step.run("advisor_for_new", {h.advisor.value}).empty())
      return fail_field(at, "not_found", "there is no such advisor");
    out.push_back(std::move(h));
  }
  return out;
}

Status apply_rules(MeetingType& t, const Json& body, Changes& c) {
  json::object rules = t.rules.as_object();
  bool step_given = rules.contains("step_min") && get_int(t.rules, "step_min") != get_int(t.rules, "length_min");
  auto take = [&](std::string_view key) {
    if (!has(body, key)) return;
    const Json& given = body.at(key);
    Json usual = usual_rules().contains(key) ? usual_rules().at(key) : Json(nullptr);
    const Json& value = given.is_null() ? usual : given;
    if (!rules.contains(key) || rules.at(key) != value) c.note(key);
    rules[key] = value;
  };
  for (std::string_view key : kNumbers) take(key);
  for (std::string_view key : kLimits) take(key);
  for (std::string_view key : kWords) take(key);
  take("horizon");
  take("window");
  if (!rules.contains("step_min") || rules.at("step_min").is_null() || (!step_given && !has(body, "step_min")))
    rules["step_min"] = rules.at("length_min");
  t.rules = std::move(rules);
  TRY_VOID(slots::parse_type(t.rules, ""));
  return {};
}

Status require_texts(const Json& texts, std::string_view key, bool some) {
  for (const auto& [language, text] : texts.as_object())
    if (text.as_string().size() > 4000)
      return fail_field(fmt::format("/{}/{}", key, std::string_view(language)), "too_long", "is too long");
  if (some && texts.as_object().empty())
    return fail_field(fmt::format("/{}", key), "required", "must have at least one language");
  return {};
}

// An event that has sessions ahead stays one.
Status apply_kind(Step& step, MeetingType& t, const Json& body, Changes& c) {
  auto flag = [&](std::string_view key, bool& stored) {
    if (bool yes = get_bool(body, key, stored); yes != stored) c.note(key), stored = yes;
  };
  auto number = [&](std::string_view key, int64_t& stored) {
    if (int64_t given = get_int(body, key, stored); given != stored) c.note(key), stored = given;
  };
  bool was = t.event;
  flag("approval", t.approval);
  flag("event", t.event);
  number("approval_hours", t.approval_hours);
  number("waitlist_min", t.waitlist_min);
  if (was && !t.event && step.run("sessions_of_type", {t.id.value, to_ms(step.now)}).integer(0, 0) > 0)
    return fail(Code::conflict, "sessions of this event are ahead: take them back first");
  return {};
}

// What is asked, and how one of the hosts is chosen.
Status apply_choice(Step& step, MeetingType& t, Changes& c) {
  t.form = TRY(c.id("form_id", t.form));
  if (t.form && (c.touches("form_id") || c.touches("name") || c.touches("type")))
    TRY_VOID(require_askable(step, t.form, t.name, t.type));
  t.routing = c.value("routing", std::move(t.routing));
  TeamId team = TRY(id_of<TeamId>(t.routing, "team_id"));
  if (c.touches("routing") && team && step.run("team_get", {team.value}).empty())
    return unknown_reference("routing/team_id", "team");
  return {};
}

Status apply(Step& step, MeetingType& t, const Json& body, Changes& c) {
  t.slug = c.text("slug", t.slug);
  if (!slug_like(t.slug)) return fail_field("/slug", "format", "must be small letters, digits and hyphens");
  t.type = c.text("type", t.type);
  if (c.touches("type") && step.run("conversation_type_exists", {t.type}).empty())
    return unknown_reference("type", "conversation type");
  t.name = c.value("name", std::move(t.name));
  t.description = c.value("description", std::move(t.description));
  TRY_VOID(require_texts(t.name, "name", true));
  TRY_VOID(require_texts(t.description, "description", false));
  t.education = c.value("education", std::move(t.education));
  for (const auto& [part, texts] : t.education.as_object())
    if (!texts.is_null()) TRY_VOID(require_texts(texts, fmt::format("education/{}", std::string_view(part)), false));
  TRY_VOID(apply_rules(t, body, c));
  t.channels = c.value("channels", std::move(t.channels));
  if (t.channels.as_array().empty()) t.channels = json::array{Json("in_person")};
  t.place = c.text("place", t.place);
  t.reminders = c.value("reminders", std::move(t.reminders));
  if (int64_t seats = get_int(body, "seats", t.seats); seats != t.seats) c.note("seats"), t.seats = seats;
  if (int64_t min = get_int(body, "cancel_notice_min", t.cancel_notice_min); min != t.cancel_notice_min)
    c.note("cancel_notice_min"), t.cancel_notice_min = min;
  if (bool yes = get_bool(body, "requires_confirmation", t.requires_confirmation); yes != t.requires_confirmation)
    c.note("requires_confirmation"), t.requires_confirmation = yes;
  if (bool yes = get_bool(body, "active", t.active); yes != t.active) c.note("active"), t.active = yes;
  TRY_VOID(apply_kind(step, t, body, c));
  if (find(body, "hosts")) {
    t.hosts = TRY(wanted_hosts(step, body));
    c.note("hosts");
  }
  TRY_VOID(apply_choice(step, t, c));
  Rows same = step.run("meeting_type_by_slug", {t.slug});
  if (!same.empty() && same.integer(0, 0) != t.id.value)
    return fail_field("/slug", "duplicate", "another meeting type has this slug");
  return {};
}

void write_kind(Step& step, const MeetingType& t) {
  step.run("meeting_type_kind_set",
           {t.id.value, int64_t{t.approval}, t.approval_hours, int64_t{t.event}, t.waitlist_min});
}

void write_hosts(Step& step, const MeetingType& t) {
  step.run("meeting_type_drop_hosts", {t.id.value});
  std::vector<Params> rows;
  for (const TypeHost& h : t.hosts)
    rows.push_back({t.id.value, h.advisor.value, static_cast<int64_t>(rows.size()), h.weight, int64_t{h.fixed},
                    opt_text(h.group)});
  if (!rows.empty()) step.tx.run_many("meeting_type_host_insert", rows);
}

void write_choice(Step& step, const MeetingType& t) {
  step.run("meeting_type_choose", {t.id.value, ports::opt_int(t.form.value),
                                   opt_text(t.routing.as_object().empty() ? std::string() : dump(t.routing))});
}

}  // namespace

void read_kind(MeetingType& t, const Rows& rows, size_t r) {
  t.approval = rows.integer(r, 1) != 0;
  t.approval_hours = rows.integer(r, 2);
  t.event = rows.integer(r, 3) != 0;
  t.waitlist_min = rows.integer(r, 4);
}

void read_choice(const Rows& rows, size_t r, MeetingType& t) {
  t.form = {rows.integer(r, 1)};
  t.routing = stored_json(rows.text(r, 2), json::object{});
}

MeetingType read_type(const Rows& rows, size_t r) {
  MeetingType t;
  t.id = {rows.integer(r, 0)};
  t.slug = rows.text(r, 1);
  t.type = rows.text(r, 2);
  t.name = stored_json(rows.text(r, 3), json::object{});
  t.description = stored_json(rows.text(r, 4), json::object{});
  json::object rules;
  for (size_t i = 0; i < std::size(kNumbers); ++i) rules[kNumbers[i]] = rows.integer(r, 5 + i);
  for (size_t i = 0; i < std::size(kLimits); ++i)
    rules[kLimits[i]] = rows.is_null(r, 11 + i) ? Json(nullptr) : Json(rows.integer(r, 11 + i));
  for (size_t i = 0; i < std::size(kWords); ++i) rules[kWords[i]] = rows.text(r, 13 + i);
  rules["horizon"] = null_or_json(rows.text(r, 16));
  rules["window"] = null_or_json(rows.text(r, 17));
  t.rules = std::move(rules);
  t.channels = stored_json(rows.text(r, 18), json::array{});
  t.place = rows.text(r, 19);
  t.seats = rows.integer(r, 20);
  t.requires_confirmation = rows.integer(r, 21) != 0;
  t.reminders = stored_json(rows.text(r, 22), json::array{});
  t.active = rows.integer(r, 23) != 0;
  t.cancel_notice_min = rows.integer(r, 24);
  t.created_at = from_ms(rows.integer(r, 25));
  t.updated_at = from_ms(rows.integer(r, 26));
  t.education = stored_json(rows.text(r, 27), json::object{});
  return t;
}

Result<MeetingType> find_meeting_type(Step& step, MeetingTypeId id) {
  return found(step, step.run("meeting_type_get", {id.value}));
}

Result<MeetingType> find_meeting_type(Step& step, const std::string& slug) {
  Rows row = step.run("meeting_type_by_slug", {slug});
  if (row.empty()) return not_found("meeting type");
  return find_meeting_type(step, MeetingTypeId{row.integer(0, 0)});
}

Result<MeetingType> find_meeting_type_named(Step& step, const std::string& name) {
  if (auto found = find_meeting_type(step, name)) return found;
  constexpr int64_t kPage = 200;
  for (int64_t after = 0;;) {
    Rows rows = step.run("meeting_type_list", {after, kPage});
    for (size_t r = 0; r < rows.size(); ++r) {
      MeetingType t = read_type(rows, r);
      for (const auto& [language, said] : t.name.as_object())
        if (said.as_string() == name) return find_meeting_type(step, t.id);
    }
    if (rows.size() < static_cast<size_t>(kPage)) return not_found("meeting type");
    after = rows.integer(rows.size() - 1, 0);
  }
}

Result<Json> add_meeting_type(Step& step, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  MeetingType t{.id = step.new_id<MeetingTypeId>(), .created_at = step.now, .updated_at = step.now};
  t.rules = usual_rules();
  t.cancel_notice_min = kUsualCancelNotice;
  t.reminders = json::array(std::begin(kUsualReminders), std::end(kUsualReminders));
  Changes c(body);
  TRY_VOID(apply(step, t, body, c));
  step.run("meeting_type_insert", row(t));
  write_kind(step, t);
  write_choice(step, t);
  write_hosts(step, t);
  step.fact("meeting_type.created", {}, t.id.value, {{"slug", t.slug}});
  return Json(view(t));
}

Result<Json> get_meeting_type(Step& step, MeetingTypeId id) { return Json(view(TRY(find_meeting_type(step, id)))); }

Result<json::array> list_meeting_types(Step& step, const Slice& slice) {
  Rows rows = step.run("meeting_type_list", {slice.after, slice.limit});
  std::vector<MeetingType> types;
  for (size_t r = 0; r < rows.size(); ++r) types.push_back(read_type(rows, r));
  read_hosts(step, types);
  json::array out;
  for (const MeetingType& t : types) out.push_back(view(t));
  return out;
}

Result<Json> change_meeting_type(Step& step, MeetingTypeId id, const Json& body) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  MeetingType t = TRY(find_meeting_type(step, id));
  Changes c(body);
  TRY_VOID(apply(step, t, body, c));
  if (!c.any()) return Json(view(t));
  t.updated_at = step.now;
  step.run("meeting_type_update", row(t));
  write_kind(step, t);
  write_choice(step, t);
  if (find(body, "hosts")) write_hosts(step, t);
  step.fact("meeting_type.changed", {}, id.value, c.fact());
  return Json(view(t));
}

Result<Json> delete_meeting_type(Step& step, MeetingTypeId id) {
  TRY_VOID(step.require_role({Role::owner, Role::manager}));
  MeetingType t = TRY(find_meeting_type(step, id));
  if (step.run("meeting_type_ahead", {id.value, to_ms(step.now)}).integer(0, 0) > 0)
    return fail(Code::conflict, "appointments of this meeting type are ahead: cancel them first, or make it inactive");
  step.run("meeting_type_delete", {id.value, to_ms(step.now)});
  step.fact("meeting_type.deleted", {}, id.value);
  return Json(view(t));
}

}  // namespace onward::app::booking
