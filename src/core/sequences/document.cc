#include "core/sequences/document.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/names.h"

namespace onward::sequences {
namespace {

using shape::object;
using shape::one_of;
using shape::required;

constexpr int kMaxSteps = 50;

constexpr Name<TriggerKind> kTriggers[] = {{TriggerKind::talk_held, "talk_held"},
                                           {TriggerKind::stage_entered, "stage_entered"},
                                           {TriggerKind::no_show, "no_show"},
                                           {TriggerKind::silence, "silence"},
                                           {TriggerKind::manual, "manual"},
                                           {TriggerKind::appointment_booked, "appointment_booked"},
                                           {TriggerKind::appointment_cancelled, "appointment_cancelled"},
                                           {TriggerKind::appointment_late, "appointment_late"}};
constexpr Name<InvitationKind> kInvitations[] = {{InvitationKind::request, "request"},
                                                 {InvitationKind::cancel, "cancel"}};
constexpr Name<contacts::Purpose> kPurposes[] = {{contacts::Purpose::transactional, "transactional"},
                                                 {contacts::Purpose::follow_up, "follow_up"},
                                                 {contacts::Purpose::marketing, "marketing"}};
constexpr Name<Reentry> kReentries[] = {
    {Reentry::never, "never"}, {Reentry::after_end, "after_end"}, {Reentry::restart, "restart"}};
constexpr Name<StepKind> kSteps[] = {{StepKind::email, "email"},
                                     {StepKind::asset, "asset"},
                                     {StepKind::task, "task"},
                                     {StepKind::wait, "wait"},
                                     {StepKind::close, "close"}};
constexpr Name<AtDeadline> kDeadlines[] = {
    {AtDeadline::send, "send"}, {AtDeadline::skip, "skip"}, {AtDeadline::hold, "hold"}};

Shape window_shape() {
  return object({{"days", shape::list(one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}), 1, 7), required,
                  "Weekdays of the recipient"},
                 {"from", shape::time_of_day(), required, "Local time of the recipient"},
                 {"to", shape::time_of_day(), required, "Local time of the recipient; 24:00 is the end of the day"}});
}
Shape quiet_shape() {
  return object({{"from", shape::time_of_day(), required}, {"to", shape::time_of_day(), required}});
}
Shape delay_shape() {
  return object({{"hours", shape::integer(0, 8760), shape::optional, "Elapsed hours"},
                 {"days", shape::integer(0, 365), shape::optional, "Calendar days of the recipient"},
                 {"business_days", shape::integer(0, 260), shape::optional, "Mon-Fri less the recipient's holidays"},
                 {"weekday", one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}), shape::optional,
                  "Then on to this weekday"},
                 {"at", shape::time_of_day(), shape::optional, "Then at this local time of the recipient"}});
}

Shape before_shape() {
  return object({{"reminders", shape::boolean(), shape::optional, "At each time that the meeting type names"},
                 {"days", shape::integer(1, 60), shape::optional, "Calendar days where the appointment is"},
                 {"hours", shape::integer(1, 1440), shape::optional, "Elapsed hours"},
                 {"minutes", shape::integer(1, 1440), shape::optional, "Elapsed minutes"},
                 {"at", shape::time_of_day(), shape::optional, "With days: at this local time"}});
}

Shape step_shape() {
  Shape condition = object({{"fact", shape::line(1, 60), required, "What is looked at, e.g. promised_assets"},
                            {"is", shape::line(0, 200)},
                            {"is_not", shape::line(0, 200)}});
  Shape approval = object({{"by", one_of({"person"}), required},
                           {"within_hours", shape::integer(0, 240), shape::optional, "Business hours of the advisor"},
                           {"then", one_of(names_of(kDeadlines)), shape::optional, "What happens at the deadline"}});
  return object(
      {{"key", shape::line(1, 60), required, "Names the step across versions"},
       {"do", one_of(names_of(kSteps)), required, "What the step does"},
       {"title", shape::line(1, 120), required, "What people read"},
       {"purpose", one_of(names_of(kPurposes)), shape::optional,
        "Needs its own lawful basis; transactional only about an appointment"},
       {"template", shape::line(1, 60), shape::optional, "Key of a template in the library"},
       {"keeps", one_of({"recap", "asset", "check_in"}), shape::optional, "The promise that it keeps"},
       {"delay", delay_shape(), shape::optional, "When"},
       {"from", one_of({"trigger", "previous"}), shape::optional, "What the delay counts from"},
       {"before", before_shape(), shape::optional, "Instead of a delay: so long before the appointment begins"},
       {"invitation", one_of(names_of(kInvitations)), shape::optional, "The calendar part of the mail (iMIP)"},
       {"window", window_shape()},
       {"quiet", quiet_shape()},
       {"holidays", one_of({"avoid", "ignore"})},
       {"absence", one_of({"wait", "ignore"})},
       {"only_if", shape::list(condition, 1, 10), shape::optional, "All must hold, else the step is skipped"},
       {"approval", approval, shape::optional, "Absent: it goes by itself"},
       {"valid_hours", shape::integer(1, 8760), shape::optional, "Stale this long after its time"},
       {"pick", one_of({"promised", "best_fit"}), shape::optional, "Which assets"},
       {"kinds", shape::list(one_of({"proposal", "case_study", "scope", "article", "pricing", "snippet"}), 1, 6)},
       {"task", one_of({"call", "letter", "other"})},
       {"instruction", shape::text(1, 2000), shape::optional, "What the person is asked to do"},
       {"reason", shape::line(1, 200), shape::optional, "Why the conversation is closed"}});
}

Minutes time_at(const Json& j, std::string_view key) { return *parse_time_of_day(get_string(j, key)); }

calendar::Window read_window(const Json& j) {
  calendar::Window w;
  w.days.fill(false);
  for (const std::string& day : get_strings(j, "days")) w.days[parse_weekday(day)->c_encoding()] = true;
  w.from = time_at(j, "from");
  w.to = time_at(j, "to");
  return w;
}

calendar::Delay read_delay(const Json& j) {
  using Unit = calendar::Delay::Unit;
  calendar::Delay d{Unit::hours, 0, {}, {}};
  for (auto [key, unit] :
       {std::pair{"hours", Unit::hours}, {"days", Unit::days}, {"business_days", Unit::business_days}})
    if (find(j, key)) d.unit = unit, d.amount = static_cast<int>(get_int(j, key));
  if (find(j, "weekday")) d.weekday = *parse_weekday(get_string(j, "weekday"));
  if (find(j, "at")) d.at = time_at(j, "at");
  return d;
}

void read_rules(const Json& j, Step& s) {
  if (const Json* w = find(j, "window")) s.window = read_window(*w);
  if (const Json* q = find(j, "quiet")) s.quiet = {time_at(*q, "from"), time_at(*q, "to")};
  s.avoid_holidays = get_string(j, "holidays", "avoid") == "avoid";
  s.avoid_absence = get_string(j, "absence", "wait") == "wait";
  if (const Json* list = find(j, "only_if"))
    for (const Json& c : list->get_array()) {
      bool is = find(c, "is") != nullptr;
      s.only_if.push_back({get_string(c, "fact"), is ? "is" : "is_not", get_string(c, is ? "is" : "is_not")});
    }
  if (const Json* a = find(j, "approval"))
    s.approval = ApprovalRule{static_cast<int>(get_int(*a, "within_hours", 4)),
                              value_of(kDeadlines, get_string(*a, "then", "hold"))};
}

Before read_before(const Json& j) {
  Before b{.reminders = get_bool(j, "reminders", false), .days = static_cast<int>(get_int(j, "days"))};
  b.span = Minutes{get_int(j, "hours") * 60 + get_int(j, "minutes")};
  if (find(j, "at")) b.at = time_at(j, "at");
  return b;
}

// How long a touch may be late before it says something stale.
int default_validity(const Step& s) {
  if (s.kind == StepKind::task || s.kind == StepKind::close) return 8760;
  if (s.keeps == "recap") return 48;
  if (s.keeps == "asset") return 96;
  return s.purpose == contacts::Purpose::marketing ? 168 : 120;
}

Step read_step(const Json& j) {
  Step s;
  s.key = get_string(j, "key");
  s.kind = value_of(kSteps, get_string(j, "do"));
  s.title = get_string(j, "title");
  s.purpose = value_of(kPurposes, get_string(j, "purpose", "follow_up"));
  s.template_key = get_string(j, "template");
  s.keeps = get_string(j, "keeps");
  s.delay = find(j, "delay") ? read_delay(*find(j, "delay")) : calendar::Delay{calendar::Delay::Unit::hours, 0, {}, {}};
  s.base = get_string(j, "from", "trigger") == "trigger" ? Base::trigger : Base::previous;
  if (const Json* before = find(j, "before")) s.before = read_before(*before);
  if (find(j, "invitation")) s.invitation = value_of(kInvitations, get_string(j, "invitation"));
  read_rules(j, s);
  s.pick = get_string(j, "pick", s.kind == StepKind::asset ? "promised" : "");
  s.kinds = get_strings(j, "kinds");
  if (s.kinds.empty()) s.kinds = {"article", "case_study"};
  s.task_kind = get_string(j, "task", "other");
  s.instruction = get_string(j, "instruction");
  s.close_reason = get_string(j, "reason", "no answer to the last touch");
  s.valid_hours = static_cast<int>(get_int(j, "valid_hours", default_validity(s)));
  return s;
}

void fault(Error& e, std::string pointer, std::string code, std::string message) {
  if (e.message.empty()) e.message = message;
  e.code = Code::invalid;
  e.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
}

int units_in(const Json& step) {
  const Json* d = find(step, "delay");
  return d ? (find(*d, "hours") != nullptr) + (find(*d, "days") != nullptr) + (find(*d, "business_days") != nullptr)
           : 0;
}

void check_before(const Json& before, const Json& step, const std::string& at, Error& e) {
  int ways = 0;
  for (std::string_view key : {"reminders", "days", "hours", "minutes"}) ways += find(before, key) != nullptr;
  bool clock = find(before, "hours") && find(before, "minutes");
  if (ways != 1 && !(clock && ways == 2))
    fault(e, at + "/before", "ambiguous", "before is reminders, days, or hours and minutes");
  if (find(before, "at") && !find(before, "days"))
    fault(e, at + "/before/at", "not_allowed", "a local time goes with days");
  if (find(step, "delay")) fault(e, at + "/delay", "not_allowed", "a step has a delay or before, not both");
}

// What only makes sense about an appointment.
void check_about(const Document& d, Error& e) {
  bool about = about_appointment(d.trigger.kind), coming = d.trigger.kind == TriggerKind::appointment_booked;
  if (!d.trigger.meeting_types.empty() && !about && d.trigger.kind != TriggerKind::no_show &&
      d.trigger.kind != TriggerKind::talk_held)
    fault(e, "/trigger/meeting_types", "not_allowed", "this trigger is not about an appointment");
  for (size_t i = 0; i < d.steps.size(); ++i) {
    std::string at = fmt::format("/steps/{}", i);
    if (d.steps[i].purpose == contacts::Purpose::transactional && !about)
      fault(e, at + "/purpose", "not_allowed", "only what tells about an appointment is transactional");
    if (d.steps[i].before && !coming)
      fault(e, at + "/before", "not_allowed", "only a sequence that a booking starts has an appointment ahead");
    if (d.steps[i].invitation != InvitationKind::none && !about)
      fault(e, at + "/invitation", "not_allowed", "only what tells about an appointment carries an invitation");
  }
}

void check_step(const Step& s, const Json& raw, const std::string& at, Error& e) {
  bool mail = s.kind == StepKind::email || s.kind == StepKind::asset;
  if (mail && s.template_key.empty()) fault(e, at + "/template", "required", "this step needs a template");
  if (s.kind == StepKind::task && s.instruction.empty())
    fault(e, at + "/instruction", "required", "a task says what the person is to do");
  if (units_in(raw) > 1)
    fault(e, at + "/delay", "ambiguous", "a delay is in hours, days or business_days, not in two of them");
  if (s.window && s.window->from >= s.window->to)
    fault(e, at + "/window/to", "format", "a window ends after it begins");
  if (s.approval && !mail) fault(e, at + "/approval", "not_allowed", "only a message is approved");
  if (s.invitation != InvitationKind::none && s.kind != StepKind::email)
    fault(e, at + "/invitation", "not_allowed", "only an email carries an invitation");
  if (const Json* before = find(raw, "before")) check_before(*before, raw, at, e);
  for (size_t i = 0; i < s.only_if.size(); ++i) {
    const Json& c = find(raw, "only_if")->get_array()[i];
    if ((find(c, "is") != nullptr) == (find(c, "is_not") != nullptr))
      fault(e, fmt::format("{}/only_if/{}", at, i), "format", "a condition has one of is, is_not");
  }
}

Error semantic_faults(const Document& d, const Json& j) {
  Error e;
  e.code = Code::invalid;
  std::set<std::string> keys;
  for (size_t i = 0; i < d.steps.size(); ++i) {
    std::string at = fmt::format("/steps/{}", i);
    if (!keys.insert(d.steps[i].key).second) fault(e, at + "/key", "duplicate", "another step has this key");
    check_step(d.steps[i], find(j, "steps")->get_array()[i], at, e);
  }
  if (d.rules.window.from >= d.rules.window.to) fault(e, "/window/to", "format", "a window ends after it begins");
  if (d.trigger.kind == TriggerKind::stage_entered && d.trigger.stage.empty())
    fault(e, "/trigger/stage", "required", "this trigger names a stage");
  if (d.trigger.kind == TriggerKind::silence && d.trigger.days < 1)
    fault(e, "/trigger/days", "required", "this trigger names days of silence");
  check_about(d, e);
  return e;
}

}  // namespace

const Shape& document_shape() {
  static const std::vector<std::string> stages = {"hand_raised", "qualified",    "booked",
                                                  "met",         "following_up", "proposal"};
  static const Shape trigger = object({{"on", one_of(names_of(kTriggers)), required, "What starts it"},
                                       {"stage", one_of(stages), shape::optional, "With stage_entered"},
                                       {"days", shape::integer(1, 365), shape::optional, "With silence"},
                                       {"meeting_types", shape::list(shape::line(1, 60), 1, 50), shape::optional,
                                        "Slugs; of appointments of these only, and none of the others' sequences"}});
  static const Shape document = object(
      {{"name", shape::line(1, 120), required, "Names the sequence; a new document of this name is its next version"},
       {"type", shape::line(1, 60), required, "Conversation type"},
       {"trigger", trigger, required, "When a conversation enters"},
       {"stages", shape::list(one_of(stages), 1, 6), shape::optional, "Starts only in these stages"},
       {"reentry", one_of(names_of(kReentries)), shape::optional, "Whether it may run again"},
       {"window", window_shape(), shape::optional, "When messages may leave; default Mon-Fri 08:30-18:00"},
       {"quiet", quiet_shape(), shape::optional, "When nothing leaves; default 20:00-08:00"},
       {"steps", shape::list(step_shape(), 1, kMaxSteps), required, "In order"}});
  return document;
}

Result<Document> parse_document(const Json& j) {
  TRY_VOID(document_shape().validate(j));
  Document d;
  d.name = get_string(j, "name");
  d.type = get_string(j, "type");
  const Json& t = *find(j, "trigger");
  d.trigger = {value_of(kTriggers, get_string(t, "on")), get_string(t, "stage"), static_cast<int>(get_int(t, "days"))};
  d.trigger.meeting_types = get_strings(t, "meeting_types");
  d.stages = get_strings(j, "stages");
  d.reentry = value_of(kReentries, get_string(j, "reentry", "after_end"));
  if (const Json* w = find(j, "window")) d.rules.window = read_window(*w);
  if (const Json* q = find(j, "quiet")) d.rules.quiet_from = time_at(*q, "from"), d.rules.quiet_to = time_at(*q, "to");
  for (const Json& step : find(j, "steps")->get_array()) d.steps.push_back(read_step(step));
  Error faults = semantic_faults(d, j);
  if (!faults.fields.empty()) return fail(std::move(faults));
  return d;
}

int Document::index_of(std::string_view key) const {
  for (size_t i = 0; i < steps.size(); ++i)
    if (steps[i].key == key) return static_cast<int>(i);
  return -1;
}

calendar::SendRules rules_of(const Document& d, const Step& s) {
  calendar::SendRules rules = d.rules;
  if (s.window) rules.window = *s.window;
  if (s.quiet) rules.quiet_from = s.quiet->first, rules.quiet_to = s.quiet->second;
  rules.avoid_holidays = s.avoid_holidays;
  return rules;
}

bool Document::is_service() const {
  return about_appointment(trigger.kind) && std::ranges::all_of(steps, [](const Step& s) {
           return (s.kind != StepKind::email && s.kind != StepKind::asset) ||
                  s.purpose == contacts::Purpose::transactional;
         });
}

bool about_appointment(TriggerKind k) {
  return k == TriggerKind::appointment_booked || k == TriggerKind::appointment_cancelled ||
         k == TriggerKind::appointment_late;
}

int priority_of(const Step& s) {
  if (s.purpose == contacts::Purpose::transactional) return 5;
  if (s.keeps == "recap") return 10;
  if (s.keeps == "asset") return 20;
  if (s.keeps == "check_in") return 30;
  return s.purpose == contacts::Purpose::marketing ? 80 : 50;
}

std::string_view to_string(TriggerKind k) {
  for (const auto& n : kTriggers)
    if (n.value == k) return n.name;
  return "";
}
std::string_view to_string(StepKind k) {
  for (const auto& n : kSteps)
    if (n.value == k) return n.name;
  return "";
}

}  // namespace onward::sequences
