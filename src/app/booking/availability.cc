#include "app/booking/availability.h"

#include "app/advisors.h"

namespace onward::app::booking {
namespace {

using ports::opt_text;

// Whose hours the caller may change. Errors: not_found, forbidden.
Status require_hours(Step& step, AdvisorId id) {
  Json advisor = TRY(get_advisor(step, id));
  TRY_VOID(step.require_change());
  const Caller& caller = step.caller;
  if (caller.role == Role::owner || caller.advisor == id) return {};
  if (caller.role == Role::manager && caller.agency && get_string(advisor, "agency_id") == caller.agency.text())
    return {};
  return fail(Code::forbidden, "your role does not allow this");
}

json::object exception_view(const Rows& rows, size_t r, AdvisorId advisor) {
  return {{"id", ExceptionId{rows.integer(r, 0)}.text()},
          {"advisor_id", advisor.text()},
          {"date", rows.text(r, 1)},
          {"closed", rows.is_null(r, 2)},
          {"from", text_json(rows.text(r, 2))},
          {"to", text_json(rows.text(r, 3))}};
}

json::object travel_view(const Rows& rows, size_t r, AdvisorId advisor) {
  return {{"id", TravelId{rows.integer(r, 0)}.text()},
          {"advisor_id", advisor.text()},
          {"from", rows.text(r, 1)},
          {"to", rows.text(r, 2)},
          {"zone", rows.text(r, 3)}};
}

using View = json::object (*)(const Rows&, size_t, AdvisorId);

Result<json::array> list(Step& step, std::string_view statement, AdvisorId advisor, const Slice& slice, View view) {
  TRY(get_advisor(step, advisor));
  Rows rows = step.run(statement, {advisor.value, slice.after, slice.limit});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(view(rows, r, advisor));
  return out;
}

}  // namespace

Result<Json> add_exception(Step& step, AdvisorId advisor, const Json& body) {
  TRY_VOID(require_hours(step, advisor));
  bool from = find(body, "from"), to = find(body, "to");
  if (from != to) return fail_field(from ? "/to" : "/from", "required", "`from` and `to` come together");
  if (from && TRY(parse_time_of_day(get_string(body, "from"))) == TRY(parse_time_of_day(get_string(body, "to"))))
    return fail_field("/to", "order", "must differ from `from`");
  if (get_string(body, "from") == "24:00") return fail_field("/from", "range", "must be before 24:00");
  auto id = step.new_id<ExceptionId>();
  step.run("exception_insert", {id.value, advisor.value, get_string(body, "date"), opt_text(get_string(body, "from")),
                                opt_text(get_string(body, "to"))});
  step.fact("advisor.hours_changed", {}, advisor.value, {{"date", get_string(body, "date")}});
  return Json(exception_view(step.run("exception_get", {id.value, advisor.value}), 0, advisor));
}

Result<json::array> list_exceptions(Step& step, AdvisorId advisor, const Slice& slice) {
  return list(step, "exception_list", advisor, slice, exception_view);
}

Result<Json> delete_exception(Step& step, AdvisorId advisor, ExceptionId id) {
  TRY_VOID(require_hours(step, advisor));
  Rows row = step.run("exception_get", {id.value, advisor.value});
  if (row.empty()) return not_found("exception");
  step.run("exception_delete", {id.value});
  step.fact("advisor.hours_changed", {}, advisor.value, {{"date", row.text(0, 1)}});
  return Json(exception_view(row, 0, advisor));
}

Result<Json> add_travel(Step& step, AdvisorId advisor, const Json& body) {
  TRY_VOID(require_hours(step, advisor));
  std::string from = get_string(body, "from"), to = get_string(body, "to");
  if (to < from) return fail_field("/to", "order", "must not be before `from`");
  auto id = step.new_id<TravelId>();
  step.run("travel_insert", {id.value, advisor.value, from, to, get_string(body, "zone")});
  step.fact("advisor.travels", {}, advisor.value, {{"from", from}, {"to", to}, {"zone", get_string(body, "zone")}});
  return Json(travel_view(step.run("travel_get", {id.value, advisor.value}), 0, advisor));
}

Result<json::array> list_travel(Step& step, AdvisorId advisor, const Slice& slice) {
  return list(step, "travel_list", advisor, slice, travel_view);
}

Result<Json> delete_travel(Step& step, AdvisorId advisor, TravelId id) {
  TRY_VOID(require_hours(step, advisor));
  Rows row = step.run("travel_get", {id.value, advisor.value});
  if (row.empty()) return not_found("journey");
  step.run("travel_delete", {id.value});
  step.fact("advisor.travels_not", {}, advisor.value, {{"from", row.text(0, 1)}, {"to", row.text(0, 2)}});
  return Json(travel_view(row, 0, advisor));
}

}  // namespace onward::app::booking
