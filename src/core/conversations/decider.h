// Internal to decide(): one decision under way. The methods are the moves that events are made of.
#pragma once
#include "base/check.h"
#include "core/conversations/decide.h"

namespace onward::conversations {

class Decider {
 public:
  Decider(Case c, const Catalog& catalog, const Names& names, Instant now)
      : c_(std::move(c)), catalog_(catalog), names_(names), now_(now) {}

  Status apply(const Event&);
  Decision finish();  // next action, silence timer; then the result

 private:
  // events (decide.cc, replies.cc, sending.cc, tasks.cc)
  Status on(const Opened&);
  Status on(const TalkHeld&);
  Status on(const ReplyReceived&);
  Status on(const ReplyAnswered&);
  Status on(const MessageAnswered&);
  Status on(const StageEntered&);
  Status on(const AppointmentBooked&);
  Status on(const AppointmentConfirmed&);
  Status on(const NoShow&);
  Status on(const AppointmentCancelled&);
  Status on(const AppointmentAhead&);
  Status on(const AppointmentHeld&);
  Status on(const RunningLate&);
  Status on(const OutcomeSet&);
  Status on(const Reopened&);
  Status on(const OptedOut&);
  Status on(const ConsentEnded&);
  Status on(const Enroll&);
  Status on(const Unenroll&);
  Status on(const MoveVersion&);
  Status on(const OwnerChanged&);
  Status on(const Tick&);
  Status on(const SendDue&);
  Status on(const SendResult&);
  Status on(const Approve&);
  Status on(const Edit&);
  Status on(const Skip&);
  Status on(const TaskDone&);
  Status on(const Resolve&);
  Status on(const Compose&);
  Status on(const AddTask&);
  Status on(const WaivePromise&);
  Status on(const KeepPromise&);

  // the conversation (decide.cc)
  void enter_stage(Stage, std::string_view why);
  void close(Stage, const Deal&);
  void fire(sequences::TriggerKind, const std::string& stage, std::string_view reason, AppointmentId about = {});
  bool fires(const VersionedDocument&, sequences::TriggerKind, const std::string& stage, const Appointment*) const;
  bool may_enter(const VersionedDocument&, AppointmentId about = {}) const;
  void tick_touch(Touch&);
  bool silence_due() const;
  std::optional<Instant> silence_end(const VersionedDocument&) const;

  // appointments (appointments.cc)
  void put(const Appointment&);
  const Appointment* appointment(AppointmentId) const;  // nullptr: none, or not known
  const Appointment* about(const Touch&) const;
  AppointmentId appointment_of(const Talk&) const;  // that it can have been; none: it came about otherwise
  bool is_service(const Enrollment&) const;         // tells about an appointment, whatever else happens
  bool prepares(const Touch&) const;                // of what a booking started
  bool serves(const Touch&) const;                  // of such an enrollment
  std::string gone(const Enrollment&) const;        // why it has nothing to tell any more; empty: it has
  void stop_preparation(AppointmentId, std::string_view reason);  // what a booking started: it is about the appointment
  void stop_booked_stage(std::string_view reason);                // what the stage booked started
  void stop_one(Enrollment&, std::string_view reason);
  calendar::Planned plan_before(const Enrollment&, const VersionedDocument&, const sequences::Step&) const;

  // enrollments (enrolling.cc)
  void start(const VersionedDocument&, std::string reason, AppointmentId about = {});
  void advance(EnrollmentId, int from_index);  // opens the touch of the first step from there that applies
  bool try_step(Enrollment&, const VersionedDocument&, const sequences::Step&);
  // Why it is skipped; empty: it applies.
  std::string objection_to(const sequences::Step&, bool at_due_time, const Appointment* about) const;
  calendar::SendRules rules_of_step(const VersionedDocument&, const sequences::Step&) const;
  bool pick_assets(const sequences::Step&, Touch&, std::string& why_not);
  calendar::Planned plan_step(const Enrollment&, const VersionedDocument&, const sequences::Step&, const Touch&) const;
  calendar::Planned within_cap(calendar::Planned, const sequences::Step&, const calendar::SendRules&) const;
  std::optional<Instant> cap_free_at(Instant wished, const sequences::Step&) const;
  void open_touch(Enrollment&, const sequences::Step&, Touch, const calendar::Planned&);
  void draft(Touch&, const sequences::Step&);
  Instant approval_deadline(const Touch&, const sequences::Step&) const;
  calendar::SendRules rules_of_touch(const Touch&, const sequences::Step&) const;
  void end_enrollment(Enrollment&, sequences::EnrollmentState, std::string reason);
  void stop_all(std::string_view reason, bool also_by_hand);  // but not what tells about an appointment
  void stop_service(std::string_view reason);                 // that too
  void stop_message(Touch&, std::string_view reason);         // one that a person wrote
  void stop_refused(Enrollment&, const std::function<bool(contacts::Purpose)>& refused, std::string_view reason);
  void step_over(const Touch&);  // the touch has ended: on to the next step
  const sequences::Step* step_of(const Touch&) const;
  const VersionedDocument* document_of(const Enrollment&) const;

  // touches (sending.cc)
  Touch new_touch(std::string kind, std::string title);
  void set_state(Touch&, TouchState, std::string reason, std::string_view fact);
  void cancel(Touch&, std::string_view reason);
  void move(Touch&, const calendar::Planned&, std::string_view reason);
  std::string refuse_to_send(const Touch&) const;
  Status write_body(Touch&);
  void approve(Touch&, std::string by);
  void resume_on(Instant);
  void sent(Touch&, const std::string& evidence, Instant at);  // at: when it left; known later when it was in doubt
  void deferred(Touch&, const std::string& evidence);
  void doubtful(Touch&, const std::string& evidence);
  void unsend(Touch&);    // it was in doubt and surely did not arrive
  void answered(Touch&);  // it was in doubt and surely arrived
  bool proves_arrival(const ReplyReceived&, const Touch&) const;
  void bounced(Touch&, const std::string& evidence);
  void in_doubt_timer(Touch&);
  const calendar::SendRules rules_for(const Touch&) const;
  std::vector<calendar::Interval> absences_for(const sequences::Step*) const;

  // promises (promising.cc)
  void owe(Promise);
  void settle(Promise&, promises::State, std::string reason);
  void keep_promises(const Touch&, Instant at);
  void keep_promise(Promise&, Instant at, std::string_view how);
  void break_due_promises();
  void waive_all(std::string_view reason);

  // what is next (next_action.cc)
  NextAction next_action() const;
  void update_next();
  void update_silence();

  // small things
  Fact& fact(std::string kind, int64_t subject, json::object data = {});
  template <class T>
  Id<T> new_id() {
    return Id<T>{make_id(now_, names_.rng)};
  }
  Touch* find_touch(TouchId);
  Result<Touch*> get_touch(TouchId);
  Enrollment* find_enrollment(EnrollmentId);
  bool is_open() const { return !c_.conversation.closed_at.has_value(); }
  const TypePolicy& policy() const { return catalog_.policy(c_.conversation.type); }
  Zone owner_zone() const;
  void touch_conversation() { c_.conversation.change = Change::updated; }

  Case c_;
  const Catalog& catalog_;
  const Names& names_;
  Instant now_;
  Effects effects_;
  std::vector<Fact> facts_;
};

// For moves that cannot be refused here.
inline void must(const Status& s) { check(s.has_value(), s ? "" : s.error().message); }

inline void mark(Change& c) {
  if (c == Change::none) c = Change::updated;
}

}  // namespace onward::conversations
