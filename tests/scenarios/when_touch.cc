// What people do with single messages, tasks and promises; publishing; and what the outside does.
#include <fmt/format.h>

#include <memory>

#include "app/advisors.h"
#include "app/mailboxes.h"
#include "app/publishing.h"
#include "app/sequences.h"
#include "app/touches.h"
#include "tests/scenarios/stage.h"

namespace onward::scenarios {

using app::Step;
using sim::Moment;

namespace {

TouchId touch_id(const Json& touch) { return *TouchId::parse(get_string(touch, "id")); }
PromiseId promise_id(const Json& promise) { return *PromiseId::parse(get_string(promise, "id")); }

}  // namespace

// when approve c recap
void Stage::when_approve(Cursor& c) {
  ConversationId id = conversation(c);
  TouchId touch = touch_id(open_touch(c, id, c.text("a touch")));
  act(c, person(id), [&](Step& s) { return app::approve_touch(s, touch); });
}

// when edit c recap subject "..." body "..." due TIME
void Stage::when_edit(Cursor& c) {
  ConversationId id = conversation(c);
  TouchId touch = touch_id(open_touch(c, id, c.text("a touch")));
  json::object body;
  while (c.more()) {
    if (c.take("due")) {
      body["due_at"] = format_rfc3339(c.time());
      continue;
    }
    std::string key = c.text("a word");
    if (key != "subject" && key != "body") c.fail(fmt::format("`{}` does not belong here", key));
    body[key] = c.text(key);
  }
  act(c, person(id), [&](Step& s) { return app::edit_touch(s, touch, body); });
}

// when skip c nurture "not now"
void Stage::when_skip(Cursor& c) {
  ConversationId id = conversation(c);
  TouchId touch = touch_id(open_touch(c, id, c.text("a touch")));
  json::object body{{"reason", c.quoted().value_or("")}};
  act(c, person(id), [&](Step& s) { return app::skip_touch(s, touch, body); });
}

// when done c reminder "they want to think"
void Stage::when_done(Cursor& c) {
  ConversationId id = conversation(c);
  TouchId touch = touch_id(open_touch(c, id, c.text("a task")));
  json::object body{{"note", c.quoted().value_or("")}};
  act(c, person(id), [&](Step& s) { return app::finish_task(s, touch, body); });
}

// when resolve c check_in arrived, when resolve c check_in lost
void Stage::when_resolve(Cursor& c) {
  ConversationId id = conversation(c);
  TouchId touch = touch_id(open_touch(c, id, c.text("a touch")));
  bool arrived = c.take("arrived");
  if (!arrived) c.need("lost");
  act(c, person(id), [&](Step& s) { return app::resolve_touch(s, touch, json::object{{"arrived", arrived}}); });
}

// when keep c "Send quote" "sent from my own mail"
void Stage::when_keep(Cursor& c) {
  ConversationId id = conversation(c);
  PromiseId p = promise_id(promise(c, id, c.text("a promise")));
  json::object body{{"note", c.quoted().value_or("")}};
  act(c, person(id), [&](Step& s) { return app::keep_promise(s, p, body); });
}

// when waive c "Scope" "they have it already"
void Stage::when_waive(Cursor& c) {
  ConversationId id = conversation(c);
  PromiseId p = promise_id(promise(c, id, c.text("a promise")));
  json::object body{{"reason", c.quoted().value_or("not needed any more")}};
  act(c, person(id), [&](Step& s) { return app::waive_promise(s, p, body); });
}

// when absence Ana 2026-03-05 00:00 to 2026-03-10 00:00
void Stage::when_absence(Cursor& c) {
  AdvisorId id = named(advisors_, c, "advisor");
  json::object body{{"starts_at", format_rfc3339(c.time())}};
  c.need("to");
  body["ends_at"] = format_rfc3339(c.time());
  act(c, [&](Step& s) { return app::add_absence(s, id, body); });
}

// when mailbox Ana cap 3 gap 60
void Stage::when_mailbox(Cursor& c) {
  MailboxId id = named(mailboxes_, c, "advisor with a mailbox");
  json::object body;
  while (c.more()) {
    if (c.take("cap"))
      body["cap_per_day"] = c.number("a cap");
    else if (c.take("gap"))
      body["gap_s"] = c.number("seconds");
    else
      c.end();
  }
  act(c, [&](Step& s) { return app::change_mailbox(s, id, body); });
}

// when draft     and the document in the block: the next version of the sequence with this name, not published yet
void Stage::when_draft(Cursor& c) {
  Json document = yaml(c);
  Json made = must(c, [&](Step& s) { return app::add_sequence(s, json::object{{"document", document}}); });
  drafted_ = *SequenceId::parse(get_string(made, "id"));
  draft_number_ = static_cast<int>(get_int(made, "draft"));
}

void Stage::when_preview(Cursor& c) {
  if (!drafted_) c.fail("there is no draft");
  preview_ = see([&](Step& s) { return app::preview_publication(s, drafted_, draft_number_); });
}

// when publish moving: as the last preview showed it. when publish staying: who is on an older version stays there.
void Stage::when_publish(Cursor& c) {
  bool move = c.take("moving");
  if (!move) c.need("staying");
  if (!drafted_) c.fail("there is no draft");
  std::string digest = preview_.is_null() ? "" : get_string(preview_, "digest");
  act(c, [&](Step& s) { return app::publish_sequence(s, drafted_, draft_number_, move, digest); });
}

// when mail server answers 451 [4 times] | answers 550 | answers 550 to the recipient | hangs after the dot |
// loses everything after the dot | works
void Stage::when_mail_server(Cursor& c) {
  c.need("server");
  sim::Attempt a;
  if (c.take("works")) {
    answer_ = nullptr;
    return;
  }
  if (c.take("hangs") || c.take("loses")) {
    a.fate = ports::Fate::unknown;
    a.arrives = c.take("after");
    if (!a.arrives) c.need("everything"), c.need("after");
    c.need("the");
    c.need("dot");
    a.evidence = "no answer after the final dot";
  } else {
    c.need("answers");
    a.code = c.number("a code");
    a.fate = a.code >= 500 ? ports::Fate::rejected : ports::Fate::deferred;
    a.evidence = fmt::format("answered {}", a.code);
    if (c.take("to")) {
      c.need("the");
      c.need("recipient");
      a.bad_address = true;
    }
  }
  int times = -1;
  if (c.take("once"))
    times = 1;
  else if (c.more())
    times = c.number("how often"), c.need("times");
  auto left = std::make_shared<int>(times);
  answer_ = [a, left] {
    if (*left == 0) return sim::Attempt{};
    --*left;
    return a;
  };
}

// when the next mail is claimed | gated | handed     and what happens at that moment in the block
void Stage::when_next_mail(Cursor& c) {
  c.need("next");
  c.need("mail");
  c.need("is");
  const std::map<std::string, Moment> moments = {
      {"claimed", Moment::claimed}, {"gated", Moment::gated}, {"handed", Moment::handed}};
  std::string name = c.text("a moment");
  auto moment = moments.find(name);
  if (moment == moments.end()) c.fail(fmt::format("a mail is claimed, gated or handed, not {}", name));
  if (c.line().block.empty()) c.fail("what happens then stands in an indented block");
  auto lines = std::make_shared<std::vector<Line>>();
  for (const BlockLine& b : c.line().block) lines->push_back(parse_statement(b.number, b.text));
  world_->courier().at = [this, lines, at = moment->second](Moment now, const ports::Message&) {
    if (now == at) interrupt(lines);
  };
}

// The hook that calls this is gone when it returns: `lines` is its own share.
void Stage::interrupt(std::shared_ptr<std::vector<Line>> lines) {
  world_->courier().at = nullptr;
  inside_ = true;
  struct Leave {
    bool& inside;
    ~Leave() { inside = false; }
  } leave{inside_};
  for (const Line& line : *lines) play(line);
}

// when down 7d: the process is gone while the clock goes on; then it starts again
void Stage::when_down(Cursor& c) {
  world_->clock().set(world_->now() + c.duration());
  world_->kill_and_restart();
}

// The process ends here. In the block of `when the next mail is ...` it ends with the message on its way.
void Stage::when_crash(Cursor&) {
  if (inside_) throw sim::Crash("the scenario says so");
  world_->kill_and_restart();
}

}  // namespace onward::scenarios
