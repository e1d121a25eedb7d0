// A stage: one scenario played in a world of its own, from its first given to its last expect. The world is the
// program's own code on a clock that only the scenario moves.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/world.h"
#include "tests/scenarios/language.h"

namespace onward::scenarios {

struct Failure {
  int line = 0;
  std::string text;  // what was expected, what came, and what happened so far
};

class Stage {
 public:
  explicit Stage(const Scenario&);
  // A failed expectation does not end the scenario; a line that cannot be carried out does.
  std::vector<Failure> run();

 private:
  using Statement = void (Stage::*)(Cursor&);
  using Table = std::map<std::string, Statement, std::less<>>;
  static const Table& givens();
  static const Table& whens();
  static const Table& expects();

  void play(const Line&);
  void advance(Cursor&);
  void play_when(const Line&);
  void go_to(Instant);  // and whatever falls due on the way; through crashes
  void settle();        // what is due now

  // given.cc
  void given_clock(Cursor&);
  void given_type(Cursor&);
  void given_agency(Cursor&);
  void given_advisor(Cursor&);
  void given_contact(Cursor&);
  void given_conversation(Cursor&);
  void given_asset(Cursor&);
  void given_template(Cursor&);
  void given_sequence(Cursor&);
  void given_frequency(Cursor&);

  // when.cc: the conversation
  void when_talk(Cursor&);
  void when_reply(Cursor&);
  void when_answered(Cursor&);
  void when_opt(Cursor&);
  void when_outcome(Cursor&);
  void when_stage(Cursor&);
  void when_booked(Cursor&);
  void when_no_show(Cursor&);
  void when_reopen(Cursor&);
  void when_message(Cursor&);
  void when_task(Cursor&);
  void when_snooze(Cursor&);
  void when_owner(Cursor&);
  void when_consent(Cursor&);
  void when_merge(Cursor&);
  void when_unmerge(Cursor&);
  void when_emails(Cursor&);
  void when_enroll(Cursor&);
  void when_stop(Cursor&);
  // when_touch.cc: touches, promises, publishing, the outside
  void when_approve(Cursor&);
  void when_edit(Cursor&);
  void when_skip(Cursor&);
  void when_done(Cursor&);
  void when_resolve(Cursor&);
  void when_keep(Cursor&);
  void when_waive(Cursor&);
  void when_absence(Cursor&);
  void when_mailbox(Cursor&);
  void when_draft(Cursor&);
  void when_preview(Cursor&);
  void when_publish(Cursor&);
  void when_retire(Cursor&);
  void when_mail_server(Cursor&);
  void when_next_mail(Cursor&);
  void interrupt(std::shared_ptr<std::vector<Line>>);
  void when_down(Cursor&);
  void when_crash(Cursor&);

  // expect.cc
  void expect_sent(Cursor&);
  void expect_mails(Cursor&);
  void expect_no(Cursor&);
  void expect_text(Cursor&);
  void expect_subject(Cursor&);
  void expect_unsubscribe(Cursor&);
  void expect_promise(Cursor&);
  void expect_promises(Cursor&);
  void expect_next(Cursor&);
  void expect_in_stage(Cursor&);
  void expect_touch(Cursor&);
  void expect_open(Cursor&);
  void expect_why(Cursor&);
  void expect_skipped(Cursor&);
  void expect_at_risk(Cursor&);
  void expect_timeline(Cursor&);
  void expect_forecast(Cursor&);
  void expect_enrollment(Cursor&);
  void expect_refused(Cursor&);
  void expect_today(Cursor&);
  void expect_preview(Cursor&);
  void expect_outgoing(Cursor&);
  void expect_attempts(Cursor&);

  // names
  template <class IdType>
  IdType named(const std::map<std::string, IdType>& names, Cursor& c, std::string_view what) const {
    std::string name = c.text(what);
    auto it = names.find(name);
    if (it == names.end()) c.fail("there is no " + std::string(what) + " " + name);
    return it->second;
  }
  ConversationId conversation(Cursor& c) const { return named(conversations_, c, "conversation"); }
  std::string name_of(ConversationId) const;
  std::string advisor_name(std::string_view id) const;  // "system" stays

  // doing: a refusal is kept for `expect refused`, without one it ends the scenario
  bool act(Cursor&, const app::Caller&, const sim::World::Work&);
  bool act(Cursor& c, const sim::World::Work& work) { return act(c, app::system_caller(), work); }
  Json must(Cursor&, const sim::World::Work&);
  app::Caller person(ConversationId) const;  // the owner
  Json see(const sim::World::Work&) const;
  Json yaml(Cursor&) const;  // the line's block
  std::string block_text(const Line&) const;

  // seeing
  json::array touches(ConversationId) const;
  Json open_touch(Cursor&, ConversationId, const std::string& pattern) const;
  json::array promise_list(ConversationId) const;
  Json promise(Cursor&, ConversationId, const std::string& pattern) const;
  std::vector<std::pair<sim::Mail, Json>> mails_of(ConversationId) const;  // with their touches
  std::vector<std::string> timeline(ConversationId, const std::vector<std::string>& kinds, const Zone&) const;
  std::string timeline_line(const Json& entry, std::string& kind) const;
  std::string fact_line(const Json& entry, std::string& kind) const;
  std::vector<std::string> after_now(ConversationId, Instant since, const std::vector<std::string>& ended_before) const;
  std::vector<std::string> forecast_lines(Cursor&, ConversationId, int days) const;
  std::string show(Instant t) const { return stamp(t, zone_); }
  std::string show(const Json& view, std::string_view key) const;  // a time of a view; "-" when there is none

  // failing
  void fail(const Cursor&, const std::string& expected, const std::string& got);
  void same(const Cursor&, std::string_view what, const std::string& expected, const std::string& got);
  void same_lines(const Cursor&, const std::vector<std::string>& got);
  void same_time(Cursor&, std::string_view what, const Json& view, std::string_view key);
  void same_text(Cursor&, std::string_view what, const std::string& got);
  std::string story() const;

  const Scenario& scenario_;
  std::vector<Failure> failures_;
  std::unique_ptr<sim::World> world_;
  Zone zone_ = utc();
  std::map<std::string, AgencyId> agencies_;
  std::map<std::string, AdvisorId> advisors_;
  std::map<std::string, ContactId> contacts_;
  std::map<std::string, ConversationId> conversations_;
  std::map<std::string, AssetId> assets_;
  std::map<std::string, MailboxId> mailboxes_;
  std::map<ConversationId, AdvisorId> owners_;
  std::optional<Error> refused_;
  int refused_at_ = 0;
  Json preview_;
  SequenceId drafted_;
  MergeId merged_;
  int draft_number_ = 0;
  sim::Attempt outside(const ports::Message&) const;
  bool inside_ = false;  // a message is on its way: nothing else may be started
  std::function<sim::Attempt()> answer_;
};

// A time in a view. Requires one.
Instant time_in(const Json& view, std::string_view key);
// Whether a touch is meant by a word of a scenario: its step, title or subject.
bool is_meant(const Json& touch, const std::string& pattern);
bool promise_is_meant(const Json& promise, const std::string& pattern);

}  // namespace onward::scenarios
