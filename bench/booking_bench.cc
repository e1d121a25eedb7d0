// How long do free times and a booking take over HTTP, on a database with many advisors and a year of appointments?
//
//   booking_bench --sqlite DIR | --postgres URL  [--advisors 200] [--connections 64] [--rate 100] [--seconds 10]
//
// Requests leave at a fixed rate over all connections, each at its own time: what waits behind a slow one counts as
// slow. First every call alone, one after the other; then free times, bookings, and both at once.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "api/api.h"
#include "app/defaults.h"
#include "app/keys.h"
#include "base/log.h"
#include "http/raw_client_test.h"
#include "http/server.h"
#include "store/open.h"

namespace {

using namespace onward;
using Steady = std::chrono::steady_clock;

template <class T>
T need(Result<T> r) {
  if (!r) {
    fmt::print(stderr, "booking_bench: {} {}\n", r.error().message, r.error().detail);
    std::exit(1);
  }
  return std::move(*r);
}
void need(const Status& s) {
  if (s) return;
  fmt::print(stderr, "booking_bench: {} {}\n", s.error().message, s.error().detail);
  std::exit(1);
}

// Statements of the seed, beside the program's own.
store::Catalogue catalogue() {
  store::Catalogue c = store::embedded_catalogue();
  c.statements.push_back({"bench.sql", R"(
-- name: bench_agency
INSERT INTO agency (id, name, zone, country, hours, closed, services, created_at, updated_at)
VALUES (?1, 'Agency', 'Europe/Paris', 'FR', '[]', '[]', '[]', 1, 1)
-- name: bench_advisor
INSERT INTO advisor (id, name, agency_id, zone, languages, skills, hours, created_at, updated_at)
VALUES (?1, ?2, ?3, 'Europe/Paris', '["fr"]', '[]', '[]', 1, 1)
-- name: bench_type
INSERT INTO meeting_type (id, slug, type, name, description, length_min, step_min, offset_min, before_min, after_min,
  notice_min, cancel_notice_min, assignment, grid, fill, channels, seats, requires_confirmation, reminders, active,
  created_at, updated_at)
VALUES (?1, ?2, 'prospect', '{"en":"Talk"}', '{}', 30, 15, 0, 0, 10, 120, 60, 'any', 'viewer', 'plain', '["phone"]', 1,
  0, '[]', 1, 1, 1)
-- name: bench_contact
INSERT INTO contact (id, name, folded, language, zone, agency_id, profiling, created_at, updated_at)
VALUES (?1, 'Carl', 'carl', 'fr', 'Europe/Paris', ?2, 1, 1, 1)
-- name: bench_conversation set-wise
INSERT INTO conversation (id, contact_id, type, channel, stage, owner_id, agency_id, next_what, next_due, next_by,
  stage_at, opened_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?11)
-- name: bench_meeting set-wise
INSERT INTO meeting (id, meeting_type_id, starts_at, ends_at, seats) VALUES (?1, ?2, ?3, ?4, ?5)
-- name: bench_appointment set-wise
INSERT INTO appointment (id, meeting_type_id, conversation_id, advisor_id, hosts, starts_at, ends_at, local_start, zone,
  channel, state, late, token_hash, sequence, created_by, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16)
-- name: bench_seat set-wise
INSERT INTO seat (meeting_id, number, seats, appointment_id) VALUES (?1, ?2, ?3, ?4)
)"});
  return c;
}

struct Options {
  std::string sqlite, postgres;
  int advisors = 200, connections = 64, rate = 100, seconds = 10;
};

Options parse(int argc, char** argv) {
  Options o;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string_view name = argv[i];
    if (name == "--sqlite") o.sqlite = argv[i + 1];
    if (name == "--postgres") o.postgres = argv[i + 1];
    if (name == "--advisors") o.advisors = std::atoi(argv[i + 1]);
    if (name == "--connections") o.connections = std::atoi(argv[i + 1]);
    if (name == "--rate") o.rate = std::atoi(argv[i + 1]);
    if (name == "--seconds") o.seconds = std::atoi(argv[i + 1]);
  }
  if (o.sqlite.empty() == o.postgres.empty()) need(fail(Code::invalid, "name --sqlite DIR or --postgres URL"));
  return o;
}

class Bench {
 public:
  explicit Bench(const Options& o) : o_(o) {
    set_log_level(LogLevel::error);
    static const store::Catalogue texts = catalogue();
    store::StoreOptions options{.postgres_url = o.postgres, .catalogue = &texts};
    if (!o.sqlite.empty()) {
      std::filesystem::create_directories(o.sqlite);
      options.sqlite_path = o.sqlite + "/onward.db";
    }
    store_ = need(store::open_store(options));
    need(store_->migrate());
    runner_ = std::make_unique<app::Runner>(
        app::Services{*store_, clock_, entropy_, "bench", "https://bench.example", "bench.example"});
    write([](app::Step& s) { return app::install_defaults(s); });
    seed();
    api_ = std::make_unique<api::Api>(*runner_, api::ApiOptions{}, api::whole_table({&*runner_}));
    api_->mount(router_);
    server_ = need(http::Server::start({}, [this](http::Request r) { return router_.handle(std::move(r)); }));
  }

  void run() {
    auto slots = [this](int i) { return slots_request(types_[1 + static_cast<size_t>(i) % pools()]); };
    auto single = [this](int i) { return slots_request(one_[static_cast<size_t>(i) % one_.size()]); };
    auto booking = [this](int i) { return booking_request(i); };
    alone("free times of one host, a week", single);
    alone("free times of twenty hosts, a week", slots);
    alone("booking with one of twenty hosts", booking);
    at_rate("free times of one host", single);
    at_rate("free times of twenty hosts", slots);
    at_rate("booking", booking);
    at_rate("nine free times to a booking", [&](int i) { return i % 10 == 0 ? booking(i) : single(i); });
    server_->stop();
  }

 private:
  using Make = std::function<std::string(int)>;

  template <class Work>
  void write(Work work) {
    need(
        runner_->write(ports::Lane::background, app::system_caller(), [&](app::Step& s) -> Status { return work(s); }));
  }
  int64_t id() { return make_id(clock_.now(), rng_); }
  size_t pools() const { return types_.size() - 1; }

  void seed() {
    int64_t agency = 0;
    write([&](app::Step& s) -> Status {
      key_ = TRY(app::create_key(s, {.role = app::Role::owner, .label = "bench"}));
      types_.push_back(id());
      s.run("bench_type", {types_[0], std::string("all")});
      for (int i = 0; i < o_.advisors; ++i) {
        if (i % 10 == 0) s.run("bench_agency", {agency = id()});
        if (i % 20 == 0) s.run("bench_type", {types_.emplace_back(id()), "pool-" + std::to_string(i)});
        advisors_.push_back(id());
        agencies_.push_back(agency);
        s.run("bench_advisor", {advisors_.back(), "Advisor " + std::to_string(i), agency});
        s.run("bench_type", {one_.emplace_back(id()), "one-" + std::to_string(i)});
        for (int64_t type : {types_[0], types_.back(), one_.back()})
          s.run("meeting_type_host_insert",
                {type, advisors_.back(), int64_t{i}, int64_t{1}, int64_t{0}, ports::null_value()});
      }
      for (int i = 0; i < 2000; ++i) s.run("bench_contact", {contacts_.emplace_back(id()), agency});
      return {};
    });
    for (size_t a = 0; a < advisors_.size(); ++a) seed_year(a);
    fmt::print("{} advisors, {} appointments\n", advisors_.size(), appointments_);
  }

  // Half a year back and half a year ahead, five on each working day; the last six weeks' days stay a little freer.
  void seed_year(size_t a) {
    Zone paris = need(find_zone("Europe/Paris"));
    std::vector<app::Params> conversations, meetings, occupied, appointments, seats;
    Date today = paris.date(clock_.now());
    for (int day = -182; day < 183; ++day) {
      Date date = add_days(today, day);
      unsigned weekday = weekday_of(date).c_encoding();
      if (weekday == 0 || weekday == 6) continue;
      for (int n = 0; n < 5; ++n) {
        int64_t start =
            to_ms(paris.at({date, Millis(Minutes{9 * 60 + 90 * n + 15 * static_cast<int>(rng_.below(3))})}));
        int64_t end = start + 30 * 60'000, now = to_ms(clock_.now()), c = id(), m = id(), p = id();
        bool past = start < now;
        conversations.push_back({c, contacts_[rng_.below(contacts_.size())], std::string("cross_sell"),
                                 std::string("web"), std::string("booked"), advisors_[a], agencies_[a],
                                 std::string("Appointment"), start, std::string("system"), now});
        meetings.push_back({m, types_[0], start, end, int64_t{1}});
        occupied.push_back({m, advisors_[a], start, end + 600'000, start, end, ports::null_value()});
        appointments.push_back({p, types_[0], c, advisors_[a], fmt::format("[{}]", advisors_[a]), start, end,
                                to_string(paris.local(from_ms(start))), std::string("Europe/Paris"),
                                std::string("phone"), std::string(past ? "held" : "booked"), int64_t{0},
                                fmt::format("t{}", p), int64_t{0}, std::string("system"),
                                std::min(start - 604'800'000, now)});
        seats.push_back({m, int64_t{1}, int64_t{1}, p});
      }
    }
    appointments_ += appointments.size();
    write([&](app::Step& s) -> Status {
      s.tx.run_many("bench_conversation", conversations);
      s.tx.run_many("bench_meeting", meetings);
      s.tx.run_many("occupied_insert", occupied);
      s.tx.run_many("bench_appointment", appointments);
      s.tx.run_many("bench_seat", seats);
      return {};
    });
  }

  std::string request(const std::string& method, const std::string& path, const std::string& body) {
    return fmt::format(
        "{} /api/v1{} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        method, path, key_, body.size(), body);
  }
  std::string slots_request(int64_t type) {
    Instant from = std::chrono::floor<std::chrono::days>(clock_.now()) + std::chrono::days{1 + count_++ % 60};
    return request("GET",
                   fmt::format("/meeting-types/{}/slots?from={}&to={}&zone=Europe/Paris", MeetingTypeId{type}.text(),
                               format_rfc3339(from), format_rfc3339(from + std::chrono::days{7})),
                   "");
  }
  // Of starts that are spread over the working days to come; some are taken by then, and answered with the nearest.
  std::string booking_request(int i) {
    Zone paris = need(find_zone("Europe/Paris"));
    int n = booked_++;
    Date day = add_days(paris.date(clock_.now()), 1 + n / 30 % 120);
    if (unsigned w = weekday_of(day).c_encoding(); w == 0 || w == 6) day = add_days(day, 2);
    Instant start = paris.at({day, Millis(Minutes{9 * 60 + 15 * (n % 30)})});
    json::object body{{"meeting_type_id", MeetingTypeId{types_[1 + static_cast<size_t>(i) % pools()]}.text()},
                      {"start", format_rfc3339(start)},
                      {"zone", "Europe/Paris"},
                      {"contact_id", ContactId{contacts_[static_cast<size_t>(n) % contacts_.size()]}.text()}};
    return request("POST", "/appointments", json::serialize(body));
  }

  struct Seen {
    std::vector<double> ms;
    std::map<int, int> statuses;
  };
  static void report(std::string_view what, Seen seen) {
    std::ranges::sort(seen.ms);
    auto at = [&](double p) { return seen.ms[static_cast<size_t>(p * static_cast<double>(seen.ms.size() - 1))]; };
    fmt::print("{:<46} n {:>6}  p50 {:>7.2f} ms  p99 {:>7.2f} ms  max {:>7.2f} ms ", what, seen.ms.size(), at(.5),
               at(.99), at(1));
    for (auto [status, n] : seen.statuses) fmt::print(" {}:{}", status, n);
    fmt::print("\n");
    std::fflush(stdout);
  }

  void alone(std::string_view what, const Make& make) {
    http::RawClient client(server_->port());
    Seen seen;
    for (int i = 0; i < 300; ++i) {
      std::string text = make(i);
      auto start = Steady::now();
      client.send(text);
      ++seen.statuses[client.read().status];
      seen.ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - start).count());
    }
    report(fmt::format("alone: {}", what), std::move(seen));
  }

  void at_rate(std::string_view what, const Make& make) {
    std::mutex mutex;
    Seen all;
    std::atomic<int> next{0};
    std::vector<std::string> texts;
    for (int i = 0; i < o_.rate * o_.seconds; ++i) texts.push_back(make(i));
    auto start = Steady::now() + 50ms;
    auto client = [&] {
      http::RawClient connection(server_->port());
      Seen seen;
      for (int i = next++; i < static_cast<int>(texts.size()); i = next++) {
        auto due = start + std::chrono::microseconds(int64_t{1'000'000} * i / o_.rate);
        std::this_thread::sleep_until(due);
        connection.send(texts[static_cast<size_t>(i)]);
        ++seen.statuses[connection.read().status];
        seen.ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - due).count());
      }
      std::scoped_lock lock(mutex);
      all.ms.insert(all.ms.end(), seen.ms.begin(), seen.ms.end());
      for (auto [status, n] : seen.statuses) all.statuses[status] += n;
    };
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < o_.connections; ++i) threads.emplace_back(client);
    }
    report(fmt::format("{}/s on {}: {}", o_.rate, o_.connections, what), std::move(all));
  }

  const Options o_;
  RealClock clock_;
  KernelEntropy entropy_;
  IdClock ids_;
  Rng rng_{7, &ids_};
  std::unique_ptr<ports::Store> store_;
  std::unique_ptr<app::Runner> runner_;
  std::unique_ptr<api::Api> api_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  std::string key_;
  std::vector<int64_t> types_, one_, advisors_, agencies_, contacts_;  // types_: of all hosts, then of pools of twenty
  size_t appointments_ = 0;
  int count_ = 0, booked_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Bench bench(parse(argc, argv));
  bench.run();
}
