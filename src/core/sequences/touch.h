// One message or task, in or out, planned or past.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "core/calendar/calendar.h"
#include "core/contacts/contact.h"
#include "core/promises/promise.h"

namespace onward::sequences {

using promises::Change;

enum class TouchState { planned, draft, approved, sending, sent, in_doubt, failed, suppressed, expired, done };
std::string_view to_string(TouchState);
TouchState parse_touch_state(std::string_view);  // of the database's own text
// sent, failed, suppressed, expired, done: nothing will happen to it any more.
bool ended(TouchState);

struct Touch {
  TouchId id;
  EnrollmentId enrollment;
  std::string step;
  std::string kind;     // email, asset, task, close, reply
  std::string channel;  // email, or the kind of task
  contacts::Purpose purpose = contacts::Purpose::follow_up;
  std::string title;
  std::string keeps;
  TouchState state = TouchState::planned;
  std::string reason;
  std::vector<calendar::Reason> why;
  std::string why_asset;
  Instant due_at;
  std::string zone;
  Instant expires_at;
  std::optional<Instant> next_at;      // timer
  std::optional<Instant> deadline_at;  // a draft's
  MailboxId mailbox;
  AdvisorId advisor;
  int priority = 50;
  std::string subject, body;
  std::string problem;
  std::vector<AssetId> assets;
  std::string to_address, message_id, in_reply_to;
  std::string edited_by, approved_by;
  int attempt = 0;
  int64_t lease_token = 0;
  std::optional<Instant> lease_until;
  std::optional<Instant> sent_at, ended_at;
  std::string evidence;
  Instant created_at;
  bool inbound = false;
  Change change = Change::none;
  bool is_message() const { return kind == "email" || kind == "asset"; }
  bool open() const { return !ended_at; }
};

enum class EnrollmentState { active, done, stopped };

struct Enrollment {
  EnrollmentId id;
  SequenceId sequence;
  VersionId version;
  AppointmentId appointment;  // that it is about; none: it is about the conversation
  EnrollmentState state = EnrollmentState::active;
  std::string step;
  Instant anchor_at, previous_at, started_at;
  std::optional<Instant> ended_at;
  std::string reason, end_reason;
  Change change = Change::none;
};
std::string_view to_string(EnrollmentState);

}  // namespace onward::sequences
