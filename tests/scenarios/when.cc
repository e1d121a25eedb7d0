// What people and contacts do in a conversation.
#include <fmt/format.h>

#include "app/contacts.h"
#include "app/conversations.h"
#include "app/merge.h"
#include "app/sequences.h"
#include "tests/scenarios/stage.h"

namespace onward::scenarios {

using app::Step;

const Stage::Table& Stage::whens() {
  static const Table table = {{"talk", &Stage::when_talk},           {"reply", &Stage::when_reply},
                              {"answered", &Stage::when_answered},   {"opt", &Stage::when_opt},
                              {"outcome", &Stage::when_outcome},     {"stage", &Stage::when_stage},
                              {"booked", &Stage::when_booked},       {"no-show", &Stage::when_no_show},
                              {"reopen", &Stage::when_reopen},       {"message", &Stage::when_message},
                              {"task", &Stage::when_task},           {"snooze", &Stage::when_snooze},
                              {"owner", &Stage::when_owner},         {"consent", &Stage::when_consent},
                              {"merge", &Stage::when_merge},         {"unmerge", &Stage::when_unmerge},
                              {"emails", &Stage::when_emails},       {"enroll", &Stage::when_enroll},
                              {"stop", &Stage::when_stop},           {"approve", &Stage::when_approve},
                              {"edit", &Stage::when_edit},           {"skip", &Stage::when_skip},
                              {"done", &Stage::when_done},           {"resolve", &Stage::when_resolve},
                              {"keep", &Stage::when_keep},           {"waive", &Stage::when_waive},
                              {"absence", &Stage::when_absence},     {"mailbox", &Stage::when_mailbox},
                              {"draft", &Stage::when_draft},         {"preview", &Stage::when_preview},
                              {"publish", &Stage::when_publish},     {"retire", &Stage::when_retire},
                              {"mail", &Stage::when_mail_server},    {"the", &Stage::when_next_mail},
                              {"down", &Stage::when_down},           {"crash", &Stage::when_crash},
                              {"frequency", &Stage::given_frequency}};
  return table;
}

// when talk c held now summary "..." point "..." objection price asset "Scope" step "Send quote" due TIME no recap
void Stage::when_talk(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"summary", "We talked."}};
  json::array points, objections, assets, steps;
  while (c.more()) {
    if (c.take("held"))
      body["held_at"] = format_rfc3339(c.time());
    else if (c.take("summary"))
      body["summary"] = c.text("a summary");
    else if (c.take("point"))
      points.emplace_back(c.text("a point"));
    else if (c.take("objection"))
      objections.emplace_back(c.text("an objection"));
    else if (c.take("asset"))
      assets.emplace_back(named(assets_, c, "asset").text());
    else if (c.take("no"))
      c.need("recap"), body["recap"] = false;
    else if (c.take("step")) {
      json::object step{{"what", c.text("what will be done")}};
      if (c.take("due")) step["due"] = format_rfc3339(c.time());
      steps.push_back(std::move(step));
    } else {
      c.end();
    }
  }
  body["key_points"] = std::move(points), body["objections"] = std::move(objections);
  body["assets"] = std::move(assets), body["next_steps"] = std::move(steps);
  if (auto valid = app::talk_shape().validate(body); !valid) c.fail(valid.error().message);
  act(c, person(id), [&](Step& s) { return app::log_talk(s, id, body); });
}

// when reply c "Call me in March" channel phone at TIME to recap of d next touch at TIME
void Stage::when_reply(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"text", c.text("what was said")}, {"channel", "email"}};
  if (c.take("channel")) body["channel"] = c.text("a channel");
  if (c.take("at")) body["at"] = format_rfc3339(c.time());
  if (c.take("to")) {
    std::string pattern = c.text("a touch");
    ConversationId of = c.take("of") ? conversation(c) : id;
    for (const Json& t : touches(of))
      if (is_meant(t, pattern) && find(t, "message_id")) body["in_reply_to"] = "<" + get_string(t, "message_id") + ">";
    if (!find(body, "in_reply_to")) c.fail(fmt::format("no message is called {}", pattern));
  }
  if (c.take("next")) {
    c.need("touch");
    c.need("at");
    body["next_touch_at"] = format_rfc3339(c.time());
  }
  act(c, [&](Step& s) { return app::log_reply(s, id, body); });
}

void Stage::when_answered(Cursor& c) {
  ConversationId id = conversation(c);
  act(c, person(id), [&](Step& s) { return app::answer_reply(s, id); });
}

// when opt out Zoe, when opt in Zoe
void Stage::when_opt(Cursor& c) {
  bool out = c.take("out");
  if (!out) c.need("in");
  ContactId id = named(contacts_, c, "contact");
  std::string source = c.quoted().value_or("said so by phone");
  act(c, [&](Step& s) { return out ? app::opt_out(s, id, source) : app::opt_in(s, id, source); });
}

// when outcome c won amount 1200 EUR reason "..."
void Stage::when_outcome(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"kind", c.text("won, lost or dormant")}};
  if (c.take("amount")) {
    body["amount"] = c.number("an amount");
    body["currency"] = c.text("a currency");
  }
  if (c.take("reason")) body["reason"] = c.text("a reason");
  if (auto valid = app::outcome_shape().validate(body); !valid) c.fail(valid.error().message);
  act(c, person(id), [&](Step& s) { return app::set_outcome(s, id, body); });
}

void Stage::when_stage(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"stage", c.text("a stage")}};
  act(c, person(id), [&](Step& s) { return app::set_stage(s, id, body); });
}

// when booked c 2026-03-12 10:00
void Stage::when_booked(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"stage", "booked"}, {"appointment_at", format_rfc3339(c.time())}};
  act(c, person(id), [&](Step& s) { return app::set_stage(s, id, body); });
}

void Stage::when_no_show(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"cause", c.text("customer, advisor, technical or unknown")}};
  act(c, person(id), [&](Step& s) { return app::log_no_show(s, id, body); });
}

void Stage::when_reopen(Cursor& c) {
  ConversationId id = conversation(c);
  act(c, person(id), [&](Step& s) { return app::reopen(s, id); });
}

// when message c "Subject" "Text"    written by hand
void Stage::when_message(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"subject", c.text("a subject")}};
  body["body"] = c.text("a text");
  act(c, person(id), [&](Step& s) { return app::write_message(s, id, body); });
}

// when task c "Call the bank" call due TIME
void Stage::when_task(Cursor& c) {
  ConversationId id = conversation(c);
  json::object body{{"title", c.text("a title")}, {"kind", "other"}};
  if (!c.take("due")) {
    body["kind"] = c.text("a kind");
    c.need("due");
  }
  body["due_at"] = format_rfc3339(c.time());
  act(c, person(id), [&](Step& s) { return app::add_task(s, id, body); });
}

void Stage::when_snooze(Cursor& c) {
  ConversationId id = conversation(c);
  c.need("until");
  json::object body{{"until", format_rfc3339(c.time())}};
  act(c, person(id), [&](Step& s) { return app::snooze(s, id, body); });
}

void Stage::when_owner(Cursor& c) {
  ConversationId id = conversation(c);
  AdvisorId owner = named(advisors_, c, "advisor");
  json::object body{{"owner_id", owner.text()}};
  if (act(c, [&](Step& s) { return app::change_conversation(s, id, body); })) owners_[id] = owner;
}

// when consent Zoe marketing email withdrawn
void Stage::when_consent(Cursor& c) {
  ContactId id = named(contacts_, c, "contact");
  json::object body{{"basis", "consent"}, {"source", "form"}};
  for (const char* key : {"purpose", "channel", "state"}) body[key] = c.text(key);
  act(c, [&](Step& s) { return app::add_consent(s, id, body); });
}

// when merge Zoe2 into Zoe
void Stage::when_merge(Cursor& c) {
  ContactId loser = named(contacts_, c, "contact");
  c.need("into");
  ContactId winner = named(contacts_, c, "contact");
  act(c, [&](Step& s) -> Result<Json> {
    Json merge = TRY(app::merge_contacts(s, loser, json::object{{"into", winner.text()}}));
    merged_ = *MergeId::parse(get_string(merge, "id"));
    return merge;
  });
}

// when emails Zoe new@example.org old@example.org: these and no others
void Stage::when_emails(Cursor& c) {
  ContactId id = named(contacts_, c, "contact");
  json::array emails;
  while (c.more()) emails.emplace_back(c.text("an address"));
  act(c, [&](Step& s) { return app::change_contact(s, id, json::object{{"emails", emails}}); });
}

void Stage::when_unmerge(Cursor& c) {
  if (!merged_) c.fail("nothing was merged");
  act(c, [&](Step& s) { return app::undo_merge(s, merged_); });
}

namespace {

Result<SequenceId> sequence_called(Step& s, const std::string& name) {
  for (const Json& one : TRY(app::list_sequences(s, "", 0, 1000)))
    if (get_string(one, "name") == name) return *SequenceId::parse(get_string(one, "id"));
  return fail(Code::not_found, fmt::format("there is no sequence {}", name));
}

}  // namespace

// when enroll c "By hand"
void Stage::when_enroll(Cursor& c) {
  ConversationId id = conversation(c);
  std::string name = c.text("a sequence");
  act(c, person(id),
      [&](Step& s) -> Result<Json> { return app::add_enrollment(s, id, TRY(sequence_called(s, name))); });
}

// when stop c "By hand" "they asked for a pause"
void Stage::when_stop(Cursor& c) {
  ConversationId id = conversation(c);
  std::string name = c.text("a sequence"), reason = c.quoted().value_or("stopped by hand");
  act(c, person(id), [&](Step& s) -> Result<Json> {
    app::EnrollmentFilter filter{.conversation = id, .sequence = TRY(sequence_called(s, name)), .state = "active"};
    json::array running = TRY(app::list_enrollments(s, filter));
    if (running.size() != 1) return onward::fail(Code::not_found, fmt::format("{} is not running", name));
    return app::stop_enrollment(s, *EnrollmentId::parse(get_string(running[0], "id")), reason);
  });
}

void Stage::when_retire(Cursor& c) {
  std::string name = c.text("a sequence");
  act(c, [&](Step& s) -> Result<Json> { return app::retire_sequence(s, TRY(sequence_called(s, name))); });
}

}  // namespace onward::scenarios
