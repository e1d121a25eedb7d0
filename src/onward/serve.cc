#include "onward/serve.h"

#include <malloc.h>

#include <csignal>
#include <cstdio>

#include <fmt/format.h>

#include "api/api.h"
#include "api/clock.h"
#include "app/booking/meeting_types.h"
#include "app/calendars/sync.h"
#include "app/defaults.h"
#include "app/demo.h"
#include "app/keys.h"
#include "app/loops.h"
#include "base/log.h"
#include "caldav/client.h"
#include "http/client.h"
#include "http/server.h"
#include "mail/capture_courier.h"
#include "mail/smtp_courier.h"
#include "onward/installation.h"
#include "onward/version.h"
#include "pages/pages.h"
#include "store/laboratory.h"

namespace onward {
namespace {

constexpr int kCalendarLoops = 2;           // so that one that does not answer delays no other
constexpr size_t kMaxUploadBody = 6 << 20;  // a file that is given as an answer, and the form around it

struct Address {
  std::string host;
  int port = 0;
};

Result<Address> parse_address(const std::string& text) {
  size_t colon = text.rfind(':');
  if (colon == text.npos || colon + 1 == text.size()) return fail(Code::invalid, "an address is HOST:PORT");
  int port = 0;
  for (char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9' || port > 65535) return fail(Code::invalid, "an address is HOST:PORT");
    port = port * 10 + (c - '0');
  }
  return Address{text.substr(0, colon), port};
}

// Gauges and counters of the engine in Prometheus' text format.
std::string engine_metrics(app::Runner& runner, const app::Engine& engine) {
  std::string out;
  auto line = [&](std::string_view name, std::string_view type, int64_t value) {
    out += fmt::format("# TYPE onward_{0} {1}\nonward_{0} {2}\n", name, type, value);
  };
  const app::EngineCounters& c = engine.counters();
  line("ticks_total", "counter", c.ticks);
  line("messages_claimed_total", "counter", c.claimed);
  line("messages_sent_total", "counter", c.sent);
  line("messages_deferred_total", "counter", c.deferred);
  line("messages_failed_total", "counter", c.failed);
  line("messages_stopped_total", "counter", c.stopped);
  line("messages_in_doubt_total", "counter", c.in_doubt);
  line("engine_errors_total", "counter", c.errors);
  (void)runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    app::Rows row = step.run("engine_counts", {to_ms(step.now)});
    constexpr std::string_view names[] = {"messages_due",   "messages_sending",   "messages_doubtful",
                                          "drafts_waiting", "conversations_open", "promises_owed",
                                          "promises_broken"};
    for (size_t i = 0; i < std::size(names); ++i) line(names[i], "gauge", row.integer(0, i));
    return {};
  });
  return out;
}

// The parts of a serving process, in the order in which they stand on each other.
class Program {
 public:
  Program(std::unique_ptr<Installation> installation)
      : installation_(std::move(installation)), options_(installation_->options()), runner_(installation_->runner()) {}

  Status start() {
    TRY_VOID(first_start());
    make_courier();
    app::EngineOptions engine_options;
    engine_options.log_only = options_.mail == "log";
    engine_options.settle_at_once = capture_ == nullptr;
    engine_ = std::make_unique<app::Engine>(runner_, courier(), engine_options);
    laboratory_ = store::make_laboratory(installation_->store());
    mount();
    TRY_VOID(demo());
    Address address = TRY(parse_address(options_.listen));
    server_ = TRY(http::Server::start(
        {.host = address.host, .port = address.port, .max_upload = kMaxUploadBody, .upload_prefix = "/b/"},
        [this](http::Request r) { return router_.handle(std::move(r)); }));
    start_loops();
    malloc_trim(0);  // what the start needed is not needed any more
    announce(address);
    return {};
  }

  void stop() {
    server_->stop();
    runner_.on_commit({});
    calendars_.stop();
    loops_.reset();
    manual_loop_.reset();
  }

 private:
  Status first_start() {
    return runner_.write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
      TRY_VOID(app::install_defaults(step));
      if (!options_.demo && app::needs_setup(step)) setup_token_ = TRY(app::begin_setup(step));
      return {};
    });
  }

  Status demo() {
    if (!options_.demo || !door_.clock) return {};
    return app::install_demo(runner_, [this](Millis by) -> Status {
      TRY(api::move_clock(door_, door_.clock->now() + by));
      return {};
    });
  }

  void make_courier() {
    if (options_.mail == "capture") {
      capture_ = std::make_unique<mail::CaptureCourier>(
          [this](const ports::Message& m, const std::string& raw) { keep(m, raw); });
      return;
    }
    // Mailbox hosts are named by the owner, who may have a relay inside: any address but those that are never right.
    smtp_ = std::make_unique<mail::SmtpCourier>(mail::SmtpOptions{}, egress_for_mail());
  }

  static mail::Egress egress_for_mail();

  ports::Courier* courier() {
    if (capture_) return capture_.get();
    return smtp_.get();
  }

  void keep(const ports::Message& m, const std::string& raw) {
    (void)runner_.write(app::Lane::background, app::system_caller(), [&](app::Step& step) -> Status {
      step.run("captured_insert", {step.new_id<FactId>().value, m.touch.value, to_ms(step.now), raw});
      return {};
    });
  }

  void mount() {
    door_ = {&runner_, engine_.get(), laboratory_.get(), installation_->manual_clock(), &clock_mutex_};
    api::ApiOptions api_options;
    api_options.version = kVersion;
    api_options.extra_metrics = [this] { return engine_metrics(runner_, *engine_); };
    api_ = std::make_unique<api::Api>(runner_, api_options, api::whole_table(door_));
    api_->mount(router_);
    pages::PagesOptions page_options;
    page_options.demo = options_.demo;
    page_options.https = options_.base_url.starts_with("https://");
    page_options.forecast = [this](const app::Caller& caller, ConversationId id, int days) {
      return app::forecast(runner_, *laboratory_, caller, {id, days});
    };
    if (door_.clock)
      page_options.advance = [this](Millis by) -> Result<Json> {
        int64_t done = TRY(api::move_clock(door_, door_.clock->now() + by));
        return Json(json::object{{"now", format_rfc3339(door_.clock->now())}, {"done", done}});
      };
    page_options.booking = [](app::Step& step) -> std::optional<std::string> {
      auto types = app::booking::list_meeting_types(step, {0, 100});
      if (!types) return std::nullopt;
      for (const Json& type : *types)
        if (find(type, "active") && type.at("active").as_bool()) return "/b";
      return std::nullopt;
    };
    pages_ = std::make_unique<pages::Pages>(runner_, page_options);
    pages_->mount(router_);
  }

  // On a manual clock the engine moves with it; calendars elsewhere are read and written all the same.
  void start_loops() {
    if (door_.clock) manual_loop_ = std::make_unique<app::ManualLoop>(*engine_, clock_mutex_);
    loops_ = std::make_unique<app::Loops>(*engine_, runner_, app::LoopOptions{.engine = door_.clock == nullptr});
    loops_->add({[this] { return calendars_.sync_once(); }, [this] { return calendars_.next_wake(); }, kCalendarLoops});
    runner_.on_commit([this] {
      if (manual_loop_) manual_loop_->wake();
      loops_->wake();
    });
    loops_->start();
  }

  void announce(const Address& address) {
    std::string url = options_.base_url;
    if (address.port == 0) url = fmt::format("http://{}:{}", address.host, server_->port());
    if (!setup_token_.empty()) url += "/setup?token=" + setup_token_;
    fmt::print("Onward is ready: {}\n", url);
    std::fflush(stdout);
  }

  std::unique_ptr<Installation> installation_;
  const Options& options_;
  app::Runner& runner_;
  std::string setup_token_;
  std::unique_ptr<mail::CaptureCourier> capture_;
  std::unique_ptr<mail::SmtpCourier> smtp_;
  std::unique_ptr<app::Engine> engine_;
  std::unique_ptr<ports::Laboratory> laboratory_;
  std::mutex clock_mutex_;
  api::Doors door_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<pages::Pages> pages_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  caldav::Client calendar_client_;
  app::calendars::Sync calendars_{runner_, calendar_client_};
  std::unique_ptr<app::Loops> loops_;
  std::unique_ptr<app::ManualLoop> manual_loop_;
};

mail::Egress Program::egress_for_mail() {
  return [](const std::string& host, const sockaddr* address) {
    return http::check_address({true, {}, true, {}}, host, address);
  };
}

}  // namespace

int serve(const Options& given) {
  // Signals are taken by this thread alone; every thread made later inherits the mask.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  mallopt(M_ARENA_MAX, 2);  // a small server: two arenas keep the memory of many threads together
  auto installation = Installation::open(given);
  if (!installation) {
    fmt::print(stderr, "onward: {}{}{}\n", installation.error().message,
               installation.error().detail.empty() ? "" : ": ", installation.error().detail);
    return 1;
  }
  Program program(std::move(*installation));
  if (Status started = program.start(); !started) {
    fmt::print(stderr, "onward: {}{}{}\n", started.error().message, started.error().detail.empty() ? "" : ": ",
               started.error().detail);
    return 1;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  program.stop();
  return 0;
}

}  // namespace onward
