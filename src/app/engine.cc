#include "app/engine.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "app/booking/waitlist.h"
#include "app/case_appointments.h"
#include "app/cases.h"
#include "app/mail_text.h"
#include "app/mailboxes.h"
#include "base/log.h"
#include "core/library/words.h"
#include "ical/invitation.h"

namespace onward::app {

using namespace conversations;

namespace {

const Caller kSystem = system_caller();
constexpr int kBookingsAtOnce = 50;

// The calendar part that the step asks for, from the mail's own sender: calendars take a change from nobody else.
ports::CalendarPart calendar_of(const Case& c, const Touch& t, const ports::Message& m, const Services& services,
                                const Catalog& catalog) {
  auto e = std::ranges::find(c.enrollments, t.enrollment, &sequences::Enrollment::id);
  if (e == c.enrollments.end() || !e->appointment) return {};
  auto a = std::ranges::find(c.appointments, e->appointment, &Appointment::id);
  auto v = catalog.versions.find(e->version);
  int at = v == catalog.versions.end() ? -1 : v->second.document.index_of(t.step);
  if (at < 0 || a == c.appointments.end()) return {};
  auto kind = v->second.document.steps[static_cast<size_t>(at)].invitation;
  if (kind == sequences::InvitationKind::none) return {};
  const std::string& name = library::in_language(a->names, m.language);
  CalendarText text{
      catalog.organization_name.empty() ? name : name + ", " + catalog.organization_name, a->with + "\n" + a->link,
      a->place.empty() || a->channel == "at_customer" ? library::channel_in_words(a->channel, m.language) : a->place};
  ical::Event event = customer_event(services, *a, std::move(text));
  event.organizer = ical::Person{m.from_name, m.from_address};
  event.attendees = {{{m.to_name, m.to_address}}};
  bool cancel = kind == sequences::InvitationKind::cancel;
  auto made = ical::invitation(cancel ? ical::Method::cancel : ical::Method::request, event);
  if (!made) {
    log_warning("engine.invitation", {{"touch", t.id.text()}, {"why", made.error().message}});
    return {};
  }
  return {std::string(ical::to_string(cancel ? ical::Method::cancel : ical::Method::request)), std::move(made->body),
          made->file_name};
}

ports::Message message_of(const Case& c, const Touch& t, const ports::Mailbox& mailbox, const Catalog& catalog,
                          const Services& services, Instant now) {
  ports::Message m;
  m.touch = t.id;
  m.from_address = mailbox.address.empty() ? c.owner.email : mailbox.address;
  m.from_name = c.owner.name.empty() ? mailbox.name : c.owner.name;
  if (!c.owner.email.empty() && c.owner.email != m.from_address) m.reply_to = c.owner.email;
  m.to_address = t.to_address;
  m.to_name = c.contact ? c.contact->name : "";
  m.subject = t.subject;
  m.text = t.body;
  m.html = mail_html(t.body);
  m.message_id = t.message_id;
  if (!t.in_reply_to.empty() && t.in_reply_to != t.message_id) {
    m.in_reply_to = t.in_reply_to;
    m.references = {t.in_reply_to};
  }
  m.list_unsubscribe_url = preferences_url_in(t.body, catalog.base_url);
  m.language = c.contact ? c.contact->language : "";
  m.date = now;
  m.auto_submitted = t.edited_by.empty() && t.approved_by.empty();
  m.calendar = calendar_of(c, t, m, services, catalog);
  return m;
}

SendResult result_of(const ports::Delivery& d, TouchId touch, int64_t lease_token) {
  SendResult r;
  r.touch = touch;
  r.lease_token = lease_token;
  r.evidence = d.evidence;
  r.reason = d.stop_reason;
  r.bad_address = d.recipient_rejected;
  using Kind = SendResult::Kind;
  switch (d.fate) {
    case ports::Fate::accepted: r.kind = Kind::accepted; break;
    case ports::Fate::deferred: r.kind = Kind::deferred; break;
    case ports::Fate::rejected: r.kind = Kind::rejected; break;
    case ports::Fate::unknown: r.kind = Kind::unknown; break;
    case ports::Fate::stopped: r.kind = Kind::stopped; break;
    case ports::Fate::logged: r.kind = Kind::logged; break;
  }
  return r;
}

// How many messages this mailbox may send at `now`, and its counters afterwards. A cap counts local days.
struct MailboxState {
  std::optional<int64_t> cap;
  Millis gap{0};
  Instant free_at;
  std::string day;
  int64_t sent_today = 0;
  Zone zone = utc();
};

MailboxState read_state(const Rows& row, Instant now) {
  MailboxState m;
  if (!row.is_null(0, 1)) m.cap = row.integer(0, 1);
  m.gap = Millis{row.integer(0, 2)};
  m.free_at = from_ms(row.integer(0, 3));
  m.zone = find_zone(row.text(0, 6)).value_or(utc());
  m.day = to_string(m.zone.date(now));
  m.sent_today = row.text(0, 4) == m.day ? row.integer(0, 5) : 0;
  return m;
}

int budget_of(const MailboxState& m, Instant now, int batch) {
  if (m.free_at > now) return 0;
  int64_t n = m.gap > Millis{0} ? 1 : batch;
  if (m.cap) n = std::min(n, *m.cap - m.sent_today);
  return static_cast<int>(std::max<int64_t>(n, 0));
}

void spend(MailboxState& m, int64_t sent, Instant now) {
  m.sent_today += sent;
  m.free_at = now + m.gap;
  if (m.cap && m.sent_today >= *m.cap) m.free_at = m.zone.midnight(add_days(m.zone.date(now), 1));
}

// Decides `event_of(case)` for every case; a refused or broken one is logged and left as it was.
template <class EventOf>
std::vector<Decision> decide_all(Step& step, std::vector<Case> cases, EventOf event_of, std::atomic<int64_t>& errors) {
  std::vector<Decision> out;
  out.reserve(cases.size());
  Names names = step.names();
  for (Case& c : cases) {
    ConversationId id = c.conversation.id;
    Result<Decision> d = decide(std::move(c), event_of(id), step.catalog(), names, step.now);
    if (d) {
      out.push_back(std::move(*d));
      continue;
    }
    ++errors;
    log_warning("engine.refused", {{"conversation", id.text()}, {"why", d.error().message}});
  }
  return out;
}

}  // namespace

Engine::Engine(Runner& runner, ports::Courier* courier, EngineOptions options)
    : runner_(runner), courier_(courier), options_(options) {}

Result<int64_t> Engine::run_due() {
  int64_t total = 0;
  for (;;) {
    int64_t ticked = TRY(tick_once());
    int64_t sent = TRY(send_once());
    if (ticked + sent == 0) return total;
    total += ticked + sent;
  }
}

namespace {

std::vector<ConversationId> due_conversations(Step& step, int limit) {
  Rows rows = step.run("due_conversations", {to_ms(step.now), int64_t{limit}});
  std::vector<ConversationId> ids;
  for (size_t r = 0; r < rows.size(); ++r) ids.push_back({rows.integer(r, 0)});
  return ids;
}

}  // namespace

Result<int64_t> Engine::tick_once() {
  // Looked at before anything is written: a commit wakes the loops, so that one with nothing in it would never end.
  bool some = false, booking = false;
  TRY_VOID(runner_.read(kSystem, [&](Step& step) -> Status {
    some = !due_conversations(step, 1).empty();
    Rows next = step.run("next_booking_times");
    booking = !next.is_null(0, 0) && next.integer(0, 0) <= to_ms(step.now);
    return {};
  }));
  int64_t bookings = booking ? TRY(tick_bookings()) : 0;
  if (!some) return bookings;
  int64_t done = 0;
  TRY_VOID(runner_.write(Lane::background, kSystem, [&](Step& step) -> Status {
    auto decisions = decide_all(
        step, load_cases(step, due_conversations(step, batch()), Locking::skip), [](ConversationId) { return Tick{}; },
        counters_.errors);
    save_decisions(step, decisions);
    done = static_cast<int64_t>(decisions.size());
    return {};
  }));
  counters_.ticks += done;
  return done + bookings;
}

Result<int64_t> Engine::tick_bookings() {
  int64_t done = 0;
  TRY_VOID(runner_.write(Lane::background, kSystem, [&](Step& step) -> Status {
    done = TRY(booking::booking_tick(step, kBookingsAtOnce));
    return {};
  }));
  counters_.ticks += done;
  return done;
}

Result<std::vector<MailboxId>> Engine::due_mailboxes() {
  std::vector<MailboxId> out;
  TRY_VOID(runner_.read(kSystem, [&](Step& step) -> Status {
    Rows rows = step.run("due_mailboxes", {to_ms(step.now)});
    for (size_t r = 0; r < rows.size(); ++r) {
      out.push_back({rows.integer(r, 0)});
    }
    return {};
  }));
  return out;
}

std::optional<MailboxId> Engine::take_mailbox(const std::vector<MailboxId>& due) {
  std::scoped_lock lock(mutex_);
  for (MailboxId id : due)
    if (busy_.insert(id).second) return id;
  return std::nullopt;
}
void Engine::release_mailbox(MailboxId id) {
  std::scoped_lock lock(mutex_);
  busy_.erase(id);
}

Result<int64_t> Engine::send_once() {
  auto mailbox = take_mailbox(TRY(due_mailboxes()));
  if (!mailbox) return 0;
  auto claims = claim(*mailbox);
  if (!claims) {
    release_mailbox(*mailbox);
    return fail(claims.error());
  }
  int64_t touched = static_cast<int64_t>(claims->size());
  std::erase_if(*claims,
                [](const Claim& c) { return c.lease_token == 0; });  // expired, moved or suppressed: already saved
  if (!claims->empty()) deliver(*claims);
  release_mailbox(*mailbox);
  return touched;
}

Result<std::vector<Engine::Claim>> Engine::claim(MailboxId mailbox) {
  std::vector<Claim> claims;
  TRY_VOID(runner_.write(Lane::background, kSystem, [&](Step& step) -> Status {
    claims.clear();
    claim_in(step, mailbox, claims);
    return {};
  }));
  return claims;
}

void Engine::claim_in(Step& step, MailboxId mailbox, std::vector<Claim>& claims) {
  std::optional<MailboxState> state;
  ports::Mailbox box;
  int budget = batch();
  if (mailbox) {
    Rows row = step.run("mailbox_for_claim", {mailbox.value});
    if (!row.empty()) state = read_state(row, step.now);
    auto loaded = load_mailbox(step.tx, mailbox, step.services.secret);
    if (loaded) box = *loaded;
    if (state) budget = budget_of(*state, step.now, budget);
  }
  if (budget == 0) return;
  Rows due = mailbox ? step.run("due_sends", {mailbox.value, to_ms(step.now), int64_t{budget}})
                     : step.run("due_sends_unboxed", {to_ms(step.now), int64_t{budget}});
  std::unordered_map<int64_t, TouchId> touch_of;  // one a conversation and one a contact in a batch: caps stay true
  std::unordered_set<int64_t> contacts;
  std::vector<ConversationId> ids;
  for (size_t r = 0; r < due.size(); ++r) {
    ConversationId conversation{due.integer(r, 1)};
    int64_t contact = due.integer(r, 2);
    if (touch_of.contains(conversation.value) || (contact && !contacts.insert(contact).second)) continue;
    touch_of[conversation.value] = {due.integer(r, 0)};
    ids.push_back(conversation);
  }
  int64_t token = static_cast<int64_t>(step.rng.next() >> 1) | 1;
  auto decisions = decide_all(
      step, load_cases(step, ids, Locking::skip),
      [&](ConversationId id) {
        return SendDue{touch_of.at(id.value), token, options_.lease};
      },
      counters_.errors);
  save_decisions(step, decisions);
  int64_t sending = 0;
  for (Decision& d : decisions) {
    Claim claim;
    claim.touch = touch_of.at(d.next.conversation.id.value);
    for (const Touch& t : d.next.touches)
      if (t.id == claim.touch && t.state == TouchState::sending) {
        claim.lease_token = token;
        claim.parcel = {box, message_of(d.next, t, box, step.catalog(), step.services, step.now)};
        ++sending;
      }
    claim.held = std::move(d.next);
    claim.held.touches.clear();  // read anew when the outcome is known
    claim.held.enrollments.clear();
    claim.held.promises.clear();
    claims.push_back(std::move(claim));
  }
  counters_.claimed += sending;
  if (state && sending > 0) {
    spend(*state, sending, step.now);
    step.run("mailbox_claimed", {mailbox.value, to_ms(state->free_at), state->day, state->sent_today});
  }
}

std::string Engine::gate(TouchId touch, int64_t lease_token) {
  std::string why = "the last check could not be made";
  Status read = runner_.read(kSystem, [&](Step& step) -> Status {
    Rows rows = step.run("gate", {touch.value, lease_token, to_ms(step.now)});
    why = rows.empty() ? "it does not exist any more" : rows.text(0, 0);
    return {};
  });
  return read ? why : "the last check could not be made";
}

// Outcomes come from several connections at once. Whoever brings one while nobody settles does so, for those too that
// come while it commits: an outcome never waits for more than one commit, and a commit never for one message alone.
class Engine::Settling {
 public:
  Settling(Engine& engine, bool at_once) : engine_(engine), at_once_(at_once) {}

  void add(Outcome outcome) {
    std::unique_lock lock(mutex_);
    waiting_.push_back(std::move(outcome));
    if (at_once_ && !busy_) settle(lock);
  }
  void finish() {
    std::unique_lock lock(mutex_);
    settle(lock);
  }

 private:
  void settle(std::unique_lock<std::mutex>& lock) {
    busy_ = true;
    while (!waiting_.empty()) {
      std::vector<Outcome> batch = std::exchange(waiting_, {});
      lock.unlock();
      engine_.settle_and_log(std::move(batch));
      lock.lock();
    }
    busy_ = false;
  }

  Engine& engine_;
  bool at_once_, busy_ = false;
  std::mutex mutex_;
  std::vector<Outcome> waiting_;
};

void Engine::deliver(std::vector<Claim>& claims) {
  std::unordered_map<int64_t, const Claim*> by_touch;
  std::vector<ports::Parcel> parcels;
  for (Claim& c : claims) {
    by_touch[c.touch.value] = &c;
    parcels.push_back(std::move(c.parcel));
  }
  Settling settling(*this, options_.settle_at_once);
  auto done = [&](TouchId touch, ports::Delivery delivery) {
    count(delivery);
    settling.add({by_touch.at(touch.value), std::move(delivery)});
  };
  if (courier_ && !options_.log_only) {
    courier_->send(
        std::move(parcels), [&](TouchId t) { return gate(t, by_touch.at(t.value)->lease_token); }, done);
  } else {
    for (const Claim& c : claims) done(c.touch, {ports::Fate::logged, 0, "", "no mailbox is set up", "", false});
  }
  settling.finish();
}

void Engine::settle_and_log(std::vector<Outcome> outcomes) {
  std::sort(outcomes.begin(), outcomes.end(),
            [](const Outcome& a, const Outcome& b) { return a.claim->touch < b.claim->touch; });
  if (Status s = settle(outcomes); !s)
    log_error("engine.settle", {{"count", outcomes.size()}, {"why", s.error().message}});
}

Status Engine::settle(const std::vector<Outcome>& outcomes) {
  return runner_.write(Lane::background, kSystem, [&](Step& step) -> Status {
    std::vector<Case> held;
    std::unordered_map<int64_t, const Outcome*> of;
    for (const Outcome& o : outcomes) {
      held.push_back(o.claim->held);
      of[o.claim->held.conversation.id.value] = &o;
    }
    auto decisions = decide_all(
        step, reload_cases(step, std::move(held)),
        [&](ConversationId id) {
          const Outcome& o = *of.at(id.value);
          return result_of(o.delivery, o.claim->touch, o.claim->lease_token);
        },
        counters_.errors);
    save_decisions(step, decisions);
    return {};
  });
}

int Engine::batch() const { return runner_.people_write() ? options_.batch_beside_people : options_.batch; }

void Engine::count(const ports::Delivery& d) {
  switch (d.fate) {
    case ports::Fate::accepted: ++counters_.sent; break;
    case ports::Fate::deferred: ++counters_.deferred; break;
    case ports::Fate::rejected: ++counters_.failed; break;
    case ports::Fate::unknown: ++counters_.in_doubt; break;
    case ports::Fate::stopped:
    case ports::Fate::logged: ++counters_.stopped; break;
  }
}

Result<std::optional<Instant>> Engine::next_wake() {
  std::optional<Instant> next;
  auto consider = [&](Instant t) {
    if (!next || t < *next) next = t;
  };
  TRY_VOID(runner_.read(kSystem, [&](Step& step) -> Status {
    Rows ticks = step.run("next_tick_times");
    if (!ticks.is_null(0, 0)) consider(from_ms(ticks.integer(0, 0)));
    Rows bookings = step.run("next_booking_times");
    if (!bookings.is_null(0, 0)) consider(from_ms(bookings.integer(0, 0)));
    Rows sends = step.run("next_send_times");
    for (size_t r = 0; r < sends.size(); ++r)
      if (!sends.is_null(r, 1)) consider(std::max(from_ms(sends.integer(r, 1)), from_ms(sends.integer(r, 2))));
    return {};
  }));
  return next;
}

}  // namespace onward::app
