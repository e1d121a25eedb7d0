// The program: reads the command line and hands over to one subcommand.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/log.h"
#include "onward/commands.h"
#include "onward/serve.h"

namespace {

using onward::Options;

constexpr int kUsage = 2;

void add_store_options(CLI::App& command, Options& o) {
  command.add_option("--data", o.data, "Directory of the database and the installation's key");
  command.add_option("--database", o.database, "postgres://... instead of SQLite in --data");
}

// Flags first, then ONWARD_DATA, ONWARD_DATABASE and so on.
onward::Status from_environment(Options& o, CLI::App& command) {
  auto fill = [&](const char* flag, std::string& value, const char* name) -> onward::Status {
    CLI::Option* option = command.get_option_no_throw(flag);
    if (!option || option->count() > 0) return {};
    value = TRY(onward::setting("", name, value));
    return {};
  };
  TRY_VOID(fill("--data", o.data, "DATA"));
  TRY_VOID(fill("--database", o.database, "DATABASE"));
  TRY_VOID(fill("--listen", o.listen, "LISTEN"));
  TRY_VOID(fill("--base-url", o.base_url, "BASE_URL"));
  TRY_VOID(fill("--clock", o.clock, "CLOCK"));
  TRY_VOID(fill("--mail", o.mail, "MAIL"));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Onward carries every customer conversation from the first raised hand to its outcome.", "onward");
  app.require_subcommand(1);
  Options options;
  int exit_code = 0;

  CLI::App* serve = app.add_subcommand("serve", "Run the server");
  add_store_options(*serve, options);
  serve->add_option("--listen", options.listen, "HOST:PORT");
  serve->add_option("--base-url", options.base_url, "Where people reach it, e.g. https://onward.example.com");
  serve->add_option("--clock", options.clock, "real or manual")->check(CLI::IsMember({"real", "manual"}));
  serve->add_option("--clock-start", options.clock_start, "First time on a manual clock, RFC 3339");
  serve->add_option("--mail", options.mail, "auto, capture or log")->check(CLI::IsMember({"auto", "capture", "log"}));
  serve->add_flag("--demo", options.demo, "A demo organization, captured mail, a clock that can be moved");
  serve->callback([&] {
    if (options.demo && serve->get_option("--clock")->count() == 0) options.clock = "manual";
    if (options.demo && serve->get_option("--mail")->count() == 0) options.mail = "capture";
    if (onward::Status env = from_environment(options, *serve); !env) {
      fmt::print(stderr, "onward: {}\n", env.error().message);
      exit_code = 1;
      return;
    }
    exit_code = onward::serve(options);
  });
  onward::add_commands(app, options, exit_code, add_store_options, from_environment);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    int code = app.exit(e);
    return code == 0 ? 0 : kUsage;
  } catch (const std::exception& e) {
    fmt::print(stderr, "onward: {}\n", e.what());
    return 1;
  }
  return exit_code;
}
