// A sequence as a readable document: when it starts, its steps, when each goes out. JSON over the API, YAML in files.
// Stop rules are not written here because they cannot be switched off: reply, booking, opt-out, outcome, bounce.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/schema.h"
#include "core/calendar/calendar.h"
#include "core/contacts/contact.h"

namespace onward::sequences {

enum class TriggerKind {
  talk_held,
  stage_entered,
  no_show,
  silence,
  manual,
  appointment_booked,  // or moved to another time or host
  appointment_cancelled,
  appointment_late,  // the host is running late
};
struct Trigger {
  TriggerKind kind = TriggerKind::manual;
  std::string stage;                       // stage_entered
  int days = 0;                            // silence
  std::vector<std::string> meeting_types;  // slugs, with talk_held, no_show, appointment_*; empty: no other names them
};
// What is about one appointment; no_show is about one when it was booked here.
bool about_appointment(TriggerKind);

enum class Reentry {
  never,      // once per conversation
  after_end,  // again when the earlier run has ended
  restart,    // a running one is stopped and started anew
};

enum class StepKind { email, asset, task, wait, close };
enum class Base { trigger, previous };  // what a delay counts from
enum class AtDeadline { send, skip, hold };

// A comparison with one fact about the case; see conversations::fact_value for the names.
struct Condition {
  std::string fact;
  std::string op;  // is, is_not
  std::string value;
};

// So long before the appointment begins, instead of a delay after the trigger. Once that time has passed the step is
// skipped: nobody is reminded late.
struct Before {
  bool reminders = false;  // at each of the times that the meeting type names; the step repeats
  int days = 0;            // by the calendar of the appointment's zone
  Minutes span{0};
  std::optional<Minutes> at;  // with days: at this local time, else at the appointment's
};

enum class InvitationKind { none, request, cancel };  // RFC 5546

struct ApprovalRule {
  int within_hours = 4;  // business hours of the advisor
  AtDeadline then = AtDeadline::hold;
};

struct Step {
  std::string key;  // unique in the document; names the step across versions
  StepKind kind = StepKind::email;
  std::string title;
  contacts::Purpose purpose = contacts::Purpose::follow_up;
  std::string template_key;  // email, asset
  std::string keeps;         // recap, asset, check_in, or empty
  calendar::Delay delay;
  Base base = Base::trigger;
  std::optional<Before> before;
  InvitationKind invitation = InvitationKind::none;  // email: the calendar part that goes with it
  std::optional<calendar::Window> window;
  std::optional<std::pair<Minutes, Minutes>> quiet;
  bool avoid_holidays = true;
  bool avoid_absence = true;  // wait while the advisor is away
  std::vector<Condition> only_if;
  std::optional<ApprovalRule> approval;
  int valid_hours = 120;           // after its time it is stale
  std::string pick;                // asset: promised, best_fit
  std::vector<std::string> kinds;  // asset, best_fit: kinds of asset to choose from
  std::string task_kind;           // call, letter, other
  std::string instruction;         // task; a template
  std::string close_reason;        // close
};

struct Document {
  std::string name;
  std::string type;  // conversation type
  Trigger trigger;
  std::vector<std::string> stages;  // starts only in these; empty: any open stage
  Reentry reentry = Reentry::after_end;
  calendar::SendRules rules;
  std::vector<Step> steps;

  int index_of(std::string_view key) const;  // -1: no such step
  // It tells about an appointment and nothing else: a reply, another booking, an opt-out or an outcome does not stop
  // it.
  bool is_service() const;
};

// The shape of a document on the wire (for validation and the OpenAPI document).
const Shape& document_shape();
// Errors: Code::invalid naming each field.
Result<Document> parse_document(const Json&);
calendar::SendRules rules_of(const Document&, const Step&);

// transactional 5, recap 10, asset 20, check-in 30, other follow-up 50, marketing 80: what leaves first when a mailbox
// is short.
int priority_of(const Step&);

std::string_view to_string(TriggerKind);
std::string_view to_string(StepKind);

}  // namespace onward::sequences
