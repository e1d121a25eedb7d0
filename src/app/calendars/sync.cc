#include "app/calendars/sync.h"

#include <set>

#include "app/calendars/events.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/schema.h"
#include "ical/lines.h"

namespace onward::app::calendars {

using ports::CalendarItem;
using ports::CalendarReading;
using ports::CalendarWritten;
using ports::opt_text;

namespace {

constexpr Millis kBack = std::chrono::days{1};     // of what is read
constexpr Millis kAhead = std::chrono::days{400};  // as far as anybody books
constexpr Millis kWholeEvery = 12h;                // the range moves on, so "unchanged" does not hold for ever
constexpr Millis kFirstWait = 1min;                // after a failure, doubled each time
constexpr int64_t kMostDoublings = 6;              // about an hour
constexpr double kJitter = 0.1;
constexpr size_t kMaxProblem = 300;  // bytes
constexpr size_t kMaxWord = 1000;    // bytes of what a server calls a version

// A server's word for a version; one that cannot be kept is none.
std::string kept_word(const std::string& word) {
  return word.size() <= kMaxWord && is_utf8(word) ? word : std::string();
}

Millis jittered(Millis span, Rng& rng) {
  double factor = 1 - kJitter + 2 * kJitter * rng.unit();
  return Millis{static_cast<int64_t>(static_cast<double>(span.count()) * factor)};
}

Millis wait_after(int64_t failures, Rng& rng) {
  return jittered(kFirstWait * (int64_t{1} << std::min(failures, kMostDoublings)), rng);
}

// Errors after which the calendar's other items need not be tried now.
bool concerns_all(Code code) {
  return code == Code::unavailable || code == Code::unauthorized || code == Code::not_found;
}

struct Item {
  AppointmentId appointment;
  CalendarItem object;
  int64_t revision = 0, sequence = 0, failures = 0;
  bool wanted = false;                          // there; else gone
  std::optional<Result<CalendarWritten>> done;  // nothing: it was not its turn
};

Item item_of(Step& step, const Calendar& c, const Rows& rows, size_t r, const std::string& language) {
  Item item{.appointment = {rows.integer(r, 0)},
            .object = {.uid = rows.text(r, 1), .etag = rows.text(r, 4)},
            .revision = rows.integer(r, 2),
            .failures = rows.integer(r, 5)};
  Rows row = step.run("calendar_appointment", {item.appointment.value});
  if (row.empty()) return item;
  Shown shown = read_shown(row, 0);
  item.sequence = shown.sequence;
  item.wanted = c.writes && shown.state != "cancelled" && shown.is_hosted_by(c.advisor);
  if (!item.wanted) return item;
  ical::Event event = event_of(step.services, shown, language);
  event.uid = item.object.uid;
  auto text = ical::write_calendar({.method = ical::Method::stored, .events = {event}});
  if (text)
    item.object.text = std::move(*text);
  else
    item.done = fail(std::move(text.error()));
  return item;
}

}  // namespace

struct Sync::Attempt {
  Calendar calendar;
  Secrets secrets;
  ports::CalendarAccount account;
  ports::CalendarQuery query;
  std::set<std::string, std::less<>> written;  // UIDs
  std::vector<Item> items;
  Instant now;
  bool reads = false;
  std::optional<Result<CalendarReading>> reading;
  std::optional<Error> trouble;  // that ended the writing
};

Result<std::optional<Instant>> Sync::next_wake() {
  std::optional<Instant> out;
  TRY_VOID(runner_.read(system_caller(), [&](Step& step) -> Status {
    Rows row = step.run("calendar_next");
    if (!row.empty() && !row.is_null(0, 0)) out = from_ms(row.integer(0, 0));
    return {};
  }));
  return out;
}

Result<std::optional<Sync::Attempt>> Sync::claim() {
  CalendarId due;
  TRY_VOID(runner_.read(system_caller(), [&](Step& step) -> Status {
    Rows row = step.run("calendar_due", {to_ms(step.now)});
    if (!row.empty()) due = {row.integer(0, 0)};
    return {};
  }));
  std::optional<Attempt> out;
  if (!due) return out;
  TRY_VOID(runner_.write(Lane::background, system_caller(), [&](Step& step) { return claim_in(step, due, out); }));
  return out;
}

Status Sync::claim_in(Step& step, CalendarId id, std::optional<Attempt>& out) {
  out.reset();
  if (step.run("calendar_claim", {id.value, to_ms(step.now + options_.lease), to_ms(step.now)}).changed() == 0)
    return {};
  Attempt a{.calendar = read_calendar(step.run("calendar_get", {id.value, 0, 0, 0}), 0), .now = step.now};
  const Calendar& c = a.calendar;
  auto secrets = unseal_secrets(step.services, c);
  if (!secrets) a.trouble = secrets.error();
  if (secrets) a.secrets = std::move(*secrets);
  a.account = {.kind = c.kind == "ics" ? ports::CalendarKind::ics : ports::CalendarKind::caldav,
               .url = a.secrets.url,
               .collection = a.secrets.collection,
               .username = c.username,
               .password = a.secrets.password,
               .private_hosts = get_strings(setting(step, "calendars"), "private_hosts")};
  a.reads = c.next_at <= step.now;
  bool whole = !c.whole_at || step.now - *c.whole_at > kWholeEvery;
  a.query = {.from = step.now - kBack,
             .to = step.now + kAhead,
             .floating = find_zone(c.zone).value_or(utc()),
             .validator = whole ? std::string() : c.validator};
  if (a.reads) step.run("calendar_event_catch_up", {id.value, to_ms(step.now)});
  Rows uids = step.run("calendar_event_uids", {id.value});
  for (size_t r = 0; r < uids.size(); ++r) a.written.insert(uids.text(r, 0));
  if (c.held_until <= step.now) {
    std::string language = get_string(setting(step, "organization"), "language");
    Rows rows = step.run("calendar_event_pending", {id.value, to_ms(step.now), options_.items});
    for (size_t r = 0; r < rows.size(); ++r) a.items.push_back(item_of(step, c, rows, r, language));
  }
  out = std::move(a);
  return {};
}

void Sync::write_items(Attempt& a) {
  for (Item& item : a.items) {
    if (item.done) continue;
    if (stopping_ || a.trouble || runner_.now() - a.now > options_.writing_time) return;
    item.done = item.wanted ? remote_.put(a.account, item.object) : remote_.remove(a.account, item.object);
    if (!*item.done) {
      if (concerns_all(item.done->error().code)) a.trouble = item.done->error();
    } else if (!(*item.done)->collection.empty()) {
      a.account.collection = (*item.done)->collection;
    }
  }
}

void Sync::read_busy(Attempt& a) {
  if (!a.reads || stopping_) return;
  a.query.ours = [&](std::string_view uid) {
    return is_event_uid(runner_.services(), uid) || a.written.find(uid) != a.written.end();
  };
  a.reading = remote_.read(a.account, a.query);
  if (*a.reading && !(*a.reading)->collection.empty()) a.account.collection = (*a.reading)->collection;
}

namespace {

void settle_item(Step& step, CalendarId calendar, const Item& item) {
  if (!item.done) return;
  int64_t id = calendar.value, appointment = item.appointment.value;
  if (!*item.done) {
    step.run("calendar_event_failed", {id, appointment, item.done->error().message, item.revision,
                                       to_ms(step.now + wait_after(item.failures, step.rng))});
  } else if (item.wanted) {
    step.run("calendar_event_written",
             {id, appointment, item.sequence, opt_text(kept_word((*item.done)->etag)), item.revision});
  } else if (step.run("calendar_event_gone", {id, appointment, item.revision}).changed() == 0) {
    // It is wanted there again: what is there now is nothing.
    step.run("calendar_event_written", {id, appointment, ports::null_value(), ports::null_value(), item.revision});
  }
}

void replace_busy(Step& step, const Calendar& c, const CalendarReading& reading, Instant read_at) {
  if (reading.unchanged) {
    step.run("calendar_busy_seen", {c.id.text(), to_ms(read_at)});
    return;
  }
  step.run("calendar_drop_busy", {c.id.text()});
  std::vector<ports::Params> rows;
  for (const ports::BusyTime& b : reading.busy)
    rows.push_back(
        {step.new_id<CalendarId>().value, c.advisor.value, c.id.text(), to_ms(b.from), to_ms(b.to), to_ms(read_at)});
  if (!rows.empty()) step.tx.run_many("calendar_insert_busy", rows);
}

}  // namespace

Status Sync::settle(const Attempt& a) {
  const Calendar& c = a.calendar;
  return runner_.write(Lane::background, system_caller(), [&](Step& step) -> Status {
    if (step.run("calendar_still_ours", {c.id.value, c.lease}).empty()) return {};
    for (const Item& item : a.items) settle_item(step, c.id, item);
    Millis wait = wait_after(c.failures, step.rng);
    const Error* error = a.reading && !*a.reading ? &a.reading->error() : nullptr;
    if (!error && !a.reading && a.trouble) error = &*a.trouble;
    if (error) {
      bool hold = a.trouble || concerns_all(error->code);
      step.run("calendar_failed",
               {c.id.value, error->message, to_ms(c.next_at), to_ms(step.now + wait), int64_t{hold}});
    } else if (a.reading) {
      const CalendarReading& r = **a.reading;
      replace_busy(step, c, r, a.now);
      step.run("calendar_read_well",
               {c.id.value, opt_text(kept_word(r.validator)), int64_t{!r.unchanged}, to_ms(a.now), int64_t{r.events},
                int64_t{r.not_understood}, opt_text(ical::clean(r.problem.substr(0, kMaxProblem))), to_ms(c.next_at),
                to_ms(step.now + jittered(refresh_every(step), step.rng)), a.trouble ? to_ms(step.now + wait) : 0});
    }
    Secrets secrets = a.secrets;
    secrets.collection = error && error->code == Code::not_found ? std::string() : a.account.collection;
    step.run("calendar_release",
             {c.id.value, a.secrets.url.empty() ? c.sealed : seal_secrets(step.services, c.id, secrets)});
    return {};
  });
}

Result<int64_t> Sync::sync_once() {
  if (stopping_) return 0;
  std::optional<Attempt> attempt = TRY(claim());
  if (!attempt) return 0;
  if (!attempt->trouble) {
    write_items(*attempt);
    read_busy(*attempt);
  } else if (attempt->reads) {
    attempt->reading = fail(*attempt->trouble);
  }
  if (attempt->reading && !*attempt->reading)
    log_warning("calendar.failed",
                {{"calendar", attempt->calendar.id.text()}, {"code", to_string(attempt->reading->error().code)}});
  TRY_VOID(settle(*attempt));
  return 1;
}

}  // namespace onward::app::calendars
