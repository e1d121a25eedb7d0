#include "app/cases.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "app/case_appointments.h"
#include "app/case_rows.h"
#include "app/suppression.h"
#include "base/check.h"
#include "base/crypto.h"

namespace onward::app {

using namespace conversations;
using sequences::Enrollment;
using sequences::Touch;

namespace {

constexpr Millis kLatelyHeld = std::chrono::days{7};  // their talk may still be logged

class Loader {
 public:
  Loader(Step& step, std::string ids) : step_(step), ids_(std::move(ids)) {}

  std::vector<Case> load() {
    ask_conversations();
    Instant since = step_.now - std::chrono::days{step_.catalog().cap.days};
    ask("case_contacts", [](Case& c, const Rows& rows, size_t r) { c.contact = read_contact(rows, r); });
    ask("case_points", [](Case& c, const Rows& rows, size_t r) {
      if (c.contact) read_point(*c.contact, rows, r);
    });
    ask("case_consents", [](Case& c, const Rows& rows, size_t r) {
      if (c.contact) c.contact->consents.push_back(read_consent(rows, r));
    });
    ask("case_owners", [](Case& c, const Rows& rows, size_t r) { c.owner = read_owner(rows, r); });
    ask("case_absences", to_ms(step_.now), [](Case& c, const Rows& rows, size_t r) {
      c.owner.absences.push_back({from_ms(rows.integer(r, 1)), from_ms(rows.integer(r, 2))});
    });
    ask_follow_up();
    ask("case_talks", [](Case& c, const Rows& rows, size_t r) {
      c.talk = read_talk(rows, r);
      for (const std::string& o : c.talk->objections) c.objections.push_back(o);
    });
    ask("case_sent", [since](Case& c, const Rows& rows, size_t r) {
      Instant sent = from_ms(rows.integer(r, 1));
      if (rows.integer(r, 2) != 0 && sent > since) c.recent.push_back(sent);
      for (AssetId id : read_asset_ids(rows.text(r, 3))) c.sent_assets.insert(id);
      if (!rows.is_null(r, 4)) c.thread_id = rows.text(r, 4);
    });
    ask("case_on_the_wire",
        [](Case& c, const Rows& rows, size_t r) { c.recent.push_back(from_ms(rows.integer(r, 1))); });
    ask("case_appointments", 0, [this](Case& c, const Rows& rows, size_t r) {
      c.appointments.push_back(read_case_appointment(step_.services, rows, r));
    });
    calls_.back().values.push_back(to_ms(step_.now - kLatelyHeld));
    ask("case_opened", [](Case& c, const Rows&, size_t) { c.assets_opened = true; });
    answer();
    for (Case& c : cases_) settle_place(c);
    return std::move(cases_);
  }

  // What may have changed since `held` was decided; its contact, owner and history stay. Empty when one of them belongs
  // to somebody else by now.
  std::optional<std::vector<Case>> reload(std::vector<Case> held) {
    ask_conversations();
    ask_follow_up();
    answer();
    std::unordered_map<int64_t, Case*> before;
    for (Case& c : held) before[c.conversation.id.value] = &c;
    for (Case& c : cases_) {
      auto it = before.find(c.conversation.id.value);
      if (it == before.end()) return std::nullopt;
      Case& old = *it->second;
      if (old.conversation.contact != c.conversation.contact || old.conversation.owner != c.conversation.owner)
        return std::nullopt;
      old.conversation = std::move(c.conversation);
      old.enrollments = std::move(c.enrollments);
      old.touches = std::move(c.touches);
      old.promises = std::move(c.promises);
      c = std::move(old);
    }
    return std::move(cases_);
  }

 private:
  using Read = std::function<void(Case&, const Rows&, size_t row)>;

  void ask_conversations() { calls_.push_back({"case_conversations", {ids_}}); }
  void ask_follow_up() {
    ask("case_enrollments",
        [](Case& c, const Rows& rows, size_t r) { c.enrollments.push_back(read_enrollment(rows, r)); });
    ask("case_touches", [](Case& c, const Rows& rows, size_t r) { c.touches.push_back(read_touch(rows, r, 1)); });
    ask("case_promises", [](Case& c, const Rows& rows, size_t r) { c.promises.push_back(read_promise(rows, r)); });
  }

  // `read` is called for every row; column 0 is the conversation.
  void ask(std::string_view statement, Read read) {
    calls_.push_back({statement, {ids_}});
    reads_.push_back(std::move(read));
  }
  void ask(std::string_view statement, int64_t second, Read read) {
    ask(statement, std::move(read));
    calls_.back().values.push_back(second);
  }

  void answer() {
    std::vector<Rows> answers = step_.tx.run_all(calls_);
    const Rows& found = answers.front();
    cases_.reserve(found.size());
    for (size_t r = 0; r < found.size(); ++r) {
      Case c;
      c.conversation = read_conversation(found, r);
      at_[c.conversation.id.value] = cases_.size();
      cases_.push_back(std::move(c));
    }
    for (size_t i = 0; i < reads_.size(); ++i) {
      const Rows& rows = answers[i + 1];
      for (size_t r = 0; r < rows.size(); ++r)
        if (auto it = at_.find(rows.integer(r, 0)); it != at_.end()) reads_[i](cases_[it->second], rows, r);
    }
  }

  // Where the recipient is; without a contact, where the advisor is.
  static void settle_place(Case& c) {
    const std::string& zone = c.contact ? c.contact->zone : c.owner.zone;
    c.place.zone = find_zone(zone).value_or(utc());
    c.place.country = c.contact && !c.contact->country.empty() ? c.contact->country : c.owner.country;
    bool same_country = c.place.country == c.owner.country;
    c.place.region = c.contact && !c.contact->region.empty() ? c.contact->region : same_country ? c.owner.region : "";
  }

  Step& step_;
  std::string ids_;
  std::vector<ports::Call> calls_;  // the first one asks for the conversations
  std::vector<Read> reads_;         // of those after the first
  std::vector<Case> cases_;
  std::unordered_map<int64_t, size_t> at_;
};

class Saver {
 public:
  explicit Saver(Step& step) : step_(step) {}

  void add(Decision& d) {
    const Conversation& conv = d.next.conversation;
    if (conv.change == Change::created) conversations_new_.push_back(conversation_params(conv, step_.now, true));
    if (conv.change == Change::updated && conv.reassigned)
      conversations_.push_back(conversation_params(conv, step_.now, false));
    if (conv.change == Change::updated && !conv.reassigned) progress_.push_back(progress_params(conv, step_.now));
    if (d.effects.talk) talks_.push_back(talk_params(*d.effects.talk, conv.id, step_.caller.actor(), step_.now));
    for (const Enrollment& e : d.next.enrollments) {
      if (e.change == Change::created) enrollments_new_.push_back(enrollment_params(e, conv));
      if (e.change == Change::updated) enrollments_.push_back(enrollment_update_params(e));
    }
    for (const Touch& t : d.next.touches) {
      if (t.change == Change::created) touches_new_.push_back(touch_params(t, conv));
      if (t.change == Change::updated) touches_.push_back(touch_update_params(t));
    }
    for (const Promise& p : d.next.promises) {
      if (p.change == Change::created) promises_new_.push_back(promise_params(p, conv.id));
      if (p.change == Change::updated) promises_.push_back(promise_update_params(p));
    }
    effects(d, conv);
    for (const Fact& f : d.facts)
      facts_.push_back({to_ms(step_.now), f.kind, conv.id.value, ports::opt_int(f.subject), step_.caller.actor(),
                        json::serialize(f.data)});
  }

  // Parents before children; ended touches before new ones, so that an enrollment never has two open ones.
  void write() {
    many("conversation_insert", conversations_new_);
    many("talk_insert", talks_);
    many("enrollment_update", enrollments_);
    many("enrollment_insert", enrollments_new_);
    many("touch_update", touches_);
    many("touch_insert", touches_new_);
    many("promise_update", promises_);
    many("promise_insert", promises_new_);
    many("conversation_update", conversations_);
    many("conversation_progress", progress_);
    many("deal_insert", deals_);
    many("link_insert", links_);
    many("point_suppress", points_);
    many("suppression_put", suppressions_);
    many("fact_insert", facts_);
  }

 private:
  void effects(const Decision& d, const Conversation& conv) {
    if (d.effects.deal) deals_.push_back(deal_params(*d.effects.deal, d.next));
    for (const NewLink& link : d.effects.links)
      links_.push_back({sha256_hex(link.token), link.kind, conv.contact.value, conv.id.value, link.touch.value,
                        ports::opt_int(link.asset.value), to_ms(step_.now)});
    if (!d.effects.suppress_address.empty())
      suppressions_.push_back(
          suppression_params("email", d.effects.suppress_address, step_.now, d.effects.suppress_reason));
    if (!d.effects.suppress_address.empty())
      points_.push_back({conv.contact.value, d.effects.suppress_address, to_ms(step_.now), d.effects.suppress_reason});
  }
  void many(std::string_view statement, const std::vector<Params>& rows) {
    if (!rows.empty()) step_.tx.run_many(statement, rows);
  }

  Step& step_;
  std::vector<Params> conversations_new_, conversations_, progress_, talks_, enrollments_new_, enrollments_,
      touches_new_, touches_, promises_new_, promises_, deals_, links_, points_, suppressions_, facts_;
};

}  // namespace

std::string ids_json(const std::vector<ConversationId>& ids) {
  json::array array;
  for (ConversationId id : ids) array.emplace_back(id.value);
  return json::serialize(array);
}

namespace {

// The ids as the statements take them; on PostgreSQL only those that this transaction has locked.
std::string locked_ids(Step& step, const std::vector<ConversationId>& ids, Locking locking) {
  std::string list = ids_json(ids);
  if (locking == Locking::none || step.services.store.engine() != ports::Engine::postgres) return list;
  Rows locked = step.run(locking == Locking::skip ? "case_lock_free" : "case_lock", {list});
  std::vector<ConversationId> mine;
  for (size_t r = 0; r < locked.size(); ++r) mine.push_back({locked.integer(r, 0)});
  return ids_json(mine);
}

}  // namespace

std::vector<Case> load_cases(Step& step, const std::vector<ConversationId>& ids, Locking locking) {
  if (ids.empty()) return {};
  return Loader(step, locked_ids(step, ids, locking)).load();
}

std::vector<Case> reload_cases(Step& step, std::vector<Case> held) {
  if (held.empty()) return {};
  std::vector<ConversationId> ids;
  for (const Case& c : held) ids.push_back(c.conversation.id);
  std::string list = locked_ids(step, ids, Locking::wait);
  if (auto fresh = Loader(step, list).reload(std::move(held))) return std::move(*fresh);
  return Loader(step, list).load();
}

Result<Case> load_case(Step& step, ConversationId id, Locking locking) {
  std::vector<Case> found = load_cases(step, {id}, locking);
  if (found.empty()) return fail(Code::not_found, "there is no such conversation");
  return std::move(found.front());
}

void save_decisions(Step& step, std::vector<Decision>& decisions) {
  Saver saver(step);
  for (Decision& d : decisions) saver.add(d);
  saver.write();
}

Result<Case> apply_event(Step& step, ConversationId id, const Event& event) {
  Case c = TRY(load_case(step, id, Locking::wait));
  if (!step.caller.sees(c.conversation.owner, c.conversation.agency))
    return fail(Code::not_found, "there is no such conversation");
  TRY_VOID(step.require_change());
  std::vector<Decision> decisions;
  decisions.push_back(TRY(decide(std::move(c), event, step.catalog(), step.names(), step.now)));
  save_decisions(step, decisions);
  return std::move(decisions.front().next);
}

}  // namespace onward::app
