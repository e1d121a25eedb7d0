// What must be so: messages, promises, touches, what is next. Views of many lines are in expect_lists.cc.
#include <fmt/format.h>

#include <algorithm>

#include "app/conversations.h"
#include "app/sequences.h"
#include "app/touches.h"
#include "tests/scenarios/stage.h"

namespace onward::scenarios {

using app::Step;

const Stage::Table& Stage::expects() {
  static const Table table = {{"sent", &Stage::expect_sent},
                              {"mails", &Stage::expect_mails},
                              {"no", &Stage::expect_no},
                              {"text", &Stage::expect_text},
                              {"subject", &Stage::expect_subject},
                              {"unsubscribe", &Stage::expect_unsubscribe},
                              {"promise", &Stage::expect_promise},
                              {"promises", &Stage::expect_promises},
                              {"next", &Stage::expect_next},
                              {"stage", &Stage::expect_in_stage},
                              {"touch", &Stage::expect_touch},
                              {"open", &Stage::expect_open},
                              {"why", &Stage::expect_why},
                              {"skipped", &Stage::expect_skipped},
                              {"at", &Stage::expect_at_risk},
                              {"timeline", &Stage::expect_timeline},
                              {"forecast", &Stage::expect_forecast},
                              {"enrollment", &Stage::expect_enrollment},
                              {"refused", &Stage::expect_refused},
                              {"today", &Stage::expect_today},
                              {"preview", &Stage::expect_preview},
                              {"outgoing", &Stage::expect_outgoing},
                              {"attempts", &Stage::expect_attempts}};
  return table;
}

void Stage::same_time(Cursor& c, std::string_view what, const Json& view, std::string_view key) {
  std::string expected = c.take("none") ? "-" : show(c.time());
  if (expected != show(view, key)) fail(c, fmt::format("{} {}", what, expected), show(view, key));
}

void Stage::same_text(Cursor& c, std::string_view what, const std::string& got) { same(c, what, c.text(what), got); }

// expect sent c 1 recap at 2026-03-02 15:00
void Stage::expect_sent(Cursor& c) {
  ConversationId id = conversation(c);
  int n = c.number("which one");
  std::string pattern = c.text("a touch");
  c.need("at");
  Instant at = c.time();
  auto mails = mails_of(id);
  if (n < 1 || static_cast<size_t>(n) > mails.size())
    return fail(c, fmt::format("message {} of {}", n, name_of(id)), fmt::format("{} messages", mails.size()));
  const auto& [mail, touch] = mails[static_cast<size_t>(n) - 1];
  if (!is_meant(touch, pattern) || mail.at != at)
    fail(c, fmt::format("{} at {}", pattern, show(at)),
         fmt::format("{} \"{}\" at {}", get_string(touch, "step"), mail.subject, show(mail.at)));
}

// expect mails c 3
void Stage::expect_mails(Cursor& c) {
  ConversationId id = conversation(c);
  auto n = static_cast<size_t>(c.number("a count"));
  if (mails_of(id).size() != n) fail(c, fmt::format("{} messages", n), fmt::format("{}", mails_of(id).size()));
}

// expect no mail to Zoe [after TIME]: in any conversation
void Stage::expect_no(Cursor& c) {
  c.need("mail");
  c.need("to");
  ContactId contact = named(contacts_, c, "contact");
  Instant after = c.take("after") ? c.time() : Instant{};
  for (const auto& [name, id] : conversations_) {
    Json view = see([id = id](Step& s) { return app::get_conversation(s, id); });
    if (get_string(view, "contact_id") != contact.text()) continue;
    for (const auto& [mail, touch] : mails_of(id))
      if (mail.at > after)
        return fail(c, "no message", fmt::format("\"{}\" at {} in {}", mail.subject, show(mail.at), name));
  }
}

namespace {

const sim::Mail* nth(const std::vector<std::pair<sim::Mail, Json>>& mails, int n) {
  return n < 1 || static_cast<size_t>(n) > mails.size() ? nullptr : &mails[static_cast<size_t>(n) - 1].first;
}

}  // namespace

// expect text c 1 contains "Bonjour", expect text c 1 lacks "Hello"
void Stage::expect_text(Cursor& c) {
  auto mails = mails_of(conversation(c));
  const sim::Mail* mail = nth(mails, c.number("which one"));
  bool wanted = c.take("contains");
  if (!wanted) c.need("lacks");
  std::string part = c.text("a text");
  if (!mail) return fail(c, "a message", "none");
  if ((mail->body.find(part) != std::string::npos) != wanted)
    fail(c, (wanted ? "with " : "without ") + part, mail->body);
}

void Stage::expect_subject(Cursor& c) {
  auto mails = mails_of(conversation(c));
  const sim::Mail* mail = nth(mails, c.number("which one"));
  same_text(c, "subject", mail ? mail->subject : "");
}

// expect unsubscribe c 1 offered | absent
void Stage::expect_unsubscribe(Cursor& c) {
  auto mails = mails_of(conversation(c));
  const sim::Mail* mail = nth(mails, c.number("which one"));
  same_text(c, "unsubscribe", !mail ? "no such message" : mail->unsubscribe ? "offered" : "absent");
}

// expect promise c recap kept due TIME since TIME settled TIME by Ana because "..."
void Stage::expect_promise(Cursor& c) {
  ConversationId id = conversation(c);
  Json p = promise(c, id, c.text("a promise"));
  same_text(c, "state", get_string(p, "state"));
  while (c.more()) {
    if (c.take("due"))
      same_time(c, "due", p, "due");
    else if (c.take("since"))
      same_time(c, "since", p, "state_at");
    else if (c.take("settled"))
      same_time(c, "settled", p, "settled_at");
    else if (c.take("by"))
      same_text(c, "by", advisor_name(get_string(p, "by")));
    else if (c.take("because"))
      same_text(c, "because", get_string(p, "reason"));
    else
      c.end();
  }
}

// expect next c "Recap of the talk" by Ana due TIME, expect next c none
void Stage::expect_next(Cursor& c) {
  ConversationId id = conversation(c);
  Json view = see([&](Step& s) { return app::get_conversation(s, id); });
  const Json* next = find(view, "next_action");
  if (c.take("none")) {
    if (next) fail(c, "no next action", get_string(*next, "what"));
    return;
  }
  std::string what = c.text("what is next");
  if (!next) return fail(c, what, "no next action");
  same(c, "what", what, get_string(*next, "what"));
  while (c.more()) {
    if (c.take("by"))
      same_text(c, "by", advisor_name(get_string(*next, "by")));
    else if (c.take("due"))
      same_time(c, "due", *next, "due");
    else
      c.end();
  }
}

void Stage::expect_in_stage(Cursor& c) {
  ConversationId id = conversation(c);
  same_text(c, "stage", get_string(see([&](Step& s) { return app::get_conversation(s, id); }), "stage"));
}

namespace {

std::string_view when_key(const Json& t) {
  for (std::string_view key : {"sent_at", "ended_at", "next_at"})
    if (find(t, key)) return key;
  return "due_at";
}

}  // namespace

// expect touch c recap draft at TIME due TIME deadline TIME expires TIME reason "..." problem "..." attempt 2
void Stage::expect_touch(Cursor& c) {
  ConversationId id = conversation(c);
  std::string pattern = c.text("a touch");
  Json t;
  for (const Json& one : touches(id))
    if (is_meant(one, pattern)) t = one;
  if (t.is_null()) c.fail(fmt::format("no touch is called {}", pattern));
  same_text(c, "state", get_string(t, "state"));
  while (c.more()) {
    if (c.take("at"))
      same_time(c, "at", t, when_key(t));
    else if (c.take("due"))
      same_time(c, "due", t, "due_at");
    else if (c.take("deadline"))
      same_time(c, "deadline", t, "deadline_at");
    else if (c.take("expires"))
      same_time(c, "expires", t, "expires_at");
    else if (c.take("reason"))
      same_text(c, "reason", get_string(t, "reason"));
    else if (c.take("problem"))
      same_text(c, "problem", get_string(t, "problem"));
    else if (c.take("evidence"))
      same_text(c, "evidence", get_string(t, "evidence"));
    else if (c.take("approved"))
      same_text(c, "approved", advisor_name(get_string(t, "approved_by", "nobody")));
    else if (c.take("attempt"))
      same_text(c, "attempt", std::to_string(get_int(t, "attempt")));
    else
      c.end();
  }
}

// expect why c check_in contains holiday "*Easter*"
void Stage::expect_why(Cursor& c) {
  ConversationId id = conversation(c);
  std::string pattern = c.text("a touch");
  c.need("contains");
  std::string rule = c.text("a rule"), note = c.quoted().value_or("*"), got;
  for (const Json& t : touches(id)) {
    if (!is_meant(t, pattern)) continue;
    for (const Json& r : t.at("why").as_array()) {
      if (get_string(r, "rule") == rule && matches(note, get_string(r, "note"))) return;
      got += fmt::format("{}{} ({})", got.empty() ? "" : ", ", get_string(r, "rule"), get_string(r, "note"));
    }
  }
  fail(c, fmt::format("{} ({})", rule, note), got);
}

// expect skipped c nurture no_consent
void Stage::expect_skipped(Cursor& c) {
  ConversationId id = conversation(c);
  std::string step = c.text("a step"), reason = c.text("a reason"), got;
  for (const std::string& line : timeline(id, {}, zone_)) {
    size_t at = line.find(" skipped ");
    if (at == std::string::npos) continue;
    got += line.substr(at) + ";";
    if (matches(fmt::format("{} {}", step, reason), line.substr(at + 9))) return;
  }
  fail(c, fmt::format("skipped {} {}", step, reason), got);
}

// expect enrollment c "After the talk" stopped "reply" version 1: the newest one
void Stage::expect_enrollment(Cursor& c) {
  ConversationId id = conversation(c);
  std::string name = c.text("a sequence");
  json::array all = see([&](Step& s) -> Result<Json> {
                      return Json(TRY(app::list_enrollments(s, {.conversation = id, .limit = 1000})));
                    }).as_array();
  Json found;
  int count = 0;
  for (const Json& e : all)
    if (matches(name, get_string(e, "name"))) found = e, ++count;
  if (c.take("none")) {
    if (count) fail(c, "none", get_string(found, "state"));
    return;
  }
  if (found.is_null()) return fail(c, name, "no such enrollment");
  same_text(c, "state", get_string(found, "state"));
  if (auto reason = c.quoted()) same(c, "reason", *reason, get_string(found, "end_reason"));
  if (c.take("version")) same_text(c, "version", std::to_string(get_int(found, "version")));
  if (c.take("runs")) same_text(c, "runs", std::to_string(count));
}

// expect refused conflict "*changed*"
void Stage::expect_refused(Cursor& c) {
  std::string code = c.text("a code"), message = c.quoted().value_or("*");
  if (!refused_) return fail(c, fmt::format("refused: {} {}", code, message), "it was done");
  std::string got = fmt::format("{} {}", to_string(refused_->code), refused_->message);
  same(c, "refused:", fmt::format("{} {}", code, message), got);
  refused_.reset();
}

// expect today c reply_waiting, expect today c quiet
void Stage::expect_today(Cursor& c) {
  ConversationId id = conversation(c);
  Json rows = see([](Step& s) { return app::today(s, 500); });
  std::string got = "quiet";
  for (const Json& row : rows.at("data").as_array())
    if (get_string(row, "id") == id.text()) got = get_string(row, "why");
  same_text(c, "today", got);
}

// expect attempts 3: how often a message was handed to the mail server, in all
void Stage::expect_attempts(Cursor& c) { same_text(c, "attempts", std::to_string(world_->courier().attempts())); }

}  // namespace onward::scenarios
