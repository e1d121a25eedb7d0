// What can happen to a case. A new event is a new alternative: a forgotten one does not compile.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/conversations/case.h"

namespace onward::conversations {

struct Opened {};  // the conversation was just created
struct TalkHeld {
  Talk talk;
};
struct ReplyReceived {
  Instant at;
  std::string channel, text;
  std::optional<Instant> resume_at;  // "call me in March": the next touch moves there instead of being cancelled
  std::string message_id, subject;
  std::string in_reply_to;  // Message-ID that it names; empty: not known
};
struct ReplyAnswered {};
struct MessageAnswered {  // a reply elsewhere names this message
  TouchId touch;
};
struct StageEntered {
  Stage stage = Stage::qualified;         // not a closed one: that is an OutcomeSet
  std::optional<Instant> appointment_at;  // with booked
};
// Appointments come with the event as they stand after it. `next_at`: of the same conversation's next appointment.
struct AppointmentBooked {  // or moved to another time or host
  Appointment appointment;
  std::optional<Instant> next_at;
};
struct NoShow {
  std::string cause;                       // customer, advisor, technical, unknown
  std::optional<Appointment> appointment;  // none: it was agreed on elsewhere
};
struct AppointmentCancelled {
  Appointment appointment;
  std::string why;
  std::optional<Instant> next_at;
  bool told = true;  // false: what was agreed is asked for again, and whoever asked knows it
};
struct AppointmentConfirmed {
  Appointment appointment;
};
struct AppointmentAhead {  // one of several is over
  Instant next_at;
};
struct AppointmentHeld {  // they met: what is next is to log the talk
  AppointmentId appointment;
};
struct RunningLate {
  Appointment appointment;
};
struct OutcomeSet {
  Deal deal;
};
struct Reopened {};
struct OptedOut {
  std::string source;
  std::string detail;  // of why sequences stop; may be empty
};
struct ConsentEnded {  // the contact says no to these purposes now, which the contact of the case shows already
  std::vector<contacts::Purpose> purposes;
  std::string detail;
};
struct Enroll {
  VersionId version;
};
struct Unenroll {
  EnrollmentId enrollment;
  std::string reason;
};
struct MoveVersion {  // one enrollment to another version of its sequence, as the plan of a publication says
  EnrollmentId enrollment;
  VersionId to;
};
struct OwnerChanged {
  AdvisorId owner;
};
struct Tick {};   // timers of this case that are due: deadlines, promises, silence, leases
struct SendDue {  // claim one message for sending
  TouchId touch;
  int64_t lease_token = 0;
  Millis lease{300'000};
};
inline constexpr std::string_view kLostClaim = "the sender lost its claim";  // as the gate of engine.sql says it
inline constexpr std::string_view kWindowClosed = "its window has closed";   // as the gate of engine.sql says it
// A result is taken from the sender that holds the touch. Once the touch is in doubt, `accepted` and what says that the
// same attempt surely did not arrive (deferred, rejected, stopped, logged) still count.
struct SendResult {
  enum class Kind { accepted, deferred, rejected, unknown, stopped, logged } kind = Kind::accepted;
  TouchId touch;
  int64_t lease_token = 0;
  std::string evidence;  // what is known, without addresses
  std::string reason;    // stopped
  bool bad_address = false;
};
struct Approve {
  TouchId touch;
  std::string by;
};
struct Edit {
  TouchId touch;
  std::string by;
  std::optional<std::string> subject, body;
  std::optional<Instant> due_at;
};
struct Skip {
  TouchId touch;
  std::string by, reason;
};
struct TaskDone {
  TouchId touch;
  std::string by, note;
};
struct Resolve {  // a person decides about a touch in doubt
  TouchId touch;
  std::string by;
  bool arrived = true;
};
// A person writes a message by hand; it waits `hold` so that it can be undone. What is transactional is written for
// nobody: it answers what the contact has just asked for.
struct Compose {
  std::string by, subject, body;
  Millis hold{10'000};
  contacts::Purpose purpose = contacts::Purpose::follow_up;
};
struct AddTask {
  std::string by, title, kind;
  Instant due_at;
};
struct WaivePromise {
  PromiseId promise;
  std::string by, reason;
};
struct KeepPromise {  // done outside the system
  PromiseId promise;
  std::string by, note;
};

using Event = std::variant<Opened, TalkHeld, ReplyReceived, ReplyAnswered, MessageAnswered, StageEntered,
                           AppointmentBooked, AppointmentConfirmed, NoShow, AppointmentCancelled, AppointmentAhead,
                           AppointmentHeld, RunningLate, OutcomeSet, Reopened, OptedOut, ConsentEnded, Enroll, Unenroll,
                           MoveVersion, OwnerChanged, Tick, SendDue, SendResult, Approve, Edit, Skip, TaskDone, Resolve,
                           Compose, AddTask, WaivePromise, KeepPromise>;

}  // namespace onward::conversations
