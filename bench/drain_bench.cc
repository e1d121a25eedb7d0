// How fast are due touches drained by the two-phase protocol, what does an interactive write feel meanwhile, how late
// is a touch among a million timers, and how soon is the engine ready after a start with them?
//
//   drain_bench --sqlite DIR | --postgres URL  [--due 20000] [--future 100000] [--million]
//
// Beside the engine, the bare set-wise SQL limit of the same database is measured in the same run: the same two phases
// on two small tables, without rendering, facts, promises, gates or explanations.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>

#include "app/defaults.h"
#include "app/engine.h"
#include "app/loops.h"
#include "base/check.h"
#include "store/open.h"

namespace {

using namespace onward;
using app::Lane;
using app::Params;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point t) { return std::chrono::duration<double>(Steady::now() - t).count(); }

// Of this process, without the database server.
double processor_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(u.ru_utime) + of(u.ru_stime);
}

template <class T>
T need(Result<T> r) {
  if (!r) {
    fmt::print(stderr, "drain_bench: {} {}\n", r.error().message, r.error().detail);
    std::exit(1);
  }
  return std::move(*r);
}
void need(Status s) {
  if (!s) {
    fmt::print(stderr, "drain_bench: {} {}\n", s.error().message, s.error().detail);
    std::exit(1);
  }
}

class TakesAll final : public ports::Courier {
 public:
  void send(std::vector<ports::Parcel> parcels, const Gate&, const Done& done) override {
    for (const ports::Parcel& p : parcels)
      done(p.message.touch, {ports::Fate::accepted, 250, "2.0.0", "250", "", false});
  }
};

// Statements of the bare limit, beside the program's own.
store::Catalogue catalogue() {
  store::Catalogue c = store::embedded_catalogue();
  c.migrations.push_back(
      {"9000_bench.sql",
       "CREATE TABLE bench_enrollment (id {PK}, step {INT} NOT NULL, next_at {INT}, lease {INT}) {STRICT}\n--;\n"
       "CREATE TABLE bench_touch (id {AUTOPK}, enrollment_id {INT} NOT NULL, step {INT} NOT NULL, message_id TEXT NOT "
       "NULL, state TEXT NOT NULL, UNIQUE (enrollment_id, step)) {STRICT}\n--;\n"
       "CREATE INDEX bench_due ON bench_enrollment (next_at) WHERE lease IS NULL\n--;\n"
       "CREATE INDEX bench_lease ON bench_enrollment (lease) WHERE lease IS NOT NULL\n"});
  c.statements.push_back({"bench.sql",
                          "-- name: bench_fill\nINSERT INTO bench_enrollment (id, step, next_at) VALUES (?1, 0, ?2)\n"
                          "-- name: bench_claim\nUPDATE bench_enrollment SET lease = ?1 WHERE id IN (SELECT id FROM "
                          "bench_enrollment WHERE lease IS NULL AND "
                          "next_at <= ?2 ORDER BY next_at LIMIT 500 {SKIP_LOCKED})\n"
                          "-- name: bench_sending\nINSERT INTO bench_touch (enrollment_id, step, message_id, state) "
                          "SELECT id, step + 1, '<' || id || '.' || step "
                          "|| '@onward>', 'sending' FROM bench_enrollment WHERE lease = ?1\n"
                          "-- name: bench_sent\nUPDATE bench_touch SET state = 'sent' WHERE state = 'sending' AND "
                          "enrollment_id IN (SELECT id FROM bench_enrollment "
                          "WHERE lease = ?1)\n"
                          "-- name: bench_advance\nUPDATE bench_enrollment SET step = step + 1, next_at = next_at + "
                          "172800000, lease = NULL WHERE lease = ?1\n"});
  return c;
}

constexpr const char* kDocument = R"({"name":"Bench","type":"prospect","trigger":{"on":"manual"},
 "window":{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"},"quiet":{"from":"00:00","to":"00:00"},
 "steps":[{"key":"one","do":"email","title":"One","template":"check_in","delay":{"hours":0},"holidays":"ignore"},
          {"key":"two","do":"email","title":"Two","template":"check_in","from":"previous","delay":{"days":2},"holidays":"ignore"},
          {"key":"three","do":"email","title":"Three","template":"check_in","from":"previous","delay":{"days":20},"holidays":"ignore"}]})";

struct Bench {
  std::unique_ptr<ports::Store> store;
  RealClock clock;
  KernelEntropy entropy;
  std::unique_ptr<app::Runner> runner;
  IdClock ids;
  Rng rng{42, &ids};
  int64_t sequence = 0, version = 0;
  std::vector<int64_t> mailboxes, advisors;

  void open(const store::StoreOptions& options) {
    store = need(store::open_store(options));
    need(store->migrate());
    runner = std::make_unique<app::Runner>(
        app::Services{*store, clock, entropy, "bench", "https://bench.example", "bench.example"});
  }
  void close() {
    runner.reset();
    store.reset();
  }
  int64_t id() { return make_id(clock.now(), rng); }

  void defaults() {
    need(runner->write(Lane::interactive, app::system_caller(), [](app::Step& s) { return app::install_defaults(s); }));
    need(runner->write(Lane::interactive, app::system_caller(), [&](app::Step& s) -> Status {
      int64_t now = to_ms(s.now);
      sequence = id(), version = id();
      s.tx.run("bench_sequence", {sequence, now});
      s.tx.run("bench_version", {version, sequence, std::string(kDocument), now});
      for (int i = 0; i < 20; ++i) {
        mailboxes.push_back(id()), advisors.push_back(id());
        s.tx.run("bench_mailbox", {mailboxes.back(), now});
        s.tx.run("bench_advisor", {advisors.back(), mailboxes.back(), now});
      }
      s.bump_catalog();
      return {};
    }));
  }

  // `n` conversations with an enrollment and one planned message each, due at `first` + i * `gap`.
  void fill(int64_t n, Instant first, Millis gap) {
    constexpr int64_t kChunk = 2000;
    int64_t now = to_ms(clock.now());
    for (int64_t done = 0; done < n; done += kChunk) {
      std::vector<Params> contacts, points, conversations, enrollments, touches;
      for (int64_t i = done; i < std::min(n, done + kChunk); ++i) {
        int64_t contact = id(), conversation = id(), enrollment = id(), touch = id();
        int64_t due = to_ms(first + gap * i);
        size_t who = static_cast<size_t>(i) % mailboxes.size();
        contacts.push_back({contact, now});
        points.push_back({id(), contact, fmt::format("c{}@bench.example", contact)});
        conversations.push_back({conversation, contact, advisors[who], due, now});
        enrollments.push_back({enrollment, conversation, contact, sequence, version, now});
        touches.push_back(
            {touch, conversation, contact, enrollment, mailboxes[who], advisors[who], due, due + 864'000'000, now});
      }
      need(store->write(Lane::background, [&](ports::Tx& tx) -> Status {
        tx.run_many("bench_contact", contacts);
        tx.run_many("bench_point", points);
        tx.run_many("bench_conversation", conversations);
        tx.run_many("bench_enrollment_row", enrollments);
        tx.run_many("bench_touch_row", touches);
        return {};
      }));
    }
    // As PostgreSQL's own daemon does within a minute of such a load.
    need(store->write(Lane::background, [&](ports::Tx& tx) -> Status {
      tx.run("bench_analyze", {});
      return {};
    }));
  }
};

const char* kFill =
    "-- name: bench_sequence\nINSERT INTO sequence (id, name, conversation_type, created_at, updated_at) VALUES (?1, "
    "'Bench', 'prospect', ?2, ?2)\n"
    "-- name: bench_version\nINSERT INTO sequence_version (id, sequence_id, number, document, published_at, "
    "published_by, created_at) VALUES (?1, "
    "?2, 1, ?3, ?4, 'bench', ?4)\n"
    "-- name: bench_mailbox\nINSERT INTO mailbox (id, address, name, port, security, gap_ms, free_at, day, sent_today, "
    "zone, created_at, updated_at) VALUES "
    "(?1, 'a@bench.example', 'A', 25, 'none', 0, 0, '', 0, 'UTC', ?2, ?2)\n"
    "-- name: bench_advisor\nINSERT INTO advisor (id, name, email, zone, languages, skills, hours, mailbox_id, "
    "created_at, updated_at) VALUES (?1, "
    "'Ana Advisor', 'a@bench.example', 'Europe/Paris', '[]', '[]', '[]', ?2, ?3, ?3)\n"
    "-- name: bench_contact\nINSERT INTO contact (id, name, folded, language, zone, created_at, updated_at) VALUES "
    "(?1, 'Zoe Marchand', 'zoe "
    "marchand', 'en', 'Europe/Paris', ?2, ?2)\n"
    "-- name: bench_point\nINSERT INTO contact_point (id, contact_id, kind, value, folded, position) VALUES (?1, ?2, "
    "'email', ?3, ?3, 0)\n"
    "-- name: bench_conversation\nINSERT INTO conversation (id, contact_id, type, channel, stage, owner_id, next_what, "
    "next_due, next_by, stage_at, "
    "opened_at, updated_at) VALUES (?1, ?2, 'prospect', 'web', 'following_up', ?3, 'One', ?4, 'system', ?5, ?5, ?5)\n"
    "-- name: bench_enrollment_row\nINSERT INTO enrollment (id, conversation_id, contact_id, sequence_id, version_id, "
    "state, step, anchor_at, "
    "previous_at, reason, started_at) VALUES (?1, ?2, ?3, ?4, ?5, 'active', 'one', ?6, ?6, 'bench', ?6)\n"
    "-- name: bench_touch_row\nINSERT INTO touch (id, conversation_id, contact_id, enrollment_id, step, kind, "
    "direction, channel, purpose, title, "
    "state, why, due_at, due_local, zone, expires_at, next_at, mailbox_id, advisor_id, priority, asset_ids, attempt, "
    "created_at) VALUES (?1, ?2, ?3, "
    "?4, 'one', 'email', 'out', 'email', 'follow_up', 'One', 'planned', '[]', ?7, '', 'Europe/Paris', ?8, ?7, ?5, ?6, "
    "50, '[]', 0, ?9)\n"
    "-- name: bench_analyze\n{postgres}ANALYZE{/postgres}{sqlite}SELECT 1{/sqlite}\n"
    "-- name: bench_touch_states\nSELECT count(*) FROM touch WHERE state = ?1\n"
    "-- name: bench_lateness\nSELECT sent_at - due_at FROM touch WHERE state = 'sent' ORDER BY 1\n"
    "-- name: bench_note\nINSERT INTO note (id, text, author, at) VALUES (?1, 'n', 'bench', ?2)\n";

double bare_limit(Bench& b, int64_t due, int64_t future) {
  int64_t now = to_ms(b.clock.now());
  for (int64_t done = 0; done < due + future; done += 5000) {
    std::vector<Params> rows;
    for (int64_t i = done; i < std::min(due + future, done + 5000); ++i)
      rows.push_back({i + 1, i < due ? now - 1000 : now + 86'400'000 + i});
    need(b.store->write(Lane::background, [&](ports::Tx& tx) -> Status {
      tx.run_many("bench_fill", rows);
      return {};
    }));
  }
  auto start = Steady::now();
  int64_t done = 0;
  for (int64_t lease = 1;; ++lease) {
    int64_t n = 0;
    need(b.store->write(Lane::background, [&](ports::Tx& tx) -> Status {
      n = tx.run("bench_claim", {lease, now}).changed();
      if (n) tx.run("bench_sending", {lease});
      return {};
    }));
    if (n == 0) break;
    need(b.store->write(Lane::background, [&](ports::Tx& tx) -> Status {
      tx.run("bench_sent", {lease});
      tx.run("bench_advance", {lease});
      return {};
    }));
    done += n;
  }
  return static_cast<double>(done) / seconds_since(start);
}

// Writes notes as a person would while the drain runs; returns sorted latencies in ms.
std::vector<double> interactive_writes(Bench& b, std::atomic<bool>& stop) {
  std::vector<double> ms;
  while (!stop) {
    auto start = Steady::now();
    need(b.runner->write(Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
      step.run("bench_note", {step.new_id<TouchId>().value, to_ms(step.now)});
      return {};
    }));
    ms.push_back(seconds_since(start) * 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::sort(ms.begin(), ms.end());
  return ms;
}

double at(const std::vector<double>& sorted, double q) {
  return sorted.empty()
             ? 0
             : sorted[std::min(sorted.size() - 1, static_cast<size_t>(q * static_cast<double>(sorted.size())))];
}

// As the server's loops do it: timers first, then two senders side by side.
void drain_all(app::Engine& engine) {
  while (need(engine.tick_once()) > 0) {
  }
  auto send = [&] {
    while (need(engine.send_once()) > 0) {
    }
  };
  std::thread other(send);
  send();
  other.join();
  need(engine.run_due());
}

void drain(Bench& b, int64_t due, double bare) {
  TakesAll courier;
  app::EngineOptions options;
  options.batch = 500;
  app::Engine engine(*b.runner, &courier, options);
  auto start = Steady::now();
  double before = processor_seconds();
  drain_all(engine);
  auto sent = static_cast<double>(engine.counters().sent);
  double rate = sent / seconds_since(start);
  fmt::print(
      "engine\tdrained {} of {} due\t{:.0f} touches/s\t{:.2f} of the bare limit\t{:.0f} us of processor a touch\n",
      engine.counters().sent.load(), due, rate, rate / bare, (processor_seconds() - before) * 1e6 / sent);
}

void drain_under_writes(Bench& b) {
  TakesAll courier;
  app::Engine engine(*b.runner, &courier, {});
  std::atomic<bool> stop{false};
  std::vector<double> ms;
  std::thread person([&] { ms = interactive_writes(b, stop); });
  auto start = Steady::now();
  drain_all(engine);
  double took = seconds_since(start);
  stop = true;
  person.join();
  fmt::print("interactive\t{} writes during a drain of {} ({:.1f} s)\tp50 {:.2f} ms\tp99 {:.2f} ms\tmax {:.2f} ms\n",
             ms.size(), engine.counters().sent.load(), took, at(ms, 0.5), at(ms, 0.99), ms.empty() ? 0 : ms.back());
}

// A start as the server makes it: the store opened, its migrations looked through, the timers asked for the first one.
void restart(Bench& b, const store::StoreOptions& options) {
  b.close();
  auto start = Steady::now();
  b.open(options);
  need(app::Engine(*b.runner, nullptr).next_wake());
  fmt::print("ready\topened, migrated and first look at the timers after {:.1f} ms\n", seconds_since(start) * 1000);
}

void lateness(Bench& b, int64_t due) {
  TakesAll courier;
  auto opened = Steady::now();
  app::Engine engine(*b.runner, &courier, {});
  app::Loops loops(engine, *b.runner, {2, Millis{1000}});
  b.runner->on_commit([&] { loops.wake(); });
  loops.start();
  while (engine.counters().sent < due && seconds_since(opened) < 120)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  loops.stop();
  b.runner->on_commit({});
  std::vector<double> late;
  need(b.store->read([&](ports::Tx& tx) -> Status {
    ports::Rows rows = tx.run("bench_lateness", {});
    for (size_t r = 0; r < rows.size(); ++r) late.push_back(static_cast<double>(rows.integer(r, 0)));
    return {};
  }));
  std::sort(late.begin(), late.end());
  fmt::print("lateness\t{} sent\tp50 {:.0f} ms\tp99 {:.0f} ms\tmax {:.0f} ms\n", late.size(), at(late, 0.5),
             at(late, 0.99), late.empty() ? 0 : late.back());
}

}  // namespace

int main(int argc, char** argv) {
  std::string sqlite, postgres;
  int64_t due = 20'000, future = 100'000;
  bool million = false;
  for (int i = 1; i < argc; ++i) {
    auto value = [&] { return i + 1 < argc ? argv[++i] : ""; };
    if (!std::strcmp(argv[i], "--sqlite"))
      sqlite = value();
    else if (!std::strcmp(argv[i], "--postgres"))
      postgres = value();
    else if (!std::strcmp(argv[i], "--due"))
      due = std::atoll(value());
    else if (!std::strcmp(argv[i], "--future"))
      future = std::atoll(value());
    else if (!std::strcmp(argv[i], "--million"))
      million = true;
  }
  if (sqlite.empty() == postgres.empty()) {
    fmt::print(stderr, "usage: drain_bench --sqlite DIR | --postgres URL [--due N] [--future N] [--million]\n");
    return 2;
  }
  store::Catalogue with_bench = catalogue();
  with_bench.statements.push_back({"bench_fill.sql", kFill});
  store::StoreOptions options;
  options.catalogue = &with_bench;
  if (!sqlite.empty()) {
    std::filesystem::create_directories(sqlite);
    options.sqlite_path = sqlite + "/bench.db";
  } else {
    options.postgres_url = postgres;
  }
  Bench b;
  b.open(options);
  b.defaults();
  Instant now = b.clock.now();
  if (million) {  // timers among which a few are due soon
    b.fill(1'000'000, now + std::chrono::days{2}, Millis{500});
    restart(b, options);
    Instant first = b.clock.now() + std::chrono::seconds{3};
    b.fill(2'000, first, Millis{10});
    lateness(b, 2'000);
    return 0;
  }
  double bare = bare_limit(b, due, future);
  fmt::print("bare\tset-wise two-phase SQL, {} due + {} future\t{:.0f} touches/s\n", due, future, bare);
  b.fill(future, now + std::chrono::days{2}, Millis{100});
  b.fill(due, now - std::chrono::hours{1}, Millis{1});
  drain(b, due, bare);
  b.fill(due, now - std::chrono::hours{1}, Millis{1});
  drain_under_writes(b);
  return 0;
}
